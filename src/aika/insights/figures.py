"""The figures of a set of questions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aika.domain.insights import AskedQuestion, Opinion, Outcome
from aika.evaluation.calibration import wilson
from aika.insights.publishing import people

BINS = 5
"""Of equal width: fixed ones, since edges that follow the answers would tell of single ones."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, with the 95 % interval of the share."""

    of: int
    n: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a set of questions."""

    questions: int
    people: int
    answered: Share
    """Of the questions that documents could answer. Greetings are none."""
    failed: int
    latency: Spread | None
    first_word: Spread | None
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced: int
    """Questions that a model of unknown price worked on."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """What was said of answers whose confidence was in one range."""

    low: float
    high: float
    confidence: float
    """The mean of what was told."""
    helpful: Share


def figures(questions: Sequence[AskedQuestion]) -> Figures:
    counted = [asked for asked in questions if asked.outcome is not Outcome.ASIDE]
    done = [asked for asked in questions if asked.outcome is not Outcome.FAILED]
    return Figures(
        questions=len(questions),
        people=people(questions),
        answered=share(sum(asked.outcome is Outcome.ANSWERED for asked in counted), len(counted)),
        failed=len(questions) - len(done),
        latency=_spread([asked.milliseconds for asked in done]),
        first_word=_spread([asked.first_milliseconds for asked in done if asked.first_milliseconds is not None]),
        input_tokens=sum(asked.input_tokens for asked in questions),
        output_tokens=sum(asked.output_tokens for asked in questions),
        cost_usd=sum(asked.cost_usd or 0.0 for asked in questions),
        unpriced=sum(asked.model is not None and asked.cost_usd is None for asked in questions),
    )


def share(of: int, n: int) -> Share:
    low, high = wilson(of, n)
    return Share(of, n, of / n if n else None, low, high)


def bin_of(opinion: Opinion) -> int:
    """Return in which range of confidence the answer was."""
    return min(BINS - 1, int((opinion.asked.confidence or 0.0) * BINS))


def reliability(opinions: Sequence[Opinion]) -> tuple[list[Reliability], float | None]:
    """Return each range of confidence that has opinions, and the expected calibration error over them."""
    found: list[Reliability] = []
    for place in range(BINS):
        within = [opinion for opinion in opinions if bin_of(opinion) == place]
        if within:
            mean = float(np.mean([opinion.asked.confidence or 0.0 for opinion in within]))
            helpful = share(sum(opinion.helpful for opinion in within), len(within))
            found.append(Reliability(place / BINS, (place + 1) / BINS, mean, helpful))
    if not found:
        return [], None
    gaps = [abs(one.confidence - (one.helpful.value or 0.0)) * one.helpful.n for one in found]
    return found, sum(gaps) / len(opinions)


def _spread(milliseconds: Sequence[float]) -> Spread | None:
    if not milliseconds:
        return None
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return Spread(float(p50), float(p95))
