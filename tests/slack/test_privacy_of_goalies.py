"""What a goalie says, proposes, logs and posts reaches nobody who may not read what it was made of."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from aika_in_slack import actions, at_work, in_thread, shown
from private_company import PEOPLE, Scene, company
from slack_world.world import NewChannel, slack_world

from aika.domain.goalies import Case, CaseState, Place

pytestmark = pytest.mark.asyncio(loop_scope="session")

WHERE = "Where does the head office move in spring?"
SURE = {"medium": 0.0, "high": 0.0}
UNSURE = {"medium": 0.0, "high": 1.0}
LOG = NewChannel("goalie-log", ("ann", "gus"), private=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Scene]:
    base = tmp_path_factory.mktemp("goalies") / "private"
    async with (
        company(base, embedder_graphs) as aika,
        slack_world(PEOPLE, [LOG], storage="memory", retry_delays=(0.0, 0.05, 0.1)) as world,
        at_work(aika, world),
    ):
        yield Scene(world, aika)


@pytest.fixture
def scene(opened: Scene) -> Scene:
    return Scene(opened.world, opened.aika)


@contextmanager
def goalie(scene: Scene, channel: str, **given: Any) -> Iterator[None]:
    """Declare a goalie of a channel while this is open."""
    settings = scene.aika.settings
    folder = settings.base_dir / settings.goalies_dir
    folder.mkdir(exist_ok=True)
    declared = {"channel": channel, "mode": "live", "thresholds": SURE, "humans": ["ann@example.org"], **given}
    file = folder / "support.yaml"
    file.write_text(yaml.safe_dump(declared), encoding="utf-8")
    try:
        yield
    finally:
        file.unlink()


async def case_of(scene: Scene, channel: str, message: str, *, state: CaseState | None = None) -> Case:
    """Wait until the goalie has done what it does about a message."""
    place = Place(scene.world.workspace.id, channel)

    async def done() -> Case | None:
        case = await scene.aika.database.cases.of_message(place, message)
        if case is None or case.state is CaseState.WAITING or case.todo or case.held_by:
            return None
        return case if state is None or case.state is state else None

    case: Case = await scene.world.wait_for(done, what="the goalie's case")
    await scene.settled()
    return case


async def test_directors_among_themselves_are_answered(scene: Scene) -> None:
    room = await scene.channel("ann", "dot")
    with goalie(scene, room):
        asked = await scene.say("dot", room, WHERE)
        await case_of(scene, room, asked, state=CaseState.ANSWERED)

    (found,) = await in_thread(scene.world, room, asked)
    assert "Turku" in shown(found)


@pytest.mark.parametrize("who", ["ben", "gus"])
async def test_in_a_channel_with_a_guest_nothing_private_is_answered(scene: Scene, who: str) -> None:
    room = await scene.channel("ann", "ben", "gus")
    with goalie(scene, room):
        asked = await scene.say(who, room, WHERE)
        await case_of(scene, room, asked)

    assert scene.leaks() == []


async def test_a_human_goalie_who_may_not_read_it_is_shown_no_draft(scene: Scene) -> None:
    room = await scene.channel("ann", "dot")
    with goalie(scene, room, thresholds=UNSURE, humans=["ben@example.org", "ann@example.org"]):
        asked = await scene.say("dot", room, WHERE)
        await case_of(scene, room, asked, state=CaseState.PROPOSED)

    proposal = (await scene.world.messages(await scene.world.direct("ann")))[-1]
    assert "Turku" in shown(proposal)
    assert scene.leaks() == []


async def test_a_log_channel_with_a_guest_is_told_nothing_private(scene: Scene) -> None:
    room, log = await scene.channel("ann", "dot"), scene.world.channel(LOG.name)
    with goalie(scene, room, mode="shadow", log_channel=log):
        asked = await scene.say("dot", room, WHERE)
        await case_of(scene, room, asked)

    (logged,) = await scene.world.messages(log)
    assert "is not shown" in shown(logged)
    assert [leak for leak in scene.leaks() if log in leak] == []


async def test_an_accepted_draft_is_not_posted_where_a_guest_joined_unseen(scene: Scene) -> None:
    room, direct = await scene.channel("ann", "dot"), await scene.world.direct("ann")
    with goalie(scene, room, thresholds=UNSURE):
        asked = await scene.say("dot", room, WHERE)
        await case_of(scene, room, asked, state=CaseState.PROPOSED)
        proposal = (await scene.world.messages(direct))[-1]
        assert "goalie_accept" in actions(proposal)
        with scene.world.holding() as held:
            await scene.world.join("gus", room)
        await scene.world.click("ann", proposal, "goalie_accept", channel=direct)
        for delivery in held:
            await scene.world.deliver(delivery)
        await scene.settled()

    assert [one for one in await in_thread(scene.world, room, asked) if "Turku" in shown(one)] == []
    assert scene.leaks() == []
