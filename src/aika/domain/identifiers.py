"""Distinct types for the ids that would otherwise all be strings."""

from functools import lru_cache
from typing import NewType
from uuid import UUID, uuid4, uuid5

SourceId = NewType("SourceId", str)
DocumentId = NewType("DocumentId", str)
ChunkId = NewType("ChunkId", str)
PrincipalId = NewType("PrincipalId", str)
AssistantId = NewType("AssistantId", str)
ConversationId = NewType("ConversationId", str)
AnswerId = NewType("AnswerId", str)
ApiKeyId = NewType("ApiKeyId", str)
SessionId = NewType("SessionId", str)
FindingId = NewType("FindingId", str)
GoalieId = NewType("GoalieId", str)
CaseId = NewType("CaseId", str)

# A namespace of our own, so that an id never equals one that another system derives from the same words.
_NAMESPACE = UUID("6f4a5c1e-2f0b-4b0e-9a53-0a1ca0a1ca00")


def document_id(source: SourceId, key: str) -> DocumentId:
    """Return the id of the document that a source knows by ``key``: the same on every machine and in every run."""
    return DocumentId(str(uuid5(_NAMESPACE, f"{source}\n{key}")))


@lru_cache(maxsize=1 << 16)
def chunk_id(document: DocumentId, position: int) -> ChunkId:
    """Return the id of a document's chunk at ``position`` (from 0)."""
    return ChunkId(str(uuid5(UUID(document), str(position))))


def random_id() -> str:
    """Return a fresh id that cannot be guessed, for what has no natural key: answers, conversations."""
    return str(uuid4())
