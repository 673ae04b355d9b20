# What a developer types; `make` alone lists it. Works with GNU make 3.81 (macOS) and a plain sh.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup install run test stories chaos needs check fix bench migrate revision lock

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do $$name -c $(MODERN) 2>/dev/null && echo $$name && break; done)
MODERN := 'import sys; sys.exit(sys.version_info < (3, 11))'
PY     := .venv/bin/python
PIP    := $$($(PY) -m pip --version >/dev/null 2>&1 && echo "$(PY) -m pip" || echo "$(PYTHON) -m pip --python $(PY)") --disable-pip-version-check
STAMP  := .venv/installed
WANTED := { pwd; cat pyproject.toml requirements-dev.txt; }
# What failed on a busy machine is tried once more, alone and in sight: a bug fails again.
tested  = $(PY) -m pytest $(1) || { [ $$? -eq 1 ] && echo "Once more, alone: what failed above" && $(PY) -m pytest --last-failed --last-failed-no-failures none $(filter-out -n 4 --dist worksteal,$(1)); }
fail    = { echo "phonebank: $(1)" >&2; exit 1; }

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## make .venv with the locked packages (again only when the lock has changed)
	@if $(WANTED) | cmp -s - $(STAMP) && .venv/bin/phonebank --help >/dev/null 2>&1; \
	then echo "The environment in .venv is up to date."; else $(MAKE) --no-print-directory install; fi

run: setup ## a live rehearsal with a sample campaign; Ctrl-C ends it and leaves nothing behind
	@exec .venv/bin/phonebank run --rehearse

test: setup needs check ## every check and test, on real servers brought where missing
	@$(call tested,-n 4 --dist worksteal --ignore tests/browser)
	@$(call tested,-n 4 --dist worksteal tests/browser) # apart: Playwright keeps an event loop of its own in its process

stories: setup needs ## every story on both databases (`make test` tells each on one)
	@STORIES_ON=both $(PY) -m pytest -n 2 --dist worksteal tests/stories

chaos: setup needs ## kill, cut off and wind everything by seeded schedules and check every promise (SEEDS=20, 0 is endless; FIRST=1)
	@$(PY) -m tests.chaos $(or $(SEEDS),20) $(or $(FIRST),1)

check: setup ## format, lint, imports, types, templates, spelling; no tests
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/lint-imports --no-logo
	.venv/bin/mypy
	.venv/bin/djlint --lint --quiet templates
	.venv/bin/codespell

fix: setup ## put right what the formatter and the linter can
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: setup ## measure every claim, each beside its limit, and write docs/performance.md (some minutes)
	@$(PY) -m bench

migrate: setup ## bring the database of .env to the newest revision
	@.venv/bin/phonebank db upgrade

revision: setup ## write a migration for what changed in the tables: make revision m="Add shifts"
	@[ -n "$(m)" ] || $(call fail,say what changed: make revision m=\"Add shifts\")
	@$(PY) -m phonebank.migrations "$(m)"

lock: setup ## lock again after a change in pyproject.toml (delete requirements*.txt first to take the newest of all)
	.venv/bin/uv pip compile --quiet --no-header --universal --generate-hashes pyproject.toml -o requirements.txt
	.venv/bin/uv pip compile --quiet --no-header --universal --generate-hashes pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	.venv/bin/uv pip compile --quiet --no-header --universal --generate-hashes pyproject.toml --group training -c requirements.txt -o requirements-training.txt

# The steps of setup and test; nobody needs to type these.

install:
	@[ -n "$(PYTHON)" ] && $(PYTHON) -c $(MODERN) 2>/dev/null || $(call fail,Python 3.11 or newer is needed: install it (Debian 12 or Ubuntu 24.04: apt-get install python3 python3-venv; macOS: brew install python) or name it: make setup PYTHON=/path/to/python3)
	@[ ! -e $(STAMP) ] || [ "$$(head -n 1 $(STAMP))" = "$$(pwd)" ] || rm -rf .venv # its scripts name the folder they were made in
	@$(PY) -c $(MODERN) 2>/dev/null || { rm -rf .venv; echo "Making .venv with $$($(PYTHON) --version)"; \
	$(PYTHON) -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; $(PYTHON) -m venv --without-pip .venv 2>/dev/null; }; }; \
	$(PIP) --version >/dev/null 2>&1 || $(call fail,Python cannot make an environment with pip here: install its venv module (Debian and Ubuntu: apt-get install python3-venv) and try again)
	@echo "Installing the packages of requirements-dev.txt into .venv"
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > .venv/uv.txt
	@$(PIP) install --quiet --require-hashes -r .venv/uv.txt || $(call fail,uv could not be installed (pip says why above): mend that and try again)
	@.venv/bin/uv pip sync --python $(PY) --quiet --require-hashes requirements-dev.txt || { echo "uv could not (it says why above); trying with pip, which takes a minute"; \
	$(PIP) install --quiet --no-compile --require-hashes -r requirements-dev.txt; } || $(call fail,the packages could not be installed (pip says why above): mend that and try again)
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable . || $(call fail,phonebank itself could not be installed (pip says why above))
	@# What starts is compiled once, here: six parts start at a time, and some environments forbid writing bytecode later.
	@PYTHONDONTWRITEBYTECODE= $(PY) -c 'import workers.__main__, phonebank.app, phonebank.rehearsal.carrier, gunicorn.app.base, alembic.command' || true
	@$(WANTED) > $(STAMP)
	@echo "Ready: .venv/bin/phonebank"

needs:
	@$(PY) -m tests.support.programs
