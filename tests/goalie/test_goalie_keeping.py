"""What a goalie does about messages, whatever happens meanwhile."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from goalie_world import HUMAN_GOALIE, OTHER_GOALIE, STRANGER, World
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from aika.application.goalie_clicks import Person, Standing
from aika.application.goalies import Goalies
from aika.domain.documents import RawDocument
from aika.domain.errors import AccessDeniedError, ConflictError, PermanentError, TransientError
from aika.domain.goalies import (
    AuthorKind,
    CaseState,
    ChannelMessage,
    Goalie,
    Hours,
    Mode,
    NoiseBudget,
    QuestionRules,
    Ruling,
    Waiting,
)
from aika.domain.identifiers import ConversationId, PrincipalId, SourceId
from aika.domain.sources import Source
from aika.goalie.keeping import conversation_id
from aika.goalie.remembering import owner_of
from aika.testing.clock import SetClock
from aika.testing.goalies import HUMAN, MONDAY, make_goalie, make_message

ANSWER = "Rotate it in the console [1]."
GOALIE = make_goalie()
QUESTION = make_message()


async def put(goalies: Goalies, message: ChannelMessage = QUESTION, goalie: Goalie = GOALIE) -> None:
    """Tell of a message no earlier than it is written, and wait until nothing is left to do."""
    not_before(goalies, message.written_at)
    await goalies.on_message(goalie, message)
    await goalies.finish()


async def edit(goalies: Goalies, message: ChannelMessage) -> None:
    not_before(goalies, message.edited_at or message.written_at)
    await goalies.on_edit(GOALIE, message)
    await goalies.finish()


def not_before(goalies: Goalies, time: datetime) -> None:
    assert isinstance(goalies.clock, SetClock)
    goalies.clock.moment = max(goalies.clock.moment, time)


def use(world: World, **given: Any) -> Goalie:
    """Let the channel's file say something else."""
    world.files.goalies[:] = [make_goalie(**given)]
    return world.files.goalies[0]


def proposing(world: World) -> None:
    world.answers.usual = 0.5


async def proposed(world: World, goalies: Goalies, message: ChannelMessage = QUESTION) -> None:
    proposing(world)
    await put(goalies, message)
    assert (await world.case_of(message)).state is CaseState.PROPOSED


# What it does about a message


async def test_a_question_is_answered_in_the_thread_when_the_confidence_is_high(world: World, goalies: Goalies) -> None:
    await put(goalies)

    assert world.desk.seen("thread") == [ANSWER]
    case = await world.case_of(QUESTION)
    assert (case.state, case.confidence, case.answered_at) == (CaseState.ANSWERED, 0.9, world.clock.now())


async def test_a_question_is_proposed_to_the_human_goalies_when_the_confidence_is_medium(
    world: World, goalies: Goalies
) -> None:
    proposing(world)

    await put(goalies)

    assert world.desk.seen("thread") == []
    assert world.desk.seen("humans") == [ANSWER, ANSWER]


@pytest.mark.parametrize("confidence", [0.2, None])
async def test_nothing_is_done_when_the_confidence_is_low_or_it_knows_no_answer(
    world: World, goalies: Goalies, confidence: float | None
) -> None:
    world.answers.usual = confidence

    await put(goalies)

    assert world.desk.said == {}
    assert (await world.case_of(QUESTION)).state is CaseState.SILENT


async def test_what_is_no_question_is_ignored_and_not_kept(world: World, goalies: Goalies) -> None:
    message = make_message("Thanks everybody.")

    await put(goalies, message)

    case = await world.case_of(message)
    assert (case.state, case.question) == (CaseState.IGNORED, "")
    assert world.answers.asked == []


@pytest.mark.parametrize("kind", [AuthorKind.BOT, AuthorKind.SYSTEM])
async def test_what_no_person_wrote_is_not_looked_at(world: World, goalies: Goalies, kind: AuthorKind) -> None:
    message = make_message(kind=kind)

    await put(goalies, message)

    assert await world.database.cases.of_message(message.place, message.id) is None


