"""What goes over the wire about assistants."""

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from aika.client.models import Wire, WireRequest


class AssistantRequest(WireRequest):
    """An assistant as its maker writes it. `/schemas/assistant.json` says what may stand in `knowledge`, `topic` and `rules`."""

    name: str = Field(description="What people call it, in any case.")
    purpose: str = ""
    instructions: str = Field(default="", description="What the language model is told besides aika's own rules.")
    knowledge: dict[str, JsonValue] = Field(
        default={}, description="What it may know, of what the asker may read. Empty: all of that."
    )
    topic: dict[str, JsonValue] | None = Field(
        default=None, description="Narrows its knowledge to what is near to example `documents` and `questions`."
    )
    rules: list[dict[str, JsonValue]] = Field(default=[], description="What stands higher or lower for it.")
    model: str | None = Field(default=None, description="One of the operator's models. Unset: the deployment's.")
    temperature: float | None = None
    greeting: str = ""
    examples: list[str] = Field(default=[], description="Questions that it is good at.")
    owner: str | None = Field(
        default=None, description="Who may change it: a person, or a group that its maker is in. Unset: its maker."
    )
    visibility: Literal["private", "group", "public"] | None = Field(
        default=None, description="Unset: `group` where there are `groups`, `private` otherwise."
    )
    groups: list[str] = Field(default=[], description="Who may use it where it is visible to groups.")
    yaml: str | None = Field(
        default=None,
        max_length=60_000,
        description="The same as somebody wrote it, whose comments are kept. The other fields count. Unset: what was written "
        "before is kept.",
    )


class KnowledgeView(Wire):
    """What an assistant may know, as its users see it. Unset is everything; empty is nothing that they may read."""

    sources: list[str] | None = Field(default=None, description="Those that hold something for whoever asks.")
    kinds: list[str] | None = None
    owners: list[str] | None = None
    tags: list[str] | None = None
    paths: list[str] | None = None
    status: list[str] | None = None
    audience: list[str] | None = None
    excluding: list["KnowledgeView"] = Field(default=[], description="What is left out again.")
    topic: bool = Field(default=False, description="Whether it is narrowed further, to a topic learned from examples.")


class AssistantSummary(Wire):
    """An assistant, as those see it who may use it."""

    id: str
    name: str
    purpose: str = ""
    greeting: str = ""
    examples: list[str] = Field(default=[], description="Questions that it is good at.")
    owner: str
    visibility: Literal["private", "group", "public"]
    level: Literal["own", "group", "public"] | None = Field(
        description="How near it is: of two with one name, the nearer is meant. Unset: not the caller's to use."
    )
    reference: str = Field(description="What to say to mean it: its name, or its id where the name means another one.")
    knowledge: KnowledgeView
    editable: bool = Field(description="Whether the caller may change it through the API.")
    version: int | None = Field(default=None, description="Raised by every change. Unset: it is declared in a file.")
    fault: str | None = Field(
        default=None, description="Why it cannot be used as it is now. For those who may mend it."
    )
    created_at: datetime | None = Field(default=None, description="Unset: it is declared in a file.")
    changed_at: datetime | None = None


class AssistantView(AssistantSummary):
    """One assistant."""

    documents: int = Field(description="How many documents the caller may read through it, its topic aside.")
    definition: AssistantRequest | None = Field(
        default=None, description="As it was written. For those who may change it."
    )
    declared_in: str | None = Field(default=None, description="The file. For those who may change it.")
