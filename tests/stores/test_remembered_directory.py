"""Remembering groups for a moment, and never longer."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping

import pytest

from aika.domain.identifiers import PrincipalId, SourceId
from aika.protocols import Directory
from aika.stores.database.database import Database
from aika.stores.remembered_directory import RememberedDirectory
from aika.testing.contracts.directory import ALICE, SLACK, TEAM, DirectoryContract


class TestRememberedDirectory(DirectoryContract):
    @pytest.fixture
    def directory(self, sqlite_directory: Directory) -> Directory:
        return RememberedDirectory(sqlite_directory)


@pytest.fixture
async def sqlite_directory(sqlite_url: str) -> AsyncIterator[Directory]:
    async with Database.open(sqlite_url) as database:
        yield database.directory


async def test_what_another_process_writes_counts_after_a_moment(sqlite_directory: Directory) -> None:
    now = 100.0
    remembered = RememberedDirectory(sqlite_directory, seconds=2, monotonic=lambda: now)
    assert await remembered.expand([ALICE]) == {ALICE}
    await sqlite_directory.record(SLACK, {TEAM: {ALICE}})

    assert await remembered.expand([ALICE]) == {ALICE}
    now += 2
    assert await remembered.expand([ALICE]) == {ALICE, TEAM}


async def test_what_is_read_while_something_is_written_is_not_remembered() -> None:
    slow = SlowDirectory()
    remembered = RememberedDirectory(slow)
    reading = asyncio.create_task(remembered.expand([ALICE]))
    await slow.read.wait()
    await remembered.record(SLACK, {TEAM: {ALICE}})
    slow.go_on.set()
    await reading

    assert await remembered.expand([ALICE]) == {ALICE, TEAM}


class SlowDirectory(Directory):
    """Answers with what was there when it was asked, once it is let."""

    def __init__(self) -> None:
        self.read, self.go_on = asyncio.Event(), asyncio.Event()
        self._groups: dict[PrincipalId, frozenset[PrincipalId]] = {}

    async def record(self, source: SourceId, groups: Mapping[PrincipalId, Collection[PrincipalId]]) -> None:
        self._groups.update({group: frozenset(members) for group, members in groups.items()})

    async def expand(self, principals: Collection[PrincipalId]) -> frozenset[PrincipalId]:
        found = {group for group, members in self._groups.items() if not members.isdisjoint(principals)}
        self.read.set()
        await self.go_on.wait()
        return frozenset(principals) | found
