"""The account of a retrieval: kept while it happens, and shown as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from aika.domain.identifiers import ChunkId
from aika.domain.queries import Candidate, Explanation, Hit, Move, Place, Retrieval
from aika.protocols import Analyzer


@dataclass(slots=True)
class Account:
    """Notes what each stage does to each chunk. Lives as long as one retrieval."""

    question: str
    analyzer: Analyzer
    _places: dict[ChunkId, dict[str, Place]] = field(default_factory=dict)
    _moves: dict[ChunkId, list[Move]] = field(default_factory=dict)

    def ranked(self, name: str, ranking: Sequence[Candidate]) -> None:
        for rank, candidate in enumerate(ranking, start=1):
            self._places.setdefault(candidate.chunk, {})[name] = Place(rank, candidate.score)

    def reordered(
        self,
        stage: str,
        before: Sequence[Hit],
        after: Sequence[Hit],
        reason: str,
        reasons: Mapping[ChunkId, str] = MappingProxyType({}),
    ) -> None:
        """Note what a stage did to each hit: with a reason of its own even where it stayed, else where it moved."""
        old = _ranks(before)
        for chunk, rank in _ranks(after).items():
            if old.get(chunk) != rank or chunk in reasons:
                self._note(chunk, Move(stage, old.get(chunk), rank, reasons.get(chunk, reason)))

    def removed(self, stage: str, before: Sequence[Hit], kept: Mapping[ChunkId, ChunkId]) -> None:
        """Note the chunks that say what another does, with that other one."""
        ranks = _ranks(before)
        for chunk, other in kept.items():
            self._note(chunk, Move(stage, ranks[chunk], None, f"says the same as {other}"))

    def taken_out(self, stage: str, hit: Hit, rank: int, reason: str) -> None:
        self._note(hit.chunk.id, Move(stage, rank, None, reason))

    def explanations(self, hits: Sequence[Hit]) -> dict[ChunkId, Explanation]:
        """Return those of the hits and of every chunk that was taken out."""
        words = {hit.chunk.id: matched_words(self.question, hit.chunk.passage, self.analyzer) for hit in hits}
        out = [chunk for chunk, moves in self._moves.items() if moves[-1].rank_after is None]
        return {
            chunk: Explanation(
                places=self._places.get(chunk, {}),
                matched_terms=words.get(chunk, ()),
                moves=tuple(self._moves.get(chunk, ())),
            )
            for chunk in dict.fromkeys((*words, *out))
        }

    def _note(self, chunk: ChunkId, move: Move) -> None:
        self._moves.setdefault(chunk, []).append(move)


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """One hit of a retrieval in words and numbers, for tables and for the wire."""

    rank: int | None
    """``None`` for what a stage took out."""
    chunk: ChunkId
    title: str
    """Of the document, empty for what was taken out."""
    heading: str
    score: float | None
    places: tuple[tuple[str, int, float], ...]
    """Ranking, rank in it, score in it."""
    matched_terms: tuple[str, ...]
    moves: tuple[str, ...]


def explanation_rows(retrieval: Retrieval) -> list[ExplanationRow]:
    """Return a row for each hit in order, then one for each chunk that a stage took out."""
    hits = {hit.chunk.id: (rank, hit) for rank, hit in enumerate(retrieval.hits, start=1)}
    ordered = dict.fromkeys((*hits, *retrieval.explanations))
    return [_row(chunk, hits.get(chunk), retrieval.explanations.get(chunk, Explanation())) for chunk in ordered]


def matched_words(question: str, text: str, analyzer: Analyzer) -> tuple[str, ...]:
    """Return the question's words that the text has too, in whatever form."""
    found = set(analyzer.terms(text))
    words = (word.strip(".,;:?!()[]\"'\u2019\u201c\u201d") for word in question.split())
    matched: dict[str, str] = {}
    for word in words:
        if not found.isdisjoint(analyzer.terms(word)):
            matched.setdefault(word.casefold(), word)
    return tuple(matched.values())


def _row(chunk: ChunkId, placed: tuple[int, Hit] | None, explanation: Explanation) -> ExplanationRow:
    rank, hit = placed if placed is not None else (None, None)
    return ExplanationRow(
        rank=rank,
        chunk=chunk,
        title="" if hit is None else hit.chunk.document.title,
        heading="" if hit is None else " > ".join(hit.chunk.heading_path),
        score=None if hit is None else hit.score,
        places=tuple((name, place.rank, place.score) for name, place in explanation.places.items()),
        matched_terms=explanation.matched_terms,
        moves=tuple(_in_words(move) for move in explanation.moves),
    )


def _in_words(move: Move) -> str:
    if move.rank_after is None:
        return f"{move.stage}: taken out, {move.reason}"
    before = "new" if move.rank_before is None else str(move.rank_before)
    return f"{move.stage}: {before} to {move.rank_after}, {move.reason}"


def _ranks(hits: Sequence[Hit]) -> dict[ChunkId, int]:
    return {hit.chunk.id: rank for rank, hit in enumerate(hits, start=1)}
