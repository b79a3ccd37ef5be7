"""Small channels for tests of replays."""

from datetime import UTC, datetime, timedelta

from aika.domain.goalies import AuthorKind, ChannelMessage, Place

PLACE = Place("acme", "C1")
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def make_message(
    text: str,
    *,
    author: str = "ann",
    minute: float = 0,
    root: str | None = None,
    kind: AuthorKind = AuthorKind.PERSON,
    mentions: frozenset[str] = frozenset(),
) -> ChannelMessage:
    """Return a message of the channel, its id made of the minute in which it was written."""
    at = BEGIN + timedelta(minutes=minute)
    name = stamp(minute)
    return ChannelMessage(PLACE, name, root or name, author, text, at, kind=kind, mentions=mentions)


def stamp(minute: float) -> str:
    return f"{(BEGIN + timedelta(minutes=minute)).timestamp():.6f}"


def make_thread(
    question: str, *answers: tuple[str, str], minute: float = 0, asker: str = "ann"
) -> list[ChannelMessage]:
    """Return a question and who answered what, a minute apart."""
    root = stamp(minute)
    asked = make_message(question, author=asker, minute=minute)
    return [
        asked,
        *(
            make_message(text, author=author, minute=minute + number, root=root)
            for number, (author, text) in enumerate(answers, start=1)
        ),
    ]
