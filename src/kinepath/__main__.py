"""``python -m kinepath``: the command `kinepath`."""

from kinepath.cli import main

main(prog_name="kinepath")