async def test_what_is_said_to_aika_itself_is_left_to_it(world: World, goalies: Goalies) -> None:
    await put(goalies, replace(QUESTION, to_aika=True))

    assert world.desk.said == {}


async def test_a_goalie_that_is_off_looks_at_nothing(world: World, goalies: Goalies) -> None:
    await put(goalies, goalie=use(world, mode=Mode.OFF))

    assert world.desk.said == {}


async def test_a_goalie_in_shadow_mode_writes_to_its_log_channel_alone(world: World, goalies: Goalies) -> None:
    await put(goalies, goalie=use(world, mode=Mode.SHADOW, log_channel="log"))

    assert [said.where for said in world.desk.said.values()] == ["log"]
    assert world.desk.seen("log") == [f"answered: {ANSWER}"]


async def test_a_message_that_is_seen_a_day_late_is_left_to_people(world: World, goalies: Goalies) -> None:
    world.pass_by(hours=25)

    await put(goalies)

    assert world.desk.said == {}
    assert (await world.case_of(QUESTION)).reason == "it was seen more than a day after it was written"


async def test_it_waits_for_the_asker_to_finish(world: World, goalies: Goalies) -> None:
    goalie = use(world, questions=QuestionRules(settle=timedelta(minutes=2)))
    await put(goalies, goalie=goalie)
    assert world.desk.said == {}

    world.pass_by(minutes=2)
    await goalies.finish()

    assert world.desk.seen("thread") == [ANSWER]


async def test_what_the_asker_goes_on_with_is_asked_together(world: World, goalies: Goalies) -> None:
    goalie = use(world, questions=QuestionRules(settle=timedelta(minutes=2)))
    await put(goalies, goalie=goalie)
    await put(goalies, make_message("and how in staging?", minute=1), goalie)

    world.pass_by(minutes=2)
    await goalies.finish()

    assert [query.text for query in world.answers.asked] == ["How do I rotate a key?\nand how in staging?"]


async def test_a_question_in_two_messages_is_asked_as_one(world: World, goalies: Goalies) -> None:
    await put(goalies, make_message("The key is old."))

    await put(goalies, make_message("and how do I rotate it?", minute=1))

    assert [query.text for query in world.answers.asked] == ["The key is old.\nand how do I rotate it?"]


async def test_what_follows_a_question_that_is_answered_already_stands_for_itself(
    world: World, goalies: Goalies
) -> None:
    await put(goalies)

    await put(goalies, make_message("and how in staging?", minute=1))

    assert [query.text for query in world.answers.asked] == [QUESTION.text, "and how in staging?"]


async def test_the_daily_limit_turns_answers_into_proposals_and_then_into_nothing(
    world: World, goalies: Goalies
) -> None:
    goalie = use(world, daily_limit=1)

    for minute in range(3):
        await put(goalies, make_message(minute=minute), goalie)

    assert len(world.desk.seen("thread")) == 1
    assert len(world.desk.seen("humans")) == 2  # one proposal, shown to two
    assert (await world.case_of(make_message(minute=2))).reason == "its daily limit of 1 is reached"


async def test_the_daily_limit_begins_anew_the_next_day(world: World, goalies: Goalies) -> None:
    goalie = use(world, daily_limit=1)
    await put(goalies, goalie=goalie)
    world.pass_by(days=1)

    await put(goalies, make_message(minute=24 * 60), goalie)

    assert world.desk.seen("thread") == [ANSWER, ANSWER]


async def test_it_says_nothing_outside_its_hours(world: World, goalies: Goalies) -> None:
    await put(goalies, goalie=use(world, hours=Hours(begin=time(10), end=time(17))))

    assert (await world.case_of(QUESTION)).reason == "it is outside its hours"


