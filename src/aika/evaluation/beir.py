"""Test collections in the form of BEIR: documents and topics as JSON lines, judgments as a table."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    field_validator,
    model_validator,
)

from aika.domain.documents import AttributeValue, RawDocument
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import PrincipalId
from aika.domain.queries import Message, Role
from aika.evaluation.topics import Topic, repeated
from aika.forms.yaml_files import in_words

QUERIES = "queries.jsonl"
QRELS = "qrels.tsv"
_SPLITS = ("qrels/test.tsv", "qrels/dev.tsv")
"""Where the collections of BEIR itself have judgments."""
_UNANSWERABLE = {"unanswerable", "no", "false", "none", "0", "impossible"}
_ASKER_NAMES = {"user", "human", "asker"}
_MOST_IN_A_SLICING = 30
"""A metadata field with more values than this tells topics apart and groups none."""

Row = TypeVar("Row", bound="_Row")


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    # BEIR's own files have the underscore.
    id: str = Field(min_length=1, validation_alias=AliasChoices("id", "_id"))
    text: str
    metadata: dict[str, JsonValue] = {}

    @model_validator(mode="before")
    @classmethod
    def _without_null(cls, row: object) -> object:
        """Take what is null for missing, as files made from tables have it."""
        return {name: value for name, value in row.items() if value is not None} if isinstance(row, dict) else row


class _CorpusRow(_Row):
    title: str = ""
    url: str = ""


class _QueryRow(_Row):
    answerable: bool | None = None
    # SQuAD's own word for the opposite.
    is_impossible: bool | None = None
    answers: list[str] = []
    asked_as: list[str] | None = None

    @field_validator("answers", mode="before")
    @classmethod
    def _listed_answers(cls, answers: object) -> object:
        return [answers] if isinstance(answers, str) else answers


class _Turn(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: str
    speaker: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The metadata of a corpus's rows, by document."""

    metadata: Mapping[str, Mapping[str, JsonValue]]

    def judged_as(self, judged: set[str]) -> dict[str, str]:
        """Return each document's judged id, by the metadata field whose values most of the unknown judged ids are."""
        unknown = judged - self.metadata.keys()
        values: dict[str, dict[str, str]] = {}
        for key, metadata in self.metadata.items():
            for name, value in metadata.items():
                if isinstance(value, str):
                    values.setdefault(name, {})[key] = value
        covered = {name: len(unknown & set(by_id.values())) for name, by_id in values.items()}
        best = max(sorted(covered), key=lambda name: covered[name], default=None)
        return values[best] if best is not None and covered[best] > 0 else {}


def corpus_in(folder: Path, *, missing_ok: bool = False) -> Path | None:
    """Return where a folder's own documents are. Raises `ConfigurationError` where it has none, unless that is fine."""
    for place in (folder / "corpus.jsonl", folder / "corpus"):
        if place.exists():
            return place
    if missing_ok:
        return None
    raise ConfigurationError(
        f"{folder} has neither corpus.jsonl nor a folder corpus: name the documents' place with the corpus option, or in "
        f"{folder / 'collection.yaml'} with 'corpus'"
    )


def read_corpus(place: Path, with_attributes: bool) -> tuple[Corpus, tuple[RawDocument, ...]]:
    """Read a ``.jsonl`` file, or a folder, whose files' relative paths are the document ids."""
    if place.is_dir():
        files = [path for path in sorted(place.rglob("*")) if path.is_file() and not path.name.startswith(".")]
        names = [path.relative_to(place).as_posix() for path in files]
        return Corpus({}), tuple(
            RawDocument(key=name, content=path.read_bytes(), path=name) for name, path in zip(names, files, strict=True)
        )
    rows = [row for _, row in _rows(place, _CorpusRow)]
    for key in repeated(row.id for row in rows):
        raise ConfigurationError(f"{place} has several documents with the id {key!r}")
    return Corpus({row.id: row.metadata for row in rows}), tuple(_document(row, with_attributes) for row in rows)


def read_topics(path: Path) -> list[Topic]:
    """Read ``queries.jsonl``. A topic's metadata fields that group topics are its slices."""
    rows = list(_rows(path, _QueryRow))
    dimensions = _dimensions([row for _, row in rows])
    return [_topic(row, where, dimensions) for where, row in rows]


def read_judgments(folder: Path, given: Path) -> dict[str, dict[str, int]]:
    """Read a table of topic, document and grade, by default the folder's own."""
    path = _found(given, folder)
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


def has_judgments(folder: Path) -> bool:
    """Return whether a folder has judgments of its own."""
    return any((folder / name).is_file() for name in (QRELS, *_SPLITS))


def _found(path: Path, folder: Path) -> Path:
    own = (folder / path, *(folder / split for split in _SPLITS))
    for place in own if path == Path(QRELS) else (path, folder / path):
        if place.is_file():
            return place
    raise ConfigurationError(f"there is no file {path}, neither here nor in {folder}")


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


def _dimensions(rows: Sequence[_QueryRow]) -> list[str]:
    """Return the metadata fields that group topics: a few values, each of several topics on average."""
    values: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.metadata.items():
            if isinstance(value, str):
                values.setdefault(name, set()).add(value)
    return [name for name, found in values.items() if len(found) <= min(_MOST_IN_A_SLICING, len(rows) / 2)]


def _topic(row: _QueryRow, where: str, dimensions: Sequence[str]) -> Topic:
    said = _answerable(row)
    try:
        turns = [_Turn.model_validate(turn) for turn in _listed(row.metadata.get("history"))]
    except ValidationError as error:
        raise ConfigurationError(f"{where}: the history is malformed: {_in_words(error)}") from error
    history = tuple(
        Message(Role.USER if (turn.role or turn.speaker) in _ASKER_NAMES else Role.ASSISTANT, turn.text)
        for turn in turns
    )
    slices = {name: (value,) for name in dimensions if isinstance(value := row.metadata.get(name), str)}
    return Topic(
        row.id,
        row.text,
        answerable=said is not False,
        history=history,
        metadata=row.metadata,
        answers=tuple(row.answers),
        nuggets=tuple(str(nugget) for nugget in _listed(row.metadata.get("nuggets"))),
        slices=slices,
        asked_as=None if row.asked_as is None else tuple(PrincipalId(principal) for principal in row.asked_as),
        stated=said is not None,
    )


def _answerable(row: _QueryRow) -> bool | None:
    """Return whether a topic can be answered, in the spellings of several collections; ``None`` where nothing says it."""
    if row.answerable is not None:
        return row.answerable
    if row.is_impossible is not None:
        return not row.is_impossible
    said = row.metadata.get("answerable", row.metadata.get("answerability"))
    if isinstance(said, list):
        said = said[0] if said else None
    if isinstance(said, str):
        return said.strip().lower() not in _UNANSWERABLE
    return None if said is None else bool(said)


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


def _lines(path: Path) -> list[str]:
    try:
        # Not splitlines(): it also cuts at characters that JSON strings may hold.
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error


def _in_words(error: ValidationError) -> str:
    return "; ".join(in_words(p["loc"], p["msg"]) for p in error.errors(include_url=False, include_input=False))
