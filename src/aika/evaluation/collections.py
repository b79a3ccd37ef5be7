"""Reading test collections, in whatever form they are written."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from aika.domain.errors import ConfigurationError
from aika.evaluation.beir import QRELS, QUERIES, corpus_in, has_judgments, read_corpus, read_judgments, read_topics
from aika.evaluation.topic_files import TopicFile, read_jsonl, read_yaml
from aika.evaluation.topics import Locatable, Reference, TestCollection, Topic, judgment_notes, resolved

__all__ = ["Reference", "TestCollection", "Topic", "find_collection", "load_collection"]

FOLDER = "evaluation"
"""Beside ``aika.toml``: where a team's collections are."""
ABOUT = "collection.yaml"
"""In a folder with a collection: what is said of it as a whole, or all of it."""


def find_collection(name: Path, *, beside: Path) -> Path:
    """Return the place of a collection: as given, or the one of this name in the folder ``evaluation`` beside ``aika.toml``.

    Raises `ConfigurationError` that names the collections there are.
    """
    if name.exists():
        return name
    folder = beside / FOLDER
    for place in (folder / name, folder / f"{name}.yaml", folder / f"{name}.yml", folder / f"{name}.jsonl"):
        if place.exists():
            return place
    there = ", ".join(sorted(path.stem for path in folder.glob("*.y*ml"))) or "none"
    raise ConfigurationError(f"there is no collection {name}, neither as a path nor in {folder} (there: {there})")


def load_collection(
    place: Path,
    *,
    qrels: Path | None = None,
    corpus: Path | None = None,
    with_attributes: bool = False,
    lenient: bool = False,
) -> TestCollection:
    """Read a test collection: a YAML file, a ``.jsonl`` file with a topic a line, or a folder.

    A folder has ``collection.yaml``, or ``queries.jsonl`` with ``qrels.tsv`` (BEIR), or both. Documents are those of ``corpus``
    (a ``.jsonl`` file or a folder, whose files' relative paths are the document ids), or of the corpus that the collection names
    or holds; a YAML or ``.jsonl`` file without one is put to the documents of a deployment. ``qrels`` is another file of
    judgments of a folder. It may judge something larger than documents: then the metadata field of the corpus whose values it
    judges is found by itself. ``with_attributes`` makes rows' metadata the documents' attributes, as a connector would that
    reads them beside the text. A ``lenient`` reading of a folder does without judgments, and takes from them which topics can be
    answered where nothing else says it. Raises `ConfigurationError`, with file and line, for what is missing or malformed.
    """
    if place.is_file():
        return _of_file(place, corpus, with_attributes)
    if not place.is_dir():
        raise ConfigurationError(f"{place} is neither a folder nor a file with a test collection")
    about = place / ABOUT
    if not about.exists():
        judgments = _judgments(place, qrels, lenient)
        collection = _of_folder(place, judgments, corpus or corpus_in(place), with_attributes)
        return _told_by_judgments(collection) if lenient else collection
    written = read_yaml(about)
    documents = corpus or written.corpus or corpus_in(place, missing_ok=True)
    if not (place / QUERIES).exists():
        return _of_topics(written, documents, with_attributes, name=_name(place))
    if written.topics:
        raise ConfigurationError(f"{about} has topics, and {place / QUERIES} is there, too: keep one of them")
    collection = _of_folder(place, _judgments(place, qrels, lenient), documents, with_attributes)
    collection = _told_by_judgments(collection) if lenient else collection
    return replace(collection, name=written.name or collection.name)


def _judgments(place: Path, qrels: Path | None, lenient: bool) -> dict[str, dict[str, int]]:
    if lenient and qrels is None and not has_judgments(place):
        return {}
    return read_judgments(place, qrels or Path(QRELS))


def _told_by_judgments(collection: TestCollection) -> TestCollection:
    """Return it with the topics that have no relevant document as unanswerable, where nothing says which ones are."""
    if not collection.judgments:
        # What is said of topics without judgments is meant for collections that judge others.
        return replace(collection, notes=())
    relevant = {topic for topic, grades in collection.judgments.items() if any(grade > 0 for grade in grades.values())}
    lacking = sum(topic.id not in relevant for topic in collection.topics)
    if any(topic.stated for topic in collection.topics) or lacking in {0, len(collection.topics)}:
        return collection
    note = f"nothing says which topics can be answered: the {lacking} without a relevant document count as those that cannot"
    topics = tuple(replace(topic, answerable=topic.id in relevant) for topic in collection.topics)
    return replace(collection, topics=topics, notes=(*collection.notes, note))


def _of_file(place: Path, corpus: Path | None, with_attributes: bool) -> TestCollection:
    written = read_jsonl(place) if place.suffix == ".jsonl" else read_yaml(place)
    return _of_topics(written, corpus or written.corpus, with_attributes, name=place.stem)


def _of_topics(written: TopicFile, corpus: Path | None, with_attributes: bool, *, name: str) -> TestCollection:
    documents = () if corpus is None else read_corpus(corpus, with_attributes)[1]
    collection = TestCollection(
        name=written.name or name,
        documents=documents,
        topics=written.topics,
        judgments={},
        notes=written.notes,
        deployed=corpus is None,
        over=written.over,
        references=written.references,
    )
    if collection.deployed:
        return collection
    return resolved(collection, [Locatable(raw.key, raw.key, raw.url) for raw in documents])


def _of_folder(
    place: Path, judgments: Mapping[str, Mapping[str, int]], corpus: Path | None, with_attributes: bool
) -> TestCollection:
    topics = tuple(read_topics(place / QUERIES))
    if corpus is None:
        return TestCollection(_name(place), (), topics, {}, deployed=True, references=_references(judgments))
    rows, documents = read_corpus(corpus, with_attributes)
    judged = {judged_id for grades in judgments.values() for judged_id in grades}
    judged_as = rows.judged_as(judged)
    collection = TestCollection(_name(place), documents, topics, judgments, judged_as)
    known = [collection.judged_id(document.key) for document in documents]
    return replace(collection, notes=tuple(judgment_notes(collection, known)))


def _references(judgments: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[Reference, ...]]:
    return {
        topic: tuple(Reference(name, grade=grade) for name, grade in grades.items())
        for topic, grades in judgments.items()
    }


def _name(place: Path) -> str:
    return place.resolve().name
