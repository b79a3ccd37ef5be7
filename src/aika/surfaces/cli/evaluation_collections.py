"""The commands of ``aika eval`` that make test collections."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from aika.domain.errors import ConfigurationError
from aika.surfaces.cli.evaluation_options import HERE, Folder

# What the commands do is imported in them, as in `aika.surfaces.cli.evaluating`.

app = typer.Typer()

Name = Annotated[Path, typer.Argument(help="The NAME of evaluation/NAME.yaml, or its path.")]


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="What it is called: evaluation/NAME.yaml is written.")],
    description: Annotated[str, typer.Option(help="What it measures, for people.")] = "",
    source: Annotated[list[str] | None, typer.Option(help="Only documents of this source. Can be repeated.")] = None,
    folder: Folder = HERE,
) -> None:
    """Begin a test collection over the documents that are synced here. Nothing that exists is overwritten."""
    from aika.surfaces.cli import collecting

    collecting.new(name, folder=folder, description=description, sources=source or ())


@app.command("add")
def add(
    name: Name,
    questions: Annotated[list[str] | None, typer.Argument(help="Questions. None: they are asked for.")] = None,
    file: Annotated[Path | None, typer.Option("--from", help="A file with a question a line.")] = None,
    folder: Folder = HERE,
) -> None:
    """Add topics: of each question the hits are shown, and you choose those that answer it."""
    from aika.surfaces.cli import collecting

    asked = list(questions or ())
    if file is not None:
        try:
            asked += [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{file} cannot be read: {error}") from error
    asyncio.run(collecting.add(name, asked, folder=folder))


@app.command("draft")
def draft(
    name: Name,
    source: Annotated[
        list[str] | None, typer.Option(help="Only from documents of this source. Can be repeated.")
    ] = None,
    n: Annotated[int, typer.Option("--n", help="How many.", min=1, max=500)] = 20,
    model: Annotated[bool, typer.Option(help="Let the language model propose, too, where one is configured.")] = True,
    folder: Folder = HERE,
) -> None:
    """Draft topics from documents: from headings, definitions, facts, tables. None counts before you accept it."""
    from aika.surfaces.cli import collecting

    asyncio.run(collecting.draft(name, folder=folder, sources=source or (), n=n, use_model=model))


@app.command("review")
def review(
    name: Name,
    accept_all: Annotated[
        bool, typer.Option("--accept-all", help="Accept every draft, after reading the file.")
    ] = False,
    folder: Folder = HERE,
) -> None:
    """Go through the drafts: accept, change or drop each."""
    from aika.surfaces.cli import collecting

    collecting.review(name, folder=folder, accept_all=accept_all)


@app.command("harvest")
def harvest(name: Name, folder: Folder = HERE) -> None:
    """Take topics from questions whose answers helped, by the rating of whoever asked. Each is shown before it is written."""
    from aika.surfaces.cli import collecting

    asyncio.run(collecting.take(name, folder=folder))


@app.command("check")
def check(name: Name, folder: Folder = HERE) -> None:
    """Say what a collection has, and which relevant documents are not there. Exit status 1 where some are not."""
    from aika.surfaces.cli import collecting

    if not asyncio.run(collecting.check(name, folder=folder)):
        raise typer.Exit(1)


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of evaluation/NAME.yaml, for editors."""
    from aika.forms.collections import collection_schema

    sys.stdout.write(json.dumps(collection_schema(), indent=2) + "\n")
