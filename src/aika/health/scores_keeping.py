"""Scores of the documents that somebody may read, and how they were day by day."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Document
from aika.domain.findings import Finding, FindingState
from aika.domain.identifiers import DocumentId, SourceId
from aika.domain.scores import DayScore, DocumentScore, GroupScore
from aika.domain.sources import Source
from aika.health.scores import Standing, score_documents, score_owners, score_sources
from aika.health.scores_past import Group, History, past_scores
from aika.protocols import Catalogue, Clock, Findings

OWNER, SOURCE, DOCUMENT = "owner", "source", "document"
_BATCH = 1_000
_MOST_FINDINGS = 10_000


class Opinions(Protocol):
    async def helpful(self, documents: Collection[DocumentId]) -> Mapping[DocumentId, int]: ...


class ScoreHistory(Protocol):
    """One score a day of every owner and source."""

    async def record(self, day: date, scores: Sequence[DayScore]) -> None: ...

    async def last_day(self) -> date | None: ...

    async def since(self, day: date, *, level: str) -> list[DayScore]: ...


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of what a scope admits, the worst first."""

    documents: tuple[DocumentScore, ...]
    owners: tuple[GroupScore, ...]
    sources: tuple[GroupScore, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """Which scores of earlier days are asked for."""

    level: str
    """``owner``, ``source`` or ``document``."""
    name: str | None
    """Of one owner or source, or a document's id. ``None``: all, of owners and sources."""
    days: int


Histories = Callable[[Collection[Finding]], Awaitable[History]]


@dataclass(frozen=True, slots=True)
class ScoreKeeper:
    """Scores documents as they are now, and keeps the owners' and sources' scores of each day."""

    catalogue: Catalogue
    findings: Findings
    opinions: Opinions
    history: ScoreHistory
    sources: Callable[[], Mapping[SourceId, Source]]
    clock: Clock

    async def scores(self, *, scope: Scope, gaps: Collection[Finding] = ()) -> Scores:
        """Return the scores of the documents that the scope admits, from what it admits alone.

        A finding counts where all documents that it rests on are admitted. ``gaps`` are those that the caller may know of.
        """
        documents = [document async for document in self._documents(scope)]
        admitted = {document.id for document in documents}
        known = [
            finding
            for finding in await self._open_findings()
            if finding.document in admitted and await self._is_admitted(finding, admitted, scope)
        ]
        standing = Standing(
            findings=[*known, *gaps],
            ratings=await self.opinions.helpful(admitted),
            today=self.clock.now().date(),
            sources=self.sources(),
        )
        return await asyncio.to_thread(_scored, documents, standing)

    async def past(
        self, wanted: Past, *, scope: Scope, gaps: Collection[Finding], histories: Histories
    ) -> list[DayScore]:
        """Return the scores of the last days, group by group, from what the scope admits alone.

        ``gaps`` are those that the caller may know of, of any state.
        """
        documents = [document async for document in self._documents(scope)]
        admitted = {document.id for document in documents}
        known = [
            finding
            for finding in await self.findings.listing(limit=_MOST_FINDINGS)
            if finding.document in admitted and await self._is_admitted(finding, admitted, scope)
        ]
        standing = Standing((), await self.opinions.helpful(admitted), self.clock.now().date(), self.sources())
        history = await histories([*known, *gaps])
        groups = _grouped(documents, gaps, standing, wanted)
        return await asyncio.to_thread(_all_past, groups, known, history, standing, wanted.days)

    async def keep(self) -> bool:
        """Record the scores of today, once a day; return whether it was done now."""
        today = self.clock.now().date()
        last = await self.history.last_day()
        if last is not None and last >= today:
            return False
        gaps = [finding for finding in await self._open_findings() if finding.document is None]
        scores = await self.scores(scope=UNRESTRICTED, gaps=gaps)
        levels = ((OWNER, scores.owners), (SOURCE, scores.sources))
        await self.history.record(today, [_of_day(level, group) for level, groups in levels for group in groups])
        return True

    async def since(self, day: date, *, level: str) -> list[DayScore]:
        """Return the kept scores. They are of all documents: only for those who oversee everything."""
        return await self.history.since(day, level=level)

    async def _open_findings(self) -> list[Finding]:
        states = (FindingState.OPEN, FindingState.ACCEPTED)
        return await self.findings.listing(states=states, limit=_MOST_FINDINGS)

    async def _is_admitted(self, finding: Finding, admitted: Collection[DocumentId], scope: Scope) -> bool:
        others = finding.documents - set(admitted)
        if not others:
            return True
        # Of a narrowed scope, documents outside of what is scored may be readable too; a deleted one hides nothing.
        return scope.audience is None or others <= await self.catalogue.admitted(others, scope=scope)

    async def _documents(self, scope: Scope) -> AsyncIterator[Document]:
        after = ""
        while batch := await self.catalogue.documents(scope=scope, after=after, limit=_BATCH):
            for document in batch:
                yield document
            after = f"{batch[-1].source}/{batch[-1].key}"


def _scored(documents: Sequence[Document], standing: Standing) -> Scores:
    scored = score_documents(documents, standing)
    return Scores(tuple(scored), tuple(score_owners(scored, standing)), tuple(score_sources(scored, standing)))


def _grouped(documents: Sequence[Document], gaps: Collection[Finding], standing: Standing, wanted: Past) -> list[Group]:
    if wanted.level == DOCUMENT:
        return [Group(DOCUMENT, one.id, [one]) for one in documents if one.id == wanted.name]
    of_documents: defaultdict[str, list[Document]] = defaultdict(list)
    of_gaps: defaultdict[str, list[Finding]] = defaultdict(list)
    for document in documents:
        owner = standing.owner_of(document)
        of_documents[document.source if wanted.level == SOURCE else "" if owner is None else owner.name].append(
            document
        )
    for gap in gaps:
        if wanted.level == OWNER:
            of_gaps["" if gap.owner is None else gap.owner.name].append(gap)
        elif gap.source is not None:
            of_gaps[gap.source].append(gap)
    names = sorted({*of_documents, *of_gaps}) if wanted.name is None else [wanted.name]
    groups = [Group(wanted.level, name, of_documents.get(name, []), of_gaps.get(name, [])) for name in names]
    return [group for group in groups if group.documents or group.gaps]


def _all_past(
    groups: Sequence[Group], findings: Sequence[Finding], history: History, standing: Standing, days: int
) -> list[DayScore]:
    return [score for group in groups for score in past_scores(group, findings, history, standing, days)]


def _of_day(level: str, group: GroupScore) -> DayScore:
    return DayScore(level, group.name, round(group.score), group.documents, group.findings)
