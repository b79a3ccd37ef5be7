"""The models that turn signals into a probability, and the file they lie in.

A model is a handful of numbers that a person can read: how many log-odds each signal is worth, and where it usually stands.
Every signal can move the probability one way only.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from aika.domain.errors import ConfigurationError

INSTALLED = "confidence.json"
"""In the data directory: models that were fitted to this installation's ratings, in place of the shipped ones."""

_STEEPEST = 30.0
# A reader's probability is worth its odds: between .98 and .99 lies as much as between .5 and .67.
_ODDS = frozenset(("answer_found",))
_SUREST = 6.0


def scaled(name: str, value: float) -> float:
    """Return what a coefficient is multiplied with: the signal's value, or the log-odds of one that is a probability itself."""
    if name not in _ODDS:
        return value
    within = min(1.0 - 1e-9, max(1e-9, value))
    return max(-_SUREST, min(_SUREST, math.log(within / (1.0 - within))))


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """A probability from signals. A signal that is missing counts as its reference."""

    intercept: float
    coefficients: Mapping[str, float]
    references: Mapping[str, float]
    """The signals' means where it was fitted: a contribution is measured from here."""

    def log_odds(self, signals: Mapping[str, float]) -> float:
        return self.intercept + math.fsum(
            weight * scaled(name, signals.get(name, self.references.get(name, 0.0)))
            for name, weight in self.coefficients.items()
        )

    def probability(self, signals: Mapping[str, float]) -> float:
        return 1.0 / (1.0 + math.exp(-max(-_STEEPEST, min(_STEEPEST, self.log_odds(signals)))))

    def contribution(self, name: str, value: float) -> float:
        usual = scaled(name, self.references.get(name, 0.0))
        return self.coefficients.get(name, 0.0) * (scaled(name, value) - usual)


@dataclass(frozen=True, slots=True)
class ConfidenceModels:
    """A model for each place where a confidence is told. Right is something else at each, and so is how often it is right."""

    evidence: LogisticModel
    """Before anything is written: whether the evidence holds an answer."""
    extracted: LogisticModel
    """Whether an answer of quoted sentences helps."""
    generated: LogisticModel
    """Whether an answer that a language model wrote helps."""
    about: Mapping[str, object]
    """What they were fitted on, when, and how good they were on what they were not fitted on."""


class Models(Protocol):
    """What has the models in use: those that were read once, or those that lie in a file now."""

    @property
    def evidence(self) -> LogisticModel: ...

    @property
    def extracted(self) -> LogisticModel: ...

    @property
    def generated(self) -> LogisticModel: ...


def load_models(data_dir: Path | None = None) -> ConfidenceModels:
    """Return the models that were fitted to an installation, where its data directory has them, and else the shipped ones.

    Raises `ConfigurationError` where the file is damaged.
    """
    installed = None if data_dir is None else data_dir / INSTALLED
    if installed is not None and installed.exists():
        return _read(installed, "Run `aika calibrate` again, or remove the file to use what is shipped.")
    return _read(files("aika.answering") / "confidence.json", "Install aika again.")


def written(models: ConfidenceModels) -> str:
    """Return the models as `load_models` reads them."""
    fitted = {name: _as_json(getattr(models, name)) for name in _File.model_fields}
    return json.dumps({**models.about, "models": fitted}, indent=2) + "\n"


class _Fitted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    intercept: FiniteFloat
    coefficients: dict[str, FiniteFloat]
    references: dict[str, FiniteFloat] = Field(default_factory=dict)

    def model(self) -> LogisticModel:
        return LogisticModel(self.intercept, self.coefficients, self.references)


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore")

    evidence: _Fitted
    extracted: _Fitted
    generated: _Fitted


def _read(source: Path | Traversable, remedy: str) -> ConfidenceModels:
    try:
        found = json.loads(source.read_text(encoding="utf-8"))
        fitted = _File.model_validate(found.pop("models"))
    except (OSError, KeyError, ValueError, AttributeError, ValidationError) as error:
        raise ConfigurationError(f"{source} is damaged ({error!r}). {remedy}") from error
    return ConfidenceModels(fitted.evidence.model(), fitted.extracted.model(), fitted.generated.model(), found)


def _as_json(model: LogisticModel) -> dict[str, object]:
    return {
        "intercept": round(model.intercept, 4),
        "coefficients": {name: round(weight, 4) for name, weight in model.coefficients.items()},
        "references": {name: round(value, 4) for name, value in model.references.items()},
    }
