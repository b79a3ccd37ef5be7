"""Answers that are written whether or not somebody listens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prepared_database import database_in

from aika.answering.stopping import is_stopped, until_stopped
from aika.assistants.conversing import Conversing, Question
from aika.assistants.narrowing import Narrowing
from aika.assistants.under_way import AnswersUnderWay, Event, Failed, Pace, Writing
from aika.domain.access import Scope
from aika.domain.answers import (
    STOPPED,
    Abstention,
    Answer,
    AnswerEvent,
    Band,
    Confidence,
    Origin,
    Retrieved,
    TextDelta,
)
from aika.domain.conversations import Conversation
from aika.domain.errors import TransientError
from aika.domain.identifiers import AnswerId, PrincipalId
from aika.domain.queries import Query
from aika.stores.database.database import Database
from aika.testing.clock import SetClock

ALICE, BOB = PrincipalId("user:alice@example.org"), PrincipalId("user:bob@example.org")
NOW = datetime(2026, 11, 2, tzinfo=UTC)
AT_ONCE = Pace(announced_after=0, sign=0.01)
PATIENCE = 20.0


@dataclass
class SlowAnswerer:
    """Says a word, and the rest when it is let."""

    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None

    async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        yield Retrieved((), query.text)
        yield TextDelta("one ")
        async for _ in until_stopped(self._waits()):
            yield TextDelta("two ")
        if self.error is not None:
            raise self.error
        text = "one" if is_stopped() else "one two"
        yield Answer(AnswerId("its own"), query.text, text, Origin.GENERATED, (), Confidence(0.9, Band.HIGH), NOW)

    async def _waits(self) -> AsyncIterator[None]:
        await self.go_on.wait()
        yield


@dataclass
class Desk:
    """Everything that writes answers, on one database."""

    database: Database
    answerer: SlowAnswerer
    conversing: Conversing
    clock: SetClock
    under_way: AnswersUnderWay

    async def begin(self, *, keep: bool = True) -> tuple[Conversation, Writing]:
        question = Question("What is it?", Scope.of([ALICE]), ALICE, keep=keep)
        conversation = await self.conversing.begin(question)
        return conversation, self.under_way.begin(conversation, question)

    def another(self) -> AnswersUnderWay:
        """Return another process on the same database."""
        return AnswersUnderWay(self.conversing, self.database.under_way, self.clock)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = SetClock(NOW)
    async with Database.open(database_in(tmp_path)) as database:
        answerer = SlowAnswerer()
        narrowing = Narrowing(database.directory)
        conversing = Conversing(answerer, database.conversations, database.catalogue, clock, narrowing)
        under_way = AnswersUnderWay(conversing, database.under_way, clock, AT_ONCE)
        yield Desk(database, answerer, conversing, clock, under_way)
        await under_way.close()


async def test_an_answer_is_written_and_kept_though_nobody_listens(desk: Desk) -> None:
    conversation, writing = await desk.begin()
    desk.answerer.go_on.set()

    await ended(writing)

    kept = await desk.database.conversations.get(conversation.id, owner=ALICE)
    assert kept is not None
    assert [turn.outcome.id for turn in kept.turns] == [writing.known.answer]


async def test_whoever_comes_back_gets_what_they_have_not_seen_and_nothing_twice(desk: Desk) -> None:
    _, writing = await desk.begin()
    seen = await first_events(desk, writing, 2)
    desk.answerer.go_on.set()

    rest = [number async for batch in desk.under_way.follow(writing, after=len(seen)) for number, _ in batch]

    assert seen + rest == [1, 2, 3, 4, 5]


async def test_only_its_owner_finds_an_answer(desk: Desk) -> None:
    _, writing = await desk.begin()

    assert desk.under_way.find(writing.known.answer, owner=ALICE) is writing
    assert desk.under_way.find(writing.known.answer, owner=BOB) is None
    assert not await desk.under_way.stop(writing.known.answer, owner=BOB)
    assert not writing.stop.asked


async def test_a_stopped_answer_ends_with_what_was_written(desk: Desk) -> None:
    _, writing = await desk.begin()
    await first_events(desk, writing, 3)

    assert await desk.under_way.stop(writing.known.answer, owner=ALICE)
    await ended(writing)

    outcome = writing.events[-1]
    assert isinstance(outcome, Answer)
    assert (outcome.text, outcome.stopped) == ("one", True)


async def test_a_stopped_answer_of_which_nothing_holds_says_that_it_was_stopped(desk: Desk) -> None:
    desk.conversing = Conversing(
        DecliningAnswerer(), desk.database.conversations, desk.database.catalogue, desk.clock, desk.conversing.narrowing
    )
    desk.under_way = AnswersUnderWay(desk.conversing, desk.database.under_way, desk.clock, AT_ONCE)
    _, writing = await desk.begin()
    await first_events(desk, writing, 2)

    await desk.under_way.stop(writing.known.answer, owner=ALICE)
    await ended(writing)

    outcome = writing.events[-1]
    assert isinstance(outcome, Abstention)
    assert outcome.reason == STOPPED
    assert await desk.database.complaints.count() == 0


async def test_another_process_knows_of_an_answer_and_can_stop_it(desk: Desk) -> None:
    conversation, writing = await desk.begin()
    other = desk.another()
    await until(lambda: desk.database.under_way.find(writing.known.answer, owner=ALICE))

    known = await other.of(conversation.id, owner=ALICE)
    assert known is not None
    assert known.answer == writing.known.answer
    assert await other.stop(writing.known.answer, owner=ALICE)
    await ended(writing)

    assert writing.stop.asked


async def test_an_answer_of_a_process_that_is_gone_is_said_to_be_gone(desk: Desk) -> None:
    _, writing = await desk.begin()
    await desk.under_way.close()
    await desk.database.under_way.begin(writing.known)
    desk.clock.advance(timedelta(minutes=10))

    with pytest.raises(TransientError, match="gone"):
        await desk.another().elsewhere(writing.known.answer, owner=ALICE)


async def test_a_failure_is_the_last_event_and_no_task_is_lost(desk: Desk) -> None:
    desk.answerer.error = TransientError("the model is away")
    _, writing = await desk.begin()
    desk.answerer.go_on.set()

    await ended(writing)

    assert isinstance(writing.events[-1], Failed)


async def test_what_is_kept_nowhere_is_not_written_for_nobody(desk: Desk) -> None:
    desk.under_way = AnswersUnderWay(desk.conversing, desk.database.under_way, desk.clock, Pace(unheard=0))
    _, writing = await desk.begin(keep=False)

    await first_events(desk, writing, 2)
    await ended(writing)

    assert isinstance(writing.events[-1], Failed)


class DecliningAnswerer:
    """Waits, and finds nothing."""

    async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        yield Retrieved((), query.text)
        async for _ in until_stopped(self._waits()):
            raise AssertionError("it was not stopped")
        yield Abstention(AnswerId("x"), query.text, "No.", "declined", Confidence(0.1, Band.LOW), NOW)

    async def _waits(self) -> AsyncIterator[None]:
        await asyncio.Event().wait()
        yield


async def first_events(desk: Desk, writing: Writing, many: int) -> list[int]:
    """Listen until so many events came, and go away."""
    seen: list[tuple[int, Event]] = []
    async with asyncio.timeout(PATIENCE), aclosing(desk.under_way.follow(writing)) as batches:
        async for batch in batches:
            seen += batch
            if len(seen) >= many:
                break
    return numbers(seen[:many])


async def ended(writing: Writing) -> None:
    assert writing.task is not None
    async with asyncio.timeout(PATIENCE):
        await asyncio.wait([writing.task])


async def until(look: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while await look() is None:  # noqa: ASYNC110 - a database has no event to wait for
            await asyncio.sleep(0)


def numbers(events: Sequence[tuple[int, Event]]) -> list[int]:
    return [number for number, _ in events]
