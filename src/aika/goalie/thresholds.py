"""What a goalie's thresholds come to, counted on the past, and which ones to choose for a wanted precision.

A threshold is chosen on one part of the questions and reported on the other, so that the promise is not the luck of the choice.
It is recommended only where the lower end of its interval reaches the wanted precision: few questions never prove much.

The measure of agreement misses many answers that agree, and lets a few pass that do not. Both are known from people: how often
it sees two people's answers to one question agree, and answers to similar other questions. Precision is what is left when these
are taken out (Rogan and Gladen, American Journal of Epidemiology 1978): 100 % is as good as another person who answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aika.evaluation.calibration import wilson
from aika.evaluation.halves import half_of

STEPS = tuple(step / 20 for step in range(2, 20))
"""The thresholds of the table."""
_FINEST = 100
"""Thresholds are chosen in hundredths: nobody writes more digits into a file."""
_WORTH_PROPOSING = 0.5
LEAST = 20
"""Answers that can be compared. Below it nothing is recommended, whatever they come to."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a goalie would have done about one question of the past, and what people did."""

    id: str
    confidence: float | None
    """Of its answer; ``None`` where it has none."""
    agrees: bool | None
    """Whether people answered the same; ``None`` where nobody answered, or it has nothing to compare."""


@dataclass(frozen=True, slots=True)
class Share:
    """A count of a total, with its 95 % interval (Wilson)."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        return self.count / self.of if self.of else None

    @property
    def between(self) -> tuple[float, float]:
        return wilson(self.count, self.of)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """How often answers of people are seen to agree."""

    people: Share
    """Two people's answers to one question."""
    others: Share
    """Answers to the most similar other question."""

    @property
    def tells(self) -> bool:
        """Whether the measure tells the two apart here: where it does not, precision cannot be said."""
        return self.others.value is not None and bool(self.people.of) and self.people.between[0] > self.others.value


@dataclass(frozen=True, slots=True)
class Precision:
    """How often the goalie's answers agree with people's, where 1 is as often as two people's do. With its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """What answering by itself from a confidence on would have come to."""

    threshold: float
    answered: Share
    """Of all questions."""
    proposed: Share
    """Of all questions: from the medium threshold on, up to this one."""
    skipped: Share
    agreement: Share
    """Of those it answered that people answered too: how many say the same."""
    precision: Precision | None
    """``None`` where nothing can be compared."""
    proposed_agreement: Share
    """Of what it would have proposed: how many say the same as people."""
    proposed_precision: Precision | None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Which thresholds to write into the goalie's file."""

    precision: float
    """That was wanted."""
    high: float | None
    """``None``: none can be recommended, for the reason."""
    medium: float | None
    chosen: Row | None
    """On the questions that it was chosen on."""
    reported: Row | None
    """On the others: what to expect."""
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The most that can be answered at a wanted agreement: chosen on one half, counted on the other."""

    precision: float
    threshold: float | None
    """The lowest one that reaches the precision on the choosing half, be it by luck. ``None``: none does."""
    reported: Row | None
    """What it comes to on the other half."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Counts outcomes of one channel."""

    outcomes: Sequence[Outcome]
    yardstick: Yardstick

    def table(self, *, medium: float, steps: Sequence[float] = STEPS) -> list[Row]:
        """Return a row for each threshold. Below ``medium`` nothing is proposed."""
        return [self.row(threshold, medium=medium) for threshold in steps]

    def row(self, threshold: float, *, medium: float) -> Row:
        """Return what one threshold comes to."""
        answered = [each for each in self.outcomes if _reaches(each, threshold)]
        from_medium = [each for each in self.outcomes if _reaches(each, min(medium, threshold))]
        proposed = [each for each in from_medium if not _reaches(each, threshold)]
        total = len(self.outcomes)
        said, shown = agreement(answered), agreement(proposed)
        return Row(
            threshold,
            answered=Share(len(answered), total),
            proposed=Share(len(proposed), total),
            skipped=Share(total - len(from_medium), total),
            agreement=said,
            precision=precision_of(said, self.yardstick),
            proposed_agreement=shown,
            proposed_precision=precision_of(shown, self.yardstick),
        )

    def recommend(self, precision: float) -> Recommendation:
        """Return the lowest thresholds that prove the wanted precision on one half, with what they come to on the other.

        The medium one is where at least half of what would be proposed is as good as a person's answer.
        """
        choosing, others = self.halves()
        candidates = [choosing.row(step, medium=step) for step in _fine_steps(choosing.outcomes)]
        proven = [each for each in candidates if _proves(each, precision)]
        if not proven:
            why = _why_none(candidates, precision, self.yardstick)
            return Recommendation(precision, None, choosing.medium_below(1.01), None, None, why)
        high = proven[0].threshold
        medium = choosing.medium_below(high)
        at = high if medium is None else medium
        return Recommendation(precision, high, medium, choosing.row(high, medium=at), others.row(high, medium=at), "")

    def coverage_at(self, precision: float) -> Coverage:
        """Return the coverage at a precision: what a benchmark reports, without asking for proof on the choosing half."""
        choosing, others = self.halves()
        for step in _fine_steps(choosing.outcomes):
            found = choosing.row(step, medium=step)
            if found.agreement.of >= LEAST and found.precision is not None and found.precision.value >= precision:
                return Coverage(precision, step, others.row(step, medium=step))
        return Coverage(precision, None, None)

    def medium_below(self, high: float) -> float | None:
        """Return from where on at least half of the proposals below ``high`` are right; ``None`` where that is nowhere."""
        for step in _fine_steps(self.outcomes):
            if step >= high:
                return None
            found = self.row(high, medium=step)
            precision = found.proposed_precision
            if found.proposed_agreement.of >= LEAST and precision is not None and precision.value >= _WORTH_PROPOSING:
                return step
        return None

    def halves(self) -> tuple["Thresholds", "Thresholds"]:
        """Return the questions to choose on, and the others."""
        choosing = [each for each in self.outcomes if half_of(each.id) == "tune"]
        others = [each for each in self.outcomes if half_of(each.id) != "tune"]
        return Thresholds(choosing, self.yardstick), Thresholds(others, self.yardstick)


