"""Ending an answer early, as its asker wants: what was written until then is judged like any other draft."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")

_SENTENCE_END = re.compile(r"[.!?:]['\"”’)*_]*(?:[ \t]*\[\d{1,3}(?:[,; ]+\d{1,3})*\])*(?=\s|\Z)|\n")


class Stop:
    """Whether one answer is to end now."""

    def __init__(self) -> None:
        self.asked = False
        self._waiting: asyncio.Task[object] | None = None

    def ask(self) -> None:
        """Let the answer end as soon as what was written can be judged. Once is enough."""
        if self.asked:
            return
        self.asked = True
        if self._waiting is not None:
            # A model that says nothing for a minute is not waited for.
            self._waiting.cancel()

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Let `ask` end what the block waits for, with ``asyncio.CancelledError``."""
        self._waiting = asyncio.current_task()
        try:
            yield
        finally:
            self._waiting = None


# As a span is, it is a matter of the task that writes the answer: every stage between would only hand it on.
_CURRENT: ContextVar[Stop | None] = ContextVar("stop", default=None)


def stop_with(stop: Stop) -> None:
    """Let what this task writes end when ``stop`` is asked for."""
    _CURRENT.set(stop)


def is_stopped() -> bool:
    """Return whether what this task writes is to end."""
    stop = _CURRENT.get()
    return stop is not None and stop.asked


async def until_stopped(pieces: AsyncIterator[T]) -> AsyncGenerator[T, None]:
    """Yield what a writer yields until it is to stop, also while it is waited for."""
    stop = _CURRENT.get()
    while stop is None or not stop.asked:
        try:
            yield await (anext(pieces) if stop is None else _next(pieces, stop))
        except StopAsyncIteration:
            return
        except _InterruptedError:
            return


class _InterruptedError(Exception):
    """The writer was waited for when it was to stop."""


async def _next(pieces: AsyncIterator[T], stop: Stop) -> T:
    try:
        with stop.interrupting():
            return await anext(pieces)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        # Whoever else cancelled the task means all of it.
        if not stop.asked or task is None or task.uncancel() > 0:
            raise
        raise _InterruptedError from None


def finished(text: str) -> str:
    """Return the text without a sentence or a block of code that its writer was in the middle of."""
    if text.count("```") % 2:
        return text[: text.rindex("```")].rstrip()
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return text[: ends[-1]].rstrip() if ends else ""
