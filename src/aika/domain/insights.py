"""What is kept of questions for insights: who asked is a keyed digest, and no word of the question is here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aika.domain.answers import Band
from aika.domain.identifiers import AnswerId, AssistantId, PrincipalId, SourceId


class Surface(StrEnum):
    """Where a question was asked."""

    WEB = "web"
    API = "api"
    OPENAI = "openai"
    """Clients that speak OpenAI's protocol."""
    SLACK = "slack"
    GOALIE = "goalie"
    MCP = "mcp"
    CLI = "cli"


class Outcome(StrEnum):
    """What came of a question."""

    ANSWERED = "answered"
    ABSTAINED = "abstained"
    ASIDE = "aside"
    """Nothing was asked that documents could answer: a greeting, an empty line."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """That a question was asked, and what came of it. It survives the conversation that it was asked in."""

    answer: AnswerId
    asked_at: datetime
    surface: Surface
    asker: str
    """A keyed digest that tells people apart and nobody who they are."""
    outcome: Outcome
    milliseconds: float
    """To the end of the answer."""
    teams: tuple[PrincipalId, ...] = ()
    """Of the asker, when it was asked."""
    assistant: AssistantId | None = None
    sources: tuple[SourceId, ...] = ()
    """That the answer cites."""
    confidence: float | None = None
    band: Band | None = None
    first_milliseconds: float | None = None
    """To the first word of the answer."""
    model: str | None = None
    """The language model that was used, ``None`` where none was."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None
    """``None`` where the price is unknown."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person said of an answer."""

    asked: AskedQuestion
    rater: str
    """As `AskedQuestion.asker`."""
    helpful: bool
    said_at: datetime


@dataclass(frozen=True, slots=True)
class WordedQuestion:
    """The words of a question that is still in a conversation, for topics."""

    text: str
    asked_at: datetime
    asker: str


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """What a language model costs, in US dollars for a million tokens."""

    input: float
    output: float

    def of(self, input_tokens: int, output_tokens: int) -> float:
        return (self.input * input_tokens + self.output * output_tokens) / 1_000_000
