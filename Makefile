# make demo: set up, train for a few minutes, score, extract the seed briefs.   make test: set up, run the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: demo test test-slow check format precommit clean

demo: $(INSTALLED)
	rm -rf outputs/demo
	$(BIN)/coopclaims train experiment=demo
	$(BIN)/coopclaims evaluate model=outputs/demo/model data=[seeds/briefs.jsonl]
	$(BIN)/coopclaims extract seeds/briefs --model outputs/demo/model --format table

test: $(INSTALLED)
	$(BIN)/python -m pytest -m "not slow"

test-slow: $(INSTALLED)
	$(BIN)/python -m pytest -m slow

check: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

precommit: $(INSTALLED)
	$(BIN)/pre-commit install

clean:
	rm -rf $(VENV) outputs .pytest_cache .mypy_cache .ruff_cache

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@
