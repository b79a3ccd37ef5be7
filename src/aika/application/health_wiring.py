"""Puts together what looks after the documents' health."""

from aika.answering.assembly import usual_stages
from aika.application.aika import Aika
from aika.application.health import Health
from aika.domain.access import Scope
from aika.domain.assistants import Asker, Assistant
from aika.domain.errors import NotFoundError
from aika.domain.identifiers import AssistantId, PrincipalId
from aika.health.closing import Closer
from aika.health.closing_matching import Matching
from aika.health.disagreements import Disagreements
from aika.health.examining import Examiner, Narrow
from aika.health.examining_changes import ChangeExaminer
from aika.health.findings import FindingRecorder
from aika.health.gaps import GapFinder
from aika.health.verdicts.adjudicator import DocumentAdjudicator
from aika.models.wordpiece import english_word_ranks
from aika.protocols import Analyzer, Ranker

# It asks again for people who are not there: it may know every assistant, and uses none for itself.
_MAINTENANCE = Asker(PrincipalId("maintenance"), (frozenset(),), admin=True)


def build_health(aika: Aika, ranker: Ranker, analyzer: Analyzer) -> Health:
    """Return what turns complaints into findings and closes them. ``ranker`` ranks as answers are retrieved, only deeper."""
    database, generations, answerer = aika.database, aika.generations, aika.conversing.answerer
    embedder = generations.newest.embedder
    stages = usual_stages(aika.retriever, analyzer=analyzer, embedder=embedder)
    adjudicator = DocumentAdjudicator(ranker, database.catalogue, stages.judge, analyzer)
    recorder = FindingRecorder(
        store=database.findings,
        contents=database.finding_changes,
        gaps=GapFinder(embedder, analyzer, english_word_ranks),
        sources=lambda: aika.sources,
        clock=aika.clock,
    )

    async def horizon() -> int:
        return (await generations.serving.follower.state()).position.embedded

    narrow = _narrowing(aika)
    disagreements = Disagreements(database.catalogue, database.facts, lambda: generations.serving.index, analyzer)
    comparer = ChangeExaminer(database.catalogue, disagreements, recorder, database.finding_changes, horizon)
    closer = Closer(
        store=database.findings,
        changes=database.finding_changes,
        catalogue=database.catalogue,
        answerer=answerer,
        adjudicator=adjudicator,
        disagreements=disagreements,
        matching=Matching(database.catalogue, analyzer, lambda: generations.serving),
        narrow=narrow,
        clock=aika.clock,
        horizon=horizon,
    )
    examiner = Examiner(database.complaints, adjudicator, recorder, narrow, horizon)
    return Health(database, aika.jobs, aika.clock, examiner, comparer, closer)


def _narrowing(aika: Aika) -> Narrow:
    async def narrow(scope: Scope, id: AssistantId | None) -> tuple[Scope, Assistant | None]:
        if id is None:
            return scope, None
        try:
            assistant = (await aika.assistants.entry(id, _MAINTENANCE)).assistant
        except NotFoundError:
            return scope, None  # it is gone; what it knew is in the scope
        return await aika.conversing.narrowing.narrowed(scope, assistant), assistant

    return narrow
