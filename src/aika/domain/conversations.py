"""Conversations: questions and answers that belong together."""

from dataclasses import dataclass
from datetime import datetime

from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer
from aika.domain.identifiers import AnswerId, AssistantId, ConversationId, PrincipalId, SourceId


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
    replaces: AnswerId | None = None
    """The answer whose place this one takes: its question was edited or tried again. What came after that is set aside too."""


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
class Listed:
    """A conversation as a list shows it."""

    conversation: Conversation
    """Without its turns."""
    changed_at: datetime
    """When something was last asked."""
    pinned: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of conversations begins: after this one."""

    pinned: bool
    changed_at: datetime
    id: ConversationId


@dataclass(frozen=True, slots=True)
class Share:
    """A link to a conversation as it was when it was shared."""

    token: str
    conversation: ConversationId
    shared_at: datetime
    up_to_date: bool = True
    """False where turns came after what it shows."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An answer that some process is writing."""

    answer: AnswerId
    conversation: ConversationId
    owner: PrincipalId
    question: str
    begun_at: datetime
    seen_at: datetime
    """When its process last said so."""
    replaces: AnswerId | None = None
    stop: bool = False
    """Whether its owner wants it to end."""


@dataclass(frozen=True, slots=True)
class AcceptedQuestion:
    """A question whose answer people found helpful."""

    text: str
    sources: tuple[SourceId, ...]
    """Those that the answer cites."""
