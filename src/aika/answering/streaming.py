"""Text of a language model, safe to show while it is still being written."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from aika.answering.sanitising import sanitised

T = TypeVar("T")


@asynccontextmanager
async def closing(stream: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """Close the stream at the end, where it can be closed: a model stops writing when nobody listens any more."""
    try:
        yield stream
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()


# What may still become a link, an image, a tag, code or an address. The last word waits for the space behind it.
_UNFINISHED = re.compile(
    r"(?:!?\[[^\]]{0,300}(?:\](?:\([^)]{0,2000})?)?|!|<[^>]{0,2000}|(?<!`)`{1,2}[^`\n]{0,300}|\\[(\[].{0,500}|\S+)\Z",
    re.DOTALL,
)


_OPENS_TAG = re.compile(r"<[a-zA-Z/!?]")
_PAIRS = (("[", "]"), ("\\(", "\\)"), ("\\[", "\\]"))


class SafeStream:
    """Lets text through piece by piece, without links, images and markup.

    Everything let through is a beginning of the sanitized whole. Where a later piece would change what was let through, the
    rest is held back: the finished answer replaces it anyway.
    """

    def __init__(self) -> None:
        self._text = ""
        """What later pieces can still have a bearing on."""
        self._shown = ""
        """What was let through of it."""

    def feed(self, piece: str) -> str:
        """Return what may be shown now, possibly nothing."""
        self._text += piece
        settled = self._text
        # What stands before an unfinished word can be an unfinished tag in turn.
        while unfinished := _UNFINISHED.search(settled):
            settled = settled[: unfinished.start()]
        return self._advance(settled)

    def finish(self) -> str:
        """Return what is left to show."""
        return self._advance(self._text)

    def _advance(self, settled: str) -> str:
        safe = sanitised(settled, ())
        if not safe.startswith(self._shown):
            return ""
        new = safe[len(self._shown) :]
        self._shown = safe
        self._let_go(settled, safe)
        return new

    def _let_go(self, settled: str, safe: str) -> None:
        """Forget whole lines in which nothing is open: to sanitize a long text again with each word takes seconds in all."""
        end = settled.rfind("\n") + 1
        if not end or not _is_closed(settled[:end]):
            return
        before = sanitised(settled[:end], ())
        if before + sanitised(settled[end:], ()) == safe:
            self._text = self._text[end:]
            self._shown = safe[len(before) :]


def _is_closed(lines: str) -> bool:
    """Return whether no code, formula, link, image or tag in these lines can go on in the next one."""
    if any(opening in lines for opening in ("![", "~~~", "$$", "````")) or _OPENS_TAG.search(lines):
        return False
    if lines.count("$") % 2 or any(lines.count(opening) != lines.count(closing) for opening, closing in _PAIRS):
        return False
    return _closes_code(lines)


def _closes_code(lines: str) -> bool:
    """Return whether every block of code in these lines ends, and every line outside of them closes its own code."""
    within = False
    for line in lines.splitlines():
        fence = line.lstrip(" ").startswith("```")
        if within:
            within = not (fence and not line.strip(" `"))
        elif fence:
            within = True
        elif "``" in line or line.count("`") % 2:
            return False
    return not within
