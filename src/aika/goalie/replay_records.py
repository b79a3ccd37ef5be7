"""What a replay has found so far, a line a question, so that a run that was stopped goes on where it was.

The file holds questions and answers as people wrote them: only this user can read it.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One question of the past, asked again."""

    id: str
    asked_at: datetime
    question: str
    human: str
    """What people answered; empty where nobody did."""
    thanked: bool = False
    """Whether the asker thanked somebody, or said that it worked."""
    answer: str = ""
    """The goalie's; empty where it has none."""
    confidence: float | None = None
    score: float | None = None
    """How near the two answers are; ``None`` where there is nothing to compare."""
    denied: bool = False
    """Whether the nearest sentences of the two say the opposite."""
    reason: str = ""
    """Why there is no answer."""
    retries: int = 0
    """How often it was asked again because it had used what is newer than the question."""

    def agrees(self, cut_off: float) -> bool | None:
        """Return whether the answer says what people said; ``None`` where there is nothing to compare."""
        return None if self.score is None else self.score >= cut_off and not self.denied


_LINE: TypeAdapter[Replayed] = TypeAdapter(Replayed)


class Records(Protocol):
    """What is known of a run already."""

    def get(self, id: str) -> Replayed | None: ...

    def add(self, replayed: Replayed) -> None: ...


class RecordsInMemory:
    """Forgets everything with the process."""

    def __init__(self) -> None:
        self._known: dict[str, Replayed] = {}

    def get(self, id: str) -> Replayed | None:
        return self._known.get(id)

    def add(self, replayed: Replayed) -> None:
        self._known[replayed.id] = replayed


class RecordsInFile(RecordsInMemory):
    """Appends each record to a file as it comes. One process at a time writes it."""

    def __init__(self, place: Path) -> None:
        super().__init__()
        self._place = place
        place.parent.mkdir(parents=True, exist_ok=True)
        for line in place.read_bytes().splitlines() if place.exists() else ():
            try:
                super().add(_LINE.validate_json(line))
            except ValidationError:
                continue  # the line that a run was stopped in: its question is asked again

    def __len__(self) -> int:
        return len(self._known)

    def add(self, replayed: Replayed) -> None:
        super().add(replayed)
        descriptor = os.open(self._place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(b"\n" + _LINE.dump_json(replayed))
