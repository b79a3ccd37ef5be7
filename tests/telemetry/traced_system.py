"""A small knowledge base with real parts, wired the way the application wires telemetry into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from prepared_database import database_in

from aika.answering.assembly import usual_stages
from aika.answering.pipeline import AnswerPipeline
from aika.domain.access import EVERYONE, UNRESTRICTED
from aika.domain.answers import AnswerEvent
from aika.domain.identifiers import SourceId
from aika.domain.queries import Message, Query, Role
from aika.domain.sources import Source, SyncReport
from aika.ingestion.following import IndexFollower
from aika.ingestion.parsing import ChunkerSet, Intake, ParserSet
from aika.ingestion.sync import Syncer
from aika.protocols import Answerer, Retriever
from aika.registry import Surroundings, component, open_component
from aika.retrieval.dense import DenseRanker
from aika.retrieval.hybrid import HybridRanker
from aika.retrieval.lexical import LexicalRanker, TechnicalAnalyzer
from aika.retrieval.pipeline import HybridRetriever
from aika.retrieval.rewriting import FollowUpRewriter
from aika.stores.database.database import Database
from aika.telemetry.setup import Telemetry
from aika.telemetry.syncing import SourceSyncer
from aika.testing.clock import SetClock
from aika.testing.fakes import FakeEmbedder, ScriptedModel

CANARY = "zqcanaryqz"
"""A word that appears in every text, title, name, question and answer, and must not appear in telemetry."""

REPLY = ("The ferry to the island ", f"of {CANARY} leaves at seven. [1]")
_TEXT = f"# Timetable {CANARY}\n\nThe ferry to the island of {CANARY} leaves at seven. Tickets cost nine euros.\n"


@dataclass(slots=True)
class System:
    folder: Path
    source: Source
    database: Database
    follower: IndexFollower
    syncer: SourceSyncer
    retriever: Retriever
    answerer: Answerer
    clock: SetClock

    async def sync(self) -> SyncReport:
        report = await self.syncer.sync(self.source)
        await self.follower.catch_up()
        return report

    async def ask(self, text: str, *, before: str | None = None) -> list[AnswerEvent]:
        return [event async for event in self.answerer.answer(asked(text, before=before))]


@asynccontextmanager
async def open_system(
    folder: Path, telemetry: Telemetry, *, embedder: FakeEmbedder | None = None, model: ScriptedModel | None = None
) -> AsyncIterator[System]:
    """Open a system whose one source is a folder with one document. Nothing is synced yet."""
    docs, data = folder / "docs", folder / "data"
    docs.mkdir(parents=True)
    data.mkdir()
    (docs / f"{CANARY}.md").write_text(_TEXT, encoding="utf-8")
    surroundings = Surroundings(folder, data, TechnicalAnalyzer())
    embedder = embedder or FakeEmbedder()
    async with (
        Database.open(database_in(data)) as database,
        open_component("indexes", "memory", {}, surroundings) as shelf,
        shelf.open("test", dimensions=embedder.dimensions) as index,
    ):
        analyzer = surroundings.analyzer
        lexical, dense = LexicalRanker(index), DenseRanker(index, telemetry.embedder(embedder))
        first_stage = HybridRanker(
            (telemetry.ranker(lexical), telemetry.ranker(dense)),
            telemetry.rewriter(FollowUpRewriter(analyzer)),
            observe=telemetry.observe,
        )
        retriever = telemetry.retriever(HybridRetriever(first_stage, database.catalogue, analyzer))
        generator = telemetry.generator(model or ScriptedModel(REPLY, model="openai:gpt-test"))
        stages = usual_stages(retriever, analyzer=analyzer, embedder=embedder, generator=generator)
        stages = replace(
            stages,
            judge=telemetry.judge(stages.judge),
            writer=telemetry.writer(stages.writer),
            verifier=telemetry.verifier(stages.verifier),
            scorer=telemetry.scorer(stages.scorer),
        )
        clock = SetClock()
        syncer = Syncer(
            database.catalogue,
            database.directory,
            database.sync_log,
            telemetry.connectors(
                lambda source: open_component("connectors", "filesystem", source.options, surroundings)
            ),
            _intake(),
            clock,
        )
        yield System(
            folder=docs,
            source=Source(
                id=SourceId("timetables"),
                connector="filesystem",
                options={"path": str(docs)},
                readers=frozenset({EVERYONE}),
            ),
            database=database,
            follower=IndexFollower(database.catalogue, index, database.vectors, telemetry.embedder(embedder)),
            syncer=telemetry.syncer(syncer),
            retriever=retriever,
            answerer=telemetry.answerer(AnswerPipeline(stages, analyzer=analyzer, clock=clock)),
            clock=clock,
        )


def asked(text: str, *, before: str | None = None) -> Query:
    """Return a question, after another one where ``before`` is given."""
    history = () if before is None else (Message(Role.USER, before), Message(Role.ASSISTANT, "At seven."))
    return Query(text=text, scope=UNRESTRICTED, history=history)


def _intake() -> Intake:
    markdown, plain = component("parsers", "markdown")(), component("parsers", "plaintext")()
    return Intake(ParserSet([markdown], fallback=plain), ChunkerSet(component("chunkers", "sections")(), {}))
