"""How jobs run: logs and progress, environments, devices, models, digests of code."""
