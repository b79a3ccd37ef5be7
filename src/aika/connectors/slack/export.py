"""A workspace export of Slack's, as a folder or as the ZIP file.

Day files are put together again: a thread whose answers came days later is one document. Where no file of the export has
changed since the last sync, nothing is read.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from aika.connectors.slack.archive import Archive, Reader
from aika.connectors.slack.conversations import sort_out
from aika.connectors.slack.documents import Prepared, Renderer
from aika.connectors.slack.messages import MESSAGES, Message
from aika.connectors.slack.options import SlackOptions
from aika.connectors.slack.workspace import Channel, User, Workspace, team_id
from aika.domain.documents import RawDocument
from aika.domain.errors import ConfigurationError, TransientError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found
from aika.registry import Surroundings

logger = logging.getLogger(__name__)

T = TypeVar("T")

_RACY_NS = 2_000_000_000
"""A file changed twice within this time may look unchanged, as some file systems keep times no finer."""
_LISTS: tuple[tuple[str, dict[str, bool]], ...] = (
    ("channels.json", {}),
    ("groups.json", {"is_private": True}),
    ("mpims.json", {"is_mpim": True}),
    ("dms.json", {"is_im": True}),
)
_USERS: TypeAdapter[list[User]] = TypeAdapter(list[User])
_CHANNELS: TypeAdapter[list[Channel]] = TypeAdapter(list[Channel])


class SlackExportOptions(SlackOptions):
    """A workspace export, and which of its channels to read."""

    path: Path = Field(
        description="The export's ZIP file, or its unpacked folder. Relative to the configuration file's folder."
    )


class SlackExportConnector:
    """Reads a workspace export: a document for each thread, each conversation and each channel."""

    Options = SlackExportOptions

    def __init__(self, place: Path, options: SlackExportOptions, *, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._place = place
        self._options = options
        self._now_ns = now_ns

    @classmethod
    @asynccontextmanager
    async def open(
        cls, options: SlackExportOptions, surroundings: Surroundings
    ) -> AsyncIterator["SlackExportConnector"]:
        place = surroundings.base_dir / options.path.expanduser()
        if not await asyncio.to_thread(place.exists):
            raise ConfigurationError(f"there is no folder or ZIP file {options.path}: correct the source's path")
        yield cls(place, options)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield accounts and groups, then each channel's documents. The checkpoint is incomplete where a file is unreadable."""
        archive = await asyncio.to_thread(Archive.of, self._place)
        cursor = self._cursor(archive)
        if since == cursor:
            yield Checkpoint(cursor)
            return
        reading = await asyncio.to_thread(_Reading.begin, archive, self._options)
        for account in reading.workspace.accounts():
            yield account
        complete = True
        for channel in reading.channels:
            for event in await asyncio.to_thread(reading.events, channel):
                complete = complete and not (isinstance(event, Failed) and event.key.endswith(".json"))
                yield event
        logger.info("Slack export read", extra={"path": str(self._place), **reading.counts})
        yield Checkpoint(cursor, complete=complete)

    def _cursor(self, archive: Archive) -> Cursor:
        """Return what changes when any file of the export, or an option, does."""
        digest = hashlib.blake2b(repr(sorted(archive.stamps.items())).encode(), digest_size=16)
        digest.update(self._options.model_dump_json().encode())
        now = self._now_ns()
        if abs(now - archive.newest_ns) < _RACY_NS:
            digest.update(str(now).encode())
        return Cursor(digest.hexdigest())


