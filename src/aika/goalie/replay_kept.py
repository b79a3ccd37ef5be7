"""What is kept of a goalie's last replay, so that thresholds can be chosen on it later: numbers, and nobody's words."""

from dataclasses import dataclass
from datetime import datetime

from aika.domain.identifiers import GoalieId
from aika.goalie.replay import ReplayResult
from aika.goalie.thresholds import Outcome, Share, Thresholds, Yardstick

_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class ReplayAbout:
    """What was replayed, and when."""

    channel: str
    """Its name."""
    knowledge: str
    """``current``, ``older``, or a folder of documents."""
    days: int | None
    """Only the last days of the channel; ``None``: all of it."""
    limit: int | None
    """So many questions at most were asked."""
    ran_at: datetime


@dataclass(frozen=True, slots=True)
class KeptReplay:
    """A replay as it is remembered."""

    goalie: GoalieId
    about: ReplayAbout
    messages: int
    """Of people, in the time that was replayed."""
    questions: int
    """That the goalie took for questions."""
    answered: int
    """Of these, those that people answered."""
    first_at: datetime | None
    """When the first question that was asked again was written."""
    last_at: datetime | None
    outcomes: tuple[Outcome, ...]
    people: Share
    """Of pairs of two people's answers, those that are seen to agree."""
    others: Share
    """Of answers to the most similar other question, those that are."""
    pairs: int
    """Of this channel, that agreement was measured with. 0: other channels', as this one has too few."""

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(self.outcomes, Yardstick(self.people, self.others))


@dataclass(frozen=True, slots=True)
class Reached:
    """How many questions reach a confidence."""

    threshold: float
    count: int
    compared: int
    """Of them, those whose answers can be compared with people's."""
    agreeing: int


def kept_of(result: ReplayResult, about: ReplayAbout) -> KeptReplay:
    """Return what is kept of a replay."""
    asked = [each.asked_at for each in result.replayed]
    found = result.thresholds
    return KeptReplay(
        goalie=result.goalie.id,
        about=about,
        messages=result.seen.messages,
        questions=result.seen.questions,
        answered=result.seen.answered,
        first_at=min(asked, default=None),
        last_at=max(asked, default=None),
        outcomes=tuple(found.outcomes),
        people=found.yardstick.people,
        others=found.yardstick.others,
        pairs=result.calibrated.pairs,
    )


def curve(outcomes: tuple[Outcome, ...]) -> list[Reached]:
    """Return how many reach each hundredth, from 0 to 1: what answering from there on would have covered."""
    return [_reached(outcomes, step / _HUNDREDTHS) for step in range(_HUNDREDTHS + 1)]


def _reached(outcomes: tuple[Outcome, ...], threshold: float) -> Reached:
    there = [each for each in outcomes if each.confidence is not None and each.confidence >= threshold]
    compared = [each for each in there if each.agrees is not None]
    return Reached(threshold, len(there), len(compared), sum(bool(each.agrees) for each in compared))
