"""Conversations over HTTP: found again, edited, shared, taken along."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from served_documents import DOCUMENTS, SECRETS, write

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.client import (
    AikaRequestError,
    AsyncAikaClient,
    ChatCompletion,
    ChatCompletionRequest,
    FeedbackRequest,
    SearchRequest,
)
from aika.client.conversation_models import ConversationChange
from aika.client.models import ChatMessage
from aika.client.talk_models import TellOwnerRequest
from aika.settings import load_settings
from aika.surfaces.api.app import create_app

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROLL_BACK, REFUND, SECRET = (
    "How do I roll back the checkout service?",
    "Within how many days can customers claim a refund?",
    "Where does Project Nightjar move the head office?",
)


@dataclass
class Company:
    """The application, and people who ask it."""

    aika: Aika
    clients: dict[str, AsyncAikaClient]

    @property
    def ada(self) -> AsyncAikaClient:
        """She is on the board."""
        return self.clients["ada"]

    @property
    def ben(self) -> AsyncAikaClient:
        return self.clients["ben"]

    async def ask(self, text: str, **more: str) -> ChatCompletion:
        return await self.ada.complete_chat(
            ChatCompletionRequest(messages=[ChatMessage(role="user", content=text)], **more)
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def company(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Company]:
    folder = tmp_path_factory.mktemp("conversations")
    write(
        folder / "docs", {**DOCUMENTS, "keys.md": "# Rotating the signing keys\n\nRun `ferry keys rotate` in June.\n"}
    )
    write(folder / "secret", {**SECRETS, "move.md": "# Moving into Nightjar house\n\nBoxes come in April.\n"})
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    sources = {
        "handbook": {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["everyone"]},
        "board": {"connector": "filesystem", "options": {"path": "secret"}, "readers": ["user:ada@example.org"]},
    }
    async with open_aika(load_settings(folder, sources=sources)) as aika:
        for source in aika.sources:
            await aika.sync(source)
        await aika.generations.catch_up()
        clients = {name: await client_of(aika, name) for name in ("ada", "ben")}
        yield Company(aika, clients)
        for client in clients.values():
            await client.close()


async def client_of(aika: Aika, name: str) -> AsyncAikaClient:
    _, secret = await aika.create_key(name, principals=[f"user:{name}@example.org"], sources=None)
    return AsyncAikaClient("http://aika.test", secret, transport=httpx.ASGITransport(create_app(aika)))


async def test_conversations_are_found_by_words_of_title_question_and_answer(company: Company) -> None:
    client = await client_of(company.aika, "una")
    asked = await client.complete_chat(ask(ROLL_BACK))

    found = await client.conversations("CHECKOUT ferry minutes")

    assert [one.id for one in found.conversations] == [asked.conversation_id]
    assert "ferry rollback checkout" in (found.conversations[0].excerpt or "")
    assert (await client.conversations("checkout spaceship")).conversations == []
    otto = await client_of(company.aika, "otto")
    assert (await otto.conversations("checkout")).conversations == []


async def test_pages_follow_on_one_another_with_pinned_ones_first(company: Company) -> None:
    client = await client_of(company.aika, "pia")
    ids = [(await client.complete_chat(ask("What does CACHE-104 mean?"))).conversation_id for _ in range(3)]
    await client.change_conversation(ids[0], ConversationChange(pinned=True))

    first = await client.conversations(limit=2)
    second = await client.conversations(limit=2, cursor=first.next)

    assert [one.id for one in first.conversations] == [ids[0], ids[2]]
    assert [one.id for one in second.conversations] == [ids[1]]
    assert second.next is None


async def test_a_made_up_cursor_is_refused(company: Company) -> None:
    with pytest.raises(AikaRequestError) as raised:
        await company.ada.conversations(cursor="W10")

    assert raised.value.problem.status == 422


async def test_a_reopened_conversation_looks_as_when_it_was_answered(company: Company) -> None:
    asked = await company.ask(ROLL_BACK)
    await company.ada.give_feedback(asked.id, FeedbackRequest(rating="helpful"))

    turn = (await company.ada.conversation(asked.conversation_id)).turns[0]

    assert turn.completion == asked
    assert turn.rating == "helpful"


async def test_an_edited_question_takes_the_place_of_what_came_after_it(company: Company) -> None:
    first = await company.ask(ROLL_BACK)
    second = await company.ask("And how long does it take?", conversation_id=first.conversation_id)
    await company.ask("What does CACHE-104 mean?", conversation_id=first.conversation_id)

    await company.ask(REFUND, conversation_id=first.conversation_id, replaces=second.id)

    turns = (await company.ada.conversation(first.conversation_id)).turns
    assert [turn.question for turn in turns] == [ROLL_BACK, REFUND]
    assert [version.completion.id for version in turns[1].earlier] == [second.id]


async def test_an_answer_of_another_conversation_cannot_be_replaced(company: Company) -> None:
    one, other = await company.ask(ROLL_BACK), await company.ask(REFUND)

    with pytest.raises(AikaRequestError) as raised:
        await company.ask(REFUND, conversation_id=one.conversation_id, replaces=other.id)

    assert raised.value.problem.status == 404


async def test_a_shared_conversation_withholds_what_its_reader_may_not_read(company: Company) -> None:
    first = await company.ask(SECRET)
    assert "Turku" in first.text
    await company.ask(REFUND, conversation_id=first.conversation_id)
    link = await company.ada.share_conversation(first.conversation_id)

    shared = await company.ben.shared_conversation(link.token)

    assert [part.type for part in shared.parts] == ["withheld", "turn"]
    assert shared.withheld
    assert shared.own is None
    assert "Nightjar" not in shared.model_dump_json()
    assert "Turku" not in shared.model_dump_json()
    assert (await company.ada.shared_conversation(link.token)).own == first.conversation_id


async def test_a_link_shows_what_was_there_when_it_was_made(company: Company) -> None:
    first = await company.ask(ROLL_BACK)
    link = await company.ada.share_conversation(first.conversation_id)
    await company.ask(REFUND, conversation_id=first.conversation_id)

    assert len((await company.ben.shared_conversation(link.token)).parts) == 1
    share = (await company.ada.conversation(first.conversation_id)).share
    assert share is not None
    assert not share.up_to_date

    again = await company.ada.share_conversation(first.conversation_id)
    assert again.token == link.token
    assert len((await company.ben.shared_conversation(link.token)).parts) == 2


async def test_a_revoked_link_never_works_again(company: Company) -> None:
    first = await company.ask(ROLL_BACK)
    link = await company.ada.share_conversation(first.conversation_id)
    await company.ada.unshare_conversation(first.conversation_id)

    with pytest.raises(AikaRequestError) as raised:
        await company.ben.shared_conversation(link.token)

    assert raised.value.problem.status == 404
    assert (await company.ada.share_conversation(first.conversation_id)).token != link.token


async def test_a_reader_goes_on_with_a_copy_of_their_own(company: Company) -> None:
    first = await company.ask(SECRET)
    await company.ask(ROLL_BACK, conversation_id=first.conversation_id)
    link = await company.ada.share_conversation(first.conversation_id)

    copy = await company.ben.copy_shared(link.token)

    assert [turn.question for turn in copy.turns] == [ROLL_BACK]
    followed = await company.ben.complete_chat(ask("And how long does it take?", conversation_id=copy.id))
    assert "two minutes" in followed.text
    assert len((await company.ada.conversation(first.conversation_id)).turns) == 2


async def test_an_exported_conversation_numbers_its_sources_through(company: Company) -> None:
    first = await company.ask(ROLL_BACK)
    await company.ask(REFUND, conversation_id=first.conversation_id)

    exported = await company.ada.export_conversation(first.conversation_id)

    assert f"# {ROLL_BACK}" in exported
    assert "two minutes. [^1]" in exported
    assert "30 days of the sailing. [^2]" in exported
    assert "[^2]: Refunds: “Customers may claim a refund within 30 days of the sailing.”" in exported


async def test_a_stream_is_picked_up_after_the_event_that_came_last(company: Company) -> None:
    request = ask(ROLL_BACK)
    events = [event async for event in company.ada.stream_chat(request)]
    answer = events[0].answer_id  # type: ignore[union-attr]  # the first one says so

    rest = [event async for event in company.ada.follow_answer(answer, after=2)]

    assert rest == events[2:]
    assert (await company.ada.stop_answer(answer)).state == "finished"
    with pytest.raises(AikaRequestError) as raised:
        [event async for event in company.ben.follow_answer(answer)]
    assert raised.value.problem.status == 404


async def test_the_owner_is_told_in_the_askers_words(company: Company) -> None:
    asked = await company.ask("Who feeds the otter of the payments service on Sundays?")
    hits = (await company.ada.search(SearchRequest(query="payments service"))).hits
    owned = next(hit.document.id for hit in hits if hit.document.owner is not None)

    told = await company.ada.tell_owner(
        asked.id, TellOwnerRequest(words="The otter is hungry.", document=owned, with_name=True)
    )

    assert told.kind == "not retrieved"
    assert told.owner is not None
    assert told.owner.name == "team-payments"
    found = await company.aika.database.findings.listing()
    words = [question.words for finding in found for question in finding.questions]
    assert words == ["The otter is hungry.\n\nada"]
    assert (await company.ada.conversation(asked.conversation_id)).turns[0].told_owner_at == told.told_at


async def test_a_passage_is_found_where_its_words_moved_to(company: Company) -> None:
    citation = (await company.ask(ROLL_BACK)).citations[0]

    here = await company.ben.passage(citation.document.id, citation.start, citation.end, quote=citation.quote)
    moved = await company.ben.passage(citation.document.id, 0, 5, quote=citation.quote)
    gone = await company.ben.passage(citation.document.id, 0, 5, quote="words that were never there")

    assert here.text[here.start - here.text_start : here.end - here.text_start] == citation.quote
    assert (here.state, moved.state, gone.state) == ("found", "moved", "changed")
    assert (moved.start, moved.end) == (here.start, here.end)


async def test_passages_and_standings_of_unreadable_documents_do_not_exist(company: Company) -> None:
    secret = (await company.ask(SECRET)).citations[0].document.id

    with pytest.raises(AikaRequestError) as raised:
        await company.ben.passage(secret, 0, 10)

    assert raised.value.problem.status == 404
    assert (await company.ben.standings([secret])).standings == []
    assert [one.standing for one in (await company.ada.standings([secret])).standings] == ["current"]


async def test_suggestions_are_about_what_the_reader_may_read(company: Company) -> None:
    mine, theirs = await company.ada.suggestions(), await company.ben.suggestions()

    assert theirs.suggestions
    assert all(one.document is None or one.document.source == "handbook" for one in theirs.suggestions)
    assert "Nightjar" not in theirs.model_dump_json()
    assert mine.suggestions


def ask(text: str, **more: str) -> ChatCompletionRequest:
    return ChatCompletionRequest(messages=[ChatMessage(role="user", content=text)], **more)
