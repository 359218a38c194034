"""Find the bat of one clip."""

from typing import Any

from kinepath import sequence
from kinepath.bat import pose_proxy, source_shares
from kinepath.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    stature = snakemake.params.stature_m or snakemake.params.settings["stature_m"]
    settings = {**snakemake.params.implement, "stature_m": stature}
    bat = pose_proxy(sequence.read(snakemake.input[0], "poses"), settings)
    for name, share in source_shares(bat["source"].values).items():
        log.info("%s: %.0f %% of the frames", name, 100 * share)
    sequence.write(bat, snakemake.output[0], "bat")
