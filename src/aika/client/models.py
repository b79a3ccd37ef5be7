"""What goes over the wire: the requests and replies of aika's HTTP API.

The server uses these same types, so that the client cannot differ from it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from aika.client.filters import DocumentFilter


class Wire(BaseModel):
    """A reply. Fields that a newer server adds are ignored."""

    # A server always sends what has a default, and the description says so, so that typed clients need no checks for it.
    model_config = ConfigDict(extra="ignore", frozen=True, json_schema_serialization_defaults_required=True)


class WireRequest(BaseModel):
    """A request. Unknown fields are errors, so that a misspelt one is not silently without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# Requests


class ChatMessage(WireRequest):
    """One turn of a conversation."""

    role: Literal["user", "assistant"]
    content: str = Field(min_length=1)


class ChatCompletionRequest(WireRequest):
    """A question, alone or within a conversation."""

    messages: list[ChatMessage] = Field(
        min_length=1, description="The last one is the question. Earlier ones matter only without `conversation_id`."
    )
    conversation_id: str | None = Field(default=None, description="Continues a conversation that the server keeps.")
    sources: list[str] | None = Field(default=None, description="Ask only these sources. Unset: all; empty: none.")
    kinds: list[str] | None = Field(default=None, description="Ask only documents of these kinds.")
    filter: DocumentFilter | None = Field(default=None, description="Ask only these documents.")
    stream: bool = Field(default=False, description="Send server-sent events instead of one reply.")
    store: bool = Field(default=True, description="Keep the conversation. Feedback needs a kept answer.")
    assistant: str | None = Field(
        default=None,
        description="An assistant by its name, in any case, or its id. Unset: the conversation's own, where it has one.",
    )
    without_assistant: bool = Field(
        default=False, description="Ask without the conversation's assistant, such as when that is gone."
    )
    replaces: str | None = Field(
        default=None,
        description="The id of an answer of the conversation: its question is edited or tried again. The new turn takes the "
        "place of that one and of all that came after it.",
    )

    @classmethod
    def from_user_prompt(
        cls,
        prompt: str,
        *,
        conversation_id: str | None = None,
        sources: list[str] | None = None,
        assistant: str | None = None,
        filter: DocumentFilter | None = None,
    ) -> "ChatCompletionRequest":
        """Return the request for one question."""
        message = ChatMessage(role="user", content=prompt)
        return cls(
            messages=[message], conversation_id=conversation_id, sources=sources, assistant=assistant, filter=filter
        )


class SearchRequest(WireRequest):
    query: str = Field(min_length=1)
    k: int = Field(default=10, ge=1, le=100, description="How many hits.")
    sources: list[str] | None = None
    kinds: list[str] | None = None
    filter: DocumentFilter | None = Field(default=None, description="Search only these documents.")
    explain: bool = Field(default=False, description="Say for every hit how it came to stand where it stands.")
    assistant: str | None = Field(
        default=None, description="Search what this assistant may know, as it ranks: its name, in any case, or its id."
    )


class FeedbackRequest(WireRequest):
    rating: Literal["helpful", "not_helpful"]
    comment: str = Field(default="", max_length=4000)
    reasons: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(
        default=[], max_length=10, description="Such as `outdated`; `rejected` from somebody who knows better."
    )
    reply: str = Field(default="", max_length=4000, description="What a person answered instead.")


class SyncRequest(WireRequest):
    allow_removals: bool = Field(default=False, description="Remove even if almost everything seems to be gone.")


class KeyRequest(WireRequest):
    """A new API key."""

    name: str = Field(min_length=1, max_length=100)
    principals: list[str] = Field(
        default=["everyone"], description="Who the key's requests are, such as `group:payments`."
    )
    sources: list[str] | None = Field(default=None, description="What it may see at most. Unset: all; empty: none.")
    admin: bool = Field(default=False, description="Whether it may sync sources and manage keys.")
    on_behalf: bool = Field(
        default=False,
        description="Whether it may ask for others, with the headers `Aika-User` and `Aika-Audience`. For front ends that "
        "know who is in front of them.",
    )
    expires_in_days: int | None = Field(default=None, ge=1)


# Replies


class OwnerView(Wire):
    name: str
    contact: str | None = None
    found_in: str | None = None


class DocumentSummary(Wire):
    id: str
    source: str
    key: str
    title: str
    kind: str
    url: str | None = None
    owner: OwnerView | None = None
    modified_at: datetime | None = None
    status: str | None = None


class DocumentView(DocumentSummary):
    text: str
    authors: list[str] = []
    created_at: datetime | None = None
    attributes: dict[str, str | list[str]] = {}


class CitationView(Wire):
    """A footnote: the exact words in the exact place."""

    marker: int
    document: DocumentSummary
    quote: str
    start: int = Field(description="Character offsets of the quote in the document's text.")
    end: int
    url: str | None = Field(default=None, description="Opens the document at the quote, where its links allow it.")
    heading_path: list[str] = []
    support: float = Field(description="0..1: how well the quote backs what it is cited for.")


class SignalView(Wire):
    name: str
    value: float
    contribution: float = Field(description="In log-odds: positive raised the confidence.")
    explanation: str


class ConfidenceView(Wire):
    value: float = Field(ge=0, le=1, description="The probability that the answer helps.")
    band: Literal["low", "medium", "high"]
    signals: list[SignalView] = []


class PlaceView(Wire):
    rank: int
    score: float


class MoveView(Wire):
    stage: str
    rank_before: int | None
    rank_after: int | None
    reason: str


