# Everything happens in .venv, which `make install` makes and mends; nothing needs to be activated.
#
#   PYTHON=/path/to/python3.12   the Python to build .venv with (default: the first one found that will do)
#   ARGS="..."                   passed on to the command that the target runs, as in: make test ARGS="-k identity"
#   WORKERS=3                    how many tests run side by side; each worker loads TensorFlow once

PYTHON  ?=
ARGS    ?=
WORKERS ?= 3

# nbgrader calls other commands by name, so .venv/bin comes first on the PATH of all that is run here.
BIN := PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin

# Some images set this. Hundreds of Pythons are started here, and each would compile the package anew.
unexport PYTHONDONTWRITEBYTECODE

# Only TensorFlow's errors are worth a line on the screen.
TF_CPP_MIN_LOG_LEVEL ?= 3
export TF_CPP_MIN_LOG_LEVEL

.DEFAULT_GOAL := help
.PHONY: help install build demo study lab formgrader docs claims lint format test pytest corpus peers slips attacks faults bench messages release-check clean

help: ## list these targets
	@echo "make TARGET, where TARGET is one of"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' Makefile

install: ## make or mend .venv: all that the kit needs, and the command autograder
	@PYTHON="$(PYTHON)" sh tools/install.sh

build: install ## make release/ and the references from the instructor notebooks
	$(BIN)/autograder build $(ARGS)

demo: install ## show the whole path on a small made-up class
	$(BIN)/autograder demo $(ARGS)

# LESSON=zh or LANG=zh on the command line says which language; else the reader's environment does.
LESSON ?= $(if $(findstring command line,$(origin LANG)),$(LANG))

study: install ## open your own copy of the lesson in JupyterLab, in your language (LESSON=en, LESSON=zh)
	$(BIN)/autograder study $(if $(LESSON),--language "$(LESSON)") $(ARGS)

lab: install ## open the student notebooks in JupyterLab
	$(BIN)/jupyter lab --ServerApp.root_dir=release $(ARGS)

formgrader: install ## open the course in JupyterLab with Formgrader: generate, autograde, grade by hand, feedback
	$(BIN)/autograder formgrader $(ARGS)

# Strict: a link that leads nowhere, or a page that no index names, ends it.
docs: install ## make the documentation's site, in both languages: build/docs/index.html
	$(BIN)/python tools/docs/build.py

claims: install ## list what README and docs claim and no test, bar or measured figure is named for
	$(BIN)/python tools/docs/claims.py

lint: install ## check style, types and that no notebook carries outputs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_notebooks.py source release

format: install ## let ruff mend what it can: layout, order of imports, simple findings
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Side by side: types are checked by one core, the first tests wait for others.
test: ## lint, and run every test
	@$(MAKE) --no-print-directory -j2 lint pytest

pytest: install
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not attacks and not faults and not corpus and not peers" $(ARGS)

corpus: install ## judge all answers of tests/corpus, as check does and as official grading does
	$(BIN)/python tests/corpus/measure.py $(ARGS)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m corpus

peers: install ## compare with stock nbgrader: assignments as other courses write them, and nbgrader's own tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m peers $(ARGS)

slips: install ## try the slips that are generated from the solutions, and read what the reports say of them
	$(BIN)/python tests/corpus/slips/measure.py $(ARGS)

attacks: install ## try every attack on stock nbgrader and on this kit, side by side
	$(BIN)/python tests/attacks/measure.py $(ARGS)

faults: install ## grade a class with broken submissions in it, under stock nbgrader and under this kit
	$(BIN)/python tests/faults/measure.py $(ARGS)
	$(BIN)/python -m pytest tests/faults -m faults -k resnet

bench: install ## measure what grading and checking cost, beside stock nbgrader and others
	$(BIN)/python -m benchmarks $(ARGS)

messages: install ## bring the translations' catalogs up to date with the code
	$(BIN)/python tools/catalogs.py

release-check: install ## see whether what is committed could be released: version, changelog, wheel, packages, licences
	$(BIN)/python tools/release_check.py $(ARGS)

clean: ## remove what building, testing and the demo leave behind (.venv stays)
	rm -rf build dist demo *.egg-info .import_linter_cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name .git -prune -o -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
