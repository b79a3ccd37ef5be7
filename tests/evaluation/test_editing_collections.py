"""Changing a collection that people write in."""

from pathlib import Path

import pytest

from aika.domain.errors import ConfigurationError, ConflictError
from aika.evaluation.editing import accept, add_topics, drop, new_collection
from aika.evaluation.topic_files import read_form, read_yaml
from aika.forms.collections import RelevantForm, State, TestTopicForm

WRITTEN = """\
# Kept by the ferry team.
topics:
  # The first thing that newcomers ask.
  - id: berth
    question: Where is the berth?
    relevant: [berths.md]   # since March
    state: draft
  # Often asked in autumn.
  - id: storm
    question: |
      Do we sail
      in a storm?
    relevant:
      - document: storms.md
        grade: 2
    state: draft
"""


def topic(question: str, *relevant: str) -> TestTopicForm:
    return TestTopicForm(question=question, relevant=[RelevantForm(document=name) for name in relevant])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "ferries.yaml"
    place.write_text(WRITTEN, encoding="utf-8")
    return place


def test_a_new_collection_is_read_and_grows(tmp_path: Path) -> None:
    path = tmp_path / "evaluation" / "ferries.yaml"

    new_collection(path, sources=["handbook"])
    add_topics(path, [topic("Where is the berth?", "berths.md")])
    add_topics(path, [topic("Who may sail: all?")])

    assert [found.question for found in read_form(path).topics] == ["Where is the berth?", "Who may sail: all?"]
    assert [reference.name for named in read_yaml(path).references.values() for reference in named] == ["berths.md"]


def test_a_collection_that_is_there_is_not_overwritten(path: Path) -> None:
    with pytest.raises(ConflictError, match="stays as it is"):
        new_collection(path)

    assert path.read_text(encoding="utf-8") == WRITTEN


def test_what_people_wrote_stays_when_topics_are_added(path: Path) -> None:
    added = add_topics(path, [topic("How long is the crossing?", "crossings.md")])

    assert path.read_text(encoding="utf-8").startswith(WRITTEN)
    assert [one.key for one in added] == [read_form(path).topics[-1].id]


def test_a_question_that_is_there_is_not_added_again(path: Path) -> None:
    assert add_topics(path, [topic("where is the BERTH?")]) == []
    assert path.read_text(encoding="utf-8") == WRITTEN


def test_accepting_takes_one_line_out_and_leaves_the_rest(path: Path) -> None:
    accept(path, ["berth"])

    assert path.read_text(encoding="utf-8") == WRITTEN.replace("    state: draft\n", "", 1)
    assert [found.state for found in read_form(path).topics] == [State.ACCEPTED, State.DRAFT]


def test_dropping_takes_a_topic_out_and_leaves_the_comment_of_the_next(path: Path) -> None:
    drop(path, ["berth"])

    assert [found.key for found in read_form(path).topics] == ["storm"]
    assert "# Often asked in autumn." in path.read_text(encoding="utf-8")


def test_the_last_topic_can_be_dropped(path: Path) -> None:
    drop(path, ["berth", "storm"])

    assert read_form(path).topics == []


def test_a_file_that_cannot_be_changed_safely_is_left_alone(path: Path) -> None:
    written = WRITTEN + "description: after the topics\n"
    path.write_text(written, encoding="utf-8")

    with pytest.raises(ConfigurationError, match="let 'topics' be its last key"):
        add_topics(path, [topic("How long is the crossing?")])

    assert path.read_text(encoding="utf-8") == written
