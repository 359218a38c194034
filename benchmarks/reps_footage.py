"""Keypoints of a clip of footage through the workflow's own rules."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import xarray as xr
import yaml

from kinepath.io import sequence

ROOT = Path(__file__).parents[1]


def estimate_clean(path: Path, config: dict[str, Any]) -> xr.Dataset:
    """Run the workflow up to the cleaned keypoints of one clip, in a temporary folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "clips.tsv").write_text(
            f"clip\tpath\tactivity\na\t{path}\tsquat\n", encoding="utf-8"
        )
        models = ROOT / "resources" / "models"
        if models.is_dir():
            (folder / "resources").mkdir()
            (folder / "resources" / "models").symlink_to(models)
        settings = {**config, "sheet": str(folder / "clips.tsv")}
        (folder / "config").mkdir()
        (folder / "config" / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
        command += ["--workflow-profile", str(ROOT / "profiles" / "default"), "--cores", "1"]
        target = folder / "results" / "clean" / "a.h5"
        subprocess.run(
            [*command, "results/clean/a.h5"], cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
        return sequence.read(target, "poses")