async def test_a_goalie_whose_answers_do_not_help_grows_quieter_and_tells_its_owners_once(
    world: World, goalies: Goalies
) -> None:
    goalie = use(world, noise=NoiseBudget(min_acceptance=0.8, window=5))
    for minute in range(6):
        message = make_message(minute=minute)
        await put(goalies, message, goalie)
        await goalies.rate((await world.case_of(message)).id, STRANGER, helped=False)
    await goalies.finish()

    for _ in range(2):
        await goalies.look()
    await put(goalies, make_message(minute=7), goalie)

    [told] = world.desk.seen("owners")
    assert "grew quieter by itself" in told
    assert (await world.case_of(make_message(minute=7))).state is not CaseState.ANSWERED


async def test_what_is_asked_may_be_answered_from_what_the_goalie_knows_alone(world: World, goalies: Goalies) -> None:
    await put(goalies)

    [query] = world.answers.asked
    assert query.scope == world.desk.scope
    assert query.assistant is not None
    assert query.assistant.id == "goalie:payments-help"


async def test_language_and_tone_are_told_to_whoever_writes_the_answer(world: World, goalies: Goalies) -> None:
    await put(goalies, goalie=use(world, language="German", tone="Short."))

    [query] = world.answers.asked
    assert query.assistant is not None
    assert query.assistant.instructions == "Write in German.\nTone: Short."


# Once


async def test_a_message_that_is_delivered_again_and_again_is_answered_once(world: World, goalies: Goalies) -> None:
    for _ in range(3):
        await put(goalies)

    assert world.desk.attempts == [f"answer:{(await world.case_of(QUESTION)).id}"]
    assert len(world.answers.asked) == 1


async def test_two_processes_that_are_told_of_a_message_at_once_answer_it_once(world: World) -> None:
    one, other = world.process(holder="one"), world.process(holder="other")
    for process in (one, other):
        await process.on_message(GOALIE, QUESTION)

    for process in (one, other):
        await process.finish()

    assert world.desk.seen("thread") == [ANSWER]
    assert len(world.answers.asked) == 1


async def test_what_cannot_be_posted_now_is_posted_later(world: World, goalies: Goalies) -> None:
    world.desk.failures = [TransientError("slow down", retry_after=30)]
    await put(goalies)
    assert world.desk.said == {}

    world.pass_by(seconds=30)
    await goalies.finish()

    assert world.desk.seen("thread") == [ANSWER]


async def test_what_can_never_be_posted_is_given_up_with_the_reason(world: World, goalies: Goalies) -> None:
    world.desk.failures = [PermanentError("the channel is gone")]

    await put(goalies)

    case = await world.case_of(QUESTION)
    assert (case.state, case.reason, case.due_at) == (CaseState.SILENT, "the channel is gone", None)


async def test_what_fails_again_and_again_is_given_up(world: World, goalies: Goalies) -> None:
    world.desk.failures = [TransientError("no")] * 20

    for _ in range(20):
        await put(goalies)
        world.pass_by(minutes=15)

    assert len(world.desk.attempts) == 8


# Humans are faster


async def test_a_human_who_answers_first_has_the_proposal_withdrawn(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)

    await put(goalies, make_message("Look here.", minute=3, author=HUMAN, root=QUESTION.id))

    case = await world.case_of(QUESTION)
    assert (case.state, case.reason) == (CaseState.WITHDRAWN, "a human answered first")
    assert world.desk.settled[case.id] == "withdrawn"


async def test_a_human_who_answers_before_it_is_asked_is_enough(world: World, goalies: Goalies) -> None:
    goalie = use(world, questions=QuestionRules(settle=timedelta(minutes=5)))
    await put(goalies, goalie=goalie)
    await put(goalies, make_message("Look here.", minute=1, author=HUMAN, root=QUESTION.id), goalie)

    world.pass_by(minutes=5)
    await goalies.finish()

    assert world.answers.asked == []
    assert world.desk.said == {}


async def test_a_human_who_answers_while_the_answer_is_written_is_first(world: World, goalies: Goalies) -> None:
    reply = make_message("Look here.", minute=1, author=HUMAN, root=QUESTION.id)
    world.answers.while_asked = [goalies.on_reply(GOALIE, reply)]

    await put(goalies)

    assert world.desk.said == {}
    assert (await world.case_of(QUESTION)).state is CaseState.WITHDRAWN


