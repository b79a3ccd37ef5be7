"""A Git repository.

A run reads one commit. From a cursor it compares that commit with the one read last, and opens only the folders that differ;
when a file changes that says something of others (CODEOWNERS, ``mkdocs.yml``), every file is listed. A file's version is its
content's name and what is said of it. Links open the reference that is read, not the commit: they stay the same.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from dulwich.repo import Repo
from pydantic import BaseModel, ValidationError

from aika.connectors.exclusions import Rules
from aika.connectors.git.history import Changes, History
from aika.connectors.git.options import GitOptions
from aika.connectors.git.pushes import Push, pushed
from aika.connectors.git.repositories import (
    Objects,
    commit_of,
    fetched,
    kept_folder,
    kept_repository,
    local_repository,
    origin_of,
)
from aika.connectors.git.states import Comparison, Entry, State, governs_exclusion
from aika.connectors.trees.describing import Describer, Description
from aika.connectors.trees.links import Links, links_to
from aika.domain.documents import Owner, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Found, Notification, Removed
from aika.registry import Surroundings

logger = logging.getLogger(__name__)

_BATCH = 500
_LFS = b"version https://git-lfs.github.com/spec/"
_NO_ADDRESS = ("noreply", "no-reply")


class _Position(BaseModel):
    """What a cursor holds."""

    commit: str
    options: str
    listed_at: float
    """When every file was listed last, in seconds since 1970."""


class GitConnector:
    """Reads one reference of a repository. A moved file is a removed one and a found one."""

    Options = GitOptions

    def __init__(
        self, repository: Repo, options: GitOptions, memory: Path, *, now: Callable[[], float] = time.time
    ) -> None:
        self._repository = repository
        self._objects = Objects(repository)
        self._options = options
        self._memory = memory
        self._now = now
        self._rules = Rules.of(
            options.include,
            options.exclude,
            defaults=options.default_excludes,
            ignore_files=options.ignore_files,
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, options: GitOptions, surroundings: Surroundings) -> AsyncIterator["GitConnector"]:
        if options.path is not None:
            path = surroundings.base_dir / options.path.expanduser()
            repository = await asyncio.to_thread(local_repository, path)
            identity = hashlib.blake2b(f"{path.resolve()}@{options.ref}".encode(), digest_size=8).hexdigest()
            memory = surroundings.data_dir / "git" / f"{path.resolve().name[:40]}-{identity}.history.json"
        else:
            folder = kept_folder(surroundings.data_dir, options)
            repository = await asyncio.to_thread(kept_repository, folder)
            memory = folder.with_name(f"{folder.name}.history.json")
        try:
            yield cls(repository, options, memory)
        finally:
            repository.close()

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield what changed since the cursor's commit, or every file; then a `Checkpoint`, complete in the second case."""
        state = await asyncio.to_thread(self._current)
        position = self._position(since)
        before = await asyncio.to_thread(self._before, position, state)
        comparison = Comparison(before, state.files, self._rules)
        async for event in self._events(state, comparison):
            yield event
        complete = before is None
        listed_at = self._now() if complete or position is None else position.listed_at
        said = _Position(commit=state.files.commit.decode(), options=self._said(), listed_at=listed_at)
        logger.info("repository read", extra={"commit": said.commit, "complete": complete})
        yield Checkpoint(Cursor(said.model_dump_json()), complete=complete)

    async def notice(self, notification: Notification) -> AsyncIterator[Event]:
        """Yield what a push changed. GitHub's, GitLab's, Gitea's and Bitbucket's webhooks are understood."""
        push = pushed(notification, self._options.webhook_secret)
        if push is None or not self._concerns(push):
            return
        state = await asyncio.to_thread(self._current)
        position = _Position(commit=push.before, options=self._said(), listed_at=self._now())
        before = await asyncio.to_thread(self._before, position, state)
        async for event in self._events(state, Comparison(before, state.files, self._rules)):
            yield event
        if before is None and (earlier := self._known(position)) is not None:
            # Everything was listed, since the push changed what is said of others. What is gone has to be told all the same.
            comparison = Comparison(earlier, state.files, self._rules)
            await asyncio.to_thread(lambda: list(comparison.changed()))
            for path in comparison.removed:
                yield Removed(path)

    def _concerns(self, push: Push) -> bool:
        return push.branch == (self._options.ref or push.default_branch or push.branch)

    async def _events(self, state: "_Current", comparison: Comparison) -> AsyncIterator[Event]:
        found = (self._found(state, entry) for entry in comparison.changed())
        while batch := await asyncio.to_thread(lambda: list(islice(found, _BATCH))):
            for event in batch:
                yield event
        for path in comparison.removed:
            yield Removed(path)

    def _current(self) -> "_Current":
        options = self._options
        with self._objects.lock:
            if options.path is None:
                commit, name = fetched(self._repository, options)
                remote = options.url
            else:
                commit, name = commit_of(self._repository, options.ref)
                remote = origin_of(self._repository)
            history = History.read(self._repository, commit, self._memory, limit=options.history)
        files = State(self._objects, commit)
        describer = Describer(files, site=options.site, site_url=options.site_url, owners=options.owners)
        links = links_to(remote, name, options.hosting)
        if options.link_template is not None:
            links = replace(links, view=options.link_template.replace("{ref}", quote(name, safe="/")))
        return _Current(files, history, describer, links)

    def _before(self, position: _Position | None, state: "_Current") -> State | None:
        """Return the state to compare with, ``None`` where every file has to be listed."""
        if position is None or position.options != self._said():
            return None
        if self._now() - position.listed_at >= self._options.full_every.total_seconds():
            return None
        before = self._known(position)
        if before is None:
            return None
        everything = Rules.of((), (), defaults=False, ignore_files=False)
        comparison = Comparison(before, state.files, everything)
        changed = [entry.path for entry in comparison.changed()] + comparison.removed
        if any(governs_exclusion(path) or state.describer.governs(path) for path in changed):
            return None
        return before

    def _known(self, position: _Position) -> State | None:
        commit = position.commit.encode()
        return State(self._objects, commit) if commit in self._objects else None

    def _position(self, since: Cursor | None) -> _Position | None:
        if since is None:
            return None
        try:
            return _Position.model_validate_json(since)
        except ValidationError:
            # Another connector's cursor, or an older form: everything is listed.
            return None

    def _said(self) -> str:
        """Return what of the options decides the events: a change of it makes every file be listed."""
        options = self._options.model_dump_json(exclude={"token", "username", "webhook_secret", "full_every"})
        return hashlib.blake2b(options.encode(), digest_size=8).hexdigest()

    def _found(self, state: "_Current", entry: Entry) -> Found:
        said = (
            state.describer.fingerprint(entry.path),
            state.history.of(entry.path),
            state.links,
            self._options.owners,
        )
        version = f"{entry.blob[:16].decode()}-{hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()}"
        return Found(entry.path, version, partial(asyncio.to_thread, self._load, state, entry))

    def _load(self, state: "_Current", entry: Entry) -> RawDocument:
        self._check_it_is_still_there(state, entry)
        content = state.files.content(entry.blob)
        limit = self._options.max_file_bytes
        if len(content) > limit:
            raise UnreadableDocumentError(
                f"it has {len(content) / 1e6:,.1f} MB, more than the {limit / 1e6:,.1f} MB that max_file_bytes allows: "
                "raise max_file_bytes in the source's options, or exclude the file"
            )
        if content.startswith(_LFS):
            raise UnreadableDocumentError("its content is kept in Git LFS, which aika does not fetch: exclude the file")
        return self._document(state, entry.path, content)

    def _check_it_is_still_there(self, state: "_Current", entry: Entry) -> None:
        if self._options.path is None:
            return
        with self._objects.lock:
            commit, _ = commit_of(self._repository, self._options.ref)
        if commit != state.files.commit and State(self._objects, commit).blob(entry.path) is None:
            raise UnreadableDocumentError("it was removed while the source was read; sync again")

    def _document(self, state: "_Current", path: str, content: bytes) -> RawDocument:
        said, changes = state.describer.describe(path, content), state.history.of(path)
        view = state.links.view_of(path)
        published = said.url if self._options.link_template is None else None
        attributes = dict(said.attributes)
        if edit := said.edit_url or state.links.edit_of(path):
            attributes["edit_url"] = edit
        if published and view:
            attributes["source_url"] = view
        return RawDocument(
            key=path,
            content=content,
            path=path,
            title=said.title,
            url=published or view,
            kind=said.kind,
            owner=self._owner(said, changes),
            authors=tuple(author.name for author in changes.authors) if changes else (),
            modified_at=datetime.fromtimestamp(changes.changed_at, UTC) if changes else None,
            attributes=attributes,
        )

    def _owner(self, said: Description, changes: Changes | None) -> Owner | None:
        if said.owner is not None or changes is None or not changes.authors:
            return said.owner
        if "last-author" not in self._options.owners:
            return None
        last = changes.authors[0]
        reachable = last.email and not any(word in last.email for word in _NO_ADDRESS)
        return Owner(last.name, contact=last.email if reachable else None, found_in="last author")


@dataclass(frozen=True, slots=True)
class _Current:
    """The commit that a run reads, and what is known of it."""

    files: State
    history: History
    describer: Describer
    links: Links
