"""The ``aika`` command."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console

from aika.client import AikaClientError, AsyncAikaClient, ChatCompletionRequest, Outcome, SearchRequest
from aika.client.models import KeyRequest
from aika.domain.errors import AikaError
from aika.settings import Settings, load_settings
from aika.surfaces.cli import (
    access,
    assistants,
    calibrating,
    digests,
    evaluating,
    goalie,
    goalie_replay,
    goalie_report,
    health,
    health_scores,
    rules,
    sessions,
    slack,
    source_files,
    starting,
)
from aika.surfaces.cli import doctor as checks
from aika.surfaces.cli.connecting import connect
from aika.surfaces.cli.filtering import Kinds, Owners, Paths, Statuses, Tags, document_filter
from aika.surfaces.cli.printing import print_completion, print_search, print_source, print_sources
from aika.surfaces.cli.progress import SyncWatch
from aika.telemetry.logging import set_up_logging

if TYPE_CHECKING:
    from aika.surfaces.api.serving import Extension

app = typer.Typer(
    help="aika answers from your company's own documents, with citations.", no_args_is_help=True, add_completion=False
)
index = typer.Typer(help="The search index.", no_args_is_help=True)
keys = typer.Typer(help="API keys.", no_args_is_help=True)
app.add_typer(index, name="index")
app.add_typer(keys, name="keys")
app.add_typer(access.app, name="access")
app.add_typer(sessions.app, name="sessions")
app.add_typer(evaluating.app, name="eval")
app.add_typer(source_files.app, name="source")
app.add_typer(rules.app, name="rules")
app.add_typer(assistants.app, name="assistant")
app.add_typer(digests.app, name="digest")
app.add_typer(health.app, name="health")
app.add_typer(slack.app, name="slack")
app.add_typer(goalie.app, name="goalie")
health.app.command("scores")(health_scores.scores)
health.app.command("gaps")(health_scores.gaps)
goalie.app.command("replay")(goalie_replay.replay)
goalie.app.command("report")(goalie_report.report)
app.command("calibrate")(calibrating.calibrate)

console = Console()
complaints = Console(stderr=True)

# Exit statuses: scripts can tell "I don't know" from an error.
ABSTAINED = 3
FAILED = 1

Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's reply as JSON.")]
Explain = Annotated[bool, typer.Option("--explain", help="Say how it came about.")]
HERE = Path()


def main() -> None:
    """Run the command line. Errors that people can act on are printed in a sentence, not as a traceback."""
    set_up_logging(level="warning", capture_content=False)
    try:
        app()
    except (AikaError, AikaClientError) as error:
        complaints.print(f"[red]Error:[/red] {error}", highlight=False)
        sys.exit(FAILED)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where to write aika.toml.")] = HERE,
    docs: Annotated[Path | None, typer.Option(help="A folder of documents as the first source.")] = None,
) -> None:
    """Write a first aika.toml and a first source."""
    for line in starting.initialise(folder, docs):
        console.print(line)


@app.command()
def sync(
    names: Annotated[list[str] | None, typer.Argument(help="Sources. None: all.")] = None,
    allow_removals: Annotated[bool, typer.Option(help="Remove even if almost everything seems to be gone.")] = False,
    folder: Folder = HERE,
) -> None:
    """Bring sources up to date."""

    async def run(client: AsyncAikaClient) -> bool:
        known = {source.id for source in await client.sources()}
        wanted = list(names or sorted(known))
        watch = SyncWatch(client, console, wanted)
        for name in wanted:
            await client.sync(name, allow_removals=allow_removals)
        ended = await watch.follow()
        return all(source.last_sync and source.last_sync.phase == "succeeded" for source in ended)

    if not _with_client(folder, run):
        raise typer.Exit(FAILED)


@app.command()
def ask(  # noqa: PLR0913, PLR0917 - each is an option of the command
    question: Annotated[str, typer.Argument(help="In your own words.")],
    source: Annotated[list[str] | None, typer.Option(help="Ask only this source. Can be repeated.")] = None,
    kind: Kinds = None,
    tag: Tags = None,
    owner: Owners = None,
    path: Paths = None,
    status: Statuses = None,
    assistant: Annotated[str | None, typer.Option(help="Ask this assistant: its name or its id.")] = None,
    as_user: Annotated[str | None, typer.Option("--as", help="Ask as this person would: an e-mail address.")] = None,
    as_json: AsJson = False,
    explain: Explain = False,
    folder: Folder = HERE,
) -> None:
    """Ask a question. Exit status 3 means that the documents do not answer it."""
    only = document_filter({"kinds": kind, "tags": tag, "owners": owner, "paths": path, "status": status})
    request = ChatCompletionRequest.from_user_prompt(question, sources=source, assistant=assistant, filter=only)
    completion = _with_client(folder, lambda client: client.complete_chat(request), user=as_user)
    if as_json:
        _print_json(completion)
    else:
        print_completion(console, completion, explain=explain)
    if completion.outcome is Outcome.ABSTENTION:
        raise typer.Exit(ABSTAINED)


@app.command()
def search(  # noqa: PLR0913, PLR0917 - each is an option of the command
    query: Annotated[str, typer.Argument(help="Words, an identifier, an error message, a question.")],
    k: Annotated[int, typer.Option("-k", help="How many hits.")] = 10,
    source: Annotated[list[str] | None, typer.Option(help="Search only this source. Can be repeated.")] = None,
    kind: Kinds = None,
    tag: Tags = None,
    owner: Owners = None,
    path: Paths = None,
    status: Statuses = None,
    assistant: Annotated[str | None, typer.Option(help="Search what this assistant may know.")] = None,
    as_json: AsJson = False,
    explain: Explain = False,
    folder: Folder = HERE,
) -> None:
    """Find the chunks that fit a query best."""
    only = document_filter({"kinds": kind, "tags": tag, "owners": owner, "paths": path, "status": status})
    request = SearchRequest(query=query, k=k, sources=source, explain=explain, assistant=assistant, filter=only)
    reply = _with_client(folder, lambda client: client.search(request))
    if as_json:
        _print_json(reply)
    else:
        print_search(console, reply, explain=explain)


@app.command()
def sources(
    name: Annotated[str | None, typer.Argument(help="One source, with what could not be read.")] = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Show how the sources stand."""
    if name is None:
        listed = _with_client(folder, lambda client: client.sources())
        if as_json:
            console.print_json(json.dumps([source.model_dump(mode="json") for source in listed]))
        else:
            print_sources(console, listed)
        return
    one = _with_client(folder, lambda client: client.source(name))
    if as_json:
        _print_json(one)
    else:
        print_source(console, one)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Where to listen.")] = None,
    port: Annotated[int | None, typer.Option(help="0 takes any free port.")] = None,
    sync: Annotated[bool, typer.Option(help="Bring every source up to date after starting.")] = False,
    folder: Folder = HERE,
) -> None:
    """Serve the API and the page to ask on."""
    from aika.surfaces.api.serving import serve as serve_api

    settings = load_settings(folder)
    set_up_logging(level=settings.telemetry.log_level, capture_content=settings.telemetry.capture_content)
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update={"server": settings.server.model_copy(update=given)})

    def ready(url: str) -> None:
        console.print(f"aika answers at [bold]{url}[/bold]  (stop with Ctrl+C)")

    asyncio.run(serve_api(settings, on_ready=ready, sync=sync, extensions=_extensions(settings)))


