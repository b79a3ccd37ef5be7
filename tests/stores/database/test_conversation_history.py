"""Conversations listed, searched, edited, shared, and answers under way, on both engines."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aika.domain.access import Scope
from aika.domain.answers import Answer
from aika.domain.conversations import Place, Turn, UnderWay
from aika.domain.errors import ConflictError, NotFoundError
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.stores.database.database import Database
from aika.stores.database.words import searchable
from aika.testing.contracts.conversations import (
    ALICE,
    BOB,
    NOON,
    make_abstention,
    make_conversation,
    make_full_answer,
    make_turn,
)

C = ConversationId("c")


def turn(name: str, question: str, *, replaces: str | None = None) -> Turn:
    before = None if replaces is None else AnswerId(replaces)
    return Turn(question, make_abstention(name), NOON, replaces=before)


async def test_words_are_found_in_titles_questions_and_answers_whatever_their_case_and_accents(
    database: Database,
) -> None:
    await database.conversations.start(make_conversation("c", title="Die Größe der Fähre"))
    await database.conversations.add(C, turn("a", "¿Cuándo sale el último ferry? 100% \\ _x"))
    await database.conversations.start(make_conversation("other", owner=BOB, title="Größe"))

    async def found(search: str) -> list[str]:
        return [one.conversation.id for one in await database.history.page(owner=ALICE, search=search)]

    assert await found("GROSSE fahre") == ["c"]
    assert await found("ultimo größe know") == ["c"]
    assert await found("100%") == ["c"]
    assert await found("_x \\") == ["c"]
    assert await found("1_0") == []
    assert await found("größe nowhere") == []


async def test_a_renamed_conversation_is_found_by_its_new_title(database: Database) -> None:
    await database.conversations.start(make_conversation("c", title="before"))

    await database.conversations.rename(C, "after", owner=ALICE)

    assert await database.history.page(owner=ALICE, search="before") == []
    assert len(await database.history.page(owner=ALICE, search="after")) == 1


async def test_pages_are_pinned_first_then_last_asked_and_none_is_skipped(database: Database) -> None:
    for number in range(5):
        await database.conversations.start(make_conversation(f"c{number}", after=number))
    await database.history.pin(ConversationId("c1"), True, owner=ALICE)
    await database.history.pin(ConversationId("c3"), True, owner=ALICE)

    seen: list[str] = []
    after: Place | None = None
    while page := await database.history.page(owner=ALICE, after=after, limit=2):
        seen += [one.conversation.id for one in page]
        after = Place(page[-1].pinned, page[-1].changed_at, page[-1].conversation.id)

    assert seen == ["c3", "c1", "c4", "c2", "c0"]
    with pytest.raises(NotFoundError):
        await database.history.pin(ConversationId("c1"), False, owner=BOB)


async def test_an_edit_sets_aside_what_it_replaces_and_all_that_followed(database: Database) -> None:
    await database.conversations.start(make_conversation())
    for name in ("a", "b", "z"):
        await database.conversations.add(C, make_turn(name))

    await database.conversations.add(C, turn("b2", "again", replaces="b"))
    await database.conversations.add(C, turn("b3", "once more", replaces="b2"))

    found = await database.conversations.get(C, owner=ALICE)
    assert found is not None
    assert [one.outcome.id for one in found.turns] == ["a", "b3"]
    replaced = await database.history.replaced(C)
    assert {taken: before.outcome.id for taken, before in replaced.items()} == {"b2": "b", "b3": "b2"}
    assert await database.conversations.outcome(AnswerId("z"), owner=ALICE) is not None


async def test_a_link_shows_the_turns_of_its_time_until_it_is_revoked(database: Database) -> None:
    await database.conversations.start(make_conversation())
    with pytest.raises(ConflictError):
        await database.shares.share(C, owner=ALICE, now=NOON)
    await database.conversations.add(C, make_turn("a"))
    share = await database.shares.share(C, owner=ALICE, now=NOON)
    await database.conversations.add(C, make_turn("b"))

    shown = await database.shares.find(share.token)

    assert shown is not None
    assert [one.outcome.id for one in shown[1].turns] == ["a"]
    assert not shown[0].up_to_date
    with pytest.raises(NotFoundError):
        await database.shares.revoke(C, owner=BOB)
    await database.shares.revoke(C, owner=ALICE)
    assert await database.shares.find(share.token) is None


async def test_a_link_goes_with_its_conversation(database: Database) -> None:
    await database.conversations.start(make_conversation())
    await database.conversations.add(C, make_turn("a"))
    share = await database.shares.share(C, owner=ALICE, now=NOON)

    await database.conversations.delete(C, owner=ALICE)

    assert await database.shares.find(share.token) is None


async def test_processes_tell_each_other_of_answers_under_way(database: Database) -> None:
    await database.conversations.start(make_conversation())
    answer = UnderWay(AnswerId("a"), C, ALICE, "größe \0", NOON, NOON)
    await database.under_way.begin(answer)

    assert await database.under_way.find(answer.answer, owner=BOB) is None
    assert await database.under_way.of(C, owner=ALICE) == answer
    await database.under_way.stop(answer.answer, owner=BOB)
    assert await database.under_way.seen([answer.answer], now=NOON) == set()
    await database.under_way.stop(answer.answer, owner=ALICE)
    assert await database.under_way.seen([answer.answer], now=NOON) == {answer.answer}

    await database.under_way.forget(before=NOON + timedelta(seconds=1))
    assert await database.under_way.of(C, owner=ALICE) is None


async def test_only_what_three_people_asked_and_got_a_good_answer_to_is_common(database: Database) -> None:
    for number, text in enumerate(("Who owns it?", "who owns it", "WHO OWNS IT?", "My salary?", "My salary?")):
        await ask(database, f"person{number}", f"a{number}", text)

    common = await database.commonly_asked.since(NOON - timedelta(days=1))

    assert [(one.text.lower().rstrip("?"), one.people) for one in common] == [("who owns it", 3)]
    assert await database.commonly_asked.since(NOON + timedelta(days=1)) == []


async def ask(database: Database, person: str, name: str, text: str) -> None:
    conversation = make_conversation(name, owner=PrincipalId(f"user:{person}"))
    await database.conversations.start(conversation)
    answer: Answer = replace(make_full_answer(name), question=text)
    await database.conversations.add(conversation.id, Turn(text, answer, NOON, scope=Scope.of([])))


def test_what_is_searched_has_no_markers_and_an_end() -> None:
    assert searchable("It is 30 days.[1][2]\n\nReally\0") == "it is 30 days. really"
    assert len(searchable("word " * 100_000)) == 20_000
