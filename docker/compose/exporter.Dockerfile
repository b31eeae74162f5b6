# `deml exporter` in a container. Not built in CI, which has no container engine; the wheel is (tests/install).
FROM python:3.13-slim-trixie
COPY requirements.lock pyproject.toml README.md LICENSE /src/
COPY dapp/deml /src/dapp/deml
COPY sdk /src/sdk
COPY frontend-cli /src/frontend-cli
COPY devnet /src/devnet
# The versions of the lock; of them only what the two extras need is installed.
RUN sed -e 's/ *\\$//' -e '/--hash=/d' /src/requirements.lock > /tmp/versions.txt \
    && pip install --no-cache-dir --constraint /tmp/versions.txt '/src[cli,operate]' \
    && useradd --system deml
USER deml
ENV DEML_HOME=/tmp/deml PYTHONUNBUFFERED=1
ENTRYPOINT ["deml", "exporter", "--listen", "0.0.0.0"]
