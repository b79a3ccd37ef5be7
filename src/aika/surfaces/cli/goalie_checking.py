"""Whether aika has what one goalie's file names: the assistant, the sources, and documents for it to know."""

import json
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from pathlib import Path
from uuid import uuid4

from aika.application.goalie_files import folder_of_goalies
from aika.client import AikaClientError, AsyncAikaClient
from aika.client.assistant_models import AssistantRequest, AssistantSummary, AssistantView
from aika.client.models import SourceSummary
from aika.domain.errors import AikaError
from aika.domain.goalies import Goalie
from aika.domain.identifiers import SourceId
from aika.domain.selection import EVERYTHING
from aika.forms.goalie_problems import read_form
from aika.forms.yaml_files import YamlText
from aika.settings import Settings
from aika.surfaces.cli.connecting import connect
from aika.surfaces.slack.checking import Checked

_PUSH = "push"


def check_rivals(settings: Settings, goalie: Goalie) -> Iterator[Checked]:
    """Yield which other files want the same channel."""
    own = None if goalie.declared_in is None else Path(goalie.declared_in).resolve()
    for other in folder_of_goalies(settings).look().goalies:
        elsewhere = other.declared_in is not None and Path(other.declared_in).resolve() != own
        workspaces = {other.workspace, goalie.workspace}
        if elsewhere and other.channel == goalie.channel and (len(workspaces) == 1 or None in workspaces):
            yield Checked(
                False, f"{other.declared_in} is the goalie of #{goalie.channel} already", "remove one of them"
            )


async def check_knowledge(folder: Path, goalie: Goalie) -> AsyncIterator[Checked]:
    """Look at the running server, or at the documents here where none runs."""
    try:
        async with connect(folder) as client:
            for checked in await look(client, goalie):
                yield checked
    except (AikaError, AikaClientError) as error:
        yield Checked(False, f"aika cannot be asked: {error}")


async def look(client: AsyncAikaClient, goalie: Goalie) -> list[Checked]:
    """Look up what the goalie may know. Nothing of it stays."""
    sources = {source.id: source for source in await client.sources()}
    return [*_sources(goalie, sources), await _documents(client, goalie, sources)]


def _sources(goalie: Goalie, sources: dict[str, SourceSummary]) -> Iterator[Checked]:
    named = (*(goalie.knowledge.sources or ()), *goalie.extra_sources)
    for name in sorted(set(named)):
        source = sources.get(name)
        if source is None:
            yield Checked(False, f"there is no source {name}", f"there are: {_known(sources)}")
        elif not source.documents:
            yield Checked(False, f"the source {name} has no documents yet", f"read it: aika sync {name}")
    if goalie.keep_in is not None:
        yield _keeping(goalie.keep_in, sources.get(goalie.keep_in))


def _keeping(name: SourceId, source: SourceSummary | None) -> Checked:
    remedy = "declare one with connector: push, in sources/"
    if source is None:
        return Checked(False, f"there is no source {name} to keep accepted answers in", remedy)
    if source.connector != _PUSH:
        said = f"the source {name} cannot keep accepted answers: its connector is {source.connector}, not push"
        return Checked(False, said, remedy)
    return Checked(True, f"accepted answers can be kept in {name}")


async def _documents(client: AsyncAikaClient, goalie: Goalie, sources: dict[str, SourceSummary]) -> Checked:
    if goalie.assistant is not None:
        return await _assistant(client, goalie.assistant)
    if goalie.knowledge == EVERYTHING:
        return _counted(sum(source.documents for source in sources.values()), "aika has")
    return _counted((await _trial(client, goalie)).documents, "the filter selects")


async def _assistant(client: AsyncAikaClient, name: str) -> Checked:
    listed = await client.assistants(manageable=True)
    found = next((one for one in listed if name.casefold() in {one.name.casefold(), one.id.casefold()}), None)
    if found is None:
        known = ", ".join(sorted(one.name for one in listed)) or "none"
        return Checked(False, f"there is no assistant {name} that you can use", f"there are: {known}")
    if found.fault is not None:
        return Checked(False, f"the assistant {found.name} cannot be used: {found.fault}")
    return await _known_by(client, found)


async def _known_by(client: AsyncAikaClient, assistant: AssistantSummary) -> Checked:
    view = await client.assistant(assistant.id)
    return _counted(view.documents, f"the assistant {assistant.name} knows")


def _counted(documents: int, who: str) -> Checked:
    if not documents:
        return Checked(
            False, f"{who} no documents that you may read", "nothing can be answered: widen knowledge, or sync"
        )
    return Checked(True, f"{who} {documents:,} documents that you may read")


async def _trial(client: AsyncAikaClient, goalie: Goalie) -> AssistantView:
    """Return an assistant that knows what the goalie knows. It is gone again at once: what counts is how much it knew."""
    request = AssistantRequest(name=f"trial {uuid4().hex}", knowledge=_knowledge(goalie))
    made = await client.create_assistant(request)
    try:
        return made
    finally:
        if made.version is not None:
            await client.delete_assistant(made.id, version=made.version)


def _knowledge(goalie: Goalie) -> dict[str, object]:
    """Return the filter as its file has it."""
    if goalie.declared_in is None:
        return {}
    form = read_form(YamlText.read(Path(goalie.declared_in))).knowledge
    if form.filter is None:
        return {"sources": list(form.sources or ())}
    written: dict[str, object] = json.loads(form.filter.model_dump_json(exclude_unset=True))
    return written


def _known(names: Collection[str] | Sequence[str]) -> str:
    return ", ".join(sorted(names)) or "none"
