"""A goalie watches a channel of Slack: it answers, proposes, withdraws, and takes back, and people decide."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import pytest_asyncio
import yaml
from aika_in_slack import actions, all_done, answer, at_work, in_thread, links, shown
from slack_world.world import NewChannel, World, slack_world

from aika.application.aika import Aika
from aika.application.goalie_clicks import Person
from aika.application.goalie_review import GoalieReview, Reviewer
from aika.domain.access import Scope
from aika.domain.goalies import Case, CaseState, Place, Ruling

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROLL_BACK = "How do I roll back the checkout service?"
SURE = {"medium": 0.0, "high": 0.0}
UNSURE = {"medium": 0.0, "high": 1.0}
ABOUT_NIGHTJAR = {"always": ["Nightjar"]}
NEVER = {"medium": 1.0, "high": 1.0}


@pytest_asyncio.fixture(loop_scope="session")
async def world() -> AsyncIterator[World]:
    """A workspace with ann, who is a human goalie and of the board, gil, who is one too, and ben, who asks."""
    channels = [
        "support",
        "lunch",
        NewChannel("goalies", ("ann", "gil"), private=True),
        NewChannel("log", ("ann",), private=True),
        NewChannel("board", ("ann",), private=True),
    ]
    async with slack_world(["ann", "ben", "gil"], channels, storage="memory", retry_delays=(0.0, 0.05, 0.1)) as opened:
        yield opened


@contextmanager
def goalie(company: Aika, **given: Any) -> Iterator[None]:
    """Declare a goalie of #support while this is open."""
    folder = company.settings.base_dir / company.settings.goalies_dir
    folder.mkdir(exist_ok=True)
    declared: Mapping[str, Any] = {
        "channel": "#support",
        "mode": "live",
        "thresholds": SURE,
        "humans": ["ann@example.org", "gil@example.org"],
        **given,
    }
    file = folder / "support.yaml"
    file.write_text(yaml.safe_dump(dict(declared)), encoding="utf-8")
    try:
        yield
    finally:
        file.unlink()


async def case_of(
    company: Aika, world: World, message: str, *, state: CaseState | None = None, channel: str = "support"
) -> Case:
    """Wait until the goalie has done what it does about a message."""
    place = Place(world.workspace.id, world.channel(channel))

    async def settled() -> Case | None:
        case = await company.database.cases.of_message(place, message)
        if case is None or case.state is CaseState.WAITING or case.todo or case.held_by:
            return None
        return case if state is None or case.state is state else None

    case: Case = await world.wait_for(settled, what="the goalie's case")
    return case


async def proposals(world: World, user: str, number: int = 1) -> list[Mapping[str, Any]]:
    """Wait for what a human goalie was shown directly."""
    channel = await world.direct(user)

    async def there() -> list[Mapping[str, Any]]:
        found = [one for one in await world.messages(channel) if one.get("user") == world.workspace.bot_user]
        return found if len(found) >= number else []

    found: list[Mapping[str, Any]] = await world.wait_for(there, what=f"a proposal to {user}")
    return found


async def proposed(company: Aika, world: World) -> str:
    """Ask, and return the message once it was proposed."""
    asked: str = await world.say("ben", "support", ROLL_BACK)
    await case_of(company, world, asked, state=CaseState.PROPOSED)
    return asked


async def test_a_sure_answer_is_given_in_the_thread_with_sources_and_how_to_reach_a_human(
    company: Aika, world: World
) -> None:
    with goalie(company, reach="Write to the on-call person."):
        async with at_work(company, world):
            asked = await world.say("ben", "support", ROLL_BACK)

            found = await answer(world, "support", asked)

    assert "ferry rollback checkout" in shown(found)
    assert "Deploying" in shown(found)
    assert "Write to the on-call person." in shown(found)
    assert found["thread_ts"] == asked


