# Two commands do everything: make build, make test. The rest is for working on Coterie itself.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: build test check bench compatibility clean docs

build: $(READY)  ## environment, demo store, build, tests, publish; prints the segment table
	@$(BIN)/coterie demo
	@$(BIN)/coterie build

test: $(READY)  ## style, types, runner tests, SQL unit tests, data tests, docs tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check runner benchmarks tests
	@$(BIN)/mypy
	@$(BIN)/pytest -n 2 --dist worksteal

check: $(READY)  ## bind every model on empty tables, no data needed
	@$(BIN)/coterie check

bench: $(READY)  ## every benchmark, with its report
	@$(BIN)/python -m benchmarks

compatibility: $(READY)  ## what dbt and its neighbours understand of our artifacts
	@$(BIN)/python -m benchmarks.compatibility

docs: $(READY)  ## write docs/cli.md from the commands' own help
	@$(BIN)/python -m tests.house.cli_page > docs/cli.md

clean:  ## remove all that is generated
	rm -rf target $(VENV) *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Coterie needs Python 3.11 or newer: make build PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
