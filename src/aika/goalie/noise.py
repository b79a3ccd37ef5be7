"""The noise budget: a goalie whose answers are not accepted grows quieter by itself, and louder again when they are.

It depends on nothing but what became of its last cases, so that every process comes to the same, and a restart changes nothing.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from aika.domain.answers import Band
from aika.domain.goalies import Action, Case, CaseState, Goalie

FEWEST = 5
"""Judged cases below which nothing follows from them."""
REMEMBERED = timedelta(days=30)
"""After this a case no longer counts. A goalie that fell silent is heard again, and can show that it got better."""

_SURENESS = 1.2816
"""The normal quantile of a one-sided bound of 90 %."""
_STEPS = (1.0, 2 / 3, 1 / 3)
"""A level for each share of the wanted acceptance that it surely stays below."""


class Quiet(IntEnum):
    """How much quieter it is than its file says."""

    NOT = 0
    WARY = 1
    """Answers by itself only where it is much surer than its file asks for; otherwise it proposes."""
    PROPOSING = 2
    """Answers nothing by itself, and proposes only the surer half."""
    NEARLY_SILENT = 3
    """Proposes only what it is surest of. Not silent: else nothing could show that it got better."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How loud a goalie may be."""

    level: Quiet
    proposes_from: float
    """The confidence below which it does nothing, whatever its file says."""
    answers_from: float
    """The confidence below which it answers nothing by itself. Above 1, it answers nothing."""
    judged: int
    accepted: int

    @property
    def reason(self) -> str:
        return f"{self.accepted} of its last {self.judged} were accepted"


def budget(goalie: Goalie, cases: Iterable[Case], now: datetime) -> Budget:
    """Return how loud the goalie may be, from its cases in any order. Those that nobody judged do not count.

    It needs to be sure: with few judged cases, a bad share may be chance, and nothing follows.
    """
    recent = [one for one in cases if not one.shadow and now - one.changed_at <= REMEMBERED]
    newest = sorted(recent, key=lambda one: (one.changed_at, one.id), reverse=True)
    said = [good for one in newest if (good := was_accepted(one)) is not None][: goalie.noise.window]
    accepted, judged = sum(said), len(said)
    level = _level(accepted, judged, goalie.noise.min_acceptance)
    proposes, answers = _thresholds(goalie, level)
    return Budget(level, proposes, answers, judged, accepted)


def was_accepted(case: Case) -> bool | None:
    """Return whether people took what it said; ``None`` where nobody judged it.

    An edited draft was worth proposing. Of an answer that it gave by itself, the askers say whether it helped.
    """
    if case.state in {CaseState.ACCEPTED, CaseState.EDITED}:
        return True
    if case.state is CaseState.REJECTED:
        return False
    if case.state is CaseState.ANSWERED and (case.helped or case.did_not_help):
        return len(case.helped) > len(case.did_not_help)
    return None


def change_told(goalie: Goalie, before: int, now: Budget) -> str | None:
    """Return what its owners are told where the level is another than ``before``, in Markdown. ``None`` where it is the same."""
    if now.level == before:
        return None
    share = f"{now.accepted} of its last {now.judged} judged answers were accepted"
    if now.level < before:
        return f"The goalie of #{goalie.channel} speaks up again: {share}. {_MEANS[now.level]}"
    wanted = f"{goalie.noise.min_acceptance:.0%}"
    return (
        f"The goalie of #{goalie.channel} grew quieter by itself: {share}, and it is meant to reach {wanted}. "
        f"{_MEANS[now.level]} The reasons of the rejected ones say what to mend; it speaks up again when more are accepted, "
        f"and forgets after {REMEMBERED.days} days."
    )


_MEANS = {
    Quiet.NOT: "It does what its file says.",
    Quiet.WARY: "It answers by itself only where it is much surer than its file asks for, and proposes the rest.",
    Quiet.PROPOSING: "It answers nothing by itself, and proposes less.",
    Quiet.NEARLY_SILENT: "It proposes only what it is surest of, and does nothing else.",
}


def upper_bound(accepted: int, judged: int) -> float:
    """Return what the true share is surely below (90 %, one-sided). Wilson, JASA 1927: right for few cases too."""
    if judged == 0:
        return 1.0
    share, squared = accepted / judged, _SURENESS**2
    spread = _SURENESS * math.sqrt(share * (1 - share) / judged + squared / (4 * judged**2))
    return min(1.0, (share + squared / (2 * judged) + spread) / (1 + squared / judged))


def _level(accepted: int, judged: int, wanted: float) -> Quiet:
    if judged < FEWEST:
        return Quiet.NOT
    most = upper_bound(accepted, judged)
    return Quiet(sum(most < wanted * step for step in _STEPS))


def _thresholds(goalie: Goalie, level: Quiet) -> tuple[float, float]:
    """Return from which confidence it proposes and answers, at least. Each level asks for more than the one before."""
    proposed, answered = (min(1.0, _first(goalie, action)) for action in (Action.PROPOSE, Action.ANSWER))
    never = math.inf
    surer_half = (proposed + answered) / 2 if proposed < answered else proposed
    match level:
        case Quiet.NOT:
            return 0.0, 0.0
        case Quiet.WARY:
            return 0.0, (1 + answered) / 2
        case Quiet.PROPOSING:
            return surer_half, never
        case Quiet.NEARLY_SILENT:
            return (1 + surer_half) / 2, never


def _first(goalie: Goalie, action: Action) -> float:
    """Return the lowest confidence at which its file has it do this, or more."""
    more = {action, Action.ANSWER}
    lowest = ((0.0, Band.LOW), (goalie.medium, Band.MEDIUM), (goalie.high, Band.HIGH))
    return next((threshold for threshold, band in lowest if goalie.actions.get(band) in more), math.inf)
