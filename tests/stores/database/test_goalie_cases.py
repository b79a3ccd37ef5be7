"""What goalies remember of messages, on both engines."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from aika.domain.errors import ConflictError, NotFoundError
from aika.domain.goalies import AuthorKind, CaseState, Place, Posted, Reply, Step
from aika.domain.identifiers import AnswerId, ConversationId, GoalieId
from aika.goalie.ports import Cases
from aika.stores.database.database import Database
from aika.testing.goalies import CHANNEL, MONDAY, make_case, make_message, message_id

GOALIE = GoalieId("payments-help")


@pytest.fixture
def cases(database: Database) -> Cases:
    return database.cases


async def test_a_case_comes_back_with_everything_that_it_says(cases: Cases) -> None:
    case = make_case(
        state=CaseState.EDITED,
        question="Größe \ud800?",
        probability=0.75,
        confidence=0.5,
        answer=AnswerId("one"),
        conversation=ConversationId("two"),
        draft="Like so [1].",
        posted=Posted("C1", "1.0"),
        proposals=(Posted("D1", "2.0"), Posted("D2", "3.0")),
        decided_by="U2",
        reason="because",
        final="Like that.",
        human_first_at=MONDAY,
        reminded=True,
        kept=True,
        shadow=True,
        edited_at=MONDAY,
        answered_at=MONDAY,
        reply="No, like this.",
        helped=("U3",),
        did_not_help=("U4",),
        round=2,
        todo=(Step.SETTLE, Step.POST_FINAL),
        due_at=MONDAY,
        tries=3,
        trace="00-1-2-01",
    )
    await cases.open(case)

    assert await cases.get(case.id) == case


async def test_a_message_has_one_case(cases: Cases) -> None:
    first = make_case("first")

    assert await cases.open(first)
    assert not await cases.open(make_case("second", state=CaseState.IGNORED))

    assert await cases.of_message(CHANNEL, message_id(0)) == first


async def test_of_many_that_open_a_case_of_one_message_at_once_one_does(cases: Cases) -> None:
    opened = await asyncio.gather(*(cases.open(make_case(str(number))) for number in range(8)))

    assert opened.count(True) == 1


async def test_messages_of_other_channels_are_others(cases: Cases) -> None:
    await cases.open(make_case("here"))

    assert await cases.open(make_case("there", place=Place("T1", "C2")))
    assert await cases.open(make_case("elsewhere", place=Place("T2", "C1")))


async def test_a_change_is_stored_in_a_new_version(cases: Cases) -> None:
    case = make_case()
    await cases.open(case)

    changed = await cases.change(replace(case, state=CaseState.SILENT))

    assert changed == replace(case, state=CaseState.SILENT, version=1)
    assert await cases.get(case.id) == changed


async def test_of_two_changes_at_once_one_wins(cases: Cases) -> None:
    case = make_case()
    await cases.open(case)

    results = await asyncio.gather(
        *(cases.change(replace(case, decided_by=who)) for who in ("U2", "U3")), return_exceptions=True
    )

    assert [type(result) for result in results if isinstance(result, Exception)] == [ConflictError]


async def test_a_case_that_is_gone_cannot_be_changed(cases: Cases) -> None:
    with pytest.raises(NotFoundError):
        await cases.change(make_case())


async def test_the_cases_of_a_thread_come_oldest_first(cases: Cases) -> None:
    root = message_id(0)
    await cases.open(make_case("later", minute=5, root=root))
    await cases.open(make_case("first", minute=0))
    await cases.open(make_case("other", minute=1))

    assert [case.id for case in await cases.of_thread(CHANNEL, root)] == ["first", "later"]


async def test_what_is_due_comes_longest_due_first_and_nothing_else_does(cases: Cases) -> None:
    await cases.open(make_case("second", minute=1, due_at=MONDAY + timedelta(minutes=2)))
    await cases.open(make_case("first", minute=2, due_at=MONDAY))
    await cases.open(make_case("later", minute=3, due_at=MONDAY + timedelta(hours=1)))
    await cases.open(make_case("never", minute=4))

    found = await cases.due(MONDAY + timedelta(minutes=2))

    assert [case.id for case in found] == ["first", "second"]


async def test_a_listing_has_the_newest_first_within_its_time_and_states(cases: Cases) -> None:
    await cases.open(make_case("a", minute=0, state=CaseState.ACCEPTED))
    await cases.open(make_case("b", minute=1, state=CaseState.IGNORED))
    await cases.open(make_case("c", minute=2, state=CaseState.REJECTED))
    await cases.open(make_case("d", minute=3, state=CaseState.ACCEPTED))
    await cases.open(make_case("e", minute=3.5, state=CaseState.ACCEPTED, goalie=GoalieId("another")))

    async def listed(**wanted: object) -> list[str]:
        return [case.id for case in await cases.listing(GOALIE, **wanted)]  # type: ignore[arg-type]  # as given

    assert await listed() == ["d", "c", "b", "a"]
    assert await listed(limit=2) == ["d", "c"]
    assert await listed(since=MONDAY + timedelta(minutes=1), until=MONDAY + timedelta(minutes=3)) == ["c", "b"]
    assert await listed(states=[CaseState.ACCEPTED, CaseState.REJECTED]) == ["d", "c", "a"]
    assert await listed(states=[]) == []


async def test_what_nobody_touched_for_long_is_forgotten_unless_something_is_to_be_done(cases: Cases) -> None:
    old = make_case("old")
    await cases.open(old)
    await cases.open(make_case("new", minute=10))
    await cases.open(make_case("due", minute=1, due_at=MONDAY))
    await cases.heard(_reply(0.5))
    await cases.heard(_reply(11))

    forgotten = await cases.forget(before=MONDAY + timedelta(minutes=5))

    assert forgotten == [old]
    assert [case.id for case in await cases.listing(GOALIE)] == ["new", "due"]
    assert await cases.replies(CHANNEL, message_id(0)) == [_reply(11)]


async def test_who_wrote_in_a_thread_is_known_once_and_in_order(cases: Cases) -> None:
    await cases.heard(_reply(2))
    await cases.heard(_reply(1))
    await cases.heard(_reply(2))

    assert await cases.replies(CHANNEL, message_id(0)) == [_reply(1), _reply(2)]
    assert await cases.replies(Place("T2", "C1"), message_id(0)) == []


async def test_a_note_takes_the_place_of_the_one_before(cases: Cases) -> None:
    await cases.note(GOALIE, "quieter", "1", at=MONDAY)
    await cases.note(GOALIE, "quieter", "2", at=MONDAY)

    assert await cases.noted(GOALIE, "quieter") == "2"
    assert await cases.noted(GOALIE, "report") is None
    assert await cases.noted(GoalieId("another"), "quieter") is None


def _reply(minute: float) -> Reply:
    message = make_message(minute=minute, author="U2")
    return Reply(CHANNEL, message_id(0), message.id, message.author, AuthorKind.PERSON, message.written_at)
