"""What goes over the wire about assistants that are being written."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from aika.client.assistant_models import KnowledgeView
from aika.client.conversation_models import CompletedEvent, DeltaEvent, FailedEvent, RetrievedEvent
from aika.client.models import ChatCompletion, ChatMessage, DocumentSummary, Wire, WireRequest

MAX_YAML = 60_000
"""Characters of a draft."""


class CountedView(Wire):
    """A value that documents have."""

    value: str
    documents: int = Field(description="How many documents that the caller may read have it.")


class ChoosableSourceView(Wire):
    id: str
    purpose: str = ""
    documents: int = Field(description="How many of its documents the caller may read.")


class AssistantFormView(Wire):
    """What the caller can choose from when they write an assistant."""

    sources: list[ChoosableSourceView]
    kinds: list[CountedView]
    owners: list[CountedView]
    tags: list[CountedView]
    status: list[CountedView]
    audience: list[CountedView]
    models: list[str] = Field(description="Those that an assistant may name.")
    me: str = Field(description="Whom an assistant belongs to that the caller makes.")
    groups: list[str] = Field(description="Groups that the caller is in: to share with, and to own assistants.")
    anyone: bool = Field(description="Whether the caller may share with groups and people that they are not.")


class AssistantCheckRequest(WireRequest):
    """A draft as YAML, and what was changed in its form since."""

    yaml: str = Field(default="", max_length=MAX_YAML)
    changes: dict[str, JsonValue] = Field(
        default={},
        max_length=40,
        description="Values by key, written into the YAML where the key stands. An empty one takes the key away.",
    )
    id: str | None = Field(default=None, description="The assistant that is changed. Unset: a new one.")


class DraftProblemView(Wire):
    """What is wrong with a draft, or probably not meant."""

    place: list[str | int] = Field(description="Keys, and positions in lists. Empty: the whole.")
    message: str
    line: int | None = Field(default=None, description="In the YAML, from 1.")
    doubt: bool = Field(default=False, description="Whether it can be saved all the same.")


class SourceEffectView(Wire):
    id: str
    documents: int = Field(description="How many fit the filter.")
    readable: int = Field(description="Of how many that the caller may read.")


class FilterEffectView(Wire):
    """What an assistant's filter comes to for the caller."""

    documents: int
    readable: int
    sources: list[SourceEffectView] = Field(description="Those that hold something for the caller.")
    sample: list[DocumentSummary] = Field(default=[], description="Some of the documents that fit.")
    topic: bool = Field(default=False, description="Whether the draft's topic, learned from examples, is applied.")


class AssistantCheckReply(Wire):
    """A draft as far as it is written."""

    yaml: str = Field(description="With the changes.")
    values: dict[str, JsonValue] = Field(description="What a form can show: the values that are right, by key.")
    unreadable: list[str] = Field(default=[], description="Keys whose values are wrong, and in the YAML alone.")
    problems: list[DraftProblemView] = Field(default=[])
    valid: bool = Field(description="Whether it can be saved.")
    effect: FilterEffectView | None = Field(
        default=None,
        description="What its filter comes to, its topic aside. Unset: what is wrong must be mended first.",
    )
    knowledge: KnowledgeView | None = None


class AssistantTryRequest(WireRequest):
    """A question to an assistant that is not saved. Nothing of it is kept."""

    yaml: str = Field(max_length=MAX_YAML)
    question: str = Field(min_length=1)
    history: list[ChatMessage] = Field(default=[], max_length=20, description="What was said before.")
    stream: bool = False


class AssistantTryReply(Wire):
    effect: FilterEffectView
    completion: ChatCompletion


class EffectEvent(Wire):
    """The first event: what the draft's filter leaves."""

    type: Literal["effect"] = "effect"
    effect: FilterEffectView


AssistantTryEvent = Annotated[
    EffectEvent | RetrievedEvent | DeltaEvent | CompletedEvent | FailedEvent, Field(discriminator="type")
]
