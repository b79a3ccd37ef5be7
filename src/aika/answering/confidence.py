"""The probability that an answer helps: a small logistic model over signals that a person can read.

The coefficients lie in ``confidence.json`` with the data they were fitted on and how good they were elsewhere. Every signal
can move the probability one way only.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from aika.answering.evidence import EvidenceReader
from aika.answering.signals import EXPLANATIONS, draft_signals, evidence_signals
from aika.domain.answers import Band, Confidence, Draft, Origin, Signal
from aika.domain.errors import ConfigurationError
from aika.domain.queries import Hit, Query

_HIGH, _MEDIUM = 0.7, 0.4
# A model's own knowledge has no evidence to judge: shown as what it is, in the middle.
_GENERAL = 0.5


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """A probability from signals. A signal that is missing counts as its reference."""

    intercept: float
    coefficients: Mapping[str, float]
    references: Mapping[str, float]
    """The signals' means where it was fitted: a contribution is measured from here."""

    def probability(self, signals: Mapping[str, float]) -> float:
        logit = self.intercept + math.fsum(
            weight * signals.get(name, self.references.get(name, 0.0)) for name, weight in self.coefficients.items()
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))

    def contribution(self, name: str, value: float) -> float:
        return self.coefficients.get(name, 0.0) * (value - self.references.get(name, 0.0))


def load_model(which: Literal["evidence", "answer"]) -> LogisticModel:
    """Return the shipped model: of the evidence before an answer is written, or of the answer."""
    source = files("aika.answering") / "confidence.json"
    try:
        found = json.loads(source.read_text(encoding="utf-8"))["models"][which]
        return LogisticModel(
            float(found["intercept"]),
            {name: float(weight) for name, weight in found["coefficients"].items()},
            {name: float(value) for name, value in found["references"].items()},
        )
    except (OSError, KeyError, ValueError, AttributeError) as error:
        raise ConfigurationError(f"{source} is damaged ({error!r}). Install aika again.") from error


def band(value: float) -> Band:
    if value >= _HIGH:
        return Band.HIGH
    return Band.MEDIUM if value >= _MEDIUM else Band.LOW


class CalibratedJudge:
    """Decides before anything is written whether the evidence can answer."""

    def __init__(self, reader: EvidenceReader, model: LogisticModel | None = None) -> None:
        self._reader = reader
        self._model = model or load_model("evidence")

    async def sufficiency(self, query: Query, hits: Sequence[Hit]) -> float:
        """Return the probability that the evidence holds an answer; 0 where there is none."""
        if not hits:
            return 0.0
        reading = await self._reader.read(query.text, hits)
        return self._model.probability(evidence_signals(reading))


class CalibratedScorer:
    """Scores verified drafts."""

    def __init__(self, reader: EvidenceReader, model: LogisticModel | None = None) -> None:
        self._reader = reader
        self._model = model or load_model("answer")

    async def score(self, query: Query, draft: Draft) -> Confidence:
        """Return the probability that the draft helps, with the signals that moved it, the strongest first."""
        if draft.origin is Origin.GENERAL:
            return Confidence(_GENERAL, Band.MEDIUM)
        if draft.declined or not draft.text or not draft.evidence:
            return Confidence(0.0, Band.LOW)
        reading = await self._reader.read(query.text, draft.evidence)
        values = {**evidence_signals(reading), **draft_signals(reading, draft, self._reader.analyzer)}
        probability = self._model.probability(values)
        return Confidence(probability, band(probability), self._signals(values))

    def _signals(self, values: Mapping[str, float]) -> tuple[Signal, ...]:
        found = [
            Signal(name, round(value, 4), round(self._model.contribution(name, value), 4), EXPLANATIONS[name])
            for name, value in values.items()
            if name in self._model.coefficients
        ]
        return tuple(sorted(found, key=lambda signal: (-abs(signal.contribution), signal.name)))
