"""What findings are called, and what is said of them, in words for a document's owner."""

from datetime import datetime

from aika.domain.documents import Document
from aika.domain.findings import FindingKind, Verdict

GAP_REASON = "Nothing that the asker may read answers this."
DELETED = "The document was deleted."
BY_HAND = "Resolved by hand."
_LONGEST_NOTE = 80

_WORDS = {
    FindingKind.UNSUPPORTED: "was taken to say what it does not say",
    FindingKind.OUTDATED: "is out of date",
    FindingKind.CONFLICTING: "disagrees with another document",
    FindingKind.NOT_RETRIEVED: "answers, and was not found",
    FindingKind.NO_DOCUMENT: "is missing",
}


def title_of(verdict: Verdict, document: Document) -> str:
    """Return the line by which a finding on a document is known in lists."""
    line = f"“{name_of(document)}” {_WORDS[verdict.kind]}"
    note = verdict.exhibits[0].note if verdict.exhibits else ""
    return f"{line}: it {shortened(note, _LONGEST_NOTE)}" if note.startswith("says ") else line


def title_of_gap(question: str) -> str:
    return f"No document answers: {shortened(' '.join(question.split()), 120)}"


def changed_note(document: Document, *, asked: bool, now: datetime) -> str:
    """Return what resolved a finding: the document that changed, and whether somebody had asked."""
    changed = document.modified_at or now
    outcome = "what was asked is answered now" if asked else "the documents agree now"
    return f"“{name_of(document)}” changed on {changed:%Y-%m-%d}, and {outcome}."


def answered_note(document: Document) -> str:
    """Return what resolved a gap. Only for those who may read the document."""
    return f"“{name_of(document)}” answers it now."


def name_of(document: Document) -> str:
    return document.title or document.key


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
