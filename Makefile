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
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/mypy
	$(BIN)/snakemake --lint

# The tests on a cluster mostly wait, and those on footage run long, so both run beside the others;
# what they print comes last. Without footage pytest finds no test there, which is its status 5.
test: check
	@export PATH="$(CURDIR)/$(BIN):$$PATH"; mkdir -p logs; \
	pytest tests/slurm >logs/slurm-tests.txt 2>&1 & slurm=$$!; \
	pytest tests/real >logs/real-tests.txt 2>&1 & real=$$!; \
	pytest --ignore tests/slurm --ignore tests/real; others=$$?; \
	wait $$slurm; slurm=$$?; wait $$real; real=$$?; \
	cat logs/slurm-tests.txt logs/real-tests.txt; \
	[ $$others = 0 ] && [ $$slurm = 0 ] && { [ $$real = 0 ] || [ $$real = 5 ]; }

# The schema and the reference page, from the models of the settings.
.PHONY: settings
settings:
	$(BIN)/python -m kinepath.settings

.PHONY: setup-dev
setup-dev:
	@envs/setup.sh dev

# Removes what was made from the clips; the environment and the model stay.
clean:
	rm -rf results logs resources/clips/simulated

# The pictures of README and docs, from the demo's results; those of the pages need chromium.
FFMPEG := $(BIN)/python -c "from kinepath.video import ffmpeg_binary; print(ffmpeg_binary())"
.PHONY: pictures
pictures:
	$$($(FFMPEG)) -loglevel error -y -ss 0.5 -t 1.6 -i results/composites/batting_overlays.mp4 \
	    -vf "fps=12,scale=900:-2" -c:v libwebp_anim -quality 55 -loop 0 docs/images/swing.webp
	$(BIN)/python docs/images/screenshots.py
