# What a person and CI type; `make help` lists it. Everything is installed into .venv/ and .tools/, and nothing elsewhere
# but, where apt-get may be used, missing Debian packages: Python, ExifTool, PostgreSQL (see scripts/setup).
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup run test check soak bench screenshots format clean

PYTHON_BIN := .venv/bin/python
RUNTIME := .venv/.runtime-is-ready
DEV := .venv/.dev-is-ready
# On four processes, since many tests wait for others to die; one that hangs for five minutes is a failure.
PYTEST := $(PYTHON_BIN) -m pytest -n 4 --dist worksteal --timeout=300

# Tests of what is the same on every database.
ALIKE := pipeline samples browser media_catalog/admin media_catalog/commands media_catalog/management media_catalog/templatetags

KILLS ?= 50
PORT ?= 8000
TO ?= storage/screenshots
# The shell gets PHOTOS by the environment, so that blanks, quotes and dollar signs in it stay what they are.
export photos := $(value PHOTOS)
# Where the command was typed, which with `make -C` is another folder than this one.
export typed_in := $(value PWD)
# Or each of the many programs that tests start would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

setup: $(RUNTIME) ## Make .venv/, get what the program needs, prepare the database
	@$(PYTHON_BIN) manage.py setup
	@echo 'MediaParser is set up: make run PHOTOS=/path/to/your/photos'

run: $(RUNTIME) ## Import PHOTOS (default: small samples) and serve the pages on PORT (default 8000); Ctrl-C ends it
	@case $$photos in \
	'') photos=tests/samples/library ;; \
	'~' | '~/'*) photos=$$HOME$${photos#?} ;; \
	/*) ;; \
	*) [ -e "$$photos" ] || [ ! -e "$$typed_in/$$photos" ] || photos=$$typed_in/$$photos ;; \
	esac; \
	exec $(PYTHON_BIN) manage.py run --port '$(PORT)' --photos="$$photos"

test: $(DEV) ## Run the tests on SQLite, then those that need a database on a private PostgreSQL
	$(PYTEST)
	@if scripts/setup postgres; then set -x; $(PYTHON_BIN) -m tests.postgres $(PYTEST) -m "not soak and not any_database" \
	$(ALIKE:%=--ignore=tests/%); \
	else test -z "$$CI"; fi

check: $(DEV) ## Format, lint, types, direction of imports, migrations, settings of a deployment; no tests
	$(PYTHON_BIN) -m ruff format --check --quiet .
	$(PYTHON_BIN) -m ruff check --quiet .
	$(PYTHON_BIN) -m mypy
	.venv/bin/lint-imports --no-logo
	@MEDIAPARSER_DATA_DIR=$$(mktemp -d) && export MEDIAPARSER_DATA_DIR && trap 'rm -rf "$$MEDIAPARSER_DATA_DIR"' EXIT && \
	unset DATABASE_URL && set -x && $(PYTHON_BIN) manage.py makemigrations --check --dry-run && \
	MEDIAPARSER_HTTPS=1 MEDIAPARSER_ALLOWED_HOSTS=photos.example.org $(PYTHON_BIN) manage.py check --deploy --fail-level WARNING

soak: $(DEV) ## Kill imports and exports KILLS (default 50) times each and inject all faults, on SQLite and PostgreSQL
	SOAK_KILLS='$(KILLS)' $(PYTHON_BIN) -m pytest -m soak --log-cli-level=INFO
	@scripts/setup postgres
	SOAK_KILLS='$(KILLS)' $(PYTHON_BIN) -m tests.postgres $(PYTHON_BIN) -m pytest -m soak --log-cli-level=INFO

bench: $(RUNTIME) ## Measure the CPU cost of importing a file against its floor, and of finding copies
	@failed=; for part in import_cost hash_search grouping_cost; do echo "== $$part"; \
	$(PYTHON_BIN) -m benchmarks.$$part || failed=1; done; test -z "$$failed"

screenshots: $(DEV) ## Take pictures of every page, on desk and phone, in light and dark, into TO (default storage/screenshots)
	$(PYTHON_BIN) -m tests.browser.screenshots '$(TO)'

format: $(DEV) ## Format the code and mend what can be mended without thinking
	$(PYTHON_BIN) -m ruff check --fix --quiet . ; $(PYTHON_BIN) -m ruff format .

clean: ## Remove everything that the other targets made, except your data in storage/
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@scripts/setup python

$(RUNTIME): .venv/bin/python requirements.txt constraints.txt scripts/setup
	@scripts/setup runtime
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.txt
	@scripts/setup dev
	@touch $@
