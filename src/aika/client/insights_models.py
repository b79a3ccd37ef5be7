"""What the server says of how it is used: insights of a period."""

from datetime import date
from typing import Literal

from pydantic import Field

from aika.client.models import Wire

IntervalName = Literal["day", "week"]
DivisionName = Literal["surface", "assistant", "source", "team", "model"]


class CountedShare(Wire):
    """How many of how many."""

    of: int
    n: int
    value: float | None = Field(description="`of` divided by `n`; unset where `n` is 0.")
    low: float = Field(description="Of the 95 % interval.")
    high: float


class SpreadView(Wire):
    """Milliseconds."""

    p50: float
    p95: float


class FiguresView(Wire):
    """What came of a set of questions."""

    questions: int
    people: int
    answered: CountedShare = Field(description="Of the questions that documents could answer. Greetings are none.")
    failed: int = Field(description="Questions that ended in an error.")
    latency: SpreadView | None = Field(default=None, description="To the end of the answer.")
    first_word: SpreadView | None = Field(default=None, description="To the first word of the answer.")
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced: int = Field(description="Questions that a language model of unknown price worked on.")


class PointView(Wire):
    """A day or a week."""

    start: date
    figures: FiguresView | None = Field(
        default=None, description="Unset where nobody asked, or fewer people than the smallest group."
    )
    acceptance: CountedShare | None = Field(
        default=None, description="Answers found helpful, of those that were rated."
    )


class ReliabilityView(Wire):
    """Rated answers whose confidence was in one range."""

    low: float
    high: float
    confidence: float = Field(description="The mean of what was told.")
    helpful: CountedShare


class PartView(Wire):
    """The figures of a surface, an assistant, a source, a team or a model."""

    name: str
    title: str
    figures: FiguresView


class InsightsReply(Wire):
    """Insights of a period. Numbers that too few people stand behind are in none of them."""

    start: date
    end: date = Field(description="The first day after the period.")
    interval: IntervalName
    smallest_group: int = Field(description="How many people stand behind every number at least. 1: nothing is hidden.")
    alone: bool = Field(description="Whether nobody but oneself can ask here, so that nothing has to be hidden.")
    hidden: int = Field(description="Days or weeks of the series that are not shown.")
    totals: FiguresView
    daily_users: int | None = Field(default=None, description="Of the last day that is shown.")
    weekly_users: int | None = Field(default=None, description="Of the last week that is shown.")
    all_users: int | None = Field(default=None, description="Ever, in steps of the smallest group.")
    series: list[PointView]
    acceptance: CountedShare
    reliability: list[ReliabilityView]
    calibration_error: float | None = Field(
        default=None, description="The mean distance of confidence from the share found helpful."
    )
    parts: dict[DivisionName, list[PartView]]


class AdoptionView(Wire):
    """How many of a team asked within four weeks."""

    team: str
    title: str
    size: int
    users: int | None = Field(default=None, description="Unset where they are fewer than the smallest group.")
    at_least: bool = Field(default=False, description="Whether it may be more: those who do not ask are too few.")


class AdoptionReply(Wire):
    """How many of each team use aika."""

    start: date
    end: date
    smallest_group: int
    teams: list[AdoptionView]
    others: AdoptionView | None = Field(
        default=None, description="The teams without a number of their own, put together, where those are not too few."
    )


class AskedTopicView(Wire):
    """What several people asked about."""

    name: str = Field(description="A question that enough people asked so, or words that enough of them used.")
    people: int
    questions: int


class AskedGapView(Wire):
    """What several people asked and no document answers."""

    name: str
    people: int
    questions: int
    findings: list[str]
    owner: str | None = None


class TopicsReply(Wire):
    """What people asked about, and what no document answers."""

    smallest_group: int
    topics: list[AskedTopicView]
    gaps: list[AskedGapView]
