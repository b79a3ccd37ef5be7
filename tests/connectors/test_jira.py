"""The Jira connector: listings, what was updated, readers, webhooks and markup, against a strict API at the wire."""

import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from strict_jira import StrictJira, body_of, group, person, strict_jira
from synced_source import SyncedSource, synced_source
from wire import Told, rate_limited

from aika.connectors.jira.connector import JiraConnector
from aika.connectors.jira.markup import markdown_of
from aika.connectors.jira.options import JiraOptions
from aika.domain.access import EVERYONE
from aika.domain.documents import Owner, RawDocument
from aika.domain.errors import AuthenticationError, InvalidRequestError, PermanentError
from aika.domain.sources import Cursor, Event, Failed, Found, Members, Notification, Removed, SyncPhase
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.contracts.connector import ConnectorContract, checkpoint, found

SECRET = "hook"
HOST = "jira:127.0.0.1"


@pytest.fixture(params=[True, False], ids=["cloud", "datacenter"])
def jira(request: pytest.FixtureRequest) -> Iterator[StrictJira]:
    with strict_jira(cloud=request.param) as running:
        yield running


@pytest.fixture
def cloud() -> Iterator[StrictJira]:
    with strict_jira() as running:
        yield running


def connector(jira: StrictJira, folder: Path, **options: object) -> AbstractAsyncContextManager[JiraConnector]:
    chosen = JiraOptions.model_validate(jira.options(**options))
    return JiraConnector.open(chosen, Surroundings(folder, folder, TechnicalAnalyzer()))


async def events_of(jira: StrictJira, folder: Path, since: Cursor | None = None, **options: object) -> list[Event]:
    async with connector(jira, folder, **options) as opened:
        return [event async for event in opened.read(since)]


async def loaded(jira: StrictJira, folder: Path, id: str, **options: object) -> RawDocument:
    async with connector(jira, folder, **options) as opened:
        return await found([event async for event in opened.read(None)], f"issue/{id}").load()


def keys(events: list[Event]) -> list[str]:
    return [event.key for event in events if isinstance(event, Found)]


def members(events: list[Event]) -> dict[str, set[str]]:
    return {event.group: set(event.members) for event in events if isinstance(event, Members)}


class ProjectPlace:
    """A project whose issues a test can change."""

    def __init__(self, jira: StrictJira, folder: Path) -> None:
        self._jira = jira
        self._folder = folder
        jira.project("PAY", group("payments"))
        jira.groups["payments"] = [person("Ada")]

    async def add(self, name: str, text: str) -> str:
        return f"issue/{self._jira.issue('PAY', name, text)}"

    async def change(self, key: str, text: str) -> None:
        self._jira.edit(key.partition("/")[2], description=text)

    async def remove(self, key: str) -> None:
        del self._jira.issues[key.partition("/")[2]]

    async def spoil(self, key: str) -> None:
        self._jira.forbidden.add(key.partition("/")[2])

    def connect(self) -> AbstractAsyncContextManager[JiraConnector]:
        # Jira does not tell what was deleted: the contract is that of a run that lists everything.
        return connector(self._jira, self._folder, full_every=1e-9)


class TestJiraConnectorKeepsTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, jira: StrictJira, tmp_path: Path) -> ProjectPlace:
        return ProjectPlace(jira, tmp_path)


