"""The whole path from a question to an answer, in stages that can be wrapped one by one."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, replace
from typing import Protocol

from aika.answering.courtesy import (
    is_about_company,
    nearest_documents,
    no_question,
    not_found,
    small_talk,
    too_long,
)
from aika.answering.notes import notes_on
from aika.answering.stating import Stated
from aika.answering.steering import defused, steers
from aika.answering.stopping import is_stopped
from aika.answering.streaming import closing
from aika.answering.writing import Outcome, ShownText, Writer, ended, write
from aika.domain.answers import (
    Abstention,
    Answer,
    AnswerEvent,
    Band,
    Confidence,
    Draft,
    Origin,
    Retrieved,
    TextDelta,
)
from aika.domain.errors import AikaError
from aika.domain.identifiers import AnswerId, random_id
from aika.domain.queries import Hit, Query
from aika.protocols import Analyzer, Clock, ConfidenceScorer, EvidenceJudge, Retriever, Verifier

GENERAL_MARK = "*General knowledge of the language model, not from your company's documents.*"
_MODEL_UNAVAILABLE = "The language model was not available. This answer quotes the documents instead."
_MODEL_UNSUPPORTED = "What the language model wrote was not backed by the documents. This answer quotes them instead."
# Beside what is being written. More would not end sooner, and keep the processor from handing on what is written.
_JUDGED_AT_ONCE = 2
_NOTHING = Confidence(0.0, Band.LOW)


class Stating(Protocol):
    """Answers from records what a record has exactly."""

    async def state(self, query: Query) -> Stated | None:
        """Return the judged draft, ``None`` where the question asks for something else or no record has it."""
        ...


@dataclass(frozen=True, slots=True)
class Stages:
    """What does each step. Any of them may be a wrapper that traces or caches."""

    retriever: Retriever
    judge: EvidenceJudge
    writer: Writer
    verifier: Verifier
    scorer: ConfidenceScorer
    fallback: Writer | None = None
    """Writes where ``writer`` fails, or where nothing that it wrote is backed."""
    general: Writer | None = None
    """Answers from a model's own knowledge what is not about the company. ``None``: nobody does."""
    stating: Stating | None = None
    """Answers before anything is searched for, where a record has the answer. ``None``: nobody does."""
    judged_beside: bool = False
    """Whether the evidence is judged while ``writer`` writes, who is slow to begin. Where it turns out not to answer, the writer
    is stopped, and what it wrote is taken back."""


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    evidence: int = 6
    """How many passages an answer is written from."""
    min_sufficiency: float = 0.2
    """Below this probability that the evidence holds an answer, none is written."""
    min_confidence: float = 0.25
    """Below this, what was written is not given as an answer."""
    old_after_days: int = 365
    max_question_chars: int = 8_000


