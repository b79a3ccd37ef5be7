"""What became of a channel's questions within a while, for those who look after it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from aika.delivery.wording import plain
from aika.domain.access import Scope
from aika.domain.findings import BrokenQuestion, Cause
from aika.domain.goalies import Case, CaseState, Goalie, Mode
from aika.domain.identifiers import GoalieId
from aika.health.gaps import Cluster

Clusters = Callable[[Sequence[BrokenQuestion]], Awaitable[list[Cluster]]]
"""Returns which questions one document would answer, the largest group first."""

WEEK = timedelta(days=7)
MOST_GAPS = 5
_MOST_QUESTIONS = 3
_LONGEST_QUESTION = 150


@dataclass(frozen=True, slots=True)
class MissingDocument:
    """Questions that one new or better document would have answered."""

    name: str
    """The most central of them."""
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """What became of a channel's questions. In shadow mode: what would have been said of them."""

    goalie: GoalieId
    channel: str
    mode: Mode
    since: datetime
    until: datetime
    messages: int
    """That it looked at."""
    questions: int
    answered: int
    """By itself."""
    found_helpful: int
    """Of the answered ones, those that more people found helpful than not."""
    proposed: int
    accepted: int
    edited: int
    rejected: int
    withdrawn: int
    waiting: int
    """Proposals that nobody has decided about."""
    silent: int
    """Questions about which it did nothing."""
    unanswered: int
    """Questions that neither a human nor the goalie has answered in the channel."""
    kept: int
    """Answers that were made documents."""
    acceptance: float | None
    """Accepted and edited among all that were decided about, 0..1. ``None``: none was."""
    minutes_saved: float
    minutes_each: float
    first_answer_with: timedelta | None
    """The median time to the first answer of questions that the goalie answered in the thread. ``None``: there are none."""
    first_answer_without: timedelta | None
    """The same of those that humans alone answered."""
    missing: tuple[MissingDocument, ...] = ()


async def report_of(
    goalie: Goalie, cases: Sequence[Case], since: datetime, until: datetime, clusters: Clusters
) -> ChannelReport:
    """Return the report of these cases, which are those that were seen within the time."""
    questions = [case for case in cases if case.question or case.decided_by or case.posted]
    states = Counter(case.state for case in questions)
    accepted, edited, rejected = (states[state] for state in (CaseState.ACCEPTED, CaseState.EDITED, CaseState.REJECTED))
    decided = accepted + edited + rejected
    helpful = sum(case.state is CaseState.ANSWERED and len(case.helped) > len(case.did_not_help) for case in questions)
    return ChannelReport(
        goalie=goalie.id,
        channel=goalie.channel,
        mode=goalie.mode,
        since=since,
        until=until,
        # What was deleted before it was seen has no author that is known.
        messages=sum(bool(case.author) for case in cases),
        questions=len(questions),
        answered=states[CaseState.ANSWERED],
        found_helpful=helpful,
        proposed=sum(map(_was_proposed, questions)),
        accepted=accepted,
        edited=edited,
        rejected=rejected,
        withdrawn=sum(case.state is CaseState.WITHDRAWN and bool(case.proposals) for case in questions),
        waiting=states[CaseState.PROPOSED],
        silent=states[CaseState.SILENT],
        unanswered=sum(case.human_first_at is None and case.answered_at is None for case in questions),
        kept=sum(case.kept for case in questions),
        acceptance=(accepted + edited) / decided if decided else None,
        minutes_saved=(accepted + helpful) * goalie.minutes_saved,
        minutes_each=goalie.minutes_saved,
        first_answer_with=_median([_first_answer(case) for case in questions if case.answered_at is not None]),
        first_answer_without=_median([_first_answer(case) for case in questions if case.answered_at is None]),
        missing=await _missing(goalie, questions, clusters),
    )


def markdown_of(report: ChannelReport) -> str:
    """Return the report for people, in Markdown. Questions are quoted as they were put, on one line each."""
    lines = [
        f"**The week of #{report.channel}**, {_day(report.since)} to {_day(report.until)}",
        "",
        *(f"- {line}" for line in _counts(report)),
        *(f"- {line}" for line in _times(report)),
    ]
    if report.missing:
        lines += ["", "**What was missing in the documents**", ""]
        lines += [f"- {_gap(missing)}" for missing in report.missing]
    return "\n".join(lines)


