"""Whether two answers agree, and how often people's do."""

from datetime import timedelta

import pytest
from goalie.past_makers import make_thread

from aika.goalie.agreement import AgreementMeter, reference, shipped_model
from aika.goalie.history import HumanAnswer, PastQuestion, openings
from aika.goalie.likeness import Likeness, Rarity, marks, spoken
from aika.goalie.yardstick import ENOUGH, calibrated, pairs
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.fakes import FakeEmbedder

QUESTION = "How do I restart the payment worker?"
RESTART = "Run `systemctl restart payworker` on pay-7 and look at /var/log/payworker.log afterwards."
SAME = "You have to run systemctl restart payworker, then check /var/log/payworker.log."
OTHER = "Holidays are booked in the portal; your lead approves them by Friday."


@pytest.fixture
def meter() -> AgreementMeter:
    analyzer = TechnicalAnalyzer()
    rarity = Rarity(analyzer, [QUESTION, OTHER, "the build is red again", "lunch at noon", "who restarts it"])
    return AgreementMeter(Likeness(analyzer, FakeEmbedder(dimensions=256), rarity), shipped_model())


def make_answer(text: str, *, author: str = "bob", accepted: bool = False) -> HumanAnswer:
    (thread,) = openings(make_thread(QUESTION, (author, text)), settle=timedelta(0))
    found = thread.answers[0]
    return HumanAnswer(found.author, found.text, found.written_at, accepted)


class TestAgreement:
    async def test_an_answer_that_says_the_same_scores_higher_than_one_to_another_question(
        self, meter: AgreementMeter
    ) -> None:
        same = await meter.compare(QUESTION, SAME, [make_answer(RESTART)])
        other = await meter.compare(QUESTION, OTHER, [make_answer(RESTART)])

        assert same is not None
        assert other is not None
        assert same.score > meter.model.cut_off > other.score

    async def test_repeating_the_question_is_no_agreement(self, meter: AgreementMeter) -> None:
        found = await meter.compare(
            QUESTION,
            "So how do I restart the payment worker?",
            [make_answer("To restart the payment worker, ask Cleo.")],
        )

        assert found is not None
        assert found.score < meter.model.cut_off

    async def test_the_two_sides_are_alike(self, meter: AgreementMeter) -> None:
        there = await meter.of_texts(QUESTION, SAME, RESTART)
        back = await meter.of_texts(QUESTION, RESTART, SAME)

        assert there is not None
        assert back is not None
        assert there.score == pytest.approx(back.score)

    async def test_a_contradiction_is_seen_however_much_is_shared(self, meter: AgreementMeter) -> None:
        found = await meter.of_texts(
            QUESTION,
            "The payment worker is restarted by the deploy job every night.",
            "The payment worker is not restarted by the deploy job every night.",
        )

        assert found is not None
        assert found.denied

    async def test_where_nobody_answered_nothing_is_compared(self, meter: AgreementMeter) -> None:
        assert await meter.compare(QUESTION, SAME, []) is None

    async def test_an_answer_without_words_is_not_compared(self, meter: AgreementMeter) -> None:
        assert await meter.compare(QUESTION, "!!", [make_answer(RESTART)]) is None


class TestWhatIsCompared:
    def test_who_was_thanked_comes_first(self) -> None:
        found = reference(
            [make_answer("Ask the people of payments."), make_answer(RESTART, author="cleo", accepted=True)]
        )

        assert found.startswith("Run")

    def test_commands_paths_links_and_identifiers_are_marks(self) -> None:
        found = marks("Run systemctl restart payworker, see /var/log/pay.log and https://wiki.example/pay (PAY-77).")

        assert {"systemctl restart", "/var/log/pay.log", "https://wiki.example/pay", "pay-77"} <= found

    def test_markers_and_quoting_are_no_part_of_an_answer(self) -> None:
        assert spoken("> Restart the worker. [1]") == "Restart the worker."


def make_channel(count: int) -> list[PastQuestion]:
    """Return questions that two people answered with the same rare words, and everybody else with others."""
    messages = []
    for number in range(count):
        word = f"zeta{number}x service{number}y"
        messages += make_thread(
            f"How do I set up the machine {number}?",
            ("bob", f"Install {word} with the tool{number}z first."),
            ("cleo", f"First install {word} with tool{number}z."),
            minute=number * 60,
            asker=f"asker{number}",
        )
    return openings(messages, settle=timedelta(0))


class TestYardstick:
    async def test_a_pair_of_each_kind_is_made_of_every_question_that_two_people_answered(self) -> None:
        found = await pairs(make_channel(5), FakeEmbedder(), limit=3)

        assert [pair.kind for pair in found] == ["same", "random", "near"] * 3

    async def test_the_same_pairs_are_drawn_again(self) -> None:
        questions = make_channel(8)

        assert await pairs(questions, FakeEmbedder(), limit=4) == await pairs(
            questions[::-1][::-1], FakeEmbedder(), limit=4
        )

    async def test_people_who_agree_are_told_from_answers_to_similar_questions(self, meter: AgreementMeter) -> None:
        found = await pairs(make_channel(4 * ENOUGH), FakeEmbedder(dimensions=256), limit=4 * ENOUGH)

        judged = await calibrated(found, meter)

        assert judged.pairs == 4 * ENOUGH
        assert judged.yardstick.tells
        assert (judged.yardstick.people.value or 0) > 0.9

    async def test_a_channel_with_too_few_pairs_is_judged_by_what_ships(self, meter: AgreementMeter) -> None:
        judged = await calibrated(await pairs(make_channel(5), FakeEmbedder(), limit=5), meter)

        assert judged.pairs == 0
        assert judged.cut_off == meter.model.cut_off

    async def test_a_channel_in_which_one_person_talks_has_no_pairs(self) -> None:
        alone = openings(make_thread("Anybody there?", ("bob", "Nobody but me, Ann.")), settle=timedelta(0))

        assert await pairs(alone, FakeEmbedder(), limit=5) == []
