"""Noting that a question was asked: never its words, never who asked, and never at an answer's cost."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from aika.assistants.journal import Asking, Journal, price_in
from aika.domain.answers import Abstention, Answer, AnswerEvent, Band, Confidence, Origin, TextDelta, Usage
from aika.domain.errors import TransientError
from aika.domain.identifiers import AnswerId, AssistantId, PrincipalId
from aika.domain.insights import AskedQuestion, ModelPrice, Outcome, Surface
from aika.testing.clock import SetClock

ANN = PrincipalId("user:ann@example.org")
CLOCK = SetClock()
SURE = Confidence(0.8, Band.HIGH)
ANSWER = Answer(AnswerId("a"), "Where is Ann?", "In Turku.", Origin.GENERATED, (), SURE, CLOCK.now())
UNKNOWN = Abstention(AnswerId("b"), "Where?", "I don't know.", "no evidence", SURE, CLOCK.now())
ASKING = Asking(ANN, Surface.SLACK, AssistantId("backend"))


@dataclass(slots=True)
class Kept:
    """Keeps in memory what is noted."""

    noted: list[AskedQuestion] = field(default_factory=list)
    broken: bool = False

    async def digest(self, person: PrincipalId) -> str:
        return f"digest of {len(person)}"

    async def add(self, asked: AskedQuestion) -> None:
        if self.broken:
            raise TransientError("the database is away")
        self.noted.append(asked)


class Groups:
    """Knows of everybody that they are in these groups."""

    async def expand(self, principals: object) -> frozenset[PrincipalId]:
        return frozenset({ANN, PrincipalId("group:care"), PrincipalId("slack:T1:C1")})


def journal(kept: Kept) -> Journal:
    prices = price_in({"small": ModelPrice(input=1.0, output=10.0)})
    return Journal(kept, Groups(), CLOCK, ("group:*",), prices)  # type: ignore[arg-type]  # nothing else of it is used


async def events(*found: AnswerEvent) -> AsyncIterator[AnswerEvent]:
    for event in found:
        yield event


async def noted(*found: AnswerEvent) -> AskedQuestion:
    kept = Kept()
    passed = [event async for event in journal(kept).followed(ASKING, events(*found))]
    (asked,) = kept.noted
    assert passed == list(found)
    return asked


async def test_an_answer_is_noted_without_a_word_of_it() -> None:
    asked = await noted(TextDelta("In"), ANSWER)

    assert (asked.answer, asked.surface, asked.outcome) == (ANSWER.id, Surface.SLACK, Outcome.ANSWERED)
    assert (asked.teams, asked.assistant) == ((PrincipalId("group:care"),), AssistantId("backend"))
    assert "ann" not in repr(asked).lower()
    assert "Turku" not in repr(asked)


async def test_the_first_word_comes_before_the_end() -> None:
    asked = await noted(TextDelta("In"), TextDelta(" Turku."), ANSWER)

    assert asked.first_milliseconds is not None
    assert 0 <= asked.first_milliseconds <= asked.milliseconds


@pytest.mark.parametrize(("reason", "outcome"), [("no evidence", Outcome.ABSTAINED), ("small talk", Outcome.ASIDE)])
async def test_a_greeting_is_no_unanswered_question(reason: str, outcome: Outcome) -> None:
    assert (await noted(replace(UNKNOWN, reason=reason))).outcome is outcome


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (Usage("openai:small", 1_000_000, 100_000), 2.0),
        (Usage("small", 0, 100_000, cost_usd=0.25), 0.25),
        (Usage("unknown", 5, 5), None),
        (None, None),
    ],
)
async def test_a_model_costs_what_its_provider_says_or_the_settings(usage: Usage | None, cost: float | None) -> None:
    assert (await noted(replace(ANSWER, usage=usage))).cost_usd == cost


async def test_a_question_that_failed_is_noted_as_such() -> None:
    async def failing() -> AsyncIterator[AnswerEvent]:
        yield TextDelta("In")
        raise TransientError("the model is away")

    kept = Kept()
    with pytest.raises(TransientError):
        _ = [event async for event in journal(kept).followed(ASKING, failing())]

    assert [asked.outcome for asked in kept.noted] == [Outcome.FAILED]


async def test_what_goes_wrong_with_noting_costs_no_answer() -> None:
    kept = Kept(broken=True)

    assert [event async for event in journal(kept).followed(ASKING, events(ANSWER))] == [ANSWER]
