"""Nobody's questions keep everybody else's waiting: one person has so many answers under way at once."""

import asyncio

import pytest

from aika.assistants.at_once import AnswersAtOnce
from aika.domain.errors import TooManyAtOnceError
from aika.domain.identifiers import PrincipalId

ALICE, BOB = PrincipalId("user:alice@example.org"), PrincipalId("user:bob@example.org")


def test_one_more_than_one_may_have_is_refused_with_when_to_come_back() -> None:
    at_once = AnswersAtOnce(2)

    with at_once.place(ALICE), at_once.place(ALICE), pytest.raises(TooManyAtOnceError, match="2 answers") as raised:
        at_once.place(ALICE)

    assert raised.value.retry_after == 5


def test_others_are_let_in_all_the_same() -> None:
    at_once = AnswersAtOnce(1)

    with at_once.place(ALICE), at_once.place(BOB), at_once.place(None), at_once.place(None):
        pass


def test_an_answer_that_failed_gives_its_place_back() -> None:
    at_once = AnswersAtOnce(1)
    with pytest.raises(ValueError, match="failed"), at_once.place(ALICE):
        raise ValueError("failed")

    with at_once.place(ALICE):
        pass


async def test_what_is_written_on_keeps_its_place_until_it_is_there() -> None:
    at_once = AnswersAtOnce(1)
    go_on = asyncio.Event()
    with at_once.place(ALICE) as place:
        writing = asyncio.create_task(_wait(go_on))
        place.keep_until_done(writing)

    with pytest.raises(TooManyAtOnceError):
        at_once.place(ALICE)
    go_on.set()
    await writing
    # What is to be done when a task ends is done a turn later.
    await asyncio.sleep(0)

    with at_once.place(ALICE):
        pass


def test_what_was_let_in_counts() -> None:
    at_once = AnswersAtOnce(1)

    with at_once.place_anyway(ALICE), pytest.raises(TooManyAtOnceError):
        at_once.place(ALICE)


async def _wait(go_on: asyncio.Event) -> None:
    await go_on.wait()
