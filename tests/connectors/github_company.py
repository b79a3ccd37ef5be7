"""A company on an emulated GitHub, and what its people do there."""

import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from emulated.emulators import Emulator
from github_front import GitHubFront
from wire import served

from aika.connectors.github.connector import GitHubConnector
from aika.connectors.github.options import GitHubOptions
from aika.domain.documents import RawDocument
from aika.domain.sources import Checkpoint, Cursor, Event, Found
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer

ORDERS = "alice/orders"
SEED: Mapping[str, object] = {
    "tokens": {
        "alice-token": {"login": "alice", "scopes": ["repo"]},
        "bob-token": {"login": "bob", "scopes": ["repo"]},
        "carol-token": {"login": "carol", "scopes": ["repo"]},
    },
    "github": {
        "users": [
            {"login": "alice", "email": "Alice@example.org"},
            {"login": "bob", "email": "bob@example.org"},
            {"login": "carol"},
        ],
        "orgs": [{"login": "acme", "members": [{"login": "alice", "role": "admin"}]}],
        "repos": [{"owner": "alice", "name": "orders", "private": True}],
    },
}


@dataclass(slots=True)
class Company:
    """People at work in a repository."""

    front: GitHubFront
    url: str
    folder: Path

    def do(self, method: str, path: str, json: object = None, *, by: str = "alice") -> Any:
        """Do something on GitHub and return its answer."""
        headers = {"Authorization": f"Bearer {by}-token"}
        answer = self.front.upstream.request(method, path, json=json, headers=headers)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def open_issue(self, title: str, body: str = "", **more: object) -> int:
        number: int = self.do("POST", f"/repos/{ORDERS}/issues", {"title": title, "body": body, **more})["number"]
        return number

    def comment(self, issue: int, body: str, *, by: str = "alice") -> int:
        path = f"/repos/{ORDERS}/issues/{issue}/comments"
        identifier: int = self.do("POST", path, {"body": body}, by=by)["id"]
        return identifier

    def close(self, issue: int) -> None:
        self.do("PATCH", f"/repos/{ORDERS}/issues/{issue}", {"state": "closed", "state_reason": "completed"})

    def release(self, tag: str, body: str, **more: object) -> int:
        identifier: int = self.do("POST", f"/repos/{ORDERS}/releases", {"tag_name": tag, "body": body, **more})["id"]
        return identifier

    def add_collaborator(self, login: str) -> None:
        self.do("PUT", f"/repos/{ORDERS}/collaborators/{login}", {"permission": "push"})

    def open_pull(self, title: str, body: str, *, branch: str) -> int:
        head = self.do("GET", f"/repos/{ORDERS}/git/ref/heads/main")["object"]["sha"]
        self.do("POST", f"/repos/{ORDERS}/git/refs", {"ref": f"refs/heads/{branch}", "sha": head})
        change = {"message": "Change", "content": "aGVsbG8=", "branch": branch}
        self.do("PUT", f"/repos/{ORDERS}/contents/{branch}.txt", change)
        pull = {"title": title, "body": body, "head": branch, "base": "main"}
        number: int = self.do("POST", f"/repos/{ORDERS}/pulls", pull)["number"]
        return number

    def options(self, **more: object) -> dict[str, object]:
        chosen = {"repositories": [ORDERS], "token": "alice-token", "api_url": self.url, "webhook_secret": "hook"}
        return {**chosen, **more}

    @asynccontextmanager
    async def connect(self, **more: Any) -> AsyncIterator[GitHubConnector]:
        """Open the connector. ``sleep`` and ``now`` are how it waits and what time it has; the others are options."""
        ways = {name: more.pop(name) for name in ("sleep", "now") if name in more}
        surroundings = Surroundings(self.folder, self.folder, TechnicalAnalyzer())
        options = GitHubOptions.model_validate(self.options(**more))
        async with GitHubConnector.open(options, surroundings, **ways) as connector:
            yield connector

    async def events(self, since: Cursor | None = None, **more: Any) -> list[Event]:
        """Return the events of one run."""
        async with self.connect(**more) as connector:
            return [event async for event in connector.read(since)]

    async def documents(self, **more: Any) -> list[RawDocument]:
        """Return the documents of a whole run."""
        async with self.connect(**more) as connector:
            return [await event.load() async for event in connector.read(None) if isinstance(event, Found)]


@contextmanager
def at_work(github: Emulator, folder: Path) -> Iterator[Company]:
    """Begin again from the seed, with a front before the emulator."""
    github.reset()
    # Without the usual certificates: to read them takes longer than most tests, and the emulator needs none.
    upstream = httpx.Client(base_url=github.url, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    with upstream, served(front := GitHubFront(upstream)) as url:
        yield Company(front, url, folder)


def keys(events: list[Event]) -> set[str]:
    return {event.key for event in events if isinstance(event, Found)}


def versions(events: list[Event]) -> dict[str, str]:
    return {event.key: event.version for event in events if isinstance(event, Found)}


def checkpoint(events: list[Event]) -> Checkpoint:
    assert isinstance(events[-1], Checkpoint)
    return events[-1]


def cursor(events: list[Event]) -> Cursor:
    return checkpoint(events).cursor
