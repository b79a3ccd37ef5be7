"""A library in a temporary folder, with real stores, for the tests of retrieval."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Document
from aika.domain.queries import Candidate, Message, Query, Role
from aika.ingestion.following import IndexFollower
from aika.protocols import Entry, Index, Ranker
from aika.retrieval.dense import DenseRanker
from aika.retrieval.hybrid import HybridRanker, RetrievalOptions
from aika.retrieval.lexical import LexicalRanker, TechnicalAnalyzer
from aika.retrieval.pipeline import HybridRetriever
from aika.retrieval.rewriting import FollowUpRewriter
from aika.retrieval.stages import Stage
from aika.stores.database.database import Database
from aika.testing.fakes import FakeEmbedder
from aika.testing.makers import make_chunk, make_document, make_entry

ANALYZER = TechnicalAnalyzer()


@dataclass
class SmallLibrary:
    """A catalogue and an index of it."""

    database: Database
    index: Index
    embedder: FakeEmbedder = field(default_factory=FakeEmbedder)

    async def add(self, *entries: Entry) -> None:
        await self.database.catalogue.record(entries)
        await IndexFollower(self.database.catalogue, self.index, self.database.vectors, self.embedder).catch_up()

    def rankers(self) -> list[Ranker]:
        return [LexicalRanker(self.index), DenseRanker(self.index, self.embedder)]

    def ranker(self, *rankers: Ranker, options: RetrievalOptions | None = None) -> HybridRanker:
        return HybridRanker(rankers or self.rankers(), FollowUpRewriter(ANALYZER), options or RetrievalOptions())

    def retriever(
        self, *rankers: Ranker, options: RetrievalOptions | None = None, stages: Sequence[Stage] = ()
    ) -> HybridRetriever:
        ranker = self.ranker(*rankers, options=options)
        return HybridRetriever(ranker, self.database.catalogue, ANALYZER, stages=stages)


@dataclass
class BrokenRanker:
    """Fails as it is told to."""

    error: Exception
    name: str = "dense"

    async def rank(self, query: Query, *, k: int) -> list[Candidate]:
        raise self.error


def page(text: str, key: str = "guide.md", *, title: str = "", parts: Sequence[str] = ()) -> Entry:
    """Return an entry with one chunk, or with a chunk for each of the parts, which are joined by blank lines."""
    return of_document(make_document(key, title=title), *(parts or (text,)))


def of_document(document: Document, *parts: str) -> Entry:
    text = "\n\n".join(parts)
    starts = [sum(len(part) + 2 for part in parts[:number]) for number in range(len(parts))]
    chunks = tuple(
        make_chunk(part, document=document, position=number, start=start)
        for number, (part, start) in enumerate(zip(parts, starts, strict=True))
    )
    return replace(make_entry(text, document=document), chunks=chunks)


def ask(text: str, *, scope: Scope = UNRESTRICTED, after: Sequence[str] = ()) -> Query:
    """Return a question, asked after other questions."""
    return Query(text, scope, history=tuple(Message(Role.USER, earlier) for earlier in after))
