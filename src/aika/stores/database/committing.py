"""Several small transactions in one commit: a commit waits for the disk, however little it holds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction

from aika.domain.errors import TransientError


@dataclass(slots=True)
class _Group:
    connection: AsyncConnection
    transaction: AsyncTransaction
    done: "asyncio.Future[None]"
    committing: "asyncio.Task[None] | None" = field(default=None, repr=False)

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)
            # Whoever waits gets it; nobody may, where all of them were cancelled.
            self.done.exception()


class CommonCommits:
    """Commits together what the tasks of a process write at the same time.

    They take turns on one connection. Each has a savepoint, so that one's failure takes back only its own; and each gets
    control back when the commit is on the disk.
    """

    def __init__(self, engine: AsyncEngine, lock: asyncio.Lock, *, where: str) -> None:
        """``lock`` is held by whoever writes, and hands out turns in the order in which they were asked for."""
        self._engine = engine
        self._lock = lock
        self._where = where
        self._group: _Group | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        async with self._lock:
            group = self._group or await self._begin()
            try:
                async with group.connection.begin_nested():
                    yield group.connection
            except BaseException:
                if group.connection.invalidated:
                    await self._lose(group)
                raise
        await asyncio.shield(group.done)

    async def commit(self) -> None:
        """Commit what is open. The caller holds the lock."""
        group, self._group = self._group, None
        if group is None:
            return
        try:
            await group.transaction.commit()
        except BaseException as error:
            group.fail(error if isinstance(error, Exception) else self._lost())
            if not isinstance(error, Exception):
                raise
        else:
            group.done.set_result(None)
        finally:
            await group.connection.close()

    async def close(self) -> None:
        async with self._lock:
            await self.commit()

    async def _begin(self) -> _Group:
        connection = await self._engine.connect()
        try:
            transaction = await connection.begin()
        except BaseException:
            await connection.close()
            raise
        group = self._group = _Group(connection, transaction, asyncio.get_running_loop().create_future())
        # It gets its turn after all who wait for theirs now: they write into this group.
        group.committing = asyncio.create_task(self._commit_in_turn(group))
        return group

    async def _commit_in_turn(self, group: _Group) -> None:
        async with self._lock:
            if self._group is group:
                await self.commit()

    async def _lose(self, group: _Group) -> None:
        """Let a group go whose connection broke, such as by the cancellation of a task in the middle of a statement."""
        if self._group is group:
            self._group = None
        group.fail(self._lost())
        await group.connection.close()

    def _lost(self) -> TransientError:
        return TransientError(f"a transaction of {self._where} was broken off: nothing of it was stored")
