"""The second stage: what it does to a ranking, and how little it can do to a question when its engine fails."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
from small_library import ask

from aika.domain.errors import AikaError, ConfigurationError, TransientError
from aika.domain.queries import Hit, Query
from aika.retrieval.reranking import Reranking, Rest
from aika.testing.makers import make_chunk, make_document

QUESTION = ask("how do I restart the worker")


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed


class Engine:
    """A reranker that does what it is told to, and counts its calls."""

    def __init__(self, act: Callable[[Sequence[Hit]], list[Hit]]) -> None:
        self.act = act
        self.calls = 0

    async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]:
        self.calls += 1
        return self.act(hits)


class Hanging:
    """Answers when it is released. Takes no notice of being cancelled where it is ``stubborn``."""

    def __init__(self, *, stubborn: bool) -> None:
        self.stubborn = stubborn
        self.calls = 0
        self.running = 0
        self.released, self.ended = asyncio.Event(), asyncio.Event()
        self.started = asyncio.Queue[int]()

    async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]:
        self.calls += 1
        self.running += 1
        self.started.put_nowait(self.calls)
        try:
            while not self.released.is_set():
                try:
                    await self.released.wait()
                except asyncio.CancelledError:
                    if not self.stubborn:
                        raise
        finally:
            self.running -= 1
            self.ended.set()
        return list(hits)


def ranking(count: int = 4) -> list[Hit]:
    return [Hit(make_chunk(f"text {n}", document=make_document(f"{n}.md")), 1.0 - n / 10) for n in range(count)]


def keys(hits: Sequence[Hit]) -> list[str]:
    return [hit.chunk.document.key for hit in hits]


def failing(error: Exception) -> Engine:
    def fail(_: Sequence[Hit]) -> list[Hit]:
        raise error

    return Engine(fail)


async def test_the_first_hits_are_reordered_and_the_others_stay_behind_them() -> None:
    stage = Reranking(Engine(lambda hits: list(reversed(hits))), depth=3)

    done = await stage.reorder(QUESTION, ranking(5))

    assert keys(done.hits) == ["2.md", "1.md", "0.md", "3.md", "4.md"]


async def test_scores_stay_those_of_the_places() -> None:
    stage = Reranking(Engine(lambda hits: [Hit(hit.chunk, float("nan")) for hit in reversed(hits)]), depth=3)

    done = await stage.reorder(QUESTION, ranking(5))

    assert [hit.score for hit in done.hits] == [hit.score for hit in ranking(5)]


async def test_what_an_engine_leaves_out_comes_behind_what_it_returned() -> None:
    stage = Reranking(Engine(lambda hits: [hits[2], hits[2]]))

    done = await stage.reorder(QUESTION, ranking(4))

    assert keys(done.hits) == ["2.md", "0.md", "1.md", "3.md"]


async def test_an_engine_brings_in_nothing_of_its_own() -> None:
    foreign = Hit(make_chunk("secret", document=make_document("secret.md")), 9.0)
    stage = Reranking(Engine(lambda hits: [foreign, *hits]))

    done = await stage.reorder(QUESTION, ranking(3))

    assert keys(done.hits) == ["0.md", "1.md", "2.md"]


async def test_one_hit_needs_no_second_look() -> None:
    engine = Engine(list)

    done = await Reranking(engine).reorder(QUESTION, ranking(1))

    assert (keys(done.hits), engine.calls) == (["0.md"], 0)


@pytest.mark.parametrize("error", [TransientError("down"), ConfigurationError("no key"), KeyError("a mistake")])
async def test_the_first_ranking_stands_with_a_note_when_the_engine_fails(error: Exception) -> None:
    done = await Reranking(failing(error)).reorder(QUESTION, ranking())

    assert keys(done.hits) == keys(ranking())
    assert done.notes == ("The reranker was unavailable; the first ranking stands.",)


@pytest.mark.parametrize("stubborn", [False, True])
async def test_an_engine_over_its_time_is_not_waited_for(stubborn: bool) -> None:
    engine = Hanging(stubborn=stubborn)

    done = await Reranking(engine, seconds=0.01).reorder(QUESTION, ranking())
    engine.released.set()

    assert keys(done.hits) == keys(ranking())
    assert done.notes == ("The reranker took too long; the first ranking stands.",)


async def test_an_engine_that_never_ends_piles_up_no_calls() -> None:
    engine, clock = Hanging(stubborn=True), Seconds()
    stage = Reranking(engine, seconds=0.001, rest=Rest(clock))

    for _ in range(12):
        await stage.reorder(QUESTION, ranking())
        clock.passed += 1_000
    running = engine.running
    engine.released.set()

    assert (running, engine.calls) == (4, 4)


async def test_an_asker_who_leaves_takes_the_call_along() -> None:
    engine = Hanging(stubborn=False)
    asking = asyncio.create_task(Reranking(engine, seconds=60).reorder(QUESTION, ranking()))
    await engine.started.get()

    asking.cancel()
    await asyncio.wait([asking])
    await engine.ended.wait()

    assert (asking.cancelled(), engine.running) == (True, 0)


async def tried(stage: Reranking, times: int) -> None:
    for _ in range(times):
        await stage.reorder(QUESTION, ranking())


async def test_an_engine_that_fails_three_times_in_a_row_is_left_alone() -> None:
    engine = failing(TransientError("down"))
    stage = Reranking(engine, rest=Rest(Seconds()))
    await tried(stage, 10)

    done = await stage.reorder(QUESTION, ranking())

    assert engine.calls == 3
    assert done.notes == ("The reranker failed repeatedly and is left out for now.",)


async def test_a_success_between_failures_keeps_an_engine_in_use() -> None:
    outcomes: list[AikaError | None] = [TransientError("x"), TransientError("x"), None] * 3

    def act(hits: Sequence[Hit]) -> list[Hit]:
        outcome = outcomes.pop()
        if outcome is not None:
            raise outcome
        return list(hits)

    engine = Engine(act)
    await tried(Reranking(engine, rest=Rest(Seconds())), 9)

    assert engine.calls == 9


async def test_it_is_tried_once_when_the_rest_is_over_and_rests_twice_as_long_if_it_still_fails() -> None:
    engine, clock = failing(TransientError("down")), Seconds()
    stage = Reranking(engine, rest=Rest(clock))
    await tried(stage, 5)

    clock.passed = 16
    await tried(stage, 5)
    after_first_rest = engine.calls
    clock.passed = 16 + 29
    await tried(stage, 5)
    within_second_rest = engine.calls

    assert (after_first_rest, within_second_rest) == (4, 4)


async def test_while_it_is_tried_again_other_questions_do_not_wait_for_it() -> None:
    engine, clock = Hanging(stubborn=False), Seconds()
    stage = Reranking(engine, seconds=0.001, rest=Rest(clock))
    await tried(stage, 3)
    clock.passed = 16
    stage.seconds = 60
    trial = asyncio.create_task(stage.reorder(QUESTION, ranking()))
    for _ in range(4):
        await engine.started.get()

    meanwhile = await stage.reorder(QUESTION, ranking())
    engine.released.set()
    await trial

    assert meanwhile.notes == ("The reranker failed repeatedly and is left out for now.",)
    assert (await stage.reorder(QUESTION, ranking())).notes == ()


async def test_a_server_that_names_a_time_is_not_asked_before() -> None:
    engine, clock = failing(TransientError("slow down", retry_after=120)), Seconds()
    stage = Reranking(engine, rest=Rest(clock))

    await tried(stage, 2)
    clock.passed = 119
    await tried(stage, 2)
    before = engine.calls
    clock.passed = 121
    await tried(stage, 1)

    assert (before, engine.calls) == (1, 2)
