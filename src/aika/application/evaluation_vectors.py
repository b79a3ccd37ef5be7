"""Vectors for evaluations: what the deployment has computed is not computed again, and nothing is written there."""

from collections.abc import Mapping, Sequence

from aika.protocols import Vector, VectorStore


class Layered:
    """Looks in one store, then in another that is only read."""

    def __init__(self, own: VectorStore, other: VectorStore) -> None:
        self._own = own
        self._other = other

    async def load(self, fingerprint: str, digests: Sequence[bytes]) -> dict[bytes, Vector]:
        found = await self._own.load(fingerprint, digests)
        missing = [digest for digest in digests if digest not in found]
        return found | await self._other.load(fingerprint, missing) if missing else found

    async def save(self, fingerprint: str, vectors: Mapping[bytes, Vector]) -> None:
        await self._own.save(fingerprint, vectors)

    async def keep_only(self, fingerprint: str) -> int:
        return await self._own.keep_only(fingerprint)
