"""Goalies: support bots of channels. What one is told to do, what it sees, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from aika.domain.access import Scope
from aika.domain.answers import Band
from aika.domain.identifiers import AnswerId, CaseId, ConversationId, GoalieId, PrincipalId, SourceId
from aika.domain.selection import EVERYTHING, Selection

# What a channel's team declares


class Mode(StrEnum):
    """Where a goalie speaks."""

    LIVE = "live"
    SHADOW = "shadow"
    """Only in its log channel: what it would have done."""
    OFF = "off"


class Action(StrEnum):
    """What to do about a question."""

    NOTHING = "nothing"
    PROPOSE = "propose"
    """Show the draft to the human goalies, privately."""
    ANSWER = "answer"
    """Answer in the thread."""


class Weekday(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@dataclass(frozen=True, slots=True)
class Hours:
    """When something holds, in one time zone."""

    timezone: str = "UTC"
    """As IANA names it: ``Europe/Berlin``."""
    days: frozenset[Weekday] = frozenset(Weekday)
    begin: time = time.min
    end: time = time.max
    """Exclusive. Before ``begin`` it is on the next day."""


@dataclass(frozen=True, slots=True)
class QuestionRules:
    """Which messages count as questions, besides what aika sees by itself."""

    threshold: float = 0.4
    """From which probability a message is a question, 0..1."""
    always: tuple[str, ...] = ()
    """Words or phrases that make a message a question."""
    never: tuple[str, ...] = ()
    """Words or phrases that keep a message from being one."""
    ignored_authors: frozenset[str] = frozenset()
    """E-mail addresses, in lower case."""
    follow_ups: bool = False
    """Whether questions within threads are taken too."""
    settle: timedelta = timedelta(0)
    """How long to wait for the asker to finish, and for a human to be faster."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What to say when nobody answers in time."""

    after: timedelta
    text: str
    tell_humans: bool = True
    """Whether the human goalies are named in it."""


@dataclass(frozen=True, slots=True)
class NoiseBudget:
    """When a goalie grows quieter by itself."""

    min_acceptance: float = 0.5
    """Below this share of accepted among judged, it needs more confidence to speak, 0..1."""
    window: int = 20
    """How many of the last judged cases count."""


@dataclass(frozen=True, slots=True)
class ReportTime:
    """When a channel's weekly report is written, in the time zone of its hours."""

    day: Weekday = Weekday.MONDAY
    at: time = time(9)


@dataclass(frozen=True, slots=True)
class Goalie:
    """The support bot of one channel, as its team declares it in a file."""

    id: GoalieId
    """The file's name without its suffix."""
    channel: str
    """Its name without ``#``, or its id."""
    workspace: str | None = None
    """The name of the workspace among ``[slack.workspaces]``. ``None``: the only one."""
    mode: Mode = Mode.SHADOW
    assistant: str | None = None
    """Who is asked, by name."""
    knowledge: Selection = EVERYTHING
    extra_sources: tuple[SourceId, ...] = ()
    """Known besides the assistant's or the filter's knowledge."""
    language: str = ""
    """In which it writes, such as ``German``. Empty: that of the question."""
    tone: str = ""
    questions: QuestionRules = QuestionRules()
    hours: Hours | None = None
    """When it speaks. ``None``: always."""
    medium: float = 0.4
    """From which confidence the band is medium, 0..1."""
    high: float = 0.7
    actions: Mapping[Band, Action] = field(
        default_factory=lambda: {Band.LOW: Action.NOTHING, Band.MEDIUM: Action.PROPOSE, Band.HIGH: Action.ANSWER}
    )
    humans: tuple[str, ...] = ()
    """The human goalies' e-mail addresses, in lower case."""
    humans_channel: str | None = None
    """Where they are shown proposals, in place of direct messages: a private channel of theirs."""
    reach: str = ""
    """How to reach a human, told with every answer. Empty: the human goalies are named."""
    waiting: Waiting | None = None
    daily_limit: int = 50
    """How often it speaks in the channel within a day of its time zone."""
    noise: NoiseBudget = NoiseBudget()
    log_channel: str | None = None
    """Where shadow mode writes. Needed for it."""
    keep_in: SourceId | None = None
    """A source of the connector ``push`` that accepted answers can be kept in as documents."""
    owners_channel: str | None = None
    """Where it tells its owners of itself: reports, and that it has grown quieter. ``None``: the human goalies, directly."""
    report: ReportTime | None = ReportTime()
    minutes_saved: float = 10
    """That an accepted answer saves a human, for the report."""
    declared_in: str | None = None


# What it sees


