# make demo    a sample organisation, a local Slack and GitHub, and the bot between them
# make test    everything that this machine can test; says what it skipped and how to get it
# make setup   the virtual environment with .venv/bin/callboard (demo and test do it first)
# make lint    ruff, mypy and the import contracts
# make bench   the benchmarks of bench/
# make docs    the pages of docs/reference, from the code that they describe
# make lock    new lock files from pyproject.toml

VENV ?= .venv
# The first Python that is new enough, unless one is named: make test PYTHON=python3.13
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && echo $$python && break; done)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
OFFICIAL := tests/official/node_modules
WORKERS ?= auto
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format bench docs lock clean official

help:
	@sed -n 's/^# //p' Makefile

setup: $(VENV)/.installed

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "Callboard needs Python 3.11 to 3.14; none was found on the PATH." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python has no venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: requirements/setup.lock pyproject.toml | $(VENV)/.python
	$(PIP) install --quiet --require-hashes -r requirements/setup.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements/dev.lock $(VENV)/.installed
	$(PIP) install --quiet --require-hashes -r requirements/dev.lock
	@touch $@

demo: setup
	$(BIN)/callboard demo

# Slack's and GitHub's own descriptions, which some tests need; without npm those say how to get it.
official:
	@if [ ! $(OFFICIAL)/.installed -nt tests/official/package-lock.json ] && command -v npm >/dev/null; then \
		npm ci --prefix tests/official --ignore-scripts --no-audit --no-fund --silent && touch $(OFFICIAL)/.installed; \
	fi || true

test: $(VENV)/.installed-dev official
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench

docs: setup
	$(BIN)/python -m bot.reference

lock:
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements/setup.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements/dev.lock

clean:
	rm -rf $(VENV) $(OFFICIAL) .mypy_cache .ruff_cache .pytest_cache .hypothesis .callboard
