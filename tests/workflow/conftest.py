"""A workspace in which rules are run on tiny input."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflow import snakemakes

ROOT = Path(__file__).parents[2]
#: Clips of the demo that tests run: strokes of right- and left-handers, and an exercise.
DEMO = ("cover_drive", "hook", "off_drive", "squat")


def copy_models(folder: Path) -> None:
    """Give a workspace the pose models that lie in the project, if any: making one takes long."""
    made = ROOT / "resources" / "models"
    if made.is_dir():
        shutil.copytree(made, folder / "resources" / "models")


@dataclass
class Workspace:
    """A folder with its own sheet and configuration, on which the project's rules are run."""

    folder: Path
    root: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def copy_configuration(self) -> None:
        """Begin with the project's own configuration and one clip in the sheet."""
        shutil.copytree(ROOT / "config", self.folder / "config")
        self.sheet({"clip": "a", "path": "a.mp4", "activity": "batting", "label": "hook"})

    def configure(self, **sections: dict[str, Any]) -> None:
        """Change keys of sections of the configuration."""
        path = self.folder / "config" / "config.yaml"
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        for name, keys in sections.items():
            config[name] = {**config.get(name, {}), **keys}
        path.write_text(yaml.safe_dump(config), encoding="utf-8")

    def sheet(self, *rows: dict[str, Any], with_raw: bool = True) -> None:
        """Write the sheet of clips; unless told otherwise something lies at each path."""
        for row in rows if with_raw else ():
            path = self.path(str(row["path"]))
            if not path.exists():
                path.touch()
                # Older than whatever a test puts up as made from it.
                os.utime(path, (0, 0))
        columns = list(dict.fromkeys(key for row in rows for key in row))
        lines = ["\t".join(columns)]
        lines += ["\t".join(str(row.get(column, "")) for column in columns) for row in rows]
        text = "\n".join(lines) + "\n"
        (self.folder / "config" / "clips.tsv").write_text(text, encoding="utf-8")

    def snakemake(self, *arguments: str, cores: int = 2) -> subprocess.CompletedProcess[str]:
        """Run snakemake in the workspace as its users do; its output is text."""
        options = ["--snakefile", str(self.root / "Snakefile")]
        options += ["--workflow-profile", str(self.root / "profiles" / "default")]
        options += ["--cores", str(cores), *arguments]
        start = snakemakes.forked if self.root == ROOT else snakemakes.started
        return start(options, self.folder, {**self.environment, "COLUMNS": "200"}, timeout_s=2400)

    def run(self, *arguments: str) -> str:
        """Run snakemake; it must succeed."""
        done = self.snakemake(*arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def make(self, *targets: str, rule: str) -> str:
        """Make targets by one rule alone; its inputs must be there."""
        return self.run("--allowed-rules", rule, "--force", "--", *targets)

    def jobs(self, *arguments: str) -> dict[str, int]:
        """Return the number of jobs of each rule that a run would start."""
        text = self.run("--dry-run", *arguments)
        # The progress display writes underscores as spaces.
        table = re.findall(r"^ +([a-z_ ]+?) +([0-9]+) *$", text, flags=re.MULTILINE)
        return {name.replace(" ", "_"): int(count) for name, count in table if name != "total"}

    def path(self, name: str) -> Path:
        """Return a path in the workspace, with its folder made."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


class Checkout(Workspace):
    """A copy of the project in which the demo is run from the top, with fewer clips."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, root=folder)
        for name in ("rules", "workflow", "config", "profiles", "envs", "src"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "Snakefile", folder)
        self.environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
        # The demo's own size takes twice as long.
        self.configure(simulate={"width": 960, "height": 540})
        sheet = folder / "config" / "clips.tsv"
        header, *rows = sheet.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [row for row in rows if row.split("\t")[0] in DEMO]
        sheet.write_text("".join([header, *kept]), encoding="utf-8")

    @contextmanager
    def edited(self, name: str, old: str, new: str) -> Iterator[None]:
        """Change a file of the project for a while."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(text, encoding="utf-8")

    @contextmanager
    def touched(self, *paths: Path) -> Iterator[None]:
        """Let files look as if they had just been written, for a while."""
        times = {path: path.stat().st_mtime_ns for path in paths}
        for path in paths:
            path.touch()
        try:
            yield
        finally:
            for path, time_ns in times.items():
                os.utime(path, ns=(time_ns, time_ns))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The demo, run once for all tests that look at what it leaves."""
    checkout = Checkout(tmp_path_factory.mktemp("checkout"))
    copy_models(checkout.folder)
    checkout.run()
    return checkout


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace with the project's own configuration and one clip in the sheet."""
    space = Workspace(tmp_path)
    space.copy_configuration()
    return space
