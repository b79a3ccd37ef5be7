"""Reading answers that people rated, as the files of several collections write them.

The layout is that of MTRAG's human evaluation: beside a collection, ``rated_answers.jsonl`` with ``task_id``, ``answer`` and for
every quality the raters' votes from 1 to 4. Files that name these otherwise, or have a median in place of votes, are read too.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from pydantic import JsonValue

from aika.domain.errors import ConfigurationError

RATED = "rated_answers.jsonl"
QUALITIES = ("faithfulness", "completeness")

_TOPIC = ("task_id", "topic", "topic_id", "query_id", "query-id", "question_id", "turn_id", "qid", "id", "_id")
_WRITER = ("model", "writer", "system", "generator", "model_name", "model_id")
_ANSWER = ("answer", "response", "model_response", "prediction", "output", "text")
_CONTEXTS = ("contexts", "passages", "evidence", "documents")
_VOTES = ("votes", "ratings", "annotations", "scores", "human")
"""Where a file keeps its qualities one level down."""
_ONE_VOTE = ("value", "rating", "score", "vote")
_IDS = ("document_id", "doc_id", "id", "_id", "passage_id")


@dataclass(frozen=True, slots=True)
class Context:
    """A passage that an answer was written from."""

    id: str = ""
    """Of a document of the collection; empty where only the text is known."""
    text: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    """An answer with what each of several people said of it."""

    topic: str
    writer: str
    text: str
    votes: Mapping[str, tuple[float, ...]]
    """By quality."""
    contexts: tuple[Context, ...] = ()
    """What it was written from, where the file says so."""

    def median(self, quality: str) -> float:
        return float(median(self.votes[quality]))


def read_rated(folder: Path) -> list[RatedAnswer]:
    """Return the rated answers beside a collection. Raises `ConfigurationError` where there are none, or for a wrong line.

    An answer whose faithfulness nobody rated is left out.
    """
    path = folder / RATED
    if not path.is_file():
        raise ConfigurationError(f"{folder} has no {RATED}: there is nobody to agree with")
    found = [_answer(row, where) for where, row in _rows(path)]
    return [answer for answer in found if "faithfulness" in answer.votes]


def contexts_of(metadata: Mapping[str, JsonValue]) -> tuple[Context, ...]:
    """Return the passages that a row or a topic's metadata names."""
    for name in _CONTEXTS:
        listed = metadata.get(name)
        if isinstance(listed, list) and listed:
            return tuple(_context(each) for each in listed)
    return ()


def _rows(path: Path) -> Iterator[tuple[str, dict[str, JsonValue]]]:
    # Not splitlines(): it also cuts at characters that JSON strings may hold.
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number},"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ConfigurationError(f"{where} is no rated answer: {error}") from error
        if not isinstance(row, dict):
            raise ConfigurationError(f"{where} is no rated answer: a line is an object")
        yield where, row


def _answer(row: Mapping[str, JsonValue], where: str) -> RatedAnswer:
    topic, text = _text(row, _TOPIC), _text(row, _ANSWER)
    if not topic or not text:
        raise ConfigurationError(f"{where} is no rated answer: it needs {_TOPIC[0]} and {_ANSWER[0]}")
    voted = {quality: _votes(row, quality, where) for quality in QUALITIES}
    votes = {quality: each for quality, each in voted.items() if each}
    return RatedAnswer(topic, _text(row, _WRITER), text, votes, contexts_of(row))


def _text(row: Mapping[str, JsonValue], names: Sequence[str]) -> str:
    for name in names:
        value = row.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value):
            return str(value)
    return ""


def _votes(row: Mapping[str, JsonValue], quality: str, where: str) -> tuple[float, ...]:
    inner: list[Mapping[str, JsonValue]] = [found for name in _VOTES if isinstance(found := row.get(name), dict)]
    for table in [row, *inner]:
        for name in (quality, f"{quality}_votes", f"{quality}_median", f"median_{quality}", f"{quality}_mean"):
            value = table.get(name)
            listed = value if isinstance(value, list) else [value]
            try:
                votes = tuple(vote for each in listed if (vote := _vote(each)) is not None)
            except ValueError as error:
                raise ConfigurationError(f"{where} is no rated answer: {name} is {value!r}, not votes") from error
            if votes:
                return votes
    return ()


def _vote(value: JsonValue) -> float | None:
    """Return one person's vote. Raises ``ValueError`` for what is none."""
    if isinstance(value, dict):
        value = next((value[name] for name in _ONE_VOTE if name in value), None)
    if value is None or isinstance(value, bool | list | dict):
        return None
    return float(value)


def _context(each: JsonValue) -> Context:
    if isinstance(each, dict):
        return Context(_text(each, _IDS), _text(each, ("text", "content", "passage")), _text(each, ("title",)))
    # An id or a text: whoever looks it up tries it as both.
    return Context(str(each), str(each))
