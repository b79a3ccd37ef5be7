"""How ranking rules are written in YAML and in ``aika.toml``."""

from datetime import timedelta

from pydantic import Field, field_validator

from aika.domain.rules import RankingRule
from aika.forms.durations import duration
from aika.forms.selection import Form, SelectionForm


class RuleForm(Form):
    """A boost or a demotion."""

    name: str = Field(min_length=1, description="What the rule is for; shown where it changed a ranking.")
    applies_to: SelectionForm = Field(default=SelectionForm(), description="The documents whose rank it changes.")
    factor: float = Field(
        default=1.0, gt=0, le=10, description="What their score is multiplied by: 2 boosts, 0.5 demotes."
    )
    half_life: timedelta | None = Field(
        default=None, description='The age at which half of the factor\'s effect is reached or gone: ``"90d"``.'
    )

    @field_validator("half_life", mode="before")
    @classmethod
    def _in_units(cls, value: object) -> object:
        return duration(value) if isinstance(value, str) else value

    def rule(self, *, declared_in: str) -> RankingRule:
        return RankingRule(self.name, self.applies_to.selection(), self.factor, self.half_life, declared_in)
