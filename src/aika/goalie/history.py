"""A channel's past as questions with what people answered.

A conversation is what has one root: a thread, or messages outside of threads that whoever reads the channel has put together.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aika.domain.goalies import AuthorKind, ChannelMessage

ANSWERED_WITHIN = timedelta(days=2)
"""What is said later in a conversation is taken for another matter."""
_MOST_MESSAGES = 12
"""Of one person's answer."""
_LEAST_WORDS = 3
"""Of an answer: below it nothing can be compared."""
_WORD = re.compile(r"[^\W_][\w'./-]*")
_THANKS = re.compile(
    r"\b(?:thanks?|thank you|thankyou|thx|tnx|thanx|ty|cheers|much appreciated|danke|merci|gracias)\b", re.IGNORECASE
)
_WORKED = re.compile(
    r"\b(?:that|it|this|which)?\s*(?:worked|works now|did (?:it|the trick)|does the trick|solved(?: it)?|fixed it)\b"
    r"|\b(?:perfect|brilliant|that'?s it|got it working|problem solved)\b",
    re.IGNORECASE,
)
_FAILED = re.compile(r"(?:\bnot\b|n't|\bnever\b|\bno luck\b|\bstill\b|\bnope\b)", re.IGNORECASE)
_COURTESY = re.compile(
    r"^\W*(?:thanks?(?: you)?|thx|ty|cheers|np|no problem|you'?re welcome|yw|hi|hello|hey|lol|haha|ok(?:ay)?|yes|yep|yeah|no|"
    r"nope|sure|cool|nice|great|hmm+)\b",
    re.IGNORECASE,
)
_LEAST_AFTER_COURTESY = 6


@dataclass(frozen=True, slots=True)
class HumanAnswer:
    """What one person answered."""

    author: str
    text: str
    """Their messages in order, a line each, without what only asks back or greets."""
    written_at: datetime
    """When the first of them was written."""
    accepted: bool
    """Whether the asker thanked them, or said that it worked. Many do not say."""


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """A message of the past that may be a question, with what came of it."""

    message: ChannelMessage
    text: str
    """The message, and what its author added before anybody else wrote."""
    thread: tuple[ChannelMessage, ...]
    """What was said before it in its conversation."""
    answers: tuple[HumanAnswer, ...]
    """The first to answer comes first."""

    @property
    def id(self) -> str:
        return f"{self.message.place.channel}:{self.message.id}"

    @property
    def opens(self) -> bool:
        """Whether nobody else wrote in its conversation before it. What follows within one answers much else besides."""
        return all(each.author == self.message.author for each in self.thread)

    @property
    def accepted(self) -> bool:
        return any(answer.accepted for answer in self.answers)


def in_order(messages: Iterable[ChannelMessage]) -> list[ChannelMessage]:
    """Return messages in the order in which they were written."""
    return sorted(messages, key=lambda each: (each.written_at, _order(each.id)))


def conversations(messages: Iterable[ChannelMessage]) -> list[tuple[ChannelMessage, ...]]:
    """Return the conversations, each in the order in which it was written, ordered by their beginnings."""
    found: dict[tuple[str, str, str], list[ChannelMessage]] = {}
    for message in in_order(messages):
        found.setdefault((message.place.workspace, message.place.channel, message.root), []).append(message)
    return [tuple(members) for members in found.values()]


def past_question(
    message: ChannelMessage,
    conversation: Sequence[ChannelMessage],
    *,
    settle: timedelta,
    begun: Sequence[ChannelMessage] = (),
) -> PastQuestion:
    """Return a message of a conversation as a question, with what people answered.

    What the same author adds within ``settle`` before anybody else writes belongs to it, and what they had ``begun`` to ask.
    """
    people = [each for each in conversation if each.kind is AuthorKind.PERSON]
    at = next(place for place, each in enumerate(people) if each.id == message.id)
    end = _end_of_question(people, at, settle)
    whole = [*(each for each in begun if each.id != message.id), *people[at:end]]
    text = "\n".join(each.text for each in whole)
    return PastQuestion(message, text, tuple(people[:at]), human_answers(message, people[end:]))


def openings(messages: Iterable[ChannelMessage], *, settle: timedelta) -> list[PastQuestion]:
    """Return what opens each conversation, be it a question or not, oldest first."""
    found = []
    for conversation in conversations(messages):
        first = next((each for each in conversation if each.kind is AuthorKind.PERSON), None)
        if first is not None:
            found.append(past_question(first, conversation, settle=settle))
    return found


def human_answers(question: ChannelMessage, later: Sequence[ChannelMessage]) -> tuple[HumanAnswer, ...]:
    """Return what others than the asker answered, by person, the first to answer first."""
    until = question.written_at + ANSWERED_WITHIN
    said = [each for each in later if each.kind is AuthorKind.PERSON and each.written_at <= until]
    accepted = _accepted(question.author, said)
    by_author: dict[str, list[ChannelMessage]] = {}
    for message in said:
        if message.author != question.author and _tells(message.text):
            by_author.setdefault(message.author, []).append(message)
    answers = [
        HumanAnswer(
            author,
            "\n".join(each.text for each in messages[:_MOST_MESSAGES]),
            messages[0].written_at,
            author in accepted,
        )
        for author, messages in by_author.items()
    ]
    return tuple(answer for answer in answers if len(_WORD.findall(answer.text)) >= _LEAST_WORDS)


def says_thanks(text: str) -> bool:
    """Return whether a message accepts what was answered: thanks, or that it worked."""
    return bool(_THANKS.search(text) or _WORKED.search(text)) and not _FAILED.search(text)


def _end_of_question(people: Sequence[ChannelMessage], at: int, settle: timedelta) -> int:
    first = people[at]
    end = at + 1
    while end < len(people):
        added = people[end]
        if added.author != first.author or added.written_at - people[end - 1].written_at > settle:
            break
        end += 1
    return end


def _accepted(asker: str, said: Sequence[ChannelMessage]) -> frozenset[str]:
    """Return whom the asker thanked: who is named, else who wrote last before."""
    accepted: set[str] = set()
    last: str | None = None
    for message in said:
        if message.author != asker:
            last = message.author
        elif says_thanks(message.text):
            others = message.mentions - {asker}
            accepted |= others or ({last} if last else set())
    return frozenset(accepted)


def _tells(text: str) -> bool:
    """Return whether a message tells something: it neither only asks back nor only greets."""
    words = _WORD.findall(text)
    if len(words) < _LEAST_AFTER_COURTESY and _COURTESY.match(text):
        return False
    return not text.rstrip(" )\"'").endswith("?")


def _order(id: str) -> tuple[int, int | str]:
    """Order Slack's time stamps as numbers: they may have fractions of different lengths."""
    whole, _, fraction = id.partition(".")
    return (int(whole), int(fraction or 0)) if whole.isdigit() and (fraction or "0").isdigit() else (0, id)
