"""What a draft of a source would bring, looked at within limits. Nothing is kept."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cache

from aika.application.aika import Aika
from aika.application.causes import NOTE
from aika.application.source_secrets import without_values
from aika.application.wiring import build_intake, open_connector
from aika.domain.errors import AikaError, PermanentError, TransientError
from aika.domain.sources import Checkpoint, Event, Failed, Found, Members, Source, UnreadableDocument
from aika.ingestion.parsing import Intake
from aika.protocols import Connector, Entry
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far to look."""

    read: int
    """How many documents to read."""
    listed: int
    """How many to list at most."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Listed:
    """So many documents were listed by now."""

    found: int


@dataclass(slots=True)
class Looked:
    """The end of a look."""

    found: int = 0
    read: int = 0
    groups: int = 0
    whole: bool = False
    """Whether all of the source was listed; else there is more."""
    unreadable: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    unowned: int = 0
    unread: int = 0
    """Documents, of those that were read, that nobody may read."""


Look = Listed | Entry | UnreadableDocument | Looked
_STEP = 50


async def look_at(aika: Aika, source: Source, bounds: Bounds) -> AsyncIterator[Look]:
    """Yield what a source would bring, as it is found, and last a `Looked`.

    Raises `TransientError` and `PermanentError` without the values of secrets, also where nothing came in time.
    """
    looking = _Looking(source, bounds)
    surroundings = Surroundings(aika.settings.base_dir, aika.settings.data_path, TechnicalAnalyzer())
    work = asyncio.create_task(looking.look(surroundings))
    try:
        while (item := await looking.seen.get()) is not None:
            yield item
        await work
    except TransientError as error:
        raise TransientError(without_values(str(error), source.options), retry_after=error.retry_after) from error
    except AikaError as error:
        raise PermanentError(without_values(str(error), source.options)) from error
    finally:
        # Whoever asked may have gone away: then nobody wants the rest.
        work.cancel()
        await asyncio.wait([work])
    yield looking.looked


class _Looking:
    """One look, in a task of its own, so that its time limit ends the connector's work and not its reader's."""

    def __init__(self, source: Source, bounds: Bounds) -> None:
        self.looked = Looked()
        self.seen: asyncio.Queue[Look | None] = asyncio.Queue()
        """Ends with ``None``."""
        self._source = source
        self._bounds = bounds

    async def look(self, surroundings: Surroundings) -> None:
        try:
            async with asyncio.timeout(self._bounds.seconds), open_connector(self._source, surroundings) as connector:
                await self._go_through(connector)
        except TimeoutError as error:
            if not self.looked.found:
                raise PermanentError(
                    f"nothing was listed within {self._bounds.seconds:g} seconds: the source is slow, large, or out of reach. "
                    "It can be saved all the same: a sync takes the time it needs"
                ) from error
        finally:
            self.seen.put_nowait(None)

    async def _go_through(self, connector: Connector) -> None:
        intake = await asyncio.to_thread(_intake)
        # Closed at once where the limit is reached: a connector may hold connections while it lists.
        async with aclosing(_closable(connector.read(None))) as events:
            async for event in events:
                match event:
                    case Found():
                        await self._found(event, intake)
                    case Failed(key, reason):
                        self._fail(UnreadableDocument(key, reason))
                    case Members():
                        self.looked.groups += 1
                    case Checkpoint(complete=complete):
                        self.looked.whole = self.looked.whole or complete
                if self.looked.found >= self._bounds.listed:
                    return

    async def _found(self, event: Found, intake: Intake) -> None:
        self.looked.found += 1
        if self.looked.read + self.looked.unreadable < self._bounds.read:
            await self._read(event, intake)
        elif self.looked.found % _STEP == 0:
            self.seen.put_nowait(Listed(self.looked.found))

    async def _read(self, event: Found, intake: Intake) -> None:
        try:
            raw = await event.load()
            entry, warnings = await asyncio.to_thread(intake.take, self._source, raw, version=event.version)
        except AikaError as error:
            self._fail(UnreadableDocument(event.key, without_values(str(error), self._source.options)))
            return
        for warning in warnings:
            self.seen.put_nowait(UnreadableDocument(event.key, f"{NOTE}{warning}"))
        self.looked.read += 1
        self.looked.kinds[entry.document.kind.value] += 1
        self.looked.unowned += entry.document.owner is None
        self.looked.unread += not entry.document.readers
        self.seen.put_nowait(entry)

    def _fail(self, document: UnreadableDocument) -> None:
        self.looked.unreadable += 1
        self.seen.put_nowait(document)


@cache
def _intake() -> Intake:
    """Return what reads documents. Its packages take a second to import, which is paid once."""
    return build_intake()


async def _closable(events: AsyncIterator[Event]) -> AsyncGenerator[Event]:
    async for event in events:
        yield event
