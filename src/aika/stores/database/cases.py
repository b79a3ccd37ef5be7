"""What became of the messages that goalies looked at, in SQL."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, Select, delete, insert, select, update

from aika.domain.errors import AikaError, ConflictError, NotFoundError
from aika.domain.goalies import AuthorKind, Case, CaseState, Place, Reply
from aika.domain.identifiers import CaseId, GoalieId
from aika.stores.database.connections import Connections
from aika.stores.database.schema_goalies import goalie_cases as cases
from aika.stores.database.schema_goalies import goalie_notes as notes
from aika.stores.database.schema_goalies import goalie_replies as replies
from aika.stores.database.upserting import insert_missing

_CASE = TypeAdapter(Case)

_AnyRow = Row[*tuple[Any, ...]]


class SqlCases:
    """Keeps one case a message. Whoever changes one says which version they saw: of two at once, one wins."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def open(self, case: Case) -> bool:
        async with self._connections.write_together() as connection:
            inserting = insert_missing(connection, cases).values(_row(case)).returning(cases.c.id)
            return await connection.scalar(inserting) is not None

    async def get(self, id: CaseId) -> Case | None:
        found = await self._all(select(cases).where(cases.c.id == id))
        return found[0] if found else None

    async def of_message(self, place: Place, message: str) -> Case | None:
        found = await self._all(select(cases).where(*_in(place), cases.c.message == message))
        return found[0] if found else None

    async def of_thread(self, place: Place, root: str) -> list[Case]:
        return await self._all(
            select(cases).where(*_in(place), cases.c.root == root).order_by(cases.c.message, cases.c.id)
        )

    async def change(self, case: Case) -> Case:
        row = _row(case)
        changed = {name: row[name] for name in ("goalie", "root", "state", "changed_at", "due_at", "details")}
        statement = (
            update(cases)
            .where(cases.c.id == case.id, cases.c.version == case.version)
            .values(**changed, version=case.version + 1)
            .returning(cases)
        )
        async with self._connections.write_together() as connection:
            stored = (await connection.execute(statement)).one_or_none()
            if stored is None:
                there = await connection.scalar(select(cases.c.version).where(cases.c.id == case.id))
                raise _not_there(case, there)
        return _case(stored)

    async def due(self, now: datetime, *, limit: int = 100) -> list[Case]:
        """Return those that something is to be done about by now, the longest due first."""
        statement = select(cases).where(cases.c.due_at <= now).order_by(cases.c.due_at, cases.c.id).limit(limit)
        return await self._all(statement)

    async def listing(
        self,
        goalie: GoalieId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        states: Collection[CaseState] | None = None,
        limit: int = 10_000,
    ) -> list[Case]:
        statement = select(cases).where(cases.c.goalie == goalie)
        if since is not None:
            statement = statement.where(cases.c.seen_at >= since)
        if until is not None:
            statement = statement.where(cases.c.seen_at < until)
        if states is not None:
            statement = statement.where(cases.c.state.in_(sorted(states)))
        return await self._all(statement.order_by(cases.c.seen_at.desc(), cases.c.id.desc()).limit(limit))

    async def forget(self, *, before: datetime) -> list[Case]:
        """Drop what nobody touched since then: cases, and who wrote in threads. Return the cases."""
        old = (cases.c.changed_at < before, cases.c.due_at.is_(None))
        async with self._connections.write_together() as connection:
            forgotten = (await connection.execute(delete(cases).where(*old).returning(cases))).all()
            await connection.execute(delete(replies).where(replies.c.written_at < before))
        return [_case(row) for row in forgotten]

    async def heard(self, reply: Reply) -> None:
        row = {
            "workspace": reply.place.workspace,
            "channel": reply.place.channel,
            "message": reply.message,
            "root": reply.root,
            "author": reply.author,
            "kind": reply.kind.value,
            "written_at": reply.written_at,
        }
        async with self._connections.write_together() as connection:
            await connection.execute(insert_missing(connection, replies).values(row))

    async def replies(self, place: Place, root: str) -> list[Reply]:
        statement = (
            select(replies)
            .where(replies.c.workspace == place.workspace, replies.c.channel == place.channel, replies.c.root == root)
            .order_by(replies.c.written_at, replies.c.message)
        )
        async with self._connections.read() as connection:
            return [_reply(row) for row in await connection.execute(statement)]

    async def noted(self, goalie: GoalieId, name: str) -> str | None:
        statement = select(notes.c.value).where(notes.c.goalie == goalie, notes.c.name == name)
        async with self._connections.read() as connection:
            found = await connection.scalar(statement)
        return None if found is None else str(found)

    async def note(self, goalie: GoalieId, name: str, value: str, *, at: datetime) -> None:
        async with self._connections.write_together() as connection:
            await connection.execute(delete(notes).where(notes.c.goalie == goalie, notes.c.name == name))
            await connection.execute(insert(notes).values(goalie=goalie, name=name, value=value, noted_at=at))

    async def _all(self, statement: Select[*tuple[Any, ...]]) -> list[Case]:
        async with self._connections.read() as connection:
            return [_case(row) for row in await connection.execute(statement)]


def _in(place: Place) -> tuple[ColumnElement[bool], ...]:
    return cases.c.workspace == place.workspace, cases.c.channel == place.channel


def _row(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "goalie": case.goalie,
        "workspace": case.place.workspace,
        "channel": case.place.channel,
        "message": case.message,
        "root": case.root,
        "state": case.state.value,
        "seen_at": case.seen_at,
        "changed_at": case.changed_at,
        "due_at": case.due_at,
        "details": _CASE.dump_python(case, mode="json", exclude_defaults=True),
        "version": case.version,
    }


def _case(row: _AnyRow) -> Case:
    return _CASE.validate_python({**row.details, "version": row.version})


def _reply(row: _AnyRow) -> Reply:
    return Reply(
        place=Place(row.workspace, row.channel),
        root=row.root,
        message=row.message,
        author=row.author,
        kind=AuthorKind(row.kind),
        written_at=row.written_at,
    )


def _not_there(case: Case, version: int | None) -> AikaError:
    if version is None:
        return NotFoundError(f"there is no case {case.id!r}")
    return ConflictError(f"the case {case.id!r} was changed meanwhile and is at version {version}: read it again first")
