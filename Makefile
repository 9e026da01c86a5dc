# The contributor's front page: `make help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8600
# Downloads (starter packages, converted models) live outside the repo and may be absent at any time.
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/openhearth
# Tests run in a shuffled order, the same each time so that what passed passes again; SEED=default shuffles anew.
SEED ?= 8600
# Two files of tests at a time; what a file shares (a hub, a loaded model) is made once for it. PARALLEL= works them one by one.
PARALLEL ?= -n 2 --dist loadfile
export OMP_WAIT_POLICY = PASSIVE
DEBIAN_TOOLS := chromium git-lfs openssh-client gnupg nginx-light wrk fonts-dejavu-core npm postgresql espeak-ng zsh fish \
  apertium apertium-eng-spa apertium-fr-es apertium-es-pt

.DEFAULT_GOAL := help
.PHONY: help setup serve starter test test-fast check fix types docs compat bench bench-quality tools clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: $(VENV)/.ready  ## make .venv with everything: serving, running models, tests

$(VENV)/.ready: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Openhearth and its libraries into $(VENV) (some minutes the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@$(BIN)/python -m compileall -q src/openhearth  # pip compiles what it installs, but not what it links to: half a second of a first start
	@touch $@

serve: setup  ## run the hub on http://127.0.0.1:8600 and add the starter models
	@OPENHEARTH_STARTER_CACHE="$(CACHE)/starter" $(BIN)/openhearth serve --starter --port $(PORT)

starter: setup  ## add the starter models to a running hub
	@OPENHEARTH_STARTER_CACHE="$(CACHE)/starter" $(BIN)/openhearth starter

tools: $(VENV)/.tools

$(VENV)/.tools: $(VENV)/.ready
	@if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  missing=""; for p in $(DEBIAN_TOOLS); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	  case "$$missing" in *npm*) command -v npm >/dev/null && missing=$$(echo "$$missing" | sed 's/npm//');; esac; \
	  if [ -n "$$(echo $$missing)" ]; then echo "Installing test tools:$$missing"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi; \
	else echo "Tests need on the PATH: $(DEBIAN_TOOLS)"; fi
	@touch $@

test: tools  ## run all tests (fast ones first)
	@OPENHEARTH_STARTER_CACHE="$(CACHE)/starter" $(BIN)/python -m pytest -q $(PARALLEL) --randomly-seed=$(SEED) -m "not (slow or run or browser)"
	@OPENHEARTH_STARTER_CACHE="$(CACHE)/starter" $(BIN)/python -m pytest -q $(PARALLEL) --randomly-seed=$(SEED) -m "slow or run or browser"

test-fast: setup  ## the tests that need no browser, no clients, no models and no Postgres
	@$(BIN)/python -m pytest -q -m "not slow and not run and not browser and not postgres" --ignore=tests/clients --ignore=tests/browser

check: setup  ## lint, types, import contracts, docs freshness
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/python -m openhearth.cli.reference --check

fix: setup  ## mend what ruff can mend
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

types: setup  ## mypy alone
	@$(BIN)/mypy

docs: setup  ## write docs/reference from the code
	@$(BIN)/python -m openhearth.cli.reference

compat: tools  ## run real clients and write docs/reference/compatibility.md
	@$(BIN)/python -m tests.compat --write

bench: tools  ## measure, and print ratios to a peer or to the physical limit
	@OPENHEARTH_STARTER_CACHE="$(CACHE)/starter" $(BIN)/python -m tests.bench

bench-quality: tools  ## judge the starter models on data they never saw: feelings, speech, answers, words, names, summaries, translations
	@OPENHEARTH_STARTER_CACHE="$(CACHE)/starter" $(BIN)/python -m tests.quality

clean:  ## remove the virtual environment and caches of tools
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
