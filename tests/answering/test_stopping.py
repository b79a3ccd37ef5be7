"""Ending an answer early."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from aika.answering.generation import GeneratedWriter
from aika.answering.stopping import Stop, finished, stop_with, until_stopped
from aika.domain.access import UNRESTRICTED
from aika.domain.answers import Draft, Usage
from aika.domain.queries import Hit, Query

PATIENCE = 20.0


class HangingGenerator:
    """Writes two sentences and a half, and then nothing for ever."""

    model = "fake:hanging"

    def __init__(self) -> None:
        self.hangs = asyncio.Event()

    async def generate(self, query: Query, evidence: Sequence[Hit]) -> AsyncIterator[str | Usage]:
        for piece in ("It takes two minutes [1]. ", "Then restart it. ", "After that you must ne"):
            yield piece
        self.hangs.set()
        await asyncio.Event().wait()


async def test_a_writer_that_hangs_is_stopped_and_leaves_whole_sentences() -> None:
    stop, generator = Stop(), HangingGenerator()
    writing = asyncio.create_task(written(generator, stop))
    async with asyncio.timeout(PATIENCE):
        await generator.hangs.wait()

        stop.ask()
        draft = await writing

    assert draft.text == "It takes two minutes [1]. Then restart it."


async def test_what_somebody_else_cancels_stays_cancelled() -> None:
    generator = HangingGenerator()
    writing = asyncio.create_task(written(generator, Stop()))
    async with asyncio.timeout(PATIENCE):
        await generator.hangs.wait()

    writing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await writing


async def test_without_anybody_who_may_stop_everything_is_yielded() -> None:
    async def pieces() -> AsyncIterator[int]:
        for number in range(3):
            yield number

    assert [piece async for piece in until_stopped(pieces())] == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("One. Two", "One."),
        ("It is `a.b` [1]. And", "It is `a.b` [1]."),
        ("- first\n- sec", "- first"),
        ("Run:\n\n```\nmake all\nmake", "Run:"),
        ("Never finish", ""),
        ("Whole. [1][2]", "Whole. [1][2]"),
    ],
)
def test_only_what_was_finished_is_left(text: str, left: str) -> None:
    assert finished(text) == left


async def written(generator: HangingGenerator, stop: Stop) -> Draft:
    stop_with(stop)
    query = Query("How?", UNRESTRICTED)
    pieces = [piece async for piece in GeneratedWriter(generator).write(query, ())]
    assert isinstance(pieces[-1], Draft)
    return pieces[-1]
