"""Real questions under two sets of ranking rules: which answers would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aika.answering.streaming import closing
from aika.domain.answers import Abstention, Answer
from aika.domain.identifiers import ChunkId
from aika.domain.queries import Explanation, Hit, Query, Retrieval
from aika.domain.rules import RankingRule, RuleLevel
from aika.protocols import Answerer, Retriever
from aika.retrieval.rules import MADE_WAY

SHOWN = 5
"""Hits that people look at: a change among these is one that they see."""
_STAGE = "rules"


@dataclass(frozen=True, slots=True)
class Contender:
    """What answers under one set of rules."""

    retriever: Retriever
    answerer: Answerer


@dataclass(frozen=True, slots=True)
class Moved:
    """A passage that stands elsewhere."""

    source: str
    key: str
    title: str
    rank_before: int | None
    """``None`` where it was not among the hits."""
    rank_after: int | None
    score_before: float | None
    score_after: float | None
    reasons: tuple[str, ...]
    """What the rules say of it now, or said of it before where they say nothing now."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a question gets otherwise."""

    question: str
    moved: tuple[Moved, ...]
    """Those among the first hits, before or after."""
    citation_before: str | None
    """The document that the answer cites first; ``None`` where there is no answer."""
    citation_after: str | None

    @property
    def entered(self) -> tuple[Moved, ...]:
        return tuple(move for move in self.moved if not _shown(move.rank_before) and _shown(move.rank_after))

    @property
    def left(self) -> tuple[Moved, ...]:
        return tuple(move for move in self.moved if _shown(move.rank_before) and not _shown(move.rank_after))

    @property
    def cites_another(self) -> bool:
        return self.citation_before != self.citation_after


@dataclass(frozen=True, slots=True)
class Compared:
    """One question under both sets of rules."""

    before: Retrieval
    after: Retrieval
    change: Change | None
    """``None`` where nobody would see a difference."""


async def compare_rules(query: Query, before: Contender, after: Contender, *, evidence: int, k: int = 10) -> Compared:
    """Retrieve, and where the evidence differs answer, under both sets of rules. ``evidence`` is what an answer reads."""
    one = await before.retriever.retrieve(query, k=max(k, evidence))
    other = await after.retriever.retrieve(query, k=max(k, evidence))
    same_evidence = _passages(one.hits[:evidence]) == _passages(other.hits[:evidence])
    if same_evidence and _passages(one.hits[:SHOWN]) == _passages(other.hits[:SHOWN]):
        return Compared(one, other, None)
    cited_before = await _first_citation(before.answerer, query)
    cited_after = cited_before if same_evidence else await _first_citation(after.answerer, query)
    change = Change(query.text, tuple(_moves(one, other)), cited_before, cited_after)
    seen = change.cites_another or _passages(one.hits[:SHOWN]) != _passages(other.hits[:SHOWN])
    return Compared(one, other, change if seen else None)


def proposed_rules(
    current: Sequence[RankingRule], proposed: Sequence[RankingRule], *, file: str | None
) -> tuple[RankingRule, ...]:
    """Return the rules as they would be: proposed ones take the place of those of the same name, or of the same file."""
    names = {rule.name.casefold() for rule in proposed}

    def goes(rule: RankingRule) -> bool:
        same_file = file is not None and Path(rule.declared_in).name == Path(file).name
        return rule.level is RuleLevel.COMPANY and (same_file or rule.name.casefold() in names)

    return (*(rule for rule in current if not goes(rule)), *proposed)


def _moves(one: Retrieval, other: Retrieval) -> list[Moved]:
    """Return the passages among the first hits whose place differs, best first as they stand now."""
    places = ({hit.chunk.id: (rank, hit) for rank, hit in enumerate(found.hits, start=1)} for found in (one, other))
    before, after = places
    moves = []
    for chunk in dict.fromkeys((*after, *before)):
        rank_before, hit_before = before.get(chunk, (None, None))
        rank_after, hit_after = after.get(chunk, (None, None))
        hit = hit_after or hit_before
        if hit is None or rank_before == rank_after or not (_shown(rank_before) or _shown(rank_after)):
            continue
        document = hit.chunk.document
        moves.append(
            Moved(
                document.source,
                document.key,
                document.title or document.key,
                rank_before,
                rank_after,
                None if hit_before is None else hit_before.score,
                None if hit_after is None else hit_after.score,
                _reasons(other, chunk) or _reasons(one, chunk),
            )
        )
    return moves


def _reasons(found: Retrieval, chunk: ChunkId) -> tuple[str, ...]:
    moves = found.explanations.get(chunk, Explanation()).moves
    return tuple(move.reason for move in moves if move.stage == _STAGE and move.reason != MADE_WAY)


async def _first_citation(answerer: Answerer, query: Query) -> str | None:
    async with closing(answerer.answer(query)) as events:
        async for event in events:
            match event:
                case Answer():
                    return event.citations[0].document.title if event.citations else None
                case Abstention():
                    return None
                case _:
                    continue
    return None


def _passages(hits: Sequence[Hit]) -> list[tuple[str, int, int]]:
    return [(hit.chunk.document.id, hit.chunk.start, hit.chunk.end) for hit in hits]


def _shown(rank: int | None) -> bool:
    return rank is not None and rank <= SHOWN
