"""Collections that teams write, and those in the form of BEIR itself."""

import json
from pathlib import Path

import pytest

from aika.domain.errors import ConfigurationError
from aika.domain.queries import Role
from aika.evaluation.collections import find_collection, load_collection
from aika.evaluation.topics import Locatable, resolved
from aika.forms.collections import CollectionForm, collection_schema

COLLECTION = """\
corpus: pages
topics:
  - id: berth
    question: Where is the berth?
    history:
      - asker: Is there a ferry today?
      - aika: Yes, at nine.
    relevant:
      - berths.md
      - document: harbour.md
        grade: 2
    nuggets: [pier 4, 09:00]
    tags: newcomers
    slices: {team: [ferries]}
    asked_as: [group:crew]
  - question: Who feeds the gulls?
    answerable: no
  - question: Not reviewed yet
    state: draft
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    for name in ("berths", "harbour"):
        (tmp_path / "pages" / f"{name}.md").write_text(f"# {name}\n\nText.", encoding="utf-8")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "ferries.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_yaml_collection_says_all_that_a_topic_has(folder: Path) -> None:
    collection = load_collection(written(folder, COLLECTION))

    berth, gulls = collection.topics
    assert collection.judgments == {"berth": {"berths.md": 1, "harbour.md": 2}}
    assert [message.role for message in berth.history] == [Role.USER, Role.ASSISTANT]
    assert berth.nuggets == ("pier 4", "09:00")
    assert berth.slices == {"team": ("ferries",), "tag": ("newcomers",)}
    assert berth.scope.audience == (frozenset({"group:crew", "everyone", "guests"}),)
    assert not gulls.answerable


def test_drafts_do_not_count_and_are_noted(folder: Path) -> None:
    collection = load_collection(written(folder, COLLECTION))

    assert "Not reviewed yet" not in {topic.text for topic in collection.topics}
    assert collection.notes == ("1 drafts do not count until a person accepts them: aika eval review",)


def test_a_topic_without_an_id_keeps_the_one_of_its_question(folder: Path) -> None:
    ids = [load_collection(written(folder, COLLECTION)).topics[1].id for _ in range(2)]

    assert ids[0] == ids[1]
    assert ids[0].startswith("who-feeds-the-gulls-")


def test_a_collection_without_documents_is_put_to_those_of_the_deployment(folder: Path) -> None:
    text = "over: {sources: [handbook]}\ntopics:\n  - {question: Why, id: a, relevant: [handbook/a.md, b.md]}\n"

    collection = load_collection(written(folder, text))

    assert collection.deployed
    assert collection.over.sources == {"handbook"}
    known = [Locatable("handbook/a.md", "a.md", None, "handbook"), Locatable("wiki/b.md", "b.md", None, "wiki")]
    assert resolved(collection, known).judgments == {"a": {"handbook/a.md": 1, "wiki/b.md": 1}}


def test_a_document_is_named_by_its_address_or_by_source_and_key(folder: Path) -> None:
    text = (
        "topics:\n  - question: a?\n    id: a\n    relevant:\n      - url: https://docs.example/a/#top\n"
        "      - {document: b.md, source: wiki}\n"
    )
    known = [
        Locatable("handbook/a.md", "a.md", "https://docs.example/a", "handbook"),
        Locatable("handbook/b.md", "b.md", None, "handbook"),
        Locatable("wiki/b.md", "b.md", None, "wiki"),
    ]

    assert resolved(load_collection(written(folder, text)), known).judgments == {
        "a": {"handbook/a.md": 1, "wiki/b.md": 1}
    }


def test_a_name_that_several_sources_have_is_an_error_that_names_them(folder: Path) -> None:
    collection = load_collection(written(folder, "topics:\n  - {question: Why, id: a, relevant: [b.md]}\n"))
    known = [Locatable(f"{source}/b.md", "b.md", None, source) for source in ("handbook", "wiki")]

    with pytest.raises(ConfigurationError, match=r"topic a: 'b.md' is in several sources \(handbook/b.md, wiki/b.md\)"):
        resolved(collection, known)


def test_a_relevant_document_that_is_not_there_is_noted_and_counts_as_not_found(folder: Path) -> None:
    collection = load_collection(
        written(folder, "corpus: pages\ntopics:\n  - {question: Why, id: a, relevant: [gone.md]}\n")
    )

    assert collection.judgments == {"a": {"gone.md": 1}}
    assert collection.notes == ("1 relevant documents are not there and count as not found: gone.md of a",)


def test_what_is_written_is_taken_as_written(folder: Path) -> None:
    text = "topics:\n  - question: yes\n    nuggets: [1.10, 2026-01-31, on]\n"

    topic = load_collection(written(folder, text)).topics[0]

    assert (topic.text, topic.nuggets) == ("yes", ("1.10", "2026-01-31", "on"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "topics:\n  - question: a?\n    relevnt: [b.md]\n",
            r"ferries.yaml, line 3: topics.0.relevnt: is not a known key",
        ),
        (
            "topics:\n  - question: a?\n    relevant:\n      - grade: 2\n",
            r"line 4: .*name it by 'document' or by 'url'",
        ),
        ("topics:\n  - question: a?\n  - relevant: [b.md]\n", r"line 3: topics.1.question: Field required"),
        ("topics:\n  - question: a?\n  - question: a?\n", r"line 3: the topic .* is there already, in line 2"),
        ("topics:\n  - question: [\n", r"line \d: this is not YAML"),
        ("corpus: nowhere\n", r"the corpus .*nowhere does not exist"),
        ("topics:\n  - question: a?\n    question: b?\n", r"line 3: 'question' is written twice"),
        (
            "topics:\n  - {question: Why, answerable: false, relevant: [b.md]}\n",
            r"line 2: .*is not answerable and has relevant",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(folder: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        load_collection(written(folder, text))


def test_json_lines_hold_the_same_topics(folder: Path) -> None:
    path = folder / "ferries.jsonl"
    path.write_text(json.dumps({"question": "a?", "id": "a", "relevant": ["berths.md"]}) + "\n", encoding="utf-8")

    assert load_collection(path, corpus=folder / "pages").judgments == {"a": {"berths.md": 1}}


def test_a_wrong_json_line_is_named_with_its_number(folder: Path) -> None:
    path = folder / "ferries.jsonl"
    path.write_text('{"question": "a?"}\n{"text": "b?"}\n', encoding="utf-8")

    with pytest.raises(
        ConfigurationError, match=r"ferries\.jsonl, line 2: question: Field required; text: is not a known"
    ):
        load_collection(path)


def test_collections_of_beir_itself_are_read(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "title": "D", "text": "words"}\n', encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "which?"}\n', encoding="utf-8")
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\t1\n", encoding="utf-8")

    assert load_collection(tmp_path).judgments == {"q": {"d": 1}}


def test_a_folder_may_say_where_its_documents_are(folder: Path) -> None:
    (folder / "collection.yaml").write_text("name: harbour\ncorpus: pages\n", encoding="utf-8")
    (folder / "queries.jsonl").write_text('{"id": "q", "text": "which?"}\n', encoding="utf-8")
    (folder / "qrels.tsv").write_text("q\tberths.md\t1\n", encoding="utf-8")

    collection = load_collection(folder)

    assert (collection.name, len(collection.documents), collection.judgments) == ("harbour", 2, {"q": {"berths.md": 1}})


def test_a_team_s_collection_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "evaluation").mkdir()
    path = tmp_path / "evaluation" / "ferries.yaml"
    path.touch()

    assert find_collection(Path("ferries"), beside=tmp_path) == path
    with pytest.raises(ConfigurationError, match=r"no collection boats, .* \(there: ferries\)"):
        find_collection(Path("boats"), beside=tmp_path)


def test_the_digest_changes_with_topics_and_judgments_and_not_with_documents(folder: Path) -> None:
    path = written(folder, COLLECTION)
    before = load_collection(path).digest

    (folder / "pages" / "more.md").write_text("More.", encoding="utf-8")
    assert load_collection(path).digest == before
    assert load_collection(written(folder, COLLECTION.replace("grade: 2", "grade: 1"))).digest != before


def test_the_schema_knows_every_key() -> None:
    schema = collection_schema()

    assert set(CollectionForm.model_fields) == set(schema["properties"])  # type: ignore[arg-type]  # it is an object
