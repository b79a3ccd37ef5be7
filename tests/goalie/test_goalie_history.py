"""A channel's past, read as questions with what people answered."""

from dataclasses import replace
from datetime import timedelta

from goalie.past_makers import make_message, make_thread, stamp

from aika.domain.goalies import AuthorKind, Place
from aika.goalie.history import conversations, human_answers, openings, past_question, says_thanks

SETTLE = timedelta(minutes=2)


class TestConversations:
    def test_messages_with_one_root_are_one_conversation_in_the_order_in_which_they_were_written(self) -> None:
        thread = make_thread("How do I log in?", ("bob", "With your badge number."))
        other = make_message("Lunch?", minute=5)

        found = conversations([other, *reversed(thread)])

        assert found == [tuple(thread), (other,)]

    def test_channels_do_not_mix_though_their_messages_have_the_same_ids(self) -> None:
        here = make_message("How do I log in?")
        there = replace(here, place=Place("acme", "C2"))

        assert conversations([here, there]) == [(here,), (there,)]


class TestQuestions:
    def test_what_the_asker_adds_before_anybody_else_writes_belongs_to_the_question(self) -> None:
        root = stamp(0)
        first = make_message("The build fails.")
        added = make_message("Where do I see its log?", minute=1, root=root)
        answer = make_message("Under the tab called artifacts.", author="bob", minute=2, root=root)

        (question,) = openings([first, added, answer], settle=SETTLE)

        assert question.text == "The build fails.\nWhere do I see its log?"
        assert [each.author for each in question.answers] == ["bob"]

    def test_what_the_asker_adds_after_the_pause_does_not(self) -> None:
        first = make_message("Where is the log of the build?")
        later = make_message("Never mind, I have another problem.", minute=30, root=first.id)

        (question,) = openings([first, later], settle=SETTLE)

        assert question.text == "Where is the log of the build?"

    def test_a_question_within_a_conversation_knows_what_was_said_before_it(self) -> None:
        thread = make_thread("The build fails.", ("bob", "Which one?"), ("cleo", "How do I see its log?"))

        question = past_question(thread[2], thread, settle=SETTLE)

        assert question.thread == tuple(thread[:2])
        assert not question.opens

    def test_bots_ask_nothing(self) -> None:
        assert openings([make_message("Deployed?", kind=AuthorKind.BOT)], settle=SETTLE) == []


class TestHumanAnswers:
    def test_answers_are_told_apart_by_person_and_the_first_to_answer_is_first(self) -> None:
        asked, *later = make_thread(
            "How do I log in?",
            ("bob", "Use your badge number."),
            ("cleo", "The badge number, without its letter."),
            ("bob", "It is on the back."),
        )

        found = human_answers(asked, later)

        assert [(each.author, each.text) for each in found] == [
            ("bob", "Use your badge number.\nIt is on the back."),
            ("cleo", "The badge number, without its letter."),
        ]

    def test_who_only_asks_back_or_greets_has_not_answered(self) -> None:
        asked, *later = make_thread("How do I log in?", ("bob", "Which system do you mean?"), ("cleo", "hello there"))

        assert human_answers(asked, later) == ()

    def test_what_is_written_days_later_is_no_answer(self) -> None:
        asked = make_message("How do I log in?")
        later = make_message("We have a new way to log in.", author="bob", minute=3 * 24 * 60, root=asked.id)

        assert human_answers(asked, [later]) == ()

    def test_thanks_accept_the_answer_of_whoever_wrote_last(self) -> None:
        asked, *later = make_thread(
            "How do I log in?",
            ("bob", "Restart your computer first."),
            ("cleo", "Use your badge number."),
            ("ann", "Thanks, that worked!"),
        )

        accepted = {each.author: each.accepted for each in human_answers(asked, later)}

        assert accepted == {"bob": False, "cleo": True}

    def test_thanks_to_somebody_by_name_accept_their_answer(self) -> None:
        asked, *later = make_thread(
            "How do I log in?", ("bob", "Use your badge number."), ("cleo", "It is on the intranet.")
        )
        thanks = make_message("thank you", minute=9, root=asked.id, mentions=frozenset({"bob"}))

        accepted = {each.author: each.accepted for each in human_answers(asked, [*later, thanks])}

        assert accepted == {"bob": True, "cleo": False}

    def test_thanks_for_what_did_not_help_accept_nothing(self) -> None:
        assert not says_thanks("thanks, but it still does not start")
        assert says_thanks("perfect, thank you")
