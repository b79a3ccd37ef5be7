"""Before a goalie speaks it is looked up whether Slack has its channels, with aika in them, and its people."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_world.world import World, slack_world
from transport_in_slack import settings_of

from aika.domain.goalies import Goalie
from aika.domain.identifiers import GoalieId
from aika.settings import Settings, load_settings
from aika.surfaces.slack.checking import Checked
from aika.surfaces.slack.goalie_checking import check_in_slack

GOALIE = Goalie(GoalieId("support"), "support", log_channel="support", humans=("ann@example.org",))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack_world(["ann", "ben"], ["support"], storage="memory", retry_delays=(0.0, 0.05)) as opened:
        yield opened


@pytest.fixture
def settings(world: World, tmp_path: Path) -> Settings:
    (tmp_path / ".aika").mkdir()
    return load_settings(tmp_path).model_copy(update={"slack": settings_of(world)})


async def looked_at(settings: Settings, goalie: Goalie) -> list[Checked]:
    return [checked async for checked in check_in_slack(settings, goalie)]


async def test_what_is_there_is_told(settings: Settings) -> None:
    found = await looked_at(settings, GOALIE)

    assert all(checked.good for checked in found)
    assert [checked.text.split(" (")[0] for checked in found] == ["aika is in #support", "ann@example.org is in acme"]


async def test_a_channel_that_aika_is_not_in_is_told_with_how_to_invite_it(settings: Settings) -> None:
    goalie = Goalie(GoalieId("support"), "support", log_channel="nowhere")

    wrong = [checked for checked in await looked_at(settings, goalie) if not checked.good]

    assert len(wrong) == 1
    assert "#nowhere" in wrong[0].text
    assert "/invite @aika" in wrong[0].text


async def test_a_person_whom_nobody_knows_there_is_told(settings: Settings) -> None:
    goalie = Goalie(GoalieId("support"), "support", log_channel="support", humans=("zoe@example.org",))

    wrong = [checked.text for checked in await looked_at(settings, goalie) if not checked.good]

    assert wrong == ["nobody in acme has the address zoe@example.org"]


async def test_a_workspace_that_is_not_configured_is_told_with_those_that_are(settings: Settings) -> None:
    goalie = Goalie(GoalieId("support"), "support", workspace="north", log_channel="support")

    (told,) = await looked_at(settings, goalie)

    assert (told.good, told.remedy) == (False, "write workspace: one of acme")


async def test_without_a_workspace_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    assert await looked_at(load_settings(tmp_path), GOALIE) == []
