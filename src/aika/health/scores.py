"""How healthy documents are: 100, less what speaks against each, with every part named.

A score is arithmetic and no model, so that whoever is told 62 can say what would make it 100.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from aika.answering.status import outdated_by, reviewed_on
from aika.domain.documents import Document, Owner
from aika.domain.findings import Finding, FindingKind
from aika.domain.identifiers import DocumentId, SourceId
from aika.domain.scores import DocumentScore, GroupScore, ScorePart
from aika.domain.sources import Source
from aika.health.findings_wording import name_of

POINTS = {
    FindingKind.OUTDATED: 25.0,
    FindingKind.CONFLICTING: 20.0,
    FindingKind.UNSUPPORTED: 10.0,
    FindingKind.NOT_RETRIEVED: 8.0,
}
"""What a finding costs that one person met. A document that misleads costs more than one that was misread or not found."""
MOST_FOR_FINDINGS = 75.0
"""Together. The rest is for what the document's own record says."""
REPLACED = 15.0
"""For a document that its own record calls replaced or withdrawn: people still find it."""
NOT_REVIEWED = 10.0
"""For a document whose record of reviews ends too long ago. One without such a record loses nothing: age alone says nothing."""
REVIEW_DAYS = 365
MOST_FOR_RATINGS = 15.0
POINTS_A_RATING = 3.0

