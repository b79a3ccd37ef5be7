"""What goes over the wire about ranking rules."""

from pydantic import Field, JsonValue

from aika.client.models import Wire, WireRequest


class RuleView(Wire):
    """A ranking rule that is in force."""

    name: str
    level: str
    """``company``, ``source`` or ``assistant``."""
    selects: str
    """In words."""
    factor: float
    half_life_days: float | None = None
    floor: float | None = None
    endorsed: bool = False
    min_helpful: int | None = None
    declared_in: str


class RulesReply(Wire):
    rules: list[RuleView]
    """Of the company and of sources; assistants have their own."""
    errors: list[str]
    """What is wrong with files that are wrong. Their rules stay as they were."""
    doubts: list[str]
    """What is allowed, and probably not meant."""


class RuleTestRequest(WireRequest):
    """Questions to ask under two sets of rules."""

    questions: list[str] = Field(min_length=1, max_length=50)
    rules: list[dict[str, JsonValue]] | None = Field(
        default=None,
        description="Proposed rules, written as in a file `rules/NAME.yaml`. They are compared with the rules in force, where "
        "they take the place of those of the same name or file. Unset: the rules in force are compared with none.",
    )
    file: str | None = Field(default=None, description="The name of the file whose rules the proposed ones replace.")


class MovedView(Wire):
    """A passage that stands elsewhere."""

    source: str
    key: str
    title: str
    rank_before: int | None = None
    rank_after: int | None = None
    score_before: float | None = None
    score_after: float | None = None
    reasons: list[str]


class RuleChangeView(Wire):
    """A question that gets something else."""

    question: str
    moved: list[MovedView]
    citation_before: str | None = None
    """The document that the answer cites first. `null`: there is no answer."""
    citation_after: str | None = None


class RuleTestReply(Wire):
    questions: int
    changes: list[RuleChangeView]
    """Of the questions whose first five hits or first citation differ."""
