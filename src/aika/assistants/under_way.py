"""Answers under way: each is written by a task of its own, and whoever listens may come and go."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from aika.answering.stopping import Stop, stop_with
from aika.answering.streaming import closing
from aika.assistants.at_once import AnswersAtOnce
from aika.assistants.conversing import Conversing, Question
from aika.domain.answers import Abstention, Answer, AnswerEvent, TextDelta
from aika.domain.assistants import Assistant
from aika.domain.conversations import Conversation, UnderWay
from aika.domain.errors import AikaError, TransientError
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId, random_id
from aika.protocols import Clock

logger = logging.getLogger(__name__)

GONE_AFTER = timedelta(seconds=30)
"""After so long without a sign, the process that wrote an answer is taken for gone."""
_MOST_KEPT = 500
"""Answers that ended. Of more, the oldest are forgotten earlier."""
_MOST_EVENTS = 10_000
"""Of one answer. Further pieces are left out: the last event has the whole text."""
_GONE = "the server that wrote this answer is gone: ask again"
_CLOSING = "the server is shutting down: ask again"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things may take, in seconds."""

    kept: float = 120.0
    """How long the events of an answer are kept after its end."""
    unheard: float = 30.0
    """An answer that is kept nowhere is written no longer than this for nobody."""
    announced_after: float = 1.0
    """Of what is answered sooner, no other process needs to know."""
    sign: float = 2.0
    """Between two signs to other processes, and two looks whether they want an answer to end."""


