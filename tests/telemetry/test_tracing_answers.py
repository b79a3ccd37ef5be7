"""An answer is one trace, from the request to the last stage."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from opentelemetry.trace import StatusCode, get_current_span
from recorded import Recorded
from traced_system import CANARY, REPLY, System, asked, open_system

from aika.domain.answers import Answer, AnswerEvent, TextDelta
from aika.domain.assistants import Assistant
from aika.domain.errors import TransientError
from aika.domain.identifiers import AssistantId, PrincipalId
from aika.domain.queries import Candidate, Hit, Query
from aika.protocols import EmbeddingRole, Matrix
from aika.telemetry import names
from aika.telemetry.setup import Telemetry
from aika.testing.fakes import FakeEmbedder, ScriptedModel
from aika.testing.makers import make_chunk

ONE_ANSWER = [
    "answer",
    "answer/judge",
    "answer/retrieve",
    "answer/retrieve/context",
    "answer/retrieve/diversify",
    "answer/retrieve/expand",
    "answer/retrieve/fuse",
    "answer/retrieve/hydrate",
    "answer/retrieve/rank",
    "answer/retrieve/rank/rank dense",
    "answer/retrieve/rank/rank dense/embed",
    "answer/retrieve/rank/rank lexical",
    "answer/retrieve/rewrite",
    "answer/score",
    "answer/verify",
    "answer/write",
    "answer/write/chat gpt-test",
]


class BrokenEmbedder(FakeEmbedder):
    """Embeds documents and no questions."""

    async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
        if role == "query":
            raise TransientError("the embedding server does not answer")
        return await super().embed(texts, role=role)


class EndlessAnswerer:
    """Writes for as long as anybody listens."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()
        self.spans: list[int] = []

    async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        try:
            while True:
                self.spans.append(get_current_span().get_span_context().span_id)
                yield TextDelta("more ")
        finally:
            self.closed.set()


async def test_an_answer_is_one_tree_of_spans(system: System, recorded: Recorded) -> None:
    await system.sync()
    recorded.exporter.clear()

    events = await system.ask("When does the ferry leave?")

    assert isinstance(events[-1], Answer)
    assert recorded.tree() == ONE_ANSWER


async def test_the_root_says_what_came_of_the_question(system: System, recorded: Recorded) -> None:
    await system.sync()

    events = await system.ask("When does the ferry leave?")

    answer = events[-1]
    assert isinstance(answer, Answer)
    attributes = dict(recorded.span("answer").attributes or {})
    assert attributes.pop(names.TIME_TO_FIRST_TEXT) > 0
    assert attributes == {
        names.QUESTION_CHARS: 26,
        names.HISTORY_MESSAGES: 0,
        names.HITS: 1,
        names.OUTCOME: "answer",
        names.ORIGIN: "generated",
        names.CONFIDENCE: answer.confidence.value,
        names.BAND: answer.confidence.band.value,
        names.CITATIONS: 1,
        names.CITATIONS_REMOVED: 0,
        names.NOTES: len(answer.notes),
    }
    assert recorded.values(names.ANSWERS) == {f"answer generated {answer.confidence.band.value}": 1}


async def test_the_spans_name_the_assistant_that_was_asked_by_its_id(system: System, recorded: Recorded) -> None:
    await system.sync()
    assistant = Assistant(AssistantId("file:ferries"), f"Ferries {CANARY}", PrincipalId("operators"))

    query = replace(asked("When does the ferry leave?"), assistant=assistant)
    _ = [event async for event in system.answerer.answer(query)]

    told = [(recorded.span(name).attributes or {})[names.ASSISTANT] for name in ("answer", "retrieve")]
    assert told == ["file:ferries", "file:ferries"]


async def test_an_abstention_is_counted_with_its_reason(system: System, recorded: Recorded) -> None:
    await system.ask("Who was the third emperor?")

    assert recorded.span("answer").attributes[names.OUTCOME] == "abstention"
    assert recorded.values(names.ANSWERS) == {"abstention no evidence": 1}


async def test_a_follow_up_shows_that_it_was_rewritten(system: System, recorded: Recorded) -> None:
    await system.sync()

    await system.ask("And what does it cost?", before="When does the ferry to the island leave?")

    assert recorded.span("rewrite").attributes[names.REWRITTEN] is True


async def test_every_stage_has_its_time_measured(system: System, recorded: Recorded) -> None:
    await system.sync()

    await system.ask("When does the ferry leave?")

    measured = recorded.values(names.STAGE_DURATION)
    expected = {path.rsplit("/", 1)[-1] for path in ONE_ANSWER} - {"chat gpt-test"}
    assert expected | {"chat"} <= set(measured)
    assert measured["answer"] == 1


