"""Who clicked on what a goalie posted, and what came of it."""

from dataclasses import dataclass
from enum import StrEnum

from aika.domain.goalies import Case, Goalie


@dataclass(frozen=True, slots=True)
class Person:
    """Who clicked."""

    id: str
    """In the workspace."""
    email: str = ""
    """In lower case. Empty where it is not known."""
    oversees: bool = False
    """Whether they may decide about every goalie's proposals: an administrator of everything, who is no human goalie."""


class Standing(StrEnum):
    """What came of a human goalie's click."""

    DONE = "done"
    """It counted; or it had counted before."""
    TAKEN = "taken"
    """Somebody else decided first."""
    WITHDRAWN = "withdrawn"
    """There is nothing left to decide: a human answered, or the question is gone or was put anew."""
    REFUSED = "refused"
    """They are not a human goalie of this channel."""
    REMOVED = "removed"
    """There is no such goalie any more, or it was forgotten what was proposed."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """What came of a click, with the case as it is now."""

    standing: Standing
    case: Case | None = None
    goalie: Goalie | None = None


def is_human_goalie(goalie: Goalie, person: Person) -> bool:
    """Return whether somebody decides about the goalie's proposals.

    Where only a channel of theirs is named, everybody in it does: nobody else is shown one.
    """
    if person.oversees:
        return True
    if goalie.humans:
        return person.email != "" and person.email in goalie.humans
    return goalie.humans_channel is not None
