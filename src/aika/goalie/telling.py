"""What a goalie's file comes to, in sentences: who, where, when, and what in which band."""

from collections.abc import Iterator
from datetime import time, timedelta

from aika.domain.answers import Band
from aika.domain.goalies import Action, Goalie, Hours, Mode, Weekday
from aika.domain.selection import EVERYTHING, Selection

_WEEK = tuple(Weekday)


def told(goalie: Goalie) -> list[tuple[str, str]]:
    """Return what it does, as pairs of a word and a sentence."""
    return [
        ("where", _where(goalie)),
        ("knows", _knows(goalie)),
        ("questions", _questions(goalie)),
        ("when", _when(goalie.hours)),
        *_bands(goalie),
        *_waiting(goalie),
        ("limits", _limits(goalie)),
        ("tells", _tells(goalie)),
        *_keeps(goalie),
    ]


def noted(goalie: Goalie) -> Iterator[str]:
    """Yield what is allowed and yet may not be meant."""
    if goalie.medium == goalie.high:
        yield f"medium and high are both {goalie.medium:g}: no confidence is medium"
    if goalie.actions[Band.HIGH] is Action.NOTHING:
        yield "it does nothing at any confidence: it only counts questions for the report"
    if goalie.high >= 1 and goalie.actions[Band.HIGH] is Action.ANSWER:
        yield "high is 1: no confidence reaches it, and it answers nothing by itself"
    if goalie.medium == 0:
        yield "medium is 0: no confidence is low, and it shows drafts that are guesses"
    if goalie.mode is Mode.LIVE and goalie.actions[Band.HIGH] is Action.ANSWER and goalie.high < goalie.medium + 0.05:
        yield "high is hardly above medium: replay the past before it answers by itself"
    if goalie.hours is None and goalie.waiting is not None:
        yield "it has no hours: it says that nobody has answered at night, too"
    if goalie.questions.threshold > 0.8:
        yield f"questions.threshold is {goalie.questions.threshold:g}: most questions are overlooked"


def span(length: timedelta) -> str:
    """Return a length of time as people say it: ``45 minutes``."""
    seconds = round(length.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}{'s' if seconds != size else ''}"
    return f"{seconds} seconds"


def _where(goalie: Goalie) -> str:
    place = f"#{goalie.channel}" + (f" of the workspace {goalie.workspace}" if goalie.workspace else "")
    match goalie.mode:
        case Mode.OFF:
            return f"It is switched off and does nothing in {place}."
        case Mode.SHADOW:
            return f"It reads {place} and writes nothing there. What it would have done, it writes in #{goalie.log_channel}."
        case Mode.LIVE:
            return f"It reads {place} and speaks there."


def _knows(goalie: Goalie) -> str:
    extra = _and([f"the source {name}" for name in goalie.extra_sources])
    if goalie.assistant is not None:
        known = f"what the assistant {goalie.assistant} may know"
    elif goalie.knowledge != EVERYTHING:
        known = f"documents {_selected(goalie.knowledge)}"
    else:
        known = "all documents"
    return (
        f"{known}{f', and {extra}' if extra else ''}: of that, what every member of the channel may read.".capitalize()
    )


def _selected(selection: Selection) -> str:
    parts = [
        f"{words} {_or(sorted(map(str, values)))}"
        for words, values in (
            ("of the source", selection.sources),
            ("of the kind", selection.kinds),
            ("owned by", selection.owners),
            ("tagged", selection.tags),
            ("at", selection.paths),
            ("that are", selection.statuses),
            ("for", selection.audiences),
        )
        if values is not None
    ]
    left_out = "".join(f", without those {_selected(other)}" for other in selection.excluding)
    return " and ".join(parts) + left_out


def _questions(goalie: Goalie) -> str:
    rules = goalie.questions
    sentences = [
        f"It takes messages that are questions for the channel with a probability of {rules.threshold:g} or more"
    ]
    if rules.always:
        sentences.append(f"always those with {_quoted(rules.always)}")
    if rules.never:
        sentences.append(f"never those with {_quoted(rules.never)}")
    if rules.ignored_authors:
        sentences.append(f"none by {_and(sorted(rules.ignored_authors))}")
    sentences.append("those within threads too" if rules.follow_ups else "none within threads")
    if rules.settle:
        sentences.append(f"each {span(rules.settle)} after it was written")
    return "; ".join(sentences) + "."


