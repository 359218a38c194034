"""Tell what this machine offers, and what is missing with the remedy."""

from typing import Any

from kinepath.doctor import main
from kinepath.job import running

snakemake: Any

with running(snakemake.log[0], "doctor"):
    main()
