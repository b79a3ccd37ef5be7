"""What every embedder must do. Inherit, and provide a fixture ``embedder``."""

import asyncio

import numpy as np

from aika.protocols import Embedder, EmbeddingRole, Matrix

SAME = 1e-3
"""How far, in cosine, a text's vectors may differ between calls."""
ROLES: tuple[EmbeddingRole, ...] = ("query", "document")

TEXTS = (
    "The ferry timetable changes on the first Monday of every month.",
    "Refunds above two hundred euros need the approval of a team lead.",
    "x = 1",
    "Naïve café, 12 °C — 漢字, кириллица, عربى 🙂",
)


class EmbedderContract:
    async def test_every_vector_has_length_one_in_every_role(self, embedder: Embedder) -> None:
        for role in ROLES:
            vectors = await embedder.embed(TEXTS, role=role)

            assert vectors.shape == (len(TEXTS), embedder.dimensions)
            assert vectors.dtype == np.float32
            assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)

    async def test_vectors_come_in_the_order_of_the_texts(self, embedder: Embedder) -> None:
        forwards = await embedder.embed(TEXTS, role="document")

        backwards = await embedder.embed(TEXTS[::-1], role="document")

        assert _similarities(forwards, backwards[::-1]).min() > 1 - SAME

    async def test_no_texts_give_an_empty_matrix(self, embedder: Embedder) -> None:
        vectors = await embedder.embed([], role="document")

        assert vectors.shape == (0, embedder.dimensions)

    async def test_a_text_gets_the_same_vector_alone_and_among_others(self, embedder: Embedder) -> None:
        among_others = await embedder.embed([*TEXTS, "long " * 200], role="document")

        alone = np.concatenate([await embedder.embed([text], role="document") for text in TEXTS])

        assert _similarities(alone, among_others[: len(TEXTS)]).min() > 1 - SAME

    async def test_empty_and_blank_texts_have_vectors(self, embedder: Embedder) -> None:
        vectors = await embedder.embed(["", "   \n", "\u200b"], role="document")

        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)

    async def test_a_text_far_beyond_the_models_length_has_a_vector(self, embedder: Embedder) -> None:
        vectors = await embedder.embed(["The harbour opens at six. " * 20_000], role="document")

        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)

    async def test_control_characters_and_odd_unicode_have_vectors(self, embedder: Embedder) -> None:
        vectors = await embedder.embed(["\x00\x01\x02", "e\u0301" * 300, "\U0001f9d1\u200d\U0001f4bb"], role="query")

        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)

    async def test_calls_at_the_same_time_do_not_mix(self, embedder: Embedder) -> None:
        separately = [await embedder.embed([text], role="query") for text in TEXTS]

        together = await asyncio.gather(*(embedder.embed([text], role="query") for text in TEXTS))

        assert _similarities(np.concatenate(separately), np.concatenate(together)).min() > 1 - SAME

    async def test_a_text_is_nearer_to_itself_than_to_any_other(self, embedder: Embedder) -> None:
        documents = await embedder.embed(TEXTS, role="document")
        queries = await embedder.embed(TEXTS, role="query")

        assert (queries @ documents.T).argmax(axis=1).tolist() == list(range(len(TEXTS)))

    def test_the_fingerprint_names_the_model(self, embedder: Embedder) -> None:
        assert embedder.fingerprint
        assert embedder.dimensions > 0


def _similarities(one: Matrix, other: Matrix) -> Matrix:
    similarities: Matrix = (one * other).sum(axis=1)
    return similarities
