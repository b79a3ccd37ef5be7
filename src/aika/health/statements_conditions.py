"""What is no statement about how things are: the past, examples, conversations, records that were replaced."""

import re
from collections.abc import Sequence

from aika.answering.status import outdated_by
from aika.domain.documents import Document, Kind

_COMPARED = frozenset({Kind.PAGE, Kind.RUNBOOK, Kind.DECISION, Kind.SHEET, Kind.SLIDES, Kind.CATALOG, Kind.API})
"""Not conversations, whose messages hold for their day; nor issues, code, notebooks and data, whose numbers are instances."""
_DATED_KEY = re.compile(
    r"(?:^|[/_-])(?:change[-_]?logs?|releases?|release[-_ ]?notes?|history|news|archived?|blog|minutes|meetings?|retros?|"
    r"retrospectives?|post[-_]?mortems?|incidents?|reports?|annual[-\w]*|examples?|samples?|fixtures?|templates?|testdata|drafts?|"
    r"deprecated|legacy|old|elections?)(?=[/_.-]|$)|(?:^|[/_-])(?:19|20)\d\d(?=[/_.-]|$)",
    re.IGNORECASE,
)
_PAST_HEADING = re.compile(
    r"\b(?:history|change ?log|changes|release notes?|releases|previous(?:ly)?|past|archived?|former|examples?|sample|background|"
    r"timeline|deprecated|obsolete|alternatives?|considered|rejected|context|motivation|implementation history|minutes|"
    r"what happened|lessons|references?|e\.g\.|faq archive|test plan|drawbacks|user stor(?:y|ies))\b",
    re.IGNORECASE,
)
_VERSION_HEADING = re.compile(r"^\W*v?\d+\.\d+|\b(?:19|20)\d\d\b")
_HYPOTHETICAL = re.compile(
    r"\b(?:for example|e\.g\.|such as|for instance|example|imagine|suppose|used to|previously|formerly|originally|"
    r"had|has been|have been|"
    r"until (?:19|20)\d\d|proposed?|propose to|would|could be|might|last (?:year|month|week|quarter)|at the time|"
    r"no longer|instead of|rather than|deprecated|compared (?:to|with)|increased from|reduced from|from \d+\S* to \d+|"
    r"in (?:19|20)\d\d|as of|so far|currently (?:we have|there are)|changed from|moved from)\b|\?\s*$",
    re.IGNORECASE,
)


def is_compared(document: Document) -> bool:
    """Return whether what the document says holds until somebody changes it."""
    if document.kind not in _COMPARED or is_dated(document):
        return False
    return document.kind is not Kind.DECISION or outdated_by(document) is None


def is_dated(document: Document) -> bool:
    """Return whether its place says that the document tells of one time, or of no real thing: ``changelog``, ``examples``."""
    return _DATED_KEY.search(document.key) is not None


def is_history(heading_path: Sequence[str]) -> bool:
    """Return whether a section tells of the past, of examples, or of one version."""
    return any(_PAST_HEADING.search(heading) or _VERSION_HEADING.search(heading) for heading in heading_path)


def is_hypothetical(sentence: str) -> bool:
    """Return whether a sentence tells of the past, proposes, asks or gives an example."""
    return bool(_HYPOTHETICAL.search(sentence))
