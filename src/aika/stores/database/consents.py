"""Who let aika search their own messages, with the tokens for it, in SQL. Tokens come and go sealed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from aika.stores.database.connections import Connections
from aika.stores.database.schema_personal import personal_consents, personal_states
from aika.stores.database.upserting import insert_missing

_AnyRow = Row[*tuple[Any, ...]]
_OF = personal_consents.c


@dataclass(frozen=True, slots=True)
class Consent:
    """That one person agreed."""

    team: str
    user: str
    """An id in the workspace."""
    token: bytes = field(repr=False)
    """Sealed, and so is ``refresh_token``."""
    refresh_token: bytes | None = field(repr=False)
    """``None`` where tokens do not rotate."""
    expires_at: datetime | None
    scopes: tuple[str, ...]
    connected_at: datetime
    version: int = 0


class SqlConsents:
    """Keeps consents by workspace and person. Changes are durable when they return."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def put(self, consent: Consent) -> None:
        """Keep it in the place of the one before."""
        async with self._connections.write() as connection:
            await connection.execute(delete(personal_consents).where(*_key(consent.team, consent.user)))
            await connection.execute(insert(personal_consents).values(**_row(consent)))

    async def renew(self, consent: Consent) -> bool:
        """Keep new tokens, where the consent is still there as it was read; return whether it was."""
        there = (*_key(consent.team, consent.user), _OF.version == consent.version)
        values = _row(consent) | {"version": consent.version + 1}
        async with self._connections.write() as connection:
            renewed = await connection.execute(update(personal_consents).where(*there).values(**values))
            return bool(renewed.rowcount)

    async def find(self, team: str, user: str) -> Consent | None:
        async with self._connections.read() as connection:
            row = (await connection.execute(select(personal_consents).where(*_key(team, user)))).one_or_none()
        return None if row is None else _consent(row)

    async def of_team(self, team: str | None) -> list[Consent]:
        """Return all of a workspace, or of all workspaces, in the order of the persons' ids."""
        statement = select(personal_consents).order_by(_OF.team, _OF.user)
        if team is not None:
            statement = statement.where(_OF.team == team)
        async with self._connections.read() as connection:
            return [_consent(row) for row in await connection.execute(statement)]

    async def remove(self, team: str, user: str) -> bool:
        """Return whether there was one."""
        async with self._connections.write() as connection:
            removed = await connection.execute(delete(personal_consents).where(*_key(team, user)))
            return bool(removed.rowcount)

    async def use_state(self, nonce: str, *, expires_at: datetime, now: datetime) -> bool:
        """Note that a link is used; return whether it was not before."""
        async with self._connections.write() as connection:
            await connection.execute(delete(personal_states).where(personal_states.c.expires_at < now))
            row = {"nonce": nonce, "expires_at": expires_at}
            new = insert_missing(connection, personal_states).values(**row).returning(personal_states.c.nonce)
            return await connection.scalar(new) is not None


def _key(team: str, user: str) -> tuple[Any, Any]:
    return _OF.team == team, _OF.user == user


def _row(consent: Consent) -> dict[str, Any]:
    return {
        "team": consent.team,
        "user": consent.user,
        "token": consent.token,
        "refresh_token": consent.refresh_token,
        "expires_at": consent.expires_at,
        "scopes": list(consent.scopes),
        "connected_at": consent.connected_at,
        "version": consent.version,
    }


def _consent(row: _AnyRow) -> Consent:
    scopes: list[str] = row.scopes
    return Consent(
        team=row.team,
        user=row.user,
        token=row.token,
        refresh_token=row.refresh_token,
        expires_at=row.expires_at,
        scopes=tuple(scopes),
        connected_at=row.connected_at,
        version=row.version,
    )
