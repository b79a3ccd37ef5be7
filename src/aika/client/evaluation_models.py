"""Runs of evaluations: quality over time, two runs side by side, and how a hit of a topic moved."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from aika.client.models import Wire

RunKindName = Literal["retrieval", "answers", "confidence"]


class EstimateView(Wire):
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float


class SystemView(Wire):
    """What one way of doing it reached."""

    name: str
    measures: dict[str, EstimateView]
    p50: float | None = Field(default=None, description="Milliseconds of a topic.")
    p95: float | None = None


class RunSummary(Wire):
    """A recorded run."""

    id: str
    kind: RunKindName
    collection: str
    digest: str = Field(description="Equal for equal topics and judgments.")
    started_at: datetime
    seconds: float
    topics: int
    configuration: str = Field(description="Equal for equal settings and versions.")
    revision: str = Field(default="", description="The commit of the settings' repository.")
    systems: list[SystemView] = Field(description="The first is the one that the run is about.")
    notes: list[str] = Field(default=[])


class TopicRowView(Wire):
    """A topic's part of a run."""

    id: str
    text: str
    values: dict[str, dict[str, float]] = Field(description="By system, then by measure.")
    slices: dict[str, list[str]] = Field(default={})
    missed: int = Field(default=0, description="Relevant documents that were not found at all.")
    abstained: bool | None = None


class RunView(RunSummary):
    """A recorded run with its topics."""

    settings: dict[str, str]
    versions: dict[str, str]
    facts: dict[str, float]
    rows: list[TopicRowView]


class RunsReply(Wire):
    """What was recorded here, the newest first."""

    runs: list[RunSummary]


class TopicChangeView(Wire):
    """A topic in both runs."""

    id: str
    text: str
    before: float
    after: float


class MeasureComparisonView(Wire):
    """One measure of two runs, over the topics that both have."""

    name: str
    before: float
    after: float
    difference: float
    low: float = Field(description="Of the 95 % interval of the difference.")
    high: float
    p: float = Field(description="Of a randomisation test.")
    p_corrected: float = Field(description="With Holm's correction over all measures compared.")
    wins: int
    ties: int
    losses: int


class SettingChange(Wire):
    """A setting or version that differs."""

    name: str
    before: str | None = None
    after: str | None = None


class RunComparisonView(Wire):
    """How the second run differs from the first."""

    before: RunSummary
    after: RunSummary
    topics: int
    measures: list[MeasureComparisonView]
    measure: str = Field(description="The one whose topics are listed.")
    changes: list[TopicChangeView] = Field(description="Every topic of both runs, what lost most first.")
    settings: list[SettingChange]
    notes: list[str]


class StageRanking(Wire):
    """What one stage, or one ranking, has where."""

    name: str
    ranks: dict[str, int] = Field(description="By document, from 1.")


class TracedDocument(Wire):
    """A document of a topic's rankings."""

    id: str
    title: str = ""
    url: str | None = None
    grade: int | None = Field(default=None, description="0 is not relevant; unset is not judged.")
    reason: str = ""
    quote: str = ""
    support: float | None = None


class ToldView(Wire):
    """What a system answered."""

    system: str
    text: str
    abstained: bool = False
    confidence: float | None = None
    remarks: list[str] = Field(default=[])


class TopicTrace(Wire):
    """How a topic's documents moved through the stages."""

    run: str
    system: str = Field(description="The one that the run is about.")
    topic: TopicRowView
    stages: list[StageRanking] = Field(description="In the order in which they work.")
    documents: list[TracedDocument]
    missed: list[str]
    expected: list[str]
    told: list[ToldView]
    milliseconds: dict[str, float]
    previous: str | None = Field(default=None, description="The topic before this one.")
    next: str | None = None


class RunOrder(Wire):
    """A run to start."""

    collection: str = Field(min_length=1, max_length=200)
    changes: list[str] = Field(
        default=[], max_length=20, description="Settings for this run, such as `retrieval.dense_weight=0.7`."
    )


class StartedRun(Wire):
    """A run that was started in the web app."""

    collection: str
    changes: list[str]
    started_at: datetime
    state: Literal["running", "done", "failed"]
    doing: str
    done: int
    total: int
    run: str | None = None
    problem: str | None = None


class StartedRuns(Wire):
    """What can be started, and what was."""

    collections: list[str]
    started: list[StartedRun]
