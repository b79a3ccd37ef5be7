"""Regions of topics: learned from examples, kept over restarts, following the catalogue, and telling nothing."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from prepared_database import database_in

from aika.assistants.regions import learn
from aika.assistants.topics import LearnedTopics
from aika.domain.access import EVERYONE, UNRESTRICTED, Scope
from aika.domain.assistants import Topic
from aika.domain.errors import InvalidRequestError
from aika.domain.identifiers import DocumentId, PrincipalId
from aika.ingestion.following import digest, passages
from aika.protocols import Index, IndexPosition, Matrix
from aika.registry import Surroundings, open_component
from aika.stores.database.database import Database
from aika.testing.contracts.index_makers import PlainAnalyzer
from aika.testing.fakes import FakeEmbedder
from aika.testing.makers import make_document, make_entry

DIMENSIONS = 16
NONE = np.empty((0, DIMENSIONS), dtype=np.float32)
ALICE = PrincipalId("user:alice")


def cluster(seed: int, count: int, *, towards: int) -> Matrix:
    """Return unit vectors scattered around one axis, all leaning the same way besides: documents of one company."""
    made = np.random.default_rng(seed).normal(scale=0.15, size=(count, DIMENSIONS)).astype(np.float32)
    made[:, 0] += 2.0
    made[:, towards] += 1.0
    unit: Matrix = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


@dataclass
class Place:
    """A catalogue whose documents have vectors that the test chose."""

    database: Database
    index: Index
    embedder: FakeEmbedder
    folder: Path
    name: str = "first"

    def topics(self) -> LearnedTopics:
        return LearnedTopics(self.database.catalogue, self.database.vectors, lambda: self, self.folder)

    async def keep(
        self, name: str, vectors: Matrix, *, readers: Sequence[str] = (EVERYONE,), follow: bool = True
    ) -> list[DocumentId]:
        entries = [
            make_entry(
                f"{name} {row} {vector.tobytes().hex()}", document=make_document(f"{name}{row}", readers=readers)
            )
            for row, vector in enumerate(vectors)
        ]
        known = {
            digest(text): vector
            for entry, vector in zip(entries, vectors, strict=True)
            for text in passages(entry.chunks)
        }
        await self.database.vectors.save(self.embedder.fingerprint, known)
        await self.database.catalogue.record(entries)
        if follow:
            await self.follow()
        return [entry.document.id for entry in entries]

    async def follow(self) -> None:
        newest = await self.database.catalogue.sequence()
        await self.index.checkpoint(IndexPosition(newest, newest))


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    surroundings = Surroundings(tmp_path, tmp_path, PlainAnalyzer())
    async with (
        Database.open(database_in(tmp_path)) as database,
        open_component("indexes", "memory", {}, surroundings) as shelf,
        shelf.open("only", dimensions=DIMENSIONS) as index,
    ):
        yield Place(database, index, FakeEmbedder(dimensions=DIMENSIONS), tmp_path / "topics")


async def selected(topics: LearnedTopics, topic: Topic, scope: Scope = UNRESTRICTED) -> frozenset[DocumentId]:
    documents = (await topics.region(topic, scope=scope)).selection.documents
    assert documents is not None
    return documents


async def test_a_region_keeps_what_is_like_its_examples_and_drops_the_rest(place: Place) -> None:
    sailing = await place.keep("sailing", cluster(1, 30, towards=1))
    others = [*await place.keep("rail", cluster(2, 30, towards=2)), *await place.keep("air", cluster(3, 30, towards=3))]

    kept = await selected(place.topics(), Topic(documents=tuple(sailing[:5])))

    assert len(kept.intersection(sailing)) >= 27
    assert len(kept.intersection(others)) <= 10


async def test_a_document_that_changes_enters_and_leaves_its_region(place: Place) -> None:
    sailing = await place.keep("sailing", cluster(1, 30, towards=1))
    await place.keep("rail", cluster(2, 30, towards=2))
    topics, topic = place.topics(), Topic(documents=tuple(sailing[:5]))
    (moving,) = await place.keep("moving", cluster(4, 1, towards=1))
    assert moving in await selected(topics, topic)

    await place.keep("moving", cluster(4, 1, towards=2))

    assert moving not in await selected(topics, topic)


async def test_a_new_document_belongs_once_it_was_embedded(place: Place) -> None:
    sailing = await place.keep("sailing", cluster(1, 30, towards=1))
    await place.keep("rail", cluster(2, 30, towards=2))
    topics, topic = place.topics(), Topic(documents=tuple(sailing[:5]))
    (new,) = await place.keep("new", cluster(4, 1, towards=1), follow=False)
    before = await selected(topics, topic)

    await place.follow()

    assert new not in before
    assert new in await selected(topics, topic)


async def test_a_region_is_the_same_after_a_restart(place: Place) -> None:
    sailing = await place.keep("sailing", cluster(1, 30, towards=1))
    await place.keep("rail", cluster(2, 30, towards=2))
    topic = Topic(documents=tuple(sailing[:5]))
    before = await selected(place.topics(), topic)

    assert await selected(place.topics(), topic) == before
    assert len(list(place.folder.iterdir())) == 1


async def test_a_document_that_went_while_nobody_asked_is_in_no_region(place: Place) -> None:
    sailing = await place.keep("sailing", cluster(1, 30, towards=1))
    await place.keep("rail", cluster(2, 30, towards=2))
    topic = Topic(documents=tuple(sailing[:5]))
    before = await selected(place.topics(), topic)
    gone = sorted(before - set(topic.documents))[:3]
    await place.database.catalogue.remove(gone)
    await place.follow()
    await place.database.catalogue.forget_removals(through=await place.database.catalogue.sequence())

    assert before.issuperset(gone)
    assert not (await selected(place.topics(), topic)).intersection(gone)


async def test_a_damaged_file_costs_time_and_nothing_else(place: Place) -> None:
    sailing = await place.keep("sailing", cluster(1, 30, towards=1))
    await place.keep("rail", cluster(2, 30, towards=2))
    topic = Topic(documents=tuple(sailing[:5]))
    before = await selected(place.topics(), topic)
    for file in place.folder.iterdir():
        file.write_bytes(file.read_bytes()[:100])

    assert await selected(place.topics(), topic) == before


async def test_what_the_author_may_not_read_changes_nothing(place: Place) -> None:
    sailing = await place.keep("sailing", cluster(1, 30, towards=1))
    rail = await place.keep("rail", cluster(2, 30, towards=2))
    topic = Topic(documents=tuple(sailing[:5]))
    before = await selected(place.topics(), topic, Scope.of([ALICE]))
    secret = await place.keep("secret", cluster(5, 200, towards=5), readers=["user:bob"])

    asked = Topic(documents=(*topic.documents, secret[0]))
    region = await place.topics().region(asked, scope=Scope.of([ALICE]))

    assert region.selection.documents is not None
    assert region.selection.documents.intersection([*sailing, *rail]) == before
    assert region.missing == (secret[0],)


async def test_an_unknown_example_is_told_of_like_one_that_may_not_be_read(place: Place) -> None:
    sailing = await place.keep("sailing", cluster(1, 5, towards=1))
    unknown = make_document("unknown").id

    region = await place.topics().region(Topic(documents=(sailing[0], unknown)), scope=Scope.of([ALICE]))

    assert region.missing == (unknown,)


@pytest.mark.parametrize("example", ["secret", "unknown"])
async def test_a_region_without_examples_is_an_error_and_never_everything(place: Place, example: str) -> None:
    await place.keep("public", cluster(1, 5, towards=1))
    await place.keep("secret", cluster(1, 1, towards=1), readers=["user:bob"])
    topic = Topic(documents=(make_document(f"{example}0").id,))

    with pytest.raises(InvalidRequestError, match="none of the topic's example documents is there"):
        await place.topics().region(topic, scope=Scope.of([ALICE]))
    with pytest.raises(InvalidRequestError, match="a topic needs examples"):
        await place.topics().region(Topic(), scope=Scope.of([ALICE]))


async def test_questions_are_examples_too(place: Place) -> None:
    questions = ("where do ferries moor", "which ferries sail at night")
    (likest,) = await place.keep("likest", (await place.embedder.embed(questions[:1], role="query"))[:1])
    rail = await place.keep("rail", cluster(2, 30, towards=2))

    kept = await selected(place.topics(), Topic(questions=questions))

    assert likest in kept
    assert len(kept.intersection(rail)) <= 16


def test_the_very_same_examples_make_a_region_of_their_own() -> None:
    background = cluster(1, 50, towards=1)
    examples = np.repeat(cluster(2, 1, towards=2), 5, axis=0)

    region = learn(examples, NONE, np.concatenate([background, examples]))

    assert region.holds(examples).all()
    assert not region.holds(background).any()


def test_one_example_keeps_at_most_half() -> None:
    background = cluster(1, 50, towards=1)

    region = learn(background[:1], NONE, background)

    assert region.holds(background)[0]
    assert region.holds(background).sum() <= 25
