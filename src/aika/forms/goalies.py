"""How the goalie of a channel is written in YAML: ``goalies/NAME.yaml``."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from aika.domain.answers import Band
from aika.domain.goalies import Action, Goalie, Mode, NoiseBudget, ReportTime, Waiting
from aika.domain.identifiers import GoalieId, SourceId
from aika.forms.goalie_parts import (
    MAX_SAID,
    Filled,
    HoursForm,
    KnowledgeForm,
    NoiseForm,
    QuestionsForm,
    ReportForm,
    ThresholdsForm,
    WaitingForm,
)
from aika.forms.written_values import Addresses, Channel

NAME = r"[a-z0-9][a-z0-9_-]{0,62}"
"""What a goalie's file may be called, without its suffix."""

_DOES_MORE = (Action.NOTHING, Action.PROPOSE, Action.ANSWER)
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


def _mode(value: object) -> object:
    # A bare `off` is false to most readers of YAML.
    return Mode.OFF if value is False else value


def _none_if_off(value: object) -> object:
    return None if value in _OFF else value


class GoalieForm(Filled):
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
