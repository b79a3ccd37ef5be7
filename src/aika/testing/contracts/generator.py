"""What every generator must do. Inherit, and provide a fixture ``generator``."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

from aika.domain.access import Scope
from aika.domain.answers import Usage
from aika.domain.queries import Hit, Message, Query, Role
from aika.protocols import Generator
from aika.testing.makers import make_chunk, make_document

EVIDENCE = (
    Hit(make_chunk("The harbour opens at six in the morning.", document=make_document("a.md", title="Harbour")), 1.0),
    Hit(make_chunk("Ferries wait for fog to lift.", document=make_document("b.md", title="Weather")), 0.5),
)


def make_query(text: str = "When does the harbour open?", *history: Message) -> Query:
    return Query(text, Scope.of([]), history=history)


class GeneratorContract:
    async def test_pieces_of_text_come_first_and_the_usage_last(self, generator: Generator) -> None:
        pieces = [piece async for piece in generator.generate(make_query(), EVIDENCE)]

        assert all(isinstance(piece, str) and piece for piece in pieces[:-1])
        assert isinstance(pieces[-1], Usage)
        assert pieces[-1].model == generator.model

    async def test_the_usage_counts_tokens(self, generator: Generator) -> None:
        pieces = [piece async for piece in generator.generate(make_query(), EVIDENCE)]

        usage = pieces[-1]
        assert isinstance(usage, Usage)
        assert usage.input_tokens > 0
        assert usage.cost_usd is None or usage.cost_usd >= 0

    async def test_without_evidence_it_still_replies(self, generator: Generator) -> None:
        pieces = [piece async for piece in generator.generate(make_query("What is a harbour?"), ())]

        assert isinstance(pieces[-1], Usage)

    async def test_earlier_messages_are_no_obstacle(self, generator: Generator) -> None:
        query = make_query("And when does it close?", Message(Role.USER, "When?"), Message(Role.ASSISTANT, "At six."))

        pieces = [piece async for piece in generator.generate(query, EVIDENCE)]

        assert isinstance(pieces[-1], Usage)

    async def test_a_reader_may_stop_and_ask_again(self, generator: Generator) -> None:
        stream = cast("AsyncGenerator[str | Usage, None]", generator.generate(make_query(), EVIDENCE))
        async with aclosing(stream):
            await anext(stream)

        pieces = [piece async for piece in generator.generate(make_query(), EVIDENCE)]

        assert isinstance(pieces[-1], Usage)
