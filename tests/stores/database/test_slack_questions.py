"""A question in Slack is kept with its answer and its thread, without a word of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.stores.database.database import Database
from aika.stores.database.slack_questions import SlackQuestion

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ALICE, CHANNEL = PrincipalId("user:alice@example.org"), PrincipalId("slack:T1:C1")


def make_question(ts: str = "1.0", *, event: str = "e", root: str | None = "1.0", seconds: int = 0) -> SlackQuestion:
    asked_at = NOON + timedelta(seconds=seconds)
    return SlackQuestion(f"T1/C1/{ts}", event, "T1", "C1", root, "U1", CHANNEL, b"0" * 16, asked_at)


async def test_the_first_event_of_a_message_has_the_question(database: Database) -> None:
    first = await database.slack_questions.begin(make_question(event="first"))
    second = await database.slack_questions.begin(make_question(event="second"))

    assert first == second == make_question(event="first")


async def test_a_question_knows_its_answer_and_where_that_is_shown(database: Database) -> None:
    question = await database.slack_questions.begin(make_question())
    answered = replace(question, answer=AnswerId("a"), conversation=ConversationId("c"), digest=b"1" * 16)
    await database.slack_questions.answered(answered)
    shown = await database.slack_questions.shown(question.key, AnswerId("a"), "2.0")

    assert shown == replace(answered, shown=AnswerId("a"), posted="2.0")
    assert await database.slack_questions.get(question.key) == shown
    assert await database.slack_questions.of_answer(AnswerId("a")) == shown
    assert await database.slack_questions.of_answer(AnswerId("b")) is None


async def test_a_thread_goes_on_with_the_last_conversation_of_its_owner(database: Database) -> None:
    for number, owner in enumerate((CHANNEL, CHANNEL, ALICE)):
        question = replace(make_question(f"{number}.0", root="0.0", seconds=number), owner=owner)
        await database.slack_questions.begin(question)
        await database.slack_questions.answered(replace(question, conversation=ConversationId(f"c{number}")))

    found = database.slack_questions.conversation_of
    assert await found("T1", "C1", "0.0", owner=CHANNEL) == "c1"
    assert await found("T1", "C1", "0.0", owner=ALICE) == "c2"
    assert await found("T1", "C1", "1.0", owner=CHANNEL) is None


async def test_a_question_that_is_posted_for_everybody_begins_a_thread_there(database: Database) -> None:
    question = await database.slack_questions.begin(make_question(root=None))
    await database.slack_questions.answered(replace(question, answer=AnswerId("a"), conversation=ConversationId("c")))

    await database.slack_questions.shown(question.key, AnswerId("a"), "5.0", root="5.0")

    assert await database.slack_questions.conversation_of("T1", "C1", "5.0", owner=CHANNEL) == "c"


async def test_a_deleted_question_stays_deleted_also_when_it_arrives_later(database: Database) -> None:
    gone = await database.slack_questions.delete(make_question(event="deletion"))
    late = await database.slack_questions.begin(make_question(event="message"))

    assert gone.deleted
    assert late.deleted


async def test_what_somebody_asked_lately_is_counted(database: Database) -> None:
    for number in range(3):
        await database.slack_questions.begin(make_question(f"{number}.0", seconds=number))

    assert await database.slack_questions.count("T1", "U1", since=NOON + timedelta(seconds=1)) == 2
    assert await database.slack_questions.count("T1", "U2", since=NOON) == 0


async def test_old_questions_are_forgotten(database: Database) -> None:
    for number in range(3):
        await database.slack_questions.begin(make_question(f"{number}.0", seconds=number))

    assert await database.slack_questions.forget(before=NOON + timedelta(seconds=2)) == 2
    assert await database.slack_questions.get("T1/C1/2.0") is not None
