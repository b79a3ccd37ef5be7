"""Retrieval measured end to end, on a collection small enough to know the outcome."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from prepared_database import database_in
from rich.console import Console

from aika.chunkers.sections import SectionChunker
from aika.domain.access import Scope
from aika.domain.documents import RawDocument
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import PrincipalId
from aika.domain.queries import Hit, Query
from aika.evaluation.ablation import EntryTexts
from aika.evaluation.collections import TestCollection, Topic
from aika.evaluation.report import as_json, as_table
from aika.evaluation.retrieval import RetrievalSystem, evaluate_retrieval
from aika.ingestion.parsing import ChunkerSet, Intake, ParserSet
from aika.parsers.markdown import MarkdownParser
from aika.parsers.plaintext import PlainTextParser
from aika.registry import Surroundings, open_component
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.retrieval.rewriting import FollowUpRewriter
from aika.retrieval.stages import Reordered
from aika.stores.database.database import Database
from aika.testing.fakes import FakeEmbedder
from aika.testing.makers import make_chunk, make_document, make_entry

TEXTS = {
    "payments": "Restart the payments worker with slipway.",
    "rooms": "Meeting rooms are booked in the calendar.",
    "leave": "Parental leave is twenty weeks.",
    "empty": "",
}
DOCUMENTS = tuple(
    RawDocument(key=key, content=text.encode(), path=key, media_type="text/markdown") for key, text in TEXTS.items()
)


class Upended:
    """Puts the last first."""

    name = "upended"
    purpose = "the other way round"

    async def reorder(self, query: Query, hits: Sequence[Hit]) -> Reordered:
        return Reordered(list(reversed(hits)))


def collection(**judged: str) -> TestCollection:
    questions = {"q1": "How do I restart payments?", "q2": "Where are rooms booked?"}
    return TestCollection(
        name="small",
        documents=DOCUMENTS,
        topics=tuple(Topic(key, text) for key, text in questions.items()),
        judgments={topic: {document: 1} for topic, document in judged.items()},
    )


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[RetrievalSystem]:
    analyzer, plain = TechnicalAnalyzer(), PlainTextParser()
    embedder = FakeEmbedder()
    async with (
        Database.open(database_in(tmp_path, "vectors.db")) as database,
        open_component("indexes", "memory", {}, Surroundings(tmp_path, tmp_path, analyzer)) as shelf,
        shelf.open("test", dimensions=embedder.dimensions) as index,
    ):
        intake = Intake(ParserSet([MarkdownParser(), plain], plain), ChunkerSet(SectionChunker(), {}))
        yield RetrievalSystem(intake, embedder, database.vectors, index, FollowUpRewriter(analyzer))


async def test_every_system_is_measured_over_the_judged_topics(system: RetrievalSystem) -> None:
    report = await evaluate_retrieval(collection(q1="payments", q2="rooms"), system)

    assert list(report.systems) == ["hybrid", "lexical", "dense", "fusion", "full"]
    assert (report.n, report.documents, report.chunks) == (2, 3, 3)
    assert report.systems["lexical"].measures["nDCG@10"].value == 1
    assert report.systems["hybrid"].by_topic["RR"] == {"q1": 1, "q2": 1}


async def test_the_full_ranking_is_what_the_stages_make_of_the_first_one(system: RetrievalSystem) -> None:
    report = await evaluate_retrieval(collection(q1="payments", q2="rooms"), replace(system, stages=[Upended()]))

    # Each question's answer was first, and the one document more that shares no word with it is before it now.
    assert report.systems["hybrid"].measures["RR"].value == 1
    assert report.systems["full"].measures["RR"].value < 1
    assert report.stage_milliseconds.keys() >= {"rewrite", "rank", "fuse", "hydrate", "upended"}


async def test_each_part_is_left_out_and_added_alone_when_asked(system: RetrievalSystem) -> None:
    report = await evaluate_retrieval(
        collection(q1="payments", q2="rooms"), replace(system, stages=[Upended()]), stages=True
    )

    assert list(report.ablation) == [
        "full without lexical",
        "full without dense",
        "full without upended",
        "fusion with upended",
    ]
    assert report.effects["full without upended"].difference > 0
    assert report.effects["fusion with upended"].difference < 0
    assert report.effects.keys() == as_json(report)["ablation"].keys()  # type: ignore[union-attr]  # it is an object


async def test_the_stages_see_only_what_the_asker_may_read() -> None:
    secret = make_chunk("the plan", document=make_document("secret.md", readers=["group:board"]))
    texts = EntryTexts([replace(make_entry("the plan", document=secret.document), chunks=(secret,))])
    anyone, board = Scope.of([]), Scope.of([PrincipalId("group:board")])

    assert await texts.chunks([secret.id], scope=anyone) == {}
    assert await texts.document(secret.document.id, scope=anyone) is None
    assert await texts.neighbours(secret, before=0, after=0, scope=anyone) == []
    assert await texts.chunks([secret.id], scope=board) == {secret.id: secret}
    assert await texts.neighbours(secret, before=0, after=0, scope=board) == [secret]


async def test_a_document_that_cannot_be_read_is_noted(system: RetrievalSystem) -> None:
    report = await evaluate_retrieval(collection(q1="payments"), system)

    assert report.notes == ("1 documents could not be read, such as empty: it holds no text",)


async def test_nothing_is_embedded_twice(system: RetrievalSystem) -> None:
    embedder = system.embedder
    assert isinstance(embedder, FakeEmbedder)
    await evaluate_retrieval(collection(q1="payments"), system)
    embedder.embedded.clear()

    await evaluate_retrieval(collection(q1="payments"), system)

    assert set(embedder.embedded) == {"How do I restart payments?"}


async def test_progress_is_told_to_its_end(system: RetrievalSystem) -> None:
    told: dict[str, tuple[int, int]] = {}

    def progress(what: str, done: int, total: int) -> None:
        told[what] = (done, total)

    await evaluate_retrieval(collection(q1="payments", q2="rooms"), system, progress=progress)

    assert {"parsing", "embedding", "indexing", "ranking (hybrid)"} <= told.keys()
    assert all(done == total for done, total in told.values())


async def test_a_collection_without_judged_topics_is_refused(system: RetrievalSystem) -> None:
    with pytest.raises(ConfigurationError, match="no answerable topic"):
        await evaluate_retrieval(collection(), system)


async def test_the_report_is_json_and_a_table(system: RetrievalSystem) -> None:
    report = await evaluate_retrieval(collection(q1="payments", q2="rooms"), system)
    console = Console(width=140, record=True, file=StringIO())

    written = json.loads(json.dumps(as_json(report)))
    console.print(as_table(report))

    assert written["n"] == 2
    assert written["lexical"]["nDCG@10"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert "1.000 (1.000 to 1.000)" in console.export_text()
