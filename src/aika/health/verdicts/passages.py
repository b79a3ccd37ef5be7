"""Passages and their sentences, as verdicts compare and show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from aika.answering.display import plain
from aika.answering.sentences import UnitKind, passage_units
from aika.domain.access import EVERYONE
from aika.domain.documents import Chunk, Document
from aika.domain.findings import Exhibit

_STATING = (UnitKind.SENTENCE, UnitKind.ITEM, UnitKind.ROW)


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk with its place in the ranking for the question."""

    chunk: Chunk
    rank: int | None = None
    """From 1; ``None`` where the question's ranking does not have it."""

    @property
    def document(self) -> Document:
        return self.chunk.document

    @property
    def names(self) -> tuple[str, ...]:
        """The title and the headings above it."""
        return (self.document.title, *self.chunk.heading_path)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, list item or row of a document."""

    passage: Passage
    start: int
    end: int
    """Character offsets into the document's text."""

    @property
    def raw(self) -> str:
        """Verbatim."""
        chunk = self.passage.chunk
        return chunk.text[self.start - chunk.start : self.end - chunk.start]

    @property
    def text(self) -> str:
        """The words alone."""
        return plain(self.raw)

    @property
    def document(self) -> Document:
        return self.passage.document

    def exhibit(self, note: str) -> Exhibit:
        return Exhibit(self.document, self.raw, self.start, self.end, note)


def sentences_of(passage: Passage) -> list[Sentence]:
    """Return what the passage states, in reading order."""
    start = passage.chunk.start
    return [
        Sentence(passage, start + unit.start, start + unit.end)
        for unit in passage_units(passage.chunk)
        if unit.kind in _STATING
    ]


def whole(document: Document, note: str) -> Exhibit:
    """Return the exhibit of a document as a whole."""
    return Exhibit(document, "", note=note)


def name_of(document: Document) -> str:
    return f"“{plain(document.title or document.key)}”"


def may_tell(readers_of: Document, others: Sequence[Document]) -> bool:
    """Return whether everybody who may read the one document may read the others too.

    What a verdict says in words is read by the document's owner, and must not tell of what the owner may not read.
    """
    return all(EVERYONE in other.readers or readers_of.readers <= other.readers for other in others)
