"""How the goalie of a channel is written in YAML: ``goalies/NAME.yaml``."""

from collections.abc import Mapping
from datetime import time, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator, model_validator

from aika.domain.answers import Band
from aika.domain.goalies import Action, Goalie, Hours, Mode, NoiseBudget, QuestionRules, ReportTime, Waiting, Weekday
from aika.domain.identifiers import GoalieId, SourceId
from aika.domain.selection import EVERYTHING, Selection
from aika.forms.selection import Form, SelectionForm
from aika.forms.written_values import (
    Addresses,
    Channel,
    Day,
    Days,
    EndOfDay,
    LengthOfTime,
    Share,
    TimeOfDay,
    Words,
    time_zone,
)

NAME = r"[a-z0-9][a-z0-9_-]{0,62}"
"""What a goalie's file may be called, without its suffix."""
MAX_SAID = 1_000

_DOES_MORE = (Action.NOTHING, Action.PROPOSE, Action.ANSWER)
_LONGEST_WAIT = timedelta(days=7)
_LONGEST_SETTLE = timedelta(minutes=30)
_OFF = ("off", False)

OTHER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "name": "channel",
        "assistant": "knowledge.assistant",
        "filter": "knowledge.filter",
        "sources": "knowledge.sources",
        "goalies": "humans",
        "team": "humans",
        "people": "humans",
        "owners": "owners_channel",
        "contact": "reach",
        "escalation": "reach",
        "fallback": "when_nobody_answers",
        "timeout": "when_nobody_answers.after",
        "limit": "daily_limit",
        "max_per_day": "daily_limit",
        "shadow": "mode: shadow",
        "enabled": "mode",
        "timezone": "hours.timezone",
        "tz": "timezone",
        "start": "from",
        "begin": "from",
        "end": "to",
        "until": "to",
        "noise": "noise_budget",
        "confidence": "thresholds",
        "text": "say",
        "message": "say",
        "wait": "after",
    }
)
"""What people write for a key that is called otherwise here."""


class _Filled(Form):
    """What a team writes has a value: in YAML, what follows an unquoted # is none."""

    @field_validator("*", mode="before")
    @classmethod
    def _not_empty(cls, value: object, info: ValidationInfo) -> object:
        if value is not None:
            return value
        if "channel" in (info.field_name or ""):
            raise ValueError('is empty. Put a channel in quotes: "#payments-help"')
        raise ValueError("is empty: give it a value, or remove the line")


class KnowledgeForm(_Filled):
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


class QuestionsForm(_Filled):
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


class HoursForm(_Filled):
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


class ThresholdsForm(_Filled):
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


class WaitingForm(_Filled):
    """What is said in the thread when nobody answers in time."""

    after: LengthOfTime = Field(
        gt=timedelta(0), le=_LONGEST_WAIT, description='After how long, of the goalie\'s hours: ``"30m"``, ``"2h"``.'
    )
    say: str = Field(min_length=1, max_length=MAX_SAID, description="In your own words.")
    tell_humans: bool | None = Field(
        default=None, description="Whether the human goalies are named in it. Unset: if there are any."
    )


class NoiseForm(_Filled):
    """When the goalie grows quieter by itself, because too little of what it says is accepted."""

    min_acceptance: Share = Field(
        default=0.5, ge=0, le=1, description="The share of accepted among judged that it needs to go on as it does."
    )
    window: int = Field(default=20, ge=5, le=500, description="How many of the last judged cases count.")


class ReportForm(_Filled):
    """When the weekly report is written, in the time zone of the hours."""

    day: Day = Field(default=Weekday.MONDAY, description="The day of the week.")
    at: TimeOfDay = Field(default=time(9), description='The time of day: ``"09:00"``.')


def _mode(value: object) -> object:
    # A bare `off` is false to most readers of YAML.
    return Mode.OFF if value is False else value


def _none_if_off(value: object) -> object:
    return None if value in _OFF else value


