"""The vector store in SQL."""

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.protocols import Matrix, Vector
from aika.stores.database.connections import Connections
from aika.stores.database.schema import vector_spaces
from aika.stores.database.schema import vectors as stored
from aika.stores.database.upserting import insert_missing

_DIGESTS_AT_ONCE = 500

_STORED = np.dtype("<f2")
"""Half precision: half the space, and dot products of unit vectors that differ by less than 0.001."""


class SqlVectorStore:
    """Keeps vectors in half precision; those it returns have length 1 again."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def load(self, fingerprint: str, digests: Sequence[bytes]) -> dict[bytes, Vector]:
        found: dict[bytes, bytes] = {}
        wanted = list(dict.fromkeys(digests))
        async with self._connections.read() as connection:
            space = await _space(connection, fingerprint)
            for start in range(0, len(wanted), _DIGESTS_AT_ONCE):
                rows = await connection.execute(
                    select(stored.c.digest, stored.c.vector).where(
                        stored.c.space == space, stored.c.digest.in_(wanted[start : start + _DIGESTS_AT_ONCE])
                    )
                )
                found.update((bytes(digest), bytes(vector)) for digest, vector in rows)
        return dict(zip(found, _decoded(list(found.values())), strict=True))

    async def save(self, fingerprint: str, vectors: Mapping[bytes, Vector]) -> None:
        """Add vectors. Those that are there stay as they are: the same text has the same vector."""
        if not vectors:
            return
        # In one order for everyone, so that two processes that save the same texts cannot wait for each other.
        rows = [{"digest": digest, "vector": vectors[digest].astype(_STORED).tobytes()} for digest in sorted(vectors)]
        async with self._connections.write() as connection:
            await connection.execute(insert_missing(connection, vector_spaces), {"fingerprint": fingerprint})
            space = await _space(connection, fingerprint)
            await connection.execute(insert_missing(connection, stored), [{"space": space, **row} for row in rows])

    async def keep_only(self, fingerprint: str) -> int:
        others = select(vector_spaces.c.id).where(vector_spaces.c.fingerprint != fingerprint)
        async with self._connections.write() as connection:
            count = await connection.scalar(select(func.count()).where(stored.c.space.in_(others)))
            await connection.execute(delete(vector_spaces).where(vector_spaces.c.fingerprint != fingerprint))
        return int(count or 0)


async def _space(connection: AsyncConnection, fingerprint: str) -> int | None:
    space: int | None = await connection.scalar(
        select(vector_spaces.c.id).where(vector_spaces.c.fingerprint == fingerprint)
    )
    return space


def _decoded(rows: Sequence[bytes]) -> Matrix:
    if not rows:
        return np.empty((0, 0), dtype=np.float32)
    matrix = np.frombuffer(b"".join(rows), dtype=_STORED).reshape(len(rows), -1).astype(np.float32)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    matrix /= lengths
    return matrix
