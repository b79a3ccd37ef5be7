"""The probability that an answer helps: small logistic models over signals that a person can read.

The coefficients lie in ``confidence.json`` with the data they were fitted on and how good they were elsewhere.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from aika.answering.draft_signals import draft_signals
from aika.answering.evidence import EvidenceReader
from aika.answering.logistic import LogisticModel, Models, load_models
from aika.answering.nonanswers import MOSTLY
from aika.answering.signals import Measured, evidence_signals
from aika.domain.answers import Band, Confidence, Draft, Origin, Signal
from aika.domain.queries import Hit, Query
from aika.protocols import Clock

_HIGH, _MEDIUM = 0.7, 0.4
# A model's own knowledge has no evidence to judge: shown as what it is, in the middle.
_GENERAL = 0.5
# That the documents do not say is true, and helps nobody: no other signal can make up for it.
_NO_ANSWER = 0.02


class MoreSignals(Protocol):
    """Knows something of an answer that neither evidence nor draft show."""

    async def of(self, query: Query, draft: Draft) -> Mapping[str, Measured]:
        """Return what is known; nothing where nothing is."""
        ...


def band(value: float) -> Band:
    if value >= _HIGH:
        return Band.HIGH
    return Band.MEDIUM if value >= _MEDIUM else Band.LOW


class CalibratedJudge:
    """Decides whether the evidence can answer, whatever is written from it."""

    def __init__(self, reader: EvidenceReader, models: Models | None = None) -> None:
        self._reader = reader
        self._models = models or load_models()

    async def sufficiency(self, query: Query, hits: Sequence[Hit]) -> Confidence:
        """Return the probability that the evidence holds an answer, with the signals that moved it; 0 where there is none."""
        if not hits:
            return _nothing("passages", "No passage was found.")
        reading = await self._reader.read(query.text, hits)
        return _confidence(evidence_signals(reading, self._reader.analyzer), self._models.evidence)


class CalibratedScorer:
    """Scores verified drafts."""

    def __init__(
        self,
        reader: EvidenceReader,
        models: Models | None = None,
        *,
        clock: Clock | None = None,
        more: Sequence[MoreSignals] = (),
    ) -> None:
        self._reader = reader
        self._models = models or load_models()
        self._clock = clock
        self._more = tuple(more)

    async def score(self, query: Query, draft: Draft) -> Confidence:
        """Return the probability that the draft helps, with the signals that moved it, the strongest first."""
        if draft.origin is Origin.GENERAL:
            return Confidence(_GENERAL, Band.MEDIUM)
        if not draft.evidence:
            return _nothing("passages", "No passage was found.")
        if draft.declined:
            return _nothing("says_nothing", "The writer says that the passages do not answer.", value=1.0)
        reading = await self._reader.read(query.text, draft.evidence)
        now = None if self._clock is None else self._clock.now()
        measured = {
            **evidence_signals(reading, self._reader.analyzer),
            **draft_signals(reading, draft, self._reader.analyzer, now=now),
        }
        for source in self._more if draft.text else ():
            measured.update(await source.of(query, draft))
        model = self._models.extracted if draft.origin is Origin.EXTRACTED else self._models.generated
        confidence = _confidence(measured, model)
        if measured["says_nothing"].value >= MOSTLY:
            return _lowered(confidence, measured["says_nothing"])
        return confidence


def _confidence(measured: Mapping[str, Measured], model: LogisticModel) -> Confidence:
    probability = model.probability({name: one.value for name, one in measured.items()})
    signals = [
        Signal(name, round(one.value, 4), round(model.contribution(name, one.value), 4), one.words)
        for name, one in measured.items()
        if name in model.coefficients
    ]
    return Confidence(probability, band(probability), _strongest_first(signals))


def _lowered(confidence: Confidence, why: Measured) -> Confidence:
    """Lower the confidence to that of what is no answer."""
    value = min(confidence.value, _NO_ANSWER)
    moved = _log_odds(value) - _log_odds(confidence.value)
    others = [signal for signal in confidence.signals if signal.name != "says_nothing"]
    signal = Signal("says_nothing", round(why.value, 4), round(moved, 4), why.words)
    return Confidence(value, band(value), _strongest_first([signal, *others]))


def _nothing(name: str, words: str, *, value: float = 0.0) -> Confidence:
    return Confidence(0.0, Band.LOW, (Signal(name, value, round(_log_odds(_NO_ANSWER), 4), words),))


def _log_odds(probability: float) -> float:
    within = min(1.0 - 1e-9, max(1e-9, probability))
    return math.log(within / (1.0 - within))


def _strongest_first(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    return tuple(sorted(signals, key=lambda signal: (-abs(signal.contribution), signal.name)))
