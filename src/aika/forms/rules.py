"""How ranking rules are written in YAML."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, field_validator

from aika.domain.identifiers import SourceId
from aika.domain.rules import LEAST_OWN_FACTOR, MOST_OWN_FACTOR, Decay, RankingRule, RuleLevel
from aika.forms.durations import duration, written
from aika.forms.selection import Form, SelectionForm

_DURATION_SCHEMA = {"type": "string", "pattern": r"^\d+(\.\d+)?\s*[smhdw]$"}
Span = Annotated[
    timedelta,
    BeforeValidator(lambda value: duration(value) if isinstance(value, str) else value),
    PlainSerializer(written, return_type=str, when_used="json"),
    WithJsonSchema(_DURATION_SCHEMA),
]


class DecayForm(Form):
    """How a document's score falls with its age: ``floor + (1 - floor) · 2^(-age / half_life)``."""

    half_life: Span = Field(
        gt=timedelta(0), description='The age at which half of what can be lost is lost: ``"180d"``.'
    )
    floor: float = Field(default=0.5, ge=0, le=1, description="What an old document keeps of its score.")

    def decay(self) -> Decay:
        return Decay(self.half_life, self.floor)


class RuleForm(Form):
    """A boost or a demotion of documents. Everything that is given must hold."""

    name: str = Field(
        min_length=1, max_length=120, description="What the rule is for; shown where it changed a ranking."
    )
    applies_to: SelectionForm = Field(
        default=SelectionForm(), description="The documents whose rank it changes. Unset: all."
    )
    factor: float = Field(
        default=1.0, gt=0, le=10, description="What their score is multiplied by: 2 boosts, 0.5 demotes."
    )
    decay: DecayForm | None = Field(
        default=None, description="Demotes by age. A document without a date does not decay."
    )
    endorsed: bool = Field(
        default=False, description="Only documents whose record says that they are ``endorsed`` or ``verified``."
    )
    min_helpful: int | None = Field(
        default=None,
        ge=1,
        description="Only documents that at least so many more people rated helpful than not, in answers that cite them.",
    )

    def rule(self, *, declared_in: str, level: RuleLevel = RuleLevel.ASSISTANT) -> RankingRule:
        return RankingRule(
            name=self.name.strip(),
            applies_to=self.applies_to.selection(),
            factor=self.factor,
            decay=None if self.decay is None else self.decay.decay(),
            endorsed=self.endorsed,
            min_helpful=self.min_helpful,
            declared_in=declared_in,
            level=level,
        )


class OwnRuleForm(RuleForm):
    """A rule that a source has for its own documents. Other sources' are not its business."""

    factor: float = Field(
        default=1.0,
        ge=LEAST_OWN_FACTOR,
        le=MOST_OWN_FACTOR,
        description="What their score is multiplied by: 1.5 boosts, 0.5 demotes. All rules of a source together stay "
        f"within {LEAST_OWN_FACTOR} and {MOST_OWN_FACTOR}.",
    )

    @field_validator("applies_to")
    @classmethod
    def _its_own(cls, value: SelectionForm) -> SelectionForm:
        if value.sources is not None:
            raise ValueError("a source's rules hold for its own documents: leave out 'sources'")
        return value

    def own_rule(self, source: SourceId, *, declared_in: str) -> RankingRule:
        rule = self.rule(declared_in=declared_in, level=RuleLevel.SOURCE)
        return replace(rule, applies_to=replace(rule.applies_to, sources=frozenset({source})))


class RulesFile(Form):
    """Ranking rules of the company: what a file ``rules/NAME.yaml`` holds."""

    rules: list[RuleForm] = Field(max_length=200, description="In any order: their factors multiply.")
