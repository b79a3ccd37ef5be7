"""The probability that an answer helps: a small logistic model over signals that a person can read.

The coefficients lie in ``confidence.json`` with the data they were fitted on and how good they were elsewhere. Every signal
can move the probability one way only.
"""

from collections.abc import Mapping, Sequence

from aika.answering.evidence import EvidenceReader
from aika.answering.logistic import ConfidenceModels, LogisticModel, load_models
from aika.answering.signals import EXPLANATIONS, draft_signals, evidence_signals
from aika.domain.answers import Band, Confidence, Draft, Origin, Signal
from aika.domain.queries import Hit, Query

_HIGH, _MEDIUM = 0.7, 0.4
# A model's own knowledge has no evidence to judge: shown as what it is, in the middle.
_GENERAL = 0.5


def band(value: float) -> Band:
    if value >= _HIGH:
        return Band.HIGH
    return Band.MEDIUM if value >= _MEDIUM else Band.LOW


class CalibratedJudge:
    """Decides before anything is written whether the evidence can answer."""

    def __init__(self, reader: EvidenceReader, models: ConfidenceModels | None = None) -> None:
        self._reader = reader
        self._model = (models or load_models()).evidence

    async def sufficiency(self, query: Query, hits: Sequence[Hit]) -> float:
        """Return the probability that the evidence holds an answer; 0 where there is none."""
        if not hits:
            return 0.0
        reading = await self._reader.read(query.text, hits)
        return self._model.probability(evidence_signals(reading))


class CalibratedScorer:
    """Scores verified drafts."""

    def __init__(self, reader: EvidenceReader, models: ConfidenceModels | None = None) -> None:
        self._reader = reader
        self._models = models or load_models()

    async def score(self, query: Query, draft: Draft) -> Confidence:
        """Return the probability that the draft helps, with the signals that moved it, the strongest first."""
        if draft.origin is Origin.GENERAL:
            return Confidence(_GENERAL, Band.MEDIUM)
        if draft.declined or not draft.text or not draft.evidence:
            return Confidence(0.0, Band.LOW)
        reading = await self._reader.read(query.text, draft.evidence)
        values = {**evidence_signals(reading), **draft_signals(reading, draft, self._reader.analyzer)}
        model = self._models.extracted if draft.origin is Origin.EXTRACTED else self._models.generated
        probability = model.probability(values)
        return Confidence(probability, band(probability), _signals(values, model))


def _signals(values: Mapping[str, float], model: LogisticModel) -> tuple[Signal, ...]:
    found = [
        Signal(name, round(value, 4), round(model.contribution(name, value), 4), EXPLANATIONS[name])
        for name, value in values.items()
        if name in model.coefficients
    ]
    return tuple(sorted(found, key=lambda signal: (-abs(signal.contribution), signal.name)))
