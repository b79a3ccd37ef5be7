"""The fakes keep the contracts of what they stand for."""

import pytest

from aika.domain.answers import Usage
from aika.domain.errors import TransientError
from aika.domain.queries import Message, Role
from aika.protocols import Embedder, Generator
from aika.testing.contracts.embedder import EmbedderContract
from aika.testing.contracts.generator import GeneratorContract
from aika.testing.fakes import FakeEmbedder, ScriptedModel


class TestFakeEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return FakeEmbedder()


class TestScriptedModel(GeneratorContract):
    @pytest.fixture
    def generator(self) -> Generator:
        return ScriptedModel(["At ", "six [1]."])


async def test_a_fake_embedder_notes_what_it_embedded() -> None:
    embedder = FakeEmbedder()

    await embedder.embed(["one", "two"], role="document")

    assert embedder.embedded == ["one", "two"]


async def test_replies_come_in_order_and_the_last_one_stays() -> None:
    model = ScriptedModel("first", ["sec", "ond"])

    replies = [await model.complete("Rewrite.", text, max_tokens=9) for text in ("a", "b", "c")]

    assert replies == ["first", "second", "second"]
    assert [asked.messages for asked in model.asked] == [(Message(Role.USER, text),) for text in ("a", "b", "c")]


async def test_a_reply_can_be_a_failure() -> None:
    model = ScriptedModel(TransientError("overloaded"), "fine")

    with pytest.raises(TransientError, match="overloaded"):
        await model.complete("Rewrite.", "a", max_tokens=9)

    pieces = [piece async for piece in model.stream("Rewrite.", [Message(Role.USER, "one two")])]
    assert pieces == ["fine", Usage("scripted", input_tokens=2, output_tokens=1)]
