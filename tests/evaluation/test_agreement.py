"""How far raters agree. The expected numbers are worked examples of the literature, or follow from a definition."""

import json
from pathlib import Path

import numpy as np
import pytest

from aika.domain.documents import RawDocument
from aika.domain.errors import ConfigurationError
from aika.evaluation.agreement import agreement, kappa, kendall, krippendorff, spearman
from aika.evaluation.judging import Grades, ModelJudge
from aika.evaluation.rated import measure_agreement, read_rated
from aika.evaluation.support import SupportMeter
from aika.evaluation.topics import TestCollection, Topic
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.fakes import ScriptedModel


def values(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=np.float64)


def test_the_same_order_agrees_fully_and_the_opposite_not_at_all() -> None:
    assert spearman(values(1, 2, 3), values(10, 20, 90)) == pytest.approx(1.0)
    assert kendall(values(1, 2, 3), values(9, 8, 7)) == pytest.approx(-1.0)


def test_ties_share_a_rank() -> None:
    assert spearman(values(1, 2, 2, 4), values(1, 3, 2, 4)) == pytest.approx(0.9486832980505138)
    assert kendall(values(1, 2, 2, 4), values(1, 3, 2, 4)) == pytest.approx(0.9128709291752769)


def test_kappa_counts_far_votes_more() -> None:
    near, far = kappa(values(1, 2, 3, 4), values(1, 2, 3, 3)), kappa(values(1, 2, 3, 4), values(1, 2, 3, 1))

    assert 1.0 > near > far


def test_raters_who_always_agree_have_an_alpha_of_one() -> None:
    assert krippendorff(np.array([[1.0, 1.0], [3.0, 3.0], [4.0, np.nan]])) == pytest.approx(1.0)


def test_alpha_follows_its_definition_and_allows_for_missing_votes() -> None:
    # Krippendorff, "Computing Krippendorff's alpha-reliability", 2011: four observers, twelve units, interval data.
    nan = np.nan
    ratings = np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
            [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
        ]
    ).T

    assert krippendorff(ratings) == pytest.approx(0.849, abs=0.0005)


def test_a_judge_on_the_same_scale_is_also_compared_vote_by_vote() -> None:
    judged = agreement([4, 3, 1, 2], [4, 3, 2, 1], acceptable=3, same_scale=True)

    assert judged.measures["same"].value == 0.5
    assert judged.measures["auroc"].value == 1.0


@pytest.mark.parametrize(
    "reply",
    ["faithfulness=4 completeness=2", "Faithfulness: 4\nCompleteness: 2", "**faithfulness** = 4, **completeness** = 2"],
)
async def test_a_judge_is_understood_however_it_writes_its_grades(reply: str) -> None:
    assert await ModelJudge(ScriptedModel(reply)).grade("When?", "At seven.", ["It leaves at seven."]) == Grades(4, 2)


@pytest.mark.parametrize("reply", ["I cannot say.", "faithfulness=9 completeness=2", "4"])
async def test_a_reply_without_grades_is_no_grade(reply: str) -> None:
    assert await ModelJudge(ScriptedModel(reply)).grade("When?", "At seven.", []) is None


async def test_the_judge_sees_question_answer_and_passages() -> None:
    model = ScriptedModel("faithfulness=4 completeness=4")

    await ModelJudge(model).grade("When does it leave?", "At seven.", ["It leaves at seven."])

    (asked,) = model.asked
    assert all(part in asked.messages[0].text for part in ("When does it leave?", "At seven.", "It leaves at seven."))


def rated_folder(folder: Path, *rows: dict[str, object]) -> Path:
    (folder / "rated_answers.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


def row(answer: str, *votes: int, topic: str = "t1") -> dict[str, object]:
    return {"task_id": topic, "model": "m", "answer": answer, "faithfulness": votes, "completeness": votes}


COLLECTION = TestCollection(
    name="ferries",
    documents=(
        RawDocument(key="d1", path="d1.md", content=b"The ferry to the island leaves at seven and costs nine euros."),
    ),
    topics=(Topic("t1", "When does the ferry leave?", answers=("The ferry leaves at seven.",)),),
    judgments={"t1": {"d1": 1}},
)


async def test_rules_and_judge_are_compared_with_the_median_vote(tmp_path: Path) -> None:
    folder = rated_folder(
        tmp_path,
        row("The ferry to the island leaves at seven.", 4, 4, 3),
        row("Whales sing under the old harbour bridge.", 1, 2, 1),
    )
    model = ScriptedModel("faithfulness=4 completeness=4", "faithfulness=1 completeness=1")

    report = await measure_agreement(
        COLLECTION, read_rated(folder), {"rules": SupportMeter(TechnicalAnalyzer())}, judge=ModelJudge(model)
    )

    assert report.agreements["faithfulness"]["rules"].measures["auroc"].value == 1.0
    assert report.agreements["faithfulness"]["judge"].measures["spearman"].value == pytest.approx(1.0)
    assert report.people["faithfulness"]["alpha"] > 0.7


async def test_an_answer_of_no_topic_is_left_out_and_told(tmp_path: Path) -> None:
    folder = rated_folder(tmp_path, row("At seven.", 4, 4, 4), row("At nine.", 2, 2, 2), row("?", 1, topic="other"))

    report = await measure_agreement(COLLECTION, read_rated(folder), {"rules": SupportMeter(TechnicalAnalyzer())})

    assert report.n == 2
    assert report.notes == ("1 rated answers belong to no topic and are left out",)


def test_a_folder_without_ratings_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nobody to agree with"):
        read_rated(tmp_path)


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="line 1"):
        read_rated(rated_folder(tmp_path, {"task_id": "t1"}))
