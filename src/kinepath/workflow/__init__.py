"""What the rules look up, decided by typed functions that know nothing of Snakemake."""

from __future__ import annotations

from pathlib import Path

_PACKED = Path(__file__).parent / "files"

#: The folder of the workflow's own files: ``Snakefile``, ``rules``, ``workflow/scripts``,
#: ``config``, ``envs`` and ``profiles``. An installed package carries them; in a clone they are its
#: top level.
HOME = _PACKED if _PACKED.is_dir() else Path(__file__).parents[3]
#: For ``module kinepath: snakefile: SNAKEFILE`` in a project's own Snakefile.
SNAKEFILE = str(HOME / "Snakefile")
