"""Conversations: questions and answers that belong together."""

from dataclasses import dataclass
from datetime import datetime

from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer
from aika.domain.identifiers import AssistantId, ConversationId, PrincipalId, SourceId


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as put and what came of it."""

    question: str
    outcome: Answer | Abstention
    asked_at: datetime
    assistant: AssistantId | None = None
    """Who was asked."""
    scope: Scope | None = None
    """What it was asked of, a topic of the assistant's aside. ``None`` for turns from before this was kept."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in order. Only its owner sees it."""

    id: ConversationId
    owner: PrincipalId
    title: str
    turns: tuple[Turn, ...]
    created_at: datetime
    assistant: AssistantId | None = None


@dataclass(frozen=True, slots=True)
class AcceptedQuestion:
    """A question whose answer people found helpful."""

    text: str
    sources: tuple[SourceId, ...]
    """Those that the answer cites."""
