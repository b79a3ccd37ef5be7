"""What answers reach over a whole collection: means with intervals, abstentions, confidence, latency."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from aika.evaluation.answering import SYSTEM, AnsweredTopic
from aika.evaluation.calibration import Calibration, Values, calibration
from aika.evaluation.measures import Estimate, estimate
from aika.evaluation.runs import SystemOutcome, TopicRow, latency

MEASURES = (
    "nugget recall",
    "vital nugget recall",
    "completeness",
    "correct",
    "answer F1",
    "sentence support",
    "faithfulness",
    "citation recall",
    "citation precision",
    "cited relevant",
    "relevant cited",
    "first citation relevant",
    "answered",
    "abstained",
    "judged faithfulness",
    "judged completeness",
    "citations",
    "words",
)
"""Those that are means over the topics that have them, in the order in which they are shown."""
ABSTENTION = ("abstention precision", "abstention recall", "abstention F1")
CONFIDENCE = {"auroc": "confidence AUROC", "ece": "ECE", "brier": "Brier", "coverage_at_95": "coverage at 95 %"}
"""What a run calls the measures of a confidence."""

_RESAMPLES = 1_000
_SEED = 20_230_823


@dataclass(frozen=True, slots=True)
class AnswersReport:
    """What answers reach on a test collection."""

    n: int
    outcome: SystemOutcome
    calibration: Calibration
    """Of the confidence, against whether the topic can be answered at all."""
    correctness: Calibration | None
    """Of the confidence, against whether the answer holds what was expected; ``None`` where that is unknown."""
    rows: tuple[TopicRow, ...]


def report_answers(answered: Sequence[AnsweredTopic]) -> AnswersReport:
    """Sum up what was measured topic by topic. Raises ``ValueError`` where nothing was asked."""
    rows = [each.row for each in answered]
    measured = answer_measures(rows)
    confident = confidence_of(rows)
    measured |= {CONFIDENCE[name]: value for name, value in confident.measures.items()}
    return AnswersReport(
        n=len(rows),
        outcome=SystemOutcome(measured, latency([each.seconds for each in answered])),
        calibration=confident,
        correctness=_correctness_of(rows),
        rows=tuple(rows),
    )


def answer_measures(rows: Sequence[TopicRow]) -> dict[str, Estimate]:
    """Return the measures that some of the topics have. Also of a slice."""
    values = [row.values.get(SYSTEM, {}) for row in rows]
    found = {name: estimate(having) for name in MEASURES if (having := [each[name] for each in values if name in each])}
    return found | _abstention(values)


def confidence_of(rows: Sequence[TopicRow]) -> Calibration:
    """Measure confidences against whether the topics can be answered."""
    values = [row.values.get(SYSTEM, {}) for row in rows]
    known = [each for each in values if "confidence" in each and "answerable" in each]
    return calibration([each["confidence"] for each in known], [each["answerable"] > 0 for each in known])


def _correctness_of(rows: Sequence[TopicRow]) -> Calibration | None:
    """Measure confidences against whether the answer helps: it holds what was expected, and something was to be expected."""
    values = [row.values.get(SYSTEM, {}) for row in rows]
    known = [each for each in values if "correct" in each or each.get("answerable") == 0]
    if not any("correct" in each for each in known):
        return None
    return calibration([each["confidence"] for each in known], [each.get("correct", 0) > 0 for each in known])


def _abstention(values: Sequence[Mapping[str, float]]) -> dict[str, Estimate]:
    """Return how well the answerable are told from the others, where there are both. Abstaining is the positive class."""
    known = [each for each in values if "answered" in each or "abstained" in each]
    abstained = np.array([each["abstained"] if "abstained" in each else 1 - each["answered"] for each in known])
    unanswerable = np.array([float("abstained" in each) for each in known])
    if not known or unanswerable.min() == unanswerable.max():
        return {}
    of: dict[str, Callable[[Values, Values], float]] = dict(zip(ABSTENTION, (_precision, _recall, _f1), strict=True))
    random = np.random.default_rng(_SEED)
    picks = [random.integers(0, len(known), len(known)) for _ in range(_RESAMPLES)]
    found = {}
    for name, function in of.items():
        drawn = [function(abstained[pick], unanswerable[pick]) for pick in picks]
        low, high = np.percentile(drawn, [2.5, 97.5])
        found[name] = Estimate(function(abstained, unanswerable), float(low), float(high))
    return found


def _precision(abstained: Values, unanswerable: Values) -> float:
    # Without an abstention none was wrong, and none was right either.
    return float(unanswerable[abstained > 0].mean()) if abstained.any() else 0.0


def _recall(abstained: Values, unanswerable: Values) -> float:
    return float(abstained[unanswerable > 0].mean()) if unanswerable.any() else 0.0


def _f1(abstained: Values, unanswerable: Values) -> float:
    both = float((abstained * unanswerable).sum())
    return 2 * both / float(abstained.sum() + unanswerable.sum()) if both else 0.0
