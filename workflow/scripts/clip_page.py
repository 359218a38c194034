"""Write the page of one clip."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kinepath.io import sequence
from kinepath.io.files import read_json, write_json
from kinepath.runtime.job import running
from kinepath.site import gather, write_clip
from kinepath.site.curves import clip_curves

snakemake: Any

clip = snakemake.wildcards.clip
given = set(snakemake.input)


def content(path: str) -> Any:
    return read_json(path) if path in given else None


def shown(paths: Mapping[str, str]) -> dict[str, Path]:
    """Return those of some files that were made."""
    return {what: Path(path) for what, path in paths.items() if path in given}


with running(snakemake.log[0], f"clip '{clip}'") as log:
    conformed = read_json(f"results/conformed/{clip}.json")
    kinematics = sequence.read(f"results/kinematics/{clip}.h5", "kinematics")
    poses = sequence.read(f"results/clean/{clip}.h5", "poses")
    chain = content(f"results/chain/{clip}.json")
    found = content(f"results/form/{clip}.json")
    parts = shown(
        {
            "table": f"results/form/{clip}.png",
            "drift": f"results/form/{clip}_drift.png",
            "video": f"results/form/{clip}.mp4",
        }
    )
    page = gather.clip(
        snakemake.params.row,
        read_json(f"results/camera_shots/{clip}.json"),
        conformed,
        kinematics,
        chain,
        videos={
            "overlay": Path(f"results/overlays/{clip}.mp4"),
            "skeleton": Path(f"results/skeletons/{clip}.mp4"),
            "video": Path(f"results/conformed/{clip}.mp4"),
        },
        figures=shown(
            {
                "Movement": f"results/kinematics/{clip}.png",
                "Swing": f"results/bat/{clip}_swing.png",
                "Kinetic chain": f"results/chain/{clip}_corrpath.png",
                "Finding the repetitions": f"results/reps/{clip}.png",
            }
        ),
        form=gather.form(found, **parts) if found and len(parts) == 3 else None,
        failures=snakemake.params.failures,
        data={
            "kinematics.h5": Path(f"results/kinematics/{clip}.h5"),
            "keypoints.h5": Path(f"results/clean/{clip}.h5"),
            **shown(
                {
                    "sequence.json": f"results/chain/{clip}.json",
                    "repetitions.json": f"results/form/{clip}.json",
                }
            ),
        },
    )
    curves = clip_curves(
        kinematics,
        poses,
        strokes=content(f"results/events/{clip}.json"),
        chain=chain,
        repetitions=found,
    )
    write_clip(page, curves, snakemake.params.settings["title"], "results/site")
    write_json(snakemake.output.record, gather.record(page, kinematics, conformed, chain, found))
    log.info("%d warnings, %d remarks", len(page.warnings), len(page.remarks))
