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


class SafeStream:
    """Lets text through piece by piece, without links, images and markup.

    Everything let through is a beginning of the sanitized whole. Where a later piece would change what was let through, the
    rest is held back: the finished answer replaces it anyway.
    """

    def __init__(self) -> None:
        self._text = ""
        self._shown = ""

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
        return new
