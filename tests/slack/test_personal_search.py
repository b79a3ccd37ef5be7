"""Personal search: a person's own messages, for that person's own answers, or an answer without them that says so."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from personal_parts import Parts, agreed, personal_parts, principal
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from aika.domain.documents import Kind
from aika.domain.errors import TransientError
from aika.domain.queries import Handed
from aika.surfaces.slack.consent import Agreed
from aika.surfaces.slack.consent_page import ConsentCallback
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.home import CONNECT, STOP, Home
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.personal import ENDED, LIMITED, MARK, UNAVAILABLE, PersonalSearch
from aika.surfaces.slack.personal_messages import SOURCE, hits_of
from aika.surfaces.slack.personal_part import Endings
from aika.surfaces.slack.personal_query import keywords

QUESTION = "What is the launch date of the lighthouse?"
SAID = "The lighthouse launch is on 14 March."


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    async with personal_parts(tmp_path) as parts:
        yield parts


async def handed(parts: Parts, name: str = "ann", question: str = QUESTION, channel: str = "") -> Handed | None:
    handing = await parts.search.handing_for(await parts.searcher(name, channel))
    return None if handing is None else await handing(question)


def texts(found: Handed | None) -> list[str]:
    assert found is not None
    return [hit.chunk.text for hit in found.hits]


class StoppedMeanwhile(PersonalSearch):
    """Everybody stops personal search just after their token was read."""

    async def _searches_by_meaning(self, client: AsyncWebClient, team: str) -> bool:
        await self._consents.drop_team(team)
        return False


class TestFinding:
    async def test_what_a_person_can_read_in_private_is_found_for_them(self, parts: Parts) -> None:
        await parts.world.say("ann", "secret-project", SAID)
        await parts.connect("ann")

        found = await handed(parts)

        assert found is not None
        (hit,) = found.hits
        document = hit.chunk.document
        assert hit.chunk.text.endswith(f"Ann: {SAID}")
        assert document.readers == {principal("ann")}
        assert (document.source, document.kind, document.title) == (SOURCE, Kind.CONVERSATION, "#secret-project")
        assert document.url is not None
        assert document.url.startswith("https://acme.slack.com/archives/")
        assert (found.mark, found.notes) == (MARK, ())

    async def test_direct_messages_with_others_are_found(self, parts: Parts) -> None:
        await parts.world.say("ben", await parts.world.direct("ann", "ben"), SAID)
        await parts.connect("ann")

        found = await handed(parts)

        assert found is not None
        assert [hit.chunk.document.title for hit in found.hits] == ["Direct message"]

    async def test_what_a_person_cannot_read_is_not_found(self, parts: Parts) -> None:
        await parts.world.say("ann", "secret-project", SAID)
        await parts.connect("ben")

        assert texts(await handed(parts, "ben")) == []

    async def test_public_channels_are_left_to_what_aika_knows(self, parts: Parts) -> None:
        await parts.world.say("ben", "support", SAID)
        await parts.connect("ann")

        assert texts(await handed(parts)) == []

    async def test_what_was_said_to_aika_itself_is_not_found_again(self, parts: Parts) -> None:
        await parts.world.say_to_app("ann", "When is the lighthouse launch?")
        await parts.connect("ann")

        assert texts(await handed(parts)) == []

    async def test_one_question_is_one_search(self, parts: Parts) -> None:
        await parts.connect("ann")

        await handed(parts)

        (call,) = parts.world.calls_of("assistant.search.context")
        assert call.arguments["channel_types"] == "private_channel,mpim,im"
        assert call.token == await parts.token("ann")

    async def test_without_slacks_ai_the_words_that_matter_are_searched_for(self, parts: Parts) -> None:
        await parts.connect("ann")

        await handed(parts)

        (call,) = parts.world.calls_of("assistant.search.context")
        assert call.arguments["query"] == "launch date lighthouse"

    async def test_with_slacks_ai_the_question_itself_is_asked(self, parts: Parts) -> None:
        await parts.connect("ann")
        parts.search._by_meaning[parts.workspace.team] = True, datetime.max.replace(tzinfo=UTC)

        await handed(parts)

        (call,) = parts.world.calls_of("assistant.search.context")
        assert call.arguments["query"] == QUESTION

    async def test_what_search_can_do_is_asked_once(self, parts: Parts) -> None:
        await parts.connect("ann")

        await handed(parts)
        await handed(parts)

        assert len(parts.world.calls_of("assistant.search.info")) == 1


class TestWhereItIsUsed:
    async def test_who_did_not_agree_is_not_searched_for(self, parts: Parts) -> None:
        await parts.world.say("ann", "secret-project", SAID)

        assert await handed(parts) is None
        assert parts.world.calls_of("assistant.search.context") == []

    async def test_in_a_channel_nothing_is_searched(self, parts: Parts) -> None:
        await parts.connect("ann")

        assert await handed(parts, channel=parts.world.channel("support")) is None

    async def test_in_direct_messages_with_others_nothing_is_searched(self, parts: Parts) -> None:
        await parts.connect("ann")

        assert await handed(parts, channel=await parts.world.direct("ann", "ben")) is None
        assert await handed(parts, channel=await parts.world.direct("ann", "ben", "cleo")) is None

    async def test_in_somebody_elses_direct_messages_with_aika_nothing_is_searched(self, parts: Parts) -> None:
        await parts.connect("ann")

        assert await handed(parts, channel=await parts.world.direct("ben")) is None

    async def test_who_stopped_is_not_searched_for_any_more(self, parts: Parts) -> None:
        await parts.connect("ann")
        await parts.search.stop(parts.workspace, parts.user("ann"))

        assert await handed(parts) is None

    async def test_what_is_found_while_a_person_stops_is_not_used(self, parts: Parts) -> None:
        await parts.world.say("ann", "secret-project", SAID)
        await parts.connect("ann")
        parts.search.__class__ = StoppedMeanwhile

        assert await handed(parts) == Handed()
        assert len(parts.world.calls_of("assistant.search.context")) == 1


class TestFailing:
    @pytest.mark.parametrize(
        ("fault", "note"),
        [
            ({"retry_after": 30}, LIMITED),
            ({"status": 500}, UNAVAILABLE),
            ({"status": 503}, UNAVAILABLE),
            ({"error": "missing_scope"}, UNAVAILABLE),
            ({"error": "feature_not_enabled"}, UNAVAILABLE),
            ({"drop": True}, UNAVAILABLE),
            ({"error": "token_revoked"}, ENDED),
            ({"error": "account_inactive"}, ENDED),
        ],
        ids=lambda value: str(value) if isinstance(value, dict) else "",
    )
    async def test_a_search_that_fails_leaves_an_answer_without_it_that_says_so(
        self, parts: Parts, fault: dict[str, Any], note: str
    ) -> None:
        await parts.world.say("ann", "secret-project", SAID)
        await parts.connect("ann")
        parts.world.fail("assistant.search.context", **fault)

        assert await handed(parts) == Handed(notes=(note,))
        assert len(parts.world.calls_of("assistant.search.context")) == 1

    async def test_a_slow_search_is_not_waited_for(self, tmp_path: Path) -> None:
        async with personal_parts(tmp_path, seconds=0.5) as parts:
            await parts.connect("ann")
            parts.world.fail("assistant.search.context", hang=20.0)

            assert await handed(parts) == Handed(notes=(UNAVAILABLE,))

    async def test_a_token_that_slack_has_ended_is_forgotten(self, parts: Parts) -> None:
        await parts.connect("ann")
        await handed(parts)
        parts.world.revoke(await parts.token("ann") or "")

        assert await handed(parts) == Handed(notes=(ENDED,))
        assert await handed(parts) is None
        assert parts.forgotten == [principal("ann")]

    async def test_where_it_cannot_be_told_who_is_there_nothing_is_searched(self, parts: Parts) -> None:
        await parts.connect("ann")
        parts.world.fail("conversations.info", status=503, times=9)

        assert await handed(parts) == Handed(notes=(UNAVAILABLE,))
        assert parts.world.calls_of("assistant.search.context") == []

    async def test_no_words_of_messages_are_logged(self, parts: Parts, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO")
        await parts.world.say("ann", "secret-project", SAID)
        await parts.connect("ann")
        await handed(parts)
        parts.world.fail("assistant.search.context", error="fatal_error")
        await handed(parts)

        assert "a personal search failed" in caplog.text
        assert "lighthouse" not in caplog.text
        assert (await parts.token("ann") or "") not in caplog.text


class TestReadingResults:
    def test_messages_around_it_come_with_it_in_order(self) -> None:
        (hit,) = hits_of(answer(result()), team="T1", owner=principal("ann"), without="D9")

        assert hit.chunk.text.splitlines() == [
            "Ben: When is it, @Ann?",
            "[2023-11-14 22:13] Ann: On 14 March, see https://example.org",
            "[2023-11-14 22:14] Ben: Thanks & bye",
        ]

    def test_offsets_and_ids_are_those_of_a_whole_document(self) -> None:
        first, second = hits_of(
            answer(result(), result(message_ts="1700000300.000100")), team="T1", owner=principal("ann"), without=""
        )

        assert (first.chunk.start, first.chunk.end) == (0, len(first.chunk.text))
        assert first.chunk.document.id != second.chunk.document.id
        assert first.score > second.score

    @pytest.mark.parametrize(
        "left_out", [{"is_author_bot": True}, {"content": "  "}, {"message_ts": "yesterday"}, {"channel_id": "D9"}]
    )
    def test_bots_nothing_and_aikas_own_conversation_are_left_out(self, left_out: dict[str, object]) -> None:
        assert hits_of(answer(result(**left_out)), team="T1", owner=principal("ann"), without="D9") == []

    @pytest.mark.parametrize("link", ["javascript:alert(1)", "http://example.org", "https://a b", None])
    def test_only_a_link_of_slacks_is_cited(self, link: str | None) -> None:
        (hit,) = hits_of(answer(result(permalink=link)), team="T1", owner=principal("ann"), without="")

        assert hit.chunk.document.url is None

    def test_an_answer_that_makes_no_sense_is_a_failure_without_its_words(self) -> None:
        with pytest.raises(TransientError) as failed:
            hits_of({"results": {"messages": [{"content": "secret"}]}}, team="T1", owner=principal("ann"), without="")

        assert "secret" not in str(failed.value)

    @pytest.mark.parametrize(
        ("question", "words"),
        [
            ("How long are backups of the order database kept?", "backups order database kept"),
            ("What did Maja say about ERR-031 in checkout-service?", "Maja ERR-031 checkout-service"),
            ("who?", "who?"),
        ],
    )
    def test_keywords_are_what_an_answer_may_repeat(self, question: str, words: str) -> None:
        assert keywords(question) == words

    def test_keywords_are_few(self) -> None:
        long = "please compare the quarterly infrastructure expenditure forecast with actual spending on AWS eu-west-1"

        assert keywords(long).split() == ["quarterly", "infrastructure", "expenditure", "forecast", "AWS", "eu-west-1"]


class TestHome:
    async def test_it_offers_personal_search_in_one_sentence_and_leads_to_slack(self, parts: Parts) -> None:
        await home(parts).show(parts.workspace, parts.user("ann"))

        shown = parts.world.home("ann")
        assert "Only you see such answers" in str(shown)
        assert element(shown, CONNECT)["url"].split("?")[0].endswith("/oauth/v2/authorize")

    async def test_a_person_connects_from_their_home_and_stops_there(self, parts: Parts) -> None:
        shown = home(parts)
        await shown.show(parts.workspace, parts.user("ann"))
        back = agreed(parts.world, element(parts.world.home("ann"), CONNECT)["url"], "ann")

        page = await visit(parts, shown, back)
        connected = parts.world.home("ann")
        await shown.on_stop(received(parts, {"type": "block_actions", "user": {"id": parts.user("ann")}}))

        assert page.status_code == 200
        assert "Personal search is on" in page.text
        assert "Connected since 2 November 2026." in str(connected)
        assert element(connected, STOP)["confirm"]["confirm"]["text"] == "Stop and forget"
        assert "your token is deleted" in str(parts.world.home("ann"))
        assert await parts.token("ann") is None

    async def test_it_says_so_where_slack_could_not_end_it(self, parts: Parts) -> None:
        await parts.connect("ann")
        parts.world.fail("auth.revoke", error="fatal_error", times=9)

        await home(parts).on_stop(received(parts, {"user": {"id": parts.user("ann")}}))

        assert "Slack could not be reached to end it" in str(parts.world.home("ann"))

    async def test_the_other_tabs_are_left_alone(self, parts: Parts) -> None:
        event = {"type": "app_home_opened", "user": parts.user("ann"), "tab": "messages"}

        await home(parts).on_opened(received(parts, {"event": event}))

        assert parts.world.home("ann") is None

    async def test_where_it_is_not_set_up_it_is_not_offered(self, parts: Parts) -> None:
        await Home(People(parts.clock), None, None).show(parts.workspace, parts.user("ann"))

        assert "Personal search" not in str(parts.world.home("ann"))


class TestComingBackFromSlack:
    async def test_who_did_not_agree_is_told_that_nothing_was_kept(self, parts: Parts) -> None:
        page = await visit(parts, home(parts), {"error": "access_denied", "state": "x"})

        assert (page.status_code, "nothing was kept" in page.text) == (200, True)

    @pytest.mark.parametrize("query", [{}, {"code": "x"}, {"code": "x", "state": "<script>alert(1)</script>"}])
    async def test_what_is_no_link_of_ours_is_refused(self, parts: Parts, query: dict[str, str]) -> None:
        page = await visit(parts, home(parts), query)

        assert page.status_code == 400
        assert "<script>" not in page.text

    async def test_the_page_keeps_the_code_to_itself(self, parts: Parts) -> None:
        page = await visit(parts, home(parts), {"code": "abc", "state": "x"})

        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]

    async def test_slack_being_away_is_told(self, parts: Parts) -> None:
        back = agreed(parts.world, parts.consents.link(parts.workspace, parts.user("ann")), "ann")
        parts.world.fail("oauth.v2.access", status=503)

        assert (await visit(parts, home(parts), back)).status_code == 503


class TestEndings:
    async def test_tokens_that_are_revoked_at_slack_are_forgotten(self, parts: Parts) -> None:
        await parts.connect("ann")
        await parts.connect("ben")
        event = {"type": "tokens_revoked", "tokens": {"oauth": [parts.user("ann")], "bot": []}}

        await endings(parts).on_tokens_revoked(received(parts, {"event": event}))

        assert await parts.token("ann") is None
        assert await parts.token("ben") is not None

    async def test_when_the_app_is_removed_all_are_forgotten(self, parts: Parts) -> None:
        await parts.connect("ann")

        await endings(parts).on_app_uninstalled(received(parts, {"event": {"type": "app_uninstalled"}}))

        assert await parts.token("ann") is None

    async def test_who_is_deactivated_is_forgotten_and_their_token_is_void(self, parts: Parts) -> None:
        await parts.connect("ann")
        token = await parts.token("ann") or ""
        event = {"type": "user_change", "user": {"id": parts.user("ann"), "deleted": True}}

        await endings(parts).on_user_change(received(parts, {"event": event}))

        assert await parts.token("ann") is None
        assert parts.world.workspace.tokens[token].state == "revoked"

    async def test_who_changes_their_name_stays_connected(self, parts: Parts) -> None:
        await parts.connect("ann")
        event = {"type": "user_change", "user": {"id": parts.user("ann"), "deleted": False}}

        await endings(parts).on_user_change(received(parts, {"event": event}))

        assert await parts.token("ann") is not None

    def test_each_ending_is_listened_for(self, parts: Parts) -> None:
        dispatcher = Dispatcher()

        endings(parts).register(dispatcher)

        assert all(dispatcher.is_wanted(kind) for kind in ("tokens_revoked", "app_uninstalled", "user_change"))


def home(parts: Parts) -> Home:
    return Home(People(parts.clock), parts.consents, parts.search)


def endings(parts: Parts) -> Endings:
    return Endings(parts.consents, parts.search)


def received(parts: Parts, body: dict[str, Any]) -> Received:
    return Received(parts.workspace, parts.workspace.team, "test", body, parts.clock.now(), "key")


async def visit(parts: Parts, shown: Home, query: dict[str, str]) -> httpx.Response:
    async def when_agreed(agreed: Agreed) -> None:
        await shown.show_if_possible(agreed.workspace, agreed.user)

    app = Starlette(routes=[ConsentCallback(parts.consents, when_agreed).route()])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://aika.example.org") as browser:
        return await browser.get("/slack/oauth/callback", params=query)


def element(view: Any, action: str) -> dict[str, Any]:
    found = [one for block in view["blocks"] for one in block.get("elements", []) if one.get("action_id") == action]
    assert len(found) == 1
    return dict(found[0])


def answer(*messages: dict[str, object]) -> dict[str, object]:
    return {"ok": True, "results": {"messages": list(messages)}}


def result(**changes: object) -> dict[str, object]:
    return {
        "author_name": "Ann",
        "author_user_id": "U1",
        "channel_id": "G1",
        "channel_name": "secret-project",
        "message_ts": "1700000000.000100",
        "content": "On 14 March, see <https://example.org>",
        "is_author_bot": False,
        "permalink": "https://acme.slack.com/archives/G1/p1700000000000100",
        "context_messages": {
            "before": [{"text": "When is it, <@U1>?", "user_id": "U2", "author_name": "Ben"}],
            "after": [{"text": "Thanks &amp; bye", "user_id": "U2", "ts": "1700000060.000100"}],
        },
        **changes,
    }
