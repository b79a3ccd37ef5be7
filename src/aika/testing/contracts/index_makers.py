"""What the contracts of indexes are written with."""

import re
from collections.abc import Sequence

import numpy as np

from aika.domain.documents import Chunk, Document
from aika.domain.queries import Candidate
from aika.protocols import Index, Matrix, Vector
from aika.testing.makers import make_chunk

DIMENSIONS = 4


class PlainAnalyzer:
    """Lower-cased runs of letters and digits: enough to test an index with."""

    fingerprint = "plain"

    def terms(self, text: str) -> list[str]:
        return re.findall(r"\w+", text.lower())


def chunks_of(document: Document, *texts: str) -> list[Chunk]:
    return [make_chunk(text, document=document, position=position) for position, text in enumerate(texts)]


def pointing(*degrees: float) -> Matrix:
    """Return unit vectors in the plane of the first two dimensions."""
    angles = np.radians(np.array(degrees, dtype=np.float64))
    flat = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.pad(flat, ((0, 0), (0, DIMENSIONS - 2))).astype(np.float32)


def towards(degrees: float) -> Vector:
    vector: Vector = pointing(degrees)[0]
    return vector


def places(candidates: Sequence[Candidate]) -> list[tuple[str, str]]:
    return [(candidate.document, candidate.chunk) for candidate in candidates]


def ids(*chunks: Chunk) -> list[tuple[str, str]]:
    return [(chunk.document.id, chunk.id) for chunk in chunks]


async def put(index: Index, document: Document, *texts: str, degrees: Sequence[float] | None = None) -> list[Chunk]:
    chunks = chunks_of(document, *texts)
    await index.replace(document.id, chunks, None if degrees is None else pointing(*degrees))
    return chunks
