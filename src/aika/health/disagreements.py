"""Finds what documents say otherwise than others, when they change.

Each changed document's statements are looked up in the index by their own words, so that what it costs depends on the document
and not on how many there are. Owners, contacts and the like that documents record are looked up by the things' names.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass

from aika.domain.access import UNRESTRICTED
from aika.domain.documents import Chunk, Document
from aika.domain.findings import Exhibit, Finding, Verdict
from aika.domain.identifiers import DocumentId, chunk_id
from aika.health.disagreements_matching import Difference, Matcher
from aika.health.disagreements_records import RecordComparison
from aika.health.disagreements_wording import verdict_of
from aika.health.statements import Statement, statements_of
from aika.health.statements_conditions import is_compared
from aika.protocols import Analyzer, Catalogue, FactStore, Index

_MOST_STATEMENTS = 40
"""Looked up of one document: those that name most. A longer one is a list or a reference."""
_CANDIDATES = 12
"""Chunks that are looked at for one statement."""
_MOST_VALUES = 2
"""Values that alike statements give. More are one for each of many things, whatever they are called."""
_MOST_CHUNKS = 400
"""Of one document that is read again."""


@dataclass(frozen=True, slots=True)
class Disagreements:
    """Compares documents with all others, whoever may read them.

    A verdict names in its reason only what the document says that has to change; what the other one says is in the other exhibit,
    for those who may read that.
    """

    catalogue: Catalogue
    facts: FactStore
    index: Callable[[], Index]
    """Returns the index that serves. It must have the changes that are examined."""
    analyzer: Analyzer

    async def examine(self, documents: Sequence[tuple[DocumentId, Sequence[Chunk]]]) -> AsyncIterator[Verdict]:
        """Yield in what these documents, with their chunks as they are now, disagree with others. Each pair once."""
        matcher = Matcher(self.analyzer)
        seen: set[tuple[str, str, str]] = set()
        for id_, chunks in documents:
            for verdict in await self._of_document(id_, chunks, matcher):
                key = (verdict.exhibits[0].document.id, verdict.exhibits[1].document.id, verdict.subject)
                if key not in seen:
                    seen.add(key)
                    yield verdict

    async def still_disagree(self, found: Verdict | Finding) -> bool:
        """Return whether the documents of a finding or verdict still say different things.

        They do while both say the same words, or while one of them does and the other contradicts it in other words. A finding
        without two exhibits disagrees with nothing.
        """
        if len(found.exhibits) < 2:
            return False
        one, other = found.exhibits[:2]
        texts = [await self._quoted(exhibit) for exhibit in (one, other)]
        if all(texts):
            return True
        if not any(texts):
            return False
        changed, kept = (other, one) if texts[0] else (one, other)
        matcher = Matcher(self.analyzer)
        mine = await self._statements(changed.document.id)
        theirs = [statement for statement in await self._statements(kept.document.id) if statement.quote == kept.quote]
        return any(matcher.difference(here, there) for here in mine for there in theirs)

    async def _of_document(self, id_: DocumentId, chunks: Sequence[Chunk], matcher: Matcher) -> list[Verdict]:
        if not chunks or not is_compared(chunks[0].document):
            return []
        statements = await asyncio.to_thread(statements_of, chunks, self.analyzer)
        statements.sort(key=lambda statement: (-len(statement.names), -len(statement.terms), statement.start))
        verdicts: list[Verdict] = []
        for statement in statements[:_MOST_STATEMENTS]:
            verdicts += [verdict_of(found) for found in await self._against_others(statement, matcher)]
        return verdicts + await RecordComparison(self.facts).of_document(chunks[0].document)

    async def _against_others(self, statement: Statement, matcher: Matcher) -> list[Difference]:
        question = f"{statement.document.title} {' '.join(statement.heading_path[-1:])} {statement.text}"
        candidates = await self.index().search_text(question, k=_CANDIDATES, scope=UNRESTRICTED)
        others = [candidate.chunk for candidate in candidates if candidate.document != statement.document.id]
        if not others:
            return []
        chunks = await self.catalogue.chunks(others, scope=UNRESTRICTED)
        return await asyncio.to_thread(self._differences, statement, list(chunks.values()), matcher)

    def _differences(self, statement: Statement, chunks: Collection[Chunk], matcher: Matcher) -> list[Difference]:
        found: dict[DocumentId, Difference] = {}
        values = set[str]()
        for chunk in chunks:
            for other in statements_of([chunk], self.analyzer):
                alike = matcher.alike(statement, other)
                if alike is None:
                    continue
                values.add(alike.other_value.key)
                if chunk.document.id not in found and matcher.difference(statement, other):
                    found[chunk.document.id] = alike
        return [] if len(values) > _MOST_VALUES else list(found.values())

    async def _statements(self, id_: DocumentId) -> list[Statement]:
        ids = [chunk_id(id_, position) for position in range(_MOST_CHUNKS)]
        chunks = await self.catalogue.chunks(ids, scope=UNRESTRICTED)
        in_order = sorted(chunks.values(), key=lambda chunk: chunk.position)
        return await asyncio.to_thread(statements_of, in_order, self.analyzer)

    async def _quoted(self, exhibit: Exhibit) -> bool:
        """Whether the document still has the words that are quoted from it."""
        found = await self.catalogue.document(exhibit.document.id, scope=UNRESTRICTED)
        return found is not None and bool(exhibit.quote) and exhibit.quote in found[1].text


def same_documents(found: Verdict | Finding, documents: Collection[DocumentId]) -> bool:
    """Return whether one of the documents is an exhibit."""
    return any(_id(exhibit.document) in documents for exhibit in found.exhibits)


def _id(document: Document) -> DocumentId:
    return document.id
