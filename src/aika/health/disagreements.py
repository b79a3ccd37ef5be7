"""Finds what documents say otherwise than others, when they change.

Each changed document's statements are looked up in the index by their own words, so that what it costs depends on the document
and not on how many there are. Owners, contacts and the like that documents record are looked up by the things' names.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field

from aika.domain.access import UNRESTRICTED
from aika.domain.documents import Chunk
from aika.domain.findings import Exhibit, Finding, Verdict
from aika.domain.identifiers import ChunkId, DocumentId, chunk_id
from aika.health.disagreements_matching import Difference, Matcher
from aika.health.disagreements_records import RecordComparison, is_of_records
from aika.health.disagreements_wording import verdict_of
from aika.health.statements import Statement, statements_of
from aika.health.statements_conditions import is_compared
from aika.protocols import Analyzer, Catalogue, FactStore, Index

_MOST_STATEMENTS = 40
"""Looked up of one document: those that name most. A longer one is a list or a reference."""
_CANDIDATES = 12
"""Chunks that are looked at for one statement."""
_MOST_VALUES = 2
"""Different values that statements of one wording give. More are one for each of many things, whatever they are called."""
_MOST_CHUNKS = 400
"""Of one document that are read."""


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
        """Yield in what these documents, with their chunks as they are now, disagree with others. Each pair once.

        To be given some tens of documents at a time: what is read for them is kept until it is done.
        """
        comparing = _Comparing(self.analyzer, Matcher(self.analyzer))
        seen: set[tuple[str, str, str]] = set()
        for _, chunks in documents:
            for verdict in await self._of_document(chunks, comparing):
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
        if is_of_records(found.exhibits):
            return await RecordComparison(self.facts, self.catalogue).still_differ(one, other)
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

    async def _of_document(self, chunks: Sequence[Chunk], comparing: "_Comparing") -> list[Verdict]:
        if not chunks:
            return []
        document = chunks[0].document
        found: list[Verdict] = []
        if is_compared(document):
            statements = await asyncio.to_thread(comparing.statements_of_document, chunks[:_MOST_CHUNKS])
            statements.sort(key=lambda statement: (-len(statement.names), -len(statement.terms), statement.start))
            found = await self._against_others(statements[:_MOST_STATEMENTS], comparing)
        return found + await RecordComparison(self.facts, self.catalogue).of_document(document)

    async def _against_others(self, statements: Sequence[Statement], comparing: "_Comparing") -> list[Verdict]:
        index = self.index()
        places: list[list[ChunkId]] = []
        for statement in statements:
            candidates = await index.search_text(_question(statement), k=_CANDIDATES, scope=UNRESTRICTED)
            places.append([each.chunk for each in candidates if each.document != statement.document.id])
        missing = {id_ for some in places for id_ in some} - comparing.read.keys()
        chunks = await self.catalogue.chunks(sorted(missing), scope=UNRESTRICTED) if missing else {}
        return await asyncio.to_thread(self._verdicts, statements, places, chunks.values(), comparing)

    def _verdicts(
        self,
        statements: Sequence[Statement],
        places: Sequence[Sequence[ChunkId]],
        chunks: Collection[Chunk],
        comparing: "_Comparing",
    ) -> list[Verdict]:
        for chunk in chunks:
            comparing.statements(chunk)
        return [
            verdict_of(difference)
            for statement, some in zip(statements, places, strict=True)
            for difference in _differences(statement, [comparing.read.get(id_, []) for id_ in some], comparing.matcher)
        ]

    async def _statements(self, id_: DocumentId) -> list[Statement]:
        ids = [chunk_id(id_, position) for position in range(_MOST_CHUNKS)]
        chunks = await self.catalogue.chunks(ids, scope=UNRESTRICTED)
        in_order = sorted(chunks.values(), key=lambda chunk: chunk.position)
        return await asyncio.to_thread(statements_of, in_order, self.analyzer)

    async def _quoted(self, exhibit: Exhibit) -> bool:
        """Whether the document still has the words that are quoted from it."""
        found = await self.catalogue.document(exhibit.document.id, scope=UNRESTRICTED)
        return found is not None and bool(exhibit.quote) and exhibit.quote in found[1].text


@dataclass(slots=True)
class _Comparing:
    """What is read while a few documents are examined, so that no chunk is read twice for them."""

    analyzer: Analyzer
    matcher: Matcher
    read: dict[ChunkId, list[Statement]] = field(default_factory=dict)

    def statements(self, chunk: Chunk) -> list[Statement]:
        if chunk.id not in self.read:
            self.read[chunk.id] = statements_of([chunk], self.analyzer)
        return self.read[chunk.id]

    def statements_of_document(self, chunks: Sequence[Chunk]) -> list[Statement]:
        found: dict[tuple[int, int, int], Statement] = {}
        for chunk in chunks:
            for statement in self.statements(chunk):
                found.setdefault((statement.start, statement.end, statement.values[0].start), statement)
        return list(found.values())


def _question(statement: Statement) -> str:
    """Return what the index is asked. A heading names what a short sentence is about; a title would bring its siblings."""
    above = statement.heading_path[-1] if statement.heading_path else statement.document.title
    return f"{above} {statement.text}"


def _differences(statement: Statement, chunks: Sequence[Sequence[Statement]], matcher: Matcher) -> list[Difference]:
    """Return in what a statement differs from those of other documents, each document once."""
    found: dict[DocumentId, Difference] = {}
    values = {_keys(statement, statement)}
    for other in (other for statements in chunks for other in statements):
        if not matcher.alike(statement, other):
            continue
        values.add(_keys(other, statement))
        if other.document.id not in found:
            difference = matcher.difference(statement, other)
            if difference is not None:
                found[other.document.id] = difference
    return [] if len(values) > _MOST_VALUES else list(found.values())


def _keys(statement: Statement, like: Statement) -> tuple[str, ...]:
    """Return the statement's values of the sorts and units that another one has."""
    wanted = {(value.sort, value.unit) for value in like.values}
    return tuple(value.key for value in statement.values if (value.sort, value.unit) in wanted)
