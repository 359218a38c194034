"""The command ``kinepath``: thin wrappers around what a user would otherwise type or open."""

from __future__ import annotations

import subprocess
import sys
import webbrowser
from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from kinepath.cli import doctor, export, project, status
from kinepath.errors import KinepathError
from kinepath.settings import defaults
from kinepath.settings.generate import explained_defaults
from kinepath.workflow import HOME

_VIDEOS = click.argument(
    "videos", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
_ACTIVITY = click.option(
    "--activity", help="What is done in all of them; else it is guessed from their names."
)


class _Group(click.Group):
    """Tells errors about the input in one line."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except KinepathError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kinepath")
def main() -> None:
    """From sports clips to evidence. A project is a folder with a sheet of clips."""


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@_VIDEOS
@_ACTIVITY
def init(folder: Path, videos: tuple[Path, ...], activity: str | None) -> None:
    """Make a project in FOLDER with a row for each of VIDEOS.

    It holds config/clips.tsv (the sheet), config/config.yaml (what differs from the defaults), a
    Snakefile that uses the workflow as a module, and profiles for this machine and for SLURM.
    """
    _check_activity(activity, defaults(HOME)["activities"])
    found, faults = project.look_at(videos, activity=activity)
    project.initialise(folder, found)
    _tell(found, faults)
    click.echo(
        f"\nLook through {folder / project.SHEET}, then:\n  cd {folder}\n  snakemake --cores 8"
    )


@main.command()
@_VIDEOS
@_ACTIVITY
def add(videos: tuple[Path, ...], activity: str | None) -> None:
    """Append VIDEOS to the sheet of the project in this folder; its other rows stay as they are."""
    here = Path.cwd()
    _, rows = project.sheet_of(here)
    _check_activity(activity, project.settings_of(here)["activities"])
    found, faults = project.look_at(videos, [row.get("clip", "") for row in rows], activity)
    added = project.add(here, found)
    _tell(added, faults)
    click.echo(f"\n{len(added)} added, {len(found) - len(added)} in the sheet already")


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--cores", default="all", show_default=True, help="Processors that jobs may use.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(cores: str, arguments: tuple[str, ...]) -> None:
    """Run the workflow: the same as ``snakemake --cores CORES ARGUMENTS``."""
    project.sheet_of(Path.cwd())
    command = [sys.executable, "-m", "snakemake", "--cores", cores, *arguments]
    sys.exit(subprocess.run(command).returncode)


@main.command(name="status")
def tell_status() -> None:
    """Show which stages of which clips are done, and what failed.

    Read from results/ and from results/failed_clips.json; nothing is run. What would run and why:
    ``snakemake -n``.
    """
    here = Path.cwd()
    _, rows = project.sheet_of(here)
    console = Console()
    console.print(status.table(status.states(rows, project.settings_of(here)["activities"], here)))
    found = status.faults(rows, here)
    for fault in found:
        where = f"clip '{fault.clip}', {fault.stage}" if fault.clip else fault.stage
        console.print(f"{where}: {fault.cause}; {fault.remedy}", style="red", markup=False)
    sys.exit(int(bool(found)))


@main.command(name="open")
def open_page() -> None:
    """Open the page of the project, results/site/index.html, in a browser."""
    page = Path("results/site/index.html")
    if not page.is_file():
        raise KinepathError(f"{page}: there is no page yet", remedy="kinepath run")
    webbrowser.open(page.resolve().as_uri())
    click.echo(page.resolve())


@main.command(name="export")
@click.argument("clips", nargs=-1)
@click.option(
    "-o", "--output", default="kinepath.zip", show_default=True, type=click.Path(path_type=Path)
)
def pack(clips: tuple[str, ...], output: Path) -> None:
    """Pack the summary, and the tables and pictures of CLIPS (of all, if none is named).

    The archive holds files of results/ as they are, and each clip's speeds and angles over time as
    CSV.
    """
    here = Path.cwd()
    known = [row["clip"] for row in project.sheet_of(here)[1]]
    if unknown := [clip for clip in clips if clip not in known]:
        raise KinepathError(
            f"{', '.join(unknown)}: no such clip", remedy=f"known: {', '.join(known)}"
        )
    count = export.export(here, clips or known, output)
    click.echo(f"{output}: {count} files")


@main.command(name="settings")
def tell_settings() -> None:
    """Print the defaults of all settings, each with its explanation, as YAML."""
    click.echo(explained_defaults(), nl=False)


@main.command(name="doctor")
def look_around() -> None:
    """Say what this machine offers, and what is missing with the remedy (``snakemake doctor``)."""
    sys.exit(doctor.main())


def _check_activity(activity: str | None, known: Iterable[str]) -> None:
    if activity is not None and activity not in known:
        raise KinepathError(f"no activity {activity!r}", remedy=f"known: {', '.join(known)}")


def _tell(videos: Iterable[project.Video], faults: Iterable[str]) -> None:
    told = Table("clip", "activity", "date", "rate", "length", "video")
    for video in videos:
        told.add_row(
            video.clip,
            f"{video.activity} (a guess: check)" if video.guessed else video.activity,
            video.date or "",
            f"{video.fps:.4g} Hz" if video.fps else "",
            f"{video.duration_s:.1f} s" if video.duration_s else "",
            str(video.path),
        )
    Console().print(told)
    for fault in faults:
        click.echo(f"passed over: {fault}", err=True)
