# Short recipes; `make` alone lists them. Everything runs in .venv, which the first command makes.
# A folder that cannot be written is installed from a copy, into the user's cache.
WRITABLE := $(shell test -w . && echo yes)
VENV := $(if $(WRITABLE),.venv,$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/backsweep/venv)
BIN := $(VENV)/bin
OPTIONS ?=

# The first of these that has wheels of everything; `make PYTHON=python3.15` tries another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && echo $$p && exit; done)

PIP = $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt
install = $(if $(WRITABLE),$(PIP) -e '.$(1)',\
	copy=$$(mktemp -d) && trap 'rm -rf "$$copy"' EXIT && cp -R . "$$copy/source" && $(PIP) "$$copy/source$(1)")

.DEFAULT_GOAL := help
.PHONY: help demo up test lint types contracts check format faults fuzz kills bench compose-test clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1	/' | expand -t 16

demo: $(VENV)/.demo ## train 96 networks on handwritten digits and compare them (about two minutes)
	@$(BIN)/backsweep demo $(OPTIONS)

up: $(VENV)/.demo ## the embedded stack, until Ctrl-C
	@$(BIN)/backsweep up $(OPTIONS)

test: $(VENV)/.test ## all tests, on real PostgreSQL, SQLite and Redis
	$(BIN)/pytest -m "not faults and not compose" $(OPTIONS)

check: lint types contracts ## lint, types and import contracts

lint: $(VENV)/.test ## ruff
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .

types: $(VENV)/.test ## mypy, strict
	$(BIN)/mypy

contracts: $(VENV)/.test ## who may import whom
	$(BIN)/lint-imports

format: $(VENV)/.test ## put the code in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

faults: $(VENV)/.test ## the slow suite: kill, freeze and starve real processes
	@command -v cc gcc >/dev/null || echo "no C compiler: tests of clocks that are set will be skipped (apt install gcc libc6-dev)"
	$(BIN)/pytest -m faults -rs $(OPTIONS)

fuzz: $(VENV)/.test ## ten thousand values that break, on each database, each answered within a second (minutes)
	FUZZ_CASES=10000 FUZZ_SECONDS=1 $(BIN)/pytest tests/api/test_any_value.py -s --timeout 7200 $(OPTIONS)

kills: $(VENV)/.test ## a thousand killed workers: what was lost, what was there twice (a quarter of an hour)
	$(BIN)/python -m benchmarks.kills $(OPTIONS)

bench: $(VENV)/.test ## speed against peers and against the machine's floor (minutes)
	$(BIN)/python -m benchmarks.engine $(OPTIONS)

compose-test: $(VENV)/.test ## the end-to-end test against docker compose (needs a Docker engine)
	$(BIN)/python deploy/compose_test.py $(OPTIONS)

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis *.egg-info build

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "backsweep needs Python 3.11 to 3.14; none of them was found on the PATH" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: install its venv module (Debian, Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@mkdir -p $(dir $(VENV)); free=$$(df -Pk $(dir $(VENV)) | awk 'NR==2 {print int($$4 / 1024)}'); test "$$free" -ge 2000 || { \
		echo "backsweep needs 2 GB of disk for its dependencies, and $$free MB are free in $(dir $(VENV))" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# The stamps stand for "installed since pyproject.toml or constraints.txt last changed".
$(VENV)/.demo: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing backsweep into $(VENV) (once; a minute or two) ..."
	@$(call install,)
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing backsweep and its tests into $(VENV) (once; a minute or two) ..."
	@$(call install,[test])
	@touch $@ $(VENV)/.demo
