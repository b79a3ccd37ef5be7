"""What a source's file would bring, found out before anything of it is indexed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from aika.application.aika import Aika
from aika.application.wiring import build_intake, open_aika, open_connector, open_embedder
from aika.domain.documents import Chunk, Document
from aika.domain.errors import AikaError
from aika.domain.sources import Failed, Found, Members, Source, UnreadableDocument
from aika.ingestion.generations import EmbedderChoice
from aika.ingestion.parsing import Intake
from aika.protocols import Embedder, Entry
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.settings import Settings

OnProgress = Callable[[str, int, int | None], None]
"""Is told what is done, how far, and of how many where that is known."""

BYTES_PER_CHUNK = 5_600
"""Of database and index together: 80 MB for 14,261 chunks of three companies' documentation, with the default embedder."""
_EXAMPLES = 5
_TIMED_CHUNKS = 16


@dataclass(slots=True)
class SourceCheck:
    """What was found. Numbers of documents that were read are of the sample, where the source has more."""

    source: Source
    found: int = 0
    """Documents listed."""
    read: int = 0
    """Documents read and cut into chunks."""
    chunks: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    owners: Counter[str] = field(default_factory=Counter)
    """How many documents had their owner found where, such as ``CODEOWNERS``."""
    unowned: list[str] = field(default_factory=list)
    """Keys of documents without an owner."""
    unread: list[str] = field(default_factory=list)
    """Keys of documents that nobody may read."""
    unreadable: list[UnreadableDocument] = field(default_factory=list)
    groups: int = 0
    examples: list[Chunk] = field(default_factory=list)
    seconds_to_read: float = 0.0
    """Estimated, for all documents."""
    seconds_to_embed: float = 0.0
    """Estimated, for all documents, on this machine."""

    @property
    def share(self) -> float:
        """How much of the source was read, 0..1."""
        return self.read / self.found if self.found else 1.0

    @property
    def expected_chunks(self) -> int:
        return round(self.chunks / self.share) if self.share else 0

    @property
    def expected_bytes(self) -> int:
        return self.expected_chunks * BYTES_PER_CHUNK


async def check_source(
    settings: Settings, source: Source, *, sample: int = 300, on_progress: OnProgress = lambda *_: None
) -> SourceCheck:
    """List a source, read up to ``sample`` of its documents, evenly chosen, and say what they are. Nothing is kept.

    Raises what the connector raises where the source as a whole cannot be read.
    """
    check = SourceCheck(source)
    surroundings = Surroundings(settings.base_dir, settings.data_path, TechnicalAnalyzer())
    async with open_connector(source, surroundings) as connector:
        listed: list[Found] = []
        async for event in connector.read(None):
            match event:
                case Found():
                    listed.append(event)
                    on_progress("listing", len(listed), None)
                case Failed(key, reason):
                    check.unreadable.append(UnreadableDocument(key, reason))
                case Members():
                    check.groups += 1
        check.found = len(listed)
        started = monotonic()
        intake = await asyncio.to_thread(build_intake)
        wanted = _evenly(listed, sample)
        for done, event in enumerate(wanted, start=1):
            await _read(check, intake, event, example=done % max(1, len(wanted) // _EXAMPLES) == 0)
            on_progress("reading", done, len(wanted))
        if wanted:
            check.seconds_to_read = (monotonic() - started) * len(listed) / len(wanted)
    if check.examples:
        check.seconds_to_embed = await _embedding_time(check, settings, surroundings)
    return check


@asynccontextmanager
async def preview(settings: Settings, source: Source) -> AsyncIterator[Aika]:
    """Open an application that knows this source alone, synced and findable, and forgets everything at the end."""
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(prefix="aika-preview-")))
        models = settings.data_path / "models"
        models.mkdir(parents=True, exist_ok=True)
        (scratch / "models").symlink_to(models, target_is_directory=True)
        alone = settings.model_copy(
            update={
                "data_dir": scratch,
                "sources": {},
                "discovery": {},
                "sources_dir": scratch / "none",
                "database": type(settings.database)(),
                "index": type(settings.index)(engine="qdrant-edge"),
            }
        )
        aika = await stack.enter_async_context(open_aika(alone))
        aika.declarations.sources[source.id] = source
        await aika.sync(source.id)
        await aika.generations.catch_up()
        yield aika


async def _read(check: SourceCheck, intake: Intake, event: Found, *, example: bool) -> None:
    try:
        entry, warnings = await asyncio.to_thread(intake.take, check.source, await event.load(), version=event.version)
    except AikaError as error:
        check.unreadable.append(UnreadableDocument(event.key, str(error)))
        return
    check.unreadable.extend(UnreadableDocument(event.key, f"note: {warning}") for warning in warnings)
    _note(check, entry, example=example or not check.examples)


def _note(check: SourceCheck, entry: Entry, *, example: bool) -> None:
    document = entry.document
    check.read += 1
    check.chunks += len(entry.chunks)
    check.kinds[document.kind.value] += 1
    if document.owner is None:
        check.unowned.append(document.key)
    else:
        check.owners[_where(document)] += 1
    if not document.readers:
        check.unread.append(document.key)
    if example:
        check.examples.append(entry.chunks[len(entry.chunks) // 2])


def _where(document: Document) -> str:
    found_in = document.owner.found_in if document.owner else None
    return found_in or "the source"


async def _embedding_time(check: SourceCheck, settings: Settings, surroundings: Surroundings) -> float:
    choice = EmbedderChoice(settings.embedder.engine, settings.embedder.options)
    texts = [chunk.passage for chunk in check.examples]
    texts = (texts * (_TIMED_CHUNKS // len(texts) + 1))[:_TIMED_CHUNKS]
    async with open_embedder(choice, surroundings) as embedder:
        await _timed(embedder, texts[:1])  # the first call builds what the later ones use
        return await _timed(embedder, texts) / len(texts) * check.expected_chunks


async def _timed(embedder: Embedder, texts: Sequence[str]) -> float:
    started = monotonic()
    await embedder.embed(texts, role="document")
    return monotonic() - started


def _evenly(items: Sequence[Found], wanted: int) -> list[Found]:
    if len(items) <= wanted:
        return list(items)
    return [items[position * len(items) // wanted] for position in range(wanted)]
