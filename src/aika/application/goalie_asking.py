"""What a replay asks: the deployment's own way of answering, over documents of its choice. Nothing that is asked is kept."""

import html
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aika.application.aika import SystemClock
from aika.application.assistant_files import open_library
from aika.application.channel_history import ExportedChannel
from aika.application.evaluation import AnsweringSystem, open_answering_system, open_settings_model
from aika.application.evaluation_inputs import deployed
from aika.assistants.narrowing import Narrowing
from aika.domain.access import EVERYONE, UNRESTRICTED, Scope
from aika.domain.answers import Abstention, Answer
from aika.domain.assistants import Asker, Assistant
from aika.domain.documents import Document, Kind, RawDocument
from aika.domain.errors import ConfigurationError, UnreadableDocumentError
from aika.domain.goalies import AuthorKind, ChannelMessage, Goalie, Listeners
from aika.domain.identifiers import DocumentId, GoalieId, PrincipalId, SourceId
from aika.domain.queries import Query
from aika.domain.sources import Source
from aika.evaluation.beir import read_corpus
from aika.goalie.history import conversations
from aika.goalie.remembering import with_sources
from aika.goalie.replay import older_than
from aika.goalie.replay_records import Progress
from aika.protocols import Answerer, Catalogue, Embedder, Entry
from aika.settings import Settings

_CONVERSATION_TYPE = "application/vnd.aika.slack-conversation+json"
_PAGE = 1_000
_SOURCE = Source(id=SourceId("replay"), connector="push", readers=frozenset({EVERYONE}))


@dataclass(slots=True)
class PastAsking:
    """Asks for a goalie, of what the scope admits and the goalie may know. Keeps nothing."""

    answerer: Answerer
    embedder: Embedder
    scope: Scope
    documents: int
    conversations: Sequence[Document] = ()
    """Those that are not all older than what is asked."""
    narrowing: Narrowing | None = None
    _assistants: dict[GoalieId, Assistant | None] = field(default_factory=dict)

    async def ask(self, goalie: Goalie, question: str, scope: Scope) -> tuple[Answer | Abstention, None]:
        """Return the outcome of a question that is put as if for the first time."""
        assistant = self._assistants.get(goalie.id)
        outcome: Answer | Abstention | None = None
        async for event in self.answerer.answer(Query(question, scope, assistant=assistant)):
            if isinstance(event, Answer | Abstention):
                outcome = event
        if outcome is None:
            raise RuntimeError("the answerer ended without an outcome")
        return outcome, None

    def newer(self, moment: datetime) -> frozenset[DocumentId]:
        """Return the conversations that had not ended by then."""
        return frozenset(document.id for document in self.conversations if not older_than(document, moment))

    async def scope_of(self, goalie: Goalie, assistant: Assistant | None) -> Scope:
        """Return what the goalie may know, and remember who is asked for it."""
        self._assistants[goalie.id] = assistant
        selections = [goalie.knowledge]
        if assistant is not None and self.narrowing is not None:
            everything = Scope(self.scope.audience)
            selections = list((await self.narrowing.narrowed(everything, assistant)).selections)
        return self.scope.narrowed(selection=with_sources(selections, goalie))


@asynccontextmanager
async def asking_of_deployment(
    settings: Settings, goalie: Goalie, listeners: Listeners, *, progress: Progress
) -> AsyncIterator[tuple[PastAsking, Scope]]:
    """Open the deployment's documents as they are now, for what every listener may read. Needs no lock.

    Raises `ConfigurationError` where nothing is synced.
    """
    async with AsyncExitStack() as stack:
        there = await stack.enter_async_context(deployed(settings))
        model = await stack.enter_async_context(open_settings_model(settings))
        system = await stack.enter_async_context(
            open_answering_system(settings, model=model, deployed=there, progress=progress)
        )
        database = there.database
        scope = listeners.scope
        counted = await database.catalogue.counts(scope=scope)
        asking = PastAsking(
            system.answerer,
            system.embedder,
            scope,
            sum(count.documents for count in counted.values()),
            await _conversations(database.catalogue, scope),
            Narrowing(database.directory),
        )
        assistant = None
        if goalie.assistant is not None:
            library = open_library(settings, database.assistants, SystemClock())
            asker = Asker(PrincipalId(f"goalie:{goalie.id}"), listeners.people)
            assistant = await library.resolve(goalie.assistant, asker)
        yield asking, await asking.scope_of(goalie, assistant)


