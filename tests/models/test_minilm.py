"""The default embedder."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from tokenizers import Tokenizer

from aika.models.encoder import Encoder, LocalEmbedder
from aika.models.minilm import GRAPHS, RECIPE, MiniLmEmbedder
from aika.models.precision import best_precision
from aika.models.wordpiece import bert_uncased_tokenizer
from aika.registry import Surroundings, open_component
from aika.testing.contracts.embedder import EmbedderContract


@pytest_asyncio.fixture
async def embedder(surroundings: Surroundings) -> AsyncIterator[LocalEmbedder]:
    async with open_component("embedders", "minilm", {}, surroundings) as opened:
        yield opened


class TestMiniLm(EmbedderContract):
    """The contract, on the real model."""


async def test_a_question_finds_the_sentence_that_answers_it(embedder: LocalEmbedder) -> None:
    sentences = [
        "Refunds are paid to the card that was charged, within five working days.",
        "The on-call engineer is paged when a queue grows for ten minutes.",
        "Boats leave the northern pier every half hour until midnight.",
    ]

    documents = await embedder.embed(sentences, role="document")
    questions = await embedder.embed(
        [
            "When do customers get their money back?",
            "Who gets an alert about a growing queue?",
            "How often does the ferry go?",
        ],
        role="query",
    )

    assert (questions @ documents.T).argmax(axis=1).tolist() == [0, 1, 2]


async def test_both_precisions_agree_on_real_sentences(surroundings: Surroundings, embedder: LocalEmbedder) -> None:
    sentences = ["Deploy with the release bot.", "Ask the platform team before you raise a quota."]
    options = MiniLmEmbedder.Options(precision="fp32")

    async with MiniLmEmbedder.open(options, surroundings) as exact:
        similarities = (
            await exact.embed(sentences, role="document") * await embedder.embed(sentences, role="document")
        ).sum(axis=1)

    assert exact.fingerprint == embedder.fingerprint
    assert similarities.min() > 0.98


async def test_text_beyond_the_models_length_changes_nothing(embedder: LocalEmbedder) -> None:
    at_length = "harbour " * 254

    vectors = await embedder.embed([at_length, at_length + "refund " * 100], role="document")

    assert np.allclose(vectors[0], vectors[1], atol=1e-6)


async def test_a_tokens_vector_is_told_for_each_token(embedder: LocalEmbedder) -> None:
    tokens = await embedder.embed_tokens(["unaffable ferry", ""], role="document")

    assert [vectors.shape for vectors in tokens] == [(4, 384), (0, 384)]
    assert np.allclose(np.linalg.norm(tokens[0], axis=1), 1, atol=1e-4)


async def test_questions_do_not_wait_for_documents(embedder: LocalEmbedder) -> None:
    documents = asyncio.create_task(embedder.embed(["a long text " * 80] * 40, role="document"))

    await embedder.embed(["what first?"], role="query")

    assert not documents.done()
    assert (await documents).shape == (40, 384)


async def test_a_cancelled_call_stops_and_the_embedder_goes_on(embedder: LocalEmbedder) -> None:
    documents = asyncio.create_task(embedder.embed(["a long text " * 80] * 400, role="document"))
    await embedder.embed(["something else"], role="query")

    documents.cancel()

    with pytest.raises(asyncio.CancelledError):
        await documents
    assert (await embedder.embed(["and now?"], role="document")).shape == (1, 384)


def test_a_processor_that_saturates_gets_single_precision(
    surroundings: Surroundings, embedder: LocalEmbedder, tmp_path: Path
) -> None:
    class Saturating(Encoder):
        def vector(self, text: str) -> np.ndarray:
            return np.roll(super().vector(text), 1)

    opened: list[str] = []

    def open_graph(precision: str) -> Encoder:
        opened.append(precision)
        kind = Saturating if precision == "int8" else Encoder
        return make_encoder(kind, surroundings.data_dir / "models" / RECIPE / GRAPHS["int8"])

    first = best_precision(tmp_path, open_graph)
    second = best_precision(tmp_path, open_graph)

    assert (first, second) == ("fp32", "fp32")
    assert opened == ["int8", "fp32"]


def make_encoder(kind: type[Encoder], graph: Path, tokenizer: Tokenizer | None = None) -> Encoder:
    import onnxruntime

    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    return kind(session, tokenizer or bert_uncased_tokenizer(), max_tokens=64)
