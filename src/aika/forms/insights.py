"""The section ``[insights]`` of ``aika.toml``: what is counted, for how long it is kept, and how small a group may be shown."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, field_validator

from aika.forms.durations import duration

SMALLEST_GROUP = 5
"""People, where nothing else is set and others than oneself can sign in."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PriceSettings(_Strict):
    """What a language model costs."""

    input: float = Field(ge=0, description="US dollars for a million tokens of questions and passages.")
    output: float = Field(ge=0, description="US dollars for a million tokens of answers.")


class InsightsSettings(_Strict):
    """What is counted of questions. Their words are not kept for it."""

    smallest_group: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="Numbers that fewer people stand behind are hidden. Unset: 5, or 1 where only oneself can sign in.",
    )
    teams: list[str] = Field(
        default=["group:*"],
        description="Which groups are teams, as patterns of their names: ``group:platform``, ``github:example/*``.",
    )
    retention: timedelta = Field(
        default=timedelta(days=730), description='How long it is kept that a question was asked: ``"90d"``, ``"730d"``.'
    )
    prices: dict[str, PriceSettings] = Field(
        default={}, description="Of language models by their names, where the provider does not tell the cost."
    )

    @field_validator("retention", mode="before")
    @classmethod
    def _in_units(cls, value: object) -> object:
        return duration(value) if isinstance(value, str) else value
