"""What Slack sent, kept from before it is acknowledged until it is handled, in SQL.

Several processes may work on one inbox. Who claims an event holds it for a while and has to say so again and again; what a
dead process held is free when that time has run out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, and_, delete, exists, func, or_, select, text, tuple_, update

from aika.stores.database.connections import Connections
from aika.stores.database.schema_slack import slack_inbox as inbox
from aika.stores.database.upserting import insert_missing

# Any number that nothing else in the database takes a lock by.
_CLAIMING = 7_226_114_109

_AnyRow = Row[*tuple[Any, ...]]


class EventState(StrEnum):
    WAITING = "waiting"
    """Also while somebody works on it."""
    DONE = "done"
    DEAD = "dead"
    """Given up."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that Slack sent."""

    key: str
    """The same for each delivery of the same thing."""
    team: str
    kind: str
    lane: str
    """Events of one lane are handled one after another."""
    position: int
    """The order within the lane: when it happened, in microseconds."""
    received_at: datetime
    body: Mapping[str, object] = field(repr=False)
    trace: str = ""
    """W3C's ``traceparent`` of its reception."""
    tries: int = 0
    """Times that it was worked on before."""
    finished: frozenset[str] = frozenset()
    """Who has finished with it already."""
    reason: str = ""
    """Why the last try failed."""


class SqlInbox:
    """Keeps events by their keys."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def put_many(self, events: Collection[Event]) -> set[str]:
        """Store the events that are not known yet, all of them or none, and return the new ones' keys."""
        if not events:
            return set()
        rows = {event.key: _row(event) for event in events}
        async with self._connections.write_together() as connection:
            known = set(await connection.scalars(select(inbox.c.key).where(inbox.c.key.in_(rows))))
            new = [row for key, row in rows.items() if key not in known]
            if new:
                # One statement for many rows would be written anew for each number of rows, which takes longer than the rest.
                await connection.execute(insert_missing(connection, inbox), new)
        return rows.keys() - known

    async def claim(
        self, *, teams: Collection[str], limit: int, holder: str, now: datetime, until: datetime
    ) -> list[Event]:
        """Hold up to ``limit`` events that are due, the oldest first, at most one of each lane.

        An event waits for those of its lane that happened before it, and while another of its lane is worked on. A claim counts
        as a try, so that what ends the process is not tried for ever.
        """
        async with self._connections.write_together() as connection:
            if connection.dialect.name == "postgresql":
                # Two processes that claim at once could each take an event of the same lane. SQLite's writers take turns.
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CLAIMING})
            rows = (await connection.execute(_claimable(teams, limit, now))).all()
            keys = [row.key for row in rows]
            if keys:
                held = {"holder": holder, "held_until": until, "tries": inbox.c.tries + 1}
                await connection.execute(update(inbox).where(inbox.c.key.in_(keys)).values(**held))
        return [_event(row) for row in rows]

    async def hold(self, keys: Collection[str], *, holder: str, until: datetime) -> set[str]:
        """Go on holding events; return the keys of those that are still one's own."""
        mine = (inbox.c.key.in_(list(keys)), inbox.c.holder == holder, inbox.c.state == EventState.WAITING.value)
        async with self._connections.write_together() as connection:
            statement = update(inbox).where(*mine).values(held_until=until).returning(inbox.c.key)
            return set(await connection.scalars(statement))

    async def done(self, keys: Collection[str]) -> None:
        """Forget what the events said. That they were handled is kept, so that they are not handled again."""
        if not keys:
            return
        values = {"state": EventState.DONE.value, "body": None, "holder": None, "held_until": None, "reason": ""}
        async with self._connections.write_together() as connection:
            await connection.execute(update(inbox).where(inbox.c.key.in_(list(keys))).values(**values))

    async def again(self, event: Event, *, at: datetime, holder: str) -> None:
        """Let an event be worked on again, not before ``at``, with what it says now of tries, who has finished, and why."""
        await self._leave(event, EventState.WAITING, at, holder)

    async def give_up(self, event: Event, *, at: datetime, holder: str) -> None:
        """Keep an event for people to look at."""
        await self._leave(event, EventState.DEAD, at, holder)

    async def take_over(self, holder: str) -> int:
        """Let everything go that a dead process of this name held, and return how many events that were."""
        held = (inbox.c.holder == holder, inbox.c.state == EventState.WAITING.value)
        async with self._connections.write_together() as connection:
            released = await connection.execute(update(inbox).where(*held).values(holder=None, held_until=None))
            return released.rowcount

    async def counts(self) -> dict[EventState, int]:
        statement = select(inbox.c.state, func.count()).group_by(inbox.c.state)
        async with self._connections.read() as connection:
            found = {row[0]: row[1] for row in await connection.execute(statement)}
        return {state: found.get(state.value, 0) for state in EventState}

    async def oldest_waiting(self) -> datetime | None:
        """Return when the event was received that waits longest."""
        statement = select(func.min(inbox.c.received_at)).where(inbox.c.state == EventState.WAITING.value)
        async with self._connections.read() as connection:
            found: datetime | None = await connection.scalar(statement)
        return found

    async def dead(self, *, limit: int = 100) -> list[Event]:
        """Return what was given up, the latest first."""
        statement = select(inbox).where(inbox.c.state == EventState.DEAD.value)
        latest = statement.order_by(inbox.c.received_at.desc(), inbox.c.key).limit(limit)
        async with self._connections.read() as connection:
            return [_event(row) for row in await connection.execute(latest)]

    async def revive(self, *, at: datetime) -> int:
        """Let everything be tried again that was given up; return how many events that are."""
        dead = inbox.c.state == EventState.DEAD.value
        values = {"state": EventState.WAITING.value, "tries": 0, "due_at": at, "holder": None, "held_until": None}
        async with self._connections.write_together() as connection:
            return (await connection.execute(update(inbox).where(dead).values(**values))).rowcount

    async def forget(self, *, before: datetime) -> int:
        """Drop what was received before and does not wait any more; return how many events."""
        old = (inbox.c.received_at < before, inbox.c.state != EventState.WAITING.value)
        async with self._connections.write_together() as connection:
            return (await connection.execute(delete(inbox).where(*old))).rowcount

    async def _leave(self, event: Event, state: EventState, at: datetime, holder: str) -> None:
        values = {
            "state": state.value,
            "due_at": at,
            "tries": event.tries,
            "finished": sorted(event.finished),
            "reason": event.reason,
            "holder": None,
            "held_until": None,
        }
        mine = (inbox.c.key == event.key, inbox.c.holder == holder, inbox.c.state == EventState.WAITING.value)
        async with self._connections.write_together() as connection:
            await connection.execute(update(inbox).where(*mine).values(**values))


