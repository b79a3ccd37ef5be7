"""``aika source``: trying a source's file before anything is indexed."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from aika.settings import load_settings, read_source_file

# What the commands do is imported in them: it takes a second, which every other command would wait for, too.

app = typer.Typer(help="A source's file, before it counts.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="sources/NAME.yaml")]
Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
HERE = Path()


@app.command("check")
def check(
    file: File,
    sample: Annotated[int, typer.Option(help="Documents to read at most.", min=1)] = 300,
    folder: Folder = HERE,
) -> None:
    """Say what the source would bring: documents, chunks, owners, readers, problems, time and space. Keeps nothing."""
    from aika.surfaces.cli.source_checking import check as run

    if not asyncio.run(run(load_settings(folder), read_source_file(file), sample=sample)):
        raise typer.Exit(1)


@app.command("preview")
def try_questions(
    file: File,
    ask: Annotated[list[str], typer.Option(help="A question. Can be repeated.")],
    folder: Folder = HERE,
) -> None:
    """Ask questions of this source alone, as somebody who may read all of it. Reads all of it first; keeps nothing."""
    from aika.surfaces.cli.source_checking import ask_alone

    asyncio.run(ask_alone(load_settings(folder), read_source_file(file), ask))


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of a source's file, for editors."""
    from aika.application.source_schema import source_schema

    sys.stdout.write(json.dumps(source_schema(), indent=2) + "\n")