@app.command()
def doctor(folder: Folder = HERE) -> None:
    """Say what is wrong here and how to mend it."""
    if not asyncio.run(checks.examine(folder, console)):
        raise typer.Exit(FAILED)


@index.command("rebuild")
def rebuild_index(folder: Folder = HERE) -> None:
    """Build the index again from the database. Known vectors are not computed again."""
    asyncio.run(starting.rebuild_index(load_settings(folder), console))


@keys.command("create")
def create_key(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    principal: Annotated[list[str] | None, typer.Option(help="Who it acts as. Can be repeated.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="What it may see at most. Can be repeated.")] = None,
    admin: Annotated[bool, typer.Option(help="May sync sources and manage keys.")] = False,
    on_behalf: Annotated[bool, typer.Option(help="May ask for other people: for a front end.")] = False,
    days: Annotated[int | None, typer.Option(help="Expires after so many days.")] = None,
    folder: Folder = HERE,
) -> None:
    """Make an API key. Its secret is printed once."""
    principals = principal or ["everyone"]
    request = KeyRequest(
        name=name, principals=principals, sources=source, admin=admin, on_behalf=on_behalf, expires_in_days=days
    )
    key = _with_client(folder, lambda client: client.create_key(request))
    console.print(f"Key {key.id} for {name!r}. Keep its secret; it is not shown again:")
    console.print(key.secret, soft_wrap=True, highlight=False)


@keys.command("list")
def list_keys(as_json: AsJson = False, folder: Folder = HERE) -> None:
    """Show the API keys, without their secrets."""
    found = _with_client(folder, lambda client: client.keys())
    if as_json:
        console.print_json(json.dumps([key.model_dump(mode="json") for key in found]))
        return
    for key in found:
        until = f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "without end"
        console.print(f"{key.id}  {key.name}  {', '.join(key.principals)}  {'admin' if key.admin else ''}  {until}")


@keys.command("delete")
def delete_key(id: Annotated[str, typer.Argument(help="As `aika keys list` shows it.")], folder: Folder = HERE) -> None:
    """Make an API key useless from now on."""
    _with_client(folder, lambda client: client.delete_key(id))


def _with_client(folder: Path, work: Callable[[AsyncAikaClient], Awaitable[Any]], *, user: str | None = None) -> Any:
    async def run() -> Any:
        async with connect(folder, user=user) as client:
            return await work(client)

    return asyncio.run(run())


def _extensions(settings: Settings) -> "Sequence[Extension]":
    """Return what is served beside the API."""
    if not settings.slack.workspaces:
        return ()
    # Deferred: Slack's packages take a while to import.
    from aika.surfaces.slack.app import slack_extension

    return (slack_extension,)


def _print_json(reply: BaseModel) -> None:
    # Not the console's own printing, which would fold long lines.
    sys.stdout.write(reply.model_dump_json(indent=2) + "\n")


if __name__ == "__main__":
    main()