async def test_chatter_and_other_channels_are_left_alone(company: Aika, world: World) -> None:
    with goalie(company):
        async with at_work(company, world):
            thanks = await world.say("ben", "support", "Thanks a lot, that worked!")
            lunch = await world.say("ben", "lunch", ROLL_BACK)
            await case_of(company, world, thanks, state=CaseState.IGNORED)
            await all_done(world, company)

            assert await in_thread(world, "support", thanks) == []
            assert await in_thread(world, "lunch", lunch) == []


async def test_an_unsure_answer_is_shown_to_the_human_goalies_alone(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE):
        async with at_work(company, world):
            asked = await proposed(company, world)

            [to_ann] = await proposals(world, "ann")
            [to_gil] = await proposals(world, "gil")
            in_channel = await in_thread(world, "support", asked)

    assert in_channel == []
    for message in (to_ann, to_gil):
        assert ROLL_BACK in shown(message)
        assert "ferry rollback checkout" in shown(message)
        assert "% sure" in shown(message)
        assert actions(message) == ["goalie_accept", "goalie_edit", "goalie_reject", "goalie_more"]
    assert any(asked.replace(".", "") in address for address in links(to_ann))


async def test_proposals_go_to_the_human_goalies_channel_where_there_is_one(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE, humans_channel="#goalies"):
        async with at_work(company, world):
            await proposed(company, world)

            messages = await world.messages("goalies")

    assert [ROLL_BACK in shown(message) for message in messages] == [True]


async def test_an_accepted_proposal_is_posted_and_all_copies_say_by_whom(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE):
        async with at_work(company, world):
            asked = await proposed(company, world)
            [to_ann] = await proposals(world, "ann")
            await world.click("ann", to_ann, "goalie_accept", channel=await world.direct("ann"))

            found = await answer(world, "support", asked)
            await case_of(company, world, asked, state=CaseState.ACCEPTED)
            copies = [*(await proposals(world, "ann")), *(await proposals(world, "gil"))]

    assert "ferry rollback checkout" in shown(found)
    assert "Checked by a human goalie" in shown(found)
    assert all("ann accepted this" in shown(copy) for copy in copies)
    assert all("goalie_accept" not in actions(copy) for copy in copies)


async def test_what_is_decided_in_the_web_app_is_shown_here_with_who_decided(company: Aika, world: World) -> None:
    review = GoalieReview(company.goalies, company.database.catalogue)
    ann = Reviewer(Person("user:ann@example.org", "ann@example.org"), Scope.of([]))
    with goalie(company, thresholds=UNSURE):
        async with at_work(company, world):
            asked = await proposed(company, world)
            [to_gil], _ = await proposals(world, "gil"), await proposals(world, "ann")
            [waiting] = [one for one in await review.queue(ann) if one.case.message == asked]
            await review.decide(waiting.case.id, Ruling.ACCEPT, by=ann)

            found = await answer(world, "support", asked)
            await case_of(company, world, asked, state=CaseState.ACCEPTED)
            copies = [*(await proposals(world, "ann")), *(await proposals(world, "gil"))]
            await world.click("gil", to_gil, "goalie_accept", channel=await world.direct("gil"))
            told = await world.wait_for(lambda: world.ephemeral("gil"))

    assert (waiting.case.question, waiting.asked_by) == (ROLL_BACK, "ben")
    assert waiting.address.endswith(f"/p{asked.replace('.', '')}")
    assert "Checked by a human goalie" in shown(found)
    assert all("ann accepted this" in shown(copy) for copy in copies)
    assert "ann was faster: the answer is accepted already." in shown(told[0])


async def test_an_edited_proposal_is_posted_in_the_human_goalies_words(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE):
        async with at_work(company, world):
            asked = await proposed(company, world)
            [to_ann] = await proposals(world, "ann")
            await world.click("ann", to_ann, "goalie_edit", channel=await world.direct("ann"))
            [form] = world.modals("ann")
            await world.submit("ann", form, {"goalie_words": "Run `ferry rollback checkout`, then tell <!channel>."})

            found = await answer(world, "support", asked)

    assert "then tell <!channel>." in shown(found)
    assert "ferry rollback checkout" in str(form)


