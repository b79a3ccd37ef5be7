"""A MediaWiki on loopback that a test can change: its API as documented, as far as the connector asks."""

import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

from aika.protocols import Connector
from aika.registry import Surroundings, open_component
from aika.retrieval.lexical import TechnicalAnalyzer

TOKEN = "wiki-token"  # noqa: S105  # opens nothing but this wiki
AT_ONCE = 2
"""Fewer than a real wiki gives, so that every listing is continued."""


@dataclass
class Article:
    title: str
    text: str
    revision: int
    hidden: bool = False


@dataclass
class Wiki:
    """The place of the connector contract, and the server behind it."""

    folder: Path
    url: str = ""
    articles: dict[int, Article] = field(default_factory=dict)
    revision: int = 100

    async def add(self, name: str, text: str) -> str:
        key = 1 + max(self.articles, default=0)
        self.revision += 1
        self.articles[key] = Article(name, text, self.revision)
        return str(key)

    async def change(self, key: str, text: str) -> None:
        self.revision += 1
        article = self.articles[int(key)]
        article.text, article.revision = text, self.revision

    async def remove(self, key: str) -> None:
        del self.articles[int(key)]

    async def spoil(self, key: str) -> None:
        self.articles[int(key)].hidden = True

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Connector]:
        options = {"api": f"{self.url}/w/api.php", "token": TOKEN}
        surroundings = Surroundings(self.folder, self.folder, TechnicalAnalyzer())
        async with open_component("connectors", "mediawiki", options, surroundings) as connector:
            yield connector

    def answer(self, asked: dict[str, str]) -> dict[str, object]:
        match asked:
            case {"format": "json", "formatversion": "2", "action": "query", "generator": "allpages"}:
                return self._listing(int(asked.get("gapcontinue", "0")))
            case {"format": "json", "formatversion": "2", "action": "parse", "prop": "text", "pageid": key}:
                return self._parsed(int(key))
        return {"error": {"code": "badvalue", "info": f"Unrecognized value: {asked}"}}

    def _listing(self, after: int) -> dict[str, object]:
        keys = sorted(key for key in self.articles if key > after)
        told: dict[str, object] = {"batchcomplete": True}
        if keys:  # a real wiki says nothing of pages where there are none
            told["query"] = {"pages": [self._page(key) for key in keys[:AT_ONCE]]}
        if len(keys) > AT_ONCE:
            told["continue"] = {"gapcontinue": str(keys[AT_ONCE - 1]), "continue": "gapcontinue||"}
        return told

    def _page(self, key: int) -> dict[str, object]:
        article = self.articles[key]
        return {
            "pageid": key,
            "ns": 0,
            "title": article.title,
            "lastrevid": article.revision,
            "fullurl": f"{self.url}/wiki/{quote(article.title)}",
            "revisions": [{"revid": article.revision, "user": "Ann", "timestamp": "2026-05-04T03:02:01Z"}],
        }

    def _parsed(self, key: int) -> dict[str, object]:
        if key not in self.articles:
            return {"error": {"code": "nosuchpageid", "info": f"There is no page with ID {key}."}}
        if self.articles[key].hidden:
            return {"error": {"code": "permissiondenied", "info": "You do not have permission to read this page."}}
        return {"parse": {"pageid": key, "text": f"<p>{self.articles[key].text}</p>"}}


@contextmanager
def wiki_on_loopback(folder: Path) -> Iterator[Wiki]:
    wiki = Wiki(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
            body = json.dumps(wiki.answer(dict(parse_qsl(urlsplit(self.path).query)))).encode()
            self.send_response(200 if allowed else 401)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body if allowed else b"{}")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    wiki.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield wiki
    finally:
        server.shutdown()
        server.server_close()
