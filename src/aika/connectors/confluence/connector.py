"""Confluence, Cloud and Data Center.

A listing of everything sees deletions, moves and restrictions. In between, syncs ask for what was modified since. Readers are
groups of our own, a space or a restricted page, whose members are told anew in every run.
"""

import hashlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import ValidationError

from aika.connectors.confluence.access import Access
from aika.connectors.confluence.api import Api
from aika.connectors.confluence.documents import Writing, is_readable_file
from aika.connectors.confluence.options import ConfluenceOptions
from aika.connectors.confluence.sites import Cloud, DataCenter, Site
from aika.connectors.confluence.wire import Changed, Content, Space
from aika.connectors.proofs import check_signature
from aika.domain.documents import RawDocument
from aika.domain.errors import ConfigurationError, InvalidRequestError, NotFoundError
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found, Notification, Removed
from aika.http import HttpOptions, host_of, open_http
from aika.registry import Surroundings

logger = logging.getLogger(__name__)

_CURSOR = "confluence-1"
_OVERLAP = timedelta(days=1)
"""Searches take dates in the time zone of the token's account, which is not known here, and the search index lags."""
_GONE = frozenset({"page_trashed", "page_removed", "blog_trashed", "blog_removed", "page_deleted", "blog_deleted"})

Readers = frozenset[PrincipalId] | None


class ConfluenceConnector:
    """Reads the spaces of a Confluence, with page restrictions, in full or since the last sync."""

    Options = ConfluenceOptions

    def __init__(
        self, site: Site, options: ConfluenceOptions, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._site = site
        self._options = options
        self._writing = Writing(site, options)
        self._now = now
        self._types = ("page", "blogpost") if options.blog_posts else ("page",)

    @classmethod
    @asynccontextmanager
    async def open(cls, options: ConfluenceOptions, surroundings: Surroundings) -> AsyncIterator["ConfluenceConnector"]:
        limits = HttpOptions(allowed_hosts=options.hosts, max_bytes=max(options.max_file_bytes, 50_000_000))
        async with open_http(limits) as http:
            api = Api(http, options)
            yield cls(Cloud(api) if options.is_cloud else DataCenter(api), options)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield everything, or what changed since, then a `Checkpoint`. It is complete when everything was listed."""
        now = self._now()
        full, read = _times(since)
        access = self._access()
        spaces = await self._spaces()
        if self._options.permissions:
            for space in spaces:
                await access.enter(space)
        everything = full is None or read is None or now - full >= timedelta(hours=self._options.full_every)
        events = self._all(spaces, access) if everything else self._changed(spaces, access, read or now)
        async for event in events:
            yield event
        if self._options.permissions:
            async for told in access.events():
                yield told
        listed = now if everything or full is None else full
        yield Checkpoint(Cursor(f"{_CURSOR} {listed.isoformat()} {now.isoformat()}"), complete=everything)

    async def notice(self, notification: Notification) -> AsyncIterator[Event]:
        """Yield what a webhook of Data Center tells: a page or blog post that changed or is gone."""
        check_signature(notification, self._options.webhook_secret, header="x-hub-signature", prefix="sha256=")
        try:
            changed = Changed.model_validate_json(notification.body)
        except ValidationError as error:
            raise InvalidRequestError("the webhook's message is not one of Confluence's") from error
        if changed.content is None:
            return
        key = str(changed.content)
        try:
            content = await self._site.content(key)
        except NotFoundError:
            # Asked also where the message says that it is gone: an old message, sent again, must not hide a restored page.
            if changed.event in _GONE:
                yield Removed(key)
            return
        spaces = [space for space in await self._spaces() if space.key == content.space_key]
        if not spaces or content.type not in self._types:
            return
        access = self._access()
        if self._options.permissions:
            await access.enter(spaces[0])
        async for event in self._found([content], spaces[0].key, access):
            yield event
        if self._options.permissions:
            async for told in access.events():
                yield told

    def _access(self) -> Access:
        return Access(self._site, host_of(self._options.url))

    async def _spaces(self) -> list[Space]:
        wanted = self._options.spaces
        spaces = await self._site.spaces(wanted)
        if missing := set(wanted) - {space.key for space in spaces}:
            raise ConfigurationError(
                f"Confluence has no space {', '.join(sorted(missing))}, or the token's account may not see it: correct spaces, "
                "or give the account access"
            )
        return [space for space in spaces if wanted or space.type != "personal"]

    async def _all(self, spaces: Iterable[Space], access: Access) -> AsyncIterator[Event]:
        for space in spaces:
            contents: list[Content] = []
            for kind in self._types:
                async for content in self._site.contents(space, kind):
                    if isinstance(content, Content):
                        contents.append(content)
                    else:
                        yield Failed(content, "the search of Confluence does not know it yet; the next sync will")
            async for event in self._found(contents, space.key, access):
                yield event
            if self._options.attachments:
                async for event in self._attached(space, contents, access):
                    yield event
        logger.info("confluence listed", extra={"spaces": len(list(spaces))})

    async def _changed(self, spaces: list[Space], access: Access, since: datetime) -> AsyncIterator[Event]:
        found = [
            content async for content in self._site.changed([s.key for s in spaces], self._types, since - _OVERLAP)
        ]
        for space in spaces:
            contents = [content for content in found if content.space_key == space.key]
            async for event in self._found(contents, space.key, access):
                yield event

    async def _found(self, contents: list[Content], space: str, access: Access) -> AsyncIterator[Event]:
        for content in contents:
            access.note(content)
        for content in contents:
            if content.status != "current":
                yield Removed(content.id)
                continue
            readers = await self._readers(content, space, access)
            yield Found(content.id, _version(content, readers), partial(self._load, content, space, readers))

    async def _attached(self, space: Space, pages: list[Content], access: Access) -> AsyncIterator[Event]:
        by_id = {page.id: page for page in pages}
        async for file in self._site.attachments(space):
            page = by_id.get(file.container or "")
            if page is not None and is_readable_file(file):
                readers = await self._readers(page, space.key, access)
                yield Found(file.id, _version(file, readers), partial(self._writing.attachment, file, page, readers))

    async def _readers(self, content: Content, space: str, access: Access) -> Readers:
        return await access.readers(content, space) if self._options.permissions else None

    async def _load(self, content: Content, space: str, readers: Readers) -> RawDocument:
        return await self._writing.page(content, space, readers)


def _version(content: Content, readers: Readers) -> str:
    said = (
        content.title,
        [ancestor.title for ancestor in content.ancestors],
        sorted(label.name for label in content.labels),
        None if readers is None else sorted(readers),
        content.owner and content.owner.key,
        content.link,
    )
    return f"{content.number}-{hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()}"


def _times(since: Cursor | None) -> tuple[datetime | None, datetime | None]:
    """Return when everything was listed last, and when anything was read."""
    parts = (since or "").split(" ")
    if len(parts) != 3 or parts[0] != _CURSOR:
        return None, None
    try:
        return datetime.fromisoformat(parts[1]), datetime.fromisoformat(parts[2])
    except ValueError:
        return None, None
