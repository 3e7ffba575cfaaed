# The commands of this project; `make` alone lists them. Each one sets up what it needs by itself:
# a Python >= 3.11, .venv, and exactly the packages of deploy/locks (deploy/decisions/0001 says why so).
# Nothing else is needed for `make run`: no Java, no Docker, no npm.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help run test check lint fuzz simulate bench eval mutants faults faults-full docs supply lock clean

PYTHON := .venv/bin/python
UV := .venv/bin/uv
TYPED := models workflows streams tests
QUICK_TESTS = $(wildcard tests/unit tests/property tests/architecture)
# Half of a program's start is compiling, where nobody keeps what was compiled: the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE
# Many tests wait for servers: one worker more than cores keeps them busy; six have servers enough of their own. What
# was asked for by ARGS comes in one process.
CORES := $(shell nproc 2>/dev/null || echo 2)
WORKERS := $(shell echo $$(($(CORES) < 6 ? $(CORES) + 1 : 6)))

help: ## list these commands
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 15
	echo '  Options go through ARGS, e.g.  make run ARGS="--seed 7 --speed 10"   make test ARGS="-k grading"'

run: .venv/.run ## play emergency reports through the whole loop and print the URL (Ctrl-C stops it)
	@exec .venv/bin/fenghuo run $(ARGS)

test: .venv/.test ## every test this machine can run; what it cannot run is skipped with its reason
	@exec $(PYTHON) -m pytest $(if $(ARGS),$(ARGS),-n $(WORKERS))

check: lint ## make lint and the quick tests, in about a minute on a free machine
	@exec $(PYTHON) -m pytest -q --hypothesis-profile=quick $(QUICK_TESTS) $(ARGS)