async def test_an_empty_edit_is_sent_back(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE):
        async with at_work(company, world):
            asked = await proposed(company, world)
            [to_ann] = await proposals(world, "ann")
            await world.click("ann", to_ann, "goalie_edit", channel=await world.direct("ann"))
            [form] = world.modals("ann")
            delivery = await world.submit("ann", form, {"goalie_words": "  "})

            assert await in_thread(world, "support", asked) == []

    assert delivery.answer is not None
    assert delivery.answer["response_action"] == "errors"


async def test_a_rejected_proposal_is_not_posted_and_says_why(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE):
        async with at_work(company, world):
            asked = await proposed(company, world)
            [to_ann] = await proposals(world, "ann")
            await world.click("ann", to_ann, "goalie_reject", channel=await world.direct("ann"))
            [form] = world.modals("ann")
            await world.submit("ann", form, {"goalie_reason": "outdated", "goalie_reason_words": "See the new page"})

            case = await case_of(company, world, asked, state=CaseState.REJECTED)
            [copy] = await proposals(world, "gil")
            in_channel = await in_thread(world, "support", asked)

    assert in_channel == []
    assert case.reason == "It is out of date. See the new page"
    assert "ann rejected this" in shown(copy)


async def test_see_more_shows_the_whole_draft_with_what_it_rests_on(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE):
        async with at_work(company, world):
            await proposed(company, world)
            [to_ann] = await proposals(world, "ann")
            await world.click("ann", to_ann, "goalie_more", channel=await world.direct("ann"))

            view = await world.wait_for(
                lambda: next((one for one in world.modals("ann") if "What it was written from" in str(one)), None)
            )

    assert "% sure" in str(view)
    assert "ferry rollback checkout" in str(view)


async def test_of_two_who_click_at_once_the_second_is_told_who_was_first(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE):
        async with at_work(company, world):
            asked = await proposed(company, world)
            [to_ann], [to_gil] = await proposals(world, "ann"), await proposals(world, "gil")
            await world.click("ann", to_ann, "goalie_accept", channel=await world.direct("ann"))
            await case_of(company, world, asked, state=CaseState.ACCEPTED)
            await world.click("gil", to_gil, "goalie_accept", channel=await world.direct("gil"))
            told = await world.wait_for(lambda: world.ephemeral("gil"))
            await all_done(world, company)

            found = await in_thread(world, "support", asked)

    assert "ann was faster: the answer is accepted already." in shown(told[0])
    assert len(found) == 1


async def test_who_is_no_human_goalie_is_refused_politely(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE, humans=["gil@example.org"], humans_channel="#goalies"):
        async with at_work(company, world):
            asked = await proposed(company, world)
            [message] = await world.messages("goalies")
            await world.click("ann", message, "goalie_accept", channel="goalies")
            told = await world.wait_for(lambda: world.ephemeral("ann"))

            assert await in_thread(world, "support", asked) == []

    assert "Only the human goalies of #support decide" in shown(told[0])


async def test_a_click_on_a_proposal_of_a_removed_goalie_is_explained(company: Aika, world: World) -> None:
    async with at_work(company, world):
        with goalie(company, thresholds=UNSURE):
            await proposed(company, world)
            [to_ann] = await proposals(world, "ann")
        await world.click("ann", to_ann, "goalie_accept", channel=await world.direct("ann"))

        told = await world.wait_for(lambda: world.ephemeral("ann"))

    assert "There is no goalie for this any more" in shown(told[0])


async def test_a_human_who_answers_first_has_the_proposal_withdrawn(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE):
        async with at_work(company, world):
            asked = await proposed(company, world)
            await world.say("gil", "support", "Have a look at the runbook.", thread=asked)

            await case_of(company, world, asked, state=CaseState.WITHDRAWN)
            [copy] = await proposals(world, "ann")

    assert "Withdrawn: a human answered first." in shown(copy)
    assert actions(copy) == []


