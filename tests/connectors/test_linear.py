"""The Linear connector: listings, what was updated since, readers, webhooks and refusals, against a strict API at the wire."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from strict_linear import Entity, StrictLinear, refusal, strict_linear
from wire import Told

from aika.connectors.linear.connector import LinearConnector, LinearOptions
from aika.domain.access import EVERYONE
from aika.domain.documents import Kind, Owner, RawDocument
from aika.domain.errors import (
    AuthenticationError,
    ConfigurationError,
    InvalidRequestError,
    PermanentError,
    TransientError,
)
from aika.domain.sources import Checkpoint, Cursor, Event, Found, Members, Notification, Removed
from aika.parsers.markdown import MarkdownParser
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.contracts.connector import ConnectorContract, checkpoint, found

SECRET = "lin_wh_secret"


@pytest.fixture
def linear() -> Iterator[StrictLinear]:
    with strict_linear() as running:
        yield running


@pytest.fixture
def team(linear: StrictLinear) -> Entity:
    return linear.team("ENG")


def connector(linear: StrictLinear, folder: Path, **options: object) -> AbstractAsyncContextManager[LinearConnector]:
    chosen = LinearOptions.model_validate(linear.options(**options))
    return LinearConnector.open(chosen, Surroundings(folder, folder, TechnicalAnalyzer()))


async def events_of(linear: StrictLinear, folder: Path, since: Cursor | None = None, **options: object) -> list[Event]:
    async with connector(linear, folder, **options) as opened:
        return [event async for event in opened.read(since)]


async def loaded(linear: StrictLinear, folder: Path, key: str, **options: object) -> RawDocument:
    async with connector(linear, folder, **options) as opened:
        return await found([event async for event in opened.read(None)], key).load()


async def text_of(linear: StrictLinear, folder: Path, key: str) -> str:
    return (await loaded(linear, folder, key)).content.decode()


def key_of(kind: str, entity: Entity) -> str:
    return f"{kind}/{entity['id']}"


def keys(events: list[Event]) -> list[str]:
    return [event.key for event in events if isinstance(event, Found)]


def removed(events: list[Event]) -> list[str]:
    return [event.key for event in events if isinstance(event, Removed)]


class TeamPlace:
    """A team whose issues a test can change."""

    def __init__(self, linear: StrictLinear, folder: Path) -> None:
        self._linear = linear
        self._folder = folder
        self._team = linear.team("ENG", "private", linear.user("Ada"))

    async def add(self, name: str, text: str) -> str:
        return key_of("issue", self._linear.issue(self._team, name, text))

    async def change(self, key: str, text: str) -> None:
        self._linear.edit(self._issue(key), description=text)

    async def remove(self, key: str) -> None:
        self._linear.edit(self._issue(key), archivedAt=self._issue(key)["createdAt"])

    async def spoil(self, key: str) -> None:
        self._linear.broken.add(key.partition("/")[2])

    def connect(self) -> AbstractAsyncContextManager[LinearConnector]:
        return connector(self._linear, self._folder)

    def _issue(self, key: str) -> Entity:
        return self._linear.entities["issue"][key.partition("/")[2]]


class TestLinearConnectorKeepsTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, linear: StrictLinear, tmp_path: Path) -> TeamPlace:
        return TeamPlace(linear, tmp_path)


class TestIssues:
    async def test_an_issue_says_in_sentences_what_its_fields_say(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        ada, parent = linear.user("Ada"), linear.issue(team, "Checkout")
        other = linear.issue(team, "Receipts")
        issue = linear.issue(
            team,
            "Double charge",
            "Customers pay twice.",
            assignee=ada,
            creator=linear.user("Grace"),
            parent=parent,
            relations=[{"type": "blocks", "relatedIssue": other}],
            labels=[{"name": "bug"}, {"name": "money"}],
            dueDate="2026-04-01",
        )

        text = await text_of(linear, tmp_path, key_of("issue", issue))

        assert "ENG-3 is an issue of the team Team ENG (ENG). Its state is In Progress. Its priority is High." in text
        assert "It is assigned to Ada (Ada@Example.org). Grace created it on" in text
        assert "It is due on 2026-04-01. Its labels are bug and money. It is a part of ENG-1 (Checkout)." in text
        assert "It blocks ENG-2 (Receipts)." in text
        assert "Customers pay twice." in text

    async def test_an_issues_fields_are_attributes_too(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        ada = linear.user("Ada")
        issue = linear.issue(team, "Double charge", assignee=ada, previousIdentifiers=["OPS-9"])

        raw = await loaded(linear, tmp_path, key_of("issue", issue))

        assert (raw.kind, raw.title, raw.url) == (Kind.ISSUE, "ENG-1: Double charge", issue["url"])
        assert raw.owner == Owner("Ada", "ada@example.org", "Linear assignee")
        assert raw.attributes["status"] == "In Progress"
        assert raw.attributes["previous_identifiers"] == ("OPS-9",)
        assert raw.modified_at == datetime.fromisoformat(str(issue["updatedAt"]))

    async def test_every_comment_is_read_oldest_first_and_can_be_opened(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        issue = linear.issue(team, "Double charge")
        comments = [linear.comment(issue, f"thought {number}", linear.user(f"P{number}")) for number in range(5)]

        raw = await loaded(linear, tmp_path, key_of("issue", issue))

        text = raw.content.decode()
        places = [text.index(f"thought {number}") for number in range(5)]
        assert places == sorted(places)
        anchors = {block.anchor for block in MarkdownParser().parse(raw).body.blocks}
        assert f"comment-{str(comments[3]['id'])[:8]}" in anchors
        assert raw.authors == ("P0", "P1", "P2", "P3", "P4")

    async def test_listing_reads_no_contents(self, linear: StrictLinear, team: Entity, tmp_path: Path) -> None:
        linear.issue(team, "Double charge")

        await events_of(linear, tmp_path)

        assert [asked for asked in linear.asked if b"description" in asked.body] == []

    async def test_only_the_named_teams_are_read(self, linear: StrictLinear, team: Entity, tmp_path: Path) -> None:
        inside, outside = linear.issue(team, "one"), linear.issue(linear.team("OPS"), "two")

        events = await events_of(linear, tmp_path, teams=["eng"])

        assert keys(events) == [key_of("issue", inside)]
        assert key_of("issue", outside) not in keys(events)

    async def test_a_team_that_is_not_there_is_named_with_those_that_are(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        with pytest.raises(ConfigurationError, match=r"'XYZ'.*ENG"):
            await events_of(linear, tmp_path, teams=["XYZ"])


class TestOtherEntities:
    async def test_a_project_tells_its_lead_status_and_updates(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        ada = linear.user("Ada")
        update = {"body": "We ship in May.", "createdAt": "2026-03-01T00:00:00.000Z", "health": "onTrack", "user": ada}
        project = linear.project("Checkout", team, lead=ada, projectUpdates=[update], content="Pay once.")

        raw = await loaded(linear, tmp_path, key_of("project", project))

        text = raw.content.decode()
        assert "Checkout is a project of Team ENG. Its status is Planned. Its lead is Ada (Ada@Example.org)." in text
        assert "### Ada, 2026-03-01: onTrack\n\nWe ship in May." in text
        assert raw.owner == Owner("Ada", "ada@example.org", "Linear project lead")

    async def test_documents_and_initiatives_are_read(self, linear: StrictLinear, team: Entity, tmp_path: Path) -> None:
        project = linear.project("Checkout", team)
        document = linear.document("Plan", "Refund first.", project=project)
        initiative = linear.initiative("Trust", projects=[project], owner=linear.user("Ada"))

        written = await text_of(linear, tmp_path, key_of("document", document))
        aim = await text_of(linear, tmp_path, key_of("initiative", initiative))

        assert "Plan is a document of the project Checkout.\n\nRefund first." in written
        assert "Its status is Active. Its owner is Ada (Ada@Example.org). Its projects are Checkout." in aim

    async def test_each_sort_can_be_left_out(self, linear: StrictLinear, team: Entity, tmp_path: Path) -> None:
        linear.project("Checkout", team)
        linear.document("Plan", "Refund first.")
        linear.initiative("Trust")

        assert keys(await events_of(linear, tmp_path, projects=False, documents=False, initiatives=False)) == []

    async def test_a_trashed_document_is_removed(self, linear: StrictLinear, team: Entity, tmp_path: Path) -> None:
        document = linear.document("Plan", "Refund first.")
        cursor = checkpoint(await events_of(linear, tmp_path)).cursor
        linear.edit(document, trashed=True, archivedAt=document["createdAt"])

        assert removed(await events_of(linear, tmp_path, cursor)) == [key_of("document", document)]


class TestUpdates:
    async def test_only_what_was_updated_is_read(self, linear: StrictLinear, team: Entity, tmp_path: Path) -> None:
        linear.issue(team, "old", updatedAt="2020-01-01T00:00:00.000Z")
        fresh = linear.issue(team, "new")
        cursor = checkpoint(await events_of(linear, tmp_path)).cursor

        events = await events_of(linear, tmp_path, cursor)

        assert keys(events) == [key_of("issue", fresh)]
        assert not checkpoint(events).complete

    async def test_a_version_is_the_same_however_it_was_read(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        issue = linear.issue(team, "Double charge")
        for number in range(3):
            linear.comment(issue, f"thought {number}")
        before = await events_of(linear, tmp_path)

        after = await events_of(linear, tmp_path, checkpoint(before).cursor)

        key = key_of("issue", issue)
        assert found(after, key).version == found(before, key).version

    async def test_a_new_comment_on_an_old_issue_gives_a_new_version(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        issue = linear.issue(team, "old", updatedAt="2020-01-01T00:00:00.000Z")
        before = await events_of(linear, tmp_path)
        linear.comment(issue, "It is the retry.")

        after = await events_of(linear, tmp_path, checkpoint(before).cursor)

        key = key_of("issue", issue)
        assert found(after, key).version != found(before, key).version

    async def test_a_deleted_comment_is_seen_by_the_next_full_listing(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        issue = linear.issue(team, "Double charge")
        comment = linear.comment(issue, "It is the retry.")
        before = await events_of(linear, tmp_path)
        linear.delete("comment", comment)

        key = key_of("issue", issue)
        assert found(await events_of(linear, tmp_path), key).version != found(before, key).version

    @pytest.mark.parametrize("fields", [{"archivedAt": "2026-03-01T00:00:00.000Z"}, {"trashed": True}])
    async def test_what_was_archived_or_trashed_is_removed(
        self, linear: StrictLinear, team: Entity, tmp_path: Path, fields: Entity
    ) -> None:
        issue = linear.issue(team, "Double charge")
        cursor = checkpoint(await events_of(linear, tmp_path)).cursor
        linear.edit(issue, **fields)

        assert removed(await events_of(linear, tmp_path, cursor)) == [key_of("issue", issue)]

    async def test_an_issue_that_moves_to_a_team_that_is_not_read_is_removed(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        other, issue = linear.team("OPS"), linear.issue(team, "Double charge")
        cursor = checkpoint(await events_of(linear, tmp_path, teams=["ENG"])).cursor
        linear.edit(issue, team=other)

        assert removed(await events_of(linear, tmp_path, cursor, teams=["ENG"])) == [key_of("issue", issue)]

    async def test_everything_is_listed_again_after_some_hours(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        cursor = checkpoint(await events_of(linear, tmp_path)).cursor
        async with connector(linear, tmp_path) as opened:
            opened._now = lambda: datetime.now(UTC) + timedelta(hours=25)
            events = [event async for event in opened.read(cursor)]

        assert checkpoint(events).complete

    async def test_what_could_not_be_loaded_for_a_while_is_listed_again(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        linear.issue(team, "old", updatedAt="2020-01-01T00:00:00.000Z")
        last = Cursor("")
        async with connector(linear, tmp_path) as opened:
            async for event in opened.read(None):
                if isinstance(event, Found):
                    linear.refusals = [Told(500, b"{}")]
                    with pytest.raises(TransientError):
                        await event.load()
                if isinstance(event, Checkpoint):
                    last = event.cursor

        assert checkpoint(await events_of(linear, tmp_path, last)).complete


class TestReaders:
    async def test_a_public_team_is_for_everyone(self, linear: StrictLinear, team: Entity, tmp_path: Path) -> None:
        issue = linear.issue(team, "one")

        assert (await loaded(linear, tmp_path, key_of("issue", issue))).readers == {EVERYONE}

    async def test_a_private_team_is_for_its_members(self, linear: StrictLinear, tmp_path: Path) -> None:
        people = [linear.user(name) for name in ("Ada", "Grace", "Alan")]
        gone, robot = linear.user("Gone", active=False), linear.user("Robot", app=True)
        team = linear.team("SEC", "private", *people, gone, robot)
        issue = linear.issue(team, "one")

        events = await events_of(linear, tmp_path)

        group = f"linear:{team['id']}"
        assert (await loaded(linear, tmp_path, key_of("issue", issue))).readers == {group}
        told = {event.group: event.members for event in events if isinstance(event, Members)}
        assert told == {group: {"user:ada@example.org", "user:grace@example.org", "user:alan@example.org"}}

    async def test_a_member_who_leaves_is_told_without_reading_an_issue(
        self, linear: StrictLinear, tmp_path: Path
    ) -> None:
        ada, grace = linear.user("Ada"), linear.user("Grace")
        team = linear.team("SEC", "private", ada, grace)
        linear.issue(team, "old", updatedAt="2020-01-01T00:00:00.000Z")
        cursor = checkpoint(await events_of(linear, tmp_path)).cursor
        team["members"] = [ada]

        events = await events_of(linear, tmp_path, cursor)

        assert keys(events) == []
        assert [event.members for event in events if isinstance(event, Members)] == [{"user:ada@example.org"}]

    async def test_a_team_that_becomes_private_closes_its_old_issues_too(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        issue = linear.issue(team, "old", updatedAt="2020-01-01T00:00:00.000Z")
        before = await events_of(linear, tmp_path)
        team["visibility"] = "private"

        after = await events_of(linear, tmp_path, checkpoint(before).cursor)

        key = key_of("issue", issue)
        assert found(after, key).version != found(before, key).version

    async def test_public_teams_can_be_for_the_workspace_without_guests(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        linear.user("Ada")
        linear.user("Visitor", guest=True)
        issue = linear.issue(team, "one")

        events = await events_of(linear, tmp_path, workspace_members_only=True)

        raw = await loaded(linear, tmp_path, key_of("issue", issue), workspace_members_only=True)
        assert raw.readers == {"linear:workspace"}
        assert [event.members for event in events if isinstance(event, Members)] == [{"user:ada@example.org"}]

    async def test_a_project_is_for_all_its_teams_and_its_documents_likewise(
        self, linear: StrictLinear, tmp_path: Path
    ) -> None:
        first, second = linear.team("SEC", "private"), linear.team("LAW", "private")
        project = linear.project("Audit", first, second)
        document = linear.document("Plan", "Ask first.", project=project)
        loose = linear.document("Note", "Whose is this?")

        both = {f"linear:{first['id']}", f"linear:{second['id']}"}
        assert (await loaded(linear, tmp_path, key_of("project", project))).readers == both
        assert (await loaded(linear, tmp_path, key_of("document", document))).readers == both
        assert (await loaded(linear, tmp_path, key_of("document", loose))).readers is None

    async def test_an_initiative_that_is_not_public_is_for_nobody(self, linear: StrictLinear, tmp_path: Path) -> None:
        initiative = linear.initiative("Merger", visibility="private")

        assert (await loaded(linear, tmp_path, key_of("initiative", initiative))).readers == frozenset()


def hook(kind: str, at: float | None = None, **data: object) -> bytes:
    sent = int((time.time() if at is None else at) * 1000)
    return json.dumps({"action": "update", "type": kind, "data": data, "webhookTimestamp": sent}).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"linear-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


async def noticed(
    linear: StrictLinear, folder: Path, body: bytes, headers: dict[str, str] | None = None, **options: object
) -> list[Event]:
    async with connector(linear, folder, **{"webhook_secret": SECRET, **options}) as opened:
        notification = Notification(signed(body) if headers is None else headers, body)
        return [event async for event in opened.notice(notification)]


class TestWebhooks:
    async def test_an_updated_issue_is_found_with_the_version_of_the_listing(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        issue = linear.issue(team, "one")
        linear.comment(issue, "a thought")

        events = await noticed(linear, tmp_path, hook("Issue", id=issue["id"]))

        key = key_of("issue", issue)
        assert found(events, key).version == found(await events_of(linear, tmp_path), key).version

    async def test_a_comment_leads_to_its_issue(self, linear: StrictLinear, team: Entity, tmp_path: Path) -> None:
        issue = linear.issue(team, "one")
        comment = linear.comment(issue, "a thought")

        for data in ({"issueId": issue["id"]}, {"issue": {"id": issue["id"]}}):
            events = await noticed(linear, tmp_path, hook("Comment", id=comment["id"], **data))

            assert keys(events) == [key_of("issue", issue)]

    async def test_what_is_gone_is_removed(self, linear: StrictLinear, team: Entity, tmp_path: Path) -> None:
        assert removed(await noticed(linear, tmp_path, hook("Issue", id="gone"))) == ["issue/gone"]
        assert removed(await noticed(linear, tmp_path, hook("Project", id="gone"))) == ["project/gone"]

    async def test_a_project_is_found(self, linear: StrictLinear, team: Entity, tmp_path: Path) -> None:
        project = linear.project("Checkout", team)

        assert keys(await noticed(linear, tmp_path, hook("Project", id=project["id"]))) == [key_of("project", project)]

    async def test_what_does_not_concern_the_source_yields_nothing(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        assert await noticed(linear, tmp_path, hook("Reaction", id="r")) == []
        assert await noticed(linear, tmp_path, hook("Document", id="d"), documents=False) == []

    async def test_an_issue_of_another_team_is_not_taken_in(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        other = linear.issue(linear.team("OPS"), "two")

        assert keys(await noticed(linear, tmp_path, hook("Issue", id=other["id"]), teams=["ENG"])) == []

    @pytest.mark.parametrize("headers", [{}, {"linear-signature": "00"}, {"linear-signature": ""}])
    async def test_without_a_signature_nothing_is_looked_at(
        self, linear: StrictLinear, team: Entity, tmp_path: Path, headers: dict[str, str]
    ) -> None:
        with pytest.raises(AuthenticationError):
            await noticed(linear, tmp_path, hook("Issue", id="i"), headers)

        assert linear.asked == []

    async def test_a_recorded_webhook_is_refused_later(self, linear: StrictLinear, tmp_path: Path) -> None:
        with pytest.raises(AuthenticationError, match="old"):
            await noticed(linear, tmp_path, hook("Issue", at=time.time() - 3600, id="i"))

    async def test_a_webhook_without_a_time_is_refused(self, linear: StrictLinear, tmp_path: Path) -> None:
        with pytest.raises(AuthenticationError, match="webhookTimestamp"):
            await noticed(linear, tmp_path, b'{"type": "Issue"}')

    async def test_a_body_that_is_no_webhook_is_an_invalid_request(self, linear: StrictLinear, tmp_path: Path) -> None:
        with pytest.raises(InvalidRequestError):
            await noticed(linear, tmp_path, b'{"webhookTimestamp": "never"}')


class TestRefusals:
    async def test_a_quota_is_waited_for_until_it_is_filled_again(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        waited: list[float] = []

        async def sleep(seconds: float) -> None:
            waited.append(seconds)

        spent = {"X-RateLimit-Requests-Remaining": "0", "X-RateLimit-Requests-Reset": "1000007000"}
        async with connector(linear, tmp_path) as opened:
            opened._api.sleep = sleep
            opened._api.now = lambda: 1_000_000.0
            linear.refusals = [refusal(400, "RATELIMITED", **spent)]
            events = [event async for event in opened.read(None)]

        assert checkpoint(events).complete
        assert waited == [7.0]

    async def test_a_quota_that_is_used_up_for_long_is_left_to_the_next_sync(
        self, linear: StrictLinear, tmp_path: Path
    ) -> None:
        soon = str(int((time.time() + 1800) * 1000))
        linear.refusals = [refusal(400, "RATELIMITED", **{"X-RateLimit-Requests-Reset": soon})]

        with pytest.raises(TransientError, match="quota") as refused:
            await events_of(linear, tmp_path)

        assert refused.value.retry_after is not None
        assert 1700 < refused.value.retry_after <= 1800

    async def test_after_the_quota_is_used_up_nothing_more_is_asked(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        for number in range(3):
            linear.issue(team, f"issue {number}")
        async with connector(linear, tmp_path) as opened:
            events = [event async for event in opened.read(None)]
            soon = str(int((time.time() + 1800) * 1000))
            linear.refusals = [refusal(400, "RATELIMITED", **{"X-RateLimit-Requests-Reset": soon})]
            linear.asked.clear()
            for key in keys(events):
                with pytest.raises(TransientError, match="quota"):
                    await found(events, key).load()

        assert len(linear.asked) == 1

    async def test_a_token_that_expired_says_so_and_is_not_shown(self, linear: StrictLinear, tmp_path: Path) -> None:
        with pytest.raises(PermanentError, match="expired") as refused:
            await events_of(linear, tmp_path, token="lin_api_of_yesterday")

        assert "lin_api_of_yesterday" not in str(refused.value)

    async def test_an_access_token_is_sent_as_a_bearer(
        self, linear: StrictLinear, team: Entity, tmp_path: Path
    ) -> None:
        issue = linear.issue(team, "one")

        assert keys(await events_of(linear, tmp_path, token="access-token")) == [key_of("issue", issue)]

    async def test_an_address_that_is_no_graphql_says_which_option_is_wrong(
        self, linear: StrictLinear, tmp_path: Path
    ) -> None:
        linear.refusals = [Told(404, b"<html>")]

        with pytest.raises(PermanentError, match="api_url"):
            await events_of(linear, tmp_path)
