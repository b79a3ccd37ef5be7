"""Goalies on the wire: what they are, what became of their channels' questions, and what became of each."""

from datetime import datetime, time
from typing import Literal

from pydantic import Field

from aika.client.models import ChatCompletion, Wire, WireRequest


class GoalieView(Wire):
    """A goalie, as its file declares it."""

    name: str
    channel: str
    workspace: str | None = None
    mode: str = Field(description="``live``, ``shadow`` or ``off``.")
    medium: float = Field(description="From which confidence it proposes, 0..1.")
    high: float = Field(description="From which confidence it answers by itself, 0..1.")
    humans: int = Field(description="How many human goalies it has.")
    declared_in: str | None = None


class GoaliesReply(Wire):
    goalies: list[GoalieView]
    errors: dict[str, str] = Field(default={}, description="What is wrong with files, by their paths.")


class HoursView(Wire):
    timezone: str
    days: list[str]
    begin: time
    end: time = Field(description="Exclusive. Before ``begin`` it is on the next day.")


class NoiseView(Wire):
    """How loud a goalie may be, by what became of what it said lately."""

    min_acceptance: float
    window: int
    level: Literal["not", "wary", "proposing", "nearly_silent"] = Field(description="How much quieter it is now.")
    judged: int = Field(description="Cases that people judged, of the last ``window``.")
    accepted: int
    proposes_from: float = Field(description="The confidence below which it does nothing now.")
    answers_from: float = Field(description="Above 1: it answers nothing by itself now.")


class GoalieSettingsView(Wire):
    """What a goalie's file says."""

    assistant: str | None = None
    sources: list[str] = Field(default=[], description="Known besides the assistant's or the filter's knowledge.")
    language: str = ""
    tone: str = ""
    hours: HoursView | None = Field(default=None, description="Unset: always.")
    low: str = Field(description="What it does at low confidence: ``nothing``, ``propose`` or ``answer``.")
    medium: str
    high: str
    humans: list[str] = Field(default=[], description="The human goalies' e-mail addresses.")
    humans_channel: str | None = None
    reach: str = ""
    waiting_seconds: float | None = Field(default=None, description="After which it says that nobody has answered.")
    waiting_text: str = ""
    daily_limit: int
    log_channel: str | None = None
    owners_channel: str | None = None
    keep_in: str | None = None
    report_day: str | None = None
    report_at: time | None = None
    minutes_saved: float


class GoalieDetail(GoalieView):
    """A goalie with everything that its file says, and how it is now."""

    settings: GoalieSettingsView
    open: bool = Field(description="Whether it is within its hours now.")
    opens_at: datetime | None = Field(default=None, description="When it speaks next. Unset: never.")
    noise: NoiseView
    connected: bool = Field(description="Whether it has a place to speak at now.")
    file: str = Field(description="Its file, from the folder of aika.toml on.")
    file_version: str = Field(description="To be sent back with a change of the file.")
    editable: bool = Field(description="Whether the caller may have the server write into the file.")


class QueuedCase(Wire):
    """A proposal that waits for a human goalie."""

    id: str
    goalie: str
    channel: str = Field(description="Its name or id, as the goalie's file has it.")
    question: str
    asked_at: datetime | None = None
    asked_by: str = Field(default="", description="Empty where it is not known.")
    address: str = Field(default="", description="A link to the question in its channel.")
    confidence: float
    medium: float
    high: float
    reason: str = Field(default="", description="Why it was not posted right away, besides its band.")
    proposal: ChatCompletion = Field(description="The answer with its citations and what its confidence is made of.")


class QueueReply(Wire):
    cases: list[QueuedCase] = Field(
        description="The longest waiting first; of those whose documents the caller may read."
    )


class VerdictRequest(WireRequest):
    """What to do about a proposal."""

    ruling: Literal["accept", "edit", "reject"]
    text: str = Field(default="", max_length=10_000, description="Of ``edit``: what to post in the proposal's place.")
    reason: str = Field(default="", max_length=1_000, description="Of ``reject``: what is wrong with it.")


class VerdictReply(Wire):
    """What became of the case. What follows from it in the channel happens in the background."""

    id: str
    state: str


class ProportionView(Wire):
    count: int
    of: int
    low: float = Field(description="The lower end of the 95 % interval, 0..1.")
    high: float


