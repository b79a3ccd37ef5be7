"""Reading test collections."""

import json
from pathlib import Path

import pytest

from aika.domain.errors import ConfigurationError
from aika.domain.queries import Role
from aika.evaluation.collections import load_collection

CORPUS = [
    {"id": "m1", "title": "#ops", "text": "it is down", "metadata": {"channel": "ops", "day": "ops/monday"}},
    {"id": "m2", "title": "#ops", "text": "it is up", "metadata": {"channel": "ops", "day": "ops/monday"}},
    {"id": "guide", "title": "Guide", "text": "# Guide\n\nTurn it off and on."},
]
QUERIES = [
    {"id": "q1", "text": "is it down?", "answerable": True},
    {"id": "q2", "text": "who?", "answerable": False},
    {"id": "q3", "text": "how?", "metadata": {"answerable": False}},
]


def write(folder: Path, *, corpus: object = CORPUS, queries: object = QUERIES, qrels: str = "q1\tm1\t1\n") -> Path:
    for name, rows in (("corpus", corpus), ("queries", queries)):
        assert isinstance(rows, list)
        lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + qrels, encoding="utf-8")
    return folder


def test_documents_topics_and_judgments_are_read(tmp_path: Path) -> None:
    collection = load_collection(write(tmp_path))

    assert [document.key for document in collection.documents] == ["m1", "m2", "guide"]
    assert collection.documents[0].content == b"it is down"
    assert collection.judgments == {"q1": {"m1": 1}}
    assert collection.notes == ()


def test_only_answerable_topics_with_a_relevant_document_are_measured(tmp_path: Path) -> None:
    queries = [*QUERIES, {"id": "q4", "text": "what?"}]

    collection = load_collection(write(tmp_path, queries=queries, qrels="q1\tm1\t1\nq2\tm1\t1\nq3\tm2\t1\nq4\tm1\t0\n"))

    assert [topic.id for topic in collection.judged_topics] == ["q1"]


def test_other_judgments_may_judge_what_documents_belong_to(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "days.tsv").write_text("q1\tops/monday\t1\nq1\tguide\t1\n")

    collection = load_collection(tmp_path, qrels=Path("days.tsv"))

    assert [collection.judged_id(document.key) for document in collection.documents] == [
        "ops/monday",
        "ops/monday",
        "guide",
    ]
    assert collection.notes == ()


def test_a_conversation_s_history_is_read(tmp_path: Path) -> None:
    turns = [{"speaker": "user", "text": "is it down?"}, {"role": "assistant", "text": "No."}]

    collection = load_collection(write(tmp_path, queries=[{"id": "q", "text": "why?", "metadata": {"history": turns}}]))

    assert [(message.role, message.text) for message in collection.topics[0].history] == [
        (Role.USER, "is it down?"),
        (Role.ASSISTANT, "No."),
    ]


def test_a_folder_of_files_is_a_corpus(tmp_path: Path) -> None:
    write(tmp_path, qrels="q1\tops/guide.md\t2\n")
    (tmp_path / "files" / "ops").mkdir(parents=True)
    (tmp_path / "files" / "ops" / "guide.md").write_text("# Guide")

    collection = load_collection(tmp_path, corpus=tmp_path / "files")

    assert [(document.key, document.path) for document in collection.documents] == [("ops/guide.md", "ops/guide.md")]


def test_judged_documents_that_are_missing_are_pointed_out(tmp_path: Path) -> None:
    collection = load_collection(write(tmp_path, qrels="q1\tnowhere\t1\n"))

    assert collection.notes == ("1 judged ids are not in the corpus, such as 'nowhere'; they count as not found",)


def test_line_separators_inside_a_text_do_not_end_a_row(tmp_path: Path) -> None:
    row = '{"id": "a", "text": "one\u2028two\x85three"}'

    assert load_collection(write(tmp_path, corpus=[row])).documents[0].content == "one\u2028two\x85three".encode()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"corpus": ["{"]}, r"corpus\.jsonl, line 1 is not JSON"),
        ({"corpus": [{"text": "no id"}]}, r"corpus\.jsonl, line 1: id: Field required"),
        ({"corpus": [CORPUS[0], CORPUS[0]]}, "several documents with the id 'm1'"),
        ({"queries": [QUERIES[0], {"id": "q"}]}, r"queries\.jsonl, line 2: text: Field required"),
        ({"queries": [{"id": "q", "text": "?", "metadata": {"history": ["hello"]}}]}, r"line 1: the history"),
        ({"qrels": "q1 m1 1\n"}, r"qrels\.tsv, line 2: expected topic, document and a whole number"),
        ({"qrels": "q1\tm1\tyes\n"}, r"qrels\.tsv, line 2"),
    ],
)
def test_what_is_malformed_is_named_with_its_line(tmp_path: Path, broken: dict[str, object], said: str) -> None:
    write(tmp_path, **broken)  # type: ignore[arg-type]  # each case breaks another file

    with pytest.raises(ConfigurationError, match=said):
        load_collection(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "corpus.jsonl").unlink()

    with pytest.raises(ConfigurationError, match=r"neither corpus\.jsonl nor a folder corpus"):
        load_collection(tmp_path)
    with pytest.raises(ConfigurationError, match=r"no file other\.tsv"):
        load_collection(tmp_path, qrels=Path("other.tsv"))
    with pytest.raises(ConfigurationError, match="neither a folder nor a file"):
        load_collection(tmp_path / "nowhere")
