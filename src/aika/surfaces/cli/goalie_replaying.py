"""Runs a replay for the command line, with progress, and prints what came of it."""

import asyncio
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aika.application.channel_history import ExportedChannel, exported_channels
from aika.application.goalie_files import read_goalie_file
from aika.application.goalie_replaying import ANYBODY, Wanted, replay
from aika.domain.goalies import Goalie, Listeners
from aika.files import replace_file
from aika.goalie.replay import ReplayResult
from aika.goalie.replay_records import Progress, Replayed
from aika.goalie.replay_report import cells, columns, report_as_json, report_page, rows, sentences, wrong_ones
from aika.settings import Settings, load_settings
from aika.surfaces.cli.measuring import bars

DAYS = 90
_SHOWN = 500
"""Characters of an example's texts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command was asked for."""

    file: Path
    folder: Path
    export: Path | None
    channel: str | None
    knowledge: str
    days: int | None
    limit: int | None
    seed: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of the result."""

    precision: float
    examples: int
    report: Path | None
    as_json: bool


async def run(asked: Asked) -> ReplayResult:
    """Replay as asked. Raises `ConfigurationError` for a wrong file, export or folder."""
    settings = load_settings(asked.folder)
    goalie = await asyncio.to_thread(read_goalie_file, asked.file)
    with bars(Console(stderr=True)) as progress:
        channel, listeners, days = await _past(settings, goalie, asked, progress)
        wanted = Wanted(
            goalie,
            channel,
            knowledge=asked.knowledge,
            days=days,
            limit=asked.limit,
            seed=asked.seed,
            listeners=listeners,
            fresh=asked.fresh,
        )
        return await replay(settings, wanted, progress=progress)


def end(result: ReplayResult, ending: Ending) -> None:
    """Print the result, and write its report."""
    if ending.report is not None:
        replace_file(ending.report, report_page(result, precision=ending.precision))
        Console(stderr=True).print(f"The report is in {ending.report}", highlight=False, soft_wrap=True)
    if ending.as_json:
        sys.stdout.write(json.dumps(report_as_json(result, precision=ending.precision), indent=2) + "\n")
    else:
        _print(Console(), result, ending)


async def _past(
    settings: Settings, goalie: Goalie, asked: Asked, progress: Progress
) -> tuple[ExportedChannel, Listeners, int | None]:
    """Return the channel's past, who reads it, and how many days of it are asked about."""
    if asked.export is not None:
        name = asked.channel or goalie.channel
        (channel, *_) = await asyncio.to_thread(exported_channels, asked.export, only=name)
        return channel, ANYBODY, asked.days
    # Deferred: Slack's packages are not needed for an export.
    from aika.surfaces.cli.goalie_past import past_of_workspace

    days = asked.days or DAYS
    wanted = goalie if asked.channel is None else replace(goalie, channel=asked.channel)
    channel, audience = await past_of_workspace(settings, wanted, days=days, progress=progress)
    return channel, Listeners(audience.scope, audience.asker_people), days


def _print(console: Console, result: ReplayResult, ending: Ending) -> None:
    first, *others = sentences(result, precision=ending.precision)
    console.print(Text(first, style="bold"), soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    for number, name in enumerate(columns()):
        table.add_column(name, justify="right", no_wrap=number == 0)
    goalie = result.goalie
    for row in rows(result):
        table.add_row(*cells(row))
    console.print(table)
    now = f"The file's thresholds are {goalie.medium:.2f} (medium) and {goalie.high:.2f} (high)."
    for said in (now, *others):
        console.print(Text(said), soft_wrap=True)
    wrong = wrong_ones(result, limit=ending.examples)
    if wrong:
        console.print(Text("\nWhere it would have said something else than people, the surest first:", style="bold"))
    for one in wrong:
        _print_example(console, one)


def _print_example(console: Console, one: Replayed) -> None:
    # Texts of people are never markup.
    console.print(Text(f"\n{one.confidence or 0:.2f}  {_short(one.question)}", style="bold"), soft_wrap=True)
    console.print(Text(f"  goalie  {_short(one.answer)}"), soft_wrap=True)
    console.print(Text(f"  people  {_short(one.human)}"), soft_wrap=True)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
