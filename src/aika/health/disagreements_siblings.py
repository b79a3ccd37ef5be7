"""Documents that repeat one another on purpose: versions, translations, and one page each of many alike things."""

import re
from collections.abc import Collection
from pathlib import PurePosixPath

from aika.domain.documents import Document

_VERSION = re.compile(
    r"^v?\d+(?:[.\-_]\d+)*(?:[.\-_]?(?:x|lts|rc\d*|beta\d*|alpha\d*))?$|^(?:latest|stable|next|current|master|main|edge)$",
    re.I,
)
_LANGUAGE = re.compile(r"^[a-z]{2}(?:[-_][A-Za-z]{2,4})?$")
_IN_NAME = re.compile(r"[-_.](?:v?\d+(?:\.\d+)+|[a-z]{2}(?:[-_][A-Z]{2})?|copy|old|bak)(?=\.\w+$|$)")
_DOCUMENT_WORD_STEMS = (
    "polici guid overview runbook readm handbook doc document page introduct index manual how faq process"
)
_DOCUMENT_WORDS = frozenset(_DOCUMENT_WORD_STEMS.split())


def are_siblings(one: Document, other: Document, title: Collection[str], other_title: Collection[str]) -> bool:
    """Return whether the two say the same of different things, or different versions of the same.

    ``title`` and ``other_title`` are the terms of their titles.
    """
    if one.source == other.source and (_are_versions(one.key, other.key) or _are_instances(one.key, other.key)):
        return True
    # "Charter of Storage" and "Charter of Network": what they share is what they are, what differs is whose.
    return are_parallel(title, other_title)


def are_parallel(title: Collection[str], other: Collection[str]) -> bool:
    """Return whether two titles share words, and each has words of its own."""
    mine, theirs = set(title) - _DOCUMENT_WORDS, set(other) - _DOCUMENT_WORDS
    shared = mine & theirs
    return bool(shared) and bool(_own(mine, shared)) and bool(_own(theirs, shared))


def _own(title: set[str], shared: set[str]) -> set[str]:
    """Return the words that are not there also as a part of another: ``call`` in ``oncall``."""
    return {term for term in title - shared if not any(term[:-1] in other for other in shared)}


def _are_versions(one: str, other: str) -> bool:
    mine, theirs = (_IN_NAME.sub("", key).split("/") for key in (one, other))
    stripped = [
        [part for part in parts if not _VERSION.match(part) and not _LANGUAGE.match(part)] for parts in (mine, theirs)
    ]
    return stripped[0] == stripped[1]


def _are_instances(one: str, other: str) -> bool:
    """Whether they have the same name in folders side by side: ``storage/charter.md``, ``network/charter.md``."""
    mine, theirs = PurePosixPath(one), PurePosixPath(other)
    return mine.name == theirs.name and mine.parent != theirs.parent and len(mine.parts) == len(theirs.parts)
