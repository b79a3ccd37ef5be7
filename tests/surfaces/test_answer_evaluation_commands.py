"""Measuring answers and confidence from the command line, on a collection small enough to know the outcome."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aika.surfaces.cli.main import app

PAGES = {
    "berths.md": "# Berths\n\nFerries lie over night at the berths of the inner pier.",
    "fees.md": "# Fees\n\nThe winter fee is 55 euros a week. Boats pay the winter fee in advance.",
    "storms.md": "# Storms\n\nIn a storm of force nine or more all ferries stay in the harbour.",
}
TOPICS: list[dict[str, object]] = [
    {
        "id": "fee",
        "text": "How much is the winter fee?",
        "answers": ["55 euros"],
        "metadata": {"nuggets": ["55 euros"]},
    },
    {"id": "berth", "text": "Where do ferries lie over night?", "answers": ["inner pier"]},
    {"id": "wasps", "text": "Which beekeeper removes wasps?", "answerable": False},
]
RATED = [
    {"task_id": "fee", "model": "one", "answer": "The winter fee is 55 euros a week.", "faithfulness": [4, 4, 4]},
    {"task_id": "fee", "model": "two", "answer": "Whales sing below every bridge.", "faithfulness": [1, 1, 2]},
]


@pytest.fixture
def folder(tmp_path: Path, embedder_graphs: Path) -> Path:
    collection = tmp_path / "ferries"
    collection.mkdir()
    rows = [{"id": key, "title": key, "text": text} for key, text in PAGES.items()]
    (collection / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (collection / "queries.jsonl").write_text("\n".join(map(json.dumps, TOPICS)), encoding="utf-8")
    (collection / "qrels.tsv").write_text("fee\tfees.md\t1\nberth\tberths.md\t1\n", encoding="utf-8")
    (tmp_path / ".aika").mkdir()
    (tmp_path / ".aika" / "models").symlink_to(embedder_graphs)
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["eval", *arguments, "--dir", str(folder)])


def rate(folder: Path) -> None:
    lines = "\n".join(map(json.dumps, RATED))
    (folder / "ferries" / "rated_answers.jsonl").write_text(lines, encoding="utf-8")


def test_answers_are_measured_recorded_and_reported(folder: Path) -> None:
    measured = run(folder, "answers", str(folder / "ferries"), "--json")
    again = run(folder, "report", "last", "--out", str(folder / "again.html"))

    assert measured.exit_code == 0, measured.output
    numbers = json.loads(measured.stdout)
    assert numbers["measures"]["nugget recall"]["value"] == 1.0
    assert numbers["measures"]["correct"]["value"] == 1.0
    assert numbers["measures"]["abstained"]["value"] == 1.0
    assert Path(numbers["report"]).is_file()
    assert again.exit_code == 0, again.output
    assert "How much is the winter fee?" in (folder / "again.html").read_text(encoding="utf-8")


def test_a_floor_that_answers_do_not_reach_fails(folder: Path) -> None:
    result = run(folder, "answers", str(folder / "ferries"), "--sample", "2", "--fail-under", "citations=50")

    assert result.exit_code == 1
    assert "citations" in result.output


def test_confidence_has_its_measures_at_the_top(folder: Path) -> None:
    result = run(folder, "confidence", "--collection", str(folder / "ferries"), "--json")

    assert result.exit_code == 0, result.output
    numbers = json.loads(result.stdout)
    assert numbers["n"] == 3
    assert numbers["auroc"]["value"] == 1.0
    assert all(numbers[name].keys() == {"value", "low", "high"} for name in ("auroc", "ece", "brier", "coverage_at_95"))


def test_confidence_is_held_against_ratings_where_there_are_any(folder: Path) -> None:
    rate(folder)

    result = run(folder, "confidence", str(folder / "ferries"), "--json", "--no-record")

    assert result.exit_code == 0, result.output
    numbers = json.loads(result.stdout)
    assert numbers["n"] == 2
    assert numbers["auroc"]["value"] == 1.0


def test_the_questions_are_asked_in_place_of_the_ratings_where_that_is_wanted(folder: Path) -> None:
    rate(folder)

    result = run(folder, "confidence", str(folder / "ferries"), "--of", "topics", "--json", "--no-record")

    assert result.exit_code == 0, result.output
    numbers = json.loads(result.stdout)
    assert numbers["n"] == 3
    assert numbers["baselines"]["cosine of question and best passage"]["n"] == 3


def test_several_collections_are_measured_alone_and_together(folder: Path) -> None:
    other = shutil.copytree(folder / "ferries", folder / "boats")
    rate(folder)

    result = run(folder, "confidence", "--collection", str(folder / "ferries"), "--collection", str(other), "--json")

    assert result.exit_code == 0, result.output
    numbers = json.loads(result.stdout)
    assert numbers["n"] == 5
    assert {name: part["n"] for name, part in numbers["collections"].items()} == {"ferries": 2, "boats": 3}
    page = Path(numbers["report"]).read_text(encoding="utf-8")
    assert "Reliability on boats" not in page  # fewer than five questions say nothing
    assert "Each signal alone" in page


def test_a_folder_that_does_not_say_what_can_be_answered_is_measured_all_the_same(folder: Path) -> None:
    topics = [{name: value for name, value in topic.items() if name != "answerable"} for topic in TOPICS[:2]]
    (folder / "ferries" / "queries.jsonl").write_text("\n".join(map(json.dumps, topics)), encoding="utf-8")
    (folder / "ferries" / "qrels.tsv").unlink()

    result = run(folder, "confidence", "--collection", str(folder / "ferries"), "--json")

    assert result.exit_code == 0, result.output
    numbers = json.loads(result.stdout)
    assert numbers["auroc"] == {"value": None, "low": None, "high": None}
    assert numbers["brier"]["value"] < 0.5


def test_a_sample_for_the_model_needs_a_model(folder: Path) -> None:
    result = run(folder, "confidence", str(folder / "ferries"), "--with-model", "2")

    assert result.exit_code != 0
    assert "[model]" in str(result.exception)


def test_the_measures_are_compared_with_people(folder: Path) -> None:
    rate(folder)

    result = run(folder, "agreement", str(folder / "ferries"), "--json")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["scorers"]["faithfulness"]["rules"]["auroc"]["value"] == 1.0