class TestIssues:
    async def test_an_issue_says_in_sentences_what_its_fields_say(self, cloud: StrictJira, tmp_path: Path) -> None:
        cloud.project("PAY")
        other = {"key": "PAY-9", "fields": {"summary": "Receipts"}}
        issue = cloud.issue(
            "PAY",
            "Double charge",
            "h2. Steps\n* pay *twice*",
            assignee=person("Ada"),
            reporter=person("Grace"),
            components=[{"name": "checkout"}, {"name": "ledger"}],
            resolution={"name": "Fixed"},
            issuelinks=[{"type": {"inward": "is blocked by", "outward": "blocks"}, "outwardIssue": other}],
        )

        raw = await loaded(cloud, tmp_path, issue)

        text = raw.content.decode()
        assert "PAY-1 is a Bug of the project Project PAY (PAY). Its status is In Progress, resolved as Fixed." in text
        assert "It is assigned to Ada (ada@Example.org). Grace reported it on" in text
        assert "Its components are checkout and ledger. PAY-1 blocks PAY-9 (Receipts)." in text
        assert "#### Steps\n- pay **twice**" in text
        assert raw.owner == Owner("Ada", "ada@example.org", "Jira assignee")
        assert raw.url == f"{cloud.url}/browse/PAY-1"
        assert raw.attributes["components"] == ("checkout", "ledger")
        assert raw.modified_at is not None
        assert raw.modified_at.utcoffset() == timedelta(0)

    async def test_every_comment_is_read_save_those_for_a_few(self, jira: StrictJira, tmp_path: Path) -> None:
        jira.project("PAY")
        issue = jira.issue("PAY", "Double charge")
        for number in range(5):
            jira.comment(issue, f"thought {number}")
        jira.comment(issue, "for administrators", visibility={"type": "role", "value": "Administrators"})

        text = (await loaded(jira, tmp_path, issue)).content.decode()

        assert all(f"thought {number}" in text for number in range(5))
        assert "for administrators" not in text

    async def test_every_page_of_every_project_is_read(self, jira: StrictJira, tmp_path: Path) -> None:
        for key in ("PAY", "OPS", "WEB"):
            jira.project(key)
            for number in range(3):
                jira.issue(key, f"issue {number}")

        assert len(keys(await events_of(jira, tmp_path))) == 9

    async def test_projects_and_jql_choose(self, jira: StrictJira, tmp_path: Path) -> None:
        jira.project("PAY")
        jira.project("OPS")
        wanted = jira.issue("PAY", "one")
        jira.issue("PAY", "two", issuetype={"name": "Epic"})
        jira.issue("OPS", "three")

        events = await events_of(jira, tmp_path, projects=["PAY"], jql="issuetype = Bug")

        assert keys(events) == [f"issue/{wanted}"]

    async def test_only_what_was_updated_is_found_again(self, jira: StrictJira, tmp_path: Path) -> None:
        jira.project("PAY")
        old = jira.issue("PAY", "old")
        jira.fields(old)["updated"] = "2020-01-01T00:00:00.000+0000"
        fresh = jira.issue("PAY", "new")
        cursor = checkpoint(await events_of(jira, tmp_path)).cursor

        events = await events_of(jira, tmp_path, cursor)

        assert keys(events) == [f"issue/{fresh}"]
        assert not checkpoint(events).complete

    async def test_a_project_that_cannot_be_listed_removes_nothing(self, cloud: StrictJira, tmp_path: Path) -> None:
        cloud.project("PAY")
        cloud.issue("PAY", "one")

        async with connector(cloud, tmp_path, permissions=False) as opened:
            events = []
            cloud.refusals = [Told.json({"values": [cloud.projects["PAY"]], "isLast": True}), Told.json({}, 400)]
            events = [event async for event in opened.read(None)]

        assert [event.key for event in events if isinstance(event, Failed)] == ["PAY"]
        assert not checkpoint(events).complete


class TestReaders:
    async def test_a_project_for_all_who_may_log_in_is_for_everyone(self, jira: StrictJira, tmp_path: Path) -> None:
        jira.project("PAY", {"type": "applicationRole"})
        issue = jira.issue("PAY", "one")

        assert (await loaded(jira, tmp_path, issue)).readers == {EVERYONE}

    async def test_a_project_is_for_its_groups_roles_lead_and_people(self, jira: StrictJira, tmp_path: Path) -> None:
        jira.project(
            "PAY",
            group("payments"),
            {"type": "projectRole", "parameter": "10002"},
            {"type": "projectLead"},
            {"type": "user", "parameter": "acc-alan", "user": person("Alan")},
            {"type": "reporter"},
        )
        jira.groups["payments"] = [person("Ada"), person("Gone", active=False)]
        jira.groups["auditors"] = [person("Grace")]
        jira.roles["10002"] = [
            {"type": "atlassian-group-role-actor", "name": "auditors"},
            {"type": "atlassian-user-role-actor", "name": "x", "actorUser": person("Edsger")},
        ]
        issue = jira.issue("PAY", "one")

        told = members(await events_of(jira, tmp_path))

        assert (await loaded(jira, tmp_path, issue)).readers == {f"{HOST}:project:PAY"}
        assert told[f"{HOST}:project:PAY"] == {
            f"{HOST}:group:payments",
            f"{HOST}:group:auditors",
            f"{HOST}:acc-edsger",
            f"{HOST}:acc-lead",
            f"{HOST}:acc-alan",
        }
        assert told[f"{HOST}:group:payments"] == {f"{HOST}:acc-ada"}
        assert told[f"{HOST}:acc-ada"] == {"user:ada@example.org"}

    async def test_a_security_level_is_for_those_who_are_in_it_and_in_the_project(
        self, cloud: StrictJira, tmp_path: Path
    ) -> None:
        cloud.project("PAY", group("payments"))
        cloud.groups["payments"] = [person("Ada"), person("Grace")]
        cloud.groups["trusted"] = [person("Grace"), person("Stranger")]
        cloud.levels["5"] = [group("trusted")]
        issue = cloud.issue("PAY", "one", security={"id": "5", "name": "Trusted"})

        told = members(await events_of(cloud, tmp_path))

        level = f"{HOST}:project:PAY:level:5"
        assert (await loaded(cloud, tmp_path, issue)).readers == {level}
        assert told[level] == {f"{HOST}:acc-grace"}

    async def test_what_jira_does_not_tell_is_a_group_that_failed(self, tmp_path: Path) -> None:
        with strict_jira(cloud=False) as jira:
            jira.project("PAY", group("payments"))
            jira.groups["payments"] = [person("Ada")]
            jira.issue("PAY", "one", security={"id": "5", "name": "Trusted"})
            jira.project("OPS")
            del jira.browse["OPS"]
            jira.issue("OPS", "two")

            events = await events_of(jira, tmp_path)

        failed = {event.key for event in events if isinstance(event, Failed)}
        assert failed == {f"{HOST}:project:PAY:level:5", f"{HOST}:project:OPS"}

    async def test_without_permissions_the_configuration_decides_save_for_secured_issues(
        self, jira: StrictJira, tmp_path: Path
    ) -> None:
        jira.project("PAY", group("payments"))
        plain = jira.issue("PAY", "one")
        secured = jira.issue("PAY", "two", security={"id": "5", "name": "Trusted"})

        events = await events_of(jira, tmp_path, permissions=False)

        assert (await loaded(jira, tmp_path, plain, permissions=False)).readers is None
        assert Removed(f"issue/{secured}") in events


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-hub-signature": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


