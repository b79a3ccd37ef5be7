"""Routing learns from accepted answers where questions of a kind are answered."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest
from small_library import ask

from aika.domain.assistants import Assistant
from aika.domain.conversations import AcceptedQuestion
from aika.domain.errors import TransientError
from aika.domain.identifiers import AssistantId, PrincipalId, SourceId
from aika.domain.queries import Hit, Query
from aika.protocols import EmbeddingRole, Matrix
from aika.retrieval.routing import Experience, SourceRouting
from aika.testing.makers import make_chunk, make_document

CATALOG, PAGES = SourceId("catalog"), SourceId("pages")


class FirstWord:
    """Questions that begin with the same word are the same question."""

    fingerprint = "first word"
    dimensions = 64

    def __init__(self) -> None:
        self.embedded: list[str] = []

    async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
        self.embedded += texts
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, crc32(text.split()[0].encode()) % self.dimensions] = 1
        return vectors


class Remembered:
    def __init__(self, *accepted: AcceptedQuestion) -> None:
        self.accepted = list(accepted)

    async def newest(self, limit: int) -> list[AcceptedQuestion]:
        return self.accepted[:limit]


class Forgetful:
    async def newest(self, limit: int) -> list[AcceptedQuestion]:
        raise TransientError("the database is away")


def hit(source: SourceId, score: float) -> Hit:
    return Hit(make_chunk(document=make_document(source=source, key=f"{source}-{score}")), score)


def routing(*accepted: AcceptedQuestion) -> SourceRouting:
    return SourceRouting(Experience(Remembered(*accepted), FirstWord()))


async def test_hits_of_the_source_that_answered_such_questions_come_first() -> None:
    stage = routing(*(AcceptedQuestion(f"Who owns service {number}?", (CATALOG,)) for number in range(5)))

    done = await stage.reorder(ask("Who owns checkout?"), [hit(PAGES, 0.9), hit(CATALOG, 0.8)])

    assert [found.chunk.document.source for found in done.hits] == [CATALOG, PAGES]
    assert done.notes == ("Looked first in catalog, where similar questions were answered.",)
    assert done.reasons[done.hits[1].chunk.id].startswith("similar questions were answered from catalog (×0.5")


async def test_nothing_is_left_out() -> None:
    stage = routing(*(AcceptedQuestion("Who?", (CATALOG,)) for _ in range(20)))
    hits = [hit(PAGES, 0.9), hit(PAGES, 0.7), hit(CATALOG, 0.1)]

    done = await stage.reorder(ask("Who owns checkout?"), hits)

    assert {found.chunk.id for found in done.hits} == {found.chunk.id for found in hits}


async def test_the_best_hits_of_the_likely_source_keep_their_scores() -> None:
    stage = routing(AcceptedQuestion("Who owns it?", (CATALOG,)))

    done = await stage.reorder(ask("Who owns checkout?"), [hit(CATALOG, 0.9), hit(PAGES, 0.8)])

    assert done.hits[0].score == 0.9
    assert done.hits[1].score < 0.8


async def test_other_questions_teach_nothing() -> None:
    stage = routing(AcceptedQuestion("How is it deployed?", (CATALOG,)))
    hits = [hit(PAGES, 0.9), hit(CATALOG, 0.8)]

    done = await stage.reorder(ask("Who owns checkout?"), hits)

    assert list(done.hits) == hits
    assert done.notes == ()


async def test_what_was_learned_of_sources_that_the_asker_does_not_see_changes_nothing() -> None:
    stage = routing(AcceptedQuestion("Who owns it?", (SourceId("secret"),)))
    hits = [hit(PAGES, 0.9), hit(CATALOG, 0.8)]

    done = await stage.reorder(ask("Who owns checkout?"), hits)

    assert list(done.hits) == hits
    assert done.notes == ()
    assert done.reasons == {}


async def test_where_it_is_not_clear_more_sources_are_chosen() -> None:
    unsure = await routing().route(ask("Who?"), [hit(PAGES, 0.9), hit(CATALOG, 0.89)])
    sure = await routing().route(ask("Who?"), [hit(PAGES, 0.9), hit(CATALOG, 0.1)])

    assert unsure.chosen == (PAGES, CATALOG)
    assert sure.chosen == (PAGES,)
    assert sum(unsure.likelihoods.values()) == pytest.approx(1)


async def test_an_assistant_s_knowledge_is_chosen_already() -> None:
    stage = routing(AcceptedQuestion("Who owns it?", (CATALOG,)))
    assistant = Assistant(AssistantId("a"), "A", PrincipalId("user:a@example.org"))
    hits = [hit(PAGES, 0.9), hit(CATALOG, 0.8)]

    done = await stage.reorder(Query("Who owns it?", ask("").scope, assistant=assistant), hits)

    assert list(done.hits) == hits


async def test_where_experience_cannot_be_read_the_ranking_stands() -> None:
    stage = SourceRouting(Experience(Forgetful(), FirstWord()))
    hits = [hit(PAGES, 0.9), hit(CATALOG, 0.8)]

    done = await stage.reorder(ask("Who owns checkout?"), hits)

    assert list(done.hits) == hits


async def test_a_new_rating_counts_within_a_minute_and_nothing_is_embedded_twice() -> None:
    now = [0.0]
    remembered, embedder = Remembered(AcceptedQuestion("Who owns it?", (CATALOG,))), FirstWord()
    experience = Experience(remembered, embedder, seconds=lambda: now[0])
    await experience.of("Where is it?")
    remembered.accepted.insert(0, AcceptedQuestion("Where is the roof?", (PAGES,)))

    before, _ = await experience.of("Where is it?")
    now[0] = 61.0
    after, certainty = await experience.of("Where is it?")

    assert (dict(before), dict(after)) == ({}, {PAGES: 1.0})
    assert certainty > 0
    assert embedder.embedded.count("Who owns it?") == 1
