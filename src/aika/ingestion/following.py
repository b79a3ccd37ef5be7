"""Indexes follow the catalogue's log: first the words, then the vectors."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from aika.domain.documents import Chunk
from aika.domain.errors import TransientError
from aika.protocols import Catalogue, Change, Embedder, Index, IndexPosition, Matrix, Vector, VectorStore

logger = logging.getLogger(__name__)

_STEP = 64
"""Changes applied at once."""
_SLICE = 64
"""Texts embedded before their vectors are saved: what a crash costs at most."""
_CHECKPOINT_SECONDS = 5.0
_IDLE_SECONDS = 1.0
"""How often another process's changes are looked for. Changes of this process wake the follower at once."""
_RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class FollowState:
    """How far an index is behind the catalogue."""

    sequence: int
    position: IndexPosition

    @property
    def findable(self) -> bool:
        return self.position.findable >= self.sequence

    @property
    def complete(self) -> bool:
        return self.position.embedded >= self.sequence


@dataclass(slots=True)
class IndexFollower:
    """Applies the catalogue's changes to one index.

    Documents become findable by words at once; their vectors follow. Every step can be repeated, so that a crash
    between two checkpoints costs time and nothing else.
    """

    catalogue: Catalogue
    index: Index
    vectors: VectorStore
    embedder: Embedder
    on_checkpoint: Callable[[IndexPosition], Awaitable[None]] | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    _position: IndexPosition | None = None
    _checkpointed: IndexPosition | None = None
    _checkpoint_due: float = 0.0

    def wake(self) -> None:
        """Look for changes now."""
        self.woken.set()

    async def state(self) -> FollowState:
        return FollowState(await self.catalogue.sequence(), await self._where())

    async def catch_up(self) -> None:
        """Apply everything that is in the log, vectors included, and make it durable."""
        while await self.step():
            pass
        await self._checkpoint()

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            try:
                busy = await self.step()
            except TransientError as error:
                logger.warning("the index cannot follow now", extra={"reason": str(error)})
                await self._rest(error.retry_after or _RETRY_SECONDS)
                continue
            if not busy:
                await self._checkpoint()
                await self._rest(_IDLE_SECONDS)

    async def step(self) -> bool:
        """Apply some changes, words before vectors. Return whether there were any."""
        moved = await self._find() or await self._embed()
        if moved and asyncio.get_running_loop().time() >= self._checkpoint_due:
            await self._checkpoint()
        return moved

    async def _find(self) -> bool:
        position = await self._where()
        changes = await self.catalogue.changes(after=position.findable, limit=_STEP)
        if not changes:
            return False
        known = await self._known_vectors(changes)
        await self._apply(changes, known)
        through = changes[-1].sequence
        # A change whose vectors are all known needs no second pass, as when an index is rebuilt.
        whole = position.embedded == position.findable and all(
            _matrix(change.chunks or (), known) is not None for change in changes
        )
        self._position = IndexPosition(findable=through, embedded=through if whole else position.embedded)
        return True

    async def _embed(self) -> bool:
        position = await self._where()
        if position.embedded >= position.findable:
            return False
        changes = await self.catalogue.changes(after=position.embedded, limit=_STEP)
        changes = [change for change in changes if change.sequence <= position.findable]
        if not changes:
            self._position = replace(position, embedded=position.findable)
            return True
        known = await self._known_vectors(changes)
        wanted = {digest(text): text for change in changes for text in passages(change.chunks or ())}
        missing = [key for key in wanted if key not in known]
        for start in range(0, len(missing), _SLICE):
            keys = missing[start : start + _SLICE]
            matrix = await self._embedded([wanted[key] for key in keys])
            fresh = dict(zip(keys, matrix, strict=True))
            await self.vectors.save(self.embedder.fingerprint, fresh)
            known.update(fresh)
        # Read again: a document that changed or went while its old text was embedded is no longer in this stretch of
        # the log, and must not be put back as it was.
        through = changes[-1].sequence
        current = await self.catalogue.changes(after=position.embedded, limit=len(changes))
        await self._apply([change for change in current if change.sequence <= through], known)
        self._position = replace(await self._where(), embedded=through)
        return True

    async def _embedded(self, texts: Sequence[str]) -> Matrix:
        """Return the texts' vectors. A document that arrives meanwhile does not wait for them to be found by its words."""
        embedding = asyncio.ensure_future(self.embedder.embed(texts, role="document"))
        arrival = asyncio.ensure_future(self.woken.wait())
        try:
            while not embedding.done():
                await asyncio.wait({embedding, arrival}, timeout=_IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if arrival.done():
                    self.woken.clear()
                    arrival = asyncio.ensure_future(self.woken.wait())
                while await self._find():
                    pass
            return await embedding
        finally:
            for task in (arrival, embedding):
                task.cancel()
            # Waited for, so that nothing is still embedding when the embedder is closed.
            await asyncio.gather(arrival, embedding, return_exceptions=True)

    async def _apply(self, changes: Sequence[Change], known: dict[bytes, Vector]) -> None:
        gone = [change.document for change in changes if change.chunks is None]
        if gone:
            await self.index.remove(gone)
        present = [
            (change.document, change.chunks, _matrix(change.chunks, known))
            for change in changes
            if change.chunks is not None
        ]
        if present:
            await self.index.replace_many(present)

    async def _known_vectors(self, changes: Sequence[Change]) -> dict[bytes, Vector]:
        digests = [digest(text) for change in changes for text in passages(change.chunks or ())]
        return await self.vectors.load(self.embedder.fingerprint, digests)

    async def _where(self) -> IndexPosition:
        if self._position is None:
            self._position = self._checkpointed = await self.index.position()
        return self._position

    async def _checkpoint(self) -> None:
        position = await self._where()
        if position != self._checkpointed:
            await self.index.checkpoint(position)
            self._checkpointed = position
            if self.on_checkpoint is not None:
                await self.on_checkpoint(position)
        self._checkpoint_due = asyncio.get_running_loop().time() + _CHECKPOINT_SECONDS

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), seconds)
        self.woken.clear()


def passages(chunks: Sequence[Chunk]) -> list[str]:
    """Return what is embedded of each chunk."""
    return [chunk.passage for chunk in chunks]


def digest(text: str) -> bytes:
    """Return the key of a text in the vector store: its 16-byte BLAKE2b."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _matrix(chunks: Sequence[Chunk], known: dict[bytes, Vector]) -> Matrix | None:
    """Return the chunks' vectors, or ``None`` where one is missing."""
    digests = [digest(text) for text in passages(chunks)]
    if not digests or any(key not in known for key in digests):
        return None if digests else cast("Matrix", np.empty((0, 0), dtype=np.float32))
    return np.stack([known[key] for key in digests])
