"""Ranking rules at work: scores of selected documents are multiplied, and every hit says what was done to it."""

import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import prod
from typing import Protocol

from aika.domain.documents import Document, Kind
from aika.domain.errors import AikaError
from aika.domain.identifiers import ChunkId, DocumentId, SourceId
from aika.domain.queries import Hit, Query
from aika.domain.rules import LEAST_OWN_FACTOR, MOST_OWN_FACTOR, RankingRule, RuleLevel, age_of
from aika.domain.selection import Selection, statuses
from aika.protocols import Analyzer, Clock
from aika.retrieval.naming import NamedIn
from aika.retrieval.stages import Reordered

logger = logging.getLogger(__name__)

MADE_WAY = "a ranking rule moved others"
"""What is said of a hit that no rule is about, and that stands elsewhere because of those that one is about."""
_NO_OPINIONS = "What people found helpful could not be looked up; rules that count it were left out."


class Opinions(Protocol):
    """Knows what people said of answers that cite documents."""

    async def helpful(self, documents: Collection[DocumentId]) -> Mapping[DocumentId, int]:
        """Return by how many more people found a document helpful than not; those that nobody rated may be missing."""
        ...


class NoOpinions:
    """Nobody has said anything."""

    async def helpful(self, documents: Collection[DocumentId]) -> Mapping[DocumentId, int]:
        return {}


@dataclass(frozen=True, slots=True)
class Effect:
    """What one rule does to one document, for one question."""

    rule: RankingRule
    factor: float
    spared: str = ""
    """Why it does nothing here though it selects the document."""
    days: int | None = None
    """The document's age, where the rule looks at it."""


@dataclass(slots=True)
class Rules:
    """Applies the rules of the company, of sources, and of the assistant that is asked.

    All factors multiply, in no order. A rule of the assistant replaces a rule of the company with the same name. A demotion
    spares what the question asks for: a document by its name, or what is ``withdrawn`` in that word.
    """

    declared: Callable[[], Sequence[RankingRule]]
    """The rules of company and sources as they are now."""
    analyzer: Analyzer
    clock: Clock
    opinions: Opinions = field(default_factory=NoOpinions)
    name: str = "rules"
    purpose: str = MADE_WAY

    async def reorder(self, query: Query, hits: Sequence[Hit]) -> Reordered:
        rules = self._in_force(query)
        if not rules:
            return Reordered(hits)
        documents = {hit.chunk.document.id: hit.chunk.document for hit in hits}
        helpful, notes = await self._helpful(rules, documents.keys())
        if helpful is None:
            rules = [rule for rule in rules if rule.min_helpful is None]
        effects = self._effects(query, rules, documents, helpful or {})
        if not effects:
            return Reordered(hits, notes=notes)
        factors = {document: combined(found) for document, found in effects.items()}
        moved = [_scaled(hit, factors.get(hit.chunk.document.id, 1.0)) for hit in hits]
        # Stable: where no rule tells hits apart, the order they came in holds.
        moved.sort(key=lambda hit: -hit.score)
        words = {document: in_words(found) for document, found in effects.items()}
        reasons: dict[ChunkId, str] = {
            hit.chunk.id: words[hit.chunk.document.id] for hit in hits if hit.chunk.document.id in words
        }
        return Reordered(moved, reasons, notes)

    def _in_force(self, query: Query) -> list[RankingRule]:
        own = () if query.assistant is None else query.assistant.rules
        replaced = {rule.name.casefold() for rule in own}
        others = (
            rule
            for rule in self.declared()
            if rule.level is not RuleLevel.COMPANY or rule.name.casefold() not in replaced
        )
        return [rule for rule in (*others, *own) if rule.factor != 1 or rule.decay is not None]

    async def _helpful(
        self, rules: Sequence[RankingRule], documents: Collection[DocumentId]
    ) -> tuple[Mapping[DocumentId, int] | None, tuple[str, ...]]:
        """Return the opinions where a rule asks for them, ``None`` and a note where they cannot be had."""
        if all(rule.min_helpful is None for rule in rules):
            return {}, ()
        try:
            return await self.opinions.helpful(documents), ()
        except AikaError as error:
            logger.warning("opinions were left out of ranking rules", extra={"reason": type(error).__name__})
            return None, (_NO_OPINIONS,)

    def _effects(
        self,
        query: Query,
        rules: Sequence[RankingRule],
        documents: Mapping[DocumentId, Document],
        helpful: Mapping[DocumentId, int],
    ) -> dict[DocumentId, list[Effect]]:
        asked = _Asked(query.text, self.analyzer)
        now = self.clock.now()
        effects: dict[DocumentId, list[Effect]] = {}
        sorts: dict[tuple[SourceId, Kind, frozenset[str]], list[RankingRule]] = {}
        for key, document in documents.items():
            # Most hits are of a few sorts, and most rules are for none of them.
            sort = (document.source, document.kind, statuses(document))
            if sort not in sorts:
                sorts[sort] = [rule for rule in rules if _may_select(rule.applies_to, *sort)]
            for rule in sorts[sort]:
                if rule.min_helpful is not None and helpful.get(key, 0) < rule.min_helpful:
                    continue
                if not rule.selects(document):
                    continue
                factor = rule.factor_for(document, now=now)
                if factor != 1:
                    effects.setdefault(key, []).append(_effect(rule, document, factor, asked, now))
        return effects


