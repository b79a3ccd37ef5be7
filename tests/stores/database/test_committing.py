"""What tasks write at the same time is committed together, and each is told when it is on the disk."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

from aika.domain.errors import AikaError, TransientError
from aika.stores.database.connections import Connections


@pytest.fixture
async def connections(tmp_path: Path) -> AsyncIterator[Connections]:
    async with Connections.open(f"sqlite:///{tmp_path / 'a.db'}") as opened:
        async with opened.write() as connection:
            await connection.execute(text("CREATE TABLE numbers (number INTEGER PRIMARY KEY)"))
        yield opened


async def put(connections: Connections, number: int) -> None:
    async with connections.write_together() as connection:
        await connection.execute(text("INSERT INTO numbers VALUES (:number)"), {"number": number})


async def numbers(connections: Connections) -> list[int]:
    async with connections.read() as connection:
        return list(await connection.scalars(text("SELECT number FROM numbers ORDER BY number")))


async def test_many_writers_share_few_commits(connections: Connections) -> None:
    commits: list[object] = []
    event.listen(connections._engines.writer.sync_engine, "commit", commits.append)

    await asyncio.gather(*(put(connections, number) for number in range(50)))

    assert await numbers(connections) == list(range(50))
    assert len(commits) < 10


async def test_it_is_on_the_disk_when_it_is_said_to_be(connections: Connections, tmp_path: Path) -> None:
    await put(connections, 1)

    with sqlite3.connect(tmp_path / "a.db") as other:
        assert other.execute("SELECT number FROM numbers").fetchall() == [(1,)]


async def test_ones_failure_takes_back_only_its_own(connections: Connections) -> None:
    came = await asyncio.gather(*(put(connections, number) for number in (1, 2, 2, 3)), return_exceptions=True)

    assert await numbers(connections) == [1, 2, 3]
    assert [isinstance(one, AikaError) for one in came] == [False, False, True, False]


async def test_those_who_are_cancelled_keep_nobody_waiting(connections: Connections) -> None:
    writing = [asyncio.create_task(put(connections, number)) for number in range(20)]
    await asyncio.sleep(0)
    for task in writing[::2]:
        task.cancel()
    came = await asyncio.wait_for(asyncio.gather(*writing, return_exceptions=True), 30)

    kept = await numbers(connections)
    done = {number for number, one in enumerate(came) if one is None}
    assert done <= set(kept)
    await put(connections, 100)


async def test_a_cancellation_in_the_middle_of_a_statement_loses_nothing_that_was_said_to_be_stored(
    connections: Connections,
) -> None:
    async def slow() -> None:
        async with connections.write_together() as connection:
            counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n"
            await connection.execute(text(counting))

    writing = [asyncio.create_task(put(connections, number)) for number in (1, 2, 3)]
    interrupted = asyncio.create_task(slow())
    await asyncio.sleep(0.05)
    interrupted.cancel()
    came = await asyncio.wait_for(asyncio.gather(*writing, return_exceptions=True), 30)

    kept = await numbers(connections)
    assert {number for number, one in zip((1, 2, 3), came, strict=True) if one is None} == set(kept)
    assert all(one is None or isinstance(one, TransientError) for one in came)


async def test_whoever_writes_alone_comes_after_what_is_written_together(connections: Connections) -> None:
    async def alone() -> list[int]:
        async with connections.write() as connection:
            return list(await connection.scalars(text("SELECT number FROM numbers")))

    together = [asyncio.create_task(put(connections, number)) for number in range(5)]
    await asyncio.sleep(0)
    seen = await asyncio.wait_for(alone(), 30)
    await asyncio.gather(*together)

    assert sorted(seen) == list(range(5))
