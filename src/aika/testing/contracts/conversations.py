"""What every store of conversations must do."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from aika.domain.access import Scope
from aika.domain.answers import (
    Abstention,
    Answer,
    Band,
    Citation,
    Confidence,
    Feedback,
    Origin,
    Rating,
    Signal,
    Usage,
)
from aika.domain.conversations import Conversation, Turn
from aika.domain.documents import Chunk, Document, Kind, Owner
from aika.domain.errors import NotFoundError
from aika.domain.identifiers import AnswerId, AssistantId, ConversationId, PrincipalId, SourceId, document_id
from aika.domain.queries import Hit
from aika.domain.selection import Selection
from aika.protocols import Conversations

ALICE, BOB = PrincipalId("user:alice"), PrincipalId("user:bob")
NOON = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)


def make_conversation(name: str = "c", *, owner: PrincipalId = ALICE, after: int = 0, title: str = "") -> Conversation:
    return Conversation(ConversationId(name), owner, title or name, (), NOON + timedelta(minutes=after))


def make_abstention(name: str = "a") -> Abstention:
    return Abstention(AnswerId(name), "q", "I do not know.", "no evidence", Confidence(0.1, Band.LOW), NOON)


def make_turn(name: str = "a") -> Turn:
    return Turn(f"question {name}", make_abstention(name), NOON)


def make_full_answer(name: str = "full") -> Answer:
    """Return an answer in which every field of every part says something."""
    source = SourceId("handbook")
    document = Document(
        id=document_id(source, "größe.md"),
        source=source,
        key="größe.md",
        title="Größe \0",
        kind=Kind.RUNBOOK,
        url="https://docs.example/größe",
        media_type="text/markdown",
        readers=frozenset({ALICE, BOB}),
        owner=Owner("Payments", "#payments", "CODEOWNERS"),
        authors=("Ann", "Ben"),
        created_at=NOON,
        modified_at=datetime(2025, 1, 1, tzinfo=timezone(timedelta(hours=-8))),
        attributes={"status": "accepted", "tags": ("a", "b"), "none": ()},
    )
    chunk = Chunk(document, 3, 10, 15, "text \U0001f600"[:5], ("Above", "Größe"), "größe")
    signal = Signal("margin", math.inf, -math.inf, "far ahead of the others")
    return Answer(
        id=AnswerId(name),
        question="Why?",
        text="Because [1].",
        origin=Origin.GENERATED,
        citations=(Citation(1, document, chunk.id, "text", 10, 14, document.url, ("Above", "Größe"), 0.5),),
        confidence=Confidence(0.75, Band.HIGH, (signal,)),
        created_at=NOON,
        evidence=(Hit(chunk, 0.1 + 0.2), Hit(chunk, -math.inf)),
        citations_removed=2,
        usage=Usage("openai:x", 10, 20, 0.001),
        notes=("changed long ago",),
    )


class ConversationsContract:
    """Inherit from it and provide the fixture ``conversations``: a new, empty one for each test."""

    async def test_a_conversation_comes_back_with_its_turns_in_order(self, conversations: Conversations) -> None:
        await conversations.start(make_conversation())
        turns = tuple(make_turn(name) for name in ("z", "a", "m"))

        for turn in turns:
            await conversations.add(ConversationId("c"), turn)

        found = await conversations.get(ConversationId("c"), owner=ALICE)
        assert found == Conversation(ConversationId("c"), ALICE, "c", turns, NOON)

    async def test_everything_in_an_outcome_comes_back(self, conversations: Conversations) -> None:
        answer = make_full_answer()
        abstention = Abstention(
            AnswerId("b"), "q", "t", "declined", answer.confidence, NOON, answer.evidence, answer.usage, ("note",)
        )
        scope = Scope.of([ALICE]).narrowed(sources=[], kinds=[Kind.PAGE], selection=Selection(tags=frozenset({"a"})))
        turns = (Turn("\0 größe \udc80", answer, NOON), Turn("", abstention, NOON, AssistantId("backend"), scope))

        await conversations.start(
            Conversation(ConversationId("c"), ALICE, "größe", turns, NOON, AssistantId("assistant"))
        )

        found = await conversations.get(ConversationId("c"), owner=ALICE)
        assert found == Conversation(ConversationId("c"), ALICE, "größe", turns, NOON, AssistantId("assistant"))
        assert await conversations.outcome(answer.id, owner=ALICE) == answer
        assert await conversations.outcome(abstention.id, owner=ALICE) == abstention

    async def test_only_its_owner_sees_it(self, conversations: Conversations) -> None:
        await conversations.start(make_conversation())
        await conversations.add(ConversationId("c"), make_turn("a"))

        assert await conversations.get(ConversationId("c"), owner=BOB) is None
        assert await conversations.listing(owner=BOB) == []
        assert await conversations.outcome(AnswerId("a"), owner=BOB) is None
        with pytest.raises(NotFoundError):
            await conversations.rename(ConversationId("c"), "mine", owner=BOB)
        with pytest.raises(NotFoundError):
            await conversations.delete(ConversationId("c"), owner=BOB)
        with pytest.raises(NotFoundError):
            await conversations.give_feedback(Feedback(AnswerId("a"), Rating.HELPFUL), owner=BOB)
        assert await conversations.get(ConversationId("c"), owner=ALICE) is not None

    async def test_a_turn_needs_a_conversation(self, conversations: Conversations) -> None:
        with pytest.raises(NotFoundError, match="'never'"):
            await conversations.add(ConversationId("never"), make_turn())

        assert await conversations.outcome(AnswerId("a"), owner=ALICE) is None

    async def test_ids_with_odd_characters_are_unknown(self, conversations: Conversations) -> None:
        assert await conversations.get(ConversationId("\0"), owner=ALICE) is None
        assert await conversations.outcome(AnswerId("\udc80"), owner=ALICE) is None

    async def test_listings_are_newest_first_without_turns_and_in_pages(self, conversations: Conversations) -> None:
        for number in range(5):
            await conversations.start(make_conversation(f"c{number}", after=number))
        await conversations.add(ConversationId("c4"), make_turn())

        first = await conversations.listing(owner=ALICE, limit=2)
        second = await conversations.listing(owner=ALICE, limit=2, before=first[-1].created_at)

        assert first == [make_conversation("c4", after=4), make_conversation("c3", after=3)]
        assert [conversation.id for conversation in second] == ["c2", "c1"]

    async def test_a_conversation_can_be_renamed(self, conversations: Conversations) -> None:
        await conversations.start(make_conversation())

        await conversations.rename(ConversationId("c"), "Größe", owner=ALICE)

        assert [conversation.title for conversation in await conversations.listing(owner=ALICE)] == ["Größe"]

    async def test_a_deleted_conversation_leaves_nothing(self, conversations: Conversations) -> None:
        await conversations.start(make_conversation())
        await conversations.add(ConversationId("c"), make_turn("a"))
        await conversations.give_feedback(Feedback(AnswerId("a"), Rating.HELPFUL), owner=ALICE)

        await conversations.delete(ConversationId("c"), owner=ALICE)

        assert await conversations.get(ConversationId("c"), owner=ALICE) is None
        assert await conversations.outcome(AnswerId("a"), owner=ALICE) is None
        assert await conversations.feedback(AnswerId("a")) == []

    async def test_feedback_replaces_what_was_said_before(self, conversations: Conversations) -> None:
        await conversations.start(make_conversation())
        await conversations.add(ConversationId("c"), make_turn("a"))
        await conversations.give_feedback(Feedback(AnswerId("a"), Rating.HELPFUL), owner=ALICE)
        second = Feedback(AnswerId("a"), Rating.NOT_HELPFUL, "wrong \0 page", NOON, ("outdated", "größe"))

        await conversations.give_feedback(second, owner=ALICE)

        assert await conversations.feedback(AnswerId("a")) == [second]

    async def test_feedback_that_arrives_late_does_not_replace_what_was_said_after_it(
        self, conversations: Conversations
    ) -> None:
        await conversations.start(make_conversation())
        await conversations.add(ConversationId("c"), make_turn("a"))
        later = Feedback(AnswerId("a"), Rating.NOT_HELPFUL, "wrong page", NOON + timedelta(seconds=1))
        await conversations.give_feedback(later, owner=ALICE)

        await conversations.give_feedback(Feedback(AnswerId("a"), Rating.NOT_HELPFUL, created_at=NOON), owner=ALICE)

        assert await conversations.feedback(AnswerId("a")) == [later]

    async def test_everyone_that_an_answer_was_given_to_says_what_they_think(
        self, conversations: Conversations
    ) -> None:
        await conversations.start(make_conversation())
        await conversations.add(ConversationId("c"), make_turn("a"))

        await conversations.give_feedback(Feedback(AnswerId("a"), Rating.HELPFUL), owner=ALICE, by=BOB)
        await conversations.give_feedback(Feedback(AnswerId("a"), Rating.NOT_HELPFUL), owner=ALICE)

        said = {feedback.rating for feedback in await conversations.feedback(AnswerId("a"))}
        assert said == {Rating.HELPFUL, Rating.NOT_HELPFUL}

    async def test_an_answer_that_is_taken_back_leaves_nothing(self, conversations: Conversations) -> None:
        await conversations.start(make_conversation())
        await conversations.add(ConversationId("c"), make_turn("a"))
        await conversations.add(ConversationId("c"), make_turn("b"))
        await conversations.give_feedback(Feedback(AnswerId("a"), Rating.HELPFUL), owner=ALICE)

        await conversations.take_back(AnswerId("a"), owner=ALICE)
        await conversations.take_back(AnswerId("b"), owner=BOB)

        found = await conversations.get(ConversationId("c"), owner=ALICE)
        assert found is not None
        assert [turn.outcome.id for turn in found.turns] == ["b"]
        assert await conversations.feedback(AnswerId("a")) == []

    async def test_feedback_needs_an_answer(self, conversations: Conversations) -> None:
        with pytest.raises(NotFoundError, match="'never'"):
            await conversations.give_feedback(Feedback(AnswerId("never"), Rating.HELPFUL), owner=ALICE)
