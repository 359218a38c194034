"""What the rules look up, decided by typed functions that know nothing of Snakemake."""
