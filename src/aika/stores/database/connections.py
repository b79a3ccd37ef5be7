"""Connections to SQLite or PostgreSQL, with one way to read and one way to write."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from aika.domain.errors import ConfigurationError, MissingExtraError
from aika.domain.paths import matches
from aika.stores.database.committing import CommonCommits
from aika.stores.database.failures import translated

READERS = 8
"""Connections for reading. Each of SQLite's is a thread."""
BUSY_TIMEOUT_MS = 10_000
"""How long SQLite waits for another process that writes. Tasks of this process wait for each other before that."""

_PRAGMAS = (
    # Readers go on while one writes.
    "PRAGMA journal_mode=WAL",
    # What was acknowledged survives a power cut, not only a killed process: with NORMAL the last commits could be lost
    # and their change numbers given out again, which an index that had followed them would never notice.
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA journal_size_limit=67108864",
    # In KiB, because it is negative.
    "PRAGMA cache_size=-32768",
)


@dataclass(frozen=True, slots=True)
class _Engines:
    reader: AsyncEngine
    writer: AsyncEngine
    migrator: AsyncEngine


class Connections:
    """Hands out connections, each inside one transaction, and says library errors in aika's words."""

    def __init__(self, engines: _Engines, *, where: str, lock: asyncio.Lock | None) -> None:
        self._engines = engines
        self._lock = lock
        self._common = None if lock is None else CommonCommits(engines.writer, lock, where=where)
        self.where = where
        """Names the database to a person."""

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Connections"]:
        """Prepare connections to ``sqlite:///file`` or ``postgresql://user:password@host/name``. None is made yet.

        Raises `ConfigurationError` for another URL.
        """
        connections = _prepare(url)
        try:
            yield connections
        finally:
            await connections._dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that only reads, and sees one state of the database throughout."""
        with translated(self.where):
            async with self._engines.reader.begin() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that is committed, durably, when the block ends without an exception."""
        with translated(self.where):
            async with self._turn(), self._engines.writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def write_together(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction as `write` does, for little that is written often.

        With SQLite it is committed with those that others write at the same time. Raises `TransientError` also where one of
        those broke the connection.
        """
        if self._common is None:
            async with self.write() as connection:
                yield connection
            return
        with translated(self.where):
            async with self._common.write() as connection:
                yield connection

    @asynccontextmanager
    async def migrate(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction to change tables in, which SQLite does by dropping them: nothing is deleted along."""
        with translated(self.where):
            async with self._turn(), self._engines.migrator.begin() as connection:
                yield connection

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Write alone, after what others wrote together is committed."""
        if self._lock is None or self._common is None:
            yield
            return
        async with self._lock:
            await self._common.commit()
            yield

    async def _dispose(self) -> None:
        if self._common is not None:
            await self._common.close()
        for engine in (self._engines.reader, self._engines.writer, self._engines.migrator):
            await engine.dispose()


def _prepare(url: str) -> Connections:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(
            "the database's URL is not one: expected sqlite:///file or postgresql://user:password@host/name"
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(parsed)
        case "postgresql" | "postgres":
            return _postgresql(parsed)
        case other:
            raise ConfigurationError(f"there is no database engine {other!r} (known: sqlite, postgresql)")


def _sqlite(url: URL) -> Connections:
    if not url.database or url.database == ":memory:":
        raise ConfigurationError("SQLite needs a file: use a URL such as sqlite:///data/aika.sqlite")
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The file holds everyone's documents and questions. SQLite gives its other files the same permissions.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise ConfigurationError(f"the database {path} cannot be opened: {error.strerror}") from error
    url = url.set(drivername="sqlite+aiosqlite")
    engines = _Engines(
        reader=create_async_engine(url, hide_parameters=True, pool_size=READERS, max_overflow=0),
        writer=create_async_engine(url, hide_parameters=True, pool_size=1, max_overflow=0),
        migrator=create_async_engine(url, hide_parameters=True, poolclass=NullPool),
    )
    _prepare_sqlite(engines.reader, begin="BEGIN", foreign_keys=True)
    _prepare_sqlite(engines.writer, begin="BEGIN IMMEDIATE", foreign_keys=True)
    _prepare_sqlite(engines.migrator, begin="BEGIN IMMEDIATE", foreign_keys=False)
    return Connections(engines, where=f"the database {path}", lock=asyncio.Lock())


def _postgresql(url: URL) -> Connections:
    try:
        import psycopg  # noqa: F401 - only to say which extra is missing
    except ImportError as error:
        raise MissingExtraError("a PostgreSQL database", extra="postgresql") from error
    url = url.set(drivername="postgresql+psycopg")
    engine = create_async_engine(url, hide_parameters=True, pool_size=READERS, max_overflow=READERS, pool_pre_ping=True)
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    where = f"the database {url.database!r} on {url.host or url.query.get('host') or 'the local socket'}"
    return Connections(_Engines(reader, engine, engine), where=where, lock=None)


def _prepare_sqlite(engine: AsyncEngine, *, begin: str, foreign_keys: bool) -> None:
    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # Python's driver would begin transactions late, and only for writes.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*_PRAGMAS, f"PRAGMA foreign_keys={foreign_keys:d}"):
            cursor.execute(pragma)
        cursor.close()
        # Its own expressions are those of Python's `re`, which some patterns keep busy for hours.
        connection.create_function("aika_matches", 2, matches)

    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", configure)
    event.listen(engine.sync_engine, "begin", begin_transaction)
