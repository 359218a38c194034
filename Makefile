# make demo: set everything up and run the workflow on the simulated athlete
# make test: set everything up and pass the checks and tests
.PHONY: setup demo test check clean

CORES ?= $(shell nproc)
BIN := .venv/bin

setup:
	@envs/setup.sh

demo: setup
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES)
	@echo "Open results/site/index.html"

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check --quiet Snakefile rules
	$(BIN)/mypy
	$(BIN)/snakemake --lint

test: check
	PATH="$(CURDIR)/$(BIN):$$PATH" pytest

.PHONY: setup-dev
setup-dev:
	@envs/setup.sh dev

# Removes what was made from the clips; the environment and the model stay.
clean:
	rm -rf results logs resources/clips/simulated