def _counts(report: ChannelReport) -> list[str]:
    if report.mode is Mode.SHADOW:
        would = (
            f"It would have answered {report.answered} and proposed {report.proposed}; it said nothing (shadow mode)"
        )
        return [f"{_many(report.questions, 'question')} among {_many(report.messages, 'message')}", would]
    decided = (
        f"{report.accepted} accepted, {report.edited} edited, {report.rejected} rejected, {report.withdrawn} withdrawn"
    )
    waiting = f", {report.waiting} not decided about" if report.waiting else ""
    lines = [
        f"{_many(report.questions, 'question')} among {_many(report.messages, 'message')}",
        f"{report.answered} answered by itself, {report.found_helpful} of them found helpful",
        f"{report.proposed} proposed: {decided}{waiting}",
        f"{report.unanswered} that nobody has answered",
    ]
    if report.acceptance is not None:
        lines.append(f"Acceptance: {report.acceptance:.0%} (accepted and edited among all that were decided about)")
    if report.kept:
        lines.append(f"{_many(report.kept, 'answer')} kept as documents")
    return lines


def _times(report: ChannelReport) -> list[str]:
    lines = []
    if report.minutes_saved:
        counted = (
            f"{report.minutes_each:g} minutes for each answer that was accepted, or given by itself and found helpful"
        )
        lines.append(f"About {_duration(timedelta(minutes=report.minutes_saved))} saved: {counted}")
    if report.first_answer_with is not None:
        lines.append(f"First answer after {_duration(report.first_answer_with)} where the goalie answered (median)")
    if report.first_answer_without is not None:
        lines.append(f"First answer after {_duration(report.first_answer_without)} where humans alone did (median)")
    return lines


def _gap(missing: MissingDocument) -> str:
    others = [question for question in missing.questions if question != missing.name][: _MOST_QUESTIONS - 1]
    told = "".join(f"; “{question}”" for question in others)
    rest = len(missing.questions) - 1 - len(others)
    more = f" and {_many(rest, 'more question')}" if rest > 0 else ""
    return f"“{missing.name}”{told}{more}"


async def _missing(goalie: Goalie, cases: Sequence[Case], clusters: Clusters) -> tuple[MissingDocument, ...]:
    open_ones = [case for case in reversed(cases) if case.question and _lacks_a_document(goalie, case)]
    asked = [
        BrokenQuestion(
            case.question,
            case.asked_at or case.seen_at,
            Cause.UNANSWERED,
            case.author,
            Scope.of([]),
            said=case.question,
        )
        for case in open_ones
    ]
    found = []
    for cluster in (await clusters(asked) if asked else [])[:MOST_GAPS]:
        questions = dict.fromkeys(plain(asked[member].text, _LONGEST_QUESTION) for member in cluster.members)
        found.append(MissingDocument(plain(cluster.name, _LONGEST_QUESTION), tuple(questions)))
    return tuple(found)


def _lacks_a_document(goalie: Goalie, case: Case) -> bool:
    """Return whether the documents did not answer, as far as the goalie could tell and people said."""
    if case.state in {CaseState.ACCEPTED, CaseState.EDITED, CaseState.ANSWERED, CaseState.WAITING}:
        return False
    unsure = not case.draft or (case.confidence is not None and case.confidence < goalie.medium)
    return case.state is CaseState.REJECTED or (case.answer is not None and unsure)


def _first_answer(case: Case) -> timedelta | None:
    asked = case.asked_at or case.seen_at
    times = [at for at in (case.human_first_at, case.answered_at) if at is not None]
    return max(min(times) - asked, timedelta(0)) if times else None


def _median(times: Sequence[timedelta | None]) -> timedelta | None:
    seconds = [time.total_seconds() for time in times if time is not None]
    return timedelta(seconds=median(seconds)) if seconds else None


def _was_proposed(case: Case) -> bool:
    return case.state is CaseState.PROPOSED or bool(case.proposals or case.decided_by)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _duration(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return _many(minutes, "minute")
    hours = minutes / 60
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.1f} days"
