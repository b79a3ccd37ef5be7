"""What goes over the wire about steering sources and leafing through what they hold."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from aika.client.models import DocumentSummary, OwnerView, Problem, SyncView, Wire, WireRequest


class ConnectorView(Wire):
    """A kind of place that documents can be read from."""

    name: str
    title: str
    summary: str = ""
    needs: str = Field(default="", description="What to have ready.")
    first: list[str] = Field(default=[], description="The options that nearly everybody sets, in this order.")
    knows_readers: bool = Field(description="Whether it can tell itself who may read what.")
    reads_server: bool = Field(description="Whether it can read files of the machine that aika runs on.")
    options: dict[str, JsonValue] = Field(description="The JSON Schema of its options.")


class SourceDraft(WireRequest):
    """A source as its file has it. What is not given is left out of the file."""

    connector: str
    options: dict[str, JsonValue] = Field(default={}, description="Secrets in it as `${NAME}` of a variable.")
    purpose: str | None = None
    owner: str | None = None
    contact: str | None = None
    readers: list[str] | None = None
    managers: list[str] | None = None
    refresh: str | None = Field(default=None, description='Such as "15m", "1h", "1d".')
    promise: str | None = None
    webhook_secret: str | None = None
    rules: list[dict[str, JsonValue]] | None = None


class NamedDraft(SourceDraft):
    id: str = Field(description="Its name: lower-case letters, digits, '-' and '_'.")


class CheckRequest(NamedDraft):
    connect: bool = Field(default=True, description="Whether to connect and look, or to check the form only.")


class PreviewRequest(NamedDraft):
    documents: int = Field(default=10, ge=1, le=50, description="How many documents to read.")


class FieldProblemView(Wire):
    field: str = Field(description="With dots: `options.url`. Empty for the whole.")
    message: str


class LookView(Wire):
    """What a look at a source has found."""

    found: int = Field(description="Documents listed.")
    whole: bool = Field(description="Whether these are all; else there are more.")
    read: int = Field(default=0, description="Documents read.")
    unreadable: int = 0
    groups: int = Field(default=0, description="Groups of which it knows the members.")
    kinds: dict[str, int] = Field(default={}, description="Of the documents that were read.")
    unowned: int = Field(default=0, description="Documents, of those read, without an owner.")
    unread: int = Field(default=0, description="Documents, of those read, that nobody may read.")


class CheckReply(Wire):
    problems: list[FieldProblemView] = Field(default=[], description="What is wrong with the form.")
    connected: bool | None = Field(default=None, description="Unset: it was not tried.")
    error: str | None = Field(default=None, description="Why it could not be read, and what to do.")
    look: LookView | None = None
    warnings: list[str] = Field(default=[], description="What would surprise later.")


class PreviewDocument(Wire):
    """A document as aika would read it."""

    key: str
    title: str
    kind: str
    url: str | None = None
    owner: OwnerView | None = None
    readers: list[str] = Field(default=[])
    chunks: int
    characters: int
    excerpt: str = Field(description="How its text begins.")
    modified_at: datetime | None = None


class UnreadableEvent(Wire):
    type: Literal["unreadable"] = "unreadable"
    key: str
    reason: str


class ListedEvent(Wire):
    """So many documents were listed by now."""

    type: Literal["listed"] = "listed"
    found: int


class ReadEvent(Wire):
    type: Literal["read"] = "read"
    document: PreviewDocument


class LookedEvent(Wire):
    """The last event."""

    type: Literal["looked"] = "looked"
    look: LookView


class LookFailedEvent(Wire):
    """The last event where the source could not be read."""

    type: Literal["failed"] = "failed"
    problem: Problem


PreviewEvent = Annotated[
    ListedEvent | ReadEvent | UnreadableEvent | LookedEvent | LookFailedEvent, Field(discriminator="type")
]


class SourceSettingsView(Wire):
    """How a source is declared."""

    id: str
    home: Literal["file", "settings", "discovered"] = Field(description="Where it is declared.")
    place: str = Field(description="The file.")
    remedy: str = Field(default="", description="Where to change it, where that cannot be done here.")
    fields: list[str] = Field(description="The fields that the caller may change.")
    removable: bool = False
    version: str = Field(description="For `If-Match`.")
    settings: SourceDraft
    yaml: str = Field(description="The file's text, secrets masked.")
    unset_variables: list[str] = Field(default=[], description="Variables that it names and that are not set.")


class SourceFileProblem(Wire):
    """A source's file that is wrong. What it declared before goes on working."""

    message: str


class RemovedReply(Wire):
    documents: int = Field(description="How many documents went with the source.")


class CauseView(Wire):
    """Documents that could not be read for the same reason."""

    id: str
    title: str
    remedy: str = ""
    left_out: bool = Field(description="Whether nothing of them can be found; else only something was left out.")
    count: int
    documents: list["UnreadView"] = Field(description="The first of them.")


class UnreadView(Wire):
    key: str
    reason: str


class ProblemsReply(Wire):
    causes: list[CauseView] = Field(description="The largest first.")
    total: int
    as_of: datetime | None = Field(default=None, description="The end of the sync that they are of.")


class ListedDocument(DocumentSummary):
    chunks: int
    change: int = Field(description="Larger is later.")


class DocumentsReply(Wire):
    documents: list[ListedDocument]
    next: str | None = Field(default=None, description="The `after` of the next page.")


class SyncsReply(Wire):
    syncs: list[SyncView] = Field(description="The newest first.")


class ChunkView(Wire):
    """Where a chunk stands in its document."""

    id: str
    position: int
    start: int
    end: int
    heading_path: list[str] = Field(default=[])


class ReaderView(Wire):
    """Somebody who may read a document."""

    principal: str
    people: int | None = Field(default=None, description="How many are in it, where it is a group and that is known.")


class ReasonView(Wire):
    """Why the caller may read a document."""

    kind: Literal["everyone", "guests", "you", "group"]
    group: str | None = None


class CitingQuestionView(Wire):
    conversation_id: str | None = Field(default=None, description="Unset where it is not the caller's.")
    question: str
    asked_at: datetime


class CitedView(Wire):
    """Which answers cite a document."""

    answers: int | None = Field(description="How many; unset where so few people asked that it would tell of them.")
    people: int | None = None
    last_at: datetime | None = None
    questions: list[CitingQuestionView] = Field(default=[], description="The caller's own; an operator's are all.")


class AboutDocumentView(Wire):
    """What there is to know of a document besides its text."""

    document: DocumentSummary
    chunks: list[ChunkView]
    reasons: list[ReasonView] = Field(description="Why the caller may read it.")
    readers: list[ReaderView] | None = Field(default=None, description="All, for those who manage the source.")
    readers_left_out: int = Field(default=0, description="How many more readers there are than are listed.")
    cited: CitedView
    before: list[DocumentSummary] = Field(default=[], description="Of the same folder.")
    after: list[DocumentSummary] = Field(default=[])
    managed: bool = Field(default=False, description="Whether the caller manages its source.")
