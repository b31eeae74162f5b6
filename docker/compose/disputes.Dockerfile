# Dave's node, of which nobody publishes an image, from its release. Not built or run in CI, which has no container engine.
FROM debian:trixie-20260918-slim@sha256:a99cfc517144bc59b1978475ec53b46ecabec7e43635402ee5b77cc54cd1b20a
ARG DAVE_VERSION=3.0.0-alpha.5
ARG TARGETARCH
# sha256 of the release's file for this architecture. It is not known here: whoever builds this takes it from the release's
# page, or builds the file from source. Without it nothing is built.
ARG DAVE_SHA256
ADD https://github.com/cartesi/dave/releases/download/v${DAVE_VERSION}/cartesi-rollups-prt-${DAVE_VERSION}-node-${TARGETARCH}.tar.gz \
    /tmp/node.tar.gz
RUN echo "${DAVE_SHA256:?set it to the sha256 of that file}  /tmp/node.tar.gz" | sha256sum --check --strict \
    && tar -xzf /tmp/node.tar.gz -C /usr/local/bin cartesi-rollups-prt-node \
    && rm /tmp/node.tar.gz \
    && apt-get update && apt-get install -y --no-install-recommends ca-certificates libgomp1 \
    && rm -rf /var/lib/apt/lists/*
# As root: its key is a file that only root can read.
