"""Patterns over documents' keys, and which of them an index can look up.

``**`` is anything, ``**/`` any number of folders, ``*`` anything within a folder, and ``?`` one character of it. A pattern is
always decided by its regular expression; those that ask for a folder or an ending are also exactly the documents that carry
a facet, so that an index need not be told which they are.
"""

import re
from functools import lru_cache

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


@lru_cache(maxsize=1_000)
def expression(pattern: str) -> str:
    """Return the pattern as a regular expression that Python and PostgreSQL read alike, for the whole key."""
    written = re.escape(plain(pattern))
    written = (
        written.replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*").replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    )
    return rf"(?s)\A(?:{written})\Z"


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


@lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(expression(pattern))
