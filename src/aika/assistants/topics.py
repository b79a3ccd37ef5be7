"""Which documents belong to a topic, learned from its examples."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from aika.assistants.document_vectors import DocumentVectors
from aika.assistants.regions import learn
from aika.domain.access import Scope
from aika.domain.assistants import Topic
from aika.domain.errors import InvalidRequestError
from aika.domain.selection import Region, Selection
from aika.protocols import Catalogue, Embedder, Index, VectorStore

_REMEMBERED = 128
"""Regions. One is asked for with every question to an assistant that has a topic."""


class Served(Protocol):
    """The generation of the index that serves now."""

    @property
    def name(self) -> str: ...

    @property
    def index(self) -> Index: ...

    @property
    def embedder(self) -> Embedder: ...


class LearnedTopics:
    """Learns regions from the vectors of the generation that serves, and remembers them while nothing changes."""

    def __init__(self, catalogue: Catalogue, vectors: VectorStore, serving: Callable[[], Served], folder: Path) -> None:
        self._catalogue = catalogue
        self._vectors = vectors
        self._serving = serving
        self._folder = folder
        self._documents: DocumentVectors | None = None
        self._following = asyncio.Lock()
        self._regions: OrderedDict[tuple[Topic, Scope], tuple[str, int, Region]] = OrderedDict()

    async def region(self, topic: Topic, *, scope: Scope) -> Region:
        """As `aika.protocols.Topics`. The first time, all documents are read: seconds for 100,000 chunks."""
        if not topic.documents and not topic.questions:
            raise InvalidRequestError("a topic needs examples: documents, questions or both")
        generation = self._serving()
        async with self._following:
            documents = await self._followed(generation)
            state = (generation.name, documents.sequence)
            known = self._regions.pop((topic, scope), None)
            if known is None or known[:2] != state:
                known = (*state, await self._learned(topic, scope, documents, generation))
            self._regions[topic, scope] = known
            if len(self._regions) > _REMEMBERED:
                self._regions.popitem(last=False)
            return known[2]

    async def _followed(self, generation: Served) -> DocumentVectors:
        """Return the documents' vectors as far as the index has them."""
        fingerprint = generation.embedder.fingerprint
        if self._documents is None or self._documents.fingerprint != fingerprint:
            path = self._folder / f"{generation.name}.npz"
            self._documents = DocumentVectors(
                self._catalogue, self._vectors, fingerprint, generation.embedder.dimensions, path
            )
        await self._documents.follow((await generation.index.position()).embedded)
        return self._documents

    async def _learned(self, topic: Topic, scope: Scope, documents: DocumentVectors, generation: Served) -> Region:
        # Nothing of what the author may not read shows in where the region begins and ends.
        readable = await self._catalogue.ids(scope=scope)
        examples, vectors = documents.of(readable & set(topic.documents))
        missing = tuple(sorted(set(topic.documents) - set(examples)))
        if not examples and not topic.questions:
            raise InvalidRequestError(
                "none of the topic's example documents is there to learn from: they are unknown, may not be read, or have "
                "yet to be embedded"
            )
        asked = np.empty((0, generation.embedder.dimensions), dtype=np.float32)
        if topic.questions:
            asked = await generation.embedder.embed(topic.questions, role="query")
        _, background = documents.of(readable)
        ids, everything = documents.all()
        held = await asyncio.to_thread(lambda: learn(vectors, asked, background).holds(everything))
        belonging = {ids[row] for row in np.flatnonzero(held)}
        return Region(Selection(documents=frozenset(belonging.union(examples))), missing)
