"""A replay reads the past of a live channel, for what its members may read."""

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from slack_world.world import World

from aika.application.aika import Aika
from aika.application.goalie_replaying import Wanted, replay
from aika.domain.errors import ConfigurationError
from aika.domain.goalies import Goalie, Listeners
from aika.domain.identifiers import GoalieId, PrincipalId
from aika.forms.slack import SlackSettings, SlackWorkspaceSettings
from aika.settings import Settings
from aika.surfaces.cli.goalie_past import past_of_workspace

pytestmark = pytest.mark.asyncio(loop_scope="session")

SUPPORT = Goalie(GoalieId("support"), "support")


def quiet(_what: str, _done: int, _total: int) -> None:
    """Report nothing."""


def settings_for(company: Aika, world: World) -> Settings:
    tokens = SlackWorkspaceSettings(bot_token=SecretStr(world.app.bot_token), app_token=SecretStr(world.app.app_token))
    slack = SlackSettings(workspaces={"acme": tokens}, api_url=world.api_url)
    return company.settings.model_copy(update={"slack": slack})


async def test_messages_come_with_their_threads(company: Aika, world: World) -> None:
    asked = await world.say("ann", "support", "How do I roll back the checkout service?")
    await world.say("ben", "support", "Run `ferry rollback checkout`, it takes two minutes.", thread=asked)

    channel, _ = await past_of_workspace(settings_for(company, world), SUPPORT, days=7, progress=quiet)

    told = [(message.author, message.root) for message in channel.messages]
    assert told == [(world.user("ann"), asked), (world.user("ben"), asked)]
    assert channel.threads == {asked}


async def test_the_knowledge_is_what_every_member_may_read(company: Aika, world: World) -> None:
    _, audience = await past_of_workspace(settings_for(company, world), SUPPORT, days=7, progress=quiet)

    assert audience.members == 2
    assert all(PrincipalId("group:board") not in person for person in audience.scope.audience or ())


async def test_a_channel_that_the_app_does_not_see_is_said(company: Aika, world: World) -> None:
    elsewhere = Goalie(GoalieId("elsewhere"), "elsewhere")

    with pytest.raises(ConfigurationError, match="invite it there"):
        await past_of_workspace(settings_for(company, world), elsewhere, days=7, progress=quiet)


async def test_a_replay_asks_what_is_synced_and_leaves_nothing_behind(company: Aika, world: World) -> None:
    asked = await world.say("ann", "support", "How do I roll back the checkout service?")
    await world.say("ben", "support", "Run `ferry rollback checkout`, it takes two minutes.", thread=asked)
    settings = settings_for(company, world)
    channel, audience = await past_of_workspace(settings, SUPPORT, days=7, progress=quiet)
    wanted = Wanted(SUPPORT, channel, listeners=Listeners(audience.scope, audience.asker_people))

    result = await replay(settings, wanted, progress=quiet)

    (one,) = result.replayed
    assert "ferry rollback checkout" in one.answer
    assert one.asked_at <= datetime.now(UTC)
    assert one.agrees(result.calibrated.cut_off)
    assert not world.calls_of("chat.postMessage")
