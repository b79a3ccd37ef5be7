"""Answers written by a language model from numbered evidence."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from aika.answering.citations import without_markers
from aika.answering.prompting import DECLINED, instructions, messages
from aika.answering.stopping import finished, is_stopped, until_stopped
from aika.answering.streaming import closing
from aika.answering.writing import Writer
from aika.domain.answers import Draft, Origin, Usage
from aika.domain.errors import ConfigurationError
from aika.domain.queries import Hit, Message, Query
from aika.protocols import Generator


class ChatModel(Protocol):
    """A language model that answers a conversation."""

    def stream(
        self, instructions: str, messages: Sequence[Message], *, temperature: float | None = None
    ) -> AsyncIterator[str | Usage]:
        """Yield pieces of text, and last the usage. Raises `TransientError` where trying again can help.

        ``temperature`` is the model's own where it is not given.
        """
        ...


class ChatGenerator:
    """Writes with a chat model: from the evidence, or from the model's own knowledge where there is none."""

    def __init__(self, chat: ChatModel, *, model: str) -> None:
        self.model = model
        self._chat = chat

    async def generate(self, query: Query, evidence: Sequence[Hit]) -> AsyncIterator[str | Usage]:
        temperature = None if query.assistant is None else query.assistant.temperature
        told, asked = instructions(query, evidence), messages(query, evidence)
        async with closing(self._chat.stream(told, asked, temperature=temperature)) as pieces:
            async for piece in pieces:
                yield piece


class GeneratedWriter:
    """Makes drafts of a generator's text."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    async def write(self, query: Query, evidence: Sequence[Hit]) -> AsyncIterator[str | Draft]:
        """Yield the text in pieces as it is written, and last the draft. Its citations are not bound yet."""
        written: list[str] = []
        usage: Usage | None = None
        async with closing(self._generator.generate(query, evidence)) as pieces:
            async for piece in until_stopped(pieces):
                if isinstance(piece, Usage):
                    usage = piece
                else:
                    written.append(piece)
                    yield piece
        text = "".join(written).strip()
        # The usage comes last: without it the model was cut short.
        text = finished(text) if is_stopped() and usage is None else text
        yield Draft(
            query=query,
            text=text,
            origin=Origin.GENERATED if evidence else Origin.GENERAL,
            evidence=tuple(evidence),
            declined=is_declined(text),
            usage=usage or Usage(model=self._generator.model),
        )


class ChosenWriter:
    """Writes with the model that the question's assistant names, and otherwise as usual."""

    def __init__(self, usual: Writer, named: Mapping[str, Writer]) -> None:
        self._usual = usual
        self._named = named

    def write(self, query: Query, evidence: Sequence[Hit]) -> AsyncIterator[str | Draft]:
        """Raise `ConfigurationError` for a model that is not there: another one would not be what was asked for."""
        name = None if query.assistant is None else query.assistant.model
        if name is None:
            return self._usual.write(query, evidence)
        if name not in self._named:
            known = ", ".join(sorted(self._named)) or "none"
            raise ConfigurationError(f"the model {name!r} is not among [models] of aika.toml (known: {known})")
        return self._named[name].write(query, evidence)


def is_declined(text: str) -> bool:
    """Return whether the writer says, in the words asked for or in others, that it has no answer."""
    bare = " ".join(without_markers(text).replace("’", "'").split()).strip("\"'* ")
    if not bare or DECLINED.rstrip(".").lower() in bare.lower()[: len(DECLINED) + 40]:
        return True
    # A longer text that begins with a reservation goes on with an answer.
    return len(bare.split()) <= _DECLINING_WORDS and bool(_DECLINING.search(bare))


_DECLINING_WORDS = 60
_DECLINING = re.compile(
    r"\b(?:passages?|documents?|context|information|text|sources?|evidence)\b[^.]{0,40}"
    r"\b(?:do(?:es)?n't|do(?:es)? not|did not|no)\b[^.]{0,30}"
    r"\b(?:answer|contain|mention|provide|include|specify|say|state|address|cover|give|information)|"
    r"\b(?:i|we) (?:do not|don't|cannot|can't|could not|couldn't|am not able to|am unable to) "
    r"(?:know|find|answer|determine|say|tell)\b|"
    r"\bi'm (?:sorry|not sure|unable)\b|\bthere is no (?:information|mention|answer)\b|"
    r"\bno (?:relevant )?information (?:is|was|about|on)\b|"
    r"\bnot (?:mentioned|specified|provided|stated|answered|covered) (?:in|by) (?:the|any|these)\b|"
    r"\bit is not (?:clear|specified|stated)\b",
    re.IGNORECASE,
)
