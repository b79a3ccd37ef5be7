"""A question does not wait until its new conversation is stored."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prepared_database import database_in

from aika.assistants.conversing import Conversing, Question
from aika.assistants.narrowing import Narrowing
from aika.domain.access import Scope
from aika.domain.answers import Answer, AnswerEvent, Band, Confidence, Origin, Retrieved
from aika.domain.conversations import Conversation, Turn
from aika.domain.errors import NotFoundError, TransientError
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.domain.queries import Query
from aika.stores.database.database import Database
from aika.testing.clock import SetClock

ALICE = PrincipalId("user:alice@example.org")
NOW = datetime(2026, 11, 2, tzinfo=UTC)
PATIENCE = 20.0
QUESTION = Question("What is it?", Scope.of([ALICE]), ALICE)


class QuickAnswerer:
    async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        yield Retrieved((), query.text)
        yield Answer(AnswerId("one"), query.text, "It.", Origin.GENERATED, (), Confidence(0.9, Band.HIGH), NOW)


@dataclass
class SlowDisk:
    """Conversations of a real database on a disk that takes its time."""

    inner: Database
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None

    async def start(self, conversation: Conversation) -> None:
        await self.go_on.wait()
        if self.error is not None:
            raise self.error
        await self.inner.conversations.start(conversation)

    async def add(self, id: ConversationId, turn: Turn) -> None:
        await self.inner.conversations.add(id, turn)

    async def get(self, id: ConversationId, *, owner: PrincipalId) -> Conversation | None:
        return await self.inner.conversations.get(id, owner=owner)


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[SlowDisk]:
    async with Database.open(database_in(tmp_path)) as database:
        yield SlowDisk(database)


def conversing_on(disk: SlowDisk) -> Conversing:
    catalogue = disk.inner.catalogue
    return Conversing(
        QuickAnswerer(),
        disk,  # type: ignore[arg-type]  # what beginning and answering need of it
        catalogue,
        SetClock(NOW),
        Narrowing(disk.inner.directory),
    )


async def test_evidence_is_found_while_the_conversation_is_stored(disk: SlowDisk) -> None:
    conversing = conversing_on(disk)
    seen: list[AnswerEvent] = []

    async with asyncio.timeout(PATIENCE):
        conversation = await conversing.begin(QUESTION)
        async for event in conversing.ask(conversation, QUESTION):
            seen.append(event)
            disk.go_on.set()

    assert [type(event) for event in seen] == [Retrieved, Answer]
    kept = await conversing.conversation(conversation.id, owner=ALICE, reads=QUESTION.scope)
    assert [turn.question for turn in kept.turns] == ["What is it?"]


async def test_who_reads_a_conversation_that_is_being_stored_waits_for_it(disk: SlowDisk) -> None:
    conversing = conversing_on(disk)
    conversation = await conversing.begin(QUESTION)
    reading = asyncio.create_task(conversing.conversation(conversation.id, owner=ALICE, reads=QUESTION.scope))
    await asyncio.sleep(0)

    disk.go_on.set()

    async with asyncio.timeout(PATIENCE):
        assert (await reading).id == conversation.id


async def test_an_answer_fails_whose_conversation_cannot_be_stored(disk: SlowDisk) -> None:
    disk.error = TransientError("the disk is full")
    disk.go_on.set()
    conversing = conversing_on(disk)
    conversation = await conversing.begin(QUESTION)

    with pytest.raises(TransientError, match="the disk is full"):
        async for _ in conversing.ask(conversation, QUESTION):
            pass


async def test_a_question_that_is_not_kept_stores_nothing(disk: SlowDisk) -> None:
    conversing = conversing_on(disk)
    question = Question("What is it?", Scope.of([ALICE]), ALICE, keep=False)

    conversation = await conversing.begin(question)

    with pytest.raises(NotFoundError):
        await conversing.conversation(conversation.id, owner=ALICE, reads=question.scope)
