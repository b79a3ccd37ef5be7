"""What is left of a conversation when its reader has lost access to what it quotes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prepared_database import database_in

from aika.assistants.withholding import NOTE, WITHHELD, is_withheld, readable
from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer, Band, Citation, Confidence, Origin
from aika.domain.conversations import Conversation, Turn
from aika.domain.documents import Document
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.domain.queries import Hit
from aika.protocols import Catalogue
from aika.stores.database.database import Database
from aika.testing.makers import make_chunk, make_document, make_entry

ALICE = PrincipalId("user:alice@example.org")
NOW = datetime(2026, 11, 2, tzinfo=UTC)
OPEN, LOST, GONE = (
    make_document(key, readers=readers) for key, readers in [("open", [ALICE]), ("lost", []), ("gone", [ALICE])]
)


@pytest.fixture
async def catalogue(tmp_path: Path) -> AsyncIterator[Catalogue]:
    async with Database.open(database_in(tmp_path)) as database:
        await database.catalogue.record([make_entry(document=document) for document in (OPEN, LOST)])
        yield database.catalogue


async def test_an_answer_from_readable_documents_stays_as_it_is(catalogue: Catalogue) -> None:
    turn = answered(OPEN, evidence=[OPEN])

    assert await seen(catalogue, turn) == [turn]


@pytest.mark.parametrize("document", [LOST, GONE])
async def test_an_answer_from_a_document_that_was_lost_is_withheld(catalogue: Catalogue, document: Document) -> None:
    turn = answered(OPEN, document)

    [withheld] = await seen(catalogue, turn)

    assert is_withheld(withheld)
    assert isinstance(withheld.outcome, Abstention)
    assert (withheld.question, withheld.outcome.id) == (turn.question, turn.outcome.id)
    assert (withheld.outcome.text, withheld.outcome.reason, withheld.outcome.nearest) == (NOTE, WITHHELD, ())


async def test_an_abstention_that_names_a_lost_document_is_withheld(catalogue: Catalogue) -> None:
    near = Abstention(
        AnswerId("a"), "q", "These come nearest: lost", "declined", Confidence(0.1, Band.LOW), NOW, (hit(LOST),)
    )

    [withheld] = await seen(catalogue, Turn("q", near, NOW))

    assert is_withheld(withheld)


async def test_an_extract_stays_without_the_evidence_it_does_not_quote(catalogue: Catalogue) -> None:
    [turn] = await seen(catalogue, answered(OPEN, evidence=[OPEN, LOST], notes=("“open” was superseded by “lost”.",)))

    assert isinstance(turn.outcome, Answer)
    assert [one.chunk.document.id for one in turn.outcome.evidence] == [OPEN.id]
    assert turn.outcome.notes == ()


async def test_what_a_model_wrote_with_a_lost_document_in_view_is_withheld(catalogue: Catalogue) -> None:
    [turn] = await seen(catalogue, answered(OPEN, evidence=[OPEN, LOST], origin=Origin.GENERATED))

    assert is_withheld(turn)


async def test_what_a_model_wrote_after_a_withheld_answer_is_withheld_too(catalogue: Catalogue) -> None:
    turns = await seen(catalogue, answered(LOST), answered(OPEN, origin=Origin.GENERATED), answered(OPEN))

    assert [is_withheld(turn) for turn in turns] == [True, True, False]


async def test_a_question_completed_from_a_withheld_answer_is_shown_as_it_was_put(catalogue: Catalogue) -> None:
    later = answered(OPEN, run="And who owns it? (Nightjar)", notes=("The question was read as: Nightjar",))

    turns = await seen(catalogue, answered(LOST), later)

    assert (turns[1].outcome.question, turns[1].outcome.notes) == ("And who owns it?", ())


async def test_without_documents_nothing_is_withheld(catalogue: Catalogue) -> None:
    hello = Abstention(AnswerId("a"), "Hi", "Hello!", "small talk", Confidence(0, Band.LOW), NOW)

    assert await seen(catalogue, Turn("Hi", hello, NOW)) == [Turn("Hi", hello, NOW)]


def answered(
    *cited: Document,
    evidence: list[Document] | None = None,
    origin: Origin = Origin.EXTRACTED,
    run: str = "And who owns it?",
    notes: tuple[str, ...] = (),
) -> Turn:
    citations = tuple(
        Citation(number, document, make_chunk(document=document).id, "alpha", 0, 5, None)
        for number, document in enumerate(cited, start=1)
    )
    answer = Answer(
        id=AnswerId("a"),
        question=run,
        text="It is secret [1].",
        origin=origin,
        citations=citations,
        confidence=Confidence(0.9, Band.HIGH),
        created_at=NOW,
        evidence=tuple(hit(document) for document in (cited if evidence is None else evidence)),
        notes=notes,
    )
    return Turn("And who owns it?", answer, NOW)


def hit(document: Document) -> Hit:
    return Hit(make_chunk(document=document), 1.0)


async def seen(catalogue: Catalogue, *turns: Turn) -> list[Turn]:
    conversation = Conversation(ConversationId("c"), ALICE, "c", turns, NOW)
    return list((await readable(conversation, catalogue, scope=Scope.of([ALICE]))).turns)
