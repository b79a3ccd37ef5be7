"""What goes over the wire about the documents' health."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from aika.client.models import DocumentSummary, OwnerView, Wire, WireRequest

FindingKind = Literal["unsupported", "outdated", "conflicting", "not retrieved", "no document"]
FindingState = Literal["open", "accepted", "dismissed", "resolved"]


class AcceptRequest(WireRequest):
    assignee: str = Field(default="", max_length=200, description="Who will do something. Unset: who it was.")


class AssignRequest(WireRequest):
    assignee: str = Field(max_length=200, description="Who will do something; empty: nobody any more.")


class DismissRequest(WireRequest):
    reason: str = Field(min_length=1, max_length=2000, description="Why nothing has to change.")


class ResolveRequest(WireRequest):
    note: str = Field(default="", max_length=2000, description="What was done.")


class ExhibitView(Wire):
    """A passage that a finding rests on."""

    document: DocumentSummary
    quote: str = Field(description="Verbatim; empty where the whole document is meant.")
    start: int = Field(description="Character offsets of the quote in the document's text.")
    end: int
    note: str = Field(default="", description="What it shows.")


class SuggestedEditView(Wire):
    """What a document could say instead. Nothing is changed by itself."""

    document: str
    before: str = Field(description="Verbatim from the document; empty where something is to be added.")
    after: str
    reason: str


class BrokenQuestionView(Wire):
    """A question that a finding broke. Who asked is not kept."""

    text: str
    asked_at: datetime
    cause: Literal["rejected", "rated down", "contradicted", "unanswered"]
    passes: bool = Field(description="Whether it was answered when it was asked again.")
    words: str = Field(default="", description="What the asker wrote to the owner.")


class FindingSummary(Wire):
    """A reason to change a document or, without a document, to write one."""

    id: str
    kind: FindingKind
    state: FindingState
    title: str
    source: str | None = None
    document: str | None = Field(default=None, description="The id of what has to change. Unset: it is missing.")
    owner: OwnerView | None = None
    assignee: str = ""
    note: str = Field(default="", description="Why it was dismissed, or what resolved it.")
    people: int = Field(description="How many people it cost an answer.")
    created_at: datetime
    changed_at: datetime
    version: int
    editable: bool = Field(description="Whether the caller may change it.")


class FindingView(FindingSummary):
    """One finding, with what it rests on."""

    reason: str
    exhibits: list[ExhibitView] = Field(default=[])
    suggestion: SuggestedEditView | None = None
    questions: list[BrokenQuestionView] = Field(default=[], description="For those who may change it.")


class FindingEventView(Wire):
    """Something that happened to a finding."""

    at: datetime
    what: Literal["found", "accepted", "assigned", "dismissed", "resolved", "reopened"]
    by: str = Field(default="", description="Who did it, for those who may change the finding; empty: aika itself.")
    assignee: str = ""
    note: str = ""


class FindingHistoryReply(Wire):
    events: list[FindingEventView] = Field(description="In the order in which they happened.")


class FindingsReply(Wire):
    findings: list[FindingSummary] = Field(description="Those that cost the most people first, then the newest.")
    next: int | None = Field(default=None, description="The `offset` of the next page.")


class HealthView(Wire):
    """How the documents stand that the caller may read: findings that are open or accepted."""

    open: int
    people: int = Field(description="Whom they cost an answer, summed over findings.")
    kinds: dict[str, int] = Field(default={})
    owners: dict[str, int] = Field(default={}, description="By the owners' names.")
    sources: dict[str, int] = Field(default={})


class LookReply(Wire):
    examined: int = Field(description="Complaints that were examined now.")
    waiting: int = Field(description="Those that still wait.")
    changed: list[str] = Field(description="The ids of findings that were resolved or opened again.")
