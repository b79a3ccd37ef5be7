"""The evidence is judged while a language model writes, and what turns out not to be backed is taken back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from answering_evidence import ANALYZER, TODAY, FixedRetriever, WordEmbedder, WritingGenerator, ask

from aika.answering.assembly import usual_stages
from aika.answering.pipeline import GENERAL_MARK, AnswerPipeline
from aika.domain.answers import Abstention, Answer, AnswerEvent, Band, Confidence, Retrieved, TextDelta, Usage
from aika.domain.errors import TransientError
from aika.domain.queries import Hit, Query
from aika.protocols import Generator
from aika.testing.clock import SetClock
from aika.testing.makers import make_chunk, make_document

BACKUPS = "Backups of the order database are kept for 35 days."
EVIDENCE = [Hit(make_chunk(BACKUPS, document=make_document("backups.md", title="Backups")), 1.0)]
QUESTION = "How long are backups of the order database kept?"
ENOUGH, TOO_LITTLE = Confidence(0.9, Band.HIGH), Confidence(0.01, Band.LOW)
PATIENCE = 20.0


@dataclass
class SlowJudge:
    """Says what it was told to say when it is let."""

    verdict: Confidence | Exception = ENOUGH
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    async def sufficiency(self, query: Query, hits: Sequence[Hit]) -> Confidence:
        try:
            await self.go_on.wait()
        finally:
            self.ended = True
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return self.verdict


@dataclass
class Thinking:
    """A language model that is asked, and has not said anything yet."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False
    model = "test:thinking"

    async def generate(self, query: Query, evidence: Sequence[Hit]) -> AsyncIterator[str | Usage]:
        self.asked.set()
        try:
            await asyncio.Event().wait()
            yield ""
        finally:
            self.closed = True


def pipeline(judge: SlowJudge, generator: Generator, *, general: bool = False) -> AnswerPipeline:
    stages = usual_stages(
        FixedRetriever(EVIDENCE, ()),
        analyzer=ANALYZER,
        embedder=WordEmbedder(),
        generator=generator,
        general_questions=general,
    )
    return AnswerPipeline(replace(stages, judge=judge), analyzer=ANALYZER, clock=SetClock(TODAY))


async def test_text_is_shown_before_the_evidence_is_judged() -> None:
    judge = SlowJudge()
    seen: list[AnswerEvent] = []

    async with asyncio.timeout(PATIENCE):
        async for event in pipeline(judge, WritingGenerator(f"{BACKUPS[:-1]} [1].")).answer(ask(QUESTION)):
            seen.append(event)
            if isinstance(event, TextDelta):
                judge.go_on.set()

    assert [type(event) for event in (seen[0], seen[1], seen[-1])] == [Retrieved, TextDelta, Answer]


async def test_a_model_that_is_still_thinking_is_stopped_when_the_evidence_turns_out_not_to_answer() -> None:
    judge, model = SlowJudge(TOO_LITTLE), Thinking()
    seen: list[AnswerEvent] = []

    async def refuse() -> None:
        await model.asked.wait()
        judge.go_on.set()

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(refuse())
        seen += [event async for event in pipeline(judge, model).answer(ask(QUESTION))]

    assert [type(event) for event in seen] == [Retrieved, Abstention]
    assert model.closed


async def test_general_knowledge_begins_anew_after_what_is_taken_back() -> None:
    judge = SlowJudge(TOO_LITTLE)
    model = WritingGenerator("A backup is a second copy of data.")
    seen: list[AnswerEvent] = []

    async with asyncio.timeout(PATIENCE):
        async for event in pipeline(judge, model, general=True).answer(ask(QUESTION)):
            seen.append(event)
            if isinstance(event, TextDelta):
                judge.go_on.set()

    shown = [event for event in seen if isinstance(event, TextDelta)]
    anew = [place for place, event in enumerate(shown) if event.anew]
    assert len(anew) == 1
    assert anew[0] > 0, "nothing was shown before it"
    answer = seen[-1]
    assert isinstance(answer, Answer)
    assert answer.text == f"{GENERAL_MARK}\n\n{''.join(event.text for event in shown[anew[0] :])}"


async def test_a_judge_that_fails_ends_the_answer_with_its_error() -> None:
    judge, model = SlowJudge(TransientError("the reader failed; ask again")), Thinking()
    failed: list[str] = []

    async def fail() -> None:
        await model.asked.wait()
        judge.go_on.set()

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(fail())
        try:
            async for _ in pipeline(judge, model).answer(ask(QUESTION)):
                pass
        except TransientError as error:
            failed.append(str(error))

    assert failed == ["the reader failed; ask again"]
    assert model.closed


async def test_whoever_stops_listening_ends_the_model_and_the_judge() -> None:
    judge, model = SlowJudge(), WritingGenerator(f"{BACKUPS[:-1]} [1]. " * 50)

    async with asyncio.timeout(PATIENCE), aclosing(pipeline(judge, model).answer(ask(QUESTION))) as stream:
        async for event in stream:
            if isinstance(event, TextDelta):
                break

    assert model.closed
    assert judge.ended
