"""API keys in SQL."""

from typing import Any

from sqlalchemy import Row, delete, insert, select

from aika.domain.identifiers import ApiKeyId, PrincipalId, SourceId
from aika.protocols import ApiKey
from aika.stores.database.connections import Connections
from aika.stores.database.schema_keys import api_keys


class SqlApiKeys:
    """Keeps API keys by the hashes of their secrets."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def add(self, key: ApiKey, *, secret_hash: bytes) -> None:
        """Raise `ConflictError` where the id or the hash is taken."""
        row = {
            "id": key.id,
            "secret_hash": secret_hash,
            "name": key.name,
            "principals": sorted(key.principals),
            "sources": None if key.sources is None else sorted(key.sources),
            "admin": key.admin,
            "created_at": key.created_at,
            "expires_at": key.expires_at,
            "on_behalf": key.on_behalf,
        }
        async with self._connections.write() as connection:
            await connection.execute(insert(api_keys).values(row))

    async def find(self, secret_hash: bytes) -> ApiKey | None:
        """Return the key, expired or not: the caller knows what time it is."""
        async with self._connections.read() as connection:
            found = await connection.execute(select(api_keys).where(api_keys.c.secret_hash == secret_hash))
            row = found.one_or_none()
        return None if row is None else _key(row)

    async def get(self, id: ApiKeyId) -> ApiKey | None:
        """Return a key by its id, expired or not."""
        async with self._connections.read() as connection:
            row = (await connection.execute(select(api_keys).where(api_keys.c.id == id))).one_or_none()
        return None if row is None else _key(row)

    async def listing(self) -> list[ApiKey]:
        """Return all keys, oldest first."""
        async with self._connections.read() as connection:
            rows = await connection.execute(select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id))
            return [_key(row) for row in rows]

    async def delete(self, id: ApiKeyId) -> None:
        """Delete a key. An unknown id is no error."""
        async with self._connections.write() as connection:
            await connection.execute(delete(api_keys).where(api_keys.c.id == id))


def _key(row: Row[*tuple[Any, ...]]) -> ApiKey:
    return ApiKey(
        id=ApiKeyId(row.id),
        name=row.name,
        principals=frozenset(PrincipalId(principal) for principal in row.principals),
        sources=None if row.sources is None else frozenset(SourceId(source) for source in row.sources),
        admin=row.admin,
        created_at=row.created_at,
        expires_at=row.expires_at,
        on_behalf=row.on_behalf,
    )
