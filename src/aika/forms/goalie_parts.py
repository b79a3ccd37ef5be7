"""The parts of a goalie's file, each with its own keys."""

from datetime import time, timedelta

from pydantic import Field, ValidationInfo, field_validator, model_validator

from aika.domain.goalies import Hours, QuestionRules, Weekday
from aika.domain.identifiers import SourceId
from aika.domain.selection import EVERYTHING, Selection
from aika.forms.selection import Form, SelectionForm
from aika.forms.written_values import (
    Addresses,
    Day,
    Days,
    EndOfDay,
    LengthOfTime,
    Share,
    TimeOfDay,
    Words,
    time_zone,
)

MAX_SAID = 1_000
_LONGEST_WAIT = timedelta(days=7)
_LONGEST_SETTLE = timedelta(minutes=30)


class Filled(Form):
    """What a team writes has a value: in YAML, what follows an unquoted # is none."""

    @field_validator("*", mode="before")
    @classmethod
    def _not_empty(cls, value: object, info: ValidationInfo) -> object:
        if value is not None:
            return value
        if "channel" in (info.field_name or ""):
            raise ValueError('is empty. Put a channel in quotes: "#payments-help"')
        raise ValueError("is empty: give it a value, or remove the line")


class KnowledgeForm(Filled):
    """What the goalie may know, of what every member of the channel may read."""

    assistant: str | None = Field(
        default=None, min_length=1, description="The assistant that it asks, by name: what that may know, it knows."
    )
    filter: SelectionForm | None = Field(
        default=None, description="Which documents it knows, in place of an assistant."
    )
    sources: Words | None = Field(
        default=None,
        description="Names of sources. Beside an assistant or a filter: known too. Alone: the only ones known.",
    )

    @field_validator("filter")
    @classmethod
    def _filters(cls, value: SelectionForm | None) -> SelectionForm | None:
        if value == SelectionForm():
            raise ValueError("is empty: say which documents, such as {tags: [payments]}, or leave it out")
        return value

    @field_validator("sources")
    @classmethod
    def _some(cls, value: list[str] | None) -> list[str] | None:
        if value is not None and not [name for name in value if name.strip()]:
            raise ValueError("is empty: name at least one source, or leave it out")
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> "KnowledgeForm":
        if self.assistant is not None and self.filter is not None:
            raise ValueError("has both an assistant and a filter. Keep one: an assistant has a filter of its own")
        return self

    def selection(self) -> Selection:
        if self.filter is not None:
            return self.filter.selection()
        if self.assistant is None and self.sources is not None:
            return Selection(sources=frozenset(map(SourceId, self.sources)))
        return EVERYTHING

    def extra_sources(self) -> tuple[SourceId, ...]:
        if self.sources is None or (self.assistant is None and self.filter is None):
            return ()
        return tuple(dict.fromkeys(map(SourceId, self.sources)))


class QuestionsForm(Filled):
    """Which messages count as questions, besides what aika sees by itself."""

    threshold: Share = Field(
        default=0.4,
        gt=0,
        lt=1,
        description="How sure aika must be that a message is a question for the channel. Higher: it overlooks more.",
    )
    always: Words = Field(default=[], description="Words or phrases that make a message a question.")
    never: Words = Field(default=[], description="Words or phrases that keep a message from being one.")
    ignore: Addresses = Field(default=[], description="People whose messages are never taken, by e-mail address.")
    follow_ups: bool = Field(default=False, description="Whether questions within threads are taken too.")
    settle: LengthOfTime = Field(
        default=timedelta(0),
        ge=timedelta(0),
        le=_LONGEST_SETTLE,
        description='How long to wait for the asker to finish, and for a human to be faster: ``"2m"``.',
    )

    @field_validator("always", "never")
    @classmethod
    def _words(cls, value: list[str]) -> list[str]:
        if any(not phrase.strip() for phrase in value):
            raise ValueError("has an empty phrase, which every message contains: remove it")
        return [phrase.strip() for phrase in value]

    @model_validator(mode="after")
    def _no_contradiction(self) -> "QuestionsForm":
        both = {phrase.casefold() for phrase in self.always} & {phrase.casefold() for phrase in self.never}
        if both:
            raise ValueError(f"has {sorted(both)[0]!r} under always and under never: remove it from one")
        return self

    def rules(self) -> QuestionRules:
        return QuestionRules(
            threshold=self.threshold,
            always=tuple(self.always),
            never=tuple(self.never),
            ignored_authors=frozenset(self.ignore),
            follow_ups=self.follow_ups,
            settle=self.settle,
        )


class HoursForm(Filled):
    """When the goalie speaks. Outside of it, it does nothing."""

    timezone: str = Field(description="As IANA names it: ``Europe/Berlin``.")
    days: Days = Field(
        default=frozenset(Weekday), description="``monday-friday``, ``weekdays``, or a list of days. Unset: every day."
    )
    begin: TimeOfDay = Field(default=time.min, alias="from", description='From when: ``"09:00"``.')
    end: EndOfDay = Field(
        default=time.max, alias="to", description='Until when: ``"17:30"``. Earlier than ``from``: on the next day.'
    )

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        return time_zone(value)

    @model_validator(mode="after")
    def _ever(self) -> "HoursForm":
        if not self.days:
            raise ValueError("never are: days is empty. Name a day, or write mode: off")
        if self.begin == self.end:
            raise ValueError(f"never are: from and to are both {self.begin:%H:%M}. Leave both out for the whole day")
        return self

    def hours(self) -> Hours:
        return Hours(self.timezone, self.days, self.begin, self.end)


class ThresholdsForm(Filled):
    """From which confidence an answer is in which band. ``aika goalie replay`` recommends them."""

    medium: Share = Field(
        default=0.4, ge=0, le=1, description="From here on the confidence is medium; below, it is low."
    )
    high: Share = Field(default=0.7, ge=0, le=1, description="From here on the confidence is high.")

    @model_validator(mode="after")
    def _in_order(self) -> "ThresholdsForm":
        if self.medium > self.high:
            raise ValueError(
                f"are the wrong way round: medium ({self.medium:g}) is above high ({self.high:g}). Swap them"
            )
        return self


class WaitingForm(Filled):
    """What is said in the thread when nobody answers in time."""

    after: LengthOfTime = Field(
        gt=timedelta(0), le=_LONGEST_WAIT, description='After how long, of the goalie\'s hours: ``"30m"``, ``"2h"``.'
    )
    say: str = Field(min_length=1, max_length=MAX_SAID, description="In your own words.")
    tell_humans: bool | None = Field(
        default=None, description="Whether the human goalies are named in it. Unset: if there are any."
    )


class NoiseForm(Filled):
    """When the goalie grows quieter by itself, because too little of what it says is accepted."""

    min_acceptance: Share = Field(
        default=0.5, ge=0, le=1, description="The share of accepted among judged that it needs to go on as it does."
    )
    window: int = Field(default=20, ge=5, le=500, description="How many of the last judged cases count.")


class ReportForm(Filled):
    """When the weekly report is written, in the time zone of the hours."""

    day: Day = Field(default=Weekday.MONDAY, description="The day of the week.")
    at: TimeOfDay = Field(default=time(9), description='The time of day: ``"09:00"``.')
