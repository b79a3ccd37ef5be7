"""``aika slack``: the app's manifest, and whether Slack is set up as aika needs it."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from aika.settings import load_settings

app = typer.Typer(help="The Slack app.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
HERE = Path()
_FAILED = 1


@app.command("manifest")
def print_manifest(
    http: Annotated[
        str | None, typer.Option(help="Slack sends here: https://aika.example.org. None: Socket Mode.")
    ] = None,
    personal_search: Annotated[
        str | None, typer.Option(help="With personal search: people come back here after they agreed.")
    ] = None,
) -> None:
    """Print what to paste at api.slack.com/apps to make the app."""
    # Deferred: Slack's packages take a while to import.
    from aika.surfaces.slack.manifest import manifest_yaml

    sys.stdout.write(manifest_yaml(http=http, personal=personal_search))


@app.command("check")
def check(folder: Folder = HERE) -> None:
    """Say whether tokens, scopes and the goalies' channels are as they must be, and how to mend what is not."""
    from aika.surfaces.slack.checking import check_slack

    async def run() -> int:
        console, wrong = Console(), 0
        async for checked in check_slack(load_settings(folder)):
            mark = "[green]✓[/green]" if checked.good else "[red]✗[/red]"
            console.print(mark, end=" ")
            console.print(checked.text, markup=False, highlight=False, soft_wrap=True)
            if checked.remedy:
                console.print(f"    → {checked.remedy}", markup=False, highlight=False, style="dim", soft_wrap=True)
            wrong += not checked.good
        console.print("Nothing is wrong." if not wrong else f"{wrong} to mend.")
        return wrong

    if asyncio.run(run()):
        raise typer.Exit(_FAILED)


@app.command("retry")
def retry(folder: Folder = HERE) -> None:
    """Have the events worked on again that were given up. A running server does so at once."""
    from aika.application.wiring import database_url
    from aika.stores.database.database import Database

    async def run() -> int:
        async with Database.open(database_url(load_settings(folder))) as database:
            return await database.inbox.revive(at=datetime.now(UTC))

    Console().print(f"{asyncio.run(run())} events are worked on again.")