class AuthorKind(StrEnum):
    PERSON = "person"
    BOT = "bot"
    SYSTEM = "system"
    """Who joined, who left, what was pinned."""


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of a workspace, by their ids."""

    workspace: str
    channel: str


@dataclass(frozen=True, slots=True)
class ChannelMessage:
    """A message of a channel, as people read it."""

    place: Place
    id: str
    """In Slack its time stamp, ``1700000000.000100``. Orders the messages of a channel."""
    root: str
    """The id of the message that its thread began with: its own where it is in none."""
    author: str
    """The author's id in the workspace."""
    text: str
    """Names in the place of ids, links as people see them."""
    written_at: datetime
    kind: AuthorKind = AuthorKind.PERSON
    mentions: frozenset[str] = frozenset()
    """Ids of the people that it names. A group is nobody in particular, and is not among them."""
    to_everyone: bool = False
    """Whether it calls the whole channel: ``@here``, ``@channel``."""
    to_aika: bool = False
    """Whether it names aika's app, which then answers it as itself."""
    attachments: int = 0
    author_email: str = ""
    """In lower case. Empty where it is not known."""
    edited_at: datetime | None = None
    """When its author last changed it. Orders edits that arrive in another order."""

    @property
    def in_thread(self) -> bool:
        return self.root != self.id


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who will see what is said in a channel."""

    scope: Scope
    """What every one of them may read."""
    people: tuple[frozenset[PrincipalId], ...]
    """Each of them with all groups that they are in, for the choice of an assistant."""


@dataclass(frozen=True, slots=True)
class QuestionJudgment:
    """Whether a message is a question for the channel."""

    is_question: bool
    probability: float
    """0..1."""
    reason: str
    """For people: ``thanks somebody``, ``an announcement``, ``already answered``."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a goalie does about a question that it has an outcome for."""

    action: Action
    band: Band
    reason: str
    """For people: why it does not more."""
    quieter: bool = False
    """Whether it would have done more, had its answers been accepted more often."""


# What became of it


class CaseState(StrEnum):
    """Where a message stands that a goalie has looked at."""

    WAITING = "waiting"
    """Taken for a question, not answered yet."""
    IGNORED = "ignored"
    """Not a question for it."""
    SILENT = "silent"
    """A question about which it did nothing."""
    PROPOSED = "proposed"
    ANSWERED = "answered"
    """By itself."""
    ACCEPTED = "accepted"
    """A human let the proposal be posted."""
    EDITED = "edited"
    """A human had it posted in other words."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """Somebody else answered first, or the question is gone."""


class Ruling(StrEnum):
    """What a human goalie does about a proposal."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"


class Step(StrEnum):
    """What still has to be done for a case. Each is safe to repeat."""

    SETTLE = "settle"
    """Show on the proposals what became of them."""
    ANSWER = "answer"
    PROPOSE = "propose"
    POST_FINAL = "post final"
    """Post what a human accepted, or their own words."""
    RETRACT = "retract"
    """Delete the answer in the thread."""
    LOG = "log"
    """Write in the log channel what would have been done."""
    REMIND = "remind"
    """Say in the thread that nobody has answered yet."""
    REMEMBER = "remember"
    """Keep what a human said of the answer beside it, so that it is learned from."""
    FORGET = "forget"
    """Delete the kept answer: its question is gone."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that was posted for a case."""

    channel: str
    id: str


@dataclass(frozen=True, slots=True)
class Case:
    """A message that a goalie looked at, and what became of it. One message has one case."""

    id: CaseId
    goalie: GoalieId
    place: Place
    message: str
    """The message's id."""
    root: str
    author: str
    """Whose question it is: an id in the workspace."""
    state: CaseState
    seen_at: datetime
    changed_at: datetime
    question: str = ""
    """As it was put. Kept only of what was taken for a question."""
    probability: float = 0.0
    """That it is a question for the channel."""
    confidence: float | None = None
    answer: AnswerId | None = None
    conversation: ConversationId | None = None
    draft: str = ""
    """The answer's text, with markers ``[1]``."""
    posted: Posted | None = None
    """The answer in the thread."""
    proposals: tuple[Posted, ...] = ()
    decided_by: str = ""
    """Who said accept, edit or reject: an id in the workspace."""
    reason: str = ""
    """Why it did no more, or why it was rejected."""
    final: str = ""
    """The text that a human had posted in the draft's place."""
    human_first_at: datetime | None = None
    """When a person other than the asker first wrote in the thread."""
    reminded: bool = False
    """Whether it was said that nobody has answered yet."""
    kept: bool = False
    """Whether the answer was made a document."""
    shadow: bool = False
    """Whether it was said in the log channel only."""
    asked_at: datetime | None = None
    """When the message was written."""
    edited_at: datetime | None = None
    """As `ChannelMessage.edited_at`, of the words that were judged last."""
    answered_at: datetime | None = None
    """When the goalie's answer was posted in the thread."""
    reply: str = ""
    """What a person answered after the proposal was rejected."""
    helped: tuple[str, ...] = ()
    """Who said that the answer helped: ids in the workspace."""
    did_not_help: tuple[str, ...] = ()
    round: int = 0
    """How often its question was put: once more after each edit. Tells the proposals of one draft from those of the next."""
    todo: tuple[Step, ...] = ()
    """What the state asks for and was not done yet, in order."""
    due_at: datetime | None = None
    """When something is to be done about it."""
    held_by: str = ""
    """Who is at it."""
    held_until: datetime | None = None
    """When others may take it over."""
    tries: int = 0
    """How often what is to be done has failed since something last worked."""
    trace: str = ""
    """The trace that it began in, as W3C's ``traceparent`` says it."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """That somebody wrote in a thread. What they wrote is not kept."""

    place: Place
    root: str
    message: str
    author: str
    kind: AuthorKind
    written_at: datetime
