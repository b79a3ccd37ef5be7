"""What every vector store must do."""

import asyncio
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from aika.protocols import Matrix, VectorStore


def make_digests(count: int) -> list[bytes]:
    return [blake2b(str(number).encode(), digest_size=16).digest() for number in range(count)]


def make_vectors(count: int, *, dimensions: int = 384) -> Matrix:
    """Return random unit vectors, the same ones each time."""
    vectors: npt.NDArray[np.float32] = np.random.default_rng(7).standard_normal((count, dimensions), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


class VectorStoreContract:
    """Inherit from it and provide the fixture ``vectors``: a new, empty one for each test."""

    async def test_vectors_come_back_as_unit_vectors_of_nearly_the_same_direction(self, vectors: VectorStore) -> None:
        digests, saved = make_digests(1_100), make_vectors(1_100)
        await vectors.save("model", dict(zip(digests, saved, strict=True)))

        loaded = await vectors.load("model", [*digests, digests[0]])

        assert set(loaded) == set(digests)
        matrix = np.stack([loaded[digest] for digest in digests])
        assert matrix.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-6)
        np.testing.assert_allclose(np.sum(matrix * saved, axis=1), 1, atol=1e-4)

    async def test_only_the_known_ones_come_back(self, vectors: VectorStore) -> None:
        known, unknown = make_digests(2)
        await vectors.save("model", {known: make_vectors(1)[0]})

        assert set(await vectors.load("model", [unknown, known])) == {known}
        assert await vectors.load("model", []) == {}
        assert await vectors.load("never used", [known]) == {}

    async def test_each_embedder_has_its_own(self, vectors: VectorStore) -> None:
        (digest,) = make_digests(1)
        await vectors.save("small", {digest: make_vectors(1, dimensions=8)[0]})
        await vectors.save("large", {digest: make_vectors(1, dimensions=16)[0]})

        assert (await vectors.load("small", [digest]))[digest].shape == (8,)
        assert (await vectors.load("large", [digest]))[digest].shape == (16,)

    async def test_saving_again_is_no_error(self, vectors: VectorStore) -> None:
        digests, saved = make_digests(3), make_vectors(3)
        await vectors.save("model", dict(zip(digests[:2], saved[:2], strict=True)))

        await vectors.save("model", dict(zip(digests, saved, strict=True)))
        await vectors.save("model", {})

        assert set(await vectors.load("model", digests)) == set(digests)

    async def test_many_may_save_the_same_at_once(self, vectors: VectorStore) -> None:
        digests, saved = make_digests(50), make_vectors(50)
        batch = dict(zip(digests, saved, strict=True))

        await asyncio.gather(*(vectors.save("model", batch) for _ in range(4)))

        assert set(await vectors.load("model", digests)) == set(digests)

    async def test_vectors_of_other_embedders_can_be_dropped(self, vectors: VectorStore) -> None:
        digests, saved = make_digests(3), make_vectors(3)
        await vectors.save("old", dict(zip(digests, saved, strict=True)))
        await vectors.save("new", {digests[0]: saved[0]})

        assert await vectors.keep_only("new") == 3
        assert await vectors.keep_only("new") == 0
        assert await vectors.load("old", digests) == {}
        assert set(await vectors.load("new", digests)) == {digests[0]}
