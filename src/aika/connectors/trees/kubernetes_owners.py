"""OWNERS and OWNERS_ALIASES files, by the rules of Kubernetes' Prow.

“OWNERS files” of the Kubernetes contributor guide: a folder's file speaks for what is below it; files further up speak too,
unless ``no_parent_owners`` is set; ``filters`` limit people to paths that match an expression.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aika.connectors.trees.files import Tree, folders_above, joined, mapping_of, words_of

_RISKY = re.compile(r"\)[*+{]|\\[1-9]|\(\?[^:]")
_REPEATS = re.compile(r"[*+{]")
_MOST_REPEATS = 4


@dataclass(frozen=True, slots=True)
class Named:
    """Whom OWNERS files name for one path. Each tuple is of the nearest file that names any."""

    approvers: tuple[str, ...] = ()
    """As written: people and names of aliases."""
    reviewers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    entries: tuple[tuple[re.Pattern[str] | None, Named], ...]
    """Whom the file names for which paths, relative to its folder; ``None`` is all paths."""
    closed: bool

    def named(self, relative: str) -> Named:
        said = [named for pattern, named in self.entries if pattern is None or pattern.search(relative)]
        return Named(
            tuple(dict.fromkeys(name for one in said for name in one.approvers)),
            tuple(dict.fromkeys(name for one in said for name in one.reviewers)),
            tuple(dict.fromkeys(name for one in said for name in one.labels)),
        )


class KubernetesOwners:
    """Resolves the OWNERS files of a tree, each read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._files: dict[str, _File | None] = {}
        self._aliases: dict[str, Mapping[str, tuple[str, ...]]] = {}

    def named(self, path: str) -> Named:
        """Return whom the files name for a path."""
        approvers: tuple[str, ...] = ()
        reviewers: tuple[str, ...] = ()
        labels: tuple[str, ...] = ()
        for folder in folders_above(path):
            file = self._file(folder)
            if file is None:
                continue
            here = file.named(path.removeprefix(f"{folder}/"))
            approvers = approvers or here.approvers
            reviewers = reviewers or here.reviewers
            labels = labels or here.labels
            if file.closed:
                break
        return Named(approvers, reviewers, labels)

    def people(self, path: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the people whom names stand for: aliases are replaced by their members."""
        aliases = self._aliases_at(path)
        members = (member for name in names for member in aliases.get(name.lower(), (name,)))
        return tuple(dict.fromkeys(members))

    def _file(self, folder: str) -> _File | None:
        if folder not in self._files:
            self._files[folder] = _parsed(mapping_of(self._tree, joined(folder, "OWNERS")))
        return self._files[folder]

    def _aliases_at(self, path: str) -> Mapping[str, tuple[str, ...]]:
        for folder in folders_above(path):
            if folder not in self._aliases:
                content = mapping_of(self._tree, joined(folder, "OWNERS_ALIASES")).get("aliases")
                said = content if isinstance(content, dict) else {}
                self._aliases[folder] = {str(name).lower(): words_of(members) for name, members in said.items()}
            if self._aliases[folder]:
                return self._aliases[folder]
        return {}


def _parsed(content: Mapping[str, Any]) -> _File | None:
    if not content:
        return None
    options = content.get("options")
    closed = isinstance(options, dict) and options.get("no_parent_owners") is True
    return _File(((None, _named(content)), *_filtered(content.get("filters"))), closed)


def _filtered(filters: object) -> Iterator[tuple[re.Pattern[str], Named]]:
    if not isinstance(filters, dict):
        return
    for pattern, content in filters.items():
        # Prow's expressions cannot take long; Python's can, so those that might are left out.
        if _RISKY.search(str(pattern)) or len(_REPEATS.findall(str(pattern))) > _MOST_REPEATS:
            continue
        try:
            expression = re.compile(str(pattern))
        except re.error:
            # Prow ignores the one filter as well. Its expressions are Go's, which Python reads with rare exceptions.
            continue
        if isinstance(content, dict):
            yield expression, _named(content)


def _named(content: Mapping[str, Any]) -> Named:
    return Named(
        words_of(content.get("approvers")), words_of(content.get("reviewers")), words_of(content.get("labels"))
    )
