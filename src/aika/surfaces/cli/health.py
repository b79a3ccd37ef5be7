"""``aika health``: what is wrong with documents, and what their owners do about it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aika.client import AsyncAikaClient
from aika.client.health_models import (
    AcceptRequest,
    AssignRequest,
    DismissRequest,
    FindingSummary,
    FindingView,
    HealthView,
    ResolveRequest,
)
from aika.surfaces.cli.connecting import connect

app = typer.Typer(help="What is wrong with documents, and which are missing.", no_args_is_help=True)

console = Console()
Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's reply as JSON.")]
AsUser = Annotated[str | None, typer.Option("--as", help="As this person: an e-mail address.")]
Id = Annotated[str, typer.Argument(help="As `aika health list` shows it.")]
HERE = Path()


@app.command("overview")
def overview(as_user: AsUser = None, as_json: AsJson = False, folder: Folder = HERE) -> None:
    """Show how many findings are open, by kind, owner and source."""
    found = _asked(folder, as_user, lambda client: client.health())
    if as_json:
        _print_json(found)
    else:
        _print_overview(found)


@app.command("list")
def list_findings(  # noqa: PLR0913, PLR0917 - each is an option of the command
    state: Annotated[list[str] | None, typer.Option(help="Unset: open and accepted. Can be repeated.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Such as 'outdated'. Can be repeated.")] = None,
    owner: Annotated[str | None, typer.Option(help="The owner's name or contact.")] = None,
    source: Annotated[str | None, typer.Option(help="Of this source only.")] = None,
    limit: Annotated[int, typer.Option(help="How many.")] = 50,
    as_user: AsUser = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Show the findings, those first that cost the most people an answer."""
    reply = _asked(
        folder,
        as_user,
        lambda client: client.findings(states=state, kinds=kind, owner=owner, source=source, limit=limit),
    )
    if as_json:
        _print_json(reply)
    else:
        _print_findings(reply.findings)


@app.command("show")
def show(id: Id, as_user: AsUser = None, as_json: AsJson = False, folder: Folder = HERE) -> None:
    """Show one finding: its passages, the questions that it broke, and what could be changed."""
    _print(_asked(folder, as_user, lambda client: client.finding(id)), as_json=as_json)


@app.command("accept")
def accept(
    id: Id,
    assignee: Annotated[str, typer.Option(help="Who will do something.")] = "",
    as_user: AsUser = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Say that something will be done."""

    async def change(client: AsyncAikaClient) -> FindingView:
        read = await client.finding(id)
        return await client.accept_finding(id, AcceptRequest(assignee=assignee), version=read.version)

    _print(_asked(folder, as_user, change), as_json=as_json)


@app.command("assign")
def assign(
    id: Id,
    assignee: Annotated[str, typer.Argument(help="Who will do something.")],
    as_user: AsUser = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Say who will do something."""

    async def change(client: AsyncAikaClient) -> FindingView:
        read = await client.finding(id)
        return await client.assign_finding(id, AssignRequest(assignee=assignee), version=read.version)

    _print(_asked(folder, as_user, change), as_json=as_json)


@app.command("dismiss")
def dismiss(
    id: Id,
    reason: Annotated[str, typer.Option(help="Why nothing has to change.")],
    as_user: AsUser = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Say why nothing has to change. The same finding does not come back."""

    async def change(client: AsyncAikaClient) -> FindingView:
        read = await client.finding(id)
        return await client.dismiss_finding(id, DismissRequest(reason=reason), version=read.version)

    _print(_asked(folder, as_user, change), as_json=as_json)


@app.command("resolve")
def resolve(
    id: Id,
    note: Annotated[str, typer.Option(help="What was done.")] = "",
    as_user: AsUser = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Say that it is done. It opens again when somebody's question fails again."""

    async def change(client: AsyncAikaClient) -> FindingView:
        read = await client.finding(id)
        return await client.resolve_finding(id, ResolveRequest(note=note), version=read.version)

    _print(_asked(folder, as_user, change), as_json=as_json)


@app.command("look")
def look(as_json: AsJson = False, folder: Folder = HERE) -> None:
    """Examine now what was complained of, and ask again what documents changed under. A running server does so by itself."""
    reply = _asked(folder, None, lambda client: client.look())
    if as_json:
        _print_json(reply)
        return
    console.print(f"{reply.examined} complaints were examined, {reply.waiting} still wait.")
    console.print(f"{len(reply.changed)} findings were resolved or opened again.")


def _asked(folder: Path, user: str | None, work: Callable[[AsyncAikaClient], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with connect(folder, user=user) as client:
            return await work(client)

    return asyncio.run(run())


def _print_overview(found: HealthView) -> None:
    console.print(f"{found.open} findings, which cost people an answer {found.people} times.")
    for name, counts in (("kind", found.kinds), ("owner", found.owners), ("source", found.sources)):
        if counts:
            table = Table(box=box.SIMPLE_HEAD)
            table.add_column(name)
            table.add_column("findings", justify="right")
            for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
                table.add_row(Text(key), str(count))
            console.print(table)


def _print_findings(found: list[FindingSummary]) -> None:
    if not found:
        console.print("There are no findings.")
        return
    for one in found:
        owner = "nobody" if one.owner is None else one.owner.name
        people = "1 person" if one.people == 1 else f"{one.people} people"
        console.print(Text(one.title, style="bold"), soft_wrap=True)
        console.print(Text(f"  {one.state} · {people} · {one.assignee or owner} · {one.id}"), soft_wrap=True)


def _print(finding: FindingView, *, as_json: bool) -> None:
    if as_json:
        _print_json(finding)
        return
    console.print(Text(finding.title, style="bold"))
    for line in _lines(finding):
        console.print(Text(line), soft_wrap=True)


def _lines(finding: FindingView) -> list[str]:
    owner = "nobody" if finding.owner is None else finding.owner.name
    lines = [finding.reason, "", f"state    {finding.state}" + (f": {finding.note}" if finding.note else "")]
    lines += [f"owner    {owner}"] + ([f"assignee {finding.assignee}"] if finding.assignee else [])
    lines += [f"people   {finding.people}", ""]
    for exhibit in finding.exhibits:
        place = f"{exhibit.document.source}/{exhibit.document.key}"
        lines.append(f"{place}" + (f" ({exhibit.note})" if exhibit.note else ""))
        lines += [f"    {line}" for line in exhibit.quote.splitlines()]
    if finding.suggestion is not None:
        lines += ["", "It could say:", *(f"    {line}" for line in finding.suggestion.after.splitlines())]
    if finding.questions:
        lines += ["", "It broke:"]
        lines += [f"  {'passes' if one.passes else 'fails '}  {one.text}" for one in finding.questions]
    return lines


def _print_json(reply: BaseModel) -> None:
    sys.stdout.write(reply.model_dump_json(indent=2) + "\n")
