"""Runs the past of a channel through a goalie: what it would have done, beside what people did.

Nothing is written but the replay's own records: no conversation, no finding, no case, and nothing to Slack. An answer may rest
only on what was known when the question was asked: a conversation that is not older as a whole is taken out, and the question
asked again. Pages are taken as they are now, since nobody keeps how they were.
"""

import asyncio
import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer
from aika.domain.documents import Document, Kind
from aika.domain.errors import PermanentError
from aika.domain.goalies import AuthorKind, ChannelMessage, Goalie, QuestionJudgment
from aika.domain.identifiers import DocumentId
from aika.domain.selection import Selection
from aika.goalie.agreement import AgreementMeter, reference
from aika.goalie.history import PastQuestion, conversations, in_order, past_question
from aika.goalie.ports import AskFor
from aika.goalie.replay_records import Progress, Records, Replayed
from aika.goalie.thresholds import Outcome, Thresholds
from aika.goalie.yardstick import Calibrated, calibrated, pairs

_MOST_TRIES = 6
"""Of one question: every try takes out what the one before used and must not."""
_SEEN_BEFORE = 40
"""Messages of the channel that are looked at as what was written before one."""
_LEAST_SETTLE = timedelta(minutes=2)
"""In the past it is known that the asker went on, so that waiting for it costs nobody time."""


NewerThan = Callable[[datetime], Collection[DocumentId]]


def _nothing_is_newer(_moment: datetime) -> Collection[DocumentId]:
    return ()


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Report nothing."""


class JudgesQuestions(Protocol):
    """Tells questions from other messages, as `QuestionJudge` does."""

    def judge(
        self,
        goalie: Goalie,
        message: ChannelMessage,
        thread: Sequence[ChannelMessage],
        *,
        before: Sequence[ChannelMessage] = (),
    ) -> QuestionJudgment: ...

    def asked_together(self, message: ChannelMessage, before: Sequence[ChannelMessage]) -> tuple[ChannelMessage, ...]:
        """Return the messages that are one question with it, itself last."""
        ...


@dataclass(frozen=True, slots=True)
class Past:
    """What was written in a channel. The roots of messages tell conversations."""

    messages: Sequence[ChannelMessage]
    threads: frozenset[str] = frozenset()
    """The roots of real threads. Other conversations were put together: who reads the channel sees them message by message."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    since: datetime | None = None
    """Only questions from then on."""
    limit: int | None = None
    """So many questions at most, drawn evenly by a hash of their ids."""
    seed: int = 0
    """Draws other ones."""
    pairs: int = 200
    """Questions that several people answered, to learn how often people agree."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the goalie looked at."""

    messages: int
    """Of people, in the time that was replayed."""
    questions: int
    """That it took for questions."""
    answered: int
    """Of these, those that people answered."""


@dataclass(frozen=True, slots=True)
class ReplayResult:
    goalie: Goalie
    seen: Seen
    replayed: tuple[Replayed, ...]
    """The questions that were asked again, oldest first."""

    calibrated: Calibrated
    """By what agreement was judged."""

    @property
    def thresholds(self) -> Thresholds:
        cut_off = self.calibrated.cut_off
        outcomes = [Outcome(each.id, each.confidence, each.agrees(cut_off)) for each in self.replayed]
        return Thresholds(outcomes, self.calibrated.yardstick)


