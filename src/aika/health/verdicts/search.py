"""Looks deeper than an answer does: for what could have been evidence and was not."""

from collections.abc import Sequence
from dataclasses import dataclass

from aika.domain.access import Scope
from aika.domain.identifiers import ChunkId, DocumentId
from aika.domain.queries import Query
from aika.health.verdicts.passages import Passage
from aika.protocols import Catalogue, Ranker

_RANKED = 200
"""As deep as the first stage goes."""
_READ = 40
"""Passages looked at for the question. What stands lower is found by the words of the reply or of the answer."""
_READ_BESIDE = 20


@dataclass(frozen=True, slots=True)
class Search:
    """Ranks within a scope, and reads what was ranked."""

    ranker: Ranker
    catalogue: Catalogue

    async def passages(self, question: str, beside: Sequence[str], *, scope: Scope) -> list[Passage]:
        """Return the first passages for the question, best first, then others that the texts ``beside`` it find.

        Every passage has its rank for the question, where the question's ranking has it.
        """
        ranks: dict[ChunkId, int] = {}
        for place, candidate in enumerate(await self.ranker.rank(Query(question, scope), k=_RANKED), start=1):
            ranks.setdefault(candidate.chunk, place)
        wanted = list(ranks)[:_READ]
        for text in dict.fromkeys(text for text in beside if text.strip()):
            found = await self.ranker.rank(Query(text, scope), k=_READ_BESIDE)
            wanted += [candidate.chunk for candidate in found]
        ids = list(dict.fromkeys(wanted))
        chunks = await self.catalogue.chunks(ids, scope=scope)
        return [Passage(chunks[key], ranks.get(key)) for key in ids if key in chunks]

    async def cited(self, documents: Sequence[DocumentId], chunks: Sequence[ChunkId], *, scope: Scope) -> list[Passage]:
        """Return those of the chunks that still are there and may still be read."""
        admitted = await self.catalogue.admitted(documents, scope=scope)
        found = await self.catalogue.chunks(list(dict.fromkeys(chunks)), scope=scope)
        return [Passage(chunk) for chunk in found.values() if chunk.document.id in admitted]
