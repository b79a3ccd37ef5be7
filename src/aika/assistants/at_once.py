"""How many answers one person may have under way at once, so that nobody's questions keep everybody else's waiting."""

import asyncio
from collections import Counter
from types import TracebackType
from typing import Any

from aika.domain.errors import TooManyAtOnceError
from aika.domain.identifiers import PrincipalId

_TRY_AGAIN_SECONDS = 5.0
"""What most answers take."""


class AnswersAtOnce:
    """Counts the answers that this process writes for each person.

    Other processes count their own: behind a load balancer a person may have as many on each.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._places: Counter[PrincipalId] = Counter()

    def place(self, person: PrincipalId | None) -> "Place":
        """Take a place for an answer, until the end of the ``with`` block. Raises `TooManyAtOnceError` where there is none.

        Without a person there always is one: a program's key may stand for many people.
        """
        if person is not None and self._places[person] >= self._most:
            raise TooManyAtOnceError(
                f"you have {self._most} answers under way, as many as one person may have at once: "
                "wait until one of them is there, or stop one",
                retry_after=_TRY_AGAIN_SECONDS,
            )
        return self.place_anyway(person)

    def place_anyway(self, person: PrincipalId | None) -> "Place":
        """Take a place also where there is none, for a request that was let in."""
        return Place(self._places, person)


class Place:
    """One answer's place. It is given back once."""

    def __init__(self, places: Counter[PrincipalId], person: PrincipalId | None) -> None:
        self._places = places
        self._person = person
        self._kept = False

    def __enter__(self) -> "Place":
        if self._person is not None:
            self._places[self._person] += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._kept:
            self._give_back()

    def keep_until_done(self, task: asyncio.Task[Any]) -> None:
        """Keep the place beyond the block, until a task ends."""
        self._kept = True
        task.add_done_callback(lambda _: self._give_back())

    def _give_back(self) -> None:
        if self._person is None:
            return
        self._places[self._person] -= 1
        if not self._places[self._person]:
            del self._places[self._person]
