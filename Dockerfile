# syntax=docker.io/docker/dockerfile:1
# The machine's root file system: Debian, Python, numpy and dapp/. Built by `cartesi build` (see cartesi.toml).
# CI has no container engine: docker/replay.sh installs the same package lists in a riscv64 userland instead.
ARG DEBIAN=debian:trixie-20260918-slim@sha256:a99cfc517144bc59b1978475ec53b46ecabec7e43635402ee5b77cc54cd1b20a

FROM --platform=linux/riscv64 ${DEBIAN} AS base
# Take packages from the archive's snapshot of the day the image was made, which it names in a comment, so that every
# build installs the same files and arrives at the same machine hash.
RUN sed -i -e '/^URIs:/d' -e 's|^# http|URIs: http|' /etc/apt/sources.list.d/debian.sources \
    && echo 'Acquire::Check-Valid-Until "false";' > /etc/apt/apt.conf.d/snapshot

FROM base AS python-packages
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip
COPY docker/requirements.txt /
RUN pip install --no-deps --no-compile --only-binary :all: --require-hashes --target /packages -r /requirements.txt

FROM base
ARG GUEST_TOOLS_VERSION=0.17.2
ADD --checksum=sha256:c077573dbcf0cdc146adf14b480bfe454ca63aa4d3e8408c5487f550a5b77a41 \
    https://github.com/cartesi/machine-guest-tools/releases/download/v${GUEST_TOOLS_VERSION}/machine-guest-tools_riscv64.deb \
    /tmp/guest-tools.deb
COPY docker/packages.txt /tmp/
RUN apt-get update \
    && grep -v '^#' /tmp/packages.txt \
        | DEBIAN_FRONTEND=noninteractive xargs apt-get install -y --no-install-recommends /tmp/guest-tools.deb \
    && useradd --create-home --user-group deml \
    && rm -rf /tmp/* /var/lib/apt/lists/* /var/cache/* /var/log/*

COPY --from=python-packages /packages /opt/deml/packages
COPY dapp/deml /opt/deml/dapp/deml
# Bytecode that is never checked against a file's date: a start costs less, and dates do not enter the machine hash.
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /opt/deml

ENV PYTHONPATH=/opt/deml/dapp:/opt/deml/packages \
    PYTHONHASHSEED=0 \
    PYTHONUNBUFFERED=1 \
    MALLOC_MMAP_THRESHOLD_=33554432 \
    MALLOC_TRIM_THRESHOLD_=134217728
# The dapp asks the machine itself, through the guest tools' /usr/lib/libcmt.so (docs/adr/0019). Fail here if it can't, or
# can't start for another reason; cartesi.toml insists that the machine waits for its first input in the end.
RUN python3 -c 'from deml.shell.cmt import load; load("libcmt.so")' \
    && python3 -c 'from deml.shell.service import prepare; prepare()'
USER deml
WORKDIR /opt/deml
# Not rollup-init: its HTTP server would hold /dev/cmio. To go through that server instead, start with it and set
# ROLLUP_HTTP_SERVER_URL=http://127.0.0.1:5004.
ENTRYPOINT ["python3", "-m", "deml"]