async def noticed(
    jira: StrictJira, folder: Path, body: bytes, headers: dict[str, str] | None = None, **options: object
) -> list[Event]:
    async with connector(jira, folder, **{"webhook_secret": SECRET, **options}) as opened:
        notification = Notification(signed(body) if headers is None else headers, body)
        return [event async for event in opened.notice(notification)]


class TestWebhooks:
    async def test_an_updated_issue_is_found_with_the_version_of_the_listing(
        self, jira: StrictJira, tmp_path: Path
    ) -> None:
        jira.project("PAY", group("payments"))
        jira.groups["payments"] = [person("Ada")]
        issue = jira.issue("PAY", "one")

        events = await noticed(jira, tmp_path, body_of("jira:issue_updated", issue))

        key = f"issue/{issue}"
        assert found(events, key).version == found(await events_of(jira, tmp_path), key).version

    async def test_what_is_gone_or_not_read_is_removed(self, jira: StrictJira, tmp_path: Path) -> None:
        jira.project("PAY")
        epic = jira.issue("PAY", "one", issuetype={"name": "Epic"})

        assert await noticed(jira, tmp_path, body_of("jira:issue_deleted", 99)) == [Removed("issue/99")]
        for options in ({"projects": ["OPS"]}, {"jql": "issuetype = Bug"}):
            events = await noticed(jira, tmp_path, body_of("jira:issue_updated", int(epic)), **options)

            assert events == [Removed(f"issue/{epic}")]

    async def test_what_is_about_no_issue_yields_nothing(self, jira: StrictJira, tmp_path: Path) -> None:
        assert await noticed(jira, tmp_path, b'{"webhookEvent": "user_created"}') == []

    @pytest.mark.parametrize("headers", [{}, {"x-hub-signature": "sha256=00"}])
    async def test_without_a_signature_nothing_is_looked_at(
        self, jira: StrictJira, tmp_path: Path, headers: dict[str, str]
    ) -> None:
        with pytest.raises(AuthenticationError):
            await noticed(jira, tmp_path, body_of("jira:issue_updated", 1), headers)

        assert jira.asked == []

    @pytest.mark.parametrize("body", [b"[]", b'{"issue": {"id": "../user"}}'])
    async def test_a_body_that_makes_no_sense_is_an_invalid_request(
        self, jira: StrictJira, tmp_path: Path, body: bytes
    ) -> None:
        with pytest.raises(InvalidRequestError):
            await noticed(jira, tmp_path, body)


def processor_seconds(markup: str) -> float:
    began = time.process_time()
    markdown_of(markup)
    return time.process_time() - began


