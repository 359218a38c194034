"""Making a stage fail as a defect, or a kill from outside, would."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

# Python runs this at the start of every job, which knows its script and, in it, its clip.
_CODE = """\
import os, sys
script = next((name for name in sys.orig_argv if name.endswith(".py")), "")
faults = [part.split(":") for part in os.environ["KINEPATH_TEST_FAULTS"].split()]
for stage, clip, fault in faults:
    if script.endswith(f".{stage}.py"):
        with open(script, errors="replace") as stream:
            concerned = f"{stage}/{clip}." in stream.read(200_000)
        if concerned and fault == "killed":
            os.kill(os.getpid(), 9)
        if concerned:
            import kinepath.runtime.job
            running = kinepath.runtime.job.running
            class Broken:
                def __init__(self, *arguments):
                    self.job = running(*arguments)
                def __enter__(self):
                    self.job.__enter__()
                    try:
                        raise ZeroDivisionError("a defect")
                    except ZeroDivisionError:
                        self.job.__exit__(*sys.exc_info())
                        raise
                def __exit__(self, *error):
                    pass
            kinepath.runtime.job.running = Broken
"""


def breaking(folder: Path, *faults: str) -> Mapping[str, str]:
    """Return an environment in which stages fail.

    Parameters
    ----------
    folder : path
        A folder for what makes them fail.
    *faults : str
        ``stage:clip:killed`` or ``stage:clip:defect``; the stage is named as its script and log.
    """
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(_CODE, encoding="utf-8")
    known = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        "PYTHONPATH": f"{folder}{os.pathsep}{known}" if known else str(folder),
        "KINEPATH_TEST_FAULTS": " ".join(faults),
    }
