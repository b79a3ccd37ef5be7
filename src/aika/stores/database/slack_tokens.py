"""Tokens of Slack that rotate, and how far channels were read, in SQL. Tokens appear in no log and no representation."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select

from aika.stores.database.connections import Connections
from aika.stores.database.schema_slack import slack_channels, slack_tokens
from aika.stores.database.upserting import insert_missing


@dataclass(frozen=True, slots=True)
class RotatedToken:
    """A token and what the next one is had for."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    origin: str
    """A digest of the configured refresh token that it descends from. Another one there makes this one void."""


class SqlSlackTokens:
    """Keeps the tokens of workspaces by the workspaces' names."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def find(self, name: str) -> RotatedToken | None:
        async with self._connections.read() as connection:
            row = (await connection.execute(select(slack_tokens).where(slack_tokens.c.name == name))).one_or_none()
        return None if row is None else RotatedToken(row.access_token, row.refresh_token, row.expires_at, row.origin)

    async def keep(self, name: str, token: RotatedToken, *, now: datetime) -> None:
        """Put it in the place of the one before."""
        row = {
            "name": name,
            "access_token": token.access_token,
            "refresh_token": token.refresh_token,
            "expires_at": token.expires_at,
            "origin": token.origin,
            "changed_at": now,
        }
        async with self._connections.write() as connection:
            await connection.execute(delete(slack_tokens).where(slack_tokens.c.name == name))
            await connection.execute(insert(slack_tokens).values(**row))


class SqlReadChannels:
    """Keeps up to when everything said in a channel is in the inbox, as Slack's time stamps."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def read_until(self, team: str) -> dict[str, str]:
        """Return the time stamps by channel."""
        statement = select(slack_channels.c.channel, slack_channels.c.read_until).where(slack_channels.c.team == team)
        async with self._connections.read() as connection:
            return {row.channel: row.read_until for row in await connection.execute(statement)}

    async def advance(self, team: str, until: dict[str, str]) -> None:
        """Record time stamps by channel. Never goes back."""
        if not until:
            return
        async with self._connections.write() as connection:
            rows = [{"team": team, "channel": channel, "read_until": ts} for channel, ts in until.items()]
            await connection.execute(insert_missing(connection, slack_channels).values(rows))
            for channel, ts in until.items():
                behind = (
                    slack_channels.c.team == team,
                    slack_channels.c.channel == channel,
                    slack_channels.c.read_until < ts,
                )
                await connection.execute(slack_channels.update().where(*behind).values(read_until=ts))