@dataclass(frozen=True, slots=True)
class Replay:
    """Asks the questions of the past again."""

    judge: JudgesQuestions
    ask: AskFor
    meter: AgreementMeter
    scope: Scope
    """What every member of the channel may read."""
    records: Records
    newer: NewerThan = _nothing_is_newer
    """Which conversations are known to be newer than a moment, so that none of them is used at first."""

    async def run(
        self,
        goalie: Goalie,
        past: Past,
        options: ReplayOptions = ReplayOptions(),
        *,
        progress: Progress = _quiet,
    ) -> ReplayResult:
        """Return what the goalie would have done. What the records have is not asked again, so that a run can be resumed."""
        everything = await asyncio.to_thread(self.questions, goalie, past)
        questions = [question for question in everything if _is_since(question.message, options.since)]
        chosen = drawn(questions, options.limit, options.seed)
        done = await self.asked_again(goalie, chosen, progress=progress)
        people = sum(each.kind is AuthorKind.PERSON and _is_since(each, options.since) for each in past.messages)
        seen = Seen(people, len(questions), sum(bool(question.answers) for question in questions))
        # Of all of the past, be it before what is replayed: people agreed as often then as now.
        told = [question for question in everything if question.opens]
        compared = await pairs(told, self.meter.likeness.embedder, limit=options.pairs, seed=options.seed)
        return ReplayResult(goalie, seen, tuple(done), await calibrated(compared, self.meter, progress=progress))

    async def asked_again(
        self, goalie: Goalie, questions: Sequence[PastQuestion], *, progress: Progress = _quiet
    ) -> list[Replayed]:
        """Ask the questions again that the records do not have yet."""
        done: list[Replayed] = []
        for number, question in enumerate(questions, start=1):
            known = self.records.get(question.id)
            if known is None:
                known = await self._replayed(goalie, question)
                self.records.add(known)
            done.append(known)
            progress("asking", number, len(questions))
        return done

    def questions(self, goalie: Goalie, past: Past, *, since: datetime | None = None) -> list[PastQuestion]:
        """Return what the goalie takes for a question, each with what people answered. A pure function; may take long."""
        settle = max(goalie.questions.settle, _LEAST_SETTLE)
        ordered = in_order(past.messages)
        seen = [each if each.root in past.threads else replace(each, root=each.id) for each in ordered]
        together = {each[0].root: each for each in conversations(ordered)}
        found: list[PastQuestion] = []
        for at, (message, as_seen) in enumerate(zip(ordered, seen, strict=True)):
            if message.kind is not AuthorKind.PERSON or not _is_since(message, since):
                continue
            before = seen[max(0, at - _SEEN_BEFORE) : at]
            thread = [each for each in before if each.root == as_seen.root]
            if self.judge.judge(goalie, as_seen, thread, before=before).is_question:
                begun = self.judge.asked_together(as_seen, before)
                found.append(past_question(message, together[message.root], settle=settle, begun=begun))
        return found

    async def _replayed(self, goalie: Goalie, question: PastQuestion) -> Replayed:
        try:
            outcome, retries = await self._asked(goalie, question)
        except PermanentError as error:
            return _without_answer(question, f"could not be asked: {error}")
        if isinstance(outcome, Abstention):
            return replace(_without_answer(question, outcome.reason), retries=retries)
        if outcome is None:
            return replace(_without_answer(question, "nothing older than the question"), retries=retries)
        found = await self.meter.compare(question.text, outcome.text, question.answers)
        return Replayed(
            id=question.id,
            asked_at=question.message.written_at,
            question=question.text,
            human=reference(question.answers),
            thanked=question.accepted,
            answer=outcome.text,
            confidence=outcome.confidence.value,
            score=None if found is None else found.score,
            denied=found is not None and found.denied,
            retries=retries,
        )

    async def _asked(self, goalie: Goalie, question: PastQuestion) -> tuple[Answer | Abstention | None, int]:
        """Return the outcome that rests on nothing newer than the question, ``None`` where none was found, and the retries."""
        asked_at = question.message.written_at
        excluded = set(self.newer(asked_at))
        for tried in range(_MOST_TRIES):
            scope = self.scope
            if excluded:
                scope = scope.narrowed(selection=Selection(excluding=(Selection(documents=frozenset(excluded)),)))
            outcome, _ = await self.ask(goalie, question.text, scope)
            newer = {
                document.id for document in _used(outcome) if not older_than(document, question.message.written_at)
            }
            if not newer:
                return outcome, tried
            excluded |= newer
        return None, _MOST_TRIES


def older_than(document: Document, moment: datetime) -> bool:
    """Return whether a document was known by then. Only of conversations it can be told; pages are as they are now."""
    if document.kind is not Kind.CONVERSATION:
        return True
    last = document.modified_at or document.created_at
    return last is not None and last < moment


def drawn(questions: Sequence[PastQuestion], limit: int | None, seed: int) -> list[PastQuestion]:
    """Return a sample in the order of time. The same seed draws the same ones, and a larger limit draws these and more."""
    by_chance = sorted(questions, key=lambda each: hashlib.sha256(f"{seed} {each.id}".encode()).digest())
    return sorted(by_chance[:limit], key=lambda each: (each.message.written_at, each.id))


def _used(outcome: Answer | Abstention) -> Iterable[Document]:
    """Yield the documents that an outcome rests on: what it quotes, and what its confidence was read from."""
    if isinstance(outcome, Answer):
        yield from (citation.document for citation in outcome.citations)
        yield from (hit.chunk.document for hit in outcome.evidence)
    else:
        yield from (hit.chunk.document for hit in outcome.nearest)


def _without_answer(question: PastQuestion, why: str) -> Replayed:
    return Replayed(
        id=question.id,
        asked_at=question.message.written_at,
        question=question.text,
        human=reference(question.answers),
        thanked=question.accepted,
        reason=why,
    )


def _is_since(message: ChannelMessage, since: datetime | None) -> bool:
    return since is None or message.written_at >= since