async def test_a_ranking_that_fails_is_an_error_in_its_own_span_only(
    tmp_path: Path, telemetry: Telemetry, recorded: Recorded
) -> None:
    async with open_system(tmp_path, telemetry, embedder=BrokenEmbedder()) as system:
        await system.sync()
        await system.retriever.retrieve(asked("When does the ferry leave?"), k=3)

    dense = recorded.span("rank dense")
    assert dense.status.status_code is StatusCode.ERROR
    assert dense.attributes[names.ERROR_TYPE] == "aika.domain.errors.TransientError"
    assert recorded.span("retrieve").status.status_code is StatusCode.UNSET
    assert recorded.values(names.STAGE_DURATION)["rank dense aika.domain.errors.TransientError"] == 1


async def test_an_answer_that_fails_is_an_error_up_to_the_root(telemetry: Telemetry, recorded: Recorded) -> None:
    class Failing:
        async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
            yield TextDelta("so far")
            raise TransientError("gone")

    with pytest.raises(TransientError):
        [event async for event in telemetry.answerer(Failing()).answer(asked("When?"))]

    assert recorded.span("answer").status.status_code is StatusCode.ERROR
    assert recorded.values(names.STAGE_DURATION) == {"answer aika.domain.errors.TransientError": 1}


async def test_a_stream_that_is_left_early_is_closed_and_marked(telemetry: Telemetry, recorded: Recorded) -> None:
    answerer = EndlessAnswerer()
    stream = telemetry.answerer(answerer).answer(asked("When?"))

    await anext(stream)
    # By another task, as a server does when its client has gone.
    await asyncio.create_task(stream.aclose())

    assert answerer.closed.is_set()
    span = recorded.span("answer")
    assert span.attributes[names.CANCELLED] is True
    assert span.status.status_code is StatusCode.UNSET


async def test_a_cancelled_answer_is_marked_and_passes_the_cancellation_on(
    telemetry: Telemetry, recorded: Recorded
) -> None:
    begun = asyncio.Event()

    class Waiting:
        async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
            begun.set()
            await asyncio.Event().wait()
            yield TextDelta("never")

    async def consume() -> None:
        async for _ in telemetry.answerer(Waiting()).answer(asked("When?")):
            pass

    consuming = asyncio.create_task(consume())
    await begun.wait()
    consuming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await consuming

    assert recorded.span("answer").attributes[names.CANCELLED] is True


async def test_the_span_of_a_stream_is_current_inside_it_and_not_in_its_consumer(
    telemetry: Telemetry, recorded: Recorded
) -> None:
    answerer = EndlessAnswerer()
    stream = telemetry.answerer(answerer).answer(asked("When?"))

    await anext(stream)
    outside = get_current_span()
    await anext(stream)
    await stream.aclose()

    assert not outside.get_span_context().is_valid
    assert answerer.spans == [recorded.span("answer").context.span_id] * 2


async def test_streams_that_take_turns_keep_their_own_traces(telemetry: Telemetry, recorded: Recorded) -> None:
    first, second = EndlessAnswerer(), EndlessAnswerer()
    streams = [telemetry.answerer(answerer).answer(asked("When?")) for answerer in (first, second)]

    for stream in streams * 2:
        await anext(stream)
    for stream in streams:
        await stream.aclose()

    assert len({*first.spans}) == len({*second.spans}) == 1
    assert first.spans != second.spans
    assert all(span.parent is None for span in recorded.spans)


async def test_the_reranker_is_traced_with_what_it_was_given(telemetry: Telemetry, recorded: Recorded) -> None:
    class Backwards:
        async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]:
            return list(reversed(hits))[:k]

    hits = [Hit(make_chunk(position=position), 1.0) for position in range(3)]
    await telemetry.reranker(Backwards()).rerank(asked("When?"), hits, k=2)

    assert dict(recorded.span("rerank").attributes or {}) == {names.CANDIDATES: 3, names.K: 2, names.HITS: 2}


async def test_a_wrapped_component_still_says_what_it_is(telemetry: Telemetry) -> None:
    class Words:
        name = "words"

        async def rank(self, query: Query, *, k: int) -> list[Candidate]:
            return []

    embedder = FakeEmbedder(dimensions=8, fingerprint="mine")
    wrapped = telemetry.embedder(embedder)

    assert telemetry.ranker(Words()).name == "words"
    assert (wrapped.dimensions, wrapped.fingerprint) == (8, "mine")
    assert telemetry.generator(ScriptedModel(REPLY, model="openai:gpt-test")).model == "openai:gpt-test"
