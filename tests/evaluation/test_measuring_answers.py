"""What is measured of an answer: facts, support, citations, and knowing when to stop."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

import pytest

from aika.domain.answers import Abstention, Answer, AnswerEvent, Band, Citation, Confidence, Origin
from aika.domain.documents import Document
from aika.domain.identifiers import AnswerId
from aika.domain.queries import Hit, Query
from aika.evaluation.answering import SYSTEM, Instruments, ask_topics
from aika.evaluation.answers import report_answers
from aika.evaluation.correctness import held, token_f1, token_recall
from aika.evaluation.nuggets import nugget, nugget_recall
from aika.evaluation.slices import language_of, slices_of
from aika.evaluation.support import SupportMeter, citing, sentences
from aika.evaluation.topics import TestCollection, Topic
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.fakes import FakeEmbedder
from aika.testing.makers import make_chunk, make_document

NOW = datetime(2026, 5, 4, tzinfo=UTC)
ANALYZER = TechnicalAnalyzer()
METER = SupportMeter(ANALYZER)
FERRY = "The ferry to the island leaves at seven. Tickets cost nine euros."


def cite(marker: int, quote: str, document: Document | None = None) -> Citation:
    chunk = make_chunk(quote, document=document)
    return Citation(marker, chunk.document, chunk.id, quote, 0, len(quote), None)


def answer(text: str, *citations: Citation, notes: tuple[str, ...] = (), confidence: float = 0.8) -> Answer:
    evidence = tuple(Hit(make_chunk(each.quote, document=each.document), 1.0) for each in citations)
    said = Confidence(confidence, Band.HIGH)
    return Answer(AnswerId("a"), "When?", text, Origin.GENERATED, citations, said, NOW, evidence, notes=notes)


def abstention(confidence: float = 0.1) -> Abstention:
    return Abstention(AnswerId("a"), "When?", "No idea.", "no evidence", Confidence(confidence, Band.LOW), NOW)


class Scripted:
    """Answers each question as told."""

    def __init__(self, results: Mapping[str, Answer | Abstention]) -> None:
        self._results = results

    async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        yield self._results[query.text]


# Nuggets


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("leaves at seven", "It leaves at 7 in the morning. [1]"),
        ("nine euros", "The price is 9 euros."),
        ("3,118 bookings", "There were 3118 bookings without e-mail."),
        ("#team-payments", "Ask in #team-payments."),
        ("not refundable", "Such tickets are never refundable."),
        ("the two contradict each other", "The documents disagree."),
    ],
)
def test_a_nugget_counts_in_other_words_and_figures(written: str, text: str) -> None:
    assert nugget_recall(answer(text), [nugget(written)], ANALYZER).all == 1.0


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("leaves at seven", "It leaves at eight in the morning."),
        ("#team-payments", "Ask the payments team."),
        ("not refundable", "Such tickets are refundable."),
        ("deploys need two approvals", "Deploys are fast."),
    ],
)
def test_a_wrong_number_channel_or_denial_does_not_count(written: str, text: str) -> None:
    assert nugget_recall(answer(text), [nugget(written)], ANALYZER).lacking == (written,)


def test_an_okay_nugget_counts_half_and_is_not_vital() -> None:
    nuggets = [nugget("leaves at seven"), nugget("okay: costs nine euros")]

    recall = nugget_recall(answer("It leaves at seven."), nuggets, ANALYZER)

    assert recall.all == pytest.approx(1 / 1.5)
    assert recall.vital == 1.0
    assert recall.lacking == ("costs nine euros",)


def test_an_abstention_states_nothing() -> None:
    assert nugget_recall(abstention(), [nugget("no idea")], ANALYZER).all == 0.0


def test_notes_and_titles_are_part_of_what_is_stated() -> None:
    cited = cite(1, FERRY, make_document("timetable.md", title="Timetable of the ferry"))
    noted = answer("Seven.", cited, notes=("The source changed in 2019.",))

    assert nugget_recall(noted, [nugget("timetable of the ferry"), nugget("changed in 2019")], ANALYZER).all == 1.0


# Support


async def test_what_is_quoted_is_supported_and_what_is_invented_is_not() -> None:
    quoted = await METER.support("Tickets cost nine euros.", [FERRY])
    invented = await METER.support("Whales sing below the harbour bridge.", [FERRY])

    assert quoted.value == 1.0
    assert invented.value == 0.0


async def test_a_number_that_the_text_does_not_have_takes_half() -> None:
    found = await METER.support("Tickets cost eleven euros.", [FERRY])

    assert found.value == pytest.approx(0.5)
    assert found.missing_numbers == ("11",)


async def test_a_number_of_the_question_needs_no_support() -> None:
    found = await METER.support("In 2031 tickets cost nine euros.", [FERRY], question="What did it cost in 2031?")

    assert found.missing_numbers == ()


async def test_two_texts_support_a_sentence_together() -> None:
    both = ["The ferry leaves at seven.", "Tickets cost nine euros."]

    assert (await METER.support("The ferry leaves at seven, tickets cost nine euros.", both)).value == 1.0


async def test_words_strewn_over_a_long_text_support_less_than_one_place() -> None:
    between = "Nobody knows the colour. Whales sing below. The bridge is old."
    strewn = f"There is a ferry. {between} There is an island. {between} Somebody leaves. {between} They are seven."

    assert (await METER.support("The ferry to the island leaves at seven.", [strewn])).value < 0.6


async def test_vectors_only_ever_help() -> None:
    with_vectors = SupportMeter(ANALYZER, FakeEmbedder())
    sentence = "The boat to the island leaves before eight."

    assert (await with_vectors.support(sentence, [FERRY])).value >= (await METER.support(sentence, [FERRY])).value


def test_a_marker_stands_for_its_paragraph() -> None:
    found = sentences("It leaves at seven. It costs nine. [1]\n\nDogs travel free. [2]")

    assert [each.markers for each in found] == [(1,), (1,), (2,)]


def test_a_marker_of_a_heading_stands_for_what_follows() -> None:
    found = sentences("**Ferries › Times** [1]\n\n- It leaves at seven.\n- It costs nine.\n\nDogs travel free. [2]")

    assert [each.markers for each in found] == [(1,), (1,), (2,)]


async def test_a_sentence_without_a_citation_is_not_supported() -> None:
    found = await citing(answer("Dogs travel free.\n\nTickets cost nine euros. [1]", cite(1, FERRY)), METER)

    assert found.recall == 0.5


async def test_a_citation_that_nothing_needs_costs_precision() -> None:
    idle = cite(2, "Whales sing below the bridge.")

    found = await citing(answer("Tickets cost nine euros. [1][2]", cite(1, FERRY), idle), METER)

    assert found.recall == 1.0
    assert found.precision == 0.5


# Correctness


def test_an_expected_answer_is_held_as_words_of_its_own() -> None:
    assert held("It costs nearly $12 a barrel. [1]", ["nearly $12"])
    assert not held("In 1912 it was cheap.", ["12"])


def test_f1_punishes_further_words_and_recall_does_not() -> None:
    assert token_f1("It leaves at seven every day", ["seven"]) < 0.5
    assert token_recall("It leaves at seven every day", ["seven"]) == 1.0


# Slices


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Who owns foghorn?", "English"),
        ("Wer ist für die Abrechnung zuständig und wie erreiche ich das Team?", "German"),
        ("Comment est-ce que je peux demander un accès pour une base de données ?", "French"),
        ("Кто отвечает за паром?", "Cyrillic"),
        ("船は何時に出ますか", "Japanese"),
    ],
)
def test_the_language_of_a_question_is_told_by_small_words_or_script(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_topic_is_sliced_by_what_answers_it_and_by_its_length() -> None:
    found = slices_of(Topic("t", "who owns it", slices={"tag": ("on-call",)}), [make_document(source="runbooks")])

    assert found["source"] == ("runbooks",)
    assert found["length"] == ("short",)
    assert found["tag"] == ("on-call",)


# Together

TOPICS = (
    Topic("known", "When does it leave?", nuggets=("leaves at seven",), answers=("seven",)),
    Topic("unknown", "Who painted it?", answerable=False),
    Topic("missed", "What does it cost?", nuggets=("nine euros",)),
)
COLLECTION = TestCollection("ferries", (), TOPICS, {"known": {"guide.md": 1, "map.md": 1}, "missed": {"guide.md": 1}})
RESULTS = {
    "When does it leave?": answer("The ferry leaves at seven. [1]", cite(1, FERRY)),
    "Who painted it?": abstention(),
    "What does it cost?": abstention(0.3),
}


async def test_every_topic_is_asked_and_measured() -> None:
    known, unknown, missed = await ask_topics(COLLECTION, Scripted(RESULTS), Instruments(ANALYZER, METER))

    assert known.values["nugget recall"] == known.values["correct"] == 1.0
    assert known.values["cited relevant"] == 1.0
    assert known.values["relevant cited"] == 0.5
    assert known.row.missed == ("map.md",)
    assert unknown.values["abstained"] == 1.0
    assert missed.values["answered"] == missed.values["nugget recall"] == 0.0


async def test_abstaining_is_measured_as_finding_what_cannot_be_answered() -> None:
    report = report_answers(await ask_topics(COLLECTION, Scripted(RESULTS), Instruments(ANALYZER, METER)))

    measures = report.outcome.measures
    assert measures["abstention precision"].value == 0.5
    assert measures["abstention recall"].value == 1.0
    assert measures["confidence AUROC"].value == 1.0


async def test_a_remark_says_what_an_answer_lacks() -> None:
    results = {**RESULTS, "When does it leave?": answer("It leaves at eight. [1]", cite(1, FERRY))}

    known, *_ = await ask_topics(COLLECTION, Scripted(results), Instruments(ANALYZER, METER))

    told = known.row.told[SYSTEM]
    assert "does not state: leaves at seven" in told.remarks
