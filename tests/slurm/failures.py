"""Write a file in two halves, with a pause in between at the first attempt."""

import time
from pathlib import Path
from typing import Any

from kinepath.io.files import replacing
from kinepath.runtime.job import running

snakemake: Any

PAUSE_S = {"cancelled": 600, "late": 600, "orphaned": 130}

name = snakemake.wildcards.name
attempt = snakemake.resources.attempt
with running(snakemake.log[0], name):
    with Path(f"{name}.txt").open("a", encoding="utf-8") as diary:
        diary.write(f"start {attempt}\n")
    with replacing(snakemake.output[0]) as temporary, temporary.open("w") as stream:
        stream.write("[1,")
        stream.flush()
        if attempt == 1:
            time.sleep(PAUSE_S.get(name, 0))
        stream.write(" 2]\n")
    with Path(f"{name}.txt").open("a", encoding="utf-8") as diary:
        diary.write(f"end {attempt}\n")
