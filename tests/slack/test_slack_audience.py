"""What the people of a channel may all read."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_world.world import NewChannel, Person, World, slack_world

from aika.domain.access import EVERYONE, GUESTS
from aika.domain.answers import Abstention, Answer, Band, Citation, Confidence, Origin
from aika.domain.documents import Document
from aika.domain.errors import TransientError
from aika.domain.identifiers import AnswerId, ChunkId, PrincipalId, SourceId
from aika.domain.queries import Hit
from aika.stores.database.database import Database
from aika.surfaces.slack.audience import FRESH_FOR, Audience, Audiences
from aika.surfaces.slack.identity import People
from aika.testing.clock import SetClock
from aika.testing.makers import make_chunk, make_document, make_entries

OTHER = "T0OTHER"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
PEOPLE = [
    "ann",
    "ben",
    Person("gus", guest="multi"),
    Person("eve", external=OTHER, email="ann@example.org"),
    Person("hid", email_hidden=True),
    Person("robot", bot=True),
]
CHANNELS = [
    NewChannel("company", ("ann", "ben")),
    NewChannel("with-guest", ("ann", "gus")),
    NewChannel("with-partner", ("ann", "eve"), shared_with=frozenset({OTHER})),
    NewChannel("with-robot", ("ann", "robot")),
    NewChannel("with-hidden", ("ann", "hid")),
    NewChannel("nobody"),
    NewChannel("half-known", ("ann",), shared_with=frozenset({OTHER})),
]


@dataclass
class Place:
    """A workspace, and what aika knows of documents and groups."""

    world: World
    database: Database
    clock: SetClock
    audiences: Audiences
    client: AsyncWebClient

    async def of(self, channel: str, *, fresh: bool = False) -> Audience:
        return await self.audiences.of_channel(
            self.client, self.world.workspace.id, self.world.channel(channel), fresh=fresh
        )

    async def of_person(self, name: str) -> Audience:
        return await self.audiences.of_person(self.client, self.world.workspace.id, self.world.user(name))

    async def still_admits(self, channel: str, outcome: Answer | Abstention) -> bool:
        return await self.audiences.still_admits(
            self.client, self.world.workspace.id, self.world.channel(channel), outcome
        )

    async def record(self, key: str, readers: Iterable[str]) -> None:
        await self.database.catalogue.record(make_entries(key, readers=list(readers)))

    async def reads(self, audience: Audience) -> set[str]:
        return {document.key for document in await self.database.catalogue.documents(scope=audience.scope)}

    async def group(self, name: str, members: Collection[str]) -> None:
        principals = [PrincipalId(member) for member in members]
        await self.database.directory.record(SourceId("people"), {PrincipalId(name): principals})


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    clock = SetClock()
    async with (
        slack_world(PEOPLE, CHANNELS, storage="memory") as world,
        Database.open(f"sqlite+aiosqlite:///{tmp_path}/aika.db") as database,
    ):
        audiences = Audiences(People(clock), database.directory, database.catalogue, clock)
        client = AsyncWebClient(token=world.app.bot_token, base_url=world.api_url)
        place = Place(world, database, clock, audiences, client)
        await place.record("company", [EVERYONE])
        await place.record("guests", [GUESTS])
        await place.record("ann", ["user:ann@example.org"])
        await place.record("ann and gus", ["user:ann@example.org", "user:gus@example.org"])
        await place.record("ann and ben", ["user:ann@example.org", "user:ben@example.org"])
        yield place


class TestChannels:
    async def test_colleagues_read_what_all_of_them_may(self, place: Place) -> None:
        audience = await place.of("company")

        assert await place.reads(audience) == {"company", "guests", "ann and ben"}
        assert (audience.members, audience.outsiders, audience.closed) == (2, 0, "")

    async def test_with_a_guest_nothing_is_used_that_is_only_the_companys(self, place: Place) -> None:
        audience = await place.of("with-guest")

        assert await place.reads(audience) == {"guests", "ann and gus"}
        assert audience.outsiders == 1

    async def test_the_address_of_somebody_of_another_organisation_makes_them_nobody(self, place: Place) -> None:
        assert await place.reads(await place.of("with-partner")) == {"guests"}
        assert await place.reads(await place.of_person("eve")) == {"guests"}

    async def test_somebody_of_another_organisation_reads_the_channels_that_they_are_in(self, place: Place) -> None:
        team, channel = place.world.workspace.id, place.world.channel("with-partner")
        account = f"slack:{team}:{place.world.user('eve')}"
        await place.group(f"slack:{team}:{channel}", [account, "user:ann@example.org"])
        await place.record("said in the channel", [f"slack:{team}:{channel}"])

        assert await place.reads(await place.of("with-partner")) == {"guests", "said in the channel"}

    async def test_no_group_makes_a_guest_the_company(self, place: Place) -> None:
        await place.group(EVERYONE, ["user:gus@example.org"])

        assert "company" not in await place.reads(await place.of("with-guest"))

    async def test_bots_do_not_count(self, place: Place) -> None:
        audience = await place.of("with-robot")

        assert "company" in await place.reads(audience)
        assert audience.members == 1

    async def test_somebody_without_an_address_reads_what_is_for_guests(self, place: Place) -> None:
        assert await place.reads(await place.of("with-hidden")) == {"guests"}

    async def test_a_shared_channel_of_which_no_outsider_is_listed_is_taken_to_have_one(self, place: Place) -> None:
        assert await place.reads(await place.of("half-known")) == {"guests"}

    async def test_groups_that_change_count_at_once(self, place: Place) -> None:
        await place.record("team", ["group:team"])
        assert "team" not in await place.reads(await place.of("company"))

        await place.group("group:team", ["user:ann@example.org", "user:ben@example.org"])

        assert "team" in await place.reads(await place.of("company"))


class TestPeople:
    async def test_somebody_alone_reads_all_that_they_may(self, place: Place) -> None:
        assert await place.reads(await place.of_person("ann")) == {
            "company",
            "guests",
            "ann",
            "ann and gus",
            "ann and ben",
        }

    async def test_a_guest_alone_reads_what_names_them(self, place: Place) -> None:
        assert await place.reads(await place.of_person("gus")) == {"guests", "ann and gus"}


class TestFailing:
    @pytest.mark.parametrize("method", ["conversations.members", "conversations.info", "users.info"])
    async def test_where_slack_refuses_to_tell_nothing_is_used_and_that_is_said(
        self, place: Place, method: str
    ) -> None:
        place.world.fail(method, error="missing_scope", times=10)

        audience = await place.of("company")

        assert await place.reads(audience) == set()
        assert "could not find out who is in this channel" in audience.closed

    async def test_a_channel_that_aika_is_not_in_is_closed(self, place: Place) -> None:
        elsewhere = await place.world.add_channel(NewChannel("elsewhere", ("ann",), private=True, app=False))

        assert (await place.of(elsewhere)).closed

    async def test_a_channel_without_people_is_closed(self, place: Place) -> None:
        audience = await place.of("nobody")

        assert await place.reads(audience) == set()
        assert "no people" in audience.closed

    async def test_what_passes_is_to_be_tried_again(self, place: Place) -> None:
        place.world.fail("conversations.members", error="internal_error")

        with pytest.raises(TransientError):
            await place.of("company")

        assert not (await place.of("company")).closed


class TestRemembering:
    async def test_members_are_listed_once_for_whoever_asks_at_the_same_time(self, place: Place) -> None:
        await asyncio.gather(*(place.of("company") for _ in range(10)))

        assert len(place.world.calls_of("conversations.members")) == 1

    async def test_members_are_remembered_for_a_minute(self, place: Place) -> None:
        await place.of("company")
        await place.of("company")
        assert len(place.world.calls_of("conversations.members")) == 1

        place.clock.advance(FRESH_FOR + timedelta(seconds=1))
        await place.of("company")
        assert len(place.world.calls_of("conversations.members")) == 2

    async def test_a_change_of_members_is_seen_at_once(self, place: Place) -> None:
        assert "company" in await place.reads(await place.of("company"))

        await place.world.join("gus", "company")
        place.audiences.forget(place.world.workspace.id, place.world.channel("company"))

        assert "company" not in await place.reads(await place.of("company"))

    async def test_all_pages_of_members_are_read(self, place: Place) -> None:
        names = [f"p{number}" for number in range(1_004)]
        async with slack_world([*names, Person("gus", guest="multi")], ["all"], storage="memory") as world:
            client = AsyncWebClient(token=world.app.bot_token, base_url=world.api_url)

            audience = await place.audiences.of_channel(client, world.workspace.id, world.channel("all"))

        assert (audience.members, audience.outsiders) == (1_005, 1)


class TestBeforePosting:
    async def test_an_answer_still_holds_where_nobody_joined(self, place: Place) -> None:
        await place.of("company")

        assert await place.still_admits("company", answer(cited("company")))

    async def test_an_answer_does_not_hold_once_a_guest_joined(self, place: Place) -> None:
        await place.of("company")
        await place.world.join("gus", "company")

        assert not await place.still_admits("company", answer(cited("company")))
        assert await place.still_admits("company", answer(cited("guests")))

    async def test_what_an_answer_was_written_from_counts_though_it_is_not_cited(self, place: Place) -> None:
        from_company = replace(answer(cited("guests")), evidence=(Hit(make_chunk(document=document("company")), 1.0),))

        assert not await place.still_admits("with-guest", from_company)

    async def test_the_nearest_documents_of_an_abstention_count(self, place: Place) -> None:
        hit = Hit(make_chunk(document=document("company")), 1.0)
        unknown = Abstention(AnswerId("a"), "q", "No.", "no evidence", Confidence(0, Band.LOW), NOW, nearest=(hit,))

        assert not await place.still_admits("with-guest", unknown)
        assert await place.still_admits("with-guest", replace(unknown, nearest=()))

    async def test_a_document_that_was_narrowed_meanwhile_counts_as_it_is_now(self, place: Place) -> None:
        told = answer(cited("company"))

        await place.record("company", ["user:ann@example.org"])

        assert not await place.still_admits("company", told)

    async def test_nothing_holds_where_the_members_cannot_be_told(self, place: Place) -> None:
        place.world.fail("conversations.members", error="missing_scope", times=2)

        assert not await place.still_admits("company", answer(cited("guests")))


def document(key: str) -> Document:
    return make_document(key, readers=())


def cited(key: str) -> Citation:
    return Citation(1, document(key), ChunkId("c"), "q", 0, 1, None)


def answer(*citations: Citation) -> Answer:
    sure = Confidence(0.9, Band.HIGH)
    return Answer(AnswerId("a"), "q", "Yes [1].", Origin.EXTRACTED, citations, sure, NOW)
