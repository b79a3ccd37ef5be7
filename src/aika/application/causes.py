"""Why documents could not be read, put together by cause: one thing to do for many documents."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from aika.domain.sources import UnreadableDocument

NOTE = "note: "
"""What begins a reason of a document that was taken in, with something of it left out."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason that documents share."""

    id: str
    title: str
    remedy: str = ""


@dataclass(slots=True)
class CauseGroup:
    """The documents of one cause."""

    cause: Cause
    left_out: bool
    """Whether nothing of them is known, or else only something was left out."""
    documents: list[UnreadableDocument] = field(default_factory=list)


_TRY_AGAIN = "The next sync tries again. If it stays so, sync once more when the source is quiet."
# The first that fits counts.
_CAUSES: Sequence[tuple[str, Cause]] = (
    (
        r"max_file_bytes|is larger than|more than a day|too .*much to read safely",
        Cause("too-large", "Too large", "Raise max_file_bytes in the source's options, split them, or exclude them."),
    ),
    (
        r"scanned images|through OCR",
        Cause(
            "scanned",
            "Only scanned images",
            "Run them through text recognition (OCR) and put the result in their place.",
        ),
    ),
    (
        r"holds no text|holds no rows|pages are empty|none of its messages",
        Cause(
            "empty",
            "No text in them",
            "Nothing is lost where they are really empty. Exclude them to have them out of this list.",
        ),
    ),
    (
        r"encrypted|without a password",
        Cause("encrypted", "Encrypted", "Save them without a password, or exclude them."),
    ),
    (
        r"longer than .* s \(setting sync\.parse_timeout\)",
        Cause("slow", "Reading took too long", "Raise sync.parse_timeout in aika.toml, split them, or exclude them."),
    ),
    (
        r"the parser failed on it",
        Cause(
            "parser",
            "aika could not take them apart",
            "This is a mistake in aika: please report it with one of the documents.",
        ),
    ),
    (
        r"permission|may not read|refuses it|grant|not let (it|viewers)|token's access|Metadata \(read\)|403|401",
        Cause(
            "access", "aika may not read them", "Give the source's account or token access to them, or exclude them."
        ),
    ),
    (
        r"vanished|changed while|was removed while|sync again|next sync|tries again",
        Cause("changed", "They changed while they were read", _TRY_AGAIN),
    ),
    (
        r"format of before 2007",
        Cause("old-format", "In an old Office format", "Save them as .docx, .xlsx or .pptx."),
    ),
    (
        r"damaged|nested too deeply|is not valid JSON|not as Slack writes|cannot be read as|storage format",
        Cause("damaged", "Damaged, or not what their names say", "Open one, save it anew, and sync again."),
    ),
    (
        r"looks like|minified|binary data|Git LFS",
        Cause("not-documents", "No documents for people", "Exclude them in the source's options."),
    ),
    (
        r"symbolic link",
        Cause("links", "Links that lead nowhere", "Repair or remove the links, or exclude them."),
    ),
    (
        r"folder cannot be listed|cannot be listed",
        Cause(
            "unlisted",
            "Parts that cannot be listed",
            "Until they can, nothing of this source is removed. Give access, or exclude them.",
        ),
    ),
    (
        r"archived \(Glacier\)",
        Cause("archived", "Archived", "Restore them, or exclude them."),
    ),
    (
        r"who (may read|is in)|members",
        Cause(
            "readers",
            "Who may read them cannot be told",
            "Until it can, nobody new may read them. Give the source's account access to members and groups.",
        ),
    ),
    (
        r"timed? ?out|cannot be reached|could not be read|50[0-9]",
        Cause("unreachable", "Their server did not answer", _TRY_AGAIN),
    ),
)
_COMPILED = [(re.compile(pattern, re.IGNORECASE), cause) for pattern, cause in _CAUSES]
_PARTICULAR = re.compile(r"'[^']*'|\"[^\"]*\"|\S*[/\\]\S*|\d[\d,.]*")
"""What differs between reasons of one kind: names in quotes, paths, numbers."""


def cause_of(reason: str) -> Cause:
    """Return the cause of a reason. A reason that fits none is one by itself, with what is particular in it left out."""
    said = reason.removeprefix(NOTE)
    for pattern, cause in _COMPILED:
        if pattern.search(said):
            return cause
    general = " ".join(_PARTICULAR.sub("…", said).split())
    return Cause(general[:80], f"{general[:1].upper()}{general[1:]}")


def by_cause(unreadable: Iterable[UnreadableDocument]) -> list[CauseGroup]:
    """Return the documents by cause: first those that are left out whole, then the largest groups."""
    groups: dict[tuple[str, bool], CauseGroup] = {}
    for document in unreadable:
        left_out = not document.reason.startswith(NOTE)
        cause = cause_of(document.reason) if left_out else _note_cause(document.reason)
        groups.setdefault((cause.id, left_out), CauseGroup(cause, left_out)).documents.append(document)
    return sorted(groups.values(), key=lambda group: (not group.left_out, -len(group.documents), group.cause.id))


def _note_cause(reason: str) -> Cause:
    cause = cause_of(reason)
    return Cause(
        f"note-{cause.id}", f"Read, with parts left out: {cause.title[:1].lower()}{cause.title[1:]}", cause.remedy
    )
