"""Test collections: documents, topics, and judgments of which document answers which topic."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import AttributeValue, Document, RawDocument
from aika.domain.errors import ConfigurationError
from aika.domain.queries import Message, Role

Row = TypeVar("Row", bound="_Row")

_QRELS = "qrels.tsv"
_ASKER_NAMES = {"user", "human", "asker"}


@dataclass(frozen=True, slots=True)
class Topic:
    """An information need to test with."""

    id: str
    text: str
    answerable: bool = True
    history: tuple[Message, ...] = ()
    metadata: Mapping[str, JsonValue] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    """What a right answer names, where the collection tells it: all of them, spellings of one thing counted once."""
    nuggets: tuple[str, ...] = ()
    """Facts that a good answer has, each in a few words."""
    slices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What the collection itself groups topics by, such as ``tag`` or ``slice``."""
    scope: Scope = UNRESTRICTED
    """What whoever asks may see."""


@dataclass(frozen=True, slots=True)
class TestCollection:
    """Documents with topics and judgments."""

    __test__: ClassVar[bool] = False  # pytest collects classes with this name otherwise

    name: str
    documents: tuple[RawDocument, ...]
    """Their keys are the collection's document ids."""
    topics: tuple[Topic, ...]
    judgments: Mapping[str, Mapping[str, int]]
    """By topic, then by judged id: 0 is not relevant."""
    judged_as: Mapping[str, str] = field(default_factory=dict)
    """The judged id of each document whose judged id is not its own, such as the conversation of a message."""
    notes: tuple[str, ...] = ()
    """What a reader of the numbers should know: judged ids that no document has."""

    @property
    def judged_topics(self) -> tuple[Topic, ...]:
        """The answerable ones with a relevant document: those that measures are taken over."""
        return tuple(
            topic
            for topic in self.topics
            if topic.answerable and any(grade > 0 for grade in self.judgments.get(topic.id, {}).values())
        )

    def judged_id(self, key: str) -> str:
        return self.judged_as.get(key, key)

    def judged_document(self, document: Document) -> str:
        return self.judged_id(document.key)


