"""Reads a MediaWiki: all pages of one namespace, through the wiki's own API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from pydantic import AliasPath, BaseModel, Field, SecretStr

from aika.domain.documents import Owner, RawDocument
from aika.domain.errors import PermanentError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Found
from aika.http import HttpClient, HttpOptions, host_of, open_http
from aika.registry import Options, Surroundings


class MediaWikiOptions(Options):
    """A wiki, and which of its pages to read."""

    api: str = Field(description="The address of the wiki's api.php, such as https://wiki.acme.org/w/api.php.")
    namespace: int = Field(default=0, description="The number of the namespace to read. 0 is that of articles.")
    token: SecretStr | None = Field(
        default=None, description="An owner-only OAuth 2 token, for wikis that must not be read without."
    )


class Revision(BaseModel):
    timestamp: datetime
    user: str = "unknown"


class Page(BaseModel):
    pageid: int
    title: str
    lastrevid: int
    fullurl: str
    revisions: list[Revision]


class Reply(BaseModel):
    pages: list[Page] = Field(default=[], validation_alias=AliasPath("query", "pages"))
    text: str = Field(default="", validation_alias=AliasPath("parse", "text"))
    problem: str | None = Field(default=None, validation_alias=AliasPath("error", "info"))
    more: dict[str, str] | None = Field(default=None, validation_alias="continue")


class MediaWikiConnector:
    """Reads a MediaWiki. Every run lists all pages; only those with a new revision are loaded."""

    Options = MediaWikiOptions

    def __init__(self, http: HttpClient, options: MediaWikiOptions) -> None:
        self._http = http
        self._options = options

    @classmethod
    @asynccontextmanager
    async def open(cls, options: MediaWikiOptions, surroundings: Surroundings) -> AsyncIterator["MediaWikiConnector"]:
        headers = {"Authorization": f"Bearer {options.token.get_secret_value()}"} if options.token else {}
        async with open_http(HttpOptions(allowed_hosts=frozenset({host_of(options.api)}), headers=headers)) as http:
            yield cls(http, options)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        more: dict[str, str] | None = {}
        while more is not None:
            listing = {"action": "query", "generator": "allpages", "gaplimit": "50", "prop": "info|revisions"}
            wanted = {"inprop": "url", "rvprop": "ids|timestamp|user", "gapnamespace": str(self._options.namespace)}
            reply = await self._ask(listing | wanted | more)
            for page in reply.pages:
                yield Found(str(page.pageid), f"{page.lastrevid} {page.title}", partial(self._load, page))
            more = reply.more
        yield Checkpoint(Cursor("all pages"), complete=True)

    async def _load(self, page: Page) -> RawDocument:
        try:
            reply = await self._ask({"action": "parse", "pageid": str(page.pageid), "prop": "text"})
        except PermanentError as error:
            raise UnreadableDocumentError(f"the wiki does not show the page: {error}") from error
        last = page.revisions[0]
        return RawDocument(
            key=str(page.pageid),
            content=reply.text.encode(),
            path=f"{page.title}.html",
            title=page.title,
            url=page.fullurl,
            owner=Owner(last.user, found_in="last edit"),
            authors=(last.user,),
            modified_at=last.timestamp,
        )

    async def _ask(self, question: dict[str, str]) -> Reply:
        response = await self._http.get(self._options.api, params={"format": "json", "formatversion": "2", **question})
        reply = Reply.model_validate(response.json())
        if reply.problem is not None:
            raise PermanentError(reply.problem)
        return reply
