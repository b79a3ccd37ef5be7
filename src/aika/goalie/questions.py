"""Whether a message is a question for the channel."""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from aika.answering.logistic import LogisticModel
from aika.domain.goalies import AuthorKind, ChannelMessage, Goalie, QuestionJudgment
from aika.goalie.bursts import Moment, context_signals, moment_of
from aika.goalie.question_signals import is_empty, is_greeting, text_signals

ASKED_ALREADY = "belongs to the question just before it"
_SURE = 0.99
_AGAINST = {
    "tells": "tells something and asks nothing",
    "announces": "an announcement",
    "reports": "reports what was done",
    "thanks": "thanks somebody",
    "solved": "says that something is solved",
    "social": "is not about work",
    "gathers": "asks everybody for something that no document answers",
    "addressed": "speaks to somebody",
    "names": "speaks to somebody",
    "talks_to": "is part of a conversation",
    "spoken_to": "is part of a conversation",
    "in_talk": "is part of a conversation",
    "just_asked": "answers what was asked before it",
    "answers": "answers or comments",
    "refers": "goes on with something",
    "asks_back": "asks somebody back",
    "laughs": "is chatter",
    "only_link": "is a link",
    "short": "is too short to be a question",
}
_FOR = {
    "requests": "asks for something that it needs",
    "asks_how": "asks how something is done",
    "asks_anyone": "asks whether anybody knows",
    "mark_last": "ends with a question mark",
    "failure": "tells of something that fails",
    "help": "asks for help",
    "trouble": "tells of trouble",
    "mark": "has a question mark",
    "starts": "begins like a question",
}


class QuestionJudge:
    """Tells questions for a channel from everything else that is written in it.

    Rules come first: who wrote it, to whom, where, and the phrases of the goalie's file. What they leave open is decided by a
    logistic model over the message's words and what was written just before it. It computes; nothing waits.
    """

    def __init__(self, model: LogisticModel | None = None) -> None:
        self._model = model or shipped_model()

    def judge(
        self,
        goalie: Goalie,
        message: ChannelMessage,
        thread: Sequence[ChannelMessage],
        *,
        before: Sequence[ChannelMessage] = (),
        nearness: float | None = None,
    ) -> QuestionJudgment:
        """Return whether the message is a question for the goalie's channel.

        Args:
            goalie: whose channel it is.
            message: as it is now.
            thread: what else is in the message's thread, as far as it is known. The message itself may be among it.
            before: what was written in the channel in the minutes before it, as far as it is known. A question in two messages
                is seen as one with it.
            nearness: how near it is to what the channel knows, 0..1. ``None`` where nobody looked.
        """
        others = [one for one in thread if one.id != message.id]
        ruled = _ruled_out(goalie, message, others) or _said_by_rule(goalie, message)
        if ruled is not None:
            return ruled
        moment = moment_of(message, [*before, *others])
        signals = moment_signals(moment, nearness)
        probability = self._model.probability(signals)
        if self._is_asked_already(goalie, moment):
            return QuestionJudgment(False, probability, ASKED_ALREADY)
        is_question = probability >= goalie.questions.threshold
        return QuestionJudgment(is_question, probability, self._reason(signals, is_question=is_question))

    def asked_together(self, message: ChannelMessage, before: Sequence[ChannelMessage]) -> tuple[ChannelMessage, ...]:
        """Return the messages that are one question with it, oldest first, itself among them: what to ask is all of them."""
        return moment_of(message, before).burst

    def _is_asked_already(self, goalie: Goalie, moment: Moment) -> bool:
        """Return whether the author asked it in an earlier message: what follows adds to that."""
        while len(moment.burst) > 1:
            moment = moment.without_last
            said = _said_by_rule(goalie, moment.message)
            if said is None:
                probability = self._model.probability(moment_signals(moment))
                said = QuestionJudgment(probability >= goalie.questions.threshold, probability, "")
            if said.is_question:
                return True
        return False

    def _reason(self, signals: dict[str, float], *, is_question: bool) -> str:
        words = _FOR if is_question else _AGAINST
        moved = {name: self._model.contribution(name, signals.get(name, 0.0)) for name in words if signals.get(name)}
        strongest = (max if is_question else min)(moved, key=moved.__getitem__, default=None)
        if strongest is None or (moved[strongest] <= 0) == is_question:
            return "asks for something" if is_question else "asks nothing"
        return words[strongest]


def moment_signals(moment: Moment, nearness: float | None = None) -> dict[str, float]:
    """Return all signals of a message in its moment."""
    signals = {**text_signals(moment.text), **context_signals(moment)}
    if len(moment.burst) > 1:
        # How the last message begins, not the first: "yes, and how do I …" is behind a question of its own.
        signals["addressed"] = text_signals(moment.message.text)["addressed"]
    if signals["names"] or signals["addressed"]:
        signals["requests"] = 0.0  # what one person is asked for, the channel is not
    if nearness is not None:
        signals["nearness"] = nearness
    return signals


@cache
def shipped_model() -> LogisticModel:
    found = json.loads(files("aika.goalie").joinpath("questions.json").read_text(encoding="utf-8"))
    return LogisticModel(found["intercept"], found["coefficients"], found["references"])


def _ruled_out(goalie: Goalie, message: ChannelMessage, thread: Sequence[ChannelMessage]) -> QuestionJudgment | None:
    reason = _who(goalie, message) or _where(goalie, message, thread)
    return None if reason is None else QuestionJudgment(False, 0.0, reason)


def _who(goalie: Goalie, message: ChannelMessage) -> str | None:
    if message.kind is not AuthorKind.PERSON:
        return "was written by an app" if message.kind is AuthorKind.BOT else "is a notice of the channel"
    if message.to_aika:
        return "asks aika itself"
    if message.author_email and message.author_email in goalie.questions.ignored_authors:
        return "is by somebody whose messages are not taken"
    if message.author_email and message.author_email in goalie.humans:
        return "is by one of the human goalies"
    return _no_words(message.text)


def _no_words(text: str) -> str | None:
    if is_empty(text):
        return "has no words"
    return "greets" if is_greeting(text) else None


def _where(goalie: Goalie, message: ChannelMessage, thread: Sequence[ChannelMessage]) -> str | None:
    if message.in_thread and not goalie.questions.follow_ups:
        return "is in a thread"
    later = [
        one
        for one in thread
        if one.author != message.author
        and one.kind is AuthorKind.PERSON
        and one.root == message.root
        and (one.written_at, one.id) > (message.written_at, message.id)
    ]
    return "somebody has answered already" if later else None


def _said_by_rule(goalie: Goalie, message: ChannelMessage) -> QuestionJudgment | None:
    """Return what the phrases of the goalie's file make of it. What must never be taken wins."""
    if (phrase := _matches(goalie.questions.never, message.text)) is not None:
        return QuestionJudgment(False, 1 - _SURE, f"contains {phrase!r}")
    if (phrase := _matches(goalie.questions.always, message.text)) is not None:
        return QuestionJudgment(True, _SURE, f"contains {phrase!r}")
    return None


def _matches(phrases: Sequence[str], text: str) -> str | None:
    if not phrases:
        return None
    said = f" {' '.join(_plain(text))} "
    return next((phrase for phrase in phrases if f" {' '.join(_plain(phrase))} " in said), None)


def _plain(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() or letter in "#-_'" else " " for letter in text.casefold()).split()
