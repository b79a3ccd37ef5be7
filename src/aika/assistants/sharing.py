"""What somebody else may see of a conversation that was shared with them.

A turn is theirs to see only where they may read all that its answer may hold words of: the question, too, can say what such
a document says. Where something is withheld, nothing tells what, how much, or from where.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aika.assistants.withholding import REMEMBERED_TURNS, documents_of, on_its_own, rests_on, trimmed
from aika.domain.access import Scope
from aika.domain.answers import Answer, Origin
from aika.domain.conversations import Conversation, Turn
from aika.domain.identifiers import AnswerId, AssistantId, ConversationId, PrincipalId, random_id
from aika.protocols import Catalogue, Clock

_TITLE_CHARS = 80
_UNTITLED = "A shared conversation"


@dataclass(frozen=True, slots=True)
class Seen:
    """A shared conversation as one reader sees it."""

    title: str
    parts: tuple[Turn | None, ...]
    """``None`` stands for one or more turns that are withheld."""

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(part for part in self.parts if part is not None)

    @property
    def withheld(self) -> bool:
        return None in self.parts


async def seen(conversation: Conversation, catalogue: Catalogue, *, scope: Scope) -> Seen:
    """Return what a reader with this scope sees of a conversation."""
    named = {document for turn in conversation.turns for document in documents_of(turn.outcome)}
    admitted = await catalogue.admitted(named, scope=scope) if named else set()
    shown: list[Turn | None] = []
    for turn in conversation.turns:
        if not rests_on(turn.outcome) <= admitted or _follows_from(shown, turn):
            shown.append(None)
            continue
        kept = on_its_own(turn) if None in shown else turn
        shown.append(kept if documents_of(turn.outcome) <= admitted else _unexplained(trimmed(kept, admitted)))
    return Seen(_title(conversation, shown), _merged(shown))


def copied(shared: Seen, *, owner: PrincipalId, assistant: AssistantId | None, clock: Clock) -> Conversation:
    """Return a conversation of the reader's own with what they saw."""
    # Nobody asked these questions anew: nothing is examined, and nothing counted, because of a copy.
    turns = [
        replace(turn, outcome=replace(turn.outcome, id=AnswerId(random_id())), scope=None, replaces=None)
        for turn in shared.turns
    ]
    return Conversation(ConversationId(random_id()), owner, shared.title, tuple(turns), clock.now(), assistant)


def _follows_from(earlier: Sequence[Turn | None], turn: Turn) -> bool:
    """Return whether the turn may repeat what a withheld one says: it was completed from it, or written with it in view."""
    if None not in earlier:
        return False
    completed = turn.outcome.question != turn.question
    by_model = isinstance(turn.outcome, Answer) and turn.outcome.origin is not Origin.EXTRACTED
    return completed or (by_model and None in earlier[-REMEMBERED_TURNS:])


def _unexplained(turn: Turn) -> Turn:
    """Return the turn without the reasons of its confidence: they compare what is cited with what the reader may not read."""
    confidence = replace(turn.outcome.confidence, signals=())
    return replace(turn, outcome=replace(turn.outcome, confidence=confidence))


def _title(conversation: Conversation, shown: Sequence[Turn | None]) -> str:
    """Return the title, which may say what the first question says: only where all of it may be seen."""
    if None not in shown:
        return conversation.title
    first = next((turn.question for turn in shown if turn is not None), _UNTITLED)
    line = " ".join(first.split())
    return line if len(line) <= _TITLE_CHARS else line[: _TITLE_CHARS - 1].rstrip() + "…"


def _merged(shown: Sequence[Turn | None]) -> tuple[Turn | None, ...]:
    """Return the parts with one mark for what is withheld in a row, so that nobody can count it."""
    return tuple(
        part for place, part in enumerate(shown) if part is not None or place == 0 or shown[place - 1] is not None
    )
