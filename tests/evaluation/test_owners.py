"""What counts as an exact answer to a question for an owner, a channel or people."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from aika.application.evaluation import open_answering_system
from aika.evaluation.collections import Topic, load_collection
from aika.evaluation.halves import half_of
from aika.evaluation.owners import evaluate_owners, judge
from aika.evaluation.report import owners_as_json, owners_as_table
from aika.evaluation.retrieval import parse_collection
from aika.settings import load_settings


def topic(*answers: str, text: str = "Who leads it?") -> Topic:
    return Topic("t", text, answers=answers)


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        (("Ada Byron", "Lin Zhao"), "The leads are **Lin Zhao** and **Ada Byron**. [1]"),
        (("Night Watch", "night-watch"), "It belongs to Watch (night-watch)."),
        (("#lamps",), "Alerts go to `#lamps`. [1]"),
        (("#lamps", "#harbour"), "Write to #lamps or #harbour."),
        (("@ada",), "`@Ada` wrote it."),
        (("implemented (alpha)",), "It has the status **implemented (alpha)**."),
    ],
)
def test_an_answer_with_all_and_nothing_else_is_exact(answers: tuple[str, ...], text: str) -> None:
    assert judge(topic(*answers), text, ("Oskar Blom", "implemented", *answers)) is None


@pytest.mark.parametrize(
    ("answers", "text", "lacking", "wrong"),
    [
        (("Ada Byron", "Lin Zhao"), "**Ada Byron**", ("Lin Zhao",), ()),
        (("Ada Byron",), "Ada Byron and Oskar Blom", (), ("Oskar Blom",)),
        (("#lamps",), "#lamps or #harbour", (), ("#harbour",)),
        (("#lamps",), "#lamps-alerts", ("#lamps",), ("#lamps-alerts",)),
        (("#lamps",), "lamps", ("#lamps",), ()),
        (("@ada",), "", ("@ada",), ()),
    ],
)
def test_what_lacks_and_what_is_wrong_is_named(
    answers: tuple[str, ...], text: str, lacking: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    miss = judge(topic(*answers), text, ("Oskar Blom",))

    assert miss is not None
    assert (miss.lacking, miss.wrong) == (lacking, wrong)


def test_what_the_question_says_itself_is_not_wrong() -> None:
    asked = topic("Lamps", text="Who owns Harbour lights?")

    assert judge(asked, "**Harbour** lights are owned by **Lamps**.", ("Harbour",)) is None


def test_a_channel_beside_an_expected_name_is_no_wrong_name() -> None:
    assert judge(topic("Lamps"), "It is owned by Lamps. Contact: `#lamps-help`") is None


def test_a_topic_stays_in_its_half() -> None:
    assert {half_of(f"topic {number}") for number in range(50)} == {"tune", "held out"}
    assert half_of("topic 1") == half_of("topic 1")


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    rows = [
        {"id": "ferry", "title": "ferry", "text": "name: ferry\nteam: Lamps\n"},
        {
            "id": "page",
            "title": "Sail at dusk",
            "text": "# Sail at dusk\n\nText.",
            "metadata": {"owner_slack": "#harbour"},
        },
    ]
    asked = [
        {"id": "q1", "text": "Who owns ferry?", "answers": ["Lamps"], "metadata": {"type": "owner"}},
        {"id": "q2", "text": 'Which Slack channel owns the page "Sail at dusk"?', "answers": ["#harbour"]},
        {"id": "q3", "text": "Who owns the submarine?", "answers": ["Nobody"], "metadata": {"type": "owner"}},
        {"id": "q4", "text": "How long is the quay?"},
    ]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)))
    (folder / "qrels.tsv").write_text("q1\tferry\t1\n")
    return folder


async def test_a_collections_questions_are_asked_and_misses_are_printed(
    collection: Path, tmp_path: Path, embedder_graphs: Path
) -> None:
    (tmp_path / ".aika").mkdir()
    (tmp_path / ".aika" / "models").symlink_to(embedder_graphs)
    loaded = load_collection(collection, with_attributes=True)
    async with open_answering_system(load_settings(tmp_path)) as system:
        entries, _ = await parse_collection(loaded, system.intake)
        await system.database.catalogue.record(entries)
        report = await evaluate_owners(loaded.name, loaded.topics, system.answerer)

    console = Console(file=StringIO(), width=120)
    console.print(owners_as_table(report))
    printed = console.file.getvalue()  # type: ignore[attr-defined]  # the console's file is the StringIO above
    assert (report.all.exact, report.all.n) == (2, 3)
    assert [miss.topic for miss in report.misses] == ["q3"]
    assert "missed q3: Who owns the submarine?" in printed
    assert owners_as_json(report)["exact"] == 2
