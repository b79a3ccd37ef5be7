"""Documents that repeat one another on purpose: versions, translations, and one page each of many alike things."""

import re
from collections.abc import Collection
from pathlib import PurePosixPath

from aika.domain.documents import Document
from aika.domain.facts import name_words

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


def are_siblings(one: Document, other: Document) -> bool:
    """Return whether the two are versions or translations of one, or the same page of different things, by their places."""
    return one.source == other.source and (_are_versions(one.key, other.key) or _are_instances(one.key, other.key))


def are_parallel(
    title: Collection[str], other: Collection[str], *, above: Collection[str], there: Collection[str]
) -> bool:
    """Return whether two titles share words, and each has words of its own.

    "Charter of Storage" and "Charter of Network": what they share is what they are, what differs is whose. Words of a title that
    stand above what the other says (``there``), or it above what this one says (``above``), are no difference.
    """
    mine, theirs = set(title) - _DOCUMENT_WORDS, set(other) - _DOCUMENT_WORDS
    shared = mine & theirs
    return bool(shared) and bool(_own(mine - set(there), shared)) and bool(_own(theirs - set(above), shared))


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
    """Whether they are on different things of one sort, each with a folder: ``storage/charter.md`` and ``network/charter.md``,
    or anything in ``team-storage`` and ``team-network``."""
    mine, theirs = PurePosixPath(one), PurePosixPath(other)
    if mine.name == theirs.name and mine.parent != theirs.parent and len(mine.parts) == len(theirs.parts):
        return True
    folders = zip(mine.parts[:-1], theirs.parts[:-1], strict=False)
    apart = next(((here, there) for here, there in folders if here != there), None)
    if apart is None:
        return False
    here, there = (set(name_words(folder)) for folder in apart)
    return bool(here & there) and bool(here - there) and bool(there - here)
