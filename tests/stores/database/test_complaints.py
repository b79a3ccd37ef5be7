"""What is to be examined is kept until it was, and tells nobody who asked."""

from dataclasses import replace

import pytest

from aika.domain.access import Scope
from aika.domain.answers import Abstention, Band, Confidence, Feedback, Rating
from aika.domain.conversations import Turn
from aika.domain.findings import BrokenQuestion, Cause, Complaint, WaitingComplaint
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.stores.database.complaints import MOST_TRIES
from aika.stores.database.database import Database
from aika.testing.contracts.conversations import ALICE, BOB, NOON, make_conversation, make_full_answer
from aika.testing.contracts.findings import make_finding

SCOPE = Scope.of([PrincipalId("group:payments")])
CONVERSATION = ConversationId("c")


def make_unanswered(name: str = "a", *, reason: str = "no evidence", question: str = "Where is it?") -> Turn:
    outcome = Abstention(AnswerId(name), "Where is the crane?", "?", reason, Confidence(0.1, Band.LOW), NOON)
    return Turn(question, outcome, NOON, scope=SCOPE)


def make_answered(name: str = "full") -> Turn:
    return Turn("Why?", make_full_answer(name), NOON, scope=SCOPE)


async def kept(database: Database, *turns: Turn) -> None:
    await database.conversations.start(replace(make_conversation("c"), turns=turns))


async def rated(database: Database, answer: str = "full", *, reply: str = "", tags: tuple[str, ...] = ()) -> None:
    said = Feedback(AnswerId(answer), Rating.NOT_HELPFUL, "It is old.", NOON, tags, reply)
    await database.conversations.give_feedback(said, owner=ALICE)


async def causes(database: Database) -> list[Cause]:
    return [waiting.complaint.cause for waiting in await database.complaints.waiting()]


async def test_an_abstention_waits_with_all_that_is_needed_to_examine_it(database: Database) -> None:
    await kept(database, make_unanswered())

    [waiting] = await database.complaints.waiting()

    outcome = make_unanswered().outcome
    assert waiting == WaitingComplaint(
        id=waiting.id,
        complaint=Complaint("Where is the crane?", outcome, Cause.UNANSWERED, SCOPE),
        asked_at=NOON,
        asker=waiting.asker,
        answer=AnswerId("a"),
        said="Where is it?",
    )


@pytest.mark.parametrize("reason", ["small talk", "empty question", "question too long"])
async def test_what_no_document_could_answer_is_no_complaint(database: Database, reason: str) -> None:
    await kept(database, make_unanswered(reason=reason))

    assert await database.complaints.waiting() == []


async def test_an_answer_is_no_complaint_until_somebody_says_no(database: Database) -> None:
    await kept(database, make_answered())
    await database.conversations.give_feedback(Feedback(AnswerId("full"), Rating.HELPFUL, "Yes."), owner=ALICE)
    assert await database.complaints.waiting() == []

    await rated(database)

    [waiting] = await database.complaints.waiting()
    assert waiting.complaint == Complaint("Why?", make_full_answer(), Cause.RATED_DOWN, SCOPE, comment="It is old.")


async def test_what_a_person_answered_instead_contradicts(database: Database) -> None:
    await kept(database, make_answered())

    await rated(database, reply="Because of the tide.")

    [waiting] = await database.complaints.waiting()
    assert (waiting.complaint.cause, waiting.complaint.reply) == (Cause.CONTRADICTED, "Because of the tide.")


async def test_who_knows_rejects(database: Database) -> None:
    await kept(database, make_answered())

    await rated(database, tags=("rejected",))

    assert await causes(database) == [Cause.REJECTED]


async def test_an_answer_is_examined_once_for_each_cause(database: Database) -> None:
    await kept(database, make_answered())
    await rated(database)
    [waiting] = await database.complaints.waiting()
    await database.complaints.done(waiting.id)

    await rated(database)
    assert await causes(database) == []

    await rated(database, reply="Because of the tide.")
    assert await causes(database) == [Cause.CONTRADICTED]


async def test_a_turn_from_before_scopes_were_kept_cannot_be_examined(database: Database) -> None:
    await kept(database, replace(make_answered(), scope=None))

    await rated(database)

    assert await database.complaints.waiting() == []


async def test_askers_are_told_apart_and_not_named(database: Database) -> None:
    complaint = Complaint("Why?", make_full_answer(), Cause.REJECTED, SCOPE, reply="Because.")
    for asker in (ALICE, BOB, ALICE, None):
        await database.complaints.add(complaint, asker=asker)
    await kept(database, make_unanswered())

    waiting = await database.complaints.waiting()

    alice, bob, again, nobody, kept_alice = (one.asker for one in waiting)
    assert alice == again == kept_alice != bob
    assert nobody == ""
    assert "alice" not in alice
    assert waiting[0].complaint == complaint


async def test_what_fails_again_and_again_is_given_up_and_holds_nothing_up(database: Database) -> None:
    await kept(database, make_unanswered("a"), make_unanswered("b"))
    first, second = await database.complaints.waiting()

    for _ in range(MOST_TRIES):
        assert await database.complaints.count() == 2
        await database.complaints.failed(first.id)

    assert [one.id for one in await database.complaints.waiting()] == [second.id]
    assert await database.complaints.waiting(after=second.id) == []


async def test_a_deleted_conversation_takes_its_complaints_and_questions_along(database: Database) -> None:
    await kept(database, make_unanswered())
    asked = BrokenQuestion("Where?", NOON, Cause.UNANSWERED, "one", SCOPE, answer=AnswerId("a"))
    elsewhere = replace(asked, text="Why?", answer=None)
    finding = await database.findings.add(make_finding(questions=[asked, elsewhere]))
    assert len(finding.questions) == 2

    await database.conversations.delete(CONVERSATION, owner=ALICE)

    assert await database.complaints.count() == 0
    left = await database.findings.get(finding.id)
    assert left is not None
    assert left.questions == (elsewhere,)
    assert await database.findings.add(finding) == left, "what is gone is not put back"