class PrecisionView(Wire):
    """How often answers agree with people's, where 1 is as often as two people's do. With its 95 % interval."""

    value: float
    low: float
    high: float


class ThresholdRowView(Wire):
    """What a pair of thresholds would have come to."""

    medium: float
    high: float
    answered: ProportionView
    proposed: ProportionView
    skipped: ProportionView
    agreement: ProportionView
    precision: PrecisionView | None = None
    proposed_agreement: ProportionView
    proposed_precision: PrecisionView | None = None


class ReachedView(Wire):
    """How many of the replayed questions reach a confidence. What lies between two of them is a difference."""

    threshold: float
    count: int
    compared: int = Field(description="Of them, those whose answers can be compared with people's.")
    agreeing: int


class RecommendationView(Wire):
    """Thresholds for a wanted precision: chosen on one half of the questions, counted on the other."""

    precision: float
    medium: float | None = None
    high: float | None = None
    reported: ThresholdRowView | None = None
    reason: str = Field(default="", description="Why none can be recommended.")


class ReplayView(Wire):
    """A goalie's last replay, in numbers."""

    ran_at: datetime
    channel: str
    knowledge: str = Field(description="``current``, ``older``, or ``folder``.")
    days: int | None = None
    limit: int | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    messages: int
    questions: int
    answered_by_people: int
    replayed: int = Field(description="Questions that were asked again.")
    pairs: int = Field(description="Of two people's answers in this channel. 0: measured on other channels.")
    people: ProportionView = Field(description="How often two people's answers are seen to agree.")
    others: ProportionView = Field(description="How often answers to the most similar other question are.")
    least: int = Field(description="Answers that can be compared, below which nothing is recommended.")
    curve: list[ReachedView]
    now: ThresholdRowView = Field(description="What the file's thresholds would have come to.")
    recommended: RecommendationView


class ReplayReply(Wire):
    """Also where no replay was run yet: with the command that runs one."""

    replay: ReplayView | None = None
    command: str


class ThresholdsRequest(WireRequest):
    medium: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    file_version: str = Field(max_length=64, description="As `GoalieDetail` had it.")


class MissingDocumentView(Wire):
    """Questions that one new or better document would have answered."""

    name: str = Field(description="The most central of them.")
    questions: list[str]


class ChannelReportView(Wire):
    """What became of a channel's questions within a while. In shadow mode: what would have been said of them."""

    goalie: str
    channel: str
    mode: str
    since: datetime
    until: datetime
    messages: int = Field(description="That it looked at.")
    questions: int
    answered: int = Field(description="By itself.")
    found_helpful: int = Field(description="Of the answered ones.")
    proposed: int
    accepted: int
    edited: int
    rejected: int
    withdrawn: int
    waiting: int = Field(description="Proposals that nobody has decided about.")
    silent: int = Field(description="Questions about which it did nothing.")
    unanswered: int = Field(description="Questions that neither a human nor the goalie has answered.")
    kept: int = Field(description="Answers that were made documents.")
    acceptance: float | None = Field(
        default=None, description="Accepted and edited among all that were decided about, 0..1. Null: none was."
    )
    minutes_saved: float = Field(
        description="Accepted answers, and answered ones found helpful, times what each saves."
    )
    minutes_each: float
    first_answer_with: float | None = Field(
        default=None, description="Median seconds to the first answer where the goalie answered in the thread."
    )
    first_answer_without: float | None = Field(default=None, description="The same where humans alone answered.")
    missing: list[MissingDocumentView] = Field(default=[])
    text: str = Field(description="The report for people, in Markdown.")


class CaseView(Wire):
    """A message that a goalie looked at, and what became of it. Its words are in Slack, and not here."""

    id: str
    state: str
    seen_at: datetime
    changed_at: datetime
    message: str = Field(description="Its id in the workspace.")
    channel: str
    workspace: str
    probability: float = Field(description="That it is a question for the channel, 0..1.")
    confidence: float | None = None
    reason: str = Field(default="", description="Why it did no more, or why it was rejected.")
    decided_by: str = ""
    shadow: bool = False
    answered_at: datetime | None = None
    human_first_at: datetime | None = None
    address: str = Field(default="", description="Of the message in its channel, empty where it is not known.")


class CasesReply(Wire):
    cases: list[CaseView]
