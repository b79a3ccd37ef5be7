"""What a person may still see of a conversation whose documents they may no longer read.

An answer's words come from documents. Whoever may not read one of them any more may not read the answer either, and what was
written with that answer in view may repeat it.
"""

from dataclasses import replace

from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer, Band, Confidence, Origin
from aika.domain.conversations import Conversation, Turn
from aika.domain.identifiers import DocumentId
from aika.protocols import Catalogue

REMEMBERED_TURNS = 6
"""How many earlier turns go with a question. More dilutes rewriting and costs tokens."""
WITHHELD = "access lost"
"""The reason of an abstention that stands in place of an answer."""
NOTE = (
    "This answer is no longer shown: it came from documents that you may not read any more, or that are gone. "
    "Ask again for an answer from what you may read now."
)


async def readable(conversation: Conversation, catalogue: Catalogue, *, scope: Scope) -> Conversation:
    """Return the conversation as this scope may see it: what came from other documents is withheld."""
    named = {document for turn in conversation.turns for document in documents_of(turn.outcome)}
    admitted = await catalogue.admitted(named, scope=scope) if named else set()
    return _without(conversation, admitted)


def is_withheld(turn: Turn) -> bool:
    return isinstance(turn.outcome, Abstention) and turn.outcome.reason == WITHHELD


def _without(conversation: Conversation, admitted: set[DocumentId]) -> Conversation:
    turns: list[Turn] = []
    for turn in conversation.turns:
        # A question that was completed from the conversation, and the notes on that, may say what an earlier answer said.
        kept = on_its_own(turn) if any(map(is_withheld, turns)) else turn
        if not rests_on(turn.outcome) <= admitted or _was_written_from(turns, turn):
            kept = _withheld(turn)
        turns.append(trimmed(kept, admitted))
    return replace(conversation, turns=tuple(turns))


def documents_of(outcome: Answer | Abstention) -> set[DocumentId]:
    """Return every document that the outcome names or quotes."""
    hits = outcome.evidence if isinstance(outcome, Answer) else outcome.nearest
    cited = {citation.document.id for citation in outcome.citations} if isinstance(outcome, Answer) else set()
    return cited | {hit.chunk.document.id for hit in hits}


def rests_on(outcome: Answer | Abstention) -> set[DocumentId]:
    """Return the documents that the outcome's text may hold words of."""
    if isinstance(outcome, Answer) and outcome.origin is Origin.EXTRACTED:
        return {citation.document.id for citation in outcome.citations}
    return documents_of(outcome)


def _was_written_from(earlier: list[Turn], turn: Turn) -> bool:
    """Return whether a language model wrote this with a withheld answer in view."""
    by_model = isinstance(turn.outcome, Answer) and turn.outcome.origin is not Origin.EXTRACTED
    return by_model and any(map(is_withheld, earlier[-REMEMBERED_TURNS:]))


def _withheld(turn: Turn) -> Turn:
    outcome = Abstention(
        id=turn.outcome.id,
        question=turn.question,
        text=NOTE,
        reason=WITHHELD,
        confidence=Confidence(0.0, Band.LOW),
        created_at=turn.outcome.created_at,
    )
    return replace(turn, outcome=outcome)


def on_its_own(turn: Turn) -> Turn:
    return replace(turn, outcome=replace(turn.outcome, question=turn.question, notes=()))


def trimmed(turn: Turn, admitted: set[DocumentId]) -> Turn:
    """Return the turn without evidence that may not be read, and without notes that may name it."""
    outcome = turn.outcome
    if not isinstance(outcome, Answer) or documents_of(outcome) <= admitted:
        return turn
    evidence = tuple(hit for hit in outcome.evidence if hit.chunk.document.id in admitted)
    return replace(turn, outcome=replace(outcome, evidence=evidence, notes=()))
