"""One URL: asked for politely, and told what became of it."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import Message
from http import HTTPStatus
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from aika.connectors.web.addresses import asks_for_login, normal, origin_of
from aika.connectors.web.options import WebOptions
from aika.connectors.web.pages import date_of, read_page
from aika.connectors.web.robots import Pace, Robots
from aika.connectors.web.visits import Visit
from aika.domain.documents import RawDocument
from aika.domain.errors import PermanentError, TransientError, UnreadableDocumentError
from aika.http import HttpClient, Request, Response

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_FILES = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/x-ipynb+json": ".ipynb",
    "application/json": ".json",
    "application/yaml": ".yaml",
    "text/csv": ".csv",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/x-rst": ".rst",
}
_VAGUE = frozenset({"", "application/octet-stream", "binary/octet-stream", "text/plain"})
"""Media types that say less than a file's name."""
_HANDLED = frozenset(status for status in range(400, 500) if status != HTTPStatus.TOO_MANY_REQUESTS)
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_CLOSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED})
_MOVED = frozenset({301, 302, 303, 307, 308})
_FRESH_SECONDS = 60.0
"""Content this young is used as it is; older one is asked for again, since the page may be gone."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL to visit."""

    url: str
    depth: int
    sitemap_modified: str | None = None
    named: bool = False
    """Whether the options name it as a start."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a server sent."""

    body: bytes
    media_type: str
    charset: str | None
    read_at: float
    """By the clock of `Fetcher`."""
    robots: str = ""


@dataclass(frozen=True, slots=True)
class Visited:
    """The URL is there. Without content it is as it was remembered."""

    visit: Visit
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """The URL is another one now."""

    to: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The site says that there is nothing."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be read, for a reason that a person should know. What was known of it stays."""

    reason: str
    passing: bool = False


@dataclass(frozen=True, slots=True)
class NoDocument:
    """It is none of the source's documents: closed to robots, or a picture."""

    why: str


Outcome = Visited | Moved | Gone | Refused | NoDocument


