"""Who changed each file last, and when: one walk through the commits, remembered from run to run."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from dulwich.diff_tree import tree_changes
from dulwich.graph import can_fast_forward
from dulwich.objects import Commit, ObjectID
from dulwich.repo import Repo
from pydantic import BaseModel, Field, ValidationError

logger = logging.getLogger(__name__)

_MOST_AUTHORS = 5
_BOT_ENDINGS = ("[bot]", "-bot", "-robot")
_BOTS = frozenset({"dependabot", "renovate", "github", "github-actions", "web-flow", "k8s-ci-robot", "greenkeeper"})


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    email: str


@dataclass(slots=True)
class Changes:
    """What is known of one file's changes."""

    changed_at: int
    """Seconds since 1970 of the last commit that changed it."""
    authors: list[Author] = field(default_factory=list)
    """People only, the last one first."""


class _Remembered(BaseModel):
    """The form on disk. Authors are numbered, because a few write almost everything."""

    commit: str
    limit: int
    authors: list[tuple[str, str]]
    files: dict[str, tuple[int, Annotated[list[int], Field(max_length=_MOST_AUTHORS)]]]


class History:
    """The last changes of the files of one commit."""

    def __init__(self, files: dict[str, Changes]) -> None:
        self._files = files

    def of(self, path: str) -> Changes | None:
        """Return a file's last changes, ``None`` where they lie beyond what was fetched or looked through."""
        return self._files.get(path)

    @classmethod
    def read(cls, repository: Repo, commit: bytes, memory: Path, *, limit: int) -> "History":
        """Return the history at a commit: what is remembered, and what has been committed since."""
        if not commit:
            return cls({})
        remembered, known = _recalled(memory, limit)
        if remembered == commit:
            return cls(known)
        since = remembered if remembered and _descends(repository, commit, remembered) else None
        files = dict(_walked(repository, commit, since, limit))
        if since is not None:
            for path, before in known.items():
                files[path] = _joined(files[path], before) if path in files else before
        _remember(memory, commit, files, limit)
        return cls(files)


def _descends(repository: Repo, commit: bytes, ancestor: bytes) -> bool:
    if ObjectID(ancestor) not in repository.object_store:
        return False
    try:
        return can_fast_forward(repository, ObjectID(ancestor), ObjectID(commit))
    except KeyError:
        # The way between the two is not in a shallow copy.
        return False


def _walked(repository: Repo, commit: bytes, since: bytes | None, limit: int) -> Iterator[tuple[str, Changes]]:
    files: dict[str, Changes] = {}
    shallow = repository.get_shallow()
    store = repository.object_store
    walker = repository.get_walker(
        include=[ObjectID(commit)], exclude=[ObjectID(since)] if since else None, max_entries=limit
    )
    for entry in walker:
        found = entry.commit
        # At the edge of a shallow copy every file seems new; a merge repeats what its parents changed.
        if found.id in shallow or len(found.parents) > 1:
            continue
        before = _tree(store, found.parents[0]) if found.parents else None
        author = _author(found)
        for change in tree_changes(store, before, found.tree):
            if change.new is not None and change.new.path is not None:
                _note(files, change.new.path.decode("utf-8", errors="backslashreplace"), found, author)
    yield from files.items()


def _tree(store: object, parent: ObjectID) -> ObjectID | None:
    found = store[parent]  # type: ignore[index]  # dulwich's stores are containers
    return found.tree if isinstance(found, Commit) else None


def _note(files: dict[str, Changes], path: str, commit: Commit, author: Author | None) -> None:
    # Newest first: the first commit that is met is the last one that changed the file.
    changes = files.setdefault(path, Changes(commit.commit_time))
    if author is not None and author not in changes.authors and len(changes.authors) < _MOST_AUTHORS:
        changes.authors.append(author)


def _joined(newer: Changes, older: Changes) -> Changes:
    authors = list(dict.fromkeys([*newer.authors, *older.authors]))
    return Changes(newer.changed_at, authors[:_MOST_AUTHORS])


def _author(commit: Commit) -> Author | None:
    """Return the author, ``None`` for programs."""
    name, _, rest = commit.author.decode("utf-8", errors="replace").partition("<")
    name, email = name.strip(), rest.partition(">")[0].strip().lower()
    if not name or name.lower() in _BOTS or name.lower().endswith(_BOT_ENDINGS) or "[bot]@" in email:
        return None
    return Author(name, email)


def _recalled(memory: Path, limit: int) -> tuple[bytes | None, dict[str, Changes]]:
    try:
        said = _Remembered.model_validate_json(memory.read_bytes())
    except FileNotFoundError:
        return None, {}
    except (OSError, ValidationError) as error:
        logger.warning(
            "a repository's remembered history is unreadable and is made again", extra={"reason": str(error)}
        )
        return None, {}
    if said.limit != limit:
        return None, {}
    authors = [Author(name, email) for name, email in said.authors]
    files = {path: Changes(at, [authors[number] for number in numbers]) for path, (at, numbers) in said.files.items()}
    return said.commit.encode(), files


def _remember(memory: Path, commit: bytes, files: dict[str, Changes], limit: int) -> None:
    numbers: dict[Author, int] = {}
    listed = {
        path: (changes.changed_at, [numbers.setdefault(author, len(numbers)) for author in changes.authors])
        for path, changes in files.items()
    }
    said = {
        "commit": commit.decode(),
        "limit": limit,
        "authors": [(author.name, author.email) for author in numbers],
        "files": listed,
    }
    memory.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and moved, so that a reader never meets half of it.
    aside = memory.with_name(f"{memory.name}.{id(files):x}")
    aside.write_text(json.dumps(said), "utf-8")
    aside.replace(memory)