class TestMarkup:
    @pytest.mark.parametrize(
        ("markup", "markdown"),
        [
            ("h1. Title", "### Title"),
            ("* one\n** two\n# three", "- one\n   - two\n1. three"),
            ("{code:java}\nint x = *p;\n{code}", "```java\nint x = *p;\n```"),
            ("{code:title=A.py|language=python}\nx\n{code}", "```python\nx\n```"),
            ("{noformat}a {b}{noformat}", "```\na {b}\n```"),
            ("see [the guide|https://docs.example.org/a] or [https://b.example]", None),
            ("||a||b||\n|1|2|", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
            ("bq. so be it", "> so be it"),
            ("{quote}\nfirst\nsecond\n{quote}", "> first\n> second"),
            ("{color:red}stop{color} !shot.png|thumbnail! {{kubectl}} [~accountid:5b]", "stop  `kubectl` @5b"),
            (r"escaped \{brace\}", "escaped {brace}"),
            ("2 * 3 * 4 and a*b*c", "2 * 3 * 4 and a*b*c"),
            ("{quote}never closed", "> never closed"),
            ("{code}never closed", "{code}never closed"),
        ],
    )
    def test_markup_becomes_markdown(self, markup: str, markdown: str | None) -> None:
        expected = markdown or "see [the guide](https://docs.example.org/a) or <https://b.example>"

        assert markdown_of(markup) == expected

    @pytest.mark.parametrize(
        "piece",
        [
            "{code:",
            "{code:x}",
            "{code}{noformat}",
            "*a ",
            "|a",
            "[",
            "[a|",
            "[~",
            "{{",
            "{quote}\n",
            "!a.",
            "{panel:",
            "\\",
        ],
    )
    def test_no_text_takes_longer_than_its_length(self, piece: str) -> None:
        short, long = piece * 2_000, piece * 16_000

        # A quadratic conversion would take 64 times as long; a loaded machine makes single runs vary.
        assert processor_seconds(long) < 24 * processor_seconds(short) + 0.5


class TestRefusals:
    async def test_a_token_that_expired_says_so_and_is_not_shown(self, jira: StrictJira, tmp_path: Path) -> None:
        with pytest.raises(PermanentError, match="expired") as refused:
            await events_of(jira, tmp_path, token="of-yesterday")

        assert "of-yesterday" not in str(refused.value)

    async def test_everything_is_listed_again_after_some_hours(self, jira: StrictJira, tmp_path: Path) -> None:
        cursor = checkpoint(await events_of(jira, tmp_path)).cursor
        async with connector(jira, tmp_path) as opened:
            opened._now = lambda: datetime.now(UTC) + timedelta(hours=2)

            assert checkpoint([event async for event in opened.read(cursor)]).complete


class TestSynced:
    @pytest.fixture
    async def issues(self, cloud: StrictJira, tmp_path: Path) -> AsyncIterator[SyncedSource]:
        async with synced_source(tmp_path, "jira", cloud.options(webhook_secret=SECRET)) as source:
            yield source

    async def test_from_the_first_sync_to_a_deletion(self, cloud: StrictJira, issues: SyncedSource) -> None:
        cloud.project("PAY", group("payments"))
        cloud.groups["payments"] = [person("Ada")]
        first, second = cloud.issue("PAY", "one", "marmalade"), cloud.issue("PAY", "two", "otters")

        added = await issues.sync()
        cloud.edit(first, description="porridge")
        edited = await issues.sync()
        del cloud.issues[second]
        body = body_of("jira:issue_deleted", second)
        removed = await issues.apply(signed(body), body)

        assert (added.added, edited.changed, removed.removed) == (2, 1, 1)
        assert await issues.find("porridge", by="user:ada@example.org") == [f"issue/{first}"]
        assert await issues.find("porridge", by="user:grace@example.org") == []
        assert await issues.find("otters") == []

    async def test_a_member_who_leaves_may_no_longer_read(self, cloud: StrictJira, issues: SyncedSource) -> None:
        cloud.project("PAY", group("payments"))
        cloud.groups["payments"] = [person("Ada")]
        cloud.issue("PAY", "one", "marmalade")
        issues.configure(full_every=1e-9)
        await issues.sync()
        cloud.groups["payments"] = [person("Grace")]

        report = await issues.sync()

        assert report.changed == 0
        assert await issues.find("marmalade", by="user:ada@example.org") == []
        assert len(await issues.find("marmalade", by="user:grace@example.org")) == 1

    async def test_a_rate_limit_is_waited_for(self, cloud: StrictJira, issues: SyncedSource) -> None:
        cloud.project("PAY")
        cloud.issue("PAY", "one", "marmalade")
        cloud.refusals = [rate_limited(), rate_limited()]

        report = await issues.sync()

        assert (report.phase, report.added) == (SyncPhase.SUCCEEDED, 1)
