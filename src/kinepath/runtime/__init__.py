"""Running jobs: logs and progress, environments, devices, models, digests of code."""
