"""Tell what this machine offers, and what is missing with the remedy."""

from typing import Any

from kinepath.cli.doctor import main
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], "doctor"):
    main()
