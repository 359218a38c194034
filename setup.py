"""Puts the workflow's own files into the wheel; everything else is in ``pyproject.toml``."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

#: What a project uses that is not Python of the package, see ``kinepath.workflow.HOME``.
FILES = ("Snakefile", "rules", "workflow", "config", "envs", "profiles")


class WithWorkflow(build_py):
    """Builds the package with the workflow's files in ``kinepath/workflow/files``."""

    def run(self) -> None:
        """Copy them; an editable install finds them in the clone."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "kinepath" / "workflow" / "files"
        shutil.rmtree(target, ignore_errors=True)
        for name in FILES:
            source, place = Path(name), target / name
            if source.is_dir():
                shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, place)


setup(cmdclass={"build_py": WithWorkflow})
