"""A channel with a goalie that works for real, save that its answers are written down beforehand."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider, Tracer

from aika.application.goalie_clicks import Person
from aika.application.goalie_files import DeclaredGoalies
from aika.application.goalie_keeping import DocumentKeeper
from aika.application.goalie_reports import Reports
from aika.application.goalies import Goalies
from aika.assistants.conversing import Conversing
from aika.assistants.library import AssistantLibrary, Declared
from aika.assistants.narrowing import Narrowing
from aika.domain.answers import Abstention, Answer, AnswerEvent, Band, Citation, Confidence, Origin
from aika.domain.documents import RawDocument
from aika.domain.goalies import Case, ChannelMessage, Goalie, QuestionJudgment
from aika.domain.identifiers import AnswerId, SourceId, random_id
from aika.domain.queries import Query
from aika.domain.sources import Source, SyncPhase, SyncReport
from aika.goalie.ports import Cases, Desk, Memory
from aika.goalie.remembering import GoalieMemory
from aika.health.gaps import Cluster
from aika.protocols import Entry
from aika.stores.database.database import Database
from aika.telemetry.goalies import GoalieTelemetry
from aika.testing.clock import SetClock
from aika.testing.desk import MemoryDesk
from aika.testing.goalies import HUMAN, HUMAN_ADDRESS
from aika.testing.makers import make_chunk, make_document, make_entry

HUMAN_GOALIE = Person(HUMAN, HUMAN_ADDRESS)
OTHER_GOALIE = Person("U3", "other@example.org")
STRANGER = Person("U9", "stranger@example.org")


@dataclass(slots=True)
class WrittenAnswers:
    """Answers each question with the confidence that is written down for it; without one it abstains."""

    confidences: Mapping[str, float] = field(default_factory=dict)
    usual: float | None = 0.9
    asked: list[Query] = field(default_factory=list)
    while_asked: list[object] = field(default_factory=list)
    """Awaited before the answer is given: what happens meanwhile."""

    async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        self.asked.append(query)
        for happening in self.while_asked:
            await happening  # type: ignore[misc]  # whatever a test wants to happen
        self.while_asked.clear()
        confidence = self.confidences.get(query.text, self.usual)
        yield _abstention(query) if confidence is None else answer_to(query.text, confidence)


@dataclass(slots=True)
class QuestionMarks:
    """Takes for a question what has a question mark, and what begins with "and" for a part of what was written before."""

    def judge(
        self,
        goalie: Goalie,
        message: ChannelMessage,
        thread: Sequence[ChannelMessage],
        *,
        before: Sequence[ChannelMessage] = (),
    ) -> QuestionJudgment:
        goes_on = len(self.asked_together(message, before)) > 1 and any("?" in one.text for one in before)
        is_question = "?" in message.text and not goes_on
        return QuestionJudgment(is_question, 0.9 if is_question else 0.1, "by its mark")

    def asked_together(self, message: ChannelMessage, before: Sequence[ChannelMessage]) -> tuple[ChannelMessage, ...]:
        return (*before[-1:], message) if message.text.startswith("and") else (message,)


@dataclass(slots=True)
class Files:
    """The goalies' files, as a test wants them."""

    goalies: list[Goalie] = field(default_factory=list)

    async def current(self) -> DeclaredGoalies:
        return DeclaredGoalies(tuple(self.goalies))


@dataclass(slots=True)
class NoFiles:
    async def current(self) -> Declared:
        return Declared()


@dataclass(slots=True)
class World:
    """Everything around a goalie."""

    database: Database
    files: Files = field(default_factory=Files)
    desk: MemoryDesk = field(default_factory=MemoryDesk)
    answers: WrittenAnswers = field(default_factory=WrittenAnswers)
    clock: SetClock = field(default_factory=SetClock)
    kept: dict[str, RawDocument] = field(default_factory=dict)
    sources: dict[SourceId, Source] = field(default_factory=dict)
    tracer: Tracer = field(default_factory=lambda: NoOpTracerProvider().get_tracer("tests"))

    def process(
        self,
        *,
        desk: Desk | None = None,
        cases: Cases | None = None,
        memory: Memory | None = None,
        holder: str = "here",
    ) -> Goalies:
        cases = cases or self.database.cases
        goalies = Goalies(
            folder=self.files,
            cases=cases,
            memory=memory or self.memory(),
            judge=QuestionMarks(),
            reports=Reports(cases, by_first_word, self.clock),
            keeper=DocumentKeeper(lambda: self.sources, self.database.directory, self._put),
            clock=self.clock,
            holder=holder,
            telemetry=GoalieTelemetry(self.tracer, NoOpMeterProvider().get_meter("tests")),
        )
        goalies.sit_down(desk or self.desk)
        return goalies

    def memory(self) -> GoalieMemory:
        database = self.database
        narrowing = Narrowing(database.directory)
        return GoalieMemory(
            Conversing(self.answers, database.conversations, database.catalogue, self.clock, narrowing),
            AssistantLibrary(NoFiles(), database.assistants, frozenset(), self.clock),
        )

    async def case_of(self, message: ChannelMessage) -> Case:
        case = await self.database.cases.of_message(message.place, message.id)
        assert case is not None
        return case

    def pass_by(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))

    async def _put(self, source: SourceId, raw: RawDocument) -> SyncReport:
        self.kept[raw.key] = raw
        return SyncReport(source, SyncPhase.SUCCEEDED, self.clock.now())


def documents() -> list[Entry]:
    """Return what the written answers are from."""
    return [make_entry(document=make_document("keys.md", title="Keys"))]


def answer_to(question: str, confidence: float) -> Answer:
    document = make_document("keys.md", title="Keys")
    citation = Citation(1, document, make_chunk(document=document).id, "alpha", 0, 5, document.url)
    return Answer(
        id=AnswerId(random_id()),
        question=question,
        text="Rotate it in the console [1].",
        origin=Origin.EXTRACTED,
        citations=(citation,),
        confidence=Confidence(confidence, Band.HIGH),
        created_at=SetClock().now(),
    )


def _abstention(query: Query) -> Abstention:
    return Abstention(
        id=AnswerId(random_id()),
        question=query.text,
        text="I do not know.",
        reason="no evidence",
        confidence=Confidence(0.1, Band.LOW),
        created_at=SetClock().now(),
    )


async def by_first_word(questions: object) -> list[Cluster]:
    """Put together questions that begin with the same word."""
    asked = [question.text for question in questions]  # type: ignore[attr-defined]  # broken questions
    groups: dict[str, list[int]] = {}
    for place, text in enumerate(asked):
        groups.setdefault(text.split()[0], []).append(place)
    found = [Cluster(asked[members[0]], tuple(members)) for members in groups.values()]
    return sorted(found, key=lambda cluster: (-len(cluster.members), cluster.name))
