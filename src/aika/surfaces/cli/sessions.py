"""``aika sessions``: who is signed in to the web app, and signing people out."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console

from aika.client.me_models import PersonsSessionView
from aika.client.sessions_client import AsyncSessionsClient
from aika.domain.errors import InvalidRequestError
from aika.settings import load_settings
from aika.surfaces.cli.connecting import reach

app = typer.Typer(help="Who is signed in to the web app.", no_args_is_help=True)

console = Console()
Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's reply as JSON.")]
HERE = Path()
_LISTED = TypeAdapter(list[PersonsSessionView])


@app.command("list")
def list_sessions(
    email: Annotated[str | None, typer.Argument(help="Only this person's.")] = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Show the browsers that people are signed in with, the last one first."""
    found = asyncio.run(_listed(folder, email))
    if as_json:
        sys.stdout.write(_LISTED.dump_json(found, indent=2).decode() + "\n")
        return
    for session in found:
        console.print(_line(session), highlight=False, markup=False, soft_wrap=True)
    if not found:
        console.print("Nobody is signed in." if email is None else f"{email} is not signed in.", markup=False)


@app.command("revoke")
def revoke(
    email: Annotated[str | None, typer.Argument(help="Whom to sign out.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Sign everybody out, yourself included.")] = False,
    folder: Folder = HERE,
) -> None:
    """Sign a person out of every browser, and forget the groups that the identity provider named for them."""
    if (email is None) is not everybody:
        raise InvalidRequestError("name the person to sign out, or everybody with --all, and not both")
    ended = asyncio.run(_revoked(folder, email))
    console.print(f"Sessions ended: {ended}.", highlight=False)


async def _listed(folder: Path, email: str | None) -> list[PersonsSessionView]:
    async with _connected(folder) as client:
        return await client.sessions(email)


async def _revoked(folder: Path, email: str | None) -> int:
    async with _connected(folder) as client:
        return await (client.end_everybodys_sessions() if email is None else client.end_sessions(email))


@asynccontextmanager
async def _connected(folder: Path) -> AsyncIterator[AsyncSessionsClient]:
    """Yield a client of the server that holds the folder's data, or of the application opened here."""
    async with (
        reach(load_settings(folder)) as there,
        AsyncSessionsClient(there.url, there.token, transport=there.transport) as client,
    ):
        yield client


def _line(session: PersonsSessionView) -> str:
    who = f"{session.name} <{session.person}>" if session.person else f"{session.name} (a key)"
    times = f"since {session.created_at:%Y-%m-%d %H:%M}  used {session.seen_at:%Y-%m-%d %H:%M}"
    return f"{who}  {times}  until {session.expires_at:%Y-%m-%d %H:%M}"
