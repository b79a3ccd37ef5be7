"""Who the people of Slack are to aika."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_world.world import Person, World, slack_world

from aika.domain.errors import PermanentError, TransientError
from aika.surfaces.slack.identity import FRESH_FOR, People, SlackPerson, person_of
from aika.testing.clock import SetClock

TEAM = "T1"


def user(**changes: object) -> Mapping[str, object]:
    """A full member as ``users.info`` shows them."""
    return {"id": "U1", "team_id": TEAM, "profile": {"email": "Ann@Example.org", "display_name": "ann"}, **changes}


def profile(email: str) -> Mapping[str, object]:
    return {"email": email, "display_name": "ann"}


class TestWhoSomebodyIs:
    def test_a_full_member_is_their_address_and_of_the_company(self) -> None:
        person = person_of(user(), TEAM)

        assert person.principal == "user:ann@example.org"
        assert person.is_company

    @pytest.mark.parametrize("address", ["ann+test@example.org", "a.nn@example.org", "ann@mail.example.org"])
    def test_an_address_that_is_alike_is_somebody_else(self, address: str) -> None:
        assert person_of(user(profile=profile(address)), TEAM).principal == f"user:{address}"

    @pytest.mark.parametrize("kind", ["is_restricted", "is_ultra_restricted"])
    def test_a_guest_is_their_address_and_not_of_the_company(self, kind: str) -> None:
        person = person_of(user(**{kind: True}), TEAM)

        assert person.principal == "user:ann@example.org"
        assert not person.is_company

    @pytest.mark.parametrize("changes", [{"is_stranger": True}, {"team_id": "T2"}, {"team_id": None}])
    def test_somebody_of_another_organisation_is_their_account_whatever_address_they_have(
        self, changes: Mapping[str, object]
    ) -> None:
        person = person_of(user(**changes), TEAM)

        assert person.principal == "slack:T1:U1"
        assert person.is_external
        assert not person.is_company

    def test_in_an_organisation_of_several_workspaces_a_colleague_of_another_one_is_of_the_company(self) -> None:
        colleague = user(team_id="T2", enterprise_user={"teams": ["T2", TEAM]})

        assert person_of(colleague, TEAM).is_company

    @pytest.mark.parametrize(
        "changes", [{"is_bot": True}, {"is_workflow_bot": True}, {"deleted": True}, {"id": "USLACKBOT"}]
    )
    def test_bots_and_deactivated_people_are_nobody_and_read_nothing(self, changes: Mapping[str, object]) -> None:
        person = person_of(user(**changes), TEAM)

        assert person.principal is None
        assert not person.reads
        assert not person.is_company

    @pytest.mark.parametrize("changes", [{"profile": {}}, {"is_email_confirmed": False}, {"profile": profile(" ")}])
    def test_without_an_address_that_is_vouched_for_somebody_is_nobody(self, changes: Mapping[str, object]) -> None:
        person = person_of(user(**changes), TEAM)

        assert person.principal is None
        assert person.reads
        assert not person.is_company

    def test_what_is_no_person_is_tried_again_and_its_data_is_not_told(self) -> None:
        with pytest.raises(TransientError) as told:
            person_of({"name": "secret"}, TEAM)

        assert "secret" not in str(told.value)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack_world(["ann", "ben", Person("gus", guest="multi")], storage="memory") as world:
        yield world


@pytest.fixture
def client(world: World) -> AsyncWebClient:
    return AsyncWebClient(token=world.app.bot_token, base_url=world.api_url)


class TestLookingUp:
    async def test_people_who_are_asked_for_at_the_same_time_are_looked_up_once(
        self, world: World, client: AsyncWebClient
    ) -> None:
        people = People(SetClock())

        found = await asyncio.gather(*(self.ann(people, world, client) for _ in range(20)))

        assert {person.principal for person in found} == {"user:ann@example.org"}
        assert len(world.calls_of("users.info")) == 1

    async def test_a_person_is_remembered_for_a_while(self, world: World, client: AsyncWebClient) -> None:
        clock = SetClock()
        people = People(clock)

        await self.ann(people, world, client)
        clock.advance(FRESH_FOR - timedelta(seconds=1))
        await self.ann(people, world, client)
        assert len(world.calls_of("users.info")) == 1

        clock.advance(timedelta(seconds=2))
        await self.ann(people, world, client)
        assert len(world.calls_of("users.info")) == 2

    async def test_a_change_is_seen_at_once(self, world: World, client: AsyncWebClient) -> None:
        people = People(SetClock())
        assert (await self.ann(people, world, client)).is_company

        await world.change_person("ann", guest="single")
        people.forget(world.workspace.id, world.user("ann"))

        assert not (await self.ann(people, world, client)).is_company

    async def test_an_answer_from_before_a_change_is_not_remembered(self, world: World, client: AsyncWebClient) -> None:
        people = People(SetClock())
        under_way = asyncio.create_task(self.ann(people, world, client))
        await asyncio.sleep(0)

        people.forget(world.workspace.id, world.user("ann"))
        await under_way
        await self.ann(people, world, client)

        assert len(world.calls_of("users.info")) == 2

    async def test_who_stops_waiting_leaves_the_others_their_answer(self, world: World, client: AsyncWebClient) -> None:
        people = People(SetClock())
        first = asyncio.create_task(self.ann(people, world, client))
        await asyncio.sleep(0)
        second = asyncio.create_task(self.ann(people, world, client))
        await asyncio.sleep(0)

        first.cancel()

        assert (await second).principal == "user:ann@example.org"
        assert len(world.calls_of("users.info")) == 1

    async def test_somebody_whom_slack_does_not_show_is_nobody(self, world: World, client: AsyncWebClient) -> None:
        stranger = await People(SetClock()).person(client, world.workspace.id, "U0UNKNOWN")

        assert stranger.principal is None
        assert not stranger.is_company

    async def test_a_failure_is_told_and_not_remembered(self, world: World, client: AsyncWebClient) -> None:
        people = People(SetClock())
        world.fail("users.info", error="internal_error")

        with pytest.raises(TransientError):
            await self.ann(people, world, client)
        assert (await self.ann(people, world, client)).is_company

    async def test_an_app_that_may_not_look_people_up_is_told_so(self, world: World, client: AsyncWebClient) -> None:
        world.fail("users.info", error="missing_scope")

        with pytest.raises(PermanentError, match="missing_scope"):
            await self.ann(People(SetClock()), world, client)

    async def ann(self, people: People, world: World, client: AsyncWebClient) -> SlackPerson:
        return await people.person(client, world.workspace.id, world.user("ann"))


async def test_many_unknown_people_are_listed_in_the_place_of_a_call_for_each() -> None:
    names = [f"p{number}" for number in range(60)]
    async with slack_world(names, storage="memory") as world:
        client = AsyncWebClient(token=world.app.bot_token, base_url=world.api_url)
        users = [world.user(name) for name in names]

        found = await People(SetClock()).people(client, world.workspace.id, users)

        assert [found[user].name for user in users] == names
        assert world.calls_of("users.info") == []
        assert len(world.calls_of("users.list")) == 1
