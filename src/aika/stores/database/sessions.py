"""Sessions, and the people who signed in, in SQL."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update

from aika.domain.identifiers import ApiKeyId, PrincipalId, SessionId
from aika.domain.sessions import Profile, Session
from aika.stores.database.connections import Connections
from aika.stores.database.schema_sessions import sessions, signed_in_people
from aika.stores.database.upserting import insert_missing

_OF = sessions.c
_PERSON = signed_in_people.c
_AnyRow = Row[*tuple[Any, ...]]


class SqlSessions:
    """Keeps sessions by the hashes of what browsers hold. Changes are durable when they return."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def add(self, session: Session, *, secret_hash: bytes) -> None:
        async with self._connections.write() as connection:
            await connection.execute(insert(sessions).values(**asdict(session), secret_hash=secret_hash))

    async def find(self, secret_hash: bytes) -> Session | None:
        """Return the session, over or not: the caller knows what time it is."""
        async with self._connections.read() as connection:
            found = await connection.execute(select(sessions).where(_OF.secret_hash == secret_hash))
            row = found.one_or_none()
        return None if row is None else _session(row)

    async def see(self, id: SessionId, *, at: datetime) -> None:
        """Record that it was used."""
        async with self._connections.write() as connection:
            await connection.execute(update(sessions).where(_OF.id == id).values(seen_at=at))

    async def of_person(self, person: PrincipalId) -> list[Session]:
        """Return a person's sessions, the last one first."""
        statement = select(sessions).where(_OF.person == person).order_by(_OF.created_at.desc(), _OF.id)
        async with self._connections.read() as connection:
            return [_session(row) for row in await connection.execute(statement)]

    async def all(self) -> list[Session]:
        """Return everybody's sessions, the last one first."""
        statement = select(sessions).order_by(_OF.created_at.desc(), _OF.id)
        async with self._connections.read() as connection:
            return [_session(row) for row in await connection.execute(statement)]

    async def delete(self, id: SessionId) -> None:
        """An unknown id is no error."""
        await self._delete(_OF.id == id)

    async def delete_of_person(self, person: PrincipalId) -> int:
        """Delete all of a person's sessions; return how many there were."""
        return await self._delete(_OF.person == person)

    async def delete_all(self) -> int:
        """Delete everybody's sessions; return how many there were."""
        return await self._delete()

    async def delete_of_provider(self, *, subject: str | None, session: str | None) -> int:
        """Delete what the provider ended: one session of its own, or where it names none, all of a person's.

        Both given, both must fit. Neither given deletes nothing.
        """
        wanted: list[ColumnElement[bool]] = []
        if subject is not None:
            wanted.append(_OF.subject == subject)
        if session is not None:
            wanted.append(_OF.provider_session == session)
        return await self._delete(*wanted) if wanted else 0

    async def delete_over(self, *, now: datetime, unseen_since: datetime) -> int:
        """Delete the sessions that are over; return how many."""
        return await self._delete(or_(_OF.expires_at <= now, _OF.seen_at <= unseen_since))

    async def _delete(self, *wanted: ColumnElement[bool]) -> int:
        async with self._connections.write() as connection:
            return (await connection.execute(delete(sessions).where(*wanted))).rowcount


class SqlSignedInPeople:
    """Keeps whom the identity provider vouched for last, and what it said of them."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def record(self, profile: Profile, *, at: datetime) -> str | None:
        """Keep it in the place of the one before, and return the subject that one had."""
        values = {
            "issuer": profile.issuer,
            "subject": profile.subject,
            "name": profile.name,
            "groups": sorted(profile.groups),
            "signed_in_at": at,
        }
        async with self._connections.write() as connection:
            before = await connection.scalar(select(_PERSON.subject).where(_PERSON.person == profile.person))
            await connection.execute(
                insert_missing(connection, signed_in_people).values(person=profile.person, **values)
            )
            await connection.execute(update(signed_in_people).where(_PERSON.person == profile.person).values(**values))
        return before

    async def name(self, person: PrincipalId) -> str | None:
        """Return what the provider calls a person, ``None`` for one who never signed in."""
        async with self._connections.read() as connection:
            found: str | None = await connection.scalar(select(_PERSON.name).where(_PERSON.person == person))
        return found

    async def stale(self, *, before: datetime) -> Sequence[PrincipalId]:
        """Return those with groups who last signed in before then."""
        statement = (
            select(_PERSON.person, _PERSON.groups).where(_PERSON.signed_in_at <= before).order_by(_PERSON.person)
        )
        async with self._connections.read() as connection:
            return [PrincipalId(row.person) for row in await connection.execute(statement) if row.groups]

    async def forget_groups(self, person: PrincipalId) -> None:
        async with self._connections.write() as connection:
            await connection.execute(update(signed_in_people).where(_PERSON.person == person).values(groups=[]))


def _session(row: _AnyRow) -> Session:
    return Session(
        id=SessionId(row.id),
        name=row.name,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        person=None if row.person is None else PrincipalId(row.person),
        key=None if row.key is None else ApiKeyId(row.key),
        subject=row.subject,
        provider_session=row.provider_session,
        id_token=None if row.id_token is None else bytes(row.id_token),
    )