class GoalieForm(_Filled):
    """The support bot of one channel."""

    channel: Channel = Field(description='The channel, in quotes: ``"#payments-help"``, or its id.')
    workspace: str | None = Field(
        default=None, description="The workspace, by its name in aika.toml. Needed where there are several."
    )
    mode: Annotated[Mode, BeforeValidator(_mode), WithJsonSchema({"enum": ["live", "shadow", "off"]})] = Field(
        default=Mode.SHADOW,
        description="``shadow``: it writes to the log channel what it would have done. ``live``: it does it. ``off``: nothing.",
    )
    knowledge: KnowledgeForm = Field(
        default=KnowledgeForm(), description="What it may know. Unset: what every member of the channel may read."
    )
    language: str = Field(
        default="", max_length=40, description="In which it writes: ``German``. Unset: the question's."
    )
    tone: str = Field(
        default="",
        max_length=MAX_SAID,
        description="How it writes. Told to the language model; without one it changes nothing.",
    )
    questions: QuestionsForm = Field(default=QuestionsForm(), description="Which messages count as questions.")
    hours: HoursForm | None = Field(default=None, description="When it speaks. Unset: always.")
    thresholds: ThresholdsForm = Field(default=ThresholdsForm(), description="From which confidence the band is what.")
    low: Literal[Action.NOTHING, Action.PROPOSE] = Field(
        default=Action.NOTHING, description="What to do at low confidence: ``nothing`` or ``propose``."
    )
    medium: Action = Field(
        default=Action.PROPOSE, description="What to do at medium confidence: ``nothing``, ``propose`` or ``answer``."
    )
    high: Action = Field(
        default=Action.ANSWER, description="What to do at high confidence: ``nothing``, ``propose`` or ``answer``."
    )
    humans: Addresses = Field(
        default=[], max_length=30, description="The human goalies, by e-mail address. They are shown proposals."
    )
    humans_channel: Channel | None = Field(
        default=None, description="A private channel of theirs, where proposals are shown in place of direct messages."
    )
    reach: str = Field(
        default="",
        max_length=MAX_SAID,
        description="How to reach a human, told with every answer. Unset: the human goalies are named.",
    )
    when_nobody_answers: WaitingForm | None = Field(
        default=None, description="What to say when nobody answers in time. Unset: nothing."
    )
    daily_limit: int = Field(default=50, ge=1, le=1_000, description="How often it speaks in the channel within a day.")
    noise_budget: Annotated[NoiseForm | None, BeforeValidator(_none_if_off)] = Field(
        default=NoiseForm(), description="When it grows quieter by itself. ``off``: never."
    )
    log_channel: Channel | None = Field(default=None, description="Where shadow mode writes. Needed for it.")
    owners_channel: Channel | None = Field(
        default=None,
        description="Where it tells of itself: the weekly report, and that it grew quieter. Unset: the human goalies, directly.",
    )
    keep_in: str | None = Field(
        default=None,
        min_length=1,
        description="A source of the connector ``push``, in which accepted answers can be kept as documents.",
    )
    report: Annotated[ReportForm | None, BeforeValidator(_none_if_off)] = Field(
        default=ReportForm(), description="When the weekly report is written. ``off``: never."
    )
    minutes_saved: float = Field(
        default=10, ge=0, le=480, description="How many minutes an accepted answer saves a human, for the report."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> "GoalieForm":
        problems = [*self._about_bands(), *self._about_channels(), *self._about_humans()]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def goalie(self, name: str, *, declared_in: str | None = None) -> Goalie:
        """Return the goalie that a file of this name declares."""
        thresholds, noise, report = self.thresholds, self.noise_budget, self.report
        return Goalie(
            id=GoalieId(name),
            channel=self.channel,
            workspace=self.workspace,
            mode=self.mode,
            assistant=self.knowledge.assistant,
            knowledge=self.knowledge.selection(),
            extra_sources=self.knowledge.extra_sources(),
            language=self.language.strip(),
            tone=self.tone.strip(),
            questions=self.questions.rules(),
            hours=None if self.hours is None else self.hours.hours(),
            medium=thresholds.medium,
            high=thresholds.high,
            actions={Band.LOW: self.low, Band.MEDIUM: self.medium, Band.HIGH: self.high},
            humans=tuple(dict.fromkeys(self.humans)),
            humans_channel=self.humans_channel,
            reach=self.reach.strip(),
            waiting=self._waiting(),
            daily_limit=self.daily_limit,
            noise=NoiseBudget(min_acceptance=0.0) if noise is None else NoiseBudget(noise.min_acceptance, noise.window),
            log_channel=self.log_channel,
            keep_in=None if self.keep_in is None else SourceId(self.keep_in),
            owners_channel=self.owners_channel,
            report=None if report is None else ReportTime(report.day, report.at),
            minutes_saved=self.minutes_saved,
            declared_in=declared_in,
        )

    def _waiting(self) -> Waiting | None:
        if self.when_nobody_answers is None:
            return None
        told = self.when_nobody_answers.tell_humans
        text = self.when_nobody_answers.say.strip()
        return Waiting(self.when_nobody_answers.after, text, bool(self.humans) if told is None else told)

    def _about_bands(self) -> list[str]:
        for (lower, does), (upper, more) in (
            (("low", self.low), ("medium", self.medium)),
            (("medium", self.medium), ("high", self.high)),
        ):
            if _DOES_MORE.index(does) > _DOES_MORE.index(more):
                problem = f"{upper}: {more} is less than {lower}: {does}: it would do less where it is surer."
                return [f"{problem} Write {upper}: {does}, or {lower}: {more}"]
        return []

    def _about_channels(self) -> list[str]:
        problems = []
        if self.mode is Mode.SHADOW and self.log_channel is None:
            problems.append(
                'log_channel: is missing, and mode: shadow writes nowhere else. Name one, such as "#payments-goalie-log"'
            )
        problems += [
            f"{name}: is the channel itself, #{self.channel}. {why}"
            for name, there, why in (
                ("log_channel", self.log_channel, "What would have been said belongs elsewhere"),
                ("humans_channel", self.humans_channel, "Proposals are for the human goalies alone"),
            )
            if there == self.channel
        ]
        return problems

    def _about_humans(self) -> list[str]:
        problems = []
        actions = {"low": self.low, "medium": self.medium, "high": self.high}
        proposing = next((band for band, action in actions.items() if action is Action.PROPOSE), None)
        if proposing is not None and not self.humans and self.humans_channel is None:
            problems.append(
                f"humans: is missing, and {proposing}: propose shows drafts to somebody. "
                f"Name e-mail addresses or a humans_channel, or write {proposing}: nothing"
            )
        answering = next((band for band, action in actions.items() if action is Action.ANSWER), None)
        if answering is not None and not self.humans and not self.reach.strip():
            problems.append(
                f"reach: is missing, and {answering}: answer tells how to reach a human. "
                'Write it, such as "Write to @payments-oncall.", or name humans'
            )
        waiting = self.when_nobody_answers
        if waiting is not None and waiting.tell_humans and not self.humans:
            problems.append("when_nobody_answers.tell_humans: there are no humans to name. Add them, or write false")
        return problems


def goalie_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``goalies/NAME.yaml``."""
    schema = GoalieForm.model_json_schema(by_alias=True)
    for name in ("noise_budget", "report"):
        written = schema["properties"][name]
        written["anyOf"] = [{"const": "off"} if one == {"type": "null"} else one for one in written["anyOf"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A goalie of aika",
        **{name: value for name, value in schema.items() if name != "title"},
    }