@dataclass(slots=True)
class _Reading:
    """One run over an export."""

    archive: Archive
    options: SlackExportOptions
    workspace: Workspace
    channels: list[Channel]
    counts: dict[str, int]

    @classmethod
    def begin(cls, archive: Archive, options: SlackExportOptions) -> "_Reading":
        with archive.opened() as files:
            users = _listed(files, "users.json", _USERS)
            channels = [
                channel.model_copy(update=marks)
                for name, marks in _LISTS
                for channel in _listed(files, name, _CHANNELS)
            ]
        team = team_id(options, users)
        if team is None:
            raise ConfigurationError(
                "the export does not say which workspace it is of: set team in the source's options"
            )
        workspace = Workspace(
            team=team,
            url=options.workspace_url,
            users={user.id: user for user in users},
            channel_names={channel.id: channel.label for channel in channels},
        )
        wanted = [channel for channel in channels if _is_wanted(channel, options)]
        return cls(archive, options, workspace, wanted, {"messages": 0, "left_out": 0, "repeats": 0, "documents": 0})

    def events(self, channel: Channel) -> list[Event]:
        """Return a channel's group, documents and failures."""
        events: list[Event] = [self.workspace.members(channel, channel.members, self.options)]
        messages: list[Message] = []
        with self.archive.opened() as files:
            for path in self._days(channel):
                try:
                    items = MESSAGES.validate_json(files.read(path))
                except (ValidationError, UnreadableDocumentError) as error:
                    reason = "it is not a list of messages" if isinstance(error, ValidationError) else str(error)
                    events.append(Failed(path, reason))
                    continue
                messages.extend(_messages(channel, items, events))
        events.extend(self._found(channel, messages))
        return events

    def _days(self, channel: Channel) -> list[str]:
        # Direct messages lie in a folder called by their id.
        return self.archive.days(channel.label) or self.archive.days(channel.id)

    def _found(self, channel: Channel, messages: list[Message]) -> Iterator[Found]:
        renderer = Renderer(self.workspace, self.options)
        result = sort_out(channel, messages, self.workspace, self.options)
        prepared = [renderer.conversation(channel, conversation) for conversation in result.conversations]
        if self.options.channel_pages and channel.kind != "direct":
            prepared.append(renderer.channel(channel, messages))
        for name, number in (
            ("messages", len(messages)),
            ("left_out", result.left_out),
            ("repeats", result.repeats),
            ("documents", len(prepared)),
        ):
            self.counts[name] += number
        days = self._days(channel)
        for document in prepared:
            yield Found(document.raw.key, document.version, partial(self._load, document, days))

    async def _load(self, document: Prepared, days: list[str]) -> RawDocument:
        if not await asyncio.to_thread(self._is_current, days):
            raise TransientError("the export changed while it was read; sync again")
        return document.raw

    def _is_current(self, days: list[str]) -> bool:
        if self.archive.is_zip:
            return self.archive.place.is_file() and self.archive.place.stat().st_mtime_ns == self.archive.newest_ns
        for path in days:
            file = self.archive.place / self.archive.inside / path
            try:
                status = file.stat()
            except OSError:
                return False
            if f"{status.st_mtime_ns}-{status.st_size}" != self.archive.stamps[path]:
                return False
        return True


def _is_wanted(channel: Channel, options: SlackExportOptions) -> bool:
    if channel.kind == "direct":
        return options.direct_messages
    if channel.kind == "private" and not options.private_channels:
        return False
    return options.reads(channel.label) and (options.archived or not channel.is_archived)


def _messages(channel: Channel, items: list[object], events: list[Event]) -> Iterator[Message]:
    """Yield a day's messages; what is none becomes a failure of its own."""
    for item in items:
        try:
            message = Message.model_validate(item)
            _ = message.order, message.seconds
        except (ValidationError, ValueError):
            fields = item if isinstance(item, dict) else {}
            key = f"{channel.id}/{fields.get('thread_ts') or fields.get('ts') or 'unknown'}"
            events.append(Failed(key, "a message is not as Slack writes them: its time stamp or text is no text"))
            continue
        yield message


def _listed(files: Reader, name: str, adapter: TypeAdapter[list[T]]) -> list[T]:
    if name not in files.archive.stamps:
        return []
    try:
        return adapter.validate_json(files.read(name))
    except (ValidationError, UnreadableDocumentError) as error:
        what = error if isinstance(error, UnreadableDocumentError) else f"{error.error_count()} entries are wrong"
        raise ConfigurationError(f"{name} of the export cannot be read: {what}") from error
