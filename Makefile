# `make help` lists what there is. Every target sets up what it needs; a second run finds it done.

PYTHON ?= python3
WORKERS ?= auto
# Extra arguments: `make test ARGS="-k settle"`, `make demo ARGS="--json demo.json"`.
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# Not node_modules/.bin/forge: npm 9, which Debian has, makes no such link where install scripts are not run.
FORGE := node ../node_modules/@foundry-rs/forge/bin.mjs
INTEROP := tests/interop/filecoin/node_modules/.ready tests/interop/js-ipfs/node_modules/.ready
FLOWER := .venv-flower
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4

# Runs a command that takes minutes: says what for, shows that it goes on, and what it wrote only if it failed.
define QUIETLY
sh -c 'printf "%s " "$$0"; (while sleep 3 > /dev/null; do printf .; done) & dots=$$!; log=$$(mktemp); \
    "$$@" > "$$log" 2>&1; code=$$?; kill $$dots; wait $$dots 2> /dev/null; \
    if [ $$code = 0 ]; then echo " done"; else echo " failed:"; cat "$$log"; fi; rm -f "$$log"; exit $$code'
endef

.DEFAULT_GOAL := help
.PHONY: help prerequisites compiler setup demo test test-python test-contracts test-compute test-long test-flower test-install test-bare test-riscv test-web web release web-build lint-web lint format bench errors schema lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Everything that is missing is told at once, before anything is installed.
prerequisites:
	@missing=0; need() { missing=1; echo "DeML needs $$1"; echo "  $$2"; }; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || \
	    need "Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2> /dev/null || echo missing)." \
	        "On Debian or Ubuntu: apt-get install python3 python3-venv. Or name another: make PYTHON=/path/to/python3.12"; \
	$(PYTHON) -c 'import venv, ensurepip' 2> /dev/null || \
	    need "Python's venv module." "On Debian or Ubuntu: apt-get install python3-venv"; \
	node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2> /dev/null || \
	    need "Node 20 or newer; node is $$(node --version 2> /dev/null || echo missing)." \
	        "On Debian 13 or Ubuntu 25.04: apt-get install nodejs npm. Elsewhere: the packages of nodejs, version 20 on"; \
	npm --version > /dev/null 2>&1 || need "npm, which comes with Node." "On Debian or Ubuntu: apt-get install npm"; \
	exit $$missing

# A stand-in for the guest tools' library is compiled for the tests of the rollup loop.
compiler:
	@cc --version > /dev/null 2>&1 || { echo "DeML's tests need a C compiler, as cc"; \
	    echo "  On Debian or Ubuntu: apt-get install gcc libc6-dev"; exit 1; }

setup: $(VENV)/.ready node_modules/.ready contracts/out/.ready ## Virtual environment, npm packages, contracts

demo: setup ## The whole story on a local chain, with real data, real contracts and cheats
	$(BIN)/deml demo $(ARGS)

test: compiler test-contracts test-python ## Contracts, dapp, SDK and command line; what holds other claims is test-... below

test-contracts: contracts/out/.ready ## Foundry tests, which also hold gas against contracts/snapshots
	cd contracts && ../tests/within.sh "Foundry tests" 30 $(FORGE) test

test-python: compiler setup ## Python tests, but for those of compute networks
	tests/within.sh "Python tests" 450 $(PYTEST) --ignore tests/integration/compute \
		--ignore tests/integration/devnet/test_fair.py $(ARGS)

test-compute: setup ## Compute networks: the image's program in the sandbox, stand-ins, a devnet; two minutes
	tests/within.sh "tests of compute networks" 120 $(PYTEST) --dist loadfile tests/integration/compute $(ARGS)

test-long: setup ## Stateful and fuzz tests with many more steps (DEML_TEST_SCALE, default 20)
	DEML_TEST_SCALE=$${DEML_TEST_SCALE:-20} $(PYTEST) tests/property $(ARGS)

web: web-build setup ## The marketplace in a browser: a devnet, a few real jobs, the page
	$(BIN)/deml devnet up
	$(BIN)/deml devnet fair
	$(BIN)/deml web $(ARGS)

web-build: web/dist/index.html ## Build the page: static files in web/dist

test-web: web-build setup ## The page: unit tests, whole jobs in real browsers (Debian's chromium and firefox-esr), `make web`'s jobs
	cd web && ../tests/within.sh "the page's unit tests" 40 npx vitest run
	tests/within.sh "the page in browsers, and the jobs that it is shown with" 900 sh -ec \
	    '(cd web && node --test --test-reporter=spec e2e/*.test.mjs); $(PYTEST) -n 1 tests/integration/devnet/test_fair.py'

pictures: web-build setup ## The pictures of the page in docs/pictures, made by its test of a whole job
	cd web && DEML_PICTURES=../docs/pictures node --test --test-reporter=spec \
		e2e/job.test.mjs e2e/page.test.mjs e2e/deeds.test.mjs e2e/script.test.mjs e2e/replay.test.mjs

lint-web: web/node_modules/.ready ## Style and types of the page
	cd web && ../tests/within.sh "style and types of the page" 30 npm run lint

