"""What people say of an answer is kept as theirs, shown under it, and can be explained."""

from collections.abc import Sequence

import pytest
from aika_in_slack import Message, actions, all_done, answer, at_work, in_thread, shown
from slack_world.world import World

from aika.application.aika import Aika
from aika.domain.answers import Feedback, Rating
from aika.surfaces.slack.feedback_blocks import ACTION, clicked

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROLL_BACK = "How do I roll back the checkout service?"


async def test_in_a_direct_message_what_was_said_takes_the_place_of_the_buttons(company: Aika, world: World) -> None:
    async with at_work(company, world):
        direct = await world.direct("ben")
        asked = await world.say_to_app("ben", ROLL_BACK)
        found = await answer(world, direct, asked)
        await world.click("ben", found, ACTION, channel=direct, value=helpful(found))
        await all_done(world, company)

        after = await answer(world, direct, asked)
        kept = await said(company, found)

    assert [one.rating for one in kept] == [Rating.HELPFUL]
    assert "You found this helpful." in shown(after)
    assert ACTION not in actions(after)
    assert "ferry rollback checkout" in shown(after)


async def test_in_a_channel_several_people_rate_an_answer(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        found = await answer(world, "support", asked)
        await world.click("ben", found, ACTION, channel="support", value=helpful(found))
        await all_done(world, company)
        await world.click("ann", found, ACTION, channel="support", value=unhelpful(found))
        await all_done(world, company)

        after = await answer(world, "support", asked)
        kept = await said(company, found)

    assert {one.rating for one in kept} == {Rating.HELPFUL, Rating.NOT_HELPFUL}
    assert "1 person found this helpful, 1 person found this not helpful." in shown(after)
    assert ACTION in actions(after)


async def test_a_second_click_replaces_the_first(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        found = await answer(world, "support", asked)
        for value in (helpful(found), helpful(found), unhelpful(found)):
            await world.click("ben", found, ACTION, channel="support", value=value)
            await all_done(world, company)

        kept = await said(company, found)

    assert [one.rating for one in kept] == [Rating.NOT_HELPFUL]


async def test_whoever_was_not_helped_is_asked_why_and_what_would_have_been_right(company: Aika, world: World) -> None:
    async with at_work(company, world):
        direct = await world.direct("ben")
        asked = await world.say_to_app("ben", ROLL_BACK)
        found = await answer(world, direct, asked)
        await world.click("ben", found, ACTION, channel=direct, value=unhelpful(found))
        (form,) = world.modals("ben")
        written = {"reasons": ["outdated", "rejected"], "right": "Use the new pipeline.", "comment": "Since May."}
        await world.submit("ben", form, written)
        await all_done(world, company)

        (kept,) = await said(company, found)
        after = await answer(world, direct, asked)

    assert kept.rating is Rating.NOT_HELPFUL
    assert kept.tags == ("outdated", "rejected")
    assert (kept.reply, kept.comment) == ("Use the new pipeline.", "Since May.")
    assert "It is outdated; It is wrong, and I know better" in shown(after)


async def test_whoever_closes_the_form_has_still_said_that_it_did_not_help(company: Aika, world: World) -> None:
    async with at_work(company, world):
        direct = await world.direct("ben")
        asked = await world.say_to_app("ben", ROLL_BACK)
        found = await answer(world, direct, asked)
        await world.click("ben", found, ACTION, channel=direct, value=unhelpful(found))
        await world.close("ben", world.modals("ben")[0])
        await all_done(world, company)

        kept = await said(company, found)

    assert [one.rating for one in kept] == [Rating.NOT_HELPFUL]


async def test_an_answer_for_one_person_alone_is_rated_where_it_stands(company: Aika, world: World) -> None:
    async with at_work(company, world):
        await world.command("ben", "support", "/aika", ROLL_BACK)
        await all_done(world, company)
        found = world.ephemeral("ben")[-1]
        await world.click("ben", found, ACTION, value=helpful(found))
        await all_done(world, company)

        after = world.ephemeral("ben")[-1]
        kept = await said(company, found)

    assert [one.rating for one in kept] == [Rating.HELPFUL]
    assert "You found this helpful." in shown(after)
    assert actions(after) == ["aika_share"]


async def test_an_answer_that_was_replaced_meanwhile_is_not_rated(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        found = await answer(world, "support", asked)
        await world.edit("ben", "support", asked, f"{world.mention()} What does CACHE-104 mean?")
        await all_done(world, company)
        await world.click("ann", found, ACTION, channel="support", value=helpful(found))
        await all_done(world, company)

        (after,) = await in_thread(world, "support", asked)

    assert "found this" not in shown(after)


def helpful(message: Message) -> str:
    return _values(message)[0]


def unhelpful(message: Message) -> str:
    return _values(message)[1]


async def said(company: Aika, message: Message) -> Sequence[Feedback]:
    """Return what was said of the answer of a message."""
    found = clicked(helpful(message))
    assert found is not None
    return await company.database.conversations.feedback(found[1])


def _values(message: Message) -> tuple[str, str]:
    """Return what the two buttons under an answer carry."""
    (buttons,) = (block["elements"][0] for block in message["blocks"] if block["type"] == "context_actions")
    return buttons["positive_button"]["value"], buttons["negative_button"]["value"]
