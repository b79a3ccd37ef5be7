"""Follow-ups become questions that stand alone."""

import pytest
from small_library import ANALYZER, ask

from aika.domain.access import UNRESTRICTED
from aika.domain.errors import TransientError
from aika.domain.queries import Message, Query, Role
from aika.retrieval.rewriting import FollowUpRewriter, ModelRewriter
from aika.testing.fakes import ScriptedModel

FOLLOW_UPS = [
    "Who owns it?",
    "And in staging?",
    "What about the staging cluster?",
    "Why is that?",
    "How do I restart them?",
    "Which ports?",
    "Is there a runbook for this?",
    "What does the other one do?",
]
STANDING_ALONE = [
    "How do I rotate the certificates of the message broker?",
    "Is it possible to book a meeting room for a whole week?",
    "Which team owns the service that sends invoices?",
    "Are there any limits on database names?",
    "What is the on-call phone number?",
    "vpn setup",
]


@pytest.mark.parametrize("question", FOLLOW_UPS)
async def test_a_follow_up_gets_the_topic_of_the_question_before(question: str) -> None:
    rewritten = await FollowUpRewriter(ANALYZER).rewrite(ask(question, after=["Where does payments-api log errors?"]))

    assert rewritten.startswith(question)
    assert "payments-api" in rewritten


@pytest.mark.parametrize("question", STANDING_ALONE)
async def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    rewriter = FollowUpRewriter(ANALYZER)

    assert await rewriter.rewrite(ask(question, after=["Where does payments-api log errors?"])) == question


@pytest.mark.parametrize("question", FOLLOW_UPS + STANDING_ALONE)
async def test_a_first_question_is_left_as_it_is(question: str) -> None:
    assert await FollowUpRewriter(ANALYZER).rewrite(ask(question)) == question


async def test_a_topic_is_carried_over_several_follow_ups() -> None:
    query = ask("And its alerts?", after=["Where does payments-api log errors?", "Who owns it?"])

    assert "payments-api" in await FollowUpRewriter(ANALYZER).rewrite(query)


async def test_a_new_topic_ends_the_old_one() -> None:
    query = ask("Who owns it?", after=["Where does payments-api log errors?", "What is the Foghorn service for?"])

    rewritten = await FollowUpRewriter(ANALYZER).rewrite(query)

    assert "Foghorn" in rewritten
    assert "payments-api" not in rewritten


async def test_words_that_the_follow_up_has_are_not_repeated() -> None:
    query = ask("And who owns the payments-api?", after=["Where does payments-api log errors?"])

    assert (await FollowUpRewriter(ANALYZER).rewrite(query)).count("payments-api") == 1


async def test_what_the_assistant_said_is_no_topic() -> None:
    history = (Message(Role.USER, "Where are the logs?"), Message(Role.ASSISTANT, "Ask the Kraken team."))

    rewritten = await FollowUpRewriter(ANALYZER).rewrite(Query("Why is that?", UNRESTRICTED, history=history))

    assert "Kraken" not in rewritten


async def test_a_language_model_writes_the_question() -> None:
    model = ScriptedModel('"Who owns payments-api?"')

    rewritten = await ModelRewriter(model, FollowUpRewriter(ANALYZER)).rewrite(ask("Who owns it?", after=["payments?"]))

    assert rewritten == "Who owns payments-api?"


async def test_a_first_question_does_not_cost_a_call() -> None:
    assert (
        await ModelRewriter(ScriptedModel(), FollowUpRewriter(ANALYZER)).rewrite(ask("Who owns it?")) == "Who owns it?"
    )


@pytest.mark.parametrize("reply", [TransientError("down"), "", "Because\nit says so.", "word " * 200])
async def test_without_a_usable_reply_the_rules_decide(reply: str | TransientError) -> None:
    rules = FollowUpRewriter(ANALYZER)
    query = ask("Who owns it?", after=["Where does payments-api log errors?"])

    assert await ModelRewriter(ScriptedModel(reply), rules).rewrite(query) == await rules.rewrite(query)