web/node_modules/.ready: web/package-lock.json | prerequisites
	@# Not `npm ci`: it insists on an entry for every optional platform package, and some registries lack some of them.
	@cd web && $(QUIETLY) "Installing npm packages of the page, a minute" npm install --no-save --ignore-scripts --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.ready $(VENV)/.ready $(shell find web/src web/replay/*.ts web/abi/*.ts web/index.html web/vite.config.ts web/pyodide.sha256 dapp/deml sdk -type f -not -name '*.pyc' 2> /dev/null)
	$(BIN)/python web/scripts/build_python.py
	cd web && npx vite build && npx vite build --config replay/vite.config.ts

test-riscv: $(VENV)/.ready web/node_modules/.ready ## Replay scores and outputs on riscv64, amd64 and WebAssembly (root, Debian)
	$(BIN)/python web/scripts/build_python.py
	tests/within.sh "the replay" 470 docker/replay.sh $(BIN)/python

test-flower: $(FLOWER)/.ready node_modules/.ready contracts/out/.ready ## A Flower federation that a market pays, in an environment of its own; four minutes
	tests/within.sh "types of the federation" 30 $(FLOWER)/bin/mypy --follow-imports silent -p deml_flower
	tests/within.sh "tests of the federation" 210 $(FLOWER)/bin/python -m pytest -n $(WORKERS) --maxprocesses 4 tests/flower $(ARGS)

test-install: $(VENV)/.ready ## The wheel in an empty environment: the SDK alone, then the command line
	tests/within.sh "the fresh environment" 120 $(BIN)/python tests/install/fresh.py

test-bare: ## make demo and make test on a Debian with what README names and nothing else (root, Debian)
	tests/within.sh "the bare machine" 750 tests/install/bare_machine.sh $(ARGS)

.PHONY: test-filecoin
test-filecoin: $(INTEROP) setup ## filecoin-pin and js-ipfs from npm, without any network but loopback (Linux on x86-64)
	@command -v bwrap > /dev/null || { echo "make test-filecoin needs bubblewrap: apt-get install bubblewrap"; exit 1; }
	tests/within.sh "filecoin-pin and js-ipfs" 240 \
	    bwrap --dev-bind / / --unshare-net --die-with-parent -- $(BIN)/python -m pytest -n 0 tests/interop $(ARGS)

tests/interop/%/node_modules/.ready: tests/interop/%/package-lock.json | prerequisites
	@cd tests/interop/$* && $(QUIETLY) "Installing $* from npm, a minute" npm install --no-save --ignore-scripts --no-audit --no-fund
	@touch $@

release: $(VENV)/.ready web/node_modules/.ready ## What is released, built twice and compared byte by byte; in dist/
	tests/within.sh "the release" 120 $(BIN)/python docker/release.py $(ARGS)

lint: $(VENV)/.ready node_modules/.ready ## Style, types, formatting
	tests/within.sh "style, types, formatting" 90 sh -ec '$(BIN)/ruff check .; $(BIN)/ruff format --check .; $(BIN)/mypy; \
	    cd contracts; $(FORGE) fmt --check'

format: $(VENV)/.ready node_modules/.ready ## Format Python and Solidity
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd contracts && $(FORGE) fmt

bench: setup ## Measurements: ratios, and instruction counts where QEMU is (root, Debian)
	@set -e; for script in benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python "$$script" $(ARGS); done

errors: $(VENV)/.ready ## Write docs/errors.md from the error classes
	$(BIN)/python docs/generate_errors.py

schema: $(VENV)/.ready ## Write docs/schema from the forms of deml.wire
	$(BIN)/python docs/generate_schema.py

lock: ## Resolve requirements.lock again (needs uv), keeping what still fits
	@command -v uv > /dev/null || { echo "make lock needs uv: pipx install uv"; exit 1; }
	uv pip compile pyproject.toml $(addprefix --extra ,cli devnet import plot operate) --group dev --group build \
	    --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet -o requirements.lock
	uv pip compile pyproject.toml $(addprefix --extra ,learn devnet flower) --group federation --group build \
	    --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet -o tests/flower/requirements.lock

clean: ## Remove everything that was built or installed here
	rm -rf dist $(VENV) $(FLOWER) web/node_modules web/dist web/public/python node_modules tests/interop/*/node_modules contracts/out contracts/cache .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.ready: requirements.lock pyproject.toml | prerequisites
	@$(PYTHON) -m venv $(VENV)
	@$(QUIETLY) "Installing Python packages, a minute or two" $(BIN)/python -m pip install --quiet \
	    --disable-pip-version-check --require-hashes -r requirements.lock
	@$(QUIETLY) "Installing DeML" $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    --no-build-isolation --editable .
	@touch $@

$(FLOWER)/.ready: tests/flower/requirements.lock pyproject.toml | prerequisites
	@$(PYTHON) -m venv $(FLOWER)
	@$(QUIETLY) "Installing Flower and Python packages of its versions, two minutes" $(FLOWER)/bin/python -m pip install \
	    --quiet --disable-pip-version-check --require-hashes -r tests/flower/requirements.lock
	@$(QUIETLY) "Installing DeML" $(FLOWER)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    --no-build-isolation --editable .
	@touch $@

node_modules/.ready: package-lock.json | prerequisites
	@# Not `npm ci`: it insists on an entry for every optional platform package, and some registries lack some of them.
	@$(QUIETLY) "Installing npm packages, half a minute" npm install --no-save --ignore-scripts --no-audit --no-fund
	@touch $@

contracts/out/.ready: node_modules/.ready contracts/foundry.toml $(shell find contracts/src contracts/test contracts/script -name '*.sol' 2> /dev/null)
	@cd contracts && $(QUIETLY) "Compiling the contracts, a minute" $(FORGE) build
	@mkdir -p $(@D) && touch $@
