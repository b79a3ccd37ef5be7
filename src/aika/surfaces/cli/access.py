"""``aika access``: who may read what, and whether anything leaks."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from aika.client.access_models import AccessView
from aika.domain.errors import ConfigurationError, TransientError
from aika.settings import Settings, load_settings
from aika.surfaces.cli.connecting import Reached, connect, reach
from aika.testing.leaks.__main__ import SETTLE_SECONDS, SOURCE, SOURCE_FILE, fresh_seed, told
from aika.testing.leaks.audit import Report, audit
from aika.testing.leaks.company import generate
from aika.testing.leaks.speaking import Deployment, DeploymentError

app = typer.Typer(help="Who may read what.", no_args_is_help=True)

console = Console()
Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's reply as JSON.")]
HERE = Path()

NOT_READABLE = 3
LEAKS = 4

_NOTICED_SECONDS = 60.0
"""Within these, a running server must have noticed a new source's file."""
_TIMEOUT = 120.0


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


@app.command("audit")
def audit_for_leaks(
    seed: Annotated[int | None, typer.Option(help="Brings an earlier audit's company back.")] = None,
    folder: Folder = HERE,
) -> None:
    """Plant documents, ask everything as people who may not know, report what leaks, and clean up. Exit status 4: it leaks."""
    try:
        report = asyncio.run(_audited(load_settings(folder), fresh_seed() if seed is None else seed))
    except DeploymentError as error:
        raise TransientError(f"the audit could not be run: {error}") from error
    sys.stdout.write(told(report))
    if not report.passed:
        raise typer.Exit(LEAKS)


async def _audited(settings: Settings, seed: int) -> Report:
    with _declared(settings):
        async with (
            reach(settings) as there,
            httpx.AsyncClient(base_url=there.url, transport=there.transport, timeout=_TIMEOUT) as http,
        ):
            await _noticed(http, there)
            settle = 0.0 if there.transport is not None else SETTLE_SECONDS
            return await audit(Deployment(http, SOURCE, there.token, settle=settle), generate(seed))


@contextmanager
def _declared(settings: Settings) -> Iterator[None]:
    """Declare the source of the canaries for as long as this is open. Removing its file removes what it knew."""
    file = settings.base_dir / settings.sources_dir / f"{SOURCE}.yaml"
    if file.exists():
        raise ConfigurationError(f"{file} exists: another audit runs, or was killed. Remove it and try again")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SOURCE_FILE, encoding="utf-8")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


async def _noticed(http: httpx.AsyncClient, there: Reached) -> None:
    headers = {} if there.token is None else {"Authorization": f"Bearer {there.token}"}
    loop = asyncio.get_running_loop()
    until = loop.time() + _NOTICED_SECONDS
    while (reply := await http.get(f"/v1/sources/{SOURCE}", headers=headers)).status_code != 200:
        if reply.status_code != 404 or loop.time() > until:
            raise DeploymentError(
                f"the server answers {reply.status_code} to the source {SOURCE!r}; the key in AIKA_TOKEN must be one "
                "made with --admin and without --source"
            )
        await asyncio.sleep(0.5)


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
