"""Chunks and questions as weighted terms: the lexical half of every index.

The weights are those of BM25F (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009,
section 3.6): occurrences are counted a field at a time, normalised by the field's length, weighted, summed, and only then
saturated, so that a word in the title and in the body is one piece of evidence and not two. The inverse document frequency
is left out here: the engines apply it when they search (`inverse_document_frequency`).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import blake2b

from aika.domain.documents import Chunk, Document
from aika.protocols import Analyzer

_LONGEST_ATTRIBUTE = 80
"""Characters. Longer attribute values are prose, which the body has already, or machine data."""


@dataclass(frozen=True, slots=True)
class Field:
    """How one part of a chunk counts."""

    weight: float
    """What one occurrence is worth, where one in the body is worth 1."""
    b: float
    """0..1: how much a long field is held against each of its words."""
    average_length: float
    """In terms. Fixed, so that a chunk's weights do not depend on the other chunks."""
    least_norm: float = 0.0
    """A field is taken for no shorter than where its length norm is this. Otherwise a word in a chat message of five words
    counts three times as much as in a paragraph, and remarks stand before conversations."""

    def length_norm(self, terms: int) -> float:
        """Return what an occurrence in a field of so many terms is divided by."""
        return max(1 - self.b + self.b * terms / self.average_length, self.least_norm)


@dataclass(frozen=True, slots=True)
class Bm25Fields:
    """The constants of the weighting. Weights are stored in the index: other constants need a new generation."""

    body: Field = Field(weight=1.0, b=0.75, average_length=90, least_norm=0.5)
    headings: Field = Field(weight=1.0, b=0.5, average_length=5)
    title: Field = Field(weight=3.0, b=0.5, average_length=5)
    key: Field = Field(weight=0.7, b=0.5, average_length=6)
    attributes: Field = Field(weight=0.5, b=0.5, average_length=8)
    k1: float = 1.5
    """How fast repeats of a term stop counting. With weighted fields the frequencies are larger, and so is this."""

    @property
    def fingerprint(self) -> str:
        """Changes when the same terms would get different weights."""
        return blake2b(repr(asdict(self)).encode(), digest_size=6).hexdigest()


FIELDS = Bm25Fields()
"""The constants that every engine uses."""


@dataclass(frozen=True, slots=True)
class TermWeights:
    """A sparse vector: what each term, by its number, weighs. Numbers are distinct."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


def weigh_chunk(chunk: Chunk, analyzer: Analyzer, fields: Bm25Fields = FIELDS) -> TermWeights:
    """Return what each term of the chunk weighs. A chunk without terms has no weights."""
    document = chunk.document
    frequencies: defaultdict[int, float] = defaultdict(float)
    for field, text in (
        (fields.body, chunk.text),
        (fields.headings, "\n".join(chunk.heading_path)),
        (fields.title, document.title),
        (fields.key, document.key),
        (fields.attributes, "\n".join(_attribute_texts(document))),
    ):
        terms = analyzer.terms(text) if text else []
        length_norm = field.length_norm(len(terms))
        for term, count in Counter(terms).items():
            frequencies[term_number(term)] += field.weight * count / length_norm
    k1 = fields.k1
    return TermWeights(
        tuple(frequencies), tuple((k1 + 1) * frequency / (k1 + frequency) for frequency in frequencies.values())
    )


def weigh_question(text: str, analyzer: Analyzer) -> TermWeights:
    """Return each distinct term with weight 1: what a pasted log repeats is not what its sender asks about."""
    numbers = dict.fromkeys(term_number(term) for term in analyzer.terms(text))
    return TermWeights(tuple(numbers), (1.0,) * len(numbers))


def inverse_document_frequency(chunks: int, having: int) -> float:
    """Return how telling a term is that ``having`` of the ``chunks`` have: the formula of Qdrant's IDF modifier."""
    return math.log((chunks - having + 0.5) / (having + 0.5) + 1)


@lru_cache(maxsize=1 << 16)
def term_number(term: str) -> int:
    """Return the term's index in sparse vectors: 32 bits, the same on every machine and in every run.

    Among 500,000 distinct terms, about 29 pairs share a number.
    """
    return int.from_bytes(blake2b(term.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")


def _attribute_texts(document: Document) -> Iterator[str]:
    if document.owner is not None:
        yield document.owner.name
    yield from document.authors
    for value in document.attributes.values():
        for text in (value,) if isinstance(value, str) else value:
            if len(text) <= _LONGEST_ATTRIBUTE:
                yield text
