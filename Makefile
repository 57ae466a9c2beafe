# Two commands on a fresh machine: `make book` builds the site, `make test` runs every check.
# Both set up everything they need in .venv, from the exact versions of constraints.txt.

PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.set-up
NOTEBOOKS := $(wildcard notebooks/*/*.ipynb)
CORES := $(shell nproc 2>/dev/null || echo 2)
CODE := conftest.py helpers tests tools benchmarks book/_ext
export HELPERS_PROGRESS := 0
export PYTHONHASHSEED := 0

.PHONY: help setup book pdf check test test-gpu lint unit chapters new missing store results draws proofs mutants benchmark serve clean
.DEFAULT_GOAL := help

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(SETUP)  ## install everything into .venv

$(SETUP): pyproject.toml constraints.txt
	@echo "Setting up .venv (about 6 GB, a few minutes the first time)"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --upgrade --quiet pip
	$(BIN)/python -m pip install --progress-bar on --constraint constraints.txt --editable ".[all]"
	@touch $@

book: $(SETUP)  ## build the site from the stored outputs, warnings as errors
	@$(BIN)/python tools/build.py

pdf: $(SETUP)  ## the whole book as one printable page, and as a PDF where Chromium is installed
	@$(BIN)/python tools/pdf.py

lint: $(SETUP)
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

unit: $(SETUP)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(CORES) --dist loadscope tests helpers

check: lint book unit  ## everything that does not run chapters: the inner loop

chapters: $(SETUP)  ## nbval over every chapter
	$(BIN)/python tools/test.py --workers $(CORES) --chapters

test: lint book  ## every check: lint, site, package, book, every chapter
	$(BIN)/python tools/test.py --workers $(CORES)

test-gpu: $(SETUP)  ## the tests that need a CUDA GPU; skipped with a reason where there is none
	$(BIN)/python -m pytest -m gpu -rs tests

new: $(SETUP)  ## begin a chapter: make new CHAPTER=part/name
	$(BIN)/python tools/new.py $(CHAPTER)

missing: $(SETUP)  ## what a chapter still lacks: make missing CHAPTER=part/name (or all of them)
	$(BIN)/python tests/book/rules.py $(CHAPTER)

store: $(SETUP)  ## run chapters and store their outputs: make store CHAPTER=notebooks/part/name.ipynb
	$(BIN)/python tools/store.py $(or $(CHAPTER),$(NOTEBOOKS))

results: $(SETUP)  ## a chapter's long run, resumed where it was: make results CHAPTER=part/name
	$(BIN)/python tools/results.py $(CHAPTER)

draws: $(SETUP)  ## do the claims hold with other seeds? make draws CHAPTER=part/name
	$(BIN)/python tools/draws.py $(CHAPTER)

proofs: $(SETUP)  ## make claims fail: all chapters, or make proofs CHAPTER=notebooks/part/name.ipynb
	OMP_NUM_THREADS=1 $(BIN)/python tools/proofs.py $(or $(CHAPTER),--budget 100000)

mutants: $(SETUP)  ## plant mistakes in helpers and count those that the tests notice: make mutants SEED=7
	OMP_NUM_THREADS=1 $(BIN)/python tools/mutation.py --seed $(or $(SEED),0)

benchmark: $(SETUP)  ## measure the engine beside others, store the table
	$(BIN)/python benchmarks/engines.py

serve: book  ## build and serve the site on this machine
	$(BIN)/python -m http.server --directory _build/html 8000

clean:  ## remove what was built (not .venv)
	rm -rf _build .pytest_cache .ruff_cache .hypothesis .coverage
