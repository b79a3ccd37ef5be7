"""A small company with real stores, for the tests of verdicts: its pages, its answers and its complaints."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from aika.answering.confidence import CalibratedJudge
from aika.answering.evidence import EvidenceReader
from aika.answering.extractive import ExtractiveWriter
from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.answers import Abstention, Answer, Band, Confidence
from aika.domain.documents import AttributeValue, Document
from aika.domain.findings import Cause, Complaint, Verdict
from aika.domain.identifiers import AnswerId, document_id
from aika.domain.queries import Candidate, Hit, Query
from aika.health.verdicts.adjudicator import DocumentAdjudicator
from aika.ingestion.following import IndexFollower
from aika.protocols import Index
from aika.retrieval.dense import DenseRanker
from aika.retrieval.hybrid import HybridRanker
from aika.retrieval.lexical import LexicalRanker, TechnicalAnalyzer
from aika.retrieval.pipeline import HybridRetriever
from aika.retrieval.rewriting import FollowUpRewriter
from aika.stores.database.database import Database
from aika.testing.fakes import FakeEmbedder
from aika.testing.makers import make_document, make_entry

ANALYZER = TechnicalAnalyzer()
SPRING = datetime(2025, 4, 1, tzinfo=UTC)
YEARS_AGO = datetime(2021, 4, 1, tzinfo=UTC)
UNSURE = Confidence(0.3, Band.LOW)


@dataclass
class Company:
    """Pages in a database and an index, and what judges the answers that were made from them."""

    database: Database
    index: Index
    demoted: Collection[str] = ()
    """Keys of pages that fall behind all others."""
    embedder: FakeEmbedder = field(default_factory=FakeEmbedder)
    name: str = "company"

    async def write(
        self,
        key: str,
        text: str,
        *,
        title: str = "",
        changed: datetime = SPRING,
        attributes: Mapping[str, AttributeValue] | None = None,
        readers: Sequence[str] = ("everyone",),
    ) -> Document:
        made = make_document(key, title=title, attributes=attributes, readers=readers)
        document = replace(made, modified_at=changed)
        await self.database.catalogue.record([make_entry(text, document=document, version=text)])
        await IndexFollower(self.database.catalogue, self.index, self.database.vectors, self.embedder).catch_up()
        return document

    async def rank(self, query: Query, *, k: int) -> list[Candidate]:
        behind = {document_id(make_document(key).source, key) for key in self.demoted}
        found = await self._retriever().rank(query, k=k)
        return sorted(found, key=lambda candidate: candidate.document in behind)

    async def answer(self, question: str, *keys: str) -> Answer:
        """Return the extract of these pages, as aika writes it."""
        found = await self._retriever().rank(Query(question, UNRESTRICTED), k=50)
        chunks = await self.database.catalogue.chunks([one.chunk for one in found], scope=UNRESTRICTED)
        hits = [Hit(chunks[one.chunk], one.score) for one in found if chunks[one.chunk].document.key in keys]
        writer = ExtractiveWriter(EvidenceReader(ANALYZER, self.embedder))
        draft = await writer.draft(Query(question, UNRESTRICTED), hits)
        return Answer(
            AnswerId("a"), question, draft.text, draft.origin, draft.citations, UNSURE, SPRING, evidence=draft.evidence
        )

    async def judge(
        self, outcome: Answer | Abstention, *, reply: str = "", scope: Scope = UNRESTRICTED
    ) -> Verdict | None:
        cause = Cause.CONTRADICTED if reply else Cause.RATED_DOWN
        return await self._adjudicator().judge(Complaint(outcome.question, outcome, cause, scope, reply=reply))

    def _adjudicator(self) -> DocumentAdjudicator:
        judge = CalibratedJudge(EvidenceReader(ANALYZER, self.embedder))
        return DocumentAdjudicator(self, self.database.catalogue, judge, ANALYZER)

    def _retriever(self) -> HybridRetriever:
        rankers = (LexicalRanker(self.index), DenseRanker(self.index, self.embedder))
        return HybridRetriever(HybridRanker(rankers, FollowUpRewriter(ANALYZER)), self.database.catalogue, ANALYZER)


def abstention(question: str) -> Abstention:
    return Abstention(AnswerId("a"), question, "I did not find it.", "insufficient evidence", UNSURE, SPRING)