class ExplanationView(Wire):
    places: dict[str, PlaceView] = {}
    matched_terms: list[str] = []
    moves: list[MoveView] = []


class HitView(Wire):
    chunk_id: str
    document: DocumentSummary
    text: str
    heading_path: list[str] = []
    url: str | None = None
    score: float
    explanation: ExplanationView | None = None


class UsageView(Wire):
    model: str
    input_tokens: int
    output_tokens: int
    cost_usd: float | None = None


class PersonToAsk(Wire):
    """Who may know more: the owner of what comes nearest."""

    name: str
    contact: str | None = None
    documents: list[DocumentSummary] = Field(description="Of the nearest ones, those that are theirs.")


class HelpView(Wire):
    """What an abstention offers instead of an answer."""

    message: str = Field(description="The abstention in a sentence, without the list of what comes nearest.")
    people: list[PersonToAsk] = []
    tellable: bool = Field(description="Whether the owner can be told with `POST /v1/answers/{id}/tell-owner`.")


class Outcome(StrEnum):
    ANSWER = "answer"
    ABSTENTION = "abstention"


class ChatCompletion(Wire):
    """An answer, or an honest "I don't know"."""

    id: str
    conversation_id: str
    outcome: Outcome
    text: str = Field(description="Markdown with footnote markers `[1]`.")
    question: str = Field(description="As it was run: a follow-up is completed from the conversation.")
    origin: Literal["extracted", "generated", "general"] | None = Field(
        default=None,
        description="Quoted from documents, written by a model from documents, or from the model's own knowledge.",
    )
    citations: list[CitationView] = []
    citations_removed: int = Field(default=0, description="Citations of the draft that did not hold and were removed.")
    confidence: ConfidenceView
    nearest: list[HitView] = Field(default=[], description="With an abstention: what comes nearest.")
    reason: str | None = Field(default=None, description="With an abstention: why.")
    help: HelpView | None = Field(default=None, description="With an abstention: whom to ask.")
    stopped: bool = Field(default=False, description="Whether its asker stopped it: it may be incomplete.")
    notes: list[str] = []
    usage: UsageView | None = None
    created_at: datetime
    assistant: str | None = Field(default=None, description="The id of who was asked.")


class SearchReply(Wire):
    query: str
    hits: list[HitView]
    notes: list[str] = []


class SyncView(Wire):
    phase: Literal["running", "succeeded", "failed", "refused"]
    started_at: datetime
    finished_at: datetime | None = None
    seen: int
    added: int
    changed: int
    unchanged: int
    removed: int
    failed: int
    expected: int | None = None
    message: str = ""
    reading: str = Field(default="", description="The key of the document that was begun last, while the sync runs.")


class UnreadableView(Wire):
    key: str
    reason: str


class SourceSummary(Wire):
    id: str
    connector: str
    purpose: str = ""
    owner: OwnerView | None = None
    documents: int
    chunks: int
    findable: int = Field(description="Documents that can be found by words.")
    embedded: int = Field(description="Documents that can also be found by meaning.")
    last_sync: SyncView | None = None
    last_success_at: datetime | None = None
    lag_seconds: float | None = Field(default=None, description="Since the last good sync.")
    refresh_seconds: float | None = Field(default=None, description="How often it is synced by itself.")
    promise_seconds: float | None = Field(default=None, description="How far it may lag behind, as its owners promise.")
    late: bool = Field(default=False, description="Whether it lags behind further than promised.")
    managed: bool = Field(
        default=False, description="Whether the caller may change it, sync it and see all of its state."
    )


class SourceView(SourceSummary):
    unreadable: list[UnreadableView] = []


class DocumentUpload(Wire):
    """A document that is handed over."""

    text: str | None = Field(default=None, description="The content, where it is text. Markdown by default.")
    content_base64: str | None = Field(default=None, description="The content, where it is a file such as a PDF.")
    path: str | None = Field(
        default=None, description="A file-like name whose suffix says what it is. Unset: the document's key."
    )
    media_type: str | None = Field(default=None, description="Says what it is where the name does not.")
    title: str | None = None
    url: str | None = Field(default=None, description="Where people read it.")
    kind: str | None = Field(default=None, description="Unset: told from the content.")
    readers: list[str] | None = Field(default=None, description="Who may read it. Unset: the source's readers.")
    owner: str | None = None
    contact: str | None = Field(default=None, description="How to reach the owner.")
    authors: list[str] = []
    created_at: datetime | None = None
    modified_at: datetime | None = None
    attributes: dict[str, str | list[str]] = Field(default={}, description="Such as `status` and `tags`.")


class HookReply(Wire):
    """What a notification did."""

    challenge: str | None = Field(default=None, description="Sent back to whoever sets the address up, as Slack asks.")
    added: int = 0
    changed: int = 0
    removed: int = 0
    sync: bool = Field(default=False, description="Whether a sync was started to find out what has changed.")


class KeyView(Wire):
    id: str
    name: str
    principals: list[str]
    sources: list[str] | None
    admin: bool
    on_behalf: bool = False
    created_at: datetime
    expires_at: datetime | None = None


class NewKey(KeyView):
    secret: str = Field(description="Shown once and never again.")


class Readiness(Wire):
    status: Literal["ready", "not ready"]
    problems: list[str] = []


class Problem(Wire):
    """An error as problem details (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[str] = []
    candidates: list[str] = Field(
        default=[], description="With an ambiguous name: the ids of those that it could mean."
    )
