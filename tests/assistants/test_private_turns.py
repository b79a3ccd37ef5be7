"""Turns that rest on what was handed over with the question: remembered for a while, stored nowhere, and so is what follows."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from prepared_database import database_in

from aika.assistants.conversing import Conversing, Question
from aika.assistants.narrowing import Narrowing
from aika.domain.access import Scope
from aika.domain.answers import Answer, AnswerEvent, Band, Confidence, Origin, Retrieved
from aika.domain.conversations import Conversation
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId, random_id
from aika.domain.queries import Handed, Query
from aika.stores.database.database import Database
from aika.testing.clock import SetClock

ANN = PrincipalId("user:ann@example.org")
BEN = PrincipalId("user:ben@example.org")
SECRET = "the password is marmalade"


@dataclass(slots=True)
class EchoingAnswerer:
    """Answers privately where something is handed over that is about the question, and remembers what it was asked."""

    clock: SetClock
    asked: list[Query] = field(default_factory=list)

    async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        self.asked.append(query)
        handed = Handed() if query.handing is None else await query.handing(query.text)
        yield Retrieved(handed.hits, query.text)
        text = " ".join(handed.notes) or "Nothing private."
        yield Answer(
            id=AnswerId(random_id()),
            question=query.text,
            text=text,
            origin=Origin.EXTRACTED,
            citations=(),
            confidence=Confidence(0.9, Band.HIGH),
            created_at=self.clock.now(),
            private=bool(handed.notes),
        )


@dataclass(frozen=True, slots=True)
class Talk:
    conversing: Conversing
    answerer: EchoingAnswerer
    database: Database
    clock: SetClock

    async def ask(self, question: Question) -> tuple[Answer, Conversation]:
        conversation = await self.conversing.begin(question)
        events = [event async for event in self.conversing.ask(conversation, question)]
        last = events[-1]
        assert isinstance(last, Answer)
        self.clock.advance(timedelta(minutes=1))
        return last, conversation

    async def kept(self, id: ConversationId) -> list[str]:
        found = await self.database.conversations.get(id, owner=ANN)
        return [] if found is None else [turn.outcome.text for turn in found.turns]


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    clock = SetClock()
    async with Database.open(database_in(tmp_path)) as database:
        answerer, narrowing = EchoingAnswerer(clock), Narrowing(database.directory)
        conversing = Conversing(answerer, database.conversations, database.catalogue, clock, narrowing)
        yield Talk(conversing, answerer, database, clock)


async def secret(question: str) -> Handed:
    return Handed(notes=(SECRET,))


async def nothing(question: str) -> Handed:
    return Handed()


def question(text: str = "What is the password?", **more: object) -> Question:
    return replace(Question(text, Scope.of({ANN}), ANN), **more)  # type: ignore[arg-type]  # checked by the dataclass


async def test_a_private_turn_is_not_stored_and_its_conversation_tells_nothing_of_it(talk: Talk) -> None:
    answer, conversation = await talk.ask(question(handing=secret))

    (listed,) = await talk.database.conversations.listing(owner=ANN)
    assert answer.private
    assert await talk.kept(conversation.id) == []
    assert "password" not in listed.title


async def test_a_follow_up_knows_the_private_turn(talk: Talk) -> None:
    _, conversation = await talk.ask(question(handing=secret))

    await talk.ask(question("And now?", conversation=conversation.id, handing=nothing))

    assert [message.text for message in talk.answerer.asked[-1].history] == ["What is the password?", SECRET]


@pytest.mark.parametrize("handing", [nothing, None], ids=["nothing handed over", "personal search turned off"])
async def test_what_follows_on_a_private_turn_is_private_and_not_stored(talk: Talk, handing: object) -> None:
    _, conversation = await talk.ask(question(handing=secret))

    answer, _ = await talk.ask(question("And now?", conversation=conversation.id, handing=handing))

    assert answer.private
    assert talk.answerer.asked[-1].private
    assert await talk.kept(conversation.id) == []


async def test_a_turn_for_which_nothing_was_handed_over_is_stored(talk: Talk) -> None:
    answer, conversation = await talk.ask(question(handing=nothing))

    (listed,) = await talk.database.conversations.listing(owner=ANN)
    assert not answer.private
    assert await talk.kept(conversation.id) == ["Nothing private."]
    assert listed.title == "What is the password?"


async def test_private_and_other_turns_are_remembered_in_their_order(talk: Talk) -> None:
    _, conversation = await talk.ask(question("First?", handing=nothing))
    await talk.ask(question("Second?", conversation=conversation.id, handing=secret))

    await talk.ask(question("Third?", conversation=conversation.id, handing=nothing))

    said = [message.text for message in talk.answerer.asked[-1].history]
    assert said == ["First?", "Nothing private.", "Second?", SECRET]


async def test_half_an_hour_later_a_private_turn_is_forgotten(talk: Talk) -> None:
    _, conversation = await talk.ask(question(handing=secret))
    talk.clock.advance(timedelta(minutes=31))

    answer, _ = await talk.ask(question("And now?", conversation=conversation.id, handing=nothing))

    assert talk.answerer.asked[-1].history == ()
    assert not answer.private


async def test_a_private_turn_is_its_owners(talk: Talk) -> None:
    _, conversation = await talk.ask(question(handing=secret))

    bens = replace(question("And now?"), scope=Scope.of({BEN}), owner=BEN)
    [event async for event in talk.conversing.ask(conversation, bens)]

    assert talk.answerer.asked[-1].history == ()


async def test_what_a_person_takes_back_is_forgotten(talk: Talk) -> None:
    answer, conversation = await talk.ask(question(handing=secret))

    talk.conversing.passing.drop(answer.id)
    await talk.ask(question("And now?", conversation=conversation.id, handing=nothing))

    assert talk.answerer.asked[-1].history == ()


async def test_forgetting_a_person_forgets_nobody_else(talk: Talk) -> None:
    _, anns = await talk.ask(question(handing=secret))
    bens = replace(question(handing=secret), scope=Scope.of({BEN}), owner=BEN)
    _, other = await talk.ask(bens)

    talk.conversing.forget(ANN)

    now = talk.clock.now()
    assert talk.conversing.passing.of(anns.id, owner=ANN, now=now) == ()
    assert len(talk.conversing.passing.of(other.id, owner=BEN, now=now)) == 1


async def test_the_asker_is_among_the_principals_that_may_read_what_is_handed_over(talk: Talk) -> None:
    await talk.ask(replace(question(handing=nothing), scope=Scope.of({PrincipalId("group:sailors")})))

    audience = talk.answerer.asked[-1].scope.audience
    assert audience is not None
    assert ANN in audience[0]


async def test_a_private_answer_is_refused_by_the_store(talk: Talk) -> None:
    answer, conversation = await talk.ask(question(handing=secret))
    (turn,) = talk.conversing.passing.of(conversation.id, owner=ANN, now=talk.clock.now())

    assert turn.outcome == answer
    with pytest.raises(ValueError, match="private"):
        await talk.database.conversations.add(conversation.id, turn)
