# `make demo` shows it, `make test` checks it; the rest is for working on it.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo demo-story test run lint bench chaos docs lock

demo: .venv/ready
	$(BIN)/waerror demo

demo-story: .venv/ready
	$(BIN)/waerror demo --story

test: lint
	$(BIN)/pytest -n 2 --dist loadfile

run: .venv/ready
	$(BIN)/waerror run

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/ready
	$(BIN)/python -m tests.bench

chaos: .venv/ready
	$(BIN)/python -m tests.chaos
	$(BIN)/python -m tests.chaos.replicas

# What the code knows better than a person: settings, options, exit codes, metrics.
docs: .venv/ready
	$(BIN)/python -m tests.documents

# Versions and hashes only: no host name gets into the lock.
lock: .venv/ready
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate \
		--group dev --group build pyproject.toml -o requirements.lock

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "waerror needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@