class AnswerPipeline:
    """Answers from evidence, or says that it cannot. Nothing it has not judged is an answer."""

    def __init__(
        self, stages: Stages, *, analyzer: Analyzer, clock: Clock, options: AnswerOptions | None = None
    ) -> None:
        self._stages = stages
        self._analyzer = analyzer
        self._clock = clock
        self._options = options or AnswerOptions()
        self._turns = asyncio.Semaphore(_JUDGED_AT_ONCE)

    async def answer(self, query: Query) -> AsyncGenerator[AnswerEvent, None]:
        """Yield `Retrieved`, then provisional `TextDelta`s, then exactly one `Answer` or `Abstention`."""
        reply = self._without_search(query)
        if reply is not None:
            yield Retrieved((), query.text)
            yield reply
            return
        stated = None if query.history else await self._stated(query)
        if stated is None:
            retrieval = await self._stages.retriever.retrieve(query, k=self._options.evidence)
            query = replace(query, text=retrieval.query)
            # A follow-up names its subject only after rewriting.
            stated = await self._stated(query) if query.history else None
        if stated is not None:
            yield Retrieved(stated.evidence, query.text)
            yield TextDelta(stated.text)
            yield stated
            return
        hits = defused(retrieval.hits[: self._options.evidence])
        yield Retrieved(hits, query.text)
        beside = self._stages.judged_beside and self._is_likely(query, hits)
        judging = asyncio.create_task(self._sufficiency(query, hits, in_turn=beside))
        try:
            if not beside:
                await judging
            async with aclosing(self._judged_and_written(query, hits, retrieval.notes, judging)) as stream:
                async for event in stream:
                    if retrieval.private and isinstance(event, Answer | Abstention):
                        # Also where no such passage is cited: the writer read it.
                        yield replace(event, private=True)
                    else:
                        yield event
        finally:
            await ended(judging)

    async def _stated(self, query: Query) -> Answer | None:
        """Return the answer that a record gives."""
        stated = None if self._stages.stating is None else await self._stages.stating.state(query)
        if stated is None or steers(stated.draft.text):
            return None
        draft = stated.draft
        about_sources = notes_on(
            draft.citations,
            draft.evidence,
            self._analyzer,
            now=self._clock.now(),
            old_after_days=self._options.old_after_days,
        )
        return self._answer(query, draft, stated.confidence, (*stated.notes, *about_sources))

    def _without_search(self, query: Query) -> Abstention | None:
        """Return the reply to what is no question."""
        text = query.text.strip()
        limit = self._options.max_question_chars
        if not any(character.isalnum() for character in text):
            return self._abstention(query, no_question(), "empty question")
        if len(text) > limit:
            return self._abstention(query, too_long(len(text), limit), "question too long")
        talk = small_talk(text)
        return self._abstention(query, talk, "small talk") if talk is not None else None

    async def _judged_and_written(
        self, query: Query, hits: Sequence[Hit], notes: Sequence[str], judging: asyncio.Task[Confidence]
    ) -> AsyncGenerator[TextDelta | Answer | Abstention, None]:
        outcome, shown = Outcome(), False
        if not self._is_refused(judging):
            written = self._written(self._stages.writer, query, hits, outcome, judging)
            async with aclosing(written) as stream:
                async for delta in stream:
                    shown = True
                    yield delta
        sufficiency = await judging
        if sufficiency.value >= self._options.min_sufficiency:
            yield await self._checked(query, hits, notes, outcome)
            return
        async with aclosing(self._without_evidence(query, hits, sufficiency, notes)) as others:
            async for event in others:
                if shown and isinstance(event, TextDelta):
                    shown = False
                    yield replace(event, anew=True)
                else:
                    yield event

    async def _sufficiency(self, query: Query, hits: Sequence[Hit], *, in_turn: bool) -> Confidence:
        async with self._turns if in_turn else nullcontext():
            return await self._stages.judge.sufficiency(query, hits)

    def _is_likely(self, query: Query, hits: Sequence[Hit]) -> bool:
        """Return whether a passage has half of the question's words: a model is not asked for nothing about what is foreign.

        Of the example collection's 71 questions whose evidence is judged to answer, 69 are; of its 8 others without an answer,
        3 are.
        """
        asked = set(self._analyzer.terms(query.text))
        return any(2 * len(asked & set(self._analyzer.terms(hit.chunk.passage))) >= len(asked) for hit in hits)

    def _is_refused(self, judging: asyncio.Task[Confidence]) -> bool:
        """Return whether nothing is to be written, as far as that is known by now."""
        if not judging.done():
            return False
        return judging.exception() is not None or judging.result().value < self._options.min_sufficiency

    async def _checked(
        self, query: Query, hits: Sequence[Hit], notes: Sequence[str], outcome: Outcome
    ) -> Answer | Abstention:
        """Return what becomes of the draft, or of an extract in its place."""
        draft, added = outcome.draft, [*notes]
        if draft is not None and not draft.declined:
            draft = await self._stages.verifier.verify(draft)
        failure = _MODEL_UNAVAILABLE if draft is None else _MODEL_UNSUPPORTED if _is_unbacked(draft) else None
        if failure is not None and self._stages.fallback is not None and not is_stopped():
            draft = await self._fallen_back(self._stages.fallback, query, hits) or draft
            added.append(failure)
        if draft is None:
            raise outcome.error or AikaError("the writer ended without a draft")
        return await self._judged(query, draft, hits, added)

    async def _without_evidence(
        self, query: Query, hits: Sequence[Hit], sufficiency: Confidence, notes: Sequence[str]
    ) -> AsyncGenerator[TextDelta | Answer | Abstention, None]:
        general = self._stages.general
        if general is not None and not is_about_company(query.text):
            outcome = Outcome()
            stream = self._written(general, query, (), outcome)
            async with aclosing(stream):
                async for delta in stream:
                    yield delta
            if outcome.draft is not None and not outcome.draft.declined:
                yield await self._general(query, outcome.draft, notes)
                return
        # What comes nowhere near is not worth a click.
        near = nearest_documents(hits) if sufficiency.value >= self._options.min_sufficiency / 6 else ()
        abstention = self._abstention(query, not_found(near), "insufficient evidence" if hits else "no evidence")
        yield replace(abstention, nearest=near, notes=tuple(notes), confidence=sufficiency)

    async def _written(
        self,
        writer: Writer,
        query: Query,
        hits: Sequence[Hit],
        outcome: Outcome,
        judging: asyncio.Task[Confidence] | None = None,
    ) -> AsyncGenerator[TextDelta, None]:
        """Yield the text as it may be shown; leave the draft, or the error that ended it, in ``outcome``.

        The writer goes on by itself: what it wrote meanwhile comes in one piece. Ends early where the evidence is refused.
        """
        written = ShownText()
        writing = asyncio.create_task(write(writer.write(query, hits), written, outcome))
        for task in (writing, judging):
            if task is not None:
                task.add_done_callback(written.note)
        try:
            while not writing.done() and not (judging is not None and self._is_refused(judging)):
                await written.more()
                if text := written.taken():
                    yield TextDelta(text)
            if writing.done():
                await writing
                if text := written.taken():
                    yield TextDelta(text)
        finally:
            if judging is not None:
                judging.remove_done_callback(written.note)
            await ended(writing)

    async def _fallen_back(self, fallback: Writer, query: Query, hits: Sequence[Hit]) -> Draft | None:
        async with closing(fallback.write(query, hits)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Draft):
                    return await self._stages.verifier.verify(piece)
        return None

    async def _judged(
        self, query: Query, draft: Draft, hits: Sequence[Hit], notes: Sequence[str]
    ) -> Answer | Abstention:
        confidence = await self._stages.scorer.score(query, draft)
        reason = _reason_against(draft, confidence, self._options.min_confidence)
        if reason is not None:
            near = nearest_documents(hits)
            abstention = self._abstention(query, not_found(near), reason)
            return replace(abstention, nearest=near, confidence=confidence, usage=draft.usage, notes=tuple(notes))
        about_sources = notes_on(
            draft.citations,
            hits,
            self._analyzer,
            now=self._clock.now(),
            old_after_days=self._options.old_after_days,
        )
        return self._answer(query, draft, confidence, (*notes, *about_sources))

    async def _general(self, query: Query, draft: Draft, notes: Sequence[str]) -> Answer:
        draft = await self._stages.verifier.verify(replace(draft, origin=Origin.GENERAL))
        confidence = await self._stages.scorer.score(query, draft)
        return self._answer(query, replace(draft, text=f"{GENERAL_MARK}\n\n{draft.text}"), confidence, notes)

    def _answer(self, query: Query, draft: Draft, confidence: Confidence, notes: Sequence[str]) -> Answer:
        return Answer(
            id=AnswerId(random_id()),
            question=query.text,
            text=draft.text,
            origin=draft.origin,
            citations=draft.citations,
            confidence=confidence,
            created_at=self._clock.now(),
            evidence=draft.evidence,
            citations_removed=draft.citations_removed,
            usage=draft.usage,
            notes=tuple(notes),
        )

    def _abstention(self, query: Query, text: str, reason: str) -> Abstention:
        return Abstention(
            id=AnswerId(random_id()),
            question=query.text,
            text=text,
            reason=reason,
            confidence=_NOTHING,
            created_at=self._clock.now(),
        )


def _is_unbacked(draft: Draft) -> bool:
    return not draft.declined and draft.origin is Origin.GENERATED and not draft.citations


def _reason_against(draft: Draft, confidence: Confidence, least: float) -> str | None:
    if draft.declined:
        return "declined"
    if not draft.text or not draft.citations:
        return "unsupported"
    return "low confidence" if confidence.value < least else None
