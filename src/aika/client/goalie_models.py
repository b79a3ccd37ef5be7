"""Goalies on the wire: what they are, what became of their channels' questions, and what became of each."""

from datetime import datetime

from pydantic import Field

from aika.client.models import Wire


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


class CasesReply(Wire):
    cases: list[CaseView]
