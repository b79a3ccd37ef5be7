"""What goes over the wire about scores, gaps and digests."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from aika.client.models import DocumentSummary, OwnerView, Wire


class ScorePartView(Wire):
    """What a score loses by one thing."""

    name: str
    points: float = Field(description="Below 0.")
    explanation: str


class ScoreView(Wire):
    """How healthy a document is, or the documents of an owner or a source."""

    name: str = Field(description="The document's title, or the owner's or source's name; empty: without an owner.")
    score: float = Field(description="0 to 100: 100 and its parts.")
    parts: list[ScorePartView] = Field(default=[])
    documents: int = Field(description="How many documents it is of.")
    gaps: int = Field(default=0, description="Documents that are missing, each counted as one with a score of 0.")
    findings: int = Field(description="Open and accepted ones.")
    document: DocumentSummary | None = Field(default=None, description="Of a document's score.")


class DayScoreView(Wire):
    """An owner's or source's score on a day."""

    day: date
    name: str
    score: int
    documents: int
    findings: int


class ScoresReply(Wire):
    by: Literal["document", "owner", "source"]
    scores: list[ScoreView] = Field(description="The worst first, of the documents that the caller may read.")
    total: int = Field(description="How many there are.")
    history: list[DayScoreView] = Field(
        default=[], description="Day by day and of all documents: only for administrators of everything."
    )


class PastScoresReply(Wire):
    """How scores were, from findings that the caller may know of, as these were on each day."""

    by: Literal["document", "owner", "source"]
    days: list[DayScoreView] = Field(description="Group by group, each from the earliest day to today.")


class GapFindingView(Wire):
    """A finding that a gap is kept as."""

    id: str
    version: int
    state: Literal["open", "accepted"]
    assignee: str = ""


class GapView(Wire):
    """Questions that one new document would answer."""

    name: str = Field(description="The most central question.")
    people: int = Field(description="How many asked.")
    questions: list[str]
    findings: list[str] = Field(description="The ids of the findings that it is kept as.")
    owner: OwnerView | None = Field(default=None, description="Who could write it.")
    kept_as: list[GapFindingView] = Field(default=[], description="The same findings, with how they stand.")
    first_asked_at: datetime | None = None
    last_asked_at: datetime | None = None


class GapsReply(Wire):
    gaps: list[GapView] = Field(description="Those that cost the most people first.")


class SentDigestView(Wire):
    """The last digest that an owner was sent, or was to be sent."""

    state: Literal["sending", "sent", "waiting", "failed", "uncertain"]
    to: str
    findings: int
    begun_at: datetime
    retry_at: datetime | None = None
    reason: str = Field(default="", description="Why it was not sent.")


class DigestView(Wire):
    """What an owner would be sent now."""

    owner: str
    every: Literal["daily", "weekly", "monthly", "never"]
    to: str | None = Field(default=None, description="Unset: they cannot be reached, or nothing is new.")
    text: str = Field(default="", description="As plain text; empty where nothing is new.")
    problem: str = Field(default="", description="Why it cannot be sent, and what to do.")
    last: SentDigestView | None = None


class DigestsReply(Wire):
    digests: list[DigestView]
    sends: bool = Field(description="Whether a way to owners is set up.")
