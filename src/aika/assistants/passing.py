"""Turns that are not to be kept: remembered for a while in memory, so that a follow-up can be understood, and nowhere else."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aika.domain.conversations import Turn
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId

_SECONDS = 1_800
"""After half an hour without a question, people begin anew."""
_TURNS = 6
_CONVERSATIONS = 1_000


@dataclass(slots=True)
class _Passing:
    owner: PrincipalId
    turns: list[Turn] = field(default_factory=list)
    last_at: datetime | None = None


class PassingTurns:
    """Remembers the last turns of conversations, for one process and half an hour."""

    def __init__(self) -> None:
        self._known: OrderedDict[ConversationId, _Passing] = OrderedDict()

    def add(self, id: ConversationId, turn: Turn, *, owner: PrincipalId, now: datetime) -> None:
        self._expire(now)
        passing = self._known.setdefault(id, _Passing(owner))
        passing.turns = [*passing.turns, turn][-_TURNS:]
        passing.last_at = now
        self._known.move_to_end(id)
        while len(self._known) > _CONVERSATIONS:
            self._known.popitem(last=False)

    def of(self, id: ConversationId, *, owner: PrincipalId, now: datetime) -> Sequence[Turn]:
        """Return the turns of a conversation, oldest first; none of another person's."""
        self._expire(now)
        passing = self._known.get(id)
        return () if passing is None or passing.owner != owner else tuple(passing.turns)

    def drop(self, answer: AnswerId) -> None:
        """Forget one turn: its question is gone, or was put in other words."""
        for passing in self._known.values():
            passing.turns = [turn for turn in passing.turns if turn.outcome.id != answer]

    def forget(self, owner: PrincipalId) -> None:
        """Forget everything of one person."""
        for theirs in [known for known, passing in self._known.items() if passing.owner == owner]:
            del self._known[theirs]

    def _expire(self, now: datetime) -> None:
        since = now - timedelta(seconds=_SECONDS)
        while self._known:
            known, oldest = next(iter(self._known.items()))
            if oldest.last_at is not None and oldest.last_at >= since:
                return
            del self._known[known]