async def test_a_deleted_question_takes_its_answer_with_it(company: Aika, world: World) -> None:
    with goalie(company):
        async with at_work(company, world):
            asked = await world.say("ben", "support", ROLL_BACK)
            await answer(world, "support", asked)
            await world.delete("ben", "support", asked)

            await case_of(company, world, asked, state=CaseState.WITHDRAWN)

            assert await in_thread(world, "support", asked) == []


async def test_a_message_that_is_edited_into_a_question_is_answered(company: Aika, world: World) -> None:
    with goalie(company):
        async with at_work(company, world):
            asked = await world.say("ben", "support", "Thanks!")
            await case_of(company, world, asked, state=CaseState.IGNORED)
            await world.edit("ben", "support", asked, ROLL_BACK)

            found = await answer(world, "support", asked)

    assert "ferry rollback checkout" in shown(found)


async def test_what_is_delivered_several_times_is_answered_once(company: Aika, world: World) -> None:
    with goalie(company):
        async with at_work(company, world):
            world.deliver_times(3)
            asked = await world.say("ben", "support", ROLL_BACK)
            await answer(world, "support", asked)
            await all_done(world, company)

            assert len(await in_thread(world, "support", asked)) == 1


async def test_what_was_written_while_aika_was_away_is_answered(company: Aika, world: World) -> None:
    with goalie(company):
        async with at_work(company, world):
            first = await world.say("ben", "support", ROLL_BACK)
            await answer(world, "support", first)
        missed = await world.say("ben", "support", "What does error CACHE-104 mean?")
        async with at_work(company, world):
            found = await answer(world, "support", missed)

    assert "cache is full" in shown(found)


async def test_a_goalie_tells_what_every_member_of_the_channel_may_read_and_no_more(
    company: Aika, world: World
) -> None:
    with goalie(company, questions=ABOUT_NIGHTJAR):
        async with at_work(company, world):
            asked = await world.say("ben", "support", "Where does Project Nightjar move the head office?")

            case = await case_of(company, world, asked)
            found = await in_thread(world, "support", asked)

    assert case.question
    assert "Turku" not in "".join(map(shown, found)) + case.draft


async def test_a_draft_is_not_shown_to_human_goalies_who_may_not_read_what_it_rests_on(
    company: Aika, world: World
) -> None:
    with goalie(company, channel="#board", thresholds=UNSURE, humans=["gil@example.org"]):
        async with at_work(company, world):
            asked = await world.say("ann", "board", "Where does Project Nightjar move the head office?")
            case = await case_of(company, world, asked, state=CaseState.SILENT, channel="board")

            to_gil = await world.messages(await world.direct("gil"))

    assert "Turku" in case.draft
    assert "none of the human goalies may read" in case.reason
    assert to_gil == []


async def test_see_more_shows_nothing_to_who_is_no_human_goalie(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE, humans=["gil@example.org"], humans_channel="#goalies"):
        async with at_work(company, world):
            await proposed(company, world)
            [message] = await world.messages("goalies")
            await world.click("ann", message, "goalie_more", channel="goalies")

            view = await world.wait_for(
                lambda: next((one for one in world.modals("ann") if "Only the human goalies" in str(one)), None)
            )

    assert "ferry" not in str(view)


async def test_a_goalie_in_shadow_mode_writes_to_its_log_channel_alone(company: Aika, world: World) -> None:
    with goalie(company, mode="shadow", log_channel="#log"):
        async with at_work(company, world):
            asked = await world.say("ben", "support", ROLL_BACK)
            await case_of(company, world, asked)

            logged, in_channel = await world.messages("log"), await in_thread(world, "support", asked)

    assert "would have answered this" in shown(logged[-1])
    assert in_channel == []


async def test_when_nobody_answers_it_says_so_and_calls_the_human_goalies(company: Aika, world: World) -> None:
    waiting = {"after": "1s", "say": "Somebody will look at it."}
    with goalie(company, thresholds=NEVER, low="nothing", when_nobody_answers=waiting):
        async with at_work(company, world):
            asked = await world.say("ben", "support", "Who won the regatta of 1987 on the river, does anyone know?")

            found = await answer(world, "support", asked)

    assert "Somebody will look at it." in shown(found)
    assert world.user("ann") in str(found["blocks"])


