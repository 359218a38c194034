"""Run a pose backend on its own, and compare the results of two backends.

``python -m kinepath.pose find`` reads a job as JSON from standard input, see
:func:`kinepath.pose.keypoints.find_keypoints`. ``python -m kinepath.pose compare A.h5 B.h5`` prints
a table of the differences between two keypoint files of one clip.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from kinepath.errors import KinepathError
from kinepath.io import sequence
from kinepath.io.files import write_json
from kinepath.pose.agreement import compare, table
from kinepath.pose.keypoints import find_keypoints


def main(arguments: list[str]) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m kinepath.pose")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("find", help="find keypoints; the job is JSON on standard input")
    command = commands.add_parser("compare", help="tell where two keypoint files of a clip differ")
    command.add_argument("one", type=Path)
    command.add_argument("other", type=Path)
    command.add_argument("--json", type=Path, help="write the comparison here, too")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "find":
            logging.basicConfig(level=logging.INFO, format="%(message)s")
            find_keypoints(json.load(sys.stdin), logging.getLogger("kinepath.runtime.job"))
            return
        found = compare(sequence.read(chosen.one, "poses"), sequence.read(chosen.other, "poses"))
        if chosen.json:
            write_json(chosen.json, found)
        print(table(found))
    except KinepathError as error:
        sys.exit(f"kinepath: error: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