class Fetcher:
    """Visits URLs and loads documents. ``clock`` is in seconds and may begin anywhere."""

    def __init__(
        self,
        http: HttpClient,
        options: WebOptions,
        robots: Robots,
        pace: Pace,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._options = options
        self._robots = robots
        self._pace = pace
        self._clock = clock
        self._territory = options.territory

    async def visit(self, target: Target, known: Visit | None, *, today: float) -> Outcome:
        """Ask for the URL, as far as it changed since ``known``. Raises `TransientError` where the site wants a long pause."""
        if known is not None and self._is_as_known(target, known, today):
            return Visited(known)
        if not await self._robots.allows(target.url):
            return NoDocument("its robots.txt closes it to robots")
        try:
            response = await self._ask(target.url, known)
        except TransientError as error:
            if error.retry_after is not None:
                raise
            return Refused(str(error), passing=True)
        except PermanentError as error:
            return Refused(str(error))
        if response.status == HTTPStatus.NOT_MODIFIED and known is not None:
            return Visited(replace(known, visited_at=today, sitemap_modified=target.sitemap_modified))
        return await self._judged(target, response, today)

    async def load(self, visit: Visit, content: Content | None) -> RawDocument:
        """Return the document behind a visit. Raises `UnreadableDocumentError` or `TransientError`."""
        if content is None or self._clock() - content.read_at > _FRESH_SECONDS:
            try:
                response = await self._ask(visit.url, None)
            except PermanentError as error:
                raise UnreadableDocumentError(str(error)) from error
            if response.status != HTTPStatus.OK:
                raise UnreadableDocumentError(f"it answered {response.status} when it was read again; sync again")
            content = self._content(response)
        return await asyncio.to_thread(_document, visit, content)

    def _is_as_known(self, target: Target, known: Visit, today: float) -> bool:
        options = self._options
        return (
            options.trust_sitemap_dates
            and target.sitemap_modified is not None
            and target.sitemap_modified == known.sitemap_modified
            and today - known.visited_at < options.revisit_hours * 3600
        )

    async def _ask(self, url: str, known: Visit | None) -> Response:
        headers = {"Accept": "text/html, application/xhtml+xml, application/pdf;q=0.9, */*;q=0.8"}
        if known is not None and known.etag:
            headers["If-None-Match"] = known.etag
        elif known is not None and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        secret = self._options.authorization
        if secret is not None and origin_of(url) in self._options.origins:
            headers["Authorization"] = secret.get_secret_value()
        seconds = max(1 / self._options.requests_per_second, await self._robots.delay(url))
        await self._pace.turn(url, seconds=seconds)
        return await self._http.send(Request("GET", url, headers=headers, accept=_HANDLED, follow=False))

    async def _judged(self, target: Target, response: Response, today: float) -> Outcome:
        status = response.status
        if status in _MOVED:
            return self._moved(target, response)
        if status in _GONE:
            return Gone()
        if status != HTTPStatus.OK:
            return _refused(status)
        content = self._content(response)
        if content.media_type in _HTML:
            return await self._page(target, response, content, today)
        return self._file(target, response, content, today)

    def _file(self, target: Target, response: Response, content: Content, today: float) -> Outcome:
        if _file_path(target.url, content.media_type) is None or not self._options.linked_files:
            return NoDocument(f"{content.media_type or 'unknown content'} is not read")
        if self._options.respect_robots and "noindex" in content.robots.lower():
            return NoDocument("it asks robots not to keep it")
        digest = hashlib.blake2b(content.body, digest_size=16, person=b"aika-file").hexdigest()
        return Visited(self._visit(target, response, content, today, version=digest), content)

    def _moved(self, target: Target, response: Response) -> Outcome:
        to = normal(response.headers.get("Location", ""), target.url, ignored=self._options.ignore_parameters)
        if to is None:
            return Refused("it redirects to no address")
        if asks_for_login(to) and not asks_for_login(target.url):
            return Refused(
                f"it leads to a login at {urlsplit(to).hostname}: give the source an authorization, or exclude the page"
            )
        return Moved(to)

    async def _page(self, target: Target, response: Response, content: Content, today: float) -> Outcome:
        page = await asyncio.to_thread(
            read_page, content.body, url=target.url, charset=content.charset, told=self._told(content)
        )
        if page.login and asks_for_login(target.url):
            return NoDocument("it is the site's login")
        if page.login:
            return Refused("it asks for a password instead of showing its content: give the source an authorization")
        places = dict.fromkeys(
            place for link in page.links if (place := self._territory.place(link, target.url)) and place != target.url
        )
        canonical = self._territory.place(page.canonical, target.url) if page.canonical else None
        version = page.fingerprint if page.indexable else ""
        visit = self._visit(target, response, content, today, version=version)
        visit = replace(
            visit, title=page.title, links=tuple(places), canonical=canonical if canonical != target.url else None
        )
        return Visited(visit, content)

    def _told(self, content: Content) -> str | None:
        return content.robots if self._options.respect_robots else None

    def _content(self, response: Response) -> Content:
        said = Message()
        said["Content-Type"] = response.headers.get("Content-Type", "application/octet-stream")
        charset = said.get_content_charset()
        return Content(
            body=response.content,
            media_type=said.get_content_type().lower(),
            charset=charset,
            read_at=self._clock(),
            robots=response.headers.get("X-Robots-Tag", ""),
        )

    def _visit(self, target: Target, response: Response, content: Content, today: float, *, version: str) -> Visit:
        return Visit(
            url=target.url,
            version=version,
            visited_at=today,
            media_type=content.media_type,
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
            sitemap_modified=target.sitemap_modified,
        )


def _refused(status: int) -> Refused:
    if status in _CLOSED:
        return Refused(f"it asks for a login (HTTP {status}): give the source an authorization, or exclude the page")
    return Refused(f"it answered HTTP {status}")


def _document(visit: Visit, content: Content) -> RawDocument:
    modified = date_of(visit.sitemap_modified) or date_of(visit.last_modified)
    if content.media_type not in _HTML:
        path = _file_path(visit.url, content.media_type) or _path(visit.url)
        return RawDocument(key=visit.url, content=content.body, path=path, url=visit.url, modified_at=modified)
    page = read_page(content.body, url=visit.url, charset=content.charset)
    path = _path(visit.url)
    return RawDocument(
        key=visit.url,
        content=content.body,
        path=path if path.endswith((".html", ".htm", ".xhtml")) else f"{path}.html",
        media_type=f"text/html; charset={content.charset}" if content.charset else "text/html",
        url=visit.url,
        authors=page.authors,
        created_at=page.created_at,
        modified_at=page.modified_at or modified,
        attributes=page.attributes,
    )


def _file_path(url: str, media_type: str) -> str | None:
    """Return a name whose suffix says what the file is; ``None`` for what no parser reads."""
    path = _path(url)
    suffix = PurePosixPath(path.lower()).suffix
    if suffix in _FILES.values() and media_type in _VAGUE | set(_FILES):
        return path
    return f"{path}{_FILES[media_type]}" if media_type in _FILES else None


def _path(url: str) -> str:
    """Return the URL's path as a file's; a folder's page is called as the folder."""
    parts = urlsplit(url)
    return unquote(parts.path).strip("/") or f"{parts.hostname}"
