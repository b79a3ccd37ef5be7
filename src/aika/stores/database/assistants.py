"""Assistants that were made through the API, in SQL."""

from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.domain.errors import AikaError, ConflictError, NotFoundError
from aika.domain.identifiers import AssistantId, PrincipalId
from aika.protocols import AssistantRecord
from aika.stores.database.connections import Connections
from aika.stores.database.schema import assistants


class SqlAssistants:
    """Keeps assistants by their ids."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def add(self, record: AssistantRecord) -> None:
        row = {
            "id": record.id,
            "owner": record.owner,
            "definition": record.definition,
            "version": record.version,
            "created_at": record.created_at,
            "changed_at": record.changed_at,
            "text": record.text,
        }
        async with self._connections.write() as connection:
            await connection.execute(insert(assistants).values(row))

    async def find(self, id: AssistantId) -> AssistantRecord | None:
        async with self._connections.read() as connection:
            row = (await connection.execute(select(assistants).where(assistants.c.id == id))).one_or_none()
        return None if row is None else _record(row)

    async def listing(self) -> list[AssistantRecord]:
        async with self._connections.read() as connection:
            rows = await connection.execute(select(assistants).order_by(assistants.c.created_at, assistants.c.id))
            return [_record(row) for row in rows]

    async def replace(self, record: AssistantRecord) -> None:
        statement = (
            update(assistants)
            .where(assistants.c.id == record.id, assistants.c.version == record.version - 1)
            .values(
                owner=record.owner,
                definition=record.definition,
                version=record.version,
                changed_at=record.changed_at,
                text=record.text,
            )
        )
        async with self._connections.write() as connection:
            if not (await connection.execute(statement)).rowcount:
                raise await _other_version(connection, record.id)

    async def delete(self, id: AssistantId, *, version: int) -> None:
        statement = delete(assistants).where(assistants.c.id == id, assistants.c.version == version)
        async with self._connections.write() as connection:
            if not (await connection.execute(statement)).rowcount:
                raise await _other_version(connection, id)


async def _other_version(connection: AsyncConnection, id: AssistantId) -> AikaError:
    there = await connection.scalar(select(assistants.c.version).where(assistants.c.id == id))
    if there is None:
        return NotFoundError(f"there is no assistant {id!r}")
    return ConflictError(f"the assistant {id!r} was changed meanwhile and is at version {there}: read it again first")


def _record(row: Row[*tuple[Any, ...]]) -> AssistantRecord:
    return AssistantRecord(
        id=AssistantId(row.id),
        owner=PrincipalId(row.owner),
        definition=row.definition,
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
        text=row.text,
    )