lint: .venv/.test ## format, lint, types and imports, and the tests of the screen's own scripts
	@$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy $(TYPED)
	.venv/bin/lint-imports --no-cache
	.venv/bin/deno check --quiet --config tests/web/deno.json streams/cockpit/static/*.js tests/web/*.js
	.venv/bin/deno test --quiet --no-remote --allow-read --config tests/web/deno.json tests/web

fuzz: .venv/.test ## 100,000 inputs at the reader of the topics and 5,000 requests at the API, in some minutes
	@exec $(PYTHON) -m pytest -n 3 --hypothesis-profile=long --timeout=3600 -k "no_bytes or no_damage or description" \
	    tests/property/test_codec.py tests/fuzz $(ARGS)

simulate: .venv/.test ## play 20,000 seeds of a whole city with faults, or as many as ARGS="--seeds N"; --seed N --trace shows one
	@exec $(PYTHON) -m tests.simulation --seeds 20000 $(ARGS)

bench: .venv/.test ## measure throughput and latency side by side, add rows to tests/bench/results.csv
	@exec $(PYTHON) -m tests.bench $(ARGS)

eval: .venv/.test ## how well texts are understood: every figure with its goal, every miss with its text
	@exec $(PYTHON) -m tests.evaluation $(ARGS)

mutants: .venv/.test ## plant twelve bugs in a copy, one at a time: each must be caught by the test it names
	@exec $(PYTHON) -m tests.mutants $(ARGS)

faults: .venv/.test ## kill, freeze, cut and fill real processes for some minutes; figures go to deploy/docs/faults.md
	@exec $(PYTHON) -m tests.faults quick $(ARGS)

faults-full: .venv/.test ## the same at full length and what takes long, in 75 minutes
	@exec $(PYTHON) -m tests.faults full $(ARGS)

# What is generated is committed, so that a reader needs no tool; `docs build` writes it again from the code.
docs: .venv/.test ## write again what is made from the code: schemas, AsyncAPI, contract, events, state machine
	@exec .venv/bin/fenghuo docs build $(ARGS)

supply: .venv/.test .venv/supply/.made ## write SBOM and licence list again from run.lock, look for known holes
	@exec $(PYTHON) -m tests.supply $(ARGS)

# test.lock is held to run.lock, so that the tests see the very versions that run.
# Pins stay as they are unless ARGS=--upgrade. Headers are left out: they would record how it was called.
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
    --no-header --no-annotate --no-emit-index-url $(ARGS) pyproject.toml --extra build
lock: $(UV) ## pin the dependencies of pyproject.toml again (ARGS=--upgrade for newer ones)
	@$(as_pip_is_told)
	$(COMPILE) --output-file deploy/locks/run.lock
	$(COMPILE) --extra traces --constraint deploy/locks/run.lock --output-file deploy/locks/traces.lock
	$(COMPILE) --extra test --constraint deploy/locks/traces.lock --output-file deploy/locks/test.lock
	printf 'cyclonedx-bom\npip-audit\n' | $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	    --no-header --no-annotate --no-emit-index-url $(ARGS) - --output-file deploy/locks/supply.lock
	grep -c == deploy/locks/run.lock deploy/locks/traces.lock deploy/locks/test.lock deploy/locks/supply.lock

clean: ## remove the environment and caches (the data under .fenghuo stays)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- setting up: the stamps .venv/.run and .venv/.test say which lock was installed last ---------------------

# test.lock holds all of run.lock, so an environment made for the tests is left as it is by `make run`.
.venv/.test: $(UV) deploy/locks/test.lock
	@$(call install,test)
	touch .venv/.run .venv/.test

.venv/.run: $(UV) deploy/locks/run.lock
	@$(call install,run)
	rm -f .venv/.test
	touch .venv/.run

# What looks at the packages is none of them: in an environment of its own.
.venv/supply/.made: $(UV) deploy/locks/supply.lock
	@$(as_pip_is_told)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv/supply
	$(UV) pip sync --quiet --python .venv/supply/bin/python --require-hashes deploy/locks/supply.lock
	touch .venv/supply/.made

# uv reads other settings than pip: pass on what pip was told about certificates and a mirror.
define as_pip_is_told
	mirror=$$($(PYTHON) -m pip config get global.index-url 2>/dev/null || true)
	mirror=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$mirror}}
	[ -z "$$mirror" ] || export UV_DEFAULT_INDEX="$$mirror"
	[ -z "$${PIP_CERT:-}" ] || export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$PIP_CERT}"
	export UV_LINK_MODE=$${UV_LINK_MODE:-copy} UV_HTTP_TIMEOUT=$${UV_HTTP_TIMEOUT:-180}
endef

# The project itself goes in last, built by the hatchling of the lock and with nothing fetched.
define install
	echo 'make: installing deploy/locks/$(1).lock into .venv' >&2
	$(as_pip_is_told)
	$(UV) pip sync --quiet --python $(PYTHON) --require-hashes deploy/locks/$(1).lock
	$(UV) pip install --quiet --python $(PYTHON) --no-deps --no-build-isolation --offline --editable .
endef

# XXX Debian ships venv without ensurepip; it shows only as an error from `python3 -m venv`, so ask beforehand.
$(UV): deploy/locks/uv.lock
	@suits() { "$$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
	whole() { "$$1" -c 'import ensurepip, venv' 2>/dev/null; }
	if ! suits $(PYTHON); then
	    python=
	    for name in python3.11 python3.12 python3.13 python3.14 python3; do
	        suits $$name || continue
	        python=$${python:-$$name}
	        ! whole $$name || { python=$$name; break; }
	    done
	    if [ -z "$$python" ]; then
	        echo 'make: needs Python 3.11 or newer and finds none (looked for python3.11 to python3.14, python3).' >&2
	        echo 'make: on Debian 12 or newer, as root: apt-get install python3 python3-venv' >&2
	        exit 1
	    fi
	    if ! whole $$python; then
	        package=$$($$python -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
	        if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	            echo "make: $$python cannot make a virtual environment; as root: apt-get install $$package" >&2
	            exit 1
	        fi
	        echo "make: $$python lacks ensurepip; installing $$package" >&2
	        apt-get update -qq
	        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$package >&2
	    fi
	    $$python -m venv --clear .venv
	fi
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/locks/uv.lock
	touch $(UV)
