"""What the indexes of all engines check alike."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from aika.domain.documents import Chunk
from aika.domain.errors import ConfigurationError, ConflictError
from aika.domain.identifiers import DocumentId
from aika.protocols import Matrix

Replacement = tuple[DocumentId, Sequence[Chunk], Matrix | None]
"""A document with its only chunks and their vectors."""

_GENERATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def check_generation(generation: str) -> None:
    """Raise `ConfigurationError` for a name that cannot be a folder and a collection everywhere."""
    if not _GENERATION.fullmatch(generation):
        raise ConfigurationError(
            f"{generation!r} cannot name an index generation: use up to 100 letters, digits, '-' and '_'"
        )


def check_vectors(chunks: Sequence[Chunk], vectors: Matrix | None, dimensions: int) -> None:
    """Raise ``ValueError`` where there is not one vector of the index's dimensions for each chunk."""
    if vectors is not None and vectors.shape != (len(chunks), dimensions):
        raise ValueError(f"{len(chunks)} chunks need vectors of shape {(len(chunks), dimensions)}, not {vectors.shape}")


def last_of_each(documents: Sequence[Replacement]) -> dict[DocumentId, tuple[Sequence[Chunk], Matrix | None]]:
    """Return what each document becomes, where one may be named more than once."""
    return {document: (chunks, vectors) for document, chunks, vectors in documents}


class Generations:
    """Those of one shelf that are open."""

    def __init__(self) -> None:
        self._open: set[str] = set()

    @contextmanager
    def opened(self, generation: str) -> Iterator[None]:
        """Mark a generation as open. Raises `ConflictError` where it is already."""
        self.refuse(generation, to="open")
        self._open.add(generation)
        try:
            yield
        finally:
            self._open.remove(generation)

    def refuse(self, generation: str, *, to: str) -> None:
        """Raise `ConflictError` where the generation is open."""
        if generation in self._open:
            raise ConflictError(f"cannot {to} the index generation {generation!r}: it is open")
