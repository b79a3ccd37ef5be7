"""``aika access``: who may read what, and whether anything leaks."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from aika.client.models import AccessView
from aika.surfaces.cli.connecting import connect

app = typer.Typer(help="Who may read what.", no_args_is_help=True)

console = Console()
Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's reply as JSON.")]
HERE = Path()

NOT_READABLE = 3


@app.command("explain")
def explain(
    user: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    document: Annotated[str, typer.Argument(help="SOURCE/KEY, or the document's id.")],
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Say why a person may read a document, or may not. Exit status 3 means that they may not."""
    access = asyncio.run(_explained(folder, user, document))
    if as_json:
        sys.stdout.write(access.model_dump_json(indent=2) + "\n")
    else:
        _print(access)
    if not access.may_read:
        raise typer.Exit(NOT_READABLE)


async def _explained(folder: Path, user: str, document: str) -> AccessView:
    async with connect(folder) as client:
        return await client.access(user, document)


def _print(access: AccessView) -> None:
    verdict = "may read" if access.may_read else "may not read"
    console.print(f"{access.user} {verdict} {access.source}/{access.key}. {access.reason}", highlight=False)
    if access.chain:
        console.print("  by      " + " → ".join(access.chain), highlight=False, soft_wrap=True)
    console.print("  readers " + (", ".join(access.readers) or "nobody"), highlight=False, soft_wrap=True)
    console.print("  is      " + ", ".join(access.principals), highlight=False, soft_wrap=True)
