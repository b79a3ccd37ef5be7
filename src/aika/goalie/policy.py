"""What a goalie does about a question: nothing, propose, or answer."""

from dataclasses import dataclass
from datetime import datetime

from aika.domain.answers import Band
from aika.domain.goalies import Action, Decision, Goalie, Mode
from aika.goalie.hours import is_open
from aika.goalie.noise import Budget


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when a question has its outcome."""

    now: datetime
    confidence: float | None
    """Of the answer, 0..1. ``None``: it abstained, which is low confidence with nothing to show."""
    answers_today: int = 0
    """How often it has answered by itself within the day of its time zone."""
    proposals_today: int = 0
    budget: Budget | None = None
    """``None``: as loud as its file says."""
    human_is_answering: bool = False
    """Whether a person other than the asker has written in the thread, or is about to."""
    withdrawn: bool = False
    """Whether the question is gone, or its asker said that it is solved."""


def decide(goalie: Goalie, situation: Situation) -> Decision:
    """Return what to do. In shadow mode: what it would do.

    Whatever speaks against it can only make it do less, never more.
    """
    band = band_of(situation.confidence, goalie.medium, goalie.high)
    wanted = _wanted(goalie, band, situation.confidence)
    refusal = _refusal(goalie, situation)
    if refusal is not None:
        return Decision(Action.NOTHING, band, refusal)
    if wanted is Action.NOTHING:
        return Decision(wanted, band, _why_nothing(band, situation.confidence))
    allowed, why = _within_budget(goalie, situation, wanted)
    if allowed is not wanted:
        limited, more = _within_limits(goalie, situation, allowed)
        return Decision(limited, band, more or why, quieter=True)
    limited, why = _within_limits(goalie, situation, wanted)
    return Decision(limited, band, why)


def band_of(confidence: float | None, medium: float, high: float) -> Band:
    """Return the band of a confidence between the goalie's own thresholds. An abstention is low."""
    if confidence is None or confidence < medium:
        return Band.LOW
    return Band.MEDIUM if confidence < high else Band.HIGH


def can_propose(goalie: Goalie) -> bool:
    """Return whether there is somebody to show drafts to."""
    return bool(goalie.humans) or goalie.humans_channel is not None


def _wanted(goalie: Goalie, band: Band, confidence: float | None) -> Action:
    """Return what the file says. Where it abstained there is no draft to show."""
    return Action.NOTHING if confidence is None else goalie.actions.get(band, Action.NOTHING)


def _refusal(goalie: Goalie, situation: Situation) -> str | None:
    if goalie.mode is Mode.OFF:
        return "it is switched off"
    if situation.withdrawn:
        return "the question is gone"
    if situation.human_is_answering:
        return "a human is answering"
    if not is_open(goalie.hours, situation.now):
        return "it is outside its hours"
    return None


def _why_nothing(band: Band, confidence: float | None) -> str:
    if confidence is None:
        return "it knows no answer"
    return f"the confidence is {band.value}, {confidence:.2f}"


def _within_budget(goalie: Goalie, situation: Situation, wanted: Action) -> tuple[Action, str]:
    """Return what the noise budget leaves of it, and why it is less."""
    now, confidence = situation.budget, situation.confidence
    if now is None or confidence is None:
        return wanted, ""
    allowed = wanted
    if allowed is Action.ANSWER and confidence < now.answers_from:
        allowed = _possible(goalie, Action.PROPOSE)
    if allowed is Action.PROPOSE and confidence < now.proposes_from:
        allowed = Action.NOTHING
    return allowed, "" if allowed is wanted else f"it is quieter: {now.reason}"


def _within_limits(goalie: Goalie, situation: Situation, wanted: Action) -> tuple[Action, str]:
    """Return what the daily limit leaves of it, and why it is less."""
    allowed, limit = wanted, goalie.daily_limit
    if allowed is Action.ANSWER and situation.answers_today >= limit:
        allowed = _possible(goalie, Action.PROPOSE)
    if allowed is Action.PROPOSE and situation.proposals_today >= limit:
        allowed = Action.NOTHING
    return allowed, "" if allowed is wanted else f"its daily limit of {limit} is reached"


def _possible(goalie: Goalie, action: Action) -> Action:
    return Action.NOTHING if action is Action.PROPOSE and not can_propose(goalie) else action