async def test_a_human_of_whom_no_event_told_is_noticed_right_before_it_speaks(world: World, goalies: Goalies) -> None:
    world.desk.threads[QUESTION.id] = [
        QUESTION,
        make_message("Look here.", minute=1, author=HUMAN, root=QUESTION.id),
    ]

    await put(goalies)

    assert world.desk.said == {}
    assert (await world.case_of(QUESTION)).human_first_at == MONDAY + timedelta(minutes=1)


async def test_a_reply_that_arrives_before_its_question_counts(world: World, goalies: Goalies) -> None:
    await put(goalies, make_message("Look here.", minute=1, author=HUMAN, root=QUESTION.id))

    await put(goalies)

    assert world.desk.said == {}


async def test_the_asker_who_writes_on_in_the_thread_is_no_answer(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)

    await put(goalies, make_message("In staging.", minute=1, root=QUESTION.id))

    assert (await world.case_of(QUESTION)).state is CaseState.PROPOSED


async def test_a_bot_in_the_thread_is_no_answer(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)

    await put(goalies, make_message("Deployed.", minute=1, author="B1", root=QUESTION.id, kind=AuthorKind.BOT))

    assert (await world.case_of(QUESTION)).state is CaseState.PROPOSED


async def test_a_question_within_a_thread_is_taken_where_the_file_says_so(world: World, goalies: Goalies) -> None:
    goalie = use(world, questions=QuestionRules(follow_ups=True))
    follow_up = make_message("And in staging?", minute=5, root=QUESTION.id)

    await put(goalies, follow_up, goalie)
    await put(goalies, make_message("And where?", minute=6, root=QUESTION.id))

    assert (await world.case_of(follow_up)).state is CaseState.ANSWERED
    assert len(world.desk.seen("thread")) == 1


# Edits and deletions


def edited(text: str, *, minute: float = 1) -> ChannelMessage:
    return replace(QUESTION, text=text, edited_at=MONDAY + timedelta(minutes=minute))


async def test_a_message_that_becomes_a_question_is_answered(world: World, goalies: Goalies) -> None:
    await put(goalies, replace(QUESTION, text="How do I"))

    await edit(goalies, edited("How do I rotate a key?"))

    assert world.desk.seen("thread") == [ANSWER]


async def test_a_question_that_is_edited_before_it_was_answered_is_asked_as_it_is_then(
    world: World, goalies: Goalies
) -> None:
    world.answers.while_asked = [goalies.on_edit(GOALIE, edited("How do I rotate a token?", minute=0.001))]
    not_before(goalies, MONDAY + timedelta(minutes=1))

    await put(goalies)

    assert [query.text for query in world.answers.asked] == ["How do I rotate a key?", "How do I rotate a token?"]
    assert world.desk.seen("thread") == [ANSWER]


async def test_a_proposal_whose_question_is_edited_makes_way_for_another(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)

    await edit(goalies, edited("How do I rotate a token?"))

    case = await world.case_of(QUESTION)
    assert world.desk.settled == {case.id: "waiting"}
    assert len(world.desk.seen("humans")) == 4
    assert len(case.proposals) == 2
    assert case.question == "How do I rotate a token?"


async def test_a_question_that_is_edited_into_something_else_is_ignored(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)

    await edit(goalies, edited("Solved it."))

    case = await world.case_of(QUESTION)
    assert (case.state, case.question) == (CaseState.IGNORED, "")
    assert case.id in world.desk.settled


async def test_an_edit_after_the_answer_changes_nothing(world: World, goalies: Goalies) -> None:
    await put(goalies)

    await edit(goalies, edited("How do I rotate a token?"))

    assert world.desk.seen("thread") == [ANSWER]


async def test_a_link_that_is_unfurled_is_no_edit(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)

    await edit(goalies, QUESTION)

    assert world.desk.settled == {}


