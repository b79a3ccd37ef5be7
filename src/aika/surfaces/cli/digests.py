"""``aika digest``: what owners would be told of their documents, and telling them now."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from aika.client.digest_client import AsyncDigestClient
from aika.client.digest_models import DigestView
from aika.domain.errors import InvalidRequestError
from aika.settings import load_settings
from aika.surfaces.cli.connecting import reach

app = typer.Typer(help="What owners are told of their documents.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's reply as JSON.")]
HERE = Path()
_NOTHING_SET_UP = "Nothing is sent: neither [digests.smtp] nor [digests.slack] is in aika.toml."


@app.command("preview")
def preview(
    owner: Annotated[str | None, typer.Option(help="Only this owner's.")] = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Print what owners would be sent now. Nothing is sent."""

    async def run() -> None:
        async with connect(folder) as client:
            reply = await client.digests(owner)
        if as_json:
            sys.stdout.write(reply.model_dump_json(indent=2) + "\n")
            return
        console = Console()
        for digest in reply.digests:
            _print(console, digest)
        if not reply.digests:
            console.print("Nobody has open findings.")
        if not reply.sends:
            console.print(_NOTHING_SET_UP, markup=False)

    asyncio.run(run())


@app.command("send")
def send(
    owner: Annotated[str, typer.Option(help="Whom to tell.")],
    now: Annotated[bool, typer.Option("--now", help="Do it now, whatever they chose.")] = False,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Send an owner what is new, before its time. It does not come again with the next digest."""
    if not now:
        raise InvalidRequestError("digests are sent when they are due; to send this one before, add --now")

    async def run() -> bool:
        async with connect(folder) as client:
            before = (await client.digests(owner)).digests
            sent = await client.send_digest(owner)
        if as_json:
            sys.stdout.write(sent.model_dump_json(indent=2) + "\n")
        else:
            _print_outcome(Console(), sent, nothing_new=not any(digest.text for digest in before))
        return not sent.problem

    if not asyncio.run(run()):
        raise typer.Exit(1)


@asynccontextmanager
async def connect(folder: Path) -> AsyncIterator[AsyncDigestClient]:
    """Yield a client of the server that holds the folder's data, or of the application opened here."""
    async with (
        reach(load_settings(folder)) as there,
        AsyncDigestClient(there.url, there.token, transport=there.transport) as client,
    ):
        yield client


def _print(console: Console, digest: DigestView) -> None:
    where = f" to {digest.to}" if digest.to else ""
    console.rule(f"{digest.owner}: {digest.every}{where}", align="left", style="dim")
    if digest.problem:
        console.print(digest.problem, style="red", highlight=False, markup=False, soft_wrap=True)
    if digest.last is not None:
        last = digest.last
        console.print(f"last: {last.begun_at:%Y-%m-%d %H:%M} to {last.to}, {last.state}", highlight=False, markup=False)
    console.print(digest.text or "Nothing new.", highlight=False, markup=False, soft_wrap=True)


def _print_outcome(console: Console, sent: DigestView, *, nothing_new: bool) -> None:
    if sent.problem:
        console.print(sent.problem, style="red", highlight=False, markup=False, soft_wrap=True)
    elif nothing_new:
        console.print(f"Nothing is new for {sent.owner}.", markup=False)
    elif sent.last is not None:
        console.print(f"Sent to {sent.last.to}: {sent.last.findings} findings.", markup=False)