def load_collection(
    folder: Path, *, qrels: Path | None = None, corpus: Path | None = None, with_attributes: bool = False
) -> TestCollection:
    """Read ``queries.jsonl``, ``qrels.tsv`` and ``corpus.jsonl``, or in place of the last the files of ``corpus``.

    ``qrels`` is another file of judgments, relative to the folder where it is not found as given. It may judge something
    larger than documents: then the metadata field of the corpus whose values it judges is found by itself. ``corpus``
    is a ``.jsonl`` file or a folder, whose files' relative paths are the document ids. ``with_attributes`` makes rows'
    metadata the document's attributes, as a connector would that reads them beside the text. Raises
    `ConfigurationError`, with file and line, for what is missing or malformed.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"{folder} is not a folder with a test collection")
    judgments = _read_judgments(_found(qrels or Path(_QRELS), folder))
    rows, documents = _read_corpus(_corpus_place(folder, corpus), with_attributes)
    judged = {judged_id for grades in judgments.values() for judged_id in grades}
    judged_as = _judged_as(rows, judged)
    topics = tuple(_read_topics(folder / "queries.jsonl"))
    return TestCollection(
        name=folder.resolve().name,
        documents=documents,
        topics=topics,
        judgments=judgments,
        judged_as=judged_as,
        notes=tuple(_notes(topics, documents, judgments, judged_as)),
    )


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    text: str
    metadata: dict[str, JsonValue] = {}


class _CorpusRow(_Row):
    title: str = ""
    url: str = ""


class _QueryRow(_Row):
    answerable: bool | None = None
    answers: list[str] = []


class _Turn(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: str
    speaker: str = ""
    role: str = ""


def _found(path: Path, folder: Path) -> Path:
    for place in (folder / path, path) if path == Path(_QRELS) else (path, folder / path):
        if place.is_file():
            return place
    raise ConfigurationError(f"there is no file {path}, neither here nor in {folder}")


def _corpus_place(folder: Path, corpus: Path | None) -> Path:
    if corpus is not None:
        return corpus
    for place in (folder / "corpus.jsonl", folder / "corpus"):
        if place.exists():
            return place
    raise ConfigurationError(
        f"{folder} has neither corpus.jsonl nor a folder corpus: name the documents' place with the corpus option"
    )


def _read_corpus(place: Path, with_attributes: bool) -> tuple[list[_CorpusRow], tuple[RawDocument, ...]]:
    if place.is_dir():
        files = [path for path in sorted(place.rglob("*")) if path.is_file() and not path.name.startswith(".")]
        names = [path.relative_to(place).as_posix() for path in files]
        return [], tuple(
            RawDocument(key=name, content=path.read_bytes(), path=name) for name, path in zip(names, files, strict=True)
        )
    rows = [row for _, row in _rows(place, _CorpusRow)]
    repeated = [key for key, count in Counter(row.id for row in rows).items() if count > 1]
    if repeated:
        raise ConfigurationError(f"{place} has several documents with the id {repeated[0]!r}")
    return rows, tuple(_document(row, with_attributes) for row in rows)


def _document(row: _CorpusRow, with_attributes: bool) -> RawDocument:
    # Unless asked for, its metadata is the collection's bookkeeping, and no part of the document.
    return RawDocument(
        key=row.id,
        content=(row.text or row.title).encode("utf-8", "surrogatepass"),
        path=row.id,
        # What a corpus holds is text with at most light markup, whatever its ids look like.
        media_type="text/markdown",
        title=row.title or None,
        url=row.url or None,
        attributes=dict(_attributes(row.metadata)) if with_attributes else {},
    )


def _attributes(metadata: Mapping[str, JsonValue]) -> Iterator[tuple[str, AttributeValue]]:
    """Yield what can be an attribute: texts, numbers and lists of them."""
    for name, value in metadata.items():
        key = re.sub(r"\W+", "_", name.lower())
        if isinstance(value, list):
            yield key, tuple(str(item) for item in value if isinstance(item, str | int | float))
        elif isinstance(value, str | int | float):
            yield key, str(value)


def _read_topics(path: Path) -> Iterator[Topic]:
    for where, row in _rows(path, _QueryRow):
        said = row.metadata.get("answerable", True) if row.answerable is None else row.answerable
        try:
            turns = [_Turn.model_validate(turn) for turn in _listed(row.metadata.get("history"))]
        except ValidationError as error:
            raise ConfigurationError(f"{where}: the history is malformed: {_in_words(error)}") from error
        history = tuple(
            Message(Role.USER if (turn.role or turn.speaker) in _ASKER_NAMES else Role.ASSISTANT, turn.text)
            for turn in turns
        )
        yield Topic(
            row.id, row.text, answerable=bool(said), history=history, metadata=row.metadata, answers=tuple(row.answers)
        )


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _rows(path: Path, schema: type[Row]) -> Iterator[tuple[str, Row]]:
    """Yield the rows of a file of JSON lines, each with where it stands."""
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            yield where, schema.model_validate(json.loads(line))
        except ValidationError as error:
            raise ConfigurationError(f"{where}: {_in_words(error)}") from error
        except ValueError as error:
            raise ConfigurationError(f"{where} is not JSON: {error}") from error


def _read_judgments(path: Path) -> dict[str, dict[str, int]]:
    judgments: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), start=1):
        fields = line.rstrip("\n").split("\t")
        if not line.strip() or (number == 1 and fields[-1].strip() == "score"):
            continue
        try:
            topic, judged_id, grade = fields
            judgments.setdefault(topic, {})[judged_id] = int(grade)
        except ValueError as error:
            raise ConfigurationError(
                f"{path}, line {number}: expected topic, document and a whole number, separated by tabs, not {line!r}"
            ) from error
    return judgments


def _lines(path: Path) -> list[str]:
    try:
        # Not splitlines(): it also cuts at characters that JSON strings may hold.
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error


def _judged_as(rows: list[_CorpusRow], judged: set[str]) -> dict[str, str]:
    """Return each document's judged id, by the metadata field whose values most of the unknown judged ids are."""
    unknown = judged - {row.id for row in rows}
    values: dict[str, dict[str, str]] = {}
    for row in rows:
        for name, value in row.metadata.items():
            if isinstance(value, str):
                values.setdefault(name, {})[row.id] = value
    covered = {name: len(unknown & set(by_id.values())) for name, by_id in values.items()}
    best = max(sorted(covered), key=lambda name: covered[name], default=None)
    return values[best] if best is not None and covered[best] > 0 else {}


def _notes(
    topics: tuple[Topic, ...],
    documents: tuple[RawDocument, ...],
    judgments: Mapping[str, Mapping[str, int]],
    judged_as: Mapping[str, str],
) -> Iterator[str]:
    known = {judged_as.get(document.key, document.key) for document in documents}
    absent = {judged_id for grades in judgments.values() for judged_id, grade in grades.items() if grade > 0} - known
    if absent:
        yield f"{len(absent)} judged ids are not in the corpus, such as {min(absent)!r}; they count as not found"
    unjudged = sum(1 for topic in topics if topic.answerable and topic.id not in judgments)
    if unjudged:
        yield f"{unjudged} answerable topics have no judgments and are left out"


def _in_words(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    )