async def test_of_two_edits_that_arrive_the_wrong_way_round_the_last_one_counts(world: World, goalies: Goalies) -> None:
    world.answers.usual = None
    await put(goalies)

    await edit(goalies, edited("How do I do it in staging?", minute=2))
    await edit(goalies, edited("How do I do it?", minute=1))

    assert (await world.case_of(QUESTION)).question == "How do I do it in staging?"


async def test_an_edit_that_arrives_before_its_message_is_what_counts(world: World, goalies: Goalies) -> None:
    await edit(goalies, edited("How do I rotate a token?"))

    await put(goalies)

    assert [query.text for query in world.answers.asked] == ["How do I rotate a token?"]


async def test_a_deleted_question_has_its_proposal_withdrawn_and_is_not_kept(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)
    before = await world.case_of(QUESTION)

    await goalies.on_delete(GOALIE, QUESTION.place, QUESTION.id)
    await goalies.finish()

    case = await world.case_of(QUESTION)
    assert (case.state, case.question, case.draft) == (CaseState.WITHDRAWN, "", "")
    assert world.desk.settled == {case.id: "withdrawn"}
    kept = await world.database.conversations.get(
        ConversationId(conversation_id(before)), owner=owner_of(GOALIE.id, before)
    )
    assert kept is None


async def test_a_deleted_question_has_its_answer_retracted(world: World, goalies: Goalies) -> None:
    await put(goalies)

    await goalies.on_delete(GOALIE, QUESTION.place, QUESTION.id)
    await goalies.finish()

    assert world.desk.said == {}


async def test_a_question_that_is_deleted_while_the_answer_is_written_is_not_answered(
    world: World, goalies: Goalies
) -> None:
    world.answers.while_asked = [goalies.on_delete(GOALIE, QUESTION.place, QUESTION.id)]

    await put(goalies)

    assert world.desk.said == {}


async def test_a_deletion_that_arrives_before_its_message_keeps_it_from_being_answered(
    world: World, goalies: Goalies
) -> None:
    await goalies.on_delete(GOALIE, QUESTION.place, QUESTION.id)

    await put(goalies)

    assert world.answers.asked == []


# Decisions


async def decide(goalies: Goalies, world: World, ruling: Ruling, words: str = "") -> Standing:
    case = await world.case_of(QUESTION)
    ruled = await goalies.decide(case.id, ruling, by=HUMAN_GOALIE, words=words)
    await goalies.finish()
    return ruled.standing


async def test_an_accepted_proposal_is_posted_in_the_thread_and_settled(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)

    assert await decide(goalies, world, Ruling.ACCEPT) is Standing.DONE

    case = await world.case_of(QUESTION)
    assert world.desk.seen("thread") == [ANSWER]
    assert world.desk.settled[case.id] == "accepted by U2"
    assert (case.decided_by, case.state) == (HUMAN, CaseState.ACCEPTED)


async def test_an_accepted_answer_is_learned_from(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)

    await decide(goalies, world, Ruling.ACCEPT)

    [accepted] = await world.database.accepted.newest(10)
    assert accepted.text == QUESTION.text
    [said] = await world.database.conversations.feedback((await world.case_of(QUESTION)).answer or "")  # type: ignore[arg-type]
    assert said.rating == "helpful"


async def test_an_edited_proposal_is_posted_in_the_humans_words_and_they_are_remembered(
    world: World, goalies: Goalies
) -> None:
    await proposed(world, goalies)

    await decide(goalies, world, Ruling.EDIT, "Use the new console.")

    assert world.desk.seen("thread") == ["Use the new console."]
    case = await world.case_of(QUESTION)
    assert case.answer is not None
    [said] = await world.database.conversations.feedback(case.answer)
    assert (said.rating, said.reply) == ("helpful", "Use the new console.")


async def test_a_rejected_proposal_is_a_complaint_with_its_reason(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)

    await decide(goalies, world, Ruling.REJECT, "out of date")

    assert world.desk.seen("thread") == []
    [waiting] = await world.database.complaints.waiting()
    assert (waiting.complaint.cause, waiting.complaint.comment) == ("rejected", "out of date")


