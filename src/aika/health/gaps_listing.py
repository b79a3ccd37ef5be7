"""Gaps as a list: put together anew, so that it does not matter which question was asked first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aika.domain.documents import Owner
from aika.domain.findings import BrokenQuestion, Finding
from aika.domain.identifiers import FindingId
from aika.health.gaps import GapFinder


@dataclass(frozen=True, slots=True)
class Gap:
    """What one new document would answer."""

    name: str
    """Its most central question."""
    people: int
    """Who asked, each once."""
    questions: tuple[str, ...]
    """As people may be shown them, the newest first."""
    findings: tuple[FindingId, ...]
    """The findings that it is kept as: several where questions turned out to belong together."""
    owner: Owner | None
    """Who could write it: the owner of the finding that cost most."""
    first_asked_at: datetime | None = None
    last_asked_at: datetime | None = None


async def regrouped(finder: GapFinder, gaps: Sequence[Finding]) -> list[Gap]:
    """Return the gaps among the open questions of findings without a document, what cost the most people first."""
    asked = [(question, finding) for finding in gaps if finding.document is None for question in finding.questions]
    # By time, since of very many questions the newest count.
    asked = [pair for pair in asked if not pair[0].passes]
    asked.sort(key=lambda pair: (pair[0].asked_at, pair[0].text, pair[1].id))
    clusters = await finder.clusters([question for question, _ in asked])
    found = [_gap(cluster.name, [asked[member] for member in cluster.members]) for cluster in clusters]
    return sorted(found, key=lambda gap: (-gap.people, -len(gap.questions), gap.name))


def _gap(name: str, asked: Sequence[tuple[BrokenQuestion, Finding]]) -> Gap:
    findings = list({finding.id: finding for _, finding in asked}.values())
    by_cost = sorted(findings, key=lambda finding: (-finding.people, finding.created_at, finding.id))
    shown = dict.fromkeys(" ".join(question.shown.split()) for question, _ in reversed(asked))
    return Gap(
        name=name,
        people=len({question.asker for question, _ in asked if question.asker}),
        questions=tuple(shown),
        findings=tuple(finding.id for finding in by_cost),
        owner=next((finding.owner for finding in by_cost if finding.owner is not None), None),
        first_asked_at=min((question.asked_at for question, _ in asked), default=None),
        last_asked_at=max((question.asked_at for question, _ in asked), default=None),
    )
