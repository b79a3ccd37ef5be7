"""``aika goalie report``: what became of a channel's questions within a week."""

import asyncio
import re
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from aika.client.goalie_client import AsyncGoalieClient
from aika.client.goalie_models import ChannelReportView
from aika.settings import load_settings
from aika.surfaces.cli.connecting import reach

Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
HERE = Path()
_WEEK = re.compile(r"(?P<year>\d{4})-W(?P<week>\d{2})")


def report(
    name: Annotated[str, typer.Argument(help="The goalie, as its file is called.")],
    week: Annotated[
        str | None, typer.Option(help="A week of the calendar, such as 2026-W47. Unset: the last seven days.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the API's reply as JSON.")] = False,
    folder: Folder = HERE,
) -> None:
    """Show how many of a channel's questions were answered, proposed and accepted, and what was missing in the documents."""
    found = asyncio.run(_asked(folder, name, None if week is None else _end_of(week)))
    sys.stdout.write((found.model_dump_json(indent=2) if as_json else _plain(found.text)) + "\n")


async def _asked(folder: Path, name: str, until: datetime | None) -> ChannelReportView:
    async with (
        reach(load_settings(folder)) as there,
        AsyncGoalieClient(there.url, there.token, transport=there.transport) as client,
    ):
        return await client.goalie_report(name, until=until)


def _end_of(week: str) -> datetime:
    found = _WEEK.fullmatch(week)
    try:
        if found is None:
            raise ValueError
        monday = date.fromisocalendar(int(found["year"]), int(found["week"]), 1)
    except ValueError:
        raise typer.BadParameter(f"{week!r} is not a week: write it such as 2026-W47") from None
    return datetime.combine(monday + timedelta(days=7), time.min, tzinfo=UTC)


def _plain(markdown: str) -> str:
    return markdown.replace("**", "")
