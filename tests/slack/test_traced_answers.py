"""Every question is one trace, from the event that it came with to the answer that is posted."""

import pytest
from aika_in_slack import all_done, answer, at_work
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from slack_world.world import World

from aika.application.aika import Aika

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "How do I roll back the checkout service?"


async def test_a_mention_is_one_trace_to_the_posted_answer(
    company: Aika, world: World, spans: InMemorySpanExporter
) -> None:
    async with at_work(company, world):
        spans.clear()
        asked = await world.say("ben", "support", f"{world.mention()} {QUESTION}")
        await answer(world, "support", asked)
        await all_done(world, company)

    assert {"slack.receive", "slack.handle", "answer"} <= await traced(world, spans, "slack.chat.postMessage")


async def test_a_direct_message_is_one_trace_to_the_streamed_answer(
    company: Aika, world: World, spans: InMemorySpanExporter
) -> None:
    async with at_work(company, world):
        spans.clear()
        asked = await world.say_to_app("ben", QUESTION)
        await answer(world, await world.direct("ben"), asked)
        await all_done(world, company)

    assert {"slack.receive", "slack.handle", "answer"} <= await traced(world, spans, "slack.chat.startStream")


async def test_a_command_is_one_trace_to_what_its_asker_alone_sees(
    company: Aika, world: World, spans: InMemorySpanExporter
) -> None:
    async with at_work(company, world):
        spans.clear()
        await world.command("ben", "support", "/aika", QUESTION)
        await all_done(world, company)

    assert {"slack.receive", "slack.handle", "answer"} <= await traced(world, spans, "slack.response_url")


async def traced(world: World, spans: InMemorySpanExporter, last: str) -> set[str]:
    """Return the names of all spans in the trace of one that has a name."""

    def found() -> list[ReadableSpan]:
        return [span for span in spans.get_finished_spans() if span.name == last]

    (ended,) = await world.wait_for(found, what=f"the span {last}")
    return {span.name for span in spans.get_finished_spans() if span.context.trace_id == ended.context.trace_id}
