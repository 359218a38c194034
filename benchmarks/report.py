"""How benchmarks tell their results: a table for people, JSON for programs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping

from rich.console import Console
from rich.table import Table

#: Key, value and what it means.
Results = Mapping[str, tuple[float | None, str]]


def main(title: str, measure: Callable[[bool], Results]) -> None:
    """Run a benchmark from the command line.

    Parameters
    ----------
    title : str
        Heading of the table.
    measure : callable
        Takes whether to be quick; gives for each key a value (None where it could not be measured)
        and a line that says what it is.
    """
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--json", action="store_true", help="print JSON on standard output")
    parser.add_argument("--quick", action="store_true", help="the same keys in under a minute")
    arguments = parser.parse_args()
    results = measure(arguments.quick)
    table = Table("key", "value", "what", title=title)
    for key, (value, what) in results.items():
        table.add_row(key, "not measured" if value is None else f"{value:.4g}", what)
    Console(file=sys.stderr).print(table)
    if arguments.json:
        print(json.dumps({key: value for key, (value, _) in results.items()}))
