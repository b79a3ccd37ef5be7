"""Conversations as rows, and back."""

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer
from aika.domain.conversations import Conversation, Turn
from aika.domain.identifiers import AnswerId, AssistantId, ConversationId, PrincipalId

_ANSWER = TypeAdapter(Answer)
_ABSTENTION = TypeAdapter(Abstention)
_SCOPE = TypeAdapter(Scope)

AnyRow = Row[*tuple[Any, ...]]


def stored_outcome(outcome: Answer | Abstention) -> object:
    match outcome:
        case Answer():
            return _ANSWER.dump_python(outcome, mode="json")
        case Abstention():
            return _ABSTENTION.dump_python(outcome, mode="json")


def stored_scope(scope: Scope | None) -> object:
    return None if scope is None else _SCOPE.dump_python(scope, mode="json")


def conversation_of(row: AnyRow, with_turns: tuple[Turn, ...]) -> Conversation:
    return Conversation(
        id=ConversationId(row.id),
        owner=PrincipalId(row.owner),
        title=row.title,
        turns=with_turns,
        created_at=row.created_at,
        assistant=None if row.assistant is None else AssistantId(row.assistant),
    )


def turn_of(row: AnyRow) -> Turn:
    return Turn(
        question=row.question,
        outcome=outcome_of(row.answered, row.outcome),
        asked_at=row.asked_at,
        assistant=None if row.assistant is None else AssistantId(row.assistant),
        scope=None if row.scope is None else _SCOPE.validate_python(row.scope),
        replaces=None if row.replaces is None else AnswerId(row.replaces),
    )


def outcome_of(answered: bool, stored: object) -> Answer | Abstention:
    return _ANSWER.validate_python(stored) if answered else _ABSTENTION.validate_python(stored)