async def test_what_a_human_answers_after_a_rejection_goes_with_the_complaint(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)
    await decide(goalies, world, Ruling.REJECT, "out of date")

    await put(goalies, make_message("Use the new console.", minute=9, author=HUMAN, root=QUESTION.id))

    replies = [one.complaint.reply for one in await world.database.complaints.waiting()]
    assert "Use the new console." in replies


async def test_of_two_who_decide_at_once_one_wins_and_the_other_learns_who(world: World, goalies: Goalies) -> None:
    use(world, humans=(HUMAN_GOALIE.email, OTHER_GOALIE.email))
    await proposed(world, goalies)
    case = await world.case_of(QUESTION)

    first = await goalies.decide(case.id, Ruling.ACCEPT, by=HUMAN_GOALIE)
    second = await goalies.decide(case.id, Ruling.REJECT, by=OTHER_GOALIE, words="no")
    await goalies.finish()

    assert (first.standing, second.standing) == (Standing.DONE, Standing.TAKEN)
    assert second.case is not None
    assert second.case.decided_by == HUMAN
    assert world.desk.seen("thread") == [ANSWER]


async def test_a_click_that_is_delivered_again_counts_as_the_first(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)
    case = await world.case_of(QUESTION)

    standings = [(await goalies.decide(case.id, Ruling.ACCEPT, by=HUMAN_GOALIE)).standing for _ in range(2)]
    await goalies.finish()

    assert standings == [Standing.DONE, Standing.DONE]
    assert world.desk.seen("thread") == [ANSWER]


async def test_who_is_no_human_goalie_is_refused(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)
    case = await world.case_of(QUESTION)

    ruled = await goalies.decide(case.id, Ruling.ACCEPT, by=STRANGER)

    assert ruled.standing is Standing.REFUSED
    assert (await world.case_of(QUESTION)).state is CaseState.PROPOSED


async def test_a_click_on_a_withdrawn_proposal_is_told_apart(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)
    await put(goalies, make_message("Look here.", minute=3, author=HUMAN, root=QUESTION.id))

    assert await decide(goalies, world, Ruling.ACCEPT) is Standing.WITHDRAWN
    assert world.desk.seen("thread") == []


async def test_a_click_on_a_proposal_of_a_removed_goalie_is_told_apart(world: World, goalies: Goalies) -> None:
    await proposed(world, goalies)
    world.files.goalies.clear()

    assert await decide(goalies, world, Ruling.ACCEPT) is Standing.REMOVED


async def test_an_answer_that_somebody_in_the_channel_may_not_read_any_more_is_not_posted(
    world: World, goalies: Goalies
) -> None:
    await proposed(world, goalies)
    world.desk.scope = world.desk.scope.narrowed(sources=[])

    await decide(goalies, world, Ruling.ACCEPT)

    assert world.desk.seen("thread") == []
    case = await world.case_of(QUESTION)
    assert case.reason == "somebody in the channel may not read what it was written from any more"


async def test_each_person_counts_once_with_what_they_said_last_of_an_answer(world: World, goalies: Goalies) -> None:
    await put(goalies)
    case = await world.case_of(QUESTION)

    for helped in (True, True, False):
        await goalies.rate(case.id, STRANGER, helped=helped)
    await goalies.finish()

    case = await world.case_of(QUESTION)
    assert (case.helped, case.did_not_help) == ((), (STRANGER.id,))
    assert case.answer is not None
    assert [said.rating for said in await world.database.conversations.feedback(case.answer)] == ["not_helpful"]


# Nobody answers


def waiting(world: World, **given: Any) -> Goalie:
    world.answers.usual = None
    return use(world, waiting=Waiting(timedelta(minutes=30), "Somebody will look."), **given)


async def test_when_nobody_answers_in_time_it_says_so_once(world: World, goalies: Goalies) -> None:
    await put(goalies, goalie=waiting(world))

    for _ in range(3):
        world.pass_by(minutes=30)
        await goalies.finish()

    assert world.desk.seen("thread") == ["Somebody will look."]


