"""What two answers to one question have in common, beyond that they are about the same question.

Two answers in one channel always share words, and two answers to one question share that question's words whatever they say.
So most signals here look at what is left when the question is taken away. The reader of ``models/reader.py``, asked which words
of each answer the question, was tried beside them: it told no more than they do.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from aika.answering.citations import without_markers
from aika.answering.display import inline
from aika.answering.exactness import Exact, code_words, exact
from aika.answering.polarity import contradicts
from aika.answering.punctuation import sentence_spans
from aika.answering.vectors import SentenceVectors
from aika.protocols import Analyzer, Embedder, Matrix, Vector

_MOST_SENTENCES = 12
"""Of each side. What comes later is rarely the answer, and every one costs milliseconds."""
_MOST_CHARS = 1_500
_WHOLE_CHARS = 600
"""About as much as the embedder reads at once."""
_LEAST_TERMS = 2
_ALIKE = 0.6
"""The cosine from which two sentences are about the same thing, so that a contradiction between them counts."""
_COMMAND = re.compile(
    r"(?:^|[\s`'\"(])((?:sudo|apt|apt-get|aptitude|dpkg|snap|yum|dnf|pip|npm|npx|yarn|git|docker|kubectl|helm|make|raco|lein|clj|"
    r"cd|ls|cp|mv|rm|chmod|chown|mount|umount|modprobe|lspci|lsusb|lsmod|ps|kill|killall|grep|sed|ssh|scp|curl|wget|systemctl|"
    r"service|vim?|nano|gedit|man)\s+[-\w./]+)",
    re.IGNORECASE,
)
_PATH = re.compile(r"(?<![\w/])(?:~|\.{0,2})?/(?:[\w.+-]+/?)+")
_LINK = re.compile(r"https?://[^\s<>()\"']+", re.IGNORECASE)
_SUDO = re.compile(r"^sudo\s+", re.IGNORECASE)


class Rarity:
    """How rare words are in a channel: what everybody says there tells little."""

    def __init__(self, analyzer: Analyzer, texts: Iterable[str]) -> None:
        self._counts: Counter[str] = Counter()
        self._texts = 0
        for text in texts:
            self._texts += 1
            self._counts.update(set(analyzer.terms(text)))

    def weight(self, term: str) -> float:
        """Return the term's inverse document frequency, 0..1: a word that nobody else used has 1."""
        if not self._texts:
            return 1.0
        return math.log((self._texts + 1) / (self._counts[term] + 1)) / math.log(self._texts + 1)


@dataclass(frozen=True, slots=True)
class Read:
    """An answer, read for comparison."""

    text: str
    sentences: tuple[str, ...]
    terms: frozenset[str]
    """Without the question's."""
    marks: frozenset[str]
    """Commands, paths, links, identifiers and numbers that the question does not have, in lower case."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Measures what two answers to a question share. One object serves many pairs of one channel."""

    analyzer: Analyzer
    embedder: Embedder
    rarity: Rarity
    _vectors: list[SentenceVectors] = field(default_factory=list)

    async def signals(self, question: str, one: str, other: str) -> dict[str, float]:
        """Return the signals, each 0..1. The two are alike: their order changes nothing."""
        asked = frozenset(self.analyzer.terms(question))
        asked_marks = marks(question)
        mine, theirs = (self._read(text, asked, asked_marks) for text in (one, other))
        if not mine.sentences or not theirs.sentences:
            return {}
        vectors = await self._embedded(question, mine, theirs)
        return {
            "similarity_whole": vectors.whole,
            "similarity_beyond": vectors.beyond,
            "rare_shared": self._rare_shared(mine, theirs),
            "marks_shared": min(1.0, len(mine.marks & theirs.marks) / 2),
            "marks_differ": float(bool(mine.marks and theirs.marks and not mine.marks & theirs.marks)),
            "denied": self._denied(mine, theirs, vectors.matrix),
        }

    def _read(self, text: str, asked: frozenset[str], asked_marks: frozenset[str]) -> Read:
        bare = spoken(text)[:_MOST_CHARS]
        sentences = [
            sentence
            for line in bare.splitlines()
            for start, end in sentence_spans(line)
            if len(self.analyzer.terms(sentence := line[start:end])) >= _LEAST_TERMS
        ]
        kept = tuple(dict.fromkeys(sentences))[:_MOST_SENTENCES]
        return Read(bare, kept, frozenset(self.analyzer.terms(bare)) - asked, marks(bare) - asked_marks)

    def _rare_shared(self, one: Read, other: Read) -> float:
        """Return the weight of the shared terms as a share of that of the side that says less."""
        shared = math.fsum(self.rarity.weight(term) for term in one.terms & other.terms)
        least = min(math.fsum(self.rarity.weight(term) for term in side.terms) for side in (one, other))
        return shared / least if least else 0.0

    async def _embedded(self, question: str, one: Read, other: Read) -> "_Vectors":
        if not self._vectors:
            self._vectors.append(SentenceVectors(self.embedder))
        wholes = [question[:_WHOLE_CHARS], one.text[:_WHOLE_CHARS], other.text[:_WHOLE_CHARS]]
        found = await self._vectors[0].of([*wholes, *one.sentences, *other.sentences])
        split = len(wholes) + len(one.sentences)
        matrix = found[len(wholes) : split] @ found[split:].T
        asked, mine, theirs = found[0], found[1], found[2]
        return _Vectors(
            whole=_within(float(mine @ theirs)),
            beyond=_within(_cosine(_without(mine, asked), _without(theirs, asked))),
            matrix=matrix,
        )

    def _denied(self, one: Read, other: Read, matrix: Matrix) -> float:
        """Return 1 where the two sentences that are nearest say the opposite."""
        row, column = np.unravel_index(int(matrix.argmax()), matrix.shape)
        if matrix[row, column] < _ALIKE:
            return 0.0
        return float(contradicts(one.sentences[int(row)], other.sentences[int(column)], self.analyzer) is not None)


@dataclass(frozen=True, slots=True)
class _Vectors:
    whole: float
    beyond: float
    matrix: Matrix


def spoken(text: str) -> str:
    """Return an answer as words: without markers, headings' signs and quoting, a line each."""
    lines = [inline(line) for line in without_markers(text).splitlines()]
    return "\n".join(line for line in lines if line)


def marks(text: str) -> frozenset[str]:
    """Return what is the same in two answers only where they mean the same: commands, paths, links, identifiers, numbers."""
    links = {link.rstrip(".,;:!?").lower() for link in _LINK.findall(text)}
    rest = _LINK.sub(" ", text)
    commands = {_SUDO.sub("", " ".join(command.lower().split())) for command in _COMMAND.findall(rest)}
    paths = {path.rstrip("/.").lower() for path in _PATH.findall(rest)}
    stated: Exact = exact(rest)
    numbers = {f"{quantity.value:g} {quantity.unit or ''}".strip() for quantity in stated.quantities}
    # A bare small number is on every list and in every version.
    numbers = {number for number in numbers if len(number) > 1}
    return frozenset(links | commands | paths | numbers | stated.identifiers | code_words(text)) - {"", "/"}


def sample_of(texts: Sequence[str], limit: int) -> Sequence[str]:
    """Return at most so many texts, evenly spread: rarity needs no more."""
    step = max(1, math.ceil(len(texts) / limit))
    return texts[::step]


def _without(vector: Vector, direction: Vector) -> Vector:
    rest: Vector = vector - float(vector @ direction) * direction
    return rest


def _cosine(one: Vector, other: Vector) -> float:
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / lengths if lengths > 1e-6 else 0.0  # the question repeated leaves nothing


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))
