# `make run` and `make test` are all that a fresh machine needs; `make help` lists the rest.
# Another Python: `make clean`, then `make test PYTHON=python3.13`.
# Kept to what make 3.81 and the BSD tools of macOS understand.

PY := .venv/bin/python
HOTWASH := .venv/bin/hotwash
# Processes for `make test`: a number, or auto for two per core.
WORKERS ?= auto
# 0: no speech model is fetched; tests that need one are skipped.
VOICE ?= 1
export VOICE
# More for pytest, or for the server, as in `make test ARGS='-k journal -x'`.
ARGS ?=

# Those that hold Python so far; mypy refuses a folder that has none.
FOLDERS := $(sort $(dir $(wildcard $(addsuffix /*.py,tui capture storage tests bench screenshots))))
BENCHES := $(wildcard bench/[a-z]*.py)

.PHONY: help run serve voice test test-root check format wheel bench lock clean venv-run venv-server venv-dev

help: ## list these targets
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 20

run: venv-run ## set up, then open the app; without a terminal print the demo incident's starter
	@sh requirements/model.sh once
	@if [ -t 0 ] && [ -t 1 ]; then $(HOTWASH); else $(HOTWASH) demo; fi

serve: venv-server ## set up and start the team server, as in `make serve ARGS='--host 0.0.0.0'`
	$(HOTWASH) serve $(ARGS)

test: venv-dev ## set up, then pass every test that needs no root
	@sh requirements/model.sh
	$(PY) -m pytest -n $(WORKERS) $(ARGS)

voice: venv-run ## fetch the speech model, 148 MB (run and test do so once; VOICE=0 leaves it out)
	$(HOTWASH) voice install
	@sh requirements/model.sh

test-root: venv-dev ## the tests that mount file systems and cut their power; as root, on Linux
	@[ "$$(id -u)" = 0 ] || { echo "These tests mount file systems: sudo make test-root" >&2; exit 1; }
	$(PY) -m pytest tests/root $(ARGS)

check: venv-dev ## formatting, lint, types and the walls between the packages
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy $(FOLDERS)
	.venv/bin/lint-imports

format: venv-dev ## format the code and mend what lint can mend
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

wheel: venv-dev ## build dist/hotwash-VERSION-py3-none-any.whl
	rm -rf dist
	$(PY) -m hatchling build --target wheel

bench: venv-dev ## run the benchmarks, each printing ratios measured in one run
	@for file in $(BENCHES); do echo "== $$file"; $(PY) $$file || exit 1; done

lock: ## pin requirements/*.txt again from pyproject.toml (UPGRADE=--upgrade for newer ones)
	sh requirements/lock.sh $(UPGRADE)

clean: ## remove the environment, caches and built files
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(FOLDERS) -name __pycache__ -type d -prune -exec rm -rf {} +

venv-run:
	@sh requirements/install.sh run

venv-server:
	@sh requirements/install.sh server

venv-dev:
	@sh requirements/install.sh dev
