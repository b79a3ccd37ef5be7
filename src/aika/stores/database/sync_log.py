"""The sync log in SQL."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.domain.identifiers import SourceId
from aika.domain.sources import Cursor, SyncPhase, SyncReport, UnreadableDocument
from aika.stores.database.connections import Connections
from aika.stores.database.schema import sync_cursors, sync_unreadable, syncs

_KEPT = 400
"""Syncs of a source that are remembered, besides its last success: four days of one that is synced every 15 minutes."""
_KEPT_UNREADABLE = 5
"""Those of which it is remembered what they could not read, which can be much."""

_REPORT = TypeAdapter(SyncReport)


class SqlSyncLog:
    """Keeps the reports of syncs, what they could not read, and each source's cursor."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def cursor(self, source: SourceId) -> Cursor | None:
        async with self._connections.read() as connection:
            found = await connection.scalar(select(sync_cursors.c.cursor).where(sync_cursors.c.source == source))
        return None if found is None else Cursor(str(found))

    async def save_cursor(self, source: SourceId, cursor: Cursor | None) -> None:
        async with self._connections.write() as connection:
            await connection.execute(delete(sync_cursors).where(sync_cursors.c.source == source))
            if cursor is not None:
                await connection.execute(insert(sync_cursors).values(source=source, cursor=cursor))

    async def begin(self, report: SyncReport) -> None:
        async with self._connections.write() as connection:
            await connection.execute(
                delete(syncs).where(syncs.c.source == report.source, syncs.c.phase == SyncPhase.RUNNING.value)
            )
            await connection.execute(insert(syncs).values(source=report.source, **_columns(report)))
            await _forget_old(connection, report.source)

    async def update(self, report: SyncReport, unreadable: Sequence[UnreadableDocument]) -> None:
        async with self._connections.write() as connection:
            sync = await _newest(connection, report.source)
            if sync is None:
                values = {"source": report.source, **_columns(report)}
                sync = (await connection.execute(insert(syncs).values(values).returning(syncs.c.id))).scalar_one()
            else:
                await connection.execute(update(syncs).where(syncs.c.id == sync).values(**_columns(report)))
            rows = list({document.key: document.reason for document in unreadable}.items())
            if rows:
                await connection.execute(
                    delete(sync_unreadable).where(
                        sync_unreadable.c.sync == sync, sync_unreadable.c.key == bindparam("again")
                    ),
                    [{"again": key} for key, _ in rows],
                )
                await connection.execute(
                    insert(sync_unreadable), [{"sync": sync, "key": key, "reason": reason} for key, reason in rows]
                )

    async def last(self, source: SourceId) -> SyncReport | None:
        statement = select(syncs.c.report).where(syncs.c.source == source).order_by(syncs.c.id.desc()).limit(1)
        async with self._connections.read() as connection:
            found = await connection.scalar(statement)
        return None if found is None else _REPORT.validate_python(found)

    async def last_success(self, source: SourceId) -> datetime | None:
        statement = select(func.max(syncs.c.finished_at)).where(
            syncs.c.source == source, syncs.c.phase == SyncPhase.SUCCEEDED.value
        )
        async with self._connections.read() as connection:
            found: datetime | None = await connection.scalar(statement)
        return found

    async def unreadable(self, source: SourceId) -> list[UnreadableDocument]:
        """Return what the last sync could not read, ordered by key."""
        async with self._connections.read() as connection:
            sync = await _newest(connection, source)
            rows = await connection.execute(
                select(sync_unreadable.c.key, sync_unreadable.c.reason)
                .where(sync_unreadable.c.sync == sync)
                .order_by(sync_unreadable.c.key)
            )
            return [UnreadableDocument(key, str(reason)) for key, reason in rows]

    async def history(self, source: SourceId, *, limit: int = 50) -> list[SyncReport]:
        """Return the syncs of a source that are remembered, newest first."""
        statement = select(syncs.c.report).where(syncs.c.source == source).order_by(syncs.c.id.desc()).limit(limit)
        async with self._connections.read() as connection:
            return [_REPORT.validate_python(report) for report in await connection.scalars(statement)]

    async def standing_unreadable(self, source: SourceId) -> list[UnreadableDocument]:
        """Return what the last sync that ended could not read, ordered by key: one that runs does not know yet."""
        own = (syncs.c.source == source, syncs.c.finished_at.is_not(None))
        ended = select(func.max(syncs.c.id)).where(*own).scalar_subquery()
        statement = (
            select(sync_unreadable.c.key, sync_unreadable.c.reason)
            .where(sync_unreadable.c.sync == ended)
            .order_by(sync_unreadable.c.key)
        )
        async with self._connections.read() as connection:
            rows = await connection.execute(statement)
            return [UnreadableDocument(key, str(reason)) for key, reason in rows]

    async def forget(self, source: SourceId) -> None:
        async with self._connections.write() as connection:
            await connection.execute(delete(sync_cursors).where(sync_cursors.c.source == source))
            await connection.execute(delete(syncs).where(syncs.c.source == source))


def _columns(report: SyncReport) -> dict[str, object]:
    return {
        "phase": report.phase.value,
        "finished_at": report.finished_at,
        "report": _REPORT.dump_python(report, mode="json"),
    }


async def _newest(connection: AsyncConnection, source: SourceId) -> int | None:
    newest: int | None = await connection.scalar(select(func.max(syncs.c.id)).where(syncs.c.source == source))
    return newest


async def _forget_old(connection: AsyncConnection, source: SourceId) -> None:
    own = syncs.c.source == source
    kept = select(syncs.c.id).where(own).order_by(syncs.c.id.desc()).limit(_KEPT)
    last_success = (
        select(syncs.c.id)
        .where(own, syncs.c.phase == SyncPhase.SUCCEEDED.value)
        .order_by(syncs.c.finished_at.desc())
        .limit(1)
    )
    await connection.execute(delete(syncs).where(own, syncs.c.id.not_in(kept), syncs.c.id.not_in(last_success)))
    newest = select(syncs.c.id).where(own).order_by(syncs.c.id.desc())
    older = newest.offset(_KEPT_UNREADABLE).limit(_KEPT)
    await connection.execute(delete(sync_unreadable).where(sync_unreadable.c.sync.in_(older)))
