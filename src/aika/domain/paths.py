"""Patterns over documents' keys, and which of them an index can look up.

``**`` is any number of folders, and at the end of a pattern anything; ``*`` is anything within a name, and ``?`` one character
of it. Patterns that ask for a folder or an ending select exactly the documents that carry a facet, so that an index need not
be told which they are.
"""

import re
from functools import lru_cache

_FOLDERS = "**"
_STARS = re.compile(r"\*+")
_MOST_FOLDERS = 32
"""Folders above a document that its facets name. Patterns that begin deeper are looked up in the catalogue."""
_ENDING = r"(?:\.[A-Za-z][A-Za-z0-9]{0,9})+"
_ENDS = re.compile(_ENDING)
_WITHIN = re.compile(rf"(?P<folder>(?:[^*?/]*/)*)\*\*(?:/\*(?P<ending>{_ENDING}))?")
_ANYWHERE = re.compile(rf"\*\*/(?P<folder>[^*?/]*)/\*\*(?:/\*(?P<ending>{_ENDING}))?")
# PostgreSQL has neither of these in its texts, and half a pair of surrogates is no text for an engine.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def plain(text: str) -> str:
    """Return the text with what cannot be stored everywhere replaced, so that all engines compare the same."""
    return _UNSTORABLE.sub("\ufffd", text)


def matches(pattern: str, key: str) -> bool:
    return _compiled(pattern).match(plain(key)) is not None


def expression(pattern: str) -> str:
    """Return the pattern as a regular expression for the whole key, as PostgreSQL reads it.

    Python reads it alike, but tries all ways to match where PostgreSQL does not: a pattern with many stars would take hours.
    """
    *folders, last = _segments(pattern)
    above = "".join("(?:.*/)?" if folder == _FOLDERS else _within(folder) + "/" for folder in folders)
    return rf"(?s)\A(?:{above}{'.*' if last == _FOLDERS else _within(last)})\Z"


def path_facets(key: str) -> frozenset[str]:
    """Return the facets that a document's key gives it: the folders above it, their names, and its ending."""
    *folders, name = plain(key).split("/")
    above = {f"path:{'/'.join(folders[:depth])}/" for depth in range(1, min(len(folders), _MOST_FOLDERS) + 1)}
    named = {f"folder:{folder}" for folder in folders}
    return frozenset(above | named | {f"ending:{ending}" for ending in _endings(name)})


def facets_of_pattern(pattern: str) -> tuple[str, ...] | None:
    """Return the facets that exactly the matching documents have, all of them; ``None`` where no facets say it.

    No facets at all is every document.
    """
    pattern = plain(pattern)
    if (found := _WITHIN.fullmatch(pattern)) is not None:
        folder = found["folder"]
        if folder.count("/") > _MOST_FOLDERS:
            return None
        wanted = [f"path:{folder}"] if folder else []
    elif (found := _ANYWHERE.fullmatch(pattern)) is not None:
        wanted = [f"folder:{found['folder']}"]
    else:
        return None
    return (*wanted, f"ending:{found['ending']}") if found["ending"] else tuple(wanted)


def _endings(name: str) -> list[str]:
    """Return ``.gz`` and ``.tar.gz``: what a pattern can end with that stands for a kind of file."""
    dots = [place for place, character in enumerate(name) if character == "."]
    return [name[dot:] for dot in dots if _ENDS.fullmatch(name, dot)]


def _segments(pattern: str) -> list[str]:
    """Return the parts between slashes. Repeated ``**`` say no more than one, and within a name they are a ``*``."""
    segments: list[str] = []
    for segment in plain(pattern).split("/"):
        if segment != _FOLDERS:
            segments.append(_STARS.sub("*", segment))
        elif segments[-1:] != [_FOLDERS]:
            segments.append(segment)
    return segments


def _within(segment: str) -> str:
    return "[^/]*".join(_literal(piece) for piece in segment.split("*"))


def _literal(piece: str) -> str:
    return "[^/]".join(re.escape(part) for part in piece.split("?"))


@lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return an expression that never goes back on what it has matched: whatever the key, it takes a moment.

    What stands between two ``**``, or between two ``*`` of a name, may be taken where it first occurs: that leaves most.
    """
    blocks: list[list[str]] = [[]]
    for segment in _segments(pattern):
        if segment == _FOLDERS:
            blocks.append([])
        else:
            blocks[-1].append(_at_once(segment))
    *before, last = blocks
    opening, *between = ["".join(f"{segment}/" for segment in block) for block in before] or [""]
    written = opening + "".join(f"(?>(?:[^/]*/)*?{block})" for block in between)
    if before:
        written += rf"(?:[^/]*/)*?{'/'.join(last)}\Z" if last else ""
    else:
        written = "/".join(last) + r"\Z"
    return re.compile(written)


def _at_once(segment: str) -> str:
    first, *others = (_literal(piece) for piece in segment.split("*"))
    if not others:
        return first
    between = "".join(f"(?>[^/]*?{piece})" for piece in others[:-1])
    return rf"(?>{first}{between}[^/]*{others[-1]}(?=/|\Z))"
