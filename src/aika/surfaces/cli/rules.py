"""``aika rules``: which ranking rules are in force, whether files of them are right, and what they change."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from aika.domain.errors import ConfigurationError
from aika.settings import load_settings, load_sources
from aika.surfaces.cli.connecting import connect

# What only some commands need is imported in them: it takes a second, which every other command would wait for, too.

app = typer.Typer(help="Ranking rules: what stands higher or lower.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's reply as JSON.")]
HERE = Path()


@app.command("list")
def list_rules(as_json: AsJson = False, folder: Folder = HERE) -> None:
    """Show the rules in force: aika's own, the company's and the sources'."""
    from aika.surfaces.cli.rule_printing import print_rules

    async def run() -> None:
        async with connect(folder) as client:
            reply = await client.rules()
        if as_json:
            sys.stdout.write(reply.model_dump_json(indent=2) + "\n")
        else:
            print_rules(Console(), reply)

    asyncio.run(run())


@app.command("check")
def check(
    files: Annotated[list[Path] | None, typer.Argument(help="Files of rules. None: all in the folder rules/.")] = None,
    folder: Folder = HERE,
) -> None:
    """Say what is wrong with files of rules, and what is probably not meant. Nothing needs to run."""
    from aika.application.rules import doubts, read_rules_file, rule_files

    settings, console = load_settings(folder), Console()
    sources, problems = load_sources(settings)
    rules = [rule for source in sources for rule in source.rules]
    for file in files or rule_files(settings):
        try:
            rules += read_rules_file(file)
        except ConfigurationError as error:
            problems.append(error)
    for problem in problems:
        console.print(f"[red]wrong:[/red] {problem}", highlight=False, soft_wrap=True)
    for doubt in doubts(rules, {source.id for source in sources}):
        console.print(f"[yellow]doubtful:[/yellow] {doubt}", highlight=False, soft_wrap=True)
    console.print(f"{len(rules)} rules, {len(problems)} wrong files")
    if problems:
        raise typer.Exit(1)


@app.command("test")
def try_rules(
    file: Annotated[
        Path | None, typer.Option(help="Proposed rules. Unset: compare the rules in force with none.")
    ] = None,
    questions: Annotated[
        Path | None, typer.Option(help="A file with one question a line. Unset: those of your kept conversations.")
    ] = None,
    collection: Annotated[Path | None, typer.Option(help="Try on a test collection, and measure nDCG@10.")] = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Ask real questions with the rules as they are and as proposed, and print which answers would change."""
    from aika.surfaces.cli import rule_trying
    from aika.surfaces.cli.rule_printing import print_trial

    trial = asyncio.run(
        rule_trying.kept_questions(folder, file=file, questions=questions)
        if collection is None
        else rule_trying.on_collection(folder, collection, file=file, questions=questions)
    )
    if as_json:
        sys.stdout.write(json.dumps(trial.as_json(), indent=2) + "\n")
    else:
        print_trial(Console(), trial)


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of a file of rules, for editors."""
    from aika.application.rules import rules_schema

    sys.stdout.write(json.dumps(rules_schema(), indent=2) + "\n")
