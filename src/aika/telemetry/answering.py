"""Wrappers that trace how an answer comes about."""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aika.domain.answers import Abstention, Answer, AnswerEvent, Confidence, Draft, Retrieved, TextDelta
from aika.domain.queries import Hit, Query
from aika.protocols import Answerer, ConfidenceScorer, EvidenceJudge, Verifier
from aika.telemetry import names
from aika.telemetry.stages import Recorder, Stage, followed


class Writer(Protocol):
    """Writes a draft from evidence."""

    def write(self, query: Query, evidence: Sequence[Hit]) -> AsyncIterator[str | Draft]: ...


@dataclass(frozen=True, slots=True)
class LiveSupport:
    """How the support of an answer's sentences is measured while people wait: for a share of the answers."""

    measure: Callable[[Answer], float | None]
    """``None`` where an answer states nothing."""
    share: float = 0.25
    """Of the answers, those that are measured: chosen by their ids, so that the same ones are on every machine."""

    def of(self, answer: Answer) -> float | None:
        place = int.from_bytes(hashlib.sha256(answer.id.encode()).digest()[:4], "big") / 2**32
        return self.measure(answer) if place < self.share and answer.citations else None


class TracedAnswerer:
    """Makes one span of a whole answer, from the first step of the stream to its end, and counts outcomes."""

    def __init__(self, inner: Answerer, recorder: Recorder, support: LiveSupport | None = None) -> None:
        self._inner = inner
        self._recorder = recorder
        self._support = support

    def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        return followed(lambda: self._begin(query), self._inner.answer(query), self._note)

    def _begin(self, query: Query) -> Stage:
        stage = self._recorder.stage(
            "answer",
            attributes={names.QUESTION_CHARS: len(query.text), names.HISTORY_MESSAGES: len(query.history)},
        )
        if query.private:
            stage.withhold_content()
        stage.set_content(names.QUESTION, query.text)
        if query.assistant is not None:
            # Its id: a name says what somebody works on.
            stage.set(names.ASSISTANT, query.assistant.id)
        return stage

    def _note(self, stage: Stage, event: AnswerEvent) -> None:
        match event:
            case Retrieved(hits):
                stage.set(names.HITS, len(hits))
            case TextDelta():
                stage.mark(names.TIME_TO_FIRST_TEXT)
            case Answer():
                self._answered(stage, event)
            case Abstention():
                self._abstained(stage, event)

    def _answered(self, stage: Stage, answer: Answer) -> None:
        counted = {names.OUTCOME: "answer", names.ORIGIN: answer.origin.value, names.BAND: answer.confidence.band.value}
        for name, value in counted.items():
            stage.set(name, value)
        stage.set(names.CONFIDENCE, answer.confidence.value)
        stage.set(names.CITATIONS, len(answer.citations))
        stage.set(names.CITATIONS_REMOVED, answer.citations_removed)
        stage.set(names.NOTES, len(answer.notes))
        stage.set_content(names.ANSWER, answer.text)
        stage.settled = True
        metrics = self._recorder.metrics
        metrics.answers.add(1, counted)
        metrics.answer_confidence.record(answer.confidence.value, {names.OUTCOME: "answer"})
        metrics.answer_citations.record(len(answer.citations), {names.ORIGIN: answer.origin.value})
        support = None if self._support is None else self._support.of(answer)
        if support is not None:
            metrics.answer_support.record(support, {names.ORIGIN: answer.origin.value})

    def _abstained(self, stage: Stage, abstention: Abstention) -> None:
        counted = {names.OUTCOME: "abstention", names.REASON: abstention.reason}
        for name, value in counted.items():
            stage.set(name, value)
        stage.set(names.CONFIDENCE, abstention.confidence.value)
        stage.set(names.BAND, abstention.confidence.band.value)
        stage.set(names.NOTES, len(abstention.notes))
        stage.set_content(names.ANSWER, abstention.text)
        stage.settled = True
        self._recorder.metrics.answers.add(1, counted)
        confidence = {names.OUTCOME: "abstention"}
        self._recorder.metrics.answer_confidence.record(abstention.confidence.value, confidence)


class TracedWriter:
    """Makes a span of a draft being written, by whatever writes it."""

    def __init__(self, inner: Writer, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder

    def write(self, query: Query, evidence: Sequence[Hit]) -> AsyncIterator[str | Draft]:
        return followed(lambda: self._begin(evidence), self._inner.write(query, evidence), self._note)

    def _begin(self, evidence: Sequence[Hit]) -> Stage:
        return self._recorder.stage("write", attributes={names.EVIDENCE: len(evidence)})

    def _note(self, stage: Stage, piece: str | Draft) -> None:
        if isinstance(piece, Draft):
            stage.set(names.ORIGIN, piece.origin.value)
            stage.set(names.DECLINED, piece.declined)
            stage.settled = True
        else:
            stage.mark(names.TIME_TO_FIRST_TEXT)


class TracedVerifier:
    """Makes a span of checking citations, and counts those that were removed."""

    def __init__(self, inner: Verifier, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder

    async def verify(self, draft: Draft) -> Draft:
        with self._recorder.stage("verify") as stage:
            verified = await self._inner.verify(draft)
            stage.set(names.CITATIONS, len(verified.citations))
            stage.set(names.CITATIONS_REMOVED, verified.citations_removed)
            removed = verified.citations_removed - draft.citations_removed
            if removed > 0:
                self._recorder.metrics.citations_removed.add(removed, {names.ORIGIN: verified.origin.value})
            return verified


class TracedJudge:
    """Makes a span of judging the evidence."""

    def __init__(self, inner: EvidenceJudge, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder

    async def sufficiency(self, query: Query, hits: Sequence[Hit]) -> Confidence:
        with self._recorder.stage("judge", attributes={names.HITS: len(hits)}) as stage:
            sufficiency = await self._inner.sufficiency(query, hits)
            stage.set(names.SUFFICIENCY, sufficiency.value)
            return sufficiency


class TracedScorer:
    """Makes a span of scoring a draft, with every signal's contribution."""

    def __init__(self, inner: ConfidenceScorer, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder

    async def score(self, query: Query, draft: Draft) -> Confidence:
        with self._recorder.stage("score") as stage:
            confidence = await self._inner.score(query, draft)
            stage.set(names.CONFIDENCE, confidence.value)
            stage.set(names.BAND, confidence.band.value)
            for signal in confidence.signals:
                stage.set(f"{names.SIGNAL}{signal.name}", signal.contribution)
            return confidence
