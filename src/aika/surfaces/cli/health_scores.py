"""``aika health scores`` and ``aika health gaps``: how healthy documents are, and which are missing."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aika.client.digest_client import AsyncDigestClient
from aika.client.digest_models import GapsReply, ScoresReply
from aika.settings import load_settings
from aika.surfaces.cli.connecting import reach

Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's reply as JSON.")]
AsUser = Annotated[str | None, typer.Option("--as", help="As this person: an e-mail address.")]
HERE = Path()


def scores(
    by: Annotated[Literal["document", "owner", "source"], typer.Option(help="What is scored.")] = "owner",
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
    as_user: AsUser = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Show how healthy documents are, the worst first, and what each score is made of."""
    found = asyncio.run(_scores(folder, as_user, by, limit))
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
    else:
        _print_scores(Console(), found)


def gaps(as_user: AsUser = None, as_json: AsJson = False, folder: Folder = HERE) -> None:
    """Show which documents are missing, by the questions that nothing answers, put together anew."""
    found = asyncio.run(_gaps(folder, as_user))
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
    else:
        _print_gaps(Console(), found)


async def _scores(
    folder: Path, user: str | None, by: Literal["document", "owner", "source"], limit: int
) -> ScoresReply:
    async with (
        reach(load_settings(folder)) as there,
        AsyncDigestClient(there.url, there.token, transport=there.transport, user=user) as client,
    ):
        return await client.scores(by, limit=limit)


async def _gaps(folder: Path, user: str | None) -> GapsReply:
    async with (
        reach(load_settings(folder)) as there,
        AsyncDigestClient(there.url, there.token, transport=there.transport, user=user) as client,
    ):
        return await client.gaps()


def _print_scores(console: Console, reply: ScoresReply) -> None:
    table = Table(box=box.SIMPLE)
    for name in (reply.by, "score", "findings", "made of"):
        table.add_column(name)
    for score in reply.scores:
        # Texts of documents are never markup.
        parts = "\n".join(f"{part.points:+g} {part.name}: {part.explanation}" for part in score.parts)
        name = score.name or "(no owner)"
        table.add_row(Text(name), f"{score.score:g}", str(score.findings), Text(parts))
    console.print(table)
    if reply.total > len(reply.scores):
        console.print(f"{reply.total - len(reply.scores)} more: --limit shows them.", markup=False)


def _print_gaps(console: Console, reply: GapsReply) -> None:
    if not reply.gaps:
        console.print("Nothing is missing that you could write.")
    for gap in reply.gaps:
        console.print(Text(f"{gap.people} asked: {gap.name}", style="bold"))
        for question in gap.questions:
            if question != gap.name:
                console.print(Text(f"  {question}"))
        writer = "nobody known" if gap.owner is None else gap.owner.name
        console.print(Text(f"  could write it: {writer}; findings: {', '.join(gap.findings)}", style="dim"))
