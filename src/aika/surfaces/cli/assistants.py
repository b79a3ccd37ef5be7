"""``aika assistant``: which there are, and trying a file before it counts."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aika.application.assistant_files import read_assistant_file
from aika.application.assistant_schema import assistant_schema
from aika.assistants.library import Entry
from aika.client import AsyncAikaClient, ChatCompletionRequest
from aika.client.assistant_models import AssistantRequest, AssistantSummary
from aika.domain.errors import ConfigurationError
from aika.settings import Settings, load_settings, load_sources
from aika.surfaces.cli.connecting import connect
from aika.surfaces.cli.printing import print_completion

app = typer.Typer(help="What people talk to.", no_args_is_help=True)

console = Console()
File = Annotated[Path, typer.Argument(help="assistants/NAME.yaml")]
Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's reply as JSON.")]
HERE = Path()


@app.command("list")
def list_assistants(
    as_user: Annotated[str | None, typer.Option("--as", help="As this person sees them: an e-mail address.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those too that you may change and not ask.")] = False,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Show the assistants that can be asked, the nearest first."""
    found = asyncio.run(_listed(folder, as_user, everything=everything))
    if as_json:
        console.print_json(json.dumps([one.model_dump(mode="json") for one in found]))
    else:
        _print(found)


@app.command("check")
def check(file: File, folder: Folder = HERE) -> None:
    """Say whether an assistant's file is right, and what it comes to. Nothing is asked and nothing is kept."""
    settings = load_settings(folder)
    entry = read_assistant_file(file, frozenset(settings.models))
    for line in _told(entry, settings):
        console.print(line, highlight=False, soft_wrap=True)
    if entry.fault is not None:
        raise ConfigurationError(f"{file}: {entry.fault}")


@app.command("try")
def try_questions(
    file: File,
    ask: Annotated[list[str], typer.Option(help="A question. Can be repeated.")],
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Put questions to the assistant of a file as if it were there, for yourself alone. Keeps nothing."""
    entry = read_assistant_file(file, frozenset(load_settings(folder).models))
    if entry.fault is not None:
        raise ConfigurationError(f"{file}: {entry.fault}")
    asyncio.run(_tried(folder, entry, ask, as_json=as_json))


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of an assistant's file, for editors."""
    sys.stdout.write(json.dumps(assistant_schema(), indent=2) + "\n")


async def _listed(folder: Path, user: str | None, *, everything: bool) -> list[AssistantSummary]:
    async with connect(folder, user=user) as client:
        return await client.assistants(manageable=everything)


async def _tried(folder: Path, entry: Entry, questions: Sequence[str], *, as_json: bool) -> None:
    async with connect(folder) as client:
        made = await client.create_assistant(_alone(entry))
        try:
            for question in questions:
                await _asked(client, made.id, question, as_json=as_json)
        finally:
            if made.version is not None:
                await client.delete_assistant(made.id, version=made.version)


async def _asked(client: AsyncAikaClient, assistant: str, question: str, *, as_json: bool) -> None:
    request = ChatCompletionRequest.from_user_prompt(question, assistant=assistant)
    completion = await client.complete_chat(request.model_copy(update={"store": False}))
    if as_json:
        sys.stdout.write(completion.model_dump_json(indent=2) + "\n")
        return
    console.print(Text(question, style="bold"))
    print_completion(console, completion, explain=False)


def _alone(entry: Entry) -> AssistantRequest:
    """Return the assistant as a private one of whoever tries it, under a name that nothing has."""
    written = json.loads(entry.form.model_dump_json(exclude_unset=True))
    public = {"name", "owner", "visibility", "groups"}
    kept = {name: value for name, value in written.items() if name not in public}
    return AssistantRequest.model_validate({"name": f"trial {uuid4().hex}", **kept})


def _told(entry: Entry, settings: Settings) -> list[str]:
    assistant, form = entry.assistant, entry.form
    audience = ", ".join(sorted(assistant.groups)) or assistant.visibility.value
    filters = form.knowledge.model_dump(mode="json", exclude_unset=True)
    lines = [
        f"{assistant.name}  {assistant.purpose}",
        f"  for       {audience}",
        f"  owner     {assistant.owner}",
        f"  knowledge {json.dumps(filters, ensure_ascii=False) if filters else 'all that the asker may read'}",
    ]
    if assistant.topic is not None:
        examples = len(assistant.topic.documents) + len(assistant.topic.questions)
        lines.append(f"  topic     learned from {examples} examples")
    lines += [f"  rule      {rule.name}" for rule in assistant.rules]
    if assistant.model is not None:
        lines.append(f"  model     {assistant.model}")
    declared = {source.id for source in load_sources(settings)[0]}
    unknown = sorted((assistant.knowledge.sources or frozenset()) - declared)
    lines += [f"  note: no source {name!r} is declared beside aika.toml" for name in unknown]
    return lines


def _print(found: Sequence[AssistantSummary]) -> None:
    if not found:
        console.print("There are no assistants that you can ask. Write one: assistants/NAME.yaml")
        return
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("ask as", no_wrap=True)
    for column in ("purpose", "owner", "visible to"):
        table.add_column(column)
    for one in found:
        purpose = one.purpose if one.fault is None else f"cannot be used: {one.fault}"
        table.add_row(Text(one.reference), Text(purpose), Text(one.owner), one.visibility)
    console.print(table)
