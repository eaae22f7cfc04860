# Everything there is to do here. `make` alone lists it.

PORT ?= 8000
WORKERS ?= 3
SEED ?= 1
ARGS ?=

PY := .venv/bin/python
FLASK := $(PY) -m flask --app bazaar
RUN := .venv/.installed-run
DEV := .venv/.installed-dev
BABEL = $(PY) -m babel.messages.frontend -q
POT := .venv/messages.pot
MO = $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))

# The first Python that is new enough, looked for only when something is to be installed.
SYSTEM_PYTHON = $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
  && command -v $$p && break; done)
INSTALL = p="$(SYSTEM_PYTHON)"; test -n "$$p" || { echo \
  "Python 3.11 or newer is needed and was not found. Debian, Ubuntu: apt-get install python3 python3-venv" \
  >&2; exit 1; }; "$$p" tools/install.py

.DEFAULT_GOAL := help
.PHONY: help run test torture check lint fmt demo migrate translations clean
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
# Python keeps what it compiled, also where the environment says not to: a start takes a third.
unexport PYTHONDONTWRITEBYTECODE

help: ## List what can be done
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name what; do \
	  printf '  make %-12s %s\n' "$$name" "$$what"; done

run demo migrate: export BAZAAR_MODE ?= demo
run demo migrate: export BAZAAR_PUBLIC_URL ?= http://127.0.0.1:$(PORT)
run demo migrate: export BAZAAR_LOG_LEVEL ?= WARNING

run: $(RUN) $(MO) ## Serve a living demo on http://127.0.0.1:8000 (another port: make run PORT=8001)
	@exec $(FLASK) serve

demo: $(RUN) $(MO) ## Throw the demo's data away and build it anew
	@$(FLASK) demo --reset

migrate: $(RUN) ## Bring the database's tables up to date
	@$(FLASK) db upgrade

test: export PROOF_SEED ?= $(SEED)
test: $(DEV) $(MO) ## Run all tests, on SQLite and PostgreSQL and in Chromium (some: ARGS="-k qris")
	@$(PY) -m tests.chromium
	@$(PY) -m pytest -q -n $(WORKERS) --dist worksteal \
	  --randomly-seed=$(SEED) --hypothesis-seed=$(SEED) $(ARGS)

torture: export PROOF_SEED ?= random
torture: export PROOF_OPERATIONS ?= 10000
torture: export PROOF_FAULTS ?= all
torture: export PROOF_KILLS ?= 500
torture: export PROOF_CUTS ?= 100
torture: export PROOF_RESTARTS ?= 20
torture: export PROOF_ROUNDS ?= 200
torture: export PROOF_CLOCK_KILLS ?= 20
torture: export PROOF_AWAY_S ?= 10
torture: $(DEV) $(MO) ## Prove more of docs/reliability.md than the suite has time for (about two hours)
	@$(PY) -m pytest -q -n0 -o faulthandler_timeout=0 tests/proof $(ARGS)

check: lint test ## Run linters, type checker, import contracts, then all tests

lint: $(DEV)
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-logo

fmt: $(DEV) ## Format the code and mend what can be mended
	@$(PY) -m ruff check --fix --exit-zero
	@$(PY) -m ruff format

translations: $(RUN) ## Bring the catalogues up to date with the texts in the source (docs/translating.md)
	@$(BABEL) extract -F babel.cfg --ignore-dirs=".*" -k _l -k lazy_gettext -k lazy_pgettext:1c,2 \
	  --no-wrap --add-location=file --project="Pasar Virtual" --version=- -o $(POT) .
	@$(BABEL) update -i $(POT) -d translations --no-wrap --no-fuzzy-matching --ignore-obsolete \
	  --ignore-pot-creation-date

clean: ## Remove what can be made again (never the data in instance/)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache $(MO)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN): requirements.txt $(PY)
	@$(INSTALL) run

$(DEV): requirements-dev.txt $(PY)
	@$(INSTALL) dev

# Missing, also when the Python it points to is gone: then what is installed is gone too.
$(PY): ;

%.mo: %.po | $(RUN)
	@$(BABEL) compile -i $< -o $@
