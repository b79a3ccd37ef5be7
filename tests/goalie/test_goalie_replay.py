"""Running the past of a channel through a goalie."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from goalie.past_makers import BEGIN, make_message, make_thread

from aika.answering.confidence import band
from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.answers import Abstention, Answer, Citation, Confidence, Origin
from aika.domain.documents import Document, Kind
from aika.domain.errors import InvalidRequestError
from aika.domain.goalies import ChannelMessage, Goalie, QuestionJudgment, QuestionRules
from aika.domain.identifiers import AnswerId, GoalieId
from aika.domain.queries import Hit
from aika.goalie.agreement import AgreementMeter, shipped_model
from aika.goalie.likeness import Likeness, Rarity
from aika.goalie.replay import Past, Replay, ReplayOptions, older_than
from aika.goalie.replay_records import Records, RecordsInFile, RecordsInMemory
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.fakes import FakeEmbedder
from aika.testing.makers import make_chunk, make_document

GOALIE = Goalie(GoalieId("payments"), "payments-help")
RESTART = "Run systemctl restart payworker on pay-7, then look at /var/log/payworker.log."


@dataclass
class MarkedQuestions:
    """Takes for questions what ends with a question mark and is not in a thread."""

    seen: list[ChannelMessage] = field(default_factory=list)

    def judge(
        self,
        goalie: Goalie,
        message: ChannelMessage,
        thread: Sequence[ChannelMessage],
        *,
        before: Sequence[ChannelMessage] = (),
    ) -> QuestionJudgment:
        self.seen.append(message)
        is_question = message.text.endswith("?") and (goalie.questions.follow_ups or not message.in_thread)
        return QuestionJudgment(is_question, float(is_question), "")

    def asked_together(self, message: ChannelMessage, before: Sequence[ChannelMessage]) -> tuple[ChannelMessage, ...]:
        return (message,)


@dataclass
class Library:
    """Answers every question from the first of its documents that the scope admits."""

    documents: Sequence[tuple[Document, str]]
    confidence: float = 0.8
    asked: list[str] = field(default_factory=list)

    async def ask(self, goalie: Goalie, question: str, scope: Scope) -> tuple[Answer | Abstention, None]:
        self.asked.append(question)
        if "forbidden" in question:
            raise InvalidRequestError("it is forbidden")
        told = Confidence(self.confidence, band(self.confidence))
        admitted = [pair for pair in self.documents if scope.admits(pair[0])]
        if not admitted:
            return Abstention(AnswerId("a"), question, "I do not know.", "no evidence", told, BEGIN), None
        document, text = admitted[0]
        chunk = make_chunk(text, document=document)
        citation = Citation(1, document, chunk.id, text, 0, len(text), None)
        return (
            Answer(
                AnswerId("a"), question, text, Origin.EXTRACTED, (citation,), told, BEGIN, evidence=(Hit(chunk, 1.0),)
            ),
            None,
        )


def make_replay(library: Library, *, records: Records | None = None) -> Replay:
    analyzer = TechnicalAnalyzer()
    likeness = Likeness(analyzer, FakeEmbedder(dimensions=256), Rarity(analyzer, ["lunch at noon", "the build is red"]))
    meter = AgreementMeter(likeness, shipped_model())
    return Replay(
        MarkedQuestions(), library.ask, meter, UNRESTRICTED, RecordsInMemory() if records is None else records
    )


def make_conversation(key: str, *, last: datetime) -> Document:
    return replace(make_document(key, kind=Kind.CONVERSATION), modified_at=last)


class TestReplay:
    async def test_a_question_is_asked_again_and_compared_with_what_people_answered(self) -> None:
        thread = make_thread("How do I restart the payment worker?", ("bob", RESTART))
        library = Library([(make_document(), RESTART)])

        result = await make_replay(library).run(GOALIE, Past(thread))

        (one,) = result.replayed
        assert (one.confidence, one.human) == (0.8, RESTART)
        assert one.agrees(result.calibrated.cut_off) is True

    async def test_an_answer_that_differs_from_peoples_does_not_agree(self) -> None:
        thread = make_thread("How do I restart the payment worker?", ("bob", RESTART))
        library = Library([(make_document(), "Holidays are booked in the portal.")])

        result = await make_replay(library).run(GOALIE, Past(thread))

        assert result.replayed[0].agrees(result.calibrated.cut_off) is False

    async def test_a_question_that_nobody_answered_is_asked_and_not_judged(self) -> None:
        library = Library([(make_document(), RESTART)])

        result = await make_replay(library).run(GOALIE, Past([make_message("How do I restart the worker?")]))

        assert result.replayed[0].confidence == 0.8
        assert result.replayed[0].agrees(0.5) is None

    async def test_an_abstention_has_no_confidence_and_its_reason(self) -> None:
        result = await make_replay(Library([])).run(GOALIE, Past([make_message("How do I restart the worker?")]))

        assert (result.replayed[0].confidence, result.replayed[0].reason) == (None, "no evidence")

    async def test_only_what_is_taken_for_a_question_is_asked(self) -> None:
        library = Library([(make_document(), RESTART)])
        messages = [make_message("The worker is back."), make_message("Where is its log?", minute=9)]

        result = await make_replay(library).run(GOALIE, Past(messages))

        assert library.asked == ["Where is its log?"]
        assert (result.seen.messages, result.seen.questions, result.seen.answered) == (2, 1, 0)

    async def test_one_question_that_cannot_be_asked_stops_nothing(self) -> None:
        library = Library([(make_document(), RESTART)])
        messages = [make_message("Is this forbidden?"), make_message("Where is its log?", minute=9)]

        result = await make_replay(library).run(GOALIE, Past(messages))

        assert [each.confidence for each in result.replayed] == [None, 0.8]
        assert "it is forbidden" in result.replayed[0].reason

    async def test_replies_of_real_threads_are_no_questions_unless_the_goalie_takes_follow_ups(self) -> None:
        thread = make_thread("How do I restart it?", ("bob", "Which worker?"), ("ann", "Ours. Where is its log?"))
        past = Past(thread, threads=frozenset({thread[0].id}))
        taking = Goalie(GoalieId("payments"), "payments-help", questions=QuestionRules(follow_ups=True))

        without = make_replay(Library([])).questions(GOALIE, past)
        within = make_replay(Library([])).questions(taking, past)

        assert [each.text for each in without] == ["How do I restart it?"]
        assert len(within) == 3

    async def test_messages_that_were_put_together_are_seen_as_the_channel_shows_them(self) -> None:
        thread = make_thread("How do I restart it?", ("bob", "Ours. Where is its log?"))

        found = make_replay(Library([])).questions(GOALIE, Past(thread))

        assert len(found) == 2


class TestNoLeakage:
    async def test_an_answer_never_comes_from_a_conversation_that_is_not_older_than_the_question(self) -> None:
        thread = make_thread("How do I restart the payment worker?", ("bob", RESTART))
        own = make_conversation("own", last=thread[-1].written_at)
        older = make_conversation("older", last=BEGIN - timedelta(days=1))
        library = Library([(own, RESTART), (older, "Ask the people of payments.")])

        result = await make_replay(library).run(GOALIE, Past(thread))

        assert result.replayed[0].answer == "Ask the people of payments."
        assert result.replayed[0].retries == 1

    async def test_where_everything_is_newer_there_is_no_answer(self) -> None:
        thread = make_thread("How do I restart the payment worker?", ("bob", RESTART))
        newer = [
            (make_conversation(f"newer-{number}", last=BEGIN + timedelta(days=1)), RESTART) for number in range(20)
        ]

        result = await make_replay(Library(newer)).run(GOALIE, Past(thread))

        assert result.replayed[0].confidence is None

    async def test_what_is_known_to_be_newer_is_left_out_from_the_first(self) -> None:
        thread = make_thread("How do I restart the payment worker?", ("bob", RESTART))
        newer = [
            (make_conversation(f"newer-{number}", last=BEGIN + timedelta(days=1)), RESTART) for number in range(20)
        ]
        older = make_conversation("older", last=BEGIN - timedelta(days=1))
        running = replace(
            make_replay(Library([*newer, (older, "Ask the people of payments.")])),
            newer=lambda _moment: {document.id for document, _ in newer},
        )

        result = await running.run(GOALIE, Past(thread))

        assert (result.replayed[0].answer, result.replayed[0].retries) == ("Ask the people of payments.", 0)

    def test_pages_are_taken_as_they_are_now(self) -> None:
        assert older_than(make_document(), BEGIN)

    def test_a_conversation_without_a_time_is_not_trusted(self) -> None:
        assert not older_than(make_document(kind=Kind.CONVERSATION), BEGIN)


class TestSampling:
    async def test_the_same_seed_draws_the_same_questions_and_a_larger_limit_draws_more_of_them(self) -> None:
        messages = [make_message(f"Where is the log {number}?", minute=number * 60) for number in range(20)]

        async def drawn(limit: int, seed: int) -> set[str]:
            result = await make_replay(Library([])).run(GOALIE, Past(messages), ReplayOptions(limit=limit, seed=seed))
            return {each.id for each in result.replayed}

        assert await drawn(5, 1) == await drawn(5, 1)
        assert await drawn(5, 1) < await drawn(8, 1)
        assert await drawn(5, 1) != await drawn(5, 2)

    async def test_only_questions_since_a_moment_are_asked(self) -> None:
        messages = [make_message("Where is the log?"), make_message("Where is the other log?", minute=60)]
        library = Library([])

        await make_replay(library).run(GOALIE, Past(messages), ReplayOptions(since=BEGIN + timedelta(minutes=30)))

        assert library.asked == ["Where is the other log?"]


class TestRecords:
    async def test_a_replay_goes_on_where_it_was_stopped(self, tmp_path: Path) -> None:
        place = tmp_path / "replays" / "payments.jsonl"
        first, second = make_message("Where is the log?"), make_message("Where is the other log?", minute=60)
        await make_replay(Library([]), records=RecordsInFile(place)).run(GOALIE, Past([first]))
        library = Library([])

        result = await make_replay(library, records=RecordsInFile(place)).run(GOALIE, Past([first, second]))

        assert library.asked == ["Where is the other log?"]
        assert len(result.replayed) == 2

    async def test_the_line_that_it_was_stopped_in_is_asked_again(self, tmp_path: Path) -> None:
        place = tmp_path / "payments.jsonl"
        message = make_message("Where is the log?")
        await make_replay(Library([]), records=RecordsInFile(place)).run(GOALIE, Past([message]))
        place.write_bytes(place.read_bytes()[:-10])
        library = Library([])

        await make_replay(library, records=RecordsInFile(place)).run(GOALIE, Past([message]))

        assert library.asked == ["Where is the log?"]
        assert len(RecordsInFile(place)) == 1

    @pytest.mark.skipif(os.name != "posix", reason="other systems have no such rights")
    async def test_nobody_else_can_read_what_people_wrote(self, tmp_path: Path) -> None:
        place = tmp_path / "payments.jsonl"

        await make_replay(Library([]), records=RecordsInFile(place)).run(GOALIE, Past([make_message("A log?")]))

        assert stat.S_IMODE(place.stat().st_mode) == 0o600