async def test_it_does_not_say_that_nobody_answers_where_somebody_did(world: World, goalies: Goalies) -> None:
    goalie = waiting(world)
    await put(goalies, goalie=goalie)
    await put(goalies, make_message("Look here.", minute=3, author=HUMAN, root=QUESTION.id), goalie)

    world.pass_by(minutes=31)
    await goalies.finish()

    assert world.desk.said == {}


async def test_it_says_within_its_hours_alone_that_nobody_answers(world: World, goalies: Goalies) -> None:
    goalie = waiting(world, hours=Hours(begin=time(8), end=time(9, 10)))
    await put(goalies, goalie=goalie)

    world.pass_by(hours=2)
    await goalies.finish()
    assert world.desk.said == {}

    world.pass_by(hours=22)
    await goalies.finish()
    assert world.desk.seen("thread") == ["Somebody will look."]


# Kept as documents


async def kept(world: World, goalies: Goalies, person: Person = HUMAN_GOALIE) -> list[RawDocument]:
    await goalies.keep((await world.case_of(QUESTION)).id, by=person)
    return list(world.kept.values())


def keeping_in(world: World, *, readers: Collection[str]) -> None:
    use(world, keep_in=SourceId("answers"))
    source = Source(SourceId("answers"), "push", {}, frozenset(PrincipalId(reader) for reader in readers))
    world.sources[source.id] = source


async def test_an_accepted_answer_is_kept_as_a_document_for_those_in_the_channel(
    world: World, goalies: Goalies
) -> None:
    keeping_in(world, readers=["everyone"])
    members = PrincipalId("slack:T1:C1")
    await world.database.directory.record(SourceId("slack"), {members: [PrincipalId("user:ann@example.org")]})
    await proposed(world, goalies)
    await decide(goalies, world, Ruling.ACCEPT)

    [document] = await kept(world, goalies)

    assert document.readers == frozenset({members})
    assert "How do I rotate a key?" in document.content.decode()
    assert "Rotate it in the console" in document.content.decode()
    assert (await world.case_of(QUESTION)).kept


async def test_where_the_channels_people_are_not_known_the_sources_readers_may_read_it(
    world: World, goalies: Goalies
) -> None:
    keeping_in(world, readers=["everyone"])
    await proposed(world, goalies)
    await decide(goalies, world, Ruling.EDIT, "Use the new console.")

    [document] = await kept(world, goalies)

    assert document.readers is None
    assert "Use the new console." in document.content.decode()


async def test_what_no_human_has_accepted_is_not_kept(world: World, goalies: Goalies) -> None:
    keeping_in(world, readers=["everyone"])
    await proposed(world, goalies)

    with pytest.raises(ConflictError, match="only what a human has accepted"):
        await kept(world, goalies)


async def test_who_is_no_human_goalie_keeps_nothing(world: World, goalies: Goalies) -> None:
    keeping_in(world, readers=["everyone"])
    await proposed(world, goalies)
    await decide(goalies, world, Ruling.ACCEPT)

    with pytest.raises(AccessDeniedError):
        await kept(world, goalies, STRANGER)


# Traces


async def test_the_work_on_a_message_is_part_of_the_trace_that_it_began(world: World) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    world.tracer = provider.get_tracer("tests")
    goalies = world.process()
    with world.tracer.start_as_current_span("the message") as message:
        await goalies.on_message(GOALIE, QUESTION)

    await goalies.finish()

    [work] = [span for span in exporter.get_finished_spans() if span.name == "goalie.work"]
    assert work.context is not None
    assert work.context.trace_id == message.get_span_context().trace_id


# What is forgotten


async def test_old_cases_are_forgotten_with_their_questions_unless_somebody_judged_them(
    world: World, goalies: Goalies
) -> None:
    world.answers.usual = None
    await put(goalies)
    case = await world.case_of(QUESTION)

    world.pass_by(days=401)
    forgotten = await goalies.forget()

    assert forgotten == 1
    assert await world.database.cases.get(case.id) is None
    assert await world.database.conversations.get(conversation_id(case), owner=owner_of(GOALIE.id, case)) is None
