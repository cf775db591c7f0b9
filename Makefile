# Penstock's few targets. `make demo` and `make test` set up everything they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LIVES ?= 22
SEED ?= 4
EXAMPLES ?= 200

.PHONY: demo test chaos machine clickhouse setup lint bench requirements clean

demo: setup                 ## a shop, the sandbox and three runs, told as they happen
	@$(BIN)/python -m demo

test: setup                 ## every test, two at a time
	@$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

chaos: setup                ## kills and injuries in full: `make chaos SEED=5` for other ones
	@CHAOS_LIVES=$(LIVES) CHAOS_SEED=$(SEED) $(BIN)/python -m pytest tests/chaos

machine: setup              ## all that may happen, in any order, for some 40 minutes: `make machine SEED=5 EXAMPLES=20`
	@PENSTOCK_MACHINE=long PENSTOCK_MACHINE_EXAMPLES=$(EXAMPLES) PENSTOCK_MACHINE_SEED=$(SEED) \
	  $(BIN)/python -m pytest --numprocesses 2 -rP tests/acceptance/machine

clickhouse: setup .chdb/.ready  ## segments on ClickHouse, which is a download of 190 MB, 560 MB on the disk
	@PYTHONPATH=.chdb $(BIN)/python -m pytest tests/unit/segments -k clickhouse

lint: setup                 ## ruff, strict types, import contract
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# BENCH=side-by-side runs other tools on the same work; only that needs them, in an environment of their own.
bench: setup $(if $(findstring side-by-side,$(BENCH)),.venv-bench/.ready)  ## the budget table, measured here
	@$(BIN)/python -m benchmarks $(BENCH)

setup: $(VENV)/.ready       ## .venv with the `penstock` command

$(VENV)/.ready: requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Penstock needs Python 3.11 or newer; set PYTHON=/path/to/python3.11 and try again."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python cannot make virtual environments here; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing the pinned packages into $(VENV) (once; this takes a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.chdb/.ready:
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target .chdb chdb==4.4.0 chdb-core==26.9.0
	@touch $@

.venv-bench/.ready: requirements-bench.txt
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@echo "Installing the packages of other tools into .venv-bench (once) ..."
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-bench.txt
	@touch $@

requirements:               ## derive the pinned files from pyproject.toml
	@$(BIN)/pip-compile --output-file requirements.txt pyproject.toml
	@$(BIN)/pip-compile --extra dev --extra postgres --output-file requirements-dev.txt pyproject.toml
	@$(BIN)/pip-compile --extra bench --constraint requirements-dev.txt --output-file requirements-bench.txt pyproject.toml

clean:                      ## remove what setup and the demo made
	rm -rf $(VENV) .venv-bench .chdb .demo
