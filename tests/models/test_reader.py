"""The reader: a question and a passage, read together."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from aika.domain.reading import ReadPassage
from aika.models.reader import (
    MOST_WINDOWS,
    QUESTION_TOKENS,
    REMEMBERED,
    PassageReader,
    ReadingModel,
    load_reading_model,
)
from aika.models.worker_threads import Workers, open_workers
from aika.registry import Surroundings

EXPECTED = Path(__file__).with_name("reader_expected.json")
"""Written by ``benchmarks/reader_adapter.py``, from the model in torch."""
LEAVE = (
    "Every employee at Harbour Labs has twenty-six days of leave a year. Up to five of them may be carried over, and have "
    "to be taken before the end of April. Leave of more than two weeks is approved by the head of the department."
)
RELEASE = (
    "The mobile app is released every second Tuesday. Priya Raman decides whether a build goes out. Hotfixes are built "
    "from the branch called steady and need the approval of two engineers."
)
ANSWERED = [
    ("How many days of leave does an employee have?", LEAVE),
    ("Who approves leave of more than two weeks?", LEAVE),
    ("When do days that were carried over have to be taken?", LEAVE),
    ("Who decides whether a build of the app goes out?", RELEASE),
    ("From which branch are hotfixes built?", RELEASE),
    ("How often is the mobile app released?", RELEASE),
]
LOOKALIKES = [
    ("How many days of sick leave does a contractor have?", LEAVE),
    ("Who approves the budget of the department?", LEAVE),
    ("When did Harbour Labs move to its new office?", LEAVE),
    ("Who decides whether the desktop client is translated?", RELEASE),
    ("From which city does Priya Raman come?", RELEASE),
    ("How often is the staging database deleted?", RELEASE),
]
FILLER = "The canteen on the ground floor serves soup, salad and one warm dish, and the menu changes with the season. "


@pytest_asyncio.fixture
async def reader(surroundings: Surroundings) -> AsyncIterator[PassageReader]:
    async with PassageReader.open(PassageReader.Options(), surroundings) as opened:
        yield opened


@pytest.fixture(scope="module")
def exact(surroundings: Surroundings) -> ReadingModel:
    model, _ = load_reading_model(PassageReader.Options(precision="fp32"), surroundings.data_dir / "models")
    return model


async def odds(reader: PassageReader, pairs: Sequence[tuple[str, str]]) -> list[float]:
    return [(await reader.read(question, [passage]))[0].log_odds for question, passage in pairs]


async def test_questions_that_a_passage_answers_stand_above_those_that_only_look_so(reader: PassageReader) -> None:
    answered, lookalikes = await odds(reader, ANSWERED), await odds(reader, LOOKALIKES)

    above = [own > other for own in answered for other in lookalikes]
    assert sum(above) >= 0.85 * len(above)


async def test_an_unrelated_passage_does_not_answer(reader: PassageReader) -> None:
    related, unrelated = await reader.read("From which branch are hotfixes built?", [RELEASE, LEAVE])

    assert related.answered > 0.5 > unrelated.answered


async def test_the_words_pointed_at_are_in_the_sentence_that_answers(reader: PassageReader) -> None:
    [branch] = await reader.read("From which branch are hotfixes built?", [RELEASE])
    [days] = await reader.read("How many days of leave does an employee have?", [LEAVE])

    assert RELEASE.index("Hotfixes") <= branch.start < branch.end
    assert days.end <= LEAVE.index("Up to five")


async def test_an_answer_far_into_a_long_passage_is_found(reader: PassageReader) -> None:
    passage = FILLER * 12 + RELEASE + " " + FILLER * 12

    [read, without] = await reader.read("From which branch are hotfixes built?", [passage, FILLER * 24])

    assert read.answered > without.answered
    assert passage.index("Hotfixes") <= read.start < read.end <= passage.index("engineers") + 10


async def test_of_a_very_long_passage_the_windows_with_words_of_the_question_are_read(exact: ReadingModel) -> None:
    passage = FILLER * 150 + RELEASE + " " + FILLER * 150
    question = exact.question("From which branch are hotfixes built?")

    windows = exact.windows(0, passage, question)

    assert len(windows) == MOST_WINDOWS
    at = passage.index("steady")
    assert any(window.offsets[0][0] <= at < window.offsets[-1][1] for window in windows)


@pytest.mark.parametrize(("question", "passage"), [("Who decides?", ""), ("Who decides?", " \n\t"), ("  ", RELEASE)])
async def test_nothing_is_found_without_words(reader: PassageReader, question: str, passage: str) -> None:
    [read] = await reader.read(question, [passage])

    assert read.answered < 0.01
    assert (read.start, read.end) == (0, 0)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("休暇は何日ありますか?", "従業員には年間二十六日の休暇があります。"),
        ("Сколько дней отпуска?", LEAVE),
        ("How many days of leave?", "У каждого сотрудника двадцать шесть дней отпуска."),
    ],
)
async def test_a_script_that_the_model_does_not_know_speaks_neither_for_nor_against(
    reader: PassageReader, question: str, passage: str
) -> None:
    [read] = await reader.read(question, [passage])

    assert read == ReadPassage(log_odds=0.0, start=0, end=0)


async def test_a_very_long_question_is_cut_and_answered(reader: PassageReader, exact: ReadingModel) -> None:
    question = "From which branch are hotfixes built? " + "please tell me " * 500

    [read] = await reader.read(question, [RELEASE])

    assert len(exact.question(question)) == QUESTION_TOKENS
    assert 0 <= read.answered <= 1


async def test_judgments_come_in_the_order_of_the_passages(reader: PassageReader) -> None:
    question = "Who approves leave of more than two weeks?"

    together = await reader.read(question, [RELEASE, "", LEAVE, RELEASE])

    assert together == [(await reader.read(question, [passage]))[0] for passage in (RELEASE, "", LEAVE, RELEASE)]


async def test_no_passage_gives_no_judgment(reader: PassageReader) -> None:
    assert await reader.read("Who decides?", []) == []


class CountingWorkers(Workers):
    """Workers that count what they compute."""

    computed = 0

    async def each(self, compute, items):  # type: ignore[no-untyped-def]  # as in Workers
        type(self).computed += len(items)
        return await super().each(compute, items)


@pytest.fixture
def counting(exact: ReadingModel) -> Iterator[PassageReader]:
    CountingWorkers.computed = 0
    with open_workers("read", 1) as workers:
        yield PassageReader(exact, CountingWorkers(workers._executor, 1), "test")


async def test_a_pair_is_read_once(counting: PassageReader) -> None:
    first = await counting.read("Who decides?", [RELEASE])
    computed = CountingWorkers.computed

    assert await counting.read("Who decides?", [RELEASE, RELEASE]) == first * 2
    assert CountingWorkers.computed == computed


async def test_what_is_remembered_is_limited(counting: PassageReader) -> None:
    await counting.read("Who decides?", [""] + [f"{number}" + "\u0431" * 3 for number in range(REMEMBERED + 5)])

    assert len(counting._remembered) == REMEMBERED


@pytest.mark.parametrize("pair", json.loads(EXPECTED.read_text(encoding="utf-8")), ids=lambda pair: pair["question"])
def test_the_graph_computes_what_was_trained(exact: ReadingModel, pair: dict[str, Any]) -> None:
    question = exact.question(pair["question"])
    [window] = exact.windows(0, pair["passage"], question)

    span, verdict = exact.logits(question, window.ids)

    assert span == pytest.approx(np.array(pair["span"]), abs=0.002)
    assert verdict == pytest.approx(pair["verdict"], abs=0.002)


async def test_both_precisions_judge_alike(surroundings: Surroundings, exact: ReadingModel) -> None:
    rounded, _ = load_reading_model(PassageReader.Options(precision="int8"), surroundings.data_dir / "models")

    differences = []
    for question, passage in ANSWERED + LOOKALIKES:
        asked = exact.question(question)
        [window] = exact.windows(0, passage, asked)
        one, other = exact.reading(asked, window.ids), rounded.reading(asked, window.ids)
        differences.append((one.span - other.span, one.verdict - other.verdict))

    assert np.abs(np.array(differences)).mean() < 0.6
