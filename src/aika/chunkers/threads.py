"""Chunks of conversations, along their threads."""

from aika.chunkers.packing import pack
from aika.chunkers.sizes import Sizes
from aika.domain.documents import Body, Chunk, Document

# A question and its answer belong together more than paragraphs do: a thread somewhat longer than a page's chunk stays whole.
_SIZES = Sizes(most=1600)


class ThreadChunker:
    """Joins the messages of a thread, or messages that follow one another, to chunks; a message is cut only where it is long.

    A thread is what stands under one heading, or has a heading path of its own.
    """

    fingerprint = f"threads-1-{_SIZES}"

    def split(self, document: Document, body: Body) -> list[Chunk]:
        return pack(document, body, _SIZES)
