"""``aika goalie replay``: what a goalie would have done in the past of its channel."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

# What the command needs is imported in it: it takes seconds, which every other command would wait for, too.

Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
HERE = Path()


def replay(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: Annotated[Path, typer.Argument(help="The goalie's file, goalies/NAME.yaml.")],
    days: Annotated[
        int | None, typer.Option(help="How far back. Unset: 90 days, of an export all of it.", min=1)
    ] = None,
    export: Annotated[
        Path | None, typer.Option(help="A Slack export, ZIP or folder, in place of the workspace's own history.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="Another channel than the file names: its name in the export.")
    ] = None,
    knowledge: Annotated[
        str,
        typer.Option(
            help="What it knows. current: what is synced now. older: the conversations of the channel's older half, asked about "
            "the newer. Or a folder of documents."
        ),
    ] = "current",
    precision: Annotated[
        float, typer.Option(help="Recommend thresholds with at least this precision, 0..1.", min=0.01, max=0.999)
    ] = 0.9,
    limit: Annotated[int | None, typer.Option(help="Ask so many questions, drawn by chance.", min=1)] = None,
    seed: Annotated[int, typer.Option(help="Draws other questions.")] = 0,
    examples: Annotated[int, typer.Option(help="Show so many answers that differ from people's.", min=0)] = 3,
    fresh: Annotated[bool, typer.Option(help="Ask again what an earlier replay has asked.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a report without anybody's words: an HTML file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
    folder: Folder = HERE,
) -> None:
    """Run the past of a channel through a goalie, and recommend thresholds. Nothing is posted, and no question is kept.

    For each threshold: how many questions it would have answered, proposed and skipped, and how many of its answers agree with
    what people answered. A replay that is stopped goes on where it was.
    """
    from aika.surfaces.cli.goalie_replaying import Asked, Ending, end, run

    asked = Asked(file, folder, export, channel, knowledge, days, limit, seed, fresh)
    result = asyncio.run(run(asked))
    end(result, Ending(precision=precision, examples=examples, report=report, as_json=as_json))
