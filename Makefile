# Everything in an environment of its own, .venv; nothing else is touched.
.PHONY: rebalance test check docs clean

PYTHON ?= python3
BIN := .venv/bin

# Sets everything up and rebalances the portfolio of a car maker.
rebalance: .venv/ready
	$(BIN)/portfolioopt solve instances/automaker_2026

# Sets everything up and runs the tests.
test: .venv/ready-for-development
	$(BIN)/python -m pytest -n auto

# Lint, format, types and import rules.
check: .venv/ready-for-development
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The documentation as a site, in build/site/index.html.
docs: .venv/ready-for-development
	$(BIN)/python -m sphinx -W --keep-going -n -q docs build/site

clean:
	rm -rf .venv

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/ready-for-development: .venv/ready
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@
