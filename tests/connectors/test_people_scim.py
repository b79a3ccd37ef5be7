"""People and teams of an identity provider, against a server that pages and refuses as RFC 7644 says."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from synced_source import SyncedSource, synced_source
from wire import Asked, Told, rate_limited, served

from aika.connectors.people.connector import PeopleConnector, PeopleOptions
from aika.domain.errors import ConfigurationError
from aika.domain.sources import Event, Members, SyncPhase
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.contracts.connector import found, versions

TOKEN = "a SCIM token"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class Provider:
    """An identity provider with pages of two."""

    largest_page = 2

    def __init__(self) -> None:
        self.users: dict[str, dict[str, object]] = {}
        self.groups: dict[str, dict[str, object]] = {}
        self.asked: list[Asked] = []
        self.refusals: list[Told] = []
        self.tokens = {TOKEN}
        self.url = ""

    def user(self, id: str, name: str, **more: object) -> str:
        given, _, family = name.partition(" ")
        self.users[id] = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "id": id,
            "userName": f"{given.lower()}@acme.example",
            "name": {"givenName": given, "familyName": family},
            "emails": [{"value": "private@home.example"}, {"value": f"{given}@acme.example", "primary": True}],
            "active": True,
            **more,
        }
        return f"person:{id}"

    def group(self, id: str, name: str, *members: str) -> str:
        self.groups[id] = {"id": id, "displayName": name, "members": [{"value": member} for member in members]}
        return f"team:{name.lower()}"

    def __call__(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if self.refusals:
            return self.refusals.pop(0)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _scim({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "401"}, 401)
        if "application/scim+json" not in asked.headers.get("accept", ""):
            return _scim({"status": "406"}, 406)
        match asked.path:
            case "/scim/v2/Users":
                return self._page(list(self.users.values()), asked.query)
            case "/scim/v2/Groups":
                return self._page(list(self.groups.values()), asked.query)
        return _scim({"status": "404"}, 404)

    def _page(self, resources: list[dict[str, object]], query: dict[str, str]) -> Told:
        start = max(1, int(query.get("startIndex", "1")))
        shown = resources[start - 1 :][: min(int(query.get("count", "100")), self.largest_page)]
        page = {"totalResults": len(resources), "startIndex": start, "itemsPerPage": len(shown)}
        # A provider may leave the key out where there is nothing.
        return _scim({**page, **({"Resources": shown} if shown else {})})


def _scim(value: object, status: int = 200) -> Told:
    told = Told.json(value, status)
    return Told(told.status, told.body, {"Content-Type": "application/scim+json"})


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    with served(made) as url:
        made.url = f"{url}/scim/v2"
        yield made


async def events_of(url: str, **options: object) -> list[Event]:
    chosen = PeopleOptions.model_validate({"url": url, "token": TOKEN, **options})
    async with PeopleConnector.open(chosen, Surroundings(Path(), Path(), TechnicalAnalyzer())) as opened:
        return [event async for event in opened.read(None)]


async def text_of(url: str, key: str) -> str:
    return (await found(await events_of(url), key).load()).content.decode()


def groups(events: list[Event]) -> dict[str, frozenset[str]]:
    return {event.group: frozenset(event.members) for event in events if isinstance(event, Members)}


class TestReading:
    async def test_every_page_is_read(self, provider: Provider) -> None:
        people = {provider.user(str(number), f"P{number} Lee") for number in range(5)}

        assert set(versions(await events_of(provider.url))) == people
        assert [asked.query["startIndex"] for asked in provider.asked if asked.path.endswith("Users")] == [
            "1",
            "3",
            "5",
        ]

    async def test_a_user_is_told_with_title_manager_and_department(self, provider: Provider) -> None:
        provider.user("u1", "Ann Lee")
        work = {"department": "Bank", "manager": {"value": "u1"}}
        key = provider.user("u2", "Ben Ray", title="Engineer", addresses=[{"locality": "Oslo"}], **{ENTERPRISE: work})

        text = await text_of(provider.url, key)

        assert "Ben Ray is Engineer. Ben Ray is in the department Bank. Ben Ray is based in Oslo." in text
        assert {"- Manager: Ann Lee", "- E-mail: ben@acme.example"} <= set(text.splitlines())
        assert "u2" not in text

    async def test_groups_have_members_by_email_and_groups_in_them(self, provider: Provider) -> None:
        provider.user("u1", "Ann Lee")
        provider.group("g1", "Payments", "u1")
        provider.group("g2", "Bank", "g1")

        known = groups(await events_of(provider.url))

        assert known == {"group:payments": {"user:ann@acme.example"}, "group:bank": {"group:payments"}}

    async def test_accounts_come_from_the_companys_own_schema(self, provider: Provider) -> None:
        provider.user("u1", "Ann Lee", **{"urn:acme:User": {"githubLogin": "ann", "slackId": "T1:U1A"}})

        known = groups(await events_of(provider.url))

        assert known == {account: {"user:ann@acme.example"} for account in ("github:ann", "slack:T1:U1A")}

    async def test_an_inactive_user_loses_every_membership(self, provider: Provider) -> None:
        provider.user("u1", "Ann Lee", active=False, **{"urn:acme:User": {"github": "ann"}})
        provider.user("u2", "Ben Ray")
        provider.group("g1", "Payments", "u1", "u2")

        events = await events_of(provider.url)

        assert groups(events) == {"group:payments": {"user:ben@acme.example"}}
        assert set(versions(events)) == {"person:u2", "team:payments"}


class TestRefusals:
    async def test_a_refused_token_says_which_is_needed(self, provider: Provider) -> None:
        with pytest.raises(ConfigurationError, match="may read users and groups") as caught:
            await events_of(provider.url, token="an old token")

        assert "an old token" not in str(caught.value)

    async def test_a_wrong_address_is_told(self, provider: Provider) -> None:
        with pytest.raises(ConfigurationError, match="ends before /Users"):
            await events_of(f"{provider.url}/Users")

    async def test_a_busy_provider_is_asked_again(self, provider: Provider) -> None:
        key = provider.user("u1", "Ann Lee")
        provider.refusals = [rate_limited()]

        assert set(versions(await events_of(provider.url))) == {key}


class TestSyncing:
    @pytest.fixture
    async def source(self, tmp_path: Path, provider: Provider) -> AsyncIterator[SyncedSource]:
        options = {"url": provider.url, "token": TOKEN}
        readers = frozenset({"group:payments"})
        async with synced_source(tmp_path, "people", options, readers=readers) as source:
            yield source

    async def test_who_is_deactivated_may_read_nothing_more_after_the_next_sync(
        self, provider: Provider, source: SyncedSource
    ) -> None:
        provider.user("u1", "Ann Lee")
        provider.user("u2", "Ben Ray", title="Engineer")
        provider.group("g1", "Payments", "u1", "u2")
        await source.sync()
        before = await source.find("engineer ben", by="user:ann@acme.example")
        provider.user("u1", "Ann Lee", active=False)
        await source.sync()

        assert "person:u2" in before
        assert await source.find("engineer ben", by="user:ann@acme.example") == []
        assert "person:u2" in await source.find("engineer ben", by="user:ben@acme.example")

    async def test_an_expired_token_loses_nobody(self, provider: Provider, source: SyncedSource) -> None:
        key = provider.user("u1", "Ann Lee")
        await source.sync()
        provider.tokens.clear()

        report = await source.sync()

        assert report.phase is SyncPhase.FAILED
        assert await source.find("Ann Lee") == [key]
