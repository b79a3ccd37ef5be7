"""What is said of a confidence beyond its measures: its signals alone, what could take its place, several collections."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from aika.domain.access import UNRESTRICTED
from aika.domain.answers import Band, Confidence, Draft, Origin, Signal
from aika.domain.errors import ConfigurationError
from aika.domain.queries import Hit, Query
from aika.evaluation.alone import Scored, alone, paired_aurocs, verdict
from aika.evaluation.answering import SYSTEM
from aika.evaluation.calibration import auroc, calibration, wilson
from aika.evaluation.collections import load_collection
from aika.evaluation.confidence import ANSWERABLE, FAITHFUL, Judged, report, union
from aika.evaluation.confidence_runs import calibration_as_json, confidence_as_json
from aika.evaluation.rated_files import Context, RatedAnswer, read_rated
from aika.evaluation.rivals import ASKED, AskedNumber, Case, asked_number, left_out
from aika.evaluation.runs import TopicRow
from aika.evaluation.shown import ShownPassages
from aika.evaluation.topics import TestCollection, Topic
from aika.testing.makers import make_chunk


def judged(
    name: str, value: float, *, right: bool, rivals: Mapping[str, float] | None = None, **signals: float
) -> Judged:
    moved = tuple(Signal(signal, number, number, "") for signal, number in signals.items())
    row = TopicRow(id=name, text=f"{name}?", values={SYSTEM: {"confidence": value, "right": float(right)}})
    return Judged(row, Confidence(value, Band.LOW, moved), right, rivals=rivals or {})


def several(*, flipped: bool = False) -> list[Judged]:
    return [
        judged(
            str(n), n / 40, right=(n >= 20) is not flipped, rivals={"other": 0.5}, strong=n / 40, weak=(n * 7 % 40) / 40
        )
        for n in range(40)
    ]


def scored(value: float, *, right: bool, signal: float, moved: float) -> Scored:
    return Scored(value, right, {"it": signal}, {"it": moved})


def write_lines(path: Path, rows: Sequence[object]) -> None:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


# Signals alone


def test_drawing_again_gives_the_auroc_that_sorting_gives() -> None:
    random = np.random.default_rng(3)
    values, truth = random.integers(0, 9, 200).astype(np.float64), (random.random(200) < 0.4).astype(np.float64)

    found, _, difference = paired_aurocs(values, values, truth)

    assert found.value == pytest.approx(auroc(values, truth))
    assert found.low < found.value < found.high
    assert (difference.value, difference.low, difference.high) == (0, 0, 0)


def test_a_signal_that_lowers_the_confidence_speaks_against_an_answer() -> None:
    (found,) = alone([scored(0.9 - n / 10, right=n < 3, signal=n / 6, moved=-n) for n in range(6)])

    assert found.against
    assert found.auroc.value == 1.0


def test_signals_stand_with_the_best_first_each_beside_the_confidence_over_its_own_questions() -> None:
    some = [*several(), judged("without signals", 0.99, right=False)]

    found = report("it", ANSWERABLE, some).signals

    assert [one.name for one in found] == ["strong", "weak"]
    assert [one.n for one in found] == [40, 40]
    assert found[0].together.value == 1.0


def test_it_is_said_when_one_signal_is_better_than_all_together() -> None:
    better = alone([scored(0.5, right=n >= 3, signal=n / 6, moved=n) for n in range(6)])
    equal = alone([scored(n / 6, right=n >= 3, signal=n / 6, moved=n) for n in range(6)])

    assert verdict(better).startswith("All together are below 1 single signal: it")
    assert verdict(equal).startswith("All together are never below a single signal")


# Several collections


def test_a_union_is_measured_over_all_questions_and_keeps_its_parts() -> None:
    one, other = report("one", ANSWERABLE, several()), report("other", FAITHFUL, several(flipped=True))

    both = union([one, other])

    assert both.calibration.n == 80
    assert both.calibration.measures["auroc"].value == pytest.approx(0.5)
    assert [part.collection for part in both.parts] == ["one", "other"]
    assert len({row.id for row in both.rows}) == 80
    assert both.rows[0].slices["union"] == ("one",)


def test_json_has_the_same_layout_for_one_collection_and_for_the_union() -> None:
    one = report("one", ANSWERABLE, several())

    alone_, together = confidence_as_json(one), confidence_as_json(union([one, one]))

    assert together.keys() - alone_.keys() == {"collections"}
    assert json.dumps(together)


def test_a_measure_that_is_undefined_is_null() -> None:
    found = calibration_as_json(calibration([0.4, 0.6], [True, True]), ANSWERABLE)

    assert found["auroc"] == {"value": None, "low": None, "high": None}
    assert found["n"] == 2


def test_what_could_take_its_place_is_measured_over_the_same_questions() -> None:
    some = [*several(), judged("not asked", 0.01, right=True)]

    found = report("it", ANSWERABLE, some).beside["other"]

    assert found.other.n == found.confidence.n == 40
    assert (found.other.measures["auroc"].value, found.confidence.measures["auroc"].value) == (0.5, 1.0)


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


# A language model's own number


@pytest.mark.parametrize(
    ("reply", "number"),
    [
        ("answer: 1899\nconfidence: 85", 0.85),
        ("Confidence: 70%", 0.7),
        ("90", 0.9),
        ("confidence: 250", 1.0),
        ("no", None),
    ],
)
def test_the_number_in_a_reply_is_read(reply: str, number: float | None) -> None:
    assert asked_number(reply) == number


class Replying:
    """A model that replies with one text, and keeps what it was shown."""

    def __init__(self, reply: str) -> None:
        self.reply = reply
        self.shown: list[str] = []

    async def complete(self, instructions: str, text: str, *, max_tokens: int) -> str:
        self.shown.append(text)
        return self.reply


async def test_the_model_is_shown_what_others_wrote_and_asked_only_of_the_sample() -> None:
    model = Replying("confidence: 40")
    query, evidence = Query("Who?", UNRESTRICTED), (Hit(make_chunk("The pier."), 1.0),)
    draft = Draft(query, "Nobody.", Origin.GENERATED, evidence)
    rival = AskedNumber(model, topics={"asked"})

    inside = await rival.numbers(Case("asked", query, evidence, draft))
    outside = await rival.numbers(Case("other", query, evidence, draft))

    assert (inside, outside) == ({ASKED: 0.4}, {})
    (shown,) = model.shown
    assert "The pier." in shown
    assert "Nobody." in shown


def test_a_judgement_that_is_left_out_takes_with_it_what_it_moved() -> None:
    confidence = Confidence(0.8, Band.HIGH, (Signal("judgement", 1.0, 1.386294, ""), Signal("other", 1.0, 0.5, "")))

    assert left_out(confidence, {"judgement"}) == pytest.approx(0.5, abs=1e-6)
    assert left_out(confidence, set()) == 0.8


# Files of others


def test_ratings_are_read_in_several_spellings(tmp_path: Path) -> None:
    rows = [
        {"task_id": "a", "model": "x", "answer": "One.", "faithfulness": [4, 3, 4], "completeness": [2, 2]},
        {"query_id": 7, "response": "Two.", "faithfulness_median": 2.0},
        {"topic": "c", "text": "Three.", "ratings": {"faithfulness": ["4", None, {"rating": 3}]}, "contexts": ["d1"]},
        {"task_id": "d", "answer": "Nobody rated this."},
    ]
    write_lines(tmp_path / "rated_answers.jsonl", rows)

    found = read_rated(tmp_path)

    assert [(answer.topic, answer.text, answer.median("faithfulness")) for answer in found] == [
        ("a", "One.", 4.0),
        ("7", "Two.", 2.0),
        ("c", "Three.", 3.5),
    ]
    assert found[2].contexts == (Context("d1", "d1"),)


@pytest.mark.parametrize(
    "row", [["no object"], {"answer": "of nothing"}, {"task_id": "a", "answer": "x", "faithfulness": ["good"]}]
)
def test_a_line_that_is_no_rating_is_named(tmp_path: Path, row: object) -> None:
    write_lines(tmp_path / "rated_answers.jsonl", [row])

    with pytest.raises(ConfigurationError, match="line 1, is no rated answer"):
        read_rated(tmp_path)


def test_an_answer_without_judged_passages_has_the_contexts_beside_it_or_beside_its_topic() -> None:
    topic = Topic("t", "Where?", metadata={"contexts": [{"id": "gone", "text": "By the sea.", "title": "Piers"}]})
    shown = ShownPassages(TestCollection("it", (), (topic,), {}), [])
    own = RatedAnswer("t", "", "Here.", {}, (Context(text="On the hill."),))
    bare = RatedAnswer("t", "", "Here.", {}, (Context("unknown", "unknown"),))

    assert [hit.chunk.text for hit in shown.of(topic, own)] == ["On the hill."]
    assert [hit.chunk.text for hit in shown.of(topic, bare)] == ["By the sea."]


def collection_of(folder: Path, topics: Sequence[Mapping[str, object]], *, qrels: str | None) -> TestCollection:
    write_lines(folder / "corpus.jsonl", [{"id": "d", "text": "A text."}])
    write_lines(folder / "queries.jsonl", topics)
    if qrels is not None:
        (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return load_collection(folder, lenient=True)


def test_what_cannot_be_answered_is_read_in_several_spellings(tmp_path: Path) -> None:
    said: list[dict[str, object]] = [
        {"is_impossible": True},
        {"metadata": {"answerability": ["UNANSWERABLE"]}},
        {"answerable": False},
        {},
    ]
    topics = [{"id": str(number), "text": "?", **each} for number, each in enumerate(said)]

    found = collection_of(tmp_path, topics, qrels=None)

    assert [topic.answerable for topic in found.topics] == [False, False, False, True]


def test_judgments_say_what_can_be_answered_where_nothing_else_does(tmp_path: Path) -> None:
    found = collection_of(tmp_path, [{"id": "a", "text": "?"}, {"id": "b", "text": "?"}], qrels="a\td\t1\n")

    assert [topic.answerable for topic in found.topics] == [True, False]
    assert "the 1 without a relevant document" in found.notes[-1]


def test_null_is_taken_for_missing_and_one_answer_for_a_list_of_one(tmp_path: Path) -> None:
    topics: list[dict[str, object]] = [
        {"id": "a", "text": "?", "answers": None, "metadata": None},
        {"id": "b", "text": "?", "answers": "Turku"},
    ]

    found = collection_of(tmp_path, topics, qrels=None)

    assert [topic.answers for topic in found.topics] == [(), ("Turku",)]
