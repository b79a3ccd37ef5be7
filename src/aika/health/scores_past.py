"""Scores as they were: what they would have been with the findings that were open on each day.

Made anew for whoever asks, from the findings that they may know of: kept scores would tell of the others. What a score loses for
a review that is due or for unhelpful answers counts as it is today.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from aika.domain.documents import Document
from aika.domain.findings import Finding, FindingEvent, Happening
from aika.domain.identifiers import DocumentId, FindingId
from aika.domain.scores import DayScore
from aika.health.scores import Standing, score_documents

_DAY = timedelta(days=1)
_CLOSES = frozenset({Happening.DISMISSED, Happening.RESOLVED})
_OPENS = frozenset({Happening.FOUND, Happening.REOPENED})

History = Mapping[FindingId, Sequence[FindingEvent]]


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that are scored together, and the gaps that count with them."""

    level: str
    name: str
    documents: Sequence[Document]
    gaps: Sequence[Finding] = ()


def past_scores(
    group: Group, findings: Sequence[Finding], history: History, standing: Standing, days: int
) -> list[DayScore]:
    """Return a group's scores of the last days, today's last. ``findings`` are of any state, of documents of any group."""
    there = {document.id: document for document in group.documents}
    about: defaultdict[DocumentId, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.document in there:
            about[finding.document].append(finding)
    clean = replace(standing, findings=())
    untouched = [document for document in group.documents if document.id not in about]
    base = sum(score.score for score in score_documents(untouched, clean))
    found = []
    for back in range(days - 1, -1, -1):
        day = standing.today - back * _DAY
        open_ones = [one for some in about.values() for one in some if was_open(one, history, day)]
        gaps = sum(was_open(gap, history, day) for gap in group.gaps)
        touched = score_documents((there[id_] for id_ in about), replace(standing, findings=open_ones))
        size = len(there) + gaps
        total = base + sum(score.score for score in touched)
        score = round(total / size) if size else 100
        found.append(DayScore(group.level, group.name, score, len(there), len(open_ones) + gaps, day))
    return found


def was_open(finding: Finding, history: History, day: date) -> bool:
    """Return whether a finding was open or accepted when a day ended."""
    end = datetime.combine(day + _DAY, time.min, tzinfo=UTC)
    if finding.created_at >= end:
        return False
    is_open = True
    for event in history.get(finding.id, ()):
        if event.at >= end:
            break
        if event.what in _CLOSES:
            is_open = False
        elif event.what in _OPENS:
            is_open = True
    return is_open
