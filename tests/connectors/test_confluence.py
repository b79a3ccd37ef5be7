"""The Confluence connector against strict counterparts of Cloud and Data Center on loopback."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from strict_confluence import Confluence, SpaceState
from synced_source import SyncedSource, synced_source
from wire import Told, served

from aika.connectors.confluence.api import Api
from aika.connectors.confluence.connector import ConfluenceConnector, ConfluenceOptions
from aika.connectors.confluence.sites import Cloud, DataCenter
from aika.domain.documents import Owner, RawDocument
from aika.domain.errors import AuthenticationError, ConfigurationError, TransientError, UnreadableDocumentError
from aika.domain.sources import Cursor, Event, Failed, Found, Members, Notification, Removed
from aika.http import HttpOptions, open_http
from aika.parsers.html import HtmlParser
from aika.protocols import Connector
from aika.testing.contracts.connector import ConnectorContract, checkpoint, found, versions


@pytest.fixture
def cloud() -> Iterator[Confluence]:
    yield from _served(Confluence(cloud=True))


@pytest.fixture
def data_center() -> Iterator[Confluence]:
    yield from _served(Confluence(cloud=False))


@pytest.fixture(params=[True, False], ids=["cloud", "datacenter"])
def site(request: pytest.FixtureRequest) -> Iterator[Confluence]:
    yield from _served(Confluence(cloud=request.param))


def _served(made: Confluence) -> Iterator[Confluence]:
    with served(made) as url:
        made.url = url + ("/wiki" if made.cloud else "")
        yield made


def options_for(site: Confluence, **more: object) -> dict[str, object]:
    flavour = {"deployment": "cloud", "user": "bot@acme.org"} if site.cloud else {"deployment": "datacenter"}
    return {"url": site.url, "token": site.token, "spaces": ["ENG"], **flavour, **more}


@asynccontextmanager
async def connected(site: Confluence, **more: object) -> AsyncIterator[Connector]:
    options = ConfluenceOptions.model_validate(options_for(site, **more))
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    async with open_http(HttpOptions(allowed_hosts=options.hosts), sleep=wait) as http:
        api = Api(http, options)
        yield ConfluenceConnector(Cloud(api) if site.cloud else DataCenter(api), options, now=lambda: site.now)


async def events_of(site: Confluence, since: Cursor | None = None, **more: object) -> list[Event]:
    async with connected(site, **more) as connector:
        return [event async for event in connector.read(since)]


async def document(site: Confluence, id: str, **more: object) -> RawDocument:
    async with connected(site, **more) as connector:
        events = [event async for event in connector.read(None)]
        return await found(events, id).load()


def text_of(raw: RawDocument) -> str:
    return HtmlParser().parse(raw).body.text


def members(events: list[Event], site: Confluence) -> dict[str, set[str]]:
    prefix = "confluence:127.0.0.1:"
    return {
        event.group.removeprefix(prefix): {member.removeprefix(prefix) for member in event.members}
        for event in events
        if isinstance(event, Members)
    }


class ConfluencePlace:
    def __init__(self, site: Confluence) -> None:
        self._site = site

    async def add(self, name: str, text: str) -> str:
        return self._site.add(name, f"<p>{text}</p>").id

    async def change(self, key: str, text: str) -> None:
        self._site.edit(key, f"<p>{text}</p>")

    async def remove(self, key: str) -> None:
        self._site.items[key].status = "trashed"
        self._site.later(hours=2)

    async def spoil(self, key: str) -> None:
        self._site.items[key].broken = True

    def connect(self) -> object:
        return connected(self._site)


class TestConfluenceCloudContract(ConnectorContract):
    @pytest.fixture
    async def place(self, cloud: Confluence) -> ConfluencePlace:  # type: ignore[override]  # a `Place` by its shape
        return ConfluencePlace(cloud)


class TestConfluenceDataCenterContract(ConnectorContract):
    @pytest.fixture
    async def place(self, data_center: Confluence) -> ConfluencePlace:  # type: ignore[override]  # a `Place` by its shape
        return ConfluencePlace(data_center)


async def test_a_page_tells_its_place_people_dates_and_labels(site: Confluence) -> None:
    top = site.add("Platform", "")
    page = site.add("Deploy", "<h2>Roll back</h2><p>Ask first.</p>", parent=top.id, labels=["runbook", "prod"])

    raw = await document(site, page.id)

    assert raw.attributes == {"space": "ENG", "version": "1", "labels": ("prod", "runbook"), "path": ("Platform",)}
    assert raw.url == f"{site.url}/spaces/ENG/pages/{page.id}"
    assert raw.authors == ("Ann",)
    owner = Owner("Bob", "bob@acme.org", "page owner") if site.cloud else Owner("Ann", None, "page creator")
    assert raw.owner == owner
    assert str(raw.modified_at) == "2026-06-01 00:00:00+00:00"
    anchor = HtmlParser().parse(raw).body.blocks[0].anchor
    assert anchor == ("Roll-back" if site.cloud else "Deploy-Rollback")


async def test_macros_that_hold_knowledge_become_text(cloud: Confluence) -> None:
    body = """<p>Ask <ac:link><ri:user ri:account-id="bob" /></ac:link>&nbsp;or read
      <ac:link><ri:page ri:content-title="On call" /></ac:link>, see <ac:link ac:anchor="x"><ri:page ri:content-title="T" />
      <ac:plain-text-link-body><![CDATA[the <plan>]]></ac:plain-text-link-body></ac:link>.</p>
    <ac:structured-macro ac:name="toc" />
    <ac:structured-macro ac:name="warning"><ac:parameter ac:name="title">Careful</ac:parameter>
      <ac:rich-text-body><p>Never on Friday.</p></ac:rich-text-body></ac:structured-macro>
    <ac:structured-macro ac:name="code"><ac:parameter ac:name="language">bash</ac:parameter>
      <ac:plain-text-body><![CDATA[make deploy \\
  --env="prod" && echo &nbsp;]]></ac:plain-text-body></ac:structured-macro>
    <ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">Details</ac:parameter>
      <ac:rich-text-body><table><tbody><tr><th>Env</th><th>Owner</th></tr><tr><td><p>prod</p></td><td>
      <ac:structured-macro ac:name="status"><ac:parameter ac:name="title">OPS</ac:parameter></ac:structured-macro>
      </td></tr></tbody></table></ac:rich-text-body></ac:structured-macro>
    <ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>
      <ac:task-body>Rotate keys</ac:task-body></ac:task><ac:task><ac:task-status>incomplete</ac:task-status>
      <ac:task-body>Tell <time datetime="2026-01-02" /></ac:task-body></ac:task></ac:task-list>
    <ac:structured-macro ac:name="children" /><ac:structured-macro ac:name="acme-widget"><ac:rich-text-body>
      <p>Inside.</p></ac:rich-text-body></ac:structured-macro>
    <ac:structured-macro ac:name="jira"><ac:parameter ac:name="key">OPS-7</ac:parameter></ac:structured-macro>"""
    page = cloud.add("Deploy", body)

    text = text_of(await document(cloud, page.id))

    assert "Ask @Bob or read On call, see the <plan>." in text
    assert "> Warning: Careful\n\n> Never on Friday." in text
    assert '```bash\nmake deploy \\\n  --env="prod" && echo &nbsp;\n```' in text
    assert "Details\n\n| Env | Owner |\n| --- | --- |\n| prod | OPS |" in text
    assert "- [x] Rotate keys\n- [ ] Tell 2026-01-02" in text
    assert text.endswith("Inside.\n\nJira OPS-7")


async def test_a_damaged_body_is_read_as_far_as_it_goes(cloud: Confluence) -> None:
    page = cloud.add("Odd", "<p>First &copy; &nosuch; <b>bold</p><p>Second</p>\x07")

    assert "First ©" in text_of(await document(cloud, page.id))


async def test_parts_nested_without_end_are_one_pages_failure(cloud: Confluence) -> None:
    nested = "<ac:layout><ac:layout-section>" * 120
    page = cloud.add("Deep", nested + "deep" + "</ac:layout-section></ac:layout>" * 120)

    with suppress(UnreadableDocumentError):
        assert "deep" in text_of(await document(cloud, page.id))


async def test_a_page_without_restrictions_is_for_those_who_see_the_space(site: Confluence) -> None:
    site.spaces["ENG"].users.append("cai")
    page = site.add("Open", "")

    events = await events_of(site)
    raw = await found_in(site, events, page.id)

    assert raw.readers == {"confluence:127.0.0.1:space:ENG"}
    told = members(events, site)
    assert told["space:ENG"] == {"group:staff", "cai"}
    assert told["group:staff"] == {"ann", "bob", "cai"}
    assert {key: told[key] for key in ("ann", "bob") if key in told} == (
        {"ann": {"user:ann@acme.org"}, "bob": {"user:bob@acme.org"}} if site.cloud else {}
    )


async def test_restrictions_of_a_page_and_of_all_above_it_hold_together(site: Confluence) -> None:
    site.groups["leads"] = ["ann", "eve"]
    site.users["eve"] = "eve@acme.org"
    top = site.add("Top", "", groups=["leads"])
    middle = site.add("Middle", "", parent=top.id)
    leaf = site.add("Leaf", "", parent=middle.id, users=["ann", "bob"])

    events = await events_of(site)

    assert (await found_in(site, events, middle.id)).readers == {f"confluence:127.0.0.1:page:{top.id}"}
    assert (await found_in(site, events, leaf.id)).readers == {f"confluence:127.0.0.1:page:{leaf.id}"}
    told = members(events, site)
    assert told[f"page:{top.id}"] == {"ann"}, "eve is a lead but does not see the space"
    assert told[f"page:{leaf.id}"] == {"ann"}, "bob is named but is no lead"


async def found_in(site: Confluence, events: list[Event], id: str) -> RawDocument:
    fresh = await events_of(site)
    assert versions(fresh)[id] == versions(events)[id]
    return await document(site, id)


async def test_a_space_open_to_the_world_is_for_everyone(data_center: Confluence) -> None:
    data_center.spaces["ENG"].anonymous = True
    page = data_center.add("Open", "")

    assert (await document(data_center, page.id)).readers == {"everyone"}


async def test_groups_that_cannot_be_told_are_reported_and_let_nobody_in(site: Confluence) -> None:
    site.hidden_groups = True
    page = site.add("Closed", "", groups=["staff"])

    events = await events_of(site)

    failed = {event.key.removeprefix("confluence:127.0.0.1:") for event in events if isinstance(event, Failed)}
    assert failed == {f"page:{page.id}", "group:staff"}
    assert f"page:{page.id}" not in members(events, site)


async def test_a_space_that_nobody_seems_to_see_is_reported(site: Confluence) -> None:
    site.spaces["ENG"].groups.clear()
    site.add("Page", "")

    failed = [event for event in await events_of(site) if isinstance(event, Failed)]

    assert [event.key for event in failed] == ["confluence:127.0.0.1:space:ENG"]
    assert "permissions: false" in failed[0].reason


async def test_without_permissions_the_sources_file_decides(site: Confluence) -> None:
    page = site.add("Open", "")

    assert (await document(site, page.id, permissions=False)).readers is None
    assert not any("permissions" in path or "group" in path for path in site.paths())


async def test_between_listings_only_changes_are_asked_for(site: Confluence) -> None:
    site.later(days=-30)
    site.add("Old", "")
    site.later(days=30)
    cursor = checkpoint(await events_of(site, full_every=1)).cursor
    site.later(minutes=10)
    new = site.add("New", "")

    events = await events_of(site, cursor, full_every=1)

    assert set(versions(events)) == {new.id}
    assert not checkpoint(events).complete
    assert members(events, site)["group:staff"], "groups are told in every run"
    site.later(hours=1)
    assert checkpoint(await events_of(site, checkpoint(events).cursor, full_every=1)).complete


async def test_what_the_search_lags_behind_with_is_neither_lost_nor_kept_too_long(cloud: Confluence) -> None:
    fresh, gone = cloud.add("Fresh", ""), cloud.add("Gone", "")
    cloud.unsearchable.add(fresh.id)
    cloud.items[gone.id].status = "trashed"

    events = await events_of(cloud)

    assert [event.key for event in events if isinstance(event, Failed)] == [fresh.id]
    assert versions(events) == {}


async def test_blog_posts_and_attachments_are_documents_if_wanted(site: Confluence) -> None:
    page = site.add("Page", "", users=["ann"])
    post = site.add("Post", "<p>News</p>", type="blogpost")
    plan = site.add("plan.md", "# Plan", type="attachment", parent=page.id)
    site.add("photo.png", "", type="attachment", parent=page.id)

    assert set(versions(await events_of(site))) == {page.id, post.id}
    assert set(versions(await events_of(site, blog_posts=False, attachments=True))) == {page.id, plan.id}
    raw = await document(site, plan.id, attachments=True)
    assert (raw.content, raw.path, raw.attributes["page"]) == (b"# Plan", "plan.md", "Page")
    assert raw.readers == {f"confluence:127.0.0.1:page:{page.id}"}


async def test_all_spaces_but_personal_ones_are_read_where_none_is_named(site: Confluence) -> None:
    site.spaces |= {"OPS": SpaceState(78), "~ANN": SpaceState(79, type="personal"), "HR": SpaceState(80)}
    site.add("Eng", "")
    ops, mine = site.add("Ops", "", space="OPS"), site.add("Mine", "", space="~ANN")

    found_keys = set(versions(await events_of(site, spaces=[])))

    assert ops.id in found_keys
    assert mine.id not in found_keys


async def test_a_space_that_is_not_there_is_an_error_that_names_it(site: Confluence) -> None:
    with pytest.raises(ConfigurationError, match="no space NOPE"):
        await events_of(site, spaces=["ENG", "NOPE"])


async def test_an_expired_token_is_an_error_that_says_so_and_keeps_it_secret(site: Confluence) -> None:
    with pytest.raises(ConfigurationError, match="may have expired") as caught:
        await events_of(site, token="old-token")  # not one

    assert "old-token" not in str(caught.value)


async def test_a_rate_limit_is_waited_for_or_handed_on(site: Confluence) -> None:
    site.add("Page", "")
    site.refusals = [Told(429, headers={"Retry-After": "5"})]
    assert len(versions(await events_of(site))) == 1
    site.refusals = [Told(429, headers={"Retry-After": "900"})]

    with pytest.raises(TransientError) as caught:
        await events_of(site)

    assert caught.value.retry_after == 900


def signed(body: object, secret: str = "hook") -> Notification:  # noqa: S107  # a test's
    raw = json.dumps(body).encode()
    signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return Notification({"x-hub-signature": f"sha256={signature}"}, raw)


async def noticed(site: Confluence, notification: Notification) -> list[Event]:
    async with connected(site, webhook_secret="hook") as connector:  # a test's
        assert isinstance(connector, ConfluenceConnector)
        return [event async for event in connector.notice(notification)]


async def test_a_webhook_tells_of_a_change_and_of_a_deletion(data_center: Confluence) -> None:
    page = data_center.add("Page", "", users=["ann"])
    elsewhere = data_center.add("Elsewhere", "", space="OTHER")

    data_center.unsearchable.add(page.id)
    changed = await noticed(data_center, signed({"event": "page_updated", "page": {"id": int(page.id)}}))
    replayed = await noticed(data_center, signed({"event": "page_trashed", "page": {"id": int(page.id)}}))
    foreign = await noticed(data_center, signed({"event": "page_updated", "page": {"id": int(elsewhere.id)}}))
    data_center.items[page.id].status = "trashed"
    trashed = await noticed(data_center, signed({"event": "page_trashed", "page": {"id": int(page.id)}}))

    assert [event.key for event in changed if isinstance(event, Found)] == [page.id]
    assert [event.key for event in replayed if isinstance(event, Found)] == [page.id], "it is still there"
    assert members(changed, data_center)[f"page:{page.id}"] == {"ann"}
    assert trashed == [Removed(page.id)]
    assert foreign == []


async def test_a_webhook_with_a_wrong_signature_is_refused_before_anything_is_asked(data_center: Confluence) -> None:
    with pytest.raises(AuthenticationError):
        await noticed(data_center, signed({"event": "page_updated", "page": {"id": 1}}, secret="other"))

    assert data_center.paths() == []


@pytest.fixture
async def company(cloud: Confluence, tmp_path: Path) -> AsyncIterator[SyncedSource]:
    async with synced_source(tmp_path, "confluence", options_for(cloud)) as source:
        yield source


async def test_an_edit_a_restriction_a_membership_and_a_deletion_take_effect_by_the_next_sync(
    cloud: Confluence, company: SyncedSource
) -> None:
    page = cloud.add("Rota", "<p>zebra</p>")
    kept = cloud.add("Other", "<p>heron</p>")
    await company.sync()
    assert await company.find("zebra", by="user:bob@acme.org") == [page.id]
    assert await company.find("zebra", by="user:eve@acme.org") == []

    cloud.edit(page.id, "<p>okapi</p>")
    await company.sync()
    assert await company.find("zebra") == []
    assert await company.find("okapi", by="user:bob@acme.org") == [page.id]

    cloud.items[page.id].users = ["ann"]
    await company.sync()
    assert await company.find("okapi", by="user:bob@acme.org") == []
    assert await company.find("okapi", by="user:ann@acme.org") == [page.id]

    cloud.items[page.id].users = ["ann", "bob"]
    report = await company.sync()
    assert report.changed == report.added == 0, "only members changed"
    assert await company.find("okapi", by="user:bob@acme.org") == [page.id]

    cloud.groups["staff"].remove("bob")
    await company.sync()
    assert await company.find("okapi", by="user:bob@acme.org") == []
    assert await company.find("heron", by="user:bob@acme.org") == []

    cloud.items[page.id].status = "trashed"
    report = await company.sync()
    assert report.removed == 1
    assert await company.find("okapi") == []
    assert await company.find("heron", by="user:ann@acme.org") == [kept.id]
