"""What people ask about, named without anybody's own words."""

from datetime import UTC, datetime

from aika.domain.insights import WordedQuestion
from aika.health.gaps import GapFinder
from aika.insights.topics import asked_topics
from aika.models.wordpiece import english_word_ranks
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.fakes import FakeEmbedder

WHEN = datetime(2026, 11, 2, tzinfo=UTC)
ANALYZER = TechnicalAnalyzer()


def finder() -> GapFinder:
    return GapFinder(FakeEmbedder(), ANALYZER, english_word_ranks)


def asked(*texts: str) -> list[WordedQuestion]:
    return [WordedQuestion(text, WHEN, f"person {number}") for number, text in enumerate(texts)]


async def test_a_question_that_enough_people_put_alike_names_its_topic() -> None:
    questions = asked(*["How do I rotate the foghorn keys?"] * 3, "rotate foghorn keys for Jonas Berg please")
    (topic,) = await asked_topics(questions, finder(), ANALYZER, k=3)

    assert (topic.name, topic.people) == ("How do I rotate the foghorn keys?", 3)


async def test_a_topic_is_named_by_words_that_enough_people_used() -> None:
    questions = asked("rotate foghorn keys for Jonas", "foghorn keys: rotate them at night?", "how rotate foghorn keys")
    (topic,) = await asked_topics(questions, finder(), ANALYZER, k=3)

    assert set(topic.name.split(", ")) == {"foghorn", "keys", "rotate"}


async def test_what_too_few_people_asked_is_no_topic() -> None:
    questions = [*asked(*["How do I rotate the foghorn keys?"] * 2), *asked("How do I rotate the foghorn keys?")]

    assert await asked_topics(questions, finder(), ANALYZER, k=3) == []
