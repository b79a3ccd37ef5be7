"""``aika goalie``: the support bots of channels."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aika.application.goalie_files import folder_of_goalies, read_goalie_file
from aika.domain.goalies import Goalie
from aika.forms.goalies import goalie_schema
from aika.goalie.telling import noted, told
from aika.settings import load_settings

app = typer.Typer(help="The support bots of Slack channels.", no_args_is_help=True)

console = Console()
File = Annotated[Path, typer.Argument(help="goalies/NAME.yaml")]
Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
HERE = Path()
_FAILED = 1
_COLUMN = 10


@app.command("check")
def check(
    file: File,
    offline: Annotated[
        bool, typer.Option("--offline", help="Look at the file only, neither at aika's documents nor at Slack.")
    ] = False,
    folder: Folder = HERE,
) -> None:
    """Say what a goalie's file comes to, and what is wrong: with the file, with what it may know, and with Slack.

    Nothing is posted and nothing is kept.
    """
    goalie = read_goalie_file(file)
    _say(f"{goalie.id}, the goalie of #{goalie.channel}")
    for word, sentence in told(goalie):
        _say(f"  {word:<{_COLUMN}}{sentence}")
    for note in noted(goalie):
        _say(f"  note: {note}")
    wrong = 0 if offline else asyncio.run(_look(folder, goalie))
    _say("Nothing is wrong." if not wrong else f"{wrong} to mend.")
    if wrong:
        raise typer.Exit(_FAILED)


@app.command("list")
def list_goalies(folder: Folder = HERE) -> None:
    """Show the goalies whose files lie beside aika.toml."""
    settings = load_settings(folder)
    declared = folder_of_goalies(settings).look()
    if not declared.goalies and not declared.errors:
        console.print(f"There are no goalies. Write one: {settings.goalies_dir}/NAME.yaml")
        return
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("name", "channel", "mode", "low", "medium", "high", "humans"):
        table.add_column(column)
    for one in declared.goalies:
        actions = (action.value for action in one.actions.values())
        humans = ", ".join(one.humans) or (f"#{one.humans_channel}" if one.humans_channel else "")
        table.add_row(*map(Text, (one.id, f"#{one.channel}", one.mode.value, *actions, humans)))
    console.print(table)
    for error in declared.errors.values():
        _say(error)
    if declared.errors:
        raise typer.Exit(_FAILED)


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of a goalie's file, for editors."""
    sys.stdout.write(json.dumps(goalie_schema(), indent=2) + "\n")


async def _look(folder: Path, goalie: Goalie) -> int:
    """Print what was looked at; return how much of it is wrong."""
    # Deferred: opening the application and Slack's packages take a while to import, which the other commands need not wait for.
    from aika.surfaces.cli.goalie_checking import check_knowledge, check_rivals
    from aika.surfaces.slack.checking import Checked
    from aika.surfaces.slack.goalie_checking import check_in_slack

    async def everything() -> AsyncIterator[Checked]:
        settings = load_settings(folder)
        for checked in check_rivals(settings, goalie):
            yield checked
        async for checked in check_knowledge(folder, goalie):
            yield checked
        if not settings.slack.workspaces:
            _say("  Slack is not looked at: aika.toml has no [slack.workspaces.NAME].")
        async for checked in check_in_slack(settings, goalie):
            yield checked

    wrong = 0
    async for checked in everything():
        console.print("  [green]✓[/green]" if checked.good else "  [red]✗[/red]", end=" ")
        _say(checked.text)
        if checked.remedy:
            _say(f"      → {checked.remedy}")
        wrong += not checked.good
    return wrong


def _say(line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