def precision_of(share: Share, yardstick: Yardstick) -> Precision | None:
    """Return the precision that a share of agreeing answers means; ``None`` where it means nothing.

    The interval takes the worst of both: the share's own interval, and that of how often two people agree.
    """
    if share.value is None or not yardstick.tells:
        return None
    noise = yardstick.others.value or 0.0
    middle = max(yardstick.people.value or 0.0, noise)
    low, high = share.between
    least, most = yardstick.people.between
    return Precision(
        value=_part(share.value - noise, middle - noise),
        low=_part(low - noise, most - noise),
        high=_part(high - noise, least - noise),
    )


def agreement(outcomes: Sequence[Outcome]) -> Share:
    """Return how many agree with people, of those that can be compared."""
    compared = [each for each in outcomes if each.agrees is not None]
    return Share(sum(bool(each.agrees) for each in compared), len(compared))


def _reaches(outcome: Outcome, threshold: float) -> bool:
    return outcome.confidence is not None and outcome.confidence >= threshold


def _fine_steps(outcomes: Sequence[Outcome]) -> list[float]:
    """Return the hundredths at which another question is answered, lowest first."""
    found = {int(each.confidence * _FINEST) for each in outcomes if each.confidence is not None}
    return [hundredth / _FINEST for hundredth in sorted(found)]


def _proves(found: Row, precision: float) -> bool:
    return found.agreement.of >= LEAST and found.precision is not None and found.precision.low >= precision


def _part(number: float, of: float) -> float:
    return 1.0 if of <= 0 else min(1.0, max(0.0, number / of))


def _why_none(candidates: Sequence[Row], precision: float, yardstick: Yardstick) -> str:
    if not yardstick.tells:
        return (
            "what agrees cannot be told here: two people's answers to one question are not seen to agree more often "
            f"({yardstick.people.count} of {yardstick.people.of}) than answers to different questions"
        )
    compared = max((each.agreement.of for each in candidates), default=0)
    if compared < LEAST:
        return (
            f"too little history: {compared} answers can be compared with people's on the half that thresholds are chosen on, "
            f"and it takes at least {LEAST}"
        )
    usable = [(each.precision, each) for each in candidates if each.precision and each.agreement.of >= LEAST]
    best, row = max(usable, key=lambda pair: (pair[0].low, pair[0].value, -pair[1].threshold))
    return (
        f"no threshold is proven to reach {precision:.0%}: the best is {row.threshold:.2f}, with {best.value:.0%} "
        f"({best.low:.0%} to {best.high:.0%}) over {row.agreement.of} answers"
    )
