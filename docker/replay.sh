#!/usr/bin/env bash
# Replay the engine and the dapp in riscv64 and amd64 userlands that have the image's packages, with two BLASes each, and
# compare every score, every output and the final state with this machine's; the same in WebAssembly, where
# web/scripts/build_python.py has put the page's Python.
#
#   docker/replay.sh [python]     as root, on Debian or Ubuntu, with debootstrap and qemu-user-static
#
# Stands in for building the Dockerfile, which needs a container engine. Not covered: the guest tools, and the Cartesi
# Machine itself.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
riscv64=$(docker/userland.sh riscv64 "$python")
amd64=$(docker/userland.sh amd64 "$python")
PYTHONPATH=.:dapp:sdk:devnet:frontend-cli exec "$python" -m tests.e2e.replay "$riscv64" "$amd64"
