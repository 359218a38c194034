"""Compare the keypoints that two backends found in one clip."""

from pathlib import Path
from typing import Any

from kinepath.io import sequence
from kinepath.io.files import replacing, write_json
from kinepath.pose.agreement import compare, table
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'"):
    found = compare(*(sequence.read(path, "poses") for path in snakemake.input))
    write_json(snakemake.output.json, found)
    with replacing(snakemake.output.table) as temporary:
        Path(temporary).write_text(table(found) + "\n", encoding="utf-8")