_WORDS = {
    FindingKind.OUTDATED: "says what no longer holds",
    FindingKind.CONFLICTING: "disagrees with another document",
    FindingKind.UNSUPPORTED: "was taken to say what it does not say",
    FindingKind.NOT_RETRIEVED: "answers, and was not found",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What scores are made from, beside the documents."""

    findings: Sequence[Finding]
    """Open and accepted ones, of documents and gaps."""
    ratings: Mapping[DocumentId, int]
    """By how many more people found answers from a document helpful than not."""
    today: date
    sources: Mapping[SourceId, Source] = field(default_factory=dict)

    def owner_of(self, document: Document) -> Owner | None:
        source = self.sources.get(document.source)
        return document.owner or (None if source is None else source.owner)


def score_documents(documents: Iterable[Document], standing: Standing) -> list[DocumentScore]:
    """Return the documents' scores, the worst first."""
    by_document: defaultdict[DocumentId, list[Finding]] = defaultdict(list)
    for finding in standing.findings:
        if finding.document is not None:
            by_document[finding.document].append(finding)
    scores = [_score(document, by_document.get(document.id, ()), standing) for document in documents]
    return sorted(scores, key=lambda score: (score.score, -score.findings, score.document.source, score.document.key))


def score_owners(scores: Sequence[DocumentScore], standing: Standing) -> list[GroupScore]:
    """Return the owners' scores, the worst first. Those of documents without an owner have the name ``""``."""
    gaps: defaultdict[str, list[Finding]] = defaultdict(list)
    for gap in _gaps(standing):
        gaps["" if gap.owner is None else gap.owner.name].append(gap)
    grouped: defaultdict[str, list[DocumentScore]] = defaultdict(list)
    for score in scores:
        grouped[score.owner or ""].append(score)
    return _groups(grouped, gaps)


def score_sources(scores: Sequence[DocumentScore], standing: Standing) -> list[GroupScore]:
    """Return the sources' scores, the worst first."""
    gaps: defaultdict[str, list[Finding]] = defaultdict(list)
    for gap in _gaps(standing):
        if gap.source is not None:
            gaps[gap.source].append(gap)
    grouped: defaultdict[str, list[DocumentScore]] = defaultdict(list)
    for score in scores:
        grouped[score.document.source].append(score)
    return _groups(grouped, gaps)


def _gaps(standing: Standing) -> list[Finding]:
    return [finding for finding in standing.findings if finding.document is None]


def _score(document: Document, findings: Sequence[Finding], standing: Standing) -> DocumentScore:
    owner = standing.owner_of(document)
    parts = [
        *_parts_of_findings(findings),
        *_parts_of_record(document, standing.today),
        *_parts_of_ratings(standing.ratings.get(document.id, 0)),
    ]
    return DocumentScore(
        document=document,
        owner=None if owner is None else owner.name,
        score=_total(parts),
        parts=tuple(parts),
        findings=len(findings),
    )


def _parts_of_findings(findings: Sequence[Finding]) -> list[ScorePart]:
    lost: defaultdict[FindingKind, float] = defaultdict(float)
    people: defaultdict[FindingKind, int] = defaultdict(int)
    counts: defaultdict[FindingKind, int] = defaultdict(int)
    for finding in findings:
        # Twice as many people cost half as much again: the tenth who meets it tells less than the first.
        factor = 1 + 0.5 * math.log2(max(1, finding.people))
        lost[finding.kind] += POINTS.get(finding.kind, 0.0) * factor
        people[finding.kind] += finding.people
        counts[finding.kind] += 1
    total = sum(lost.values())
    scale = min(1.0, MOST_FOR_FINDINGS / total) if total else 1.0
    return [
        ScorePart(kind.value, -round(lost[kind] * scale, 1), _explained(kind, counts[kind], people[kind]))
        for kind in FindingKind
        if lost[kind]
    ]


def _explained(kind: FindingKind, count: int, people: int) -> str:
    findings = f"{count} open {'finding' if count == 1 else 'findings'}: it {_WORDS[kind]}"
    return f"{findings}; {people} {'person' if people == 1 else 'people'} asked" if people else findings


def _parts_of_record(document: Document, today: date) -> list[ScorePart]:
    successor = outdated_by(document)
    if successor is not None:
        return [ScorePart("replaced", -REPLACED, f"its own record says that it no longer stands: {successor}")]
    reviewed = reviewed_on(document)
    if reviewed is not None and (today - reviewed).days > REVIEW_DAYS:
        return [ScorePart("not reviewed", -NOT_REVIEWED, f"last reviewed on {reviewed.isoformat()}")]
    return []


def _parts_of_ratings(balance: int) -> list[ScorePart]:
    if balance >= 0:
        return []
    lost = min(MOST_FOR_RATINGS, POINTS_A_RATING * -balance)
    said = f"{-balance} more {'person' if balance == -1 else 'people'} found answers from it unhelpful than helpful"
    return [ScorePart("not helpful", -lost, said)]


def _groups(grouped: Mapping[str, Sequence[DocumentScore]], gaps: Mapping[str, Sequence[Finding]]) -> list[GroupScore]:
    groups = [_group(name, grouped.get(name, ()), gaps.get(name, ())) for name in {*grouped, *gaps}]
    return sorted(groups, key=lambda group: (group.score, -group.findings, group.name))


def _group(name: str, scores: Sequence[DocumentScore], gaps: Sequence[Finding]) -> GroupScore:
    """Return the mean, in which what a part costs a group is what it costs its documents, shared among all."""
    size = len(scores) + len(gaps)
    parts: defaultdict[str, float] = defaultdict(float)
    touched: defaultdict[str, list[DocumentScore]] = defaultdict(list)
    for score in scores:
        for part in score.parts:
            parts[part.name] += part.points / size
            touched[part.name].append(score)
    explained = [ScorePart(part, round(points, 1), _worst(touched[part])) for part, points in parts.items()]
    if gaps:
        people = sum(gap.people for gap in gaps)
        missing = f"{len(gaps)} missing; {people} {'person' if people == 1 else 'people'} asked"
        explained.append(ScorePart("missing documents", -round(100 * len(gaps) / size, 1), missing))
    return GroupScore(
        name=name,
        score=round(sum(score.score for score in scores) / size, 1),
        parts=tuple(sorted(explained, key=lambda part: (part.points, part.name))),
        documents=len(scores),
        gaps=len(gaps),
        findings=sum(score.findings for score in scores) + len(gaps),
    )


def _worst(scores: Sequence[DocumentScore]) -> str:
    worst = min(scores, key=lambda score: (score.score, score.document.key))
    count = f"{len(scores)} {'document' if len(scores) == 1 else 'documents'}"
    return f"{count}, the worst of them “{name_of(worst.document)}”"


def _total(parts: Sequence[ScorePart]) -> float:
    return max(0.0, round(100 + sum(part.points for part in parts), 1))
