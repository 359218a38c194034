# make demo: set everything up and run the workflow on the simulated athlete
# make test: set everything up and pass the checks and tests
.PHONY: setup demo test check clean

CORES ?= $(shell nproc)
BIN := .venv/bin

setup:
	@envs/setup.sh

demo: setup
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES)

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/snakemake --lint

# The pages' tests come first and alone, as they watch a clock. Then three runs side by side: the
# tests on a cluster mostly wait, those of the workflow mostly start programs. What the runs beside
# the workflow's print comes last.
test: check
	@export PATH="$(CURDIR)/$(BIN):$$PATH"; mkdir -p logs; \
	pytest tests/browser; browser=$$?; \
	pytest tests/slurm >logs/slurm-tests.txt 2>&1 & slurm=$$!; \
	pytest tests/unit tests/real >logs/other-tests.txt 2>&1 & others=$$!; \
	pytest tests/workflow; workflow=$$?; \
	wait $$slurm; slurm=$$?; wait $$others; others=$$?; \
	cat logs/slurm-tests.txt logs/other-tests.txt; \
	[ $$browser = 0 ] && [ $$workflow = 0 ] && [ $$slurm = 0 ] && [ $$others = 0 ]

# The schema and the reference page, from the models of the settings.
.PHONY: settings
settings:
	$(BIN)/python -m kinepath.settings

.PHONY: setup-dev
setup-dev:
	@envs/setup.sh dev

# The pins in envs, from pyproject.toml and envs/*.in; UPGRADE=1 takes the newest versions.
.PHONY: lock
lock: setup-dev
	@envs/lock.sh $(if $(UPGRADE),upgrade)

# Removes what was made from the clips; the environment and the model stay.
clean:
	rm -rf results logs resources/clips/simulated

# The pictures of README and docs, from the demo's results; those of the pages need chromium.
FFMPEG := $(BIN)/python -c "from kinepath.io.video import ffmpeg_binary; print(ffmpeg_binary())"
.PHONY: pictures
pictures:
	$$($(FFMPEG)) -loglevel error -y -ss 0.5 -t 1.6 -i results/composites/batting_overlays.mp4 \
	    -vf "fps=12,scale=900:-2" -c:v libwebp_anim -quality 55 -loop 0 docs/images/swing.webp
	$(BIN)/python docs/images/screenshots.py
