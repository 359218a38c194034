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

# The tests on a cluster mostly wait, so they run beside the others; what they print comes last.
test: check
	@export PATH="$(CURDIR)/$(BIN):$$PATH"; mkdir -p logs; \
	pytest tests/slurm >logs/slurm-tests.txt 2>&1 & \
	pytest --ignore tests/slurm; others=$$?; \
	wait $$!; slurm=$$?; cat logs/slurm-tests.txt; \
	[ $$others = 0 ] && [ $$slurm = 0 ]

.PHONY: setup-dev
setup-dev:
	@envs/setup.sh dev

# Removes what was made from the clips; the environment and the model stay.
clean:
	rm -rf results logs resources/clips/simulated

# The README's pictures, from the demo's results.
FFMPEG := $(BIN)/python -c "from kinepath.video import ffmpeg_binary; print(ffmpeg_binary())"
.PHONY: pictures
pictures:
	$$($(FFMPEG)) -loglevel error -y -ss 0.5 -t 1.6 -i results/composites/batting_overlays.mp4 \
	    -vf "fps=12,scale=900:-2" -c:v libwebp_anim -quality 55 -loop 0 docs/images/swing.webp
	$$($(FFMPEG)) -loglevel error -y -ss 1.3 -i results/composites/batting_shots.mp4 \
	    -frames:v 1 -vf scale=1200:-2 -c:v libwebp -quality 80 docs/images/shots.webp
