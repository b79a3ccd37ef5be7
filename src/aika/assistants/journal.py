"""Noting that questions are asked, for insights: never their words, and never who asked."""

import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Protocol

from aika.answering.streaming import closing
from aika.domain.answers import Abstention, Answer, AnswerEvent, TextDelta, Usage
from aika.domain.errors import AikaError
from aika.domain.findings import cause_of_outcome
from aika.domain.identifiers import AnswerId, AssistantId, PrincipalId, random_id
from aika.domain.insights import AskedQuestion, ModelPrice, Outcome, Surface
from aika.protocols import Clock, Directory

logger = logging.getLogger(__name__)


class AskedQuestions(Protocol):
    """Keeps that questions were asked."""

    async def digest(self, person: PrincipalId) -> str: ...

    async def add(self, asked: AskedQuestion) -> None: ...


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, where, and whom. The question itself is not here."""

    asker: PrincipalId
    surface: Surface
    assistant: AssistantId | None = None


@dataclass(slots=True)
class _Times:
    began: float
    first: float | None = None

    @property
    def milliseconds(self) -> float:
        return 1000 * (time.perf_counter() - self.began)


@dataclass(frozen=True, slots=True)
class Journal:
    """Notes every question whose answer it follows. What goes wrong with that never costs an answer."""

    kept: AskedQuestions
    directory: Directory
    clock: Clock
    teams: Collection[str] = ()
    """Patterns of the groups that are teams."""
    price: Callable[[str], ModelPrice | None] = lambda _: None

    async def followed(self, asking: Asking, events: AsyncIterator[AnswerEvent]) -> AsyncIterator[AnswerEvent]:
        """Yield the answer's events. The question is noted before the last one is handed out."""
        times = _Times(time.perf_counter())
        try:
            async with closing(events) as stream:
                async for event in stream:
                    if isinstance(event, TextDelta) and times.first is None:
                        times.first = times.milliseconds
                    if isinstance(event, Answer | Abstention):
                        await self._note(asking, event, times)
                    yield event
        except AikaError:
            await self._note(asking, None, times)
            raise

    async def _note(self, asking: Asking, outcome: Answer | Abstention | None, times: _Times) -> None:
        try:
            teams = await self._teams(asking.asker)
            asker = await self.kept.digest(asking.asker)
            await self.kept.add(self._asked(asking, outcome, times, asker, teams))
        except AikaError as error:
            logger.warning("a question was not noted for insights", extra={"reason": str(error)})

    async def _teams(self, asker: PrincipalId) -> tuple[PrincipalId, ...]:
        groups = await self.directory.expand([asker])
        return tuple(sorted(group for group in groups if is_team(group, self.teams)))

    def _asked(
        self,
        asking: Asking,
        outcome: Answer | Abstention | None,
        times: _Times,
        asker: str,
        teams: tuple[PrincipalId, ...],
    ) -> AskedQuestion:
        usage = None if outcome is None else outcome.usage
        milliseconds = times.milliseconds
        # What personal search found is in nobody's source.
        cited = outcome.citations if isinstance(outcome, Answer) and not outcome.private else ()
        return AskedQuestion(
            answer=AnswerId(random_id()) if outcome is None else outcome.id,
            asked_at=self.clock.now(),
            surface=asking.surface,
            asker=asker,
            outcome=_outcome(outcome),
            milliseconds=milliseconds,
            teams=teams,
            assistant=asking.assistant,
            sources=tuple(dict.fromkeys(citation.document.source for citation in cited)),
            confidence=None if outcome is None else outcome.confidence.value,
            band=None if outcome is None else outcome.confidence.band,
            first_milliseconds=milliseconds if times.first is None and outcome is not None else times.first,
            model=None if usage is None else usage.model,
            input_tokens=0 if usage is None else usage.input_tokens,
            output_tokens=0 if usage is None else usage.output_tokens,
            cost_usd=self._cost(usage),
        )

    def _cost(self, usage: Usage | None) -> float | None:
        if usage is None or usage.cost_usd is not None:
            return None if usage is None else usage.cost_usd
        price = self.price(usage.model)
        return None if price is None else price.of(usage.input_tokens, usage.output_tokens)


def is_team(group: PrincipalId, patterns: Collection[str]) -> bool:
    """Return whether a group is a team, by its name."""
    return any(fnmatchcase(group, pattern) for pattern in patterns)


def price_in(prices: Mapping[str, ModelPrice]) -> Callable[[str], ModelPrice | None]:
    """Return what looks up a model's price by its name, with its provider before a colon or without."""

    def price(model: str) -> ModelPrice | None:
        return prices.get(model) or prices.get(model.partition(":")[2])

    return price


def _outcome(outcome: Answer | Abstention | None) -> Outcome:
    match outcome:
        case None:
            return Outcome.FAILED
        case Answer():
            return Outcome.ANSWERED
        case Abstention():
            return Outcome.ASIDE if cause_of_outcome(outcome) is None else Outcome.ABSTAINED
