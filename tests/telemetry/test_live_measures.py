"""What evaluations measure is measured on live traffic, too."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from prepared_database import database_in
from recorded import Recorded
from traced_system import CANARY, System

from aika.domain.answers import Abstention, Answer, Band, Confidence, Feedback, Origin, Rating
from aika.domain.conversations import Conversation, Turn
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.evaluation.support import SupportMeter, support_by_words
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.stores.database.database import Database
from aika.telemetry.answering import LiveSupport
from aika.telemetry.setup import Telemetry

NOW = datetime(2026, 5, 4, tzinfo=UTC)
OWNER = PrincipalId("ada")


def sum_of(recorded: Recorded, metric: str) -> float:
    """Return the sum of a histogram over all its attributes."""
    data = recorded.reader.get_metrics_data()
    assert isinstance(recorded.reader, InMemoryMetricReader)
    assert data is not None
    points = [
        point
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for found in scope.metrics
        if found.name == metric
        for point in found.data.data_points
    ]
    return sum(point.sum for point in points if isinstance(point, HistogramDataPoint))


def answer_of(value: float) -> Answer:
    confidence = Confidence(value, Band.HIGH)
    return Answer(AnswerId("a1"), "When?", "At seven.", Origin.EXTRACTED, (), confidence, NOW)


async def rate(folder: Path, telemetry: Telemetry, outcome: Answer | Abstention, rating: Rating) -> None:
    async with Database.open(database_in(folder, "rated.db")) as database:
        conversations = telemetry.conversations(database.conversations)
        here = ConversationId("c1")
        await conversations.start(Conversation(here, OWNER, "When?", (), NOW))
        await conversations.add(here, Turn("When?", outcome, NOW))
        await conversations.give_feedback(Feedback(outcome.id, rating, created_at=NOW), owner=OWNER)


async def test_confidence_and_citations_of_an_answer_are_recorded(system: System, recorded: Recorded) -> None:
    await system.sync()

    await system.ask(f"When does the ferry to {CANARY} leave?")

    assert recorded.values("aika.answer.confidence") == {"answer": 1}
    assert recorded.values("aika.answer.citations") == {"generated": 1}


async def test_the_confidence_of_an_abstention_is_recorded_apart(system: System, recorded: Recorded) -> None:
    await system.ask("Who painted the ceiling of the chapel?")

    assert recorded.values("aika.answer.confidence") == {"abstention": 1}


@pytest.mark.parametrize(("rating", "brier"), [(Rating.HELPFUL, 0.04), (Rating.NOT_HELPFUL, 0.64)])
async def test_a_rating_is_compared_with_the_confidence(
    tmp_path: Path, telemetry: Telemetry, recorded: Recorded, rating: Rating, brier: float
) -> None:
    await rate(tmp_path, telemetry, answer_of(0.8), rating)

    assert recorded.values("aika.feedback.confidence") == {rating.value: 1}
    assert sum_of(recorded, "aika.feedback.brier") == pytest.approx(brier)


async def test_the_rating_of_an_abstention_says_nothing_of_the_confidence(
    tmp_path: Path, telemetry: Telemetry, recorded: Recorded
) -> None:
    abstention = Abstention(AnswerId("a1"), "When?", "No idea.", "no evidence", Confidence(0.1, Band.LOW), NOW)

    await rate(tmp_path, telemetry, abstention, Rating.HELPFUL)

    assert recorded.values("aika.feedback") == {"helpful": 1}
    assert recorded.values("aika.feedback.confidence") == {}


async def test_support_is_measured_for_the_share_that_is_asked_for(
    system: System, telemetry: Telemetry, recorded: Recorded
) -> None:
    await system.sync()
    (*_, answer) = await system.ask(f"When does the ferry to {CANARY} leave?")
    meter = SupportMeter(TechnicalAnalyzer())
    assert isinstance(answer, Answer)

    everyone = LiveSupport(lambda each: support_by_words(each, meter), share=1.0).of(answer)
    nobody = LiveSupport(lambda each: support_by_words(each, meter), share=0.0).of(answer)

    assert everyone == pytest.approx(1.0)
    assert nobody is None
    assert LiveSupport(lambda _: 1.0, share=1.0).of(replace(answer, citations=())) is None
