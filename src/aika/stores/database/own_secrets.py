"""Secrets of this installation, each made when it is first needed, the same for every process."""

import secrets as random

from sqlalchemy import select

from aika.stores.database.connections import Connections
from aika.stores.database.schema import secrets
from aika.stores.database.upserting import insert_missing

_BYTES = 32


class SqlOwnSecrets:
    """Makes secrets up and keeps them."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def secret(self, name: str) -> bytes:
        """Return the secret of this name."""
        async with self._connections.write() as connection:
            made = {"name": name, "secret": random.token_bytes(_BYTES)}
            await connection.execute(insert_missing(connection, secrets).values(made))
            return bytes(await connection.scalar(select(secrets.c.secret).where(secrets.c.name == name)) or b"")
