"""What goes over the wire about the models that the confidence is told by."""

from typing import Literal

from pydantic import Field, JsonValue

from aika.client.models import Wire


class ConfidenceModelView(Wire):
    """One of the models."""

    intercept: float
    coefficients: dict[str, float]
    """By signal, in log-odds."""


class ConfidenceModelsView(Wire):
    """What turns signals into the probability that an answer helps."""

    in_use: Literal["shipped", "fitted here"]
    date: str = Field(description="When it was fitted.")
    data: str = Field(description="What it was fitted to.")
    models: dict[str, ConfidenceModelView] = Field(
        description="`evidence` before anything is written, `extracted` for answers that quote, `generated` for those of a model."
    )
    details: dict[str, JsonValue] = Field(description="Its measures, and what else its file records.")
