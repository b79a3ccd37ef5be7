"""``aika eval`` from the command line, on a collection small enough to know the outcome."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aika.surfaces.cli.main import app

COLLECTION = """\
corpus: pages
topics:
  - {id: berth, question: Where do ferries lie over night, relevant: [berths.md]}
  - {id: fee, question: How much is the winter fee, relevant: [fees.md]}
  - {id: storm, question: When do we stay in harbour, relevant: [storms.md]}
"""
PAGES = {
    "berths": "Ferries lie over night at the berths of the inner pier.",
    "fees": "The winter fee is 55 euros.",
    "storms": "In a storm we stay in harbour.",
    "gulls": "Nobody feeds the gulls.",
}


@pytest.fixture
def folder(tmp_path: Path, embedder_graphs: Path) -> Path:
    (tmp_path / "evaluation" / "pages").mkdir(parents=True)
    for name, text in PAGES.items():
        (tmp_path / "evaluation" / "pages" / f"{name}.md").write_text(f"# {name}\n\n{text}\n", encoding="utf-8")
    (tmp_path / "evaluation" / "ferries.yaml").write_text(COLLECTION, encoding="utf-8")
    (tmp_path / ".aika").mkdir()
    (tmp_path / ".aika" / "models").symlink_to(embedder_graphs)
    return tmp_path


def run(folder: Path, *arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(app, ["eval", *arguments, "--dir", str(folder)], input=input)


def test_the_gate_fails_when_quality_drops(folder: Path) -> None:
    baseline = folder / "baseline.json"

    written = run(folder, "retrieval", "ferries", "--write-baseline", str(baseline))
    page = folder / "evaluation" / "pages" / "berths.md"
    page.write_text("# Gulls\n\nNobody feeds the gulls, and they lie down nowhere.\n", encoding="utf-8")
    other = folder / "evaluation" / "pages" / "gulls.md"
    other.write_text(f"# Berths\n\n{PAGES['berths']}\n", encoding="utf-8")
    worse = run(folder, "retrieval", "ferries", "--baseline", str(baseline))

    assert written.exit_code == 0, written.output
    assert worse.exit_code == 1
    assert "berth (1.00 to" in " ".join(worse.output.split())


def test_runs_are_recorded_and_compared(folder: Path) -> None:
    run(folder, "retrieval", "ferries")
    second = run(folder, "retrieval", "ferries", "--set", "retrieval.dense_weight=0", "--fail-below-last=1", "--json")

    history = json.loads(run(folder, "history", "--json").stdout)
    compared = json.loads(run(folder, "compare", "last-1", "last", "--json").stdout)

    assert json.loads(second.stdout)["gate"] == {"passed": 1, "failures": []}
    assert len(history) == 2
    assert compared["settings"] == {"retrieval.dense_weight": {"before": "0.5", "after": "0.0"}}
    assert compared["n"] == 3


def test_an_unknown_setting_is_named(folder: Path) -> None:
    result = run(folder, "retrieval", "ferries", "--set", "retrieval.sharpness=1")

    assert "sharpness" in str(result.exception)


def test_drafts_count_when_a_person_accepts_them(folder: Path) -> None:
    drafted = run(folder, "draft", "ferries", "--n", "2", "--no-model")
    run(folder, "review", "ferries", input="a\nd\n")

    assert "They count when you accept them" in " ".join(drafted.output.split())
    text = (folder / "evaluation" / "ferries.yaml").read_text(encoding="utf-8")
    assert text.startswith(COLLECTION)
    assert "state: draft" not in text


def test_a_collection_with_a_missing_document_is_told_so(folder: Path) -> None:
    assert run(folder, "check", "ferries").exit_code == 0
    (folder / "evaluation" / "pages" / "fees.md").unlink()

    checked = run(folder, "check", "ferries")

    assert checked.exit_code == 1
    assert "fees.md of fee" in checked.output
