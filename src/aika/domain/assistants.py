"""Assistants: configurations that people talk to."""

from dataclasses import dataclass
from enum import StrEnum

from aika.domain.identifiers import AssistantId, DocumentId, PrincipalId
from aika.domain.rules import RankingRule
from aika.domain.selection import EVERYTHING, Selection


class Visibility(StrEnum):
    """Who may see and use an assistant."""

    PRIVATE = "private"
    GROUP = "group"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Topic:
    """A region of the embedding space, learned from examples of what belongs to it."""

    documents: tuple[DocumentId, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assistant:
    """One configuration people talk to. It narrows what may be seen, and never widens it."""

    id: AssistantId
    name: str
    owner: PrincipalId
    """A person or a group."""
    purpose: str = ""
    instructions: str = ""
    """Added to what the language model is told. Without one they change nothing."""
    knowledge: Selection = EVERYTHING
    topic: Topic | None = None
    rules: tuple[RankingRule, ...] = ()
    model: str | None = None
    """``None`` is the deployment's."""
    temperature: float | None = None
    greeting: str = ""
    examples: tuple[str, ...] = ()
    """Questions that it is good at."""
    visibility: Visibility = Visibility.PRIVATE
    groups: frozenset[PrincipalId] = frozenset()
    """Who may use it where it is visible to groups."""
    declared_in: str | None = None
    """The file, ``None`` for one made through the API."""