def _when(hours: Hours | None) -> str:
    if hours is None:
        return "It speaks at any time."
    whole = hours.begin == time.min and hours.end == time.max
    at = "all day" if whole else f"from {hours.begin:%H:%M} to {_end(hours)}"
    return f"It speaks {_days(hours.days)}, {at}, in the time zone {hours.timezone}."


def _end(hours: Hours) -> str:
    if hours.end == time.max:
        return "24:00"
    return f"{hours.end:%H:%M}" + (" on the next day" if hours.end < hours.begin else "")


def _days(days: frozenset[Weekday]) -> str:
    if len(days) == len(_WEEK):
        return "every day"
    ordered = [day for day in _WEEK if day in days]
    first, last = _WEEK.index(ordered[0]), _WEEK.index(ordered[-1])
    if len(ordered) > 2 and last - first + 1 == len(ordered):
        return f"{ordered[0].value.capitalize()} to {ordered[-1].value.capitalize()}"
    return f"on {_and([f'{day.value.capitalize()}s' for day in ordered])}"


def _bands(goalie: Goalie) -> Iterator[tuple[str, str]]:
    ranges = (
        (Band.LOW, f"Below {goalie.medium:g}"),
        (Band.MEDIUM, f"From {goalie.medium:g} to {goalie.high:g}"),
        (Band.HIGH, f"From {goalie.high:g} on"),
    )
    for band, confidence in ranges:
        yield band.value, f"{confidence}: {_does(goalie, goalie.actions[band])}."


def _does(goalie: Goalie, action: Action) -> str:
    match action:
        case Action.NOTHING:
            return "nothing"
        case Action.PROPOSE:
            where = (
                f"in #{goalie.humans_channel}" if goalie.humans_channel else f"to {_and(list(goalie.humans))}, directly"
            )
            return f"it shows a draft {where}, to accept, edit or reject"
        case Action.ANSWER:
            reach = f"“{goalie.reach}”" if goalie.reach else f"that {_and(list(goalie.humans))} can be reached"
            return f"it answers in the thread, and says {reach}"


def _waiting(goalie: Goalie) -> Iterator[tuple[str, str]]:
    if goalie.waiting is not None:
        naming = f", and names {_and(list(goalie.humans))}" if goalie.waiting.tell_humans and goalie.humans else ""
        within = " of its hours" if goalie.hours is not None else ""
        yield (
            "waiting",
            f"After {span(goalie.waiting.after)}{within} without an answer it says “{goalie.waiting.text}”{naming}.",
        )


def _limits(goalie: Goalie) -> str:
    day = f"It answers at most {goalie.daily_limit} times a day by itself, and shows at most as many drafts."
    if goalie.noise.min_acceptance == 0:
        return f"{day} It does not grow quieter by itself."
    return (
        f"{day} It grows quieter by itself where surely fewer than {goalie.noise.min_acceptance:.0%} of the last "
        f"{goalie.noise.window} judged are accepted."
    )


def _tells(goalie: Goalie) -> str:
    if goalie.owners_channel:
        whom = f"#{goalie.owners_channel}"
    else:
        whom = _and(list(goalie.humans)) or "nobody, since neither humans nor an owners_channel is named"
    if goalie.report is None:
        return f"It writes no weekly report. That it grew quieter, it tells {whom}."
    day = goalie.report.day.value.capitalize()
    return f"It tells {whom} when it grows quieter, and reports on {day}s at {goalie.report.at:%H:%M}."


def _keeps(goalie: Goalie) -> Iterator[tuple[str, str]]:
    if goalie.keep_in is not None:
        yield "keeps", f"Accepted answers can be kept as documents of the source {goalie.keep_in}."


def _quoted(phrases: tuple[str, ...]) -> str:
    return _or([f"“{phrase}”" for phrase in phrases])


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
