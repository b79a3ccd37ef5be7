"""What goes over the wire around an answer: suggestions, telling owners, passages, and how documents stand."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from aika.client.models import DocumentSummary, OwnerView, Wire, WireRequest


class SuggestionView(Wire):
    """A question that may be worth asking."""

    text: str
    origin: Literal["assistant", "asked", "document"] = Field(
        description="An example of the assistant's, what several people asked, or what a document has a part about."
    )
    document: DocumentSummary | None = Field(default=None, description="Where the answer is expected.")


class SuggestionsReply(Wire):
    suggestions: list[SuggestionView]


class TellOwnerRequest(WireRequest):
    """What the owner should know of a question that was not answered, or badly."""

    words: str = Field(default="", max_length=2000, description="The asker's own words: what was looked for, and why.")
    document: str | None = Field(
        default=None, description="The id of the document that should answer, where the asker knows it."
    )
    with_name: bool = Field(default=False, description="Whether the owner learns who asks.")


class TellOwnerReply(Wire):
    told_at: datetime
    kind: Literal["no document", "not retrieved"]
    owner: OwnerView | None = Field(default=None, description="Whose finding it is. Null: the administrators'.")
    finding: str | None = Field(default=None, description="Its id, for those who may see it.")


class BlockView(Wire):
    """A part of the text that belongs together. Offsets as in `PassageView`."""

    kind: str
    start: int
    end: int


class PassageView(Wire):
    """A passage where it stands in its document. All offsets are characters in the document's text."""

    document: DocumentSummary
    state: Literal["found", "moved", "changed"] = Field(
        description="`found`: at the offsets asked for. `moved`: the same words stand elsewhere now. `changed`: the words are "
        "not in the document any more; the text is what stands there now."
    )
    start: int
    end: int
    text: str = Field(description="The passage with what stands around it.")
    text_start: int = Field(description="Where `text` begins in the document.")
    text_end: int
    length: int = Field(description="Of the whole document.")
    heading_path: list[str] = Field(default=[])
    blocks: list[BlockView] = Field(default=[], description="Of `text`: headings, paragraphs, code.")
    url: str | None = Field(default=None, description="Opens the document at the passage, where its links allow it.")


class StandingView(Wire):
    """How far a document can be relied on now."""

    document: DocumentSummary
    standing: Literal["current", "old", "outdated", "conflicting", "superseded", "late"]
    reason: str = Field(description="In a sentence. Empty for `current`.")
    age_days: int | None = Field(default=None, description="Since it last changed, where that is known.")
    reviewed_days: int | None = Field(default=None, description="Since it was last reviewed, where it says so.")
    findings: list[str] = Field(default=[], description="The ids of open findings on it that the reader may see.")


class StandingsReply(Wire):
    """Only of documents that the reader may read, in the order asked for."""

    standings: list[StandingView]