class _Asked:
    """What a question asks for in so many words."""

    def __init__(self, question: str, analyzer: Analyzer) -> None:
        self._named_in = NamedIn(question, analyzer)
        self._named: dict[DocumentId, bool] = {}
        self._words = frozenset(re.findall(r"[^\W\d_]+", question.casefold()))

    def spares(self, document: Document, rule: RankingRule) -> str:
        """Return why a demotion should not hold against a document, empty where it should."""
        if document.id not in self._named:
            self._named[document.id] = self._named_in.names(document)
        if self._named[document.id]:
            return "the question names it"
        wanted = rule.applies_to.statuses
        said = () if wanted is None else sorted(self._words & statuses(document) & wanted)
        return f"the question asks for what is {said[0]}" if said else ""


def _may_select(selection: Selection, source: SourceId, kind: Kind, standing: frozenset[str]) -> bool:
    return (
        (selection.sources is None or source in selection.sources)
        and (selection.kinds is None or kind in selection.kinds)
        and (selection.statuses is None or not selection.statuses.isdisjoint(standing))
    )


def _effect(rule: RankingRule, document: Document, factor: float, asked: _Asked, now: datetime) -> Effect:
    spared = asked.spares(document, rule) if factor < 1 else ""
    age = None if rule.decay is None else age_of(document, now=now)
    return Effect(rule, 1.0 if spared else factor, spared, None if age is None else max(0, age.days))


def combined(effects: Sequence[Effect]) -> float:
    """Return the product of the factors, with those of a document's own source held within their bounds together."""
    own = prod(effect.factor for effect in effects if effect.rule.level is RuleLevel.SOURCE)
    others = prod(effect.factor for effect in effects if effect.rule.level is not RuleLevel.SOURCE)
    return others * min(max(own, LEAST_OWN_FACTOR), MOST_OWN_FACTOR)


def in_words(effects: Sequence[Effect]) -> str:
    """Return what rules did to a document: ``demoted by 'superseded decisions sink' (×0.5)``."""
    parts = [_one(effect) for effect in effects]
    if sum(not effect.spared for effect in effects) > 1:
        parts.append(f"×{combined(effects):.2g} in all")
    return "; ".join(parts)


def _one(effect: Effect) -> str:
    rule = effect.rule
    if effect.spared:
        return f"not demoted by '{rule.name}': {effect.spared}"
    did = "boosted" if effect.factor > 1 else "demoted"
    age = "" if effect.days is None else f", {effect.days} days old"
    return f"{did} by '{rule.name}' (×{effect.factor:.2g}{age})"


def _scaled(hit: Hit, factor: float) -> Hit:
    """Return the hit so that a factor above 1 always raises its score: some rankers' scores are below 0."""
    if factor == 1:
        return hit
    return Hit(hit.chunk, hit.score * factor if hit.score >= 0 else hit.score / factor)
