"""Put the videos of several clips one after another."""

from pathlib import Path
from typing import Any

from kinepath.drawing.montage import MontageClip, montage
from kinepath.io import sequence
from kinepath.io.files import read_json
from kinepath.kinematics.peak import peak_words
from kinepath.runtime.job import running

snakemake: Any

#: Size of the video, pixels.
WIDTH, HEIGHT = 1280, 720

params, given = snakemake.params, snakemake.input
with running(snakemake.log[0], f"montage '{snakemake.wildcards.name}'") as log:
    chains = {Path(path).stem: read_json(path) for path in given.chains}
    scenes = []
    for clip, label, video, conformed, kinematics in zip(
        params.clips, params.labels, given.videos, given.conformed, given.kinematics, strict=True
    ):
        attrs = sequence.read(kinematics, "kinematics").attrs
        scenes.append(
            MontageClip(
                Path(video),
                label,
                detail=f"{attrs['peak_of']} {peak_words(attrs)}" if "peak_time_s" in attrs else "",
                start_s=read_json(conformed)["time_s"][0],
                contact_s=attrs.get("contact_s"),
                chain=chains.get(clip),
            )
        )
    montage(
        scenes, snakemake.output[0], width=WIDTH, height=HEIGHT, **params.montage, **params.settings
    )
    log.info("%d clips", len(scenes))
