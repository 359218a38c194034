"""``python -m kinepath.pairs prune results/pairs``: drop cached pairs that no comparison uses."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from kinepath.errors import KinepathError
from kinepath.pairs import prune


def main(arguments: list[str]) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m kinepath.pairs")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("prune", help="drop kept pairs that no comparison uses any more")
    command.add_argument("folder", type=Path, help="such as results/pairs; no job may be running")
    folder = parser.parse_args(arguments).folder
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        prune(folder)
    except KinepathError as error:
        sys.exit(f"kinepath: error: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
