"""One vector a document, the mean of its chunks', kept beside the index and brought up to date with it."""

import asyncio
import io
import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from aika.domain.access import UNRESTRICTED
from aika.domain.identifiers import DocumentId
from aika.files import replace_file
from aika.ingestion.following import digest, passages
from aika.protocols import Catalogue, Change, Matrix, VectorStore

logger = logging.getLogger(__name__)

_STEP = 256
"""Changes read at once."""


@dataclass(slots=True)
class DocumentVectors:
    """The documents whose chunks' vectors one embedder has computed.

    Read from the catalogue's log, so that nothing is computed twice, and written to a file, so that a restart goes on where it
    was. The file can always be deleted.
    """

    catalogue: Catalogue
    vectors: VectorStore
    fingerprint: str
    """The embedder's."""
    dimensions: int
    path: Path
    sequence: int = 0
    """The change up to which the documents are known."""
    _held: dict[DocumentId, npt.NDArray[np.float16]] = field(default_factory=dict)
    _loaded: bool = False

    async def follow(self, through: int) -> None:
        """Read the changes up to this number, whose vectors must have been computed."""
        if not self._loaded:
            await self._load()
        before = self.sequence
        while self.sequence < through:
            changes = await self.catalogue.changes(after=self.sequence, limit=_STEP)
            changes = [change for change in changes if change.sequence <= through]
            await self._apply(changes)
            self.sequence = changes[-1].sequence if changes else through
        if self.sequence != before:
            await asyncio.to_thread(self._save)

    def of(self, documents: Collection[DocumentId]) -> tuple[list[DocumentId], Matrix]:
        """Return those that have vectors, in order of their ids, with their vectors, each of length 1."""
        ids = sorted(self._held.keys() & set(documents))
        return ids, self._matrix(ids)

    def all(self) -> tuple[list[DocumentId], Matrix]:
        ids = sorted(self._held)
        return ids, self._matrix(ids)

    def _matrix(self, ids: list[DocumentId]) -> Matrix:
        if not ids:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return np.stack([self._held[id_] for id_ in ids]).astype(np.float32)

    async def _apply(self, changes: list[Change]) -> None:
        texts = {change.document: passages(change.chunks or ()) for change in changes}
        digests = {text: digest(text) for said in texts.values() for text in said}
        known = await self.vectors.load(self.fingerprint, list(set(digests.values())))
        for document, said in texts.items():
            self._held.pop(document, None)
            found = [known[digests[text]] for text in said if digests[text] in known]
            if found:
                mean = np.mean(found, axis=0)
                self._held[document] = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float16)

    async def _load(self) -> None:
        self._loaded = True
        try:
            sequence, held = await asyncio.to_thread(self._read)
        except FileNotFoundError:
            return
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            logger.warning("the vectors of documents are read again", extra={"reason": str(error)})
            return
        # Removals may be gone from the log by now.
        there = await self.catalogue.ids(scope=UNRESTRICTED)
        self._held = {document: vector for document, vector in held.items() if document in there}
        self.sequence = min(sequence, await self.catalogue.sequence())

    def _read(self) -> tuple[int, dict[DocumentId, npt.NDArray[np.float16]]]:
        with np.load(io.BytesIO(self.path.read_bytes()), allow_pickle=False) as kept:
            if str(kept["fingerprint"]) != self.fingerprint:
                raise ValueError("they are another embedder's")
            ids = [DocumentId(str(id_)) for id_ in kept["documents"]]
            return int(kept["sequence"]), dict(zip(ids, kept["vectors"], strict=True))

    def _save(self) -> None:
        ids = sorted(self._held)
        written = io.BytesIO()
        vectors = (
            np.stack([self._held[id_] for id_ in ids]) if ids else np.empty((0, self.dimensions), dtype=np.float16)
        )
        np.savez(
            written,
            fingerprint=self.fingerprint,
            sequence=self.sequence,
            documents=np.array(ids, dtype=str),
            vectors=vectors,
        )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self.path, written.getvalue())
