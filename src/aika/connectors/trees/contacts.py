"""How to reach groups, as a ``sigs.yaml`` lists them: the file in which the Kubernetes community describes its groups."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aika.connectors.trees.files import Tree, folders_above, joined, mapping_of

_FILE = "sigs.yaml"
_LISTS = ("sigs", "workinggroups", "usergroups", "committees")


@dataclass(frozen=True, slots=True)
class _Group:
    folder: str
    label: str
    contact: str


class Contacts:
    """Looks up how to reach whoever a file belongs to. Each list of groups is read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._groups: dict[str, tuple[_Group, ...]] = {}

    def of(self, path: str, names: tuple[str, ...]) -> str | None:
        """Return the channel of the group that one of the names stands for (``sig-node-leads``, ``sig/node``), if any."""
        for folder in folders_above(path):
            groups = self._at(folder)
            if groups:
                return next((contact for name in names if (contact := _contact(groups, name))), None)
        return None

    def _at(self, folder: str) -> tuple[_Group, ...]:
        if folder not in self._groups:
            listed = _FILE in self._tree.names(folder)
            self._groups[folder] = tuple(_groups(mapping_of(self._tree, joined(folder, _FILE)))) if listed else ()
        return self._groups[folder]


def _contact(groups: tuple[_Group, ...], name: str) -> str | None:
    kind, slash, label = name.lower().partition("/")
    for group in groups:
        if slash and label == group.label and group.folder.startswith(kind):
            return group.contact
    # Longest first, because `sig-node` also begins the name of an imaginable `sig-node-extras`.
    for group in sorted(groups, key=lambda group: -len(group.folder)):
        if f"{name.lower()}-".startswith(f"{group.folder}-"):
            return group.contact
    return None


def _groups(content: Mapping[str, Any]) -> Iterator[_Group]:
    for kind in _LISTS:
        listed = content.get(kind)
        for entry in listed if isinstance(listed, list) else []:
            contact = entry.get("contact") if isinstance(entry, dict) else None
            if not isinstance(contact, dict):
                continue
            slack, mailing_list = contact.get("slack"), contact.get("mailing_list")
            reach = f"#{slack}" if slack else str(mailing_list or "")
            if reach and entry.get("dir"):
                yield _Group(str(entry["dir"]).lower(), str(entry.get("label", "")).lower(), reach)
