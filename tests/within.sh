#!/bin/sh
# within.sh NAME SECONDS COMMAND...: run a command, and say how long it took beside its budget. Being late fails nothing.
name=$1 budget=$2
shift 2
start=$(date +%s)
"$@"
code=$?
took=$(($(date +%s) - start))
late=""
[ "$took" -le "$budget" ] || late=", OVER ITS BUDGET"
echo "$name: $took of $budget seconds$late"
exit $code
