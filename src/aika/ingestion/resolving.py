"""Scopes on their way to an index: what an index cannot look up is resolved to documents by the catalogue."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import replace

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Chunk
from aika.domain.identifiers import DocumentId, SourceId
from aika.domain.paths import facets_of_pattern
from aika.domain.queries import Candidate
from aika.domain.selection import Selection
from aika.protocols import Catalogue, Compactable, Index, IndexPosition, Matrix, Vector

_REMEMBERED = 64

_Asked = tuple[frozenset[str], frozenset[SourceId] | None]


class ResolvingIndex:
    """An index that takes any scope.

    Only keys and sources are asked of the catalogue, which a document never changes: that the catalogue is ahead of the
    index makes no difference.
    """

    def __init__(self, index: Index, catalogue: Catalogue) -> None:
        self._index = index
        self._catalogue = catalogue
        self._remembered: OrderedDict[_Asked, tuple[int, frozenset[DocumentId]]] = OrderedDict()

    async def search_text(self, text: str, *, k: int, scope: Scope) -> list[Candidate]:
        return await self._index.search_text(text, k=k, scope=await self._resolved(scope))

    async def search_vector(self, vector: Vector, *, k: int, scope: Scope) -> list[Candidate]:
        return await self._index.search_vector(vector, k=k, scope=await self._resolved(scope))

    async def replace(self, document: DocumentId, chunks: Sequence[Chunk], vectors: Matrix | None) -> None:
        await self._index.replace(document, chunks, vectors)

    async def replace_many(self, documents: Sequence[tuple[DocumentId, Sequence[Chunk], Matrix | None]]) -> None:
        await self._index.replace_many(documents)

    async def remove(self, ids: Collection[DocumentId]) -> None:
        await self._index.remove(ids)

    async def count(self) -> int:
        return await self._index.count()

    async def checkpoint(self, position: IndexPosition) -> None:
        await self._index.checkpoint(position)

    async def position(self) -> IndexPosition:
        return await self._index.position()

    async def compaction_due(self) -> bool:
        return isinstance(self._index, Compactable) and await self._index.compaction_due()

    async def compact(self) -> None:
        if isinstance(self._index, Compactable):
            await self._index.compact()

    async def _resolved(self, scope: Scope) -> Scope:
        if not any(map(_needs_resolving, scope.selections)):
            return scope
        sequence = await self._catalogue.sequence()
        return replace(scope, selections=tuple([await self._documents_of(each, sequence) for each in scope.selections]))

    async def _documents_of(self, selection: Selection, sequence: int) -> Selection:
        """Return the same selection, with documents in place of patterns where that is needed."""
        if not _needs_resolving(selection):
            return selection
        excluding = tuple([await self._documents_of(other, sequence) for other in selection.excluding])
        if selection.paths is None or _looked_up(selection.paths):
            return replace(selection, excluding=excluding)
        matching = await self._matching((selection.paths, selection.sources), sequence)
        documents = matching if selection.documents is None else matching & selection.documents
        return replace(selection, paths=None, documents=documents, excluding=excluding)

    async def _matching(self, asked: _Asked, sequence: int) -> frozenset[DocumentId]:
        known = self._remembered.pop(asked, None)
        if known is None or known[0] != sequence:
            paths, sources = asked
            found = await self._catalogue.ids(scope=_only(Selection(paths=paths, sources=sources)))
            known = (sequence, frozenset(found))
        self._remembered[asked] = known
        if len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)
        return known[1]


def _only(selection: Selection) -> Scope:
    # Of all documents: the search itself keeps to what the asker may read.
    return UNRESTRICTED.narrowed(selection=selection)


def _needs_resolving(selection: Selection) -> bool:
    return not _looked_up(selection.paths or ()) or any(map(_needs_resolving, selection.excluding))


def _looked_up(paths: Collection[str]) -> bool:
    return all(facets_of_pattern(path) is not None for path in paths)