def _claimable(teams: Collection[str], limit: int, now: datetime) -> Select[*tuple[Any, ...]]:
    other = inbox.alias("other")
    earlier = tuple_(other.c.position, other.c.key) < tuple_(inbox.c.position, inbox.c.key)
    in_the_way = exists().where(
        other.c.lane == inbox.c.lane,
        other.c.state == EventState.WAITING.value,
        other.c.key != inbox.c.key,
        or_(earlier, and_(other.c.held_until.is_not(None), other.c.held_until > now)),
    )
    return (
        select(inbox)
        .where(
            inbox.c.state == EventState.WAITING.value,
            inbox.c.team.in_(list(teams)),
            inbox.c.due_at <= now,
            or_(inbox.c.held_until.is_(None), inbox.c.held_until <= now),
            ~in_the_way,
        )
        .order_by(inbox.c.position, inbox.c.key)
        .limit(limit)
    )


def _row(event: Event) -> dict[str, Any]:
    return {
        "key": event.key,
        "team": event.team,
        "kind": event.kind,
        "lane": event.lane,
        "position": event.position,
        "state": EventState.WAITING.value,
        "received_at": event.received_at,
        "due_at": event.received_at,
        "tries": event.tries,
        "finished": sorted(event.finished),
        "reason": "",
        "trace": event.trace,
        "body": dict(event.body),
    }


def _event(row: _AnyRow) -> Event:
    finished: Sequence[str] = row.finished
    return Event(
        key=row.key,
        team=row.team,
        kind=row.kind,
        lane=row.lane,
        position=row.position,
        received_at=row.received_at,
        body=row.body or {},
        trace=row.trace,
        tries=row.tries,
        finished=frozenset(finished),
        reason=row.reason,
    )
