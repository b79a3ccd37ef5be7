"""Which messages are questions for the channel, by who wrote them, where, in what words and after what."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aika.domain.goalies import AuthorKind, ChannelMessage, Goalie, Place, QuestionJudgment, QuestionRules
from aika.domain.identifiers import GoalieId
from aika.goalie.question_signals import NAMES, is_addressed, is_greeting, text_signals
from aika.goalie.questions import QuestionJudge, shipped_model

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
PLACE = Place("T1", "C1")
GOALIE = Goalie(GoalieId("help"), "help", humans=("petra@example.org",))
QUESTION = "How do I get access to the staging cluster?"
JUDGE = QuestionJudge()


def said(text: str, *, author: str = "U1", seconds: float = 0, **more: object) -> ChannelMessage:
    at = NINE + timedelta(seconds=seconds)
    id = f"{at.timestamp():.6f}"  # noqa: A001 - what the domain calls it
    message = ChannelMessage(PLACE, id, id, author, text, at)
    return replace(message, **more)  # type: ignore[arg-type]  # named by the test


def judged(text: str, *, goalie: Goalie = GOALIE, **more: object) -> QuestionJudgment:
    return JUDGE.judge(goalie, said(text, **more), ())  # type: ignore[arg-type]  # named by the test


class TestWords:
    @pytest.mark.parametrize(
        "text",
        [
            QUESTION,
            "Can somebody help me with rotating the HarbourPass key?",
            "Hi team, the refund worker seems stuck again and alerts are firing. What should I do?",
            "anyone know why the CI is so slow today",
            "My deploy of checkout-web fails with `quota exceeded` since this morning",
            "I need access to Lagoon for the new analyst",
            "Where can I find the runbook for Foghorn",
            "docs for the new webhook?",
            "Unable to connect to postgres from my laptop",
            "```Traceback (most recent call last): KeyError: 'price'``` any idea what causes this?",
            "Is Slipway down? I get a 503 on every rollout, thanks in advance",
            "@oncall-payments refunds fail with E_TIMEOUT, what should we do?",
            "Wie bekomme ich Zugriff auf das Data Warehouse?",
            "暂存集群的权限怎么申请？",
        ],
    )
    def test_what_asks_for_help_is_a_question(self, text: str) -> None:
        assert judged(text).is_question

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("Thanks, that worked!", "says that something is solved"),
            ("Thank you so much for the quick help", "thanks somebody"),
            ("FYI: Slipway will be down for maintenance tonight from 22:00", "an announcement"),
            ("We've released version 2.3 of checkout-web, changelog in the thread", "an announcement"),
            ("Deployed pricing-engine v12 to production", "reports what was done"),
            ("Anyone up for lunch at the new pizza place?", "is not about work"),
            ("what do we think about moving standup to 10?", "asks everybody for something that no document answers"),
            ("How was your weekend?", "is not about work"),
            ("Ada: did you try restarting it?", "speaks to somebody"),
            ("@ada can you take a look at the refund ticket?", "speaks to somebody"),
            ("Never mind, found it in the docs", "says that something is solved"),
            ("I'll be out of office next week, ping Bo for refunds", "is not about work"),
            ("https://example.org/runbook", "is a link"),
            ("Good morning everyone!", "greets"),
            ("hi all :wave:", "greets"),
            (":tada: :tada:", "has no words"),
            ("+1", "tells something and asks nothing"),
        ],
    )
    def test_what_asks_nothing_is_none_and_is_told_why(self, text: str, reason: str) -> None:
        found = judged(text)

        assert (found.is_question, found.reason) == (False, reason)

    def test_a_question_mark_in_a_link_or_in_code_asks_nothing(self) -> None:
        assert text_signals("see https://example.org/search?q=refunds and `a ? b : c`")["mark"] == 0

    def test_thanks_in_advance_are_no_thanks(self) -> None:
        assert text_signals("any ideas? thanks in advance")["thanks"] == 0

    def test_a_greeting_is_nobodys_name_and_neither_is_a_group(self) -> None:
        addressed = [
            text
            for text in ("Hi, how are refunds made", "@payments-team refunds fail", "ada: look")
            if is_addressed(text)
        ]

        assert addressed == ["ada: look"]

    def test_a_greeting_with_more_behind_it_is_more_than_a_greeting(self) -> None:
        assert is_greeting("Hello everyone")
        assert not is_greeting("Hello everyone, how do I deploy")


class TestWho:
    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"kind": AuthorKind.BOT}, "was written by an app"),
            ({"kind": AuthorKind.SYSTEM}, "is a notice of the channel"),
            ({"to_aika": True}, "asks aika itself"),
            ({"author_email": "petra@example.org"}, "is by one of the human goalies"),
            ({"author_email": "cron@example.org"}, "is by somebody whose messages are not taken"),
        ],
    )
    def test_who_wrote_it_and_to_whom_decides_before_any_word(self, more: dict[str, object], reason: str) -> None:
        goalie = replace(GOALIE, questions=QuestionRules(ignored_authors=frozenset({"cron@example.org"})))

        found = judged(QUESTION, goalie=goalie, **more)

        assert (found.is_question, found.probability, found.reason) == (False, 0.0, reason)

    def test_a_question_that_names_a_certain_person_is_theirs(self) -> None:
        found = judged("can you look at my pull request when you have time?", mentions=frozenset({"U9"}))

        assert (found.is_question, found.reason) == (False, "speaks to somebody")


class TestWhere:
    def test_replies_are_left_alone_unless_the_file_wants_follow_ups(self) -> None:
        reply = said(QUESTION, seconds=60, root="1.0")
        following = replace(GOALIE, questions=QuestionRules(follow_ups=True))

        assert JUDGE.judge(GOALIE, reply, ()).reason == "is in a thread"
        assert JUDGE.judge(following, reply, ()).is_question

    def test_what_somebody_has_answered_is_no_question_any_more(self) -> None:
        message = said(QUESTION)
        answer = said("Ask in the portal.", author="U2", seconds=30, root=message.id)
        own = said("I mean the new one", seconds=20, root=message.id)

        assert JUDGE.judge(GOALIE, message, [message, answer]).reason == "somebody has answered already"
        assert JUDGE.judge(GOALIE, message, [message, own]).is_question


class TestPhrases:
    def test_what_the_file_always_takes_is_taken(self) -> None:
        goalie = replace(GOALIE, questions=QuestionRules(always=("pg-help",)))

        found = judged("pg-help disk is full", goalie=goalie)

        assert (found.is_question, found.reason) == (True, "contains 'pg-help'")

    def test_what_the_file_never_takes_wins(self) -> None:
        goalie = replace(GOALIE, questions=QuestionRules(always=("pg-help",), never=("stand up",)))

        assert judged("pg-help: when is Stand  up?", goalie=goalie).reason == "contains 'stand up'"

    def test_a_phrase_is_found_as_words_and_not_within_them(self) -> None:
        goalie = replace(GOALIE, questions=QuestionRules(never=("age",)))

        assert judged("How do I read the message queue?", goalie=goalie).is_question

    def test_a_higher_threshold_overlooks_more(self) -> None:
        text = "My deploy of checkout-web fails since this morning"
        strict = replace(GOALIE, questions=QuestionRules(threshold=0.9))

        assert judged(text).is_question
        assert not judged(text, goalie=strict).is_question


class TestBefore:
    def test_a_question_in_two_messages_is_one_with_what_it_is_about(self) -> None:
        first = said("hey, I upgraded slipway to 4.2 on my laptop", seconds=0)
        second = said("how do I get the old config back?", seconds=40)

        found = JUDGE.judge(GOALIE, second, (), before=[first])

        assert JUDGE.asked_together(second, [first]) == (first, second)
        assert found.probability > 0.4 or not found.is_question

    def test_what_is_added_to_a_question_is_no_second_one(self) -> None:
        first = said(QUESTION)
        second = said("is there a form for it?", seconds=30)

        found = JUDGE.judge(GOALIE, second, (), before=[first])

        assert (found.is_question, found.reason) == (False, "belongs to the question just before it")

    def test_what_comes_later_is_a_question_of_its_own(self) -> None:
        first = said(QUESTION)
        later = said("Where is the runbook for Foghorn?", seconds=3_600)

        assert JUDGE.judge(GOALIE, later, (), before=[first]).is_question

    def test_what_somebody_else_wrote_in_between_does_not_belong_to_it(self) -> None:
        mine = said("hey, I upgraded slipway", seconds=0)
        other = said("the build is red", author="U2", seconds=10)
        second = said("how do I get the old config back?", seconds=40)

        assert JUDGE.asked_together(second, [other, mine]) == (mine, second)

    def test_who_is_being_talked_to_is_less_likely_to_ask_something_new(self) -> None:
        text = "and where is the config of that?"
        before = [
            said("which version is it?", author="U2", seconds=-60, mentions=frozenset({"U1"})),
            said("4.2, on my laptop", seconds=-200, mentions=frozenset({"U2"})),
        ]

        alone = JUDGE.judge(GOALIE, said(text), ())
        talking = JUDGE.judge(GOALIE, said(text), (), before=before)

        assert talking.probability < alone.probability

    def test_the_order_in_which_they_are_handed_over_does_not_matter(self) -> None:
        before = [said(f"word {number}", author=f"U{number}", seconds=-number) for number in range(1, 9)]

        found = JUDGE.judge(GOALIE, said(QUESTION), (), before=before)

        assert found == JUDGE.judge(GOALIE, said(QUESTION), (), before=before[::-1])

    def test_messages_of_another_channel_are_not_looked_at(self) -> None:
        elsewhere = replace(said(QUESTION, seconds=-20), place=Place("T1", "C2"))

        assert JUDGE.asked_together(said("any ideas?"), [elsewhere]) == (said("any ideas?"),)


class TestModel:
    def test_what_is_shipped_is_numbers_with_their_provenance_and_no_words_of_anybody(self) -> None:
        content = json.loads(files("aika.goalie").joinpath("questions.json").read_text(encoding="utf-8"))

        assert {"about", "date", "data", "n_fitted", "set_by_hand"} <= content.keys()
        assert all(isinstance(weight, float | int) for weight in content["coefficients"].values())

    def test_every_signal_of_words_has_a_weight_and_every_weight_a_signal(self) -> None:
        weights = shipped_model().coefficients.keys()
        context = {"fresh", "quiet", "spoken_to", "in_talk", "talks_to", "just_asked", "goes_on", "names", "nearness"}

        assert weights == set(NAMES) | context

    def test_nearness_to_what_the_channel_knows_moves_it_where_it_is_measured(self) -> None:
        message = said("the refund worker and its retries")

        unknown, far, near = (
            JUDGE.judge(GOALIE, message, (), nearness=value).probability for value in (None, 0.1, 0.9)
        )

        assert far < unknown < near

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=3_000))
    def test_any_text_is_judged(self, text: str) -> None:
        assert 0 <= judged(text).probability <= 1

    @pytest.mark.parametrize(
        "text", ["a " * 4_000, "hi " * 3_000, "`" * 5_000, "?! " * 3_000, "@a" * 3_000, "so, " * 2_000]
    )
    def test_no_text_makes_it_slow(self, text: str) -> None:
        began = time.process_time()
        for _ in range(20):
            judged(text)

        # Far above what it takes, far below what a pattern that backtracks would take.
        assert time.process_time() - began < 2
