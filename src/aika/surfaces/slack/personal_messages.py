"""What Slack's Real-time Search API found, as passages that only the one who searched may read.

https://docs.slack.dev/reference/methods/assistant.search.context. Slack's terms forbid to store what it returns.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aika.domain.documents import Chunk, Document, Kind
from aika.domain.errors import TransientError
from aika.domain.identifiers import PrincipalId, SourceId, document_id
from aika.domain.queries import Hit
from aika.parsers.slack_messages import TIMESTAMP, Names, plain

SOURCE = SourceId("slack-personal")
"""No source of this name is synced: its documents are in no catalogue and in no index."""
_AROUND = 3
"""Messages before and after the one that was found."""
_LONGEST_MESSAGE = 2_000
_LINK = re.compile(r"https://[^\s<>|]+")


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Around(_Wire):
    text: str | None = Field(default=None, repr=False)
    user_id: str | None = None
    author_name: str | None = None
    ts: str | None = None


class _Context(_Wire):
    before: tuple[_Around, ...] = ()
    after: tuple[_Around, ...] = ()


class _Message(_Wire):
    content: str = Field(default="", repr=False)
    author_name: str | None = None
    author_user_id: str | None = None
    channel_id: str
    channel_name: str | None = None
    message_ts: str
    permalink: str | None = None
    is_author_bot: bool = False
    context_messages: _Context | None = None


class _Results(_Wire):
    messages: tuple[_Message, ...] = ()


class _Found(_Wire):
    results: _Results = _Results()


def hits_of(answer: Mapping[str, object], *, team: str, owner: PrincipalId, without: str) -> list[Hit]:
    """Return the messages that Slack answered with, best first, save those of the channel ``without`` and of bots.

    Raises `TransientError` for an answer that makes no sense.
    """
    try:
        found = _Found.model_validate(answer)
    except ValidationError:
        # Its words would hold messages.
        raise TransientError("Slack's answer to a search could not be read") from None
    messages = [message for message in found.results.messages if _counts(message) and message.channel_id != without]
    return [_hit(message, team, owner, rank) for rank, message in enumerate(messages)]


def _counts(message: _Message) -> bool:
    return not message.is_author_bot and bool(message.content.strip()) and bool(TIMESTAMP.fullmatch(message.message_ts))


def _hit(message: _Message, team: str, owner: PrincipalId, rank: int) -> Hit:
    said_at = datetime.fromtimestamp(float(message.message_ts), UTC)
    author = _name(message.author_name, message.author_user_id)
    key = f"{owner}/{team}/{message.channel_id}/{message.message_ts}"
    document = Document(
        id=document_id(SOURCE, key),
        source=SOURCE,
        key=key,
        title=_place(message),
        kind=Kind.CONVERSATION,
        url=message.permalink if _LINK.fullmatch(message.permalink or "") else None,
        readers=frozenset({owner}),
        authors=(author,),
        created_at=said_at,
        modified_at=said_at,
    )
    text = "\n".join(_lines(message, said_at, author))
    return Hit(Chunk(document=document, position=0, start=0, end=len(text), text=text), 1 / (rank + 1))


def _lines(message: _Message, said_at: datetime, author: str) -> Iterator[str]:
    """Yield a message a line, as indexed conversations have them."""
    names = Names(dict(_told(message)))
    around = message.context_messages or _Context()
    for before in around.before[-_AROUND:]:
        yield from _line(before, names)
    yield f"[{said_at:%Y-%m-%d %H:%M}] {author}: {plain(message.content, names)[:_LONGEST_MESSAGE]}"
    for after in around.after[:_AROUND]:
        yield from _line(after, names)


def _line(around: _Around, names: Names) -> Iterator[str]:
    text = plain(around.text or "", names).strip()
    if not text:
        return
    when = ""
    if around.ts is not None and TIMESTAMP.fullmatch(around.ts):
        when = f"[{datetime.fromtimestamp(float(around.ts), UTC):%Y-%m-%d %H:%M}] "
    author = _name(around.author_name or names.people.get(around.user_id or ""), around.user_id)
    yield f"{when}{author}: {text[:_LONGEST_MESSAGE]}"


def _told(message: _Message) -> Iterator[tuple[str, str]]:
    around = message.context_messages or _Context()
    authors: Iterable[tuple[str | None, str | None]] = [
        (message.author_user_id, message.author_name),
        *((one.user_id, one.author_name) for one in (*around.before, *around.after)),
    ]
    for user, name in authors:
        if user and name:
            yield user, name


def _name(name: str | None, user: str | None) -> str:
    return " ".join((name or user or "somebody").split())


def _place(message: _Message) -> str:
    """Return where it was said, as a title. Slack calls direct messages by ids, and group messages by all who are in them."""
    name = message.channel_name or ""
    if message.channel_id.startswith("D"):
        return "Direct message"
    if not name or name.startswith("mpdm-"):
        return "Group message"
    return f"#{name}"