@asynccontextmanager
async def asking_of_documents(
    settings: Settings, documents: Sequence[RawDocument], *, progress: Progress
) -> AsyncIterator[PastAsking]:
    """Open documents that nobody has synced. All of them may be read: whoever hands them over has decided that.

    Raises `ConfigurationError` where none can be read.
    """
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(open_settings_model(settings))
        system = await stack.enter_async_context(open_answering_system(settings, model=model, progress=progress))
        entries = _entries(system, documents)
        if not entries:
            raise ConfigurationError("there is no document that can be read: name a folder that has some")
        await system.database.catalogue.record(entries)
        yield PastAsking(system.answerer, system.embedder, UNRESTRICTED, len(entries))


def documents_of_folder(folder: Path) -> tuple[RawDocument, ...]:
    """Raises `ConfigurationError` where it is no folder."""
    if not folder.is_dir():
        raise ConfigurationError(f"there is no folder {folder}: name one, or 'current' or 'older'")
    return read_corpus(folder, with_attributes=True)[1]


def documents_of_past(channel: ExportedChannel, *, before: datetime) -> tuple[RawDocument, ...]:
    """Return the conversations of a channel that had ended by then, as a source of Slack would give them."""
    return tuple(
        _conversation(channel, conversation)
        for conversation in conversations(channel.messages)
        if conversation[-1].written_at < before and any(each.kind is AuthorKind.PERSON for each in conversation)
    )


def middle_of(channel: ExportedChannel, *, share: float = 0.5) -> datetime:
    """Return the moment by which this share of the channel's messages was written. Raises `ConfigurationError` without any."""
    written = sorted(message.written_at for message in channel.messages)
    if not written:
        raise ConfigurationError(f"the channel {channel.name} has no messages")
    return written[min(len(written) - 1, int(len(written) * share))]


def _conversation(channel: ExportedChannel, messages: Sequence[ChannelMessage]) -> RawDocument:
    said = [{"ts": each.id, "user": each.author, "text": html.escape(each.text, quote=False)} for each in messages]
    people: Mapping[str, str] = {each.author: channel.people.get(each.author, each.author) for each in messages}
    content = {"channel": channel.name, "users": people, "channels": {}, "messages": said}
    return RawDocument(
        key=f"{channel.id}/{messages[0].root}",
        content=json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"),
        path=f"{channel.name}/{messages[0].root}.json",
        media_type=_CONVERSATION_TYPE,
        kind=Kind.CONVERSATION,
        created_at=messages[0].written_at,
        modified_at=messages[-1].written_at,
        attributes={"channel": channel.name, "channel_id": channel.id},
    )


async def _conversations(catalogue: Catalogue, scope: Scope) -> list[Document]:
    found: list[Document] = []
    after = ""
    while page := await catalogue.documents(scope=scope.narrowed(kinds={Kind.CONVERSATION}), after=after, limit=_PAGE):
        after = f"{page[-1].source}/{page[-1].key}"
        found += page
    return found


def _entries(system: AnsweringSystem, documents: Sequence[RawDocument]) -> list[Entry]:
    found = []
    for raw in documents:
        try:
            found.append(system.intake.take(_SOURCE, raw, version="1")[0])
        except UnreadableDocumentError:
            continue  # an image, or a conversation without words: what is left is counted
    return found
