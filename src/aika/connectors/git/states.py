"""One state of a repository: its files, as they are listed, compared and read."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass

from dulwich.objects import Blob, Commit, Tree

from aika.connectors.exclusions import Rules, is_virtual_environment
from aika.connectors.git.repositories import Objects

_EMPTY = b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
"""The name of a file without content."""
_MOST_METADATA_BYTES = 3_000_000
_IGNORE_FILE = ".aikaignore"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a state."""

    path: str
    blob: bytes


class State:
    """The files of one commit. Offers what `aika.connectors.trees.files.Tree` asks for."""

    def __init__(self, objects: Objects, commit: bytes) -> None:
        self._objects = objects
        self.commit = commit
        self._root: bytes | None = objects.get(commit, Commit).tree if commit else None
        self._folders: dict[str, bytes | None] = {"": self._root}
        self._entries: dict[bytes, dict[str, tuple[int, bytes]]] = {}

    @property
    def root(self) -> bytes | None:
        """The name of the whole tree; ``None`` for a repository without commits."""
        return self._root

    def names(self, folder: str) -> frozenset[str]:
        return frozenset(self.entries(self._folder(folder)))

    def read(self, path: str) -> bytes | None:
        blob = self.blob(path)
        content = None if blob is None else self.content(blob)
        return None if content is None or len(content) > _MOST_METADATA_BYTES else content

    def blob(self, path: str) -> bytes | None:
        """Return the name of a file's content, ``None`` where there is no such file."""
        folder, _, name = path.rpartition("/")
        mode, sha = self.entries(self._folder(folder)).get(name, (0, b""))
        return sha if stat.S_ISREG(mode) else None

    def content(self, blob: bytes) -> bytes:
        return self._objects.get(blob, Blob).data

    def entries(self, tree: bytes | None) -> dict[str, tuple[int, bytes]]:
        """Return a folder's entries: mode and name of the content, by name, sorted."""
        if tree is None:
            return {}
        if tree not in self._entries:
            items = self._objects.get(tree, Tree).iteritems()
            listed = {_text(name): (mode, bytes(sha)) for name, mode, sha in items}
            self._entries[tree] = dict(sorted(listed.items()))
        return self._entries[tree]

    def _folder(self, path: str) -> bytes | None:
        if path not in self._folders:
            above, _, name = path.rpartition("/")
            mode, sha = self.entries(self._folder(above)).get(name, (0, b""))
            self._folders[path] = sha if stat.S_ISDIR(mode) else None
        return self._folders[path]


class Comparison:
    """The files that two states differ in. Folders that are the same in both are not opened."""

    def __init__(self, before: State | None, after: State, rules: Rules) -> None:
        self.excluded = 0
        """Entries of the later state that were left out; a folder counts once."""
        self.removed: list[str] = []
        """Files of the earlier state that the later one has no more. Complete when `changed` is exhausted."""
        self._before = before
        self._after = after
        self._rules = rules

    def changed(self) -> Iterator[Entry]:
        """Yield the files of the later state that are new or different, in order."""
        yield from self._compare(self._before.root if self._before else None, self._after.root, "", self._rules)

    def _compare(self, before: bytes | None, after: bytes | None, prefix: str, rules: Rules) -> Iterator[Entry]:
        old = self._admitted(self._before, before, prefix, rules)
        new = self._admitted(self._after, after, prefix, rules)
        below = rules if after is None else self._rules_in(self._after, after, prefix, rules)
        for name in sorted(old.keys() | new.keys()):
            path = prefix + name
            was, now = old.get(name), new.get(name)
            if was == now:
                continue
            folders = [entry[1] if entry and stat.S_ISDIR(entry[0]) else None for entry in (was, now)]
            if any(folders):
                yield from self._compare(folders[0], folders[1], f"{path}/", below)
            if now is not None and stat.S_ISREG(now[0]):
                if was is None or was[1] != now[1]:
                    yield Entry(path, now[1])
            elif was is not None and stat.S_ISREG(was[0]):
                self.removed.append(path)

    def _admitted(
        self, state: State | None, tree: bytes | None, prefix: str, rules: Rules
    ) -> dict[str, tuple[int, bytes]]:
        """Return the entries of a folder that are documents or hold some."""
        if state is None or tree is None:
            return {}
        entries = state.entries(tree)
        if prefix and rules.defaults and is_virtual_environment(entries):
            return {}
        rules = self._rules_in(state, tree, prefix, rules)
        admitted = {}
        for name, (mode, sha) in entries.items():
            is_folder = stat.S_ISDIR(mode)
            # Neither other repositories (submodules) nor symbolic links are files of this one.
            known = is_folder or (stat.S_ISREG(mode) and sha != _EMPTY)
            if known and not rules.excludes(prefix + name, folder=is_folder, siblings=entries):
                admitted[name] = (mode, sha)
            elif state is self._after:
                self.excluded += 1
        return admitted

    def _rules_in(self, state: State, tree: bytes, prefix: str, rules: Rules) -> Rules:
        mode, blob = state.entries(tree).get(_IGNORE_FILE, (0, b""))
        if not (rules.ignore_files and stat.S_ISREG(mode)):
            return rules
        return rules.with_ignore_file(state.content(blob).decode("utf-8", errors="replace"), prefix)


def governs_exclusion(path: str) -> bool:
    """Return whether a change of this file may change which files are read."""
    return path.rpartition("/")[2] == _IGNORE_FILE


def _text(name: bytes) -> str:
    """Return a name as text. Bytes that are not UTF-8 become ``\\xe9``, since a key must be storable everywhere."""
    return name.decode("utf-8", errors="backslashreplace")
