"""What was going on when a message was written: what its author wrote just before, and whom they were talking with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from aika.domain.goalies import AuthorKind, ChannelMessage

PAUSE = timedelta(minutes=3)
"""What one person writes with shorter pauses, and nobody answers in between, belongs together."""
TALK = timedelta(minutes=10)
"""How far back a conversation in the channel is looked for."""
ABSENCE = timedelta(minutes=30)
"""Who wrote nothing for so long comes with something new."""
LONGEST = 6
"""Messages that belong together, at most."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A message with what was written in its channel before it."""

    burst: tuple[ChannelMessage, ...]
    """What belongs together with it, itself last."""
    earlier: tuple[ChannelMessage, ...]
    """What others wrote, and the author before the burst, within `ABSENCE`, oldest first."""

    @property
    def message(self) -> ChannelMessage:
        return self.burst[-1]

    @property
    def without_last(self) -> "Moment":
        """The moment of the message that this one belongs together with."""
        return Moment(self.burst[:-1], self.earlier)

    @property
    def text(self) -> str:
        return "\n".join(one.text for one in self.burst)


def moment_of(message: ChannelMessage, before: Sequence[ChannelMessage]) -> Moment:
    """Return the moment of a message, from messages of its channel in any order, of which only earlier ones of people count."""
    at = message.written_at
    first, own = at - ABSENCE - LONGEST * PAUSE, (at, message.id)
    past = sorted(
        (
            one
            for one in before
            if first <= one.written_at <= at
            and one.kind is AuthorKind.PERSON
            and (one.written_at, one.id) < own
            and one.place == message.place
        ),
        key=lambda one: (one.written_at, one.id),
    )
    burst = _burst(message, past)
    together = {one.id for one in burst}
    since = burst[0].written_at - ABSENCE
    return Moment(burst, tuple(one for one in past if one.id not in together and one.written_at >= since))


def context_signals(moment: Moment) -> dict[str, float]:
    """Return the signals by name, 0 or 1. Where nothing before is known, the author comes with something new."""
    author, message, began = moment.message.author, moment.message, moment.burst[0].written_at
    recent = [one for one in moment.earlier if began - one.written_at <= TALK]
    others = [one for one in recent if one.author != author]
    own = [one for one in recent if one.author == author]
    spoken_to = any(author in one.mentions for one in others)
    answered = bool(own) and any(one.written_at >= own[-1].written_at for one in others)
    return {
        "fresh": float(all(one.author != author for one in moment.earlier) and not spoken_to),
        "quiet": float(not others),
        "spoken_to": float(spoken_to),
        "in_talk": float(answered and not spoken_to),
        "talks_to": float(any(one.mentions for one in own)),
        "just_asked": float(not own and any(_asks(one) and began - one.written_at <= PAUSE for one in others[-3:])),
        "goes_on": float(len(moment.burst) > 1),
        "names": float(bool(message.mentions)),
    }


def _asks(message: ChannelMessage) -> bool:
    return "?" in message.text and not message.mentions


CONTEXT_NAMES = ("fresh", "quiet", "spoken_to", "in_talk", "talks_to", "just_asked", "goes_on", "names")


def _burst(message: ChannelMessage, past: Sequence[ChannelMessage]) -> tuple[ChannelMessage, ...]:
    if message.in_thread:
        past = [one for one in past if one.root == message.root]
    found = [message]
    for one in reversed(past):
        if found[-1].written_at - one.written_at > PAUSE or len(found) == LONGEST:
            break
        if one.author == message.author:
            # What was said to somebody is no beginning of a question to all.
            if one.root != message.root and (one.in_thread or message.in_thread):
                continue
            if bool(one.mentions) != bool(message.mentions):
                break
            found.append(one)
        elif message.author in one.mentions:
            break
    return tuple(reversed(found))