class UnderWayStore(Protocol):
    """Lets processes tell each other of answers under way."""

    async def begin(self, answer: UnderWay) -> None: ...

    async def end(self, answers: Collection[AnswerId]) -> None: ...

    async def seen(self, answers: Collection[AnswerId], *, now: datetime) -> set[AnswerId]: ...

    async def find(self, answer: AnswerId, *, owner: PrincipalId) -> UnderWay | None: ...

    async def of(self, conversation: ConversationId, *, owner: PrincipalId) -> UnderWay | None: ...

    async def stop(self, answer: AnswerId, *, owner: PrincipalId) -> None: ...

    async def forget(self, *, before: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Begun:
    """The first event: the question was taken on."""

    answer: AnswerId
    conversation: ConversationId
    title: str
    question: str
    replaces: AnswerId | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The last event where there is no outcome."""

    error: Exception


Event = Begun | AnswerEvent | Failed


@dataclass(slots=True)
class Writing:
    """One answer, from its question to a while after its end."""

    question: Question
    known: UnderWay
    """As other processes know of it."""
    events: list[Event]
    stop: Stop = field(default_factory=Stop)
    ended: bool = False
    listeners: int = 0
    unheard: asyncio.TimerHandle | None = None
    task: asyncio.Task[None] | None = None
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)

    @property
    def assistant(self) -> Assistant | None:
        return self.question.assistant

    @property
    def written(self) -> asyncio.Task[None]:
        """What ends when the answer is there, or has failed."""
        if self.task is None:
            raise RuntimeError("the answer is not being written")
        return self.task

    def add(self, event: Event) -> None:
        if isinstance(event, TextDelta) and len(self.events) >= _MOST_EVENTS:
            return
        self.events.append(event)
        self.ended = isinstance(event, Answer | Abstention | Failed)
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def more(self, seconds: float) -> None:
        """Wait until there is another event, so long at most."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait((future,), timeout=seconds)
        finally:
            self._waiting.discard(future)


class AnswersUnderWay:
    """Writes answers whether or not somebody listens, lets them be picked up, and stops them. Only for their owners.

    The events live in the process that writes the answer. Another process waits until the outcome is stored, and hands that
    out: its listeners see no text before the end.
    """

    def __init__(
        self,
        conversing: Conversing,
        store: UnderWayStore | None,
        clock: Clock,
        pace: Pace | None = None,
        *,
        at_once: int = 8,
    ) -> None:
        """``store`` is ``None`` where no other process can be on the same data; ``at_once`` is how many one person may have."""
        self.at_once = AnswersAtOnce(at_once)
        self._conversing = conversing
        self._store = store
        self._clock = clock
        self._pace = pace or Pace()
        self._known: dict[AnswerId, Writing] = {}
        self._ended: list[AnswerId] = []
        self._announcing: set[asyncio.Task[None]] = set()

    def begin(self, conversation: Conversation, question: Question) -> Writing:
        """Begin to write an answer."""
        answer = AnswerId(random_id()) if question.answer is None else question.answer
        question = replace(question, answer=answer)
        now = self._clock.now()
        known = UnderWay(answer, conversation.id, question.owner, question.text, now, now, question.replaces)
        begun = Begun(answer, conversation.id, conversation.title, question.text, question.replaces)
        writing = Writing(question, known, [begun])
        self._known[answer] = writing
        writing.task = asyncio.create_task(self._write(writing, conversation))
        return writing

    def find(self, answer: AnswerId, *, owner: PrincipalId) -> Writing | None:
        """Return an answer that this process writes, or wrote a short while ago."""
        writing = self._known.get(answer)
        return None if writing is None or writing.known.owner != owner else writing

    async def elsewhere(self, answer: AnswerId, *, owner: PrincipalId) -> UnderWay | None:
        """Return an answer that another process writes. Raises `TransientError` where that process is gone."""
        if self._store is None:
            return None
        known = await self._store.find(answer, owner=owner)
        if known is not None and known.seen_at < self._clock.now() - GONE_AFTER:
            await self._store.end([answer])
            raise TransientError(_GONE)
        return known

    async def of(self, conversation: ConversationId, *, owner: PrincipalId) -> UnderWay | None:
        """Return the answer that is being written in a conversation, by this process or another."""
        for writing in reversed(self._known.values()):
            if writing.known.conversation == conversation and writing.known.owner == owner and not writing.ended:
                return writing.known
        known = None if self._store is None else await self._store.of(conversation, owner=owner)
        return None if known is None or known.seen_at < self._clock.now() - GONE_AFTER else known

    async def stop(self, answer: AnswerId, *, owner: PrincipalId) -> bool:
        """Let an answer end with what was written. Returns whether there was anything to end."""
        writing = self.find(answer, owner=owner)
        if writing is not None:
            writing.stop.ask()
            return not writing.ended
        known = await self.elsewhere(answer, owner=owner)
        if known is None or self._store is None:
            return False
        await self._store.stop(answer, owner=owner)
        return True

    async def follow(
        self, writing: Writing, *, after: int = 0, idle_seconds: float = 15.0
    ) -> AsyncGenerator[Sequence[tuple[int, Event]], None]:
        """Yield the events after that number, as many at once as there are, and nothing whenever it was idle for so long."""
        writing.listeners += 1
        if writing.unheard is not None:
            writing.unheard.cancel()
        try:
            while True:
                events = list(enumerate(writing.events[after:], start=after + 1))
                after += len(events)
                yield events
                if len(writing.events) > after:
                    continue
                if writing.ended:
                    return
                await writing.more(idle_seconds)
        finally:
            writing.listeners -= 1
            self._note_unheard(writing)

    async def close(self) -> None:
        """End all that is being written."""
        tasks = [writing.task for writing in self._known.values() if writing.task is not None]
        for task in (*tasks, *self._announcing):
            task.cancel()
        await asyncio.gather(*tasks, *self._announcing, return_exceptions=True)
        self._known.clear()

    async def _write(self, writing: Writing, conversation: Conversation) -> None:
        stop_with(writing.stop)
        announcing = None if self._store is None or not writing.question.keep else self._announced(writing, self._store)
        try:
            async with closing(self._conversing.ask(conversation, writing.question)) as events:
                async for event in events:
                    writing.add(event)
        except AikaError as error:
            writing.add(Failed(error))
        except asyncio.CancelledError:
            writing.add(Failed(TransientError(_CLOSING)))
            raise
        except Exception as error:
            # The outermost loop of the work: those who listen learn that it failed, and the server goes on.
            logger.exception("a streamed answer failed")
            writing.add(Failed(error))
        finally:
            if announcing is not None:
                announcing.cancel()
            self._keep_a_while(writing)

    def _announced(self, writing: Writing, store: UnderWayStore) -> asyncio.Task[None]:
        task = asyncio.create_task(self._announce(writing, store))
        self._announcing.add(task)
        task.add_done_callback(self._announcing.discard)
        return task

    async def _announce(self, writing: Writing, store: UnderWayStore) -> None:
        """Tell other processes of an answer that takes longer, and hear from them whether it is to end."""
        answer = writing.known.answer
        await asyncio.sleep(self._pace.announced_after)
        try:
            await self._conversing.beginnings.stored(writing.known.conversation)
            await store.begin(replace(writing.known, seen_at=self._clock.now()))
            while True:
                await asyncio.sleep(self._pace.sign)
                if await store.seen([answer], now=self._clock.now()):
                    writing.stop.ask()
        except AikaError as error:
            logger.warning("an answer under way cannot be announced", extra={"reason": str(error)})
        finally:
            with suppress(AikaError):
                await store.end([answer])

    def _keep_a_while(self, writing: Writing) -> None:
        answer = writing.known.answer
        self._ended.append(answer)
        while len(self._ended) > _MOST_KEPT:
            self._known.pop(self._ended.pop(0), None)
        asyncio.get_running_loop().call_later(self._pace.kept, self._forget, answer)

    def _forget(self, answer: AnswerId) -> None:
        self._known.pop(answer, None)
        if answer in self._ended:
            self._ended.remove(answer)

    def _note_unheard(self, writing: Writing) -> None:
        """Write on for nobody only where the outcome is kept."""
        if writing.listeners or writing.ended or writing.question.keep or writing.task is None:
            return
        writing.unheard = asyncio.get_running_loop().call_later(self._pace.unheard, writing.task.cancel)
