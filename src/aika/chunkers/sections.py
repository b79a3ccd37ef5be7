"""Chunks of pages, along their sections."""

from aika.chunkers.packing import pack
from aika.chunkers.sizes import Sizes
from aika.domain.documents import Body, Chunk, Document

_SIZES = Sizes()


class SectionChunker:
    """Joins blocks of one section to chunks of about a thousand characters; cuts long ones between sentences or rows.

    Sections of the first level share a chunk only where one of them is too small to stand alone.
    """

    fingerprint = f"sections-1-{_SIZES}"

    def split(self, document: Document, body: Body) -> list[Chunk]:
        return pack(document, body, _SIZES)
