"""Whether the goalie's answer agrees with what people answered.

Nobody labels that in a company's chat. So it is a measure with known mistakes: a small logistic model over what two answers
share, and a cut-off at which one in twenty answers to the most similar *other* question passes for agreeing. Two people's
answers to one question are its positives. How often it is right by people's judgement, and where it is not, is told in
``docs/explanation/goalie-quality.md``. The coefficients lie in ``agreement.json`` with the data they were fitted on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field

from aika.answering.logistic import LogisticModel
from aika.goalie.history import HumanAnswer
from aika.goalie.likeness import Likeness
from aika.goalie.thresholds import Share, Yardstick

_MODEL = "agreement.json"
_MOST_PEOPLE = 3

SIGNS: Mapping[str, int] = MappingProxyType(
    {
        "similarity_whole": 1,
        "similarity_beyond": 1,
        "rare_shared": 1,
        "marks_shared": 1,
        "marks_differ": -1,
    }
)
"""Which way each signal can move it: 1 towards agreement, -1 away from it."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How near the goalie's answer is to what people answered."""

    score: float
    """0..1. It orders pairs; it is no probability that a person would say "the same"."""
    denied: bool
    """Whether the nearest sentences say the opposite: then it does not agree, whatever else they share."""


@dataclass(frozen=True, slots=True)
class AgreementModel:
    """The weights of the signals, and from where on two answers count as agreeing."""

    model: LogisticModel
    cut_off: float
    yardstick: Yardstick
    """How often people agree by it, on questions that it was not fitted on."""
    about: Mapping[str, object]
    """What it was fitted on, and how good it was elsewhere."""


@dataclass(frozen=True, slots=True)
class AgreementMeter:
    """Compares answers of one channel."""

    likeness: Likeness
    model: AgreementModel

    async def compare(self, question: str, answer: str, humans: Sequence[HumanAnswer]) -> Agreement | None:
        """Return how far the answer agrees with what people said; ``None`` where there is nothing to compare."""
        return await self.of_texts(question, reference(humans), answer) if humans else None

    async def of_texts(self, question: str, one: str, other: str) -> Agreement | None:
        """Return how far two answers to a question agree; ``None`` where one of them says nothing."""
        signals = await self.likeness.signals(question, one, other)
        if not signals:
            return None
        return Agreement(self.model.model.probability(signals), signals["denied"] > 0)


def reference(humans: Sequence[HumanAnswer]) -> str:
    """Return what the goalie's answer is compared with: those whom the asker thanked first, and a few others."""
    ordered = sorted(humans, key=lambda each: not each.accepted)
    return "\n".join(each.text for each in ordered[:_MOST_PEOPLE])


@cache
def shipped_model() -> AgreementModel:
    """Return the model that ships with aika."""
    text = files("aika.goalie").joinpath(_MODEL).read_text(encoding="utf-8")
    read = _File.model_validate_json(text)
    people, others = Share(*read.people), Share(*read.others)
    return AgreementModel(read.model.fitted(), read.cut_off, Yardstick(people, others), read.about)


class _Fitted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    intercept: float
    coefficients: dict[str, float]
    references: dict[str, float] = Field(default_factory=dict)

    def fitted(self) -> LogisticModel:
        return LogisticModel(self.intercept, self.coefficients, self.references)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    about: dict[str, object]
    cut_off: float
    people: tuple[int, int]
    """Of how many pairs of two people's answers how many agree: both numbers."""
    others: tuple[int, int]
    model: _Fitted
