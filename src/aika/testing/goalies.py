"""Small makers of goalies, messages and cases for tests: each hides what does not matter."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aika.domain.goalies import AuthorKind, Case, CaseState, ChannelMessage, Goalie, Mode, Place
from aika.domain.identifiers import CaseId, GoalieId

CHANNEL = Place("T1", "C1")
ASKER = "U1"
HUMAN = "U2"
"""A human goalie, whose address is `HUMAN_ADDRESS`."""
HUMAN_ADDRESS = "goalie@example.org"
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""When a `SetClock` starts, and message 0 is written."""


def make_goalie(name: str = "payments-help", **given: object) -> Goalie:
    """Return a live goalie with one human."""
    goalie = Goalie(id=GoalieId(name), channel="C1", mode=Mode.LIVE, humans=(HUMAN_ADDRESS,))
    return replace(goalie, **given)  # type: ignore[arg-type]  # the fields of a goalie, as the caller names them


def make_message(
    text: str = "How do I rotate a key?",
    *,
    minute: float = 0,
    author: str = ASKER,
    root: str | None = None,
    kind: AuthorKind = AuthorKind.PERSON,
) -> ChannelMessage:
    """Return a message written so many minutes after `MONDAY`. Its id follows from that."""
    written_at = MONDAY + timedelta(minutes=minute)
    own = message_id(minute)
    return ChannelMessage(CHANNEL, own, root or own, author, text, written_at, kind)


def message_id(minute: float) -> str:
    return f"{(MONDAY + timedelta(minutes=minute)).timestamp():.6f}"


def make_case(name: str = "a", *, minute: float = 0, state: CaseState = CaseState.WAITING, **given: object) -> Case:
    at = MONDAY + timedelta(minutes=minute)
    fields: Mapping[str, object] = {"question": "How do I rotate a key?", "asked_at": at, **given}
    case = Case(
        id=CaseId(name),
        goalie=GoalieId("payments-help"),
        place=CHANNEL,
        message=message_id(minute),
        root=message_id(minute),
        author=ASKER,
        state=state,
        seen_at=at,
        changed_at=at,
    )
    return replace(case, **fields)  # type: ignore[arg-type]  # the fields of a case, as the caller names them