async def test_whether_an_answer_helped_is_noted(company: Aika, world: World) -> None:
    with goalie(company):
        async with at_work(company, world):
            asked = await world.say("ben", "support", ROLL_BACK)
            found = await answer(world, "support", asked)
            await case_of(company, world, asked, state=CaseState.ANSWERED)
            await world.click("ben", found, "goalie_helped", channel="support")
            await world.wait_for(lambda: world.ephemeral("ben"))

            case = await case_of(company, world, asked, state=CaseState.ANSWERED)

    assert len(case.helped) == 1


async def test_a_goalie_leaves_what_mentions_aika_to_aika(company: Aika, world: World) -> None:
    with goalie(company):
        async with at_work(company, world):
            asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
            await answer(world, "support", asked)
            await all_done(world, company)

            assert len(await in_thread(world, "support", asked)) == 1


async def test_a_reply_that_is_shown_in_the_channel_too_counts_as_a_reply(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE):
        async with at_work(company, world):
            asked = await proposed(company, world)
            await world.say("gil", "support", "Is it this one?", thread=asked, subtype="thread_broadcast")

            case = await case_of(company, world, asked, state=CaseState.WITHDRAWN)

    assert case.reason == "a human answered first"


async def test_a_human_who_answered_while_aika_was_away_has_the_proposal_withdrawn(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE):
        async with at_work(company, world):
            asked = await proposed(company, world)
        await world.say("gil", "support", "Have a look at the runbook.", thread=asked)
        async with at_work(company, world):
            case = await case_of(company, world, asked, state=CaseState.WITHDRAWN)

    assert case.reason == "a human answered first"


async def test_who_joins_a_channel_asks_nothing(company: Aika, world: World) -> None:
    with goalie(company):
        async with at_work(company, world):
            notice = await world.say("ben", "support", "How do I roll back? has joined", subtype="channel_join")
            await all_done(world, company)

            place = Place(world.workspace.id, world.channel("support"))
            assert await company.database.cases.of_message(place, notice) is None


async def test_owners_are_told_something_once(company: Aika, world: World) -> None:
    with goalie(company):
        async with at_work(company, world):
            [declared] = (await company.goalies.current()).goalies
            assert company.goalies.desk is not None
            for _ in range(2):
                await company.goalies.desk.tell_owners(declared, "**The week**\n\n- 3 questions", key="report:1")

            [to_ann] = await proposals(world, "ann")

    assert "3 questions" in shown(to_ann)


async def test_an_accepted_answer_can_be_kept_as_a_document_only_where_the_file_says_where(
    company: Aika, world: World
) -> None:
    with goalie(company, thresholds=UNSURE):
        async with at_work(company, world):
            asked = await proposed(company, world)
            [to_ann] = await proposals(world, "ann")
            await world.click("ann", to_ann, "goalie_accept", channel=await world.direct("ann"))
            await case_of(company, world, asked, state=CaseState.ACCEPTED)

            [copy] = await proposals(world, "ann")

    assert "goalie_keep" not in actions(copy)


async def test_who_accepted_an_answer_is_offered_to_keep_it(company: Aika, world: World) -> None:
    with goalie(company, thresholds=UNSURE, keep_in="handbook"):
        async with at_work(company, world):
            asked = await proposed(company, world)
            [to_ann], [to_gil] = await proposals(world, "ann"), await proposals(world, "gil")
            await world.click("ann", to_ann, "goalie_accept", channel=await world.direct("ann"))
            await case_of(company, world, asked, state=CaseState.ACCEPTED)
            [to_ann], [to_gil] = await proposals(world, "ann"), await proposals(world, "gil")
            await world.click("ann", to_ann, "goalie_keep", channel=await world.direct("ann"))
            told = await world.wait_for(lambda: world.ephemeral("ann"))

    assert actions(to_ann) == ["goalie_keep"]
    assert actions(to_gil) == []
    assert "only a source with 'connector: push' takes documents" in shown(told[0])
