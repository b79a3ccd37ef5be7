"""Enhancement proposals whose metadata stands beside them: ``kep.yaml`` beside ``README.md``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aika.connectors.trees.contacts import Contacts
from aika.connectors.trees.files import Tree, joined, mapping_of, words_of
from aika.domain.documents import AttributeValue, Owner

FILE = "kep.yaml"
_PAGES = frozenset({"README.md", FILE})
_PLACEHOLDERS = frozenset({"", "tbd", "n/a", "none", "-", "yyyy-mm-dd"})
_LISTS = {
    "authors": "authors",
    "approvers": "approvers",
    "reviewers": "reviewers",
    "prr-approvers": "prr_approvers",
    "participating-sigs": "participating_sigs",
    "see-also": "see_also",
    "replaces": "supersedes",
    "superseded-by": "superseded_by",
}
_WORDS = {
    "status": "status",
    "stage": "stage",
    "latest-milestone": "latest_milestone",
    "owning-sig": "owning_sig",
    "creation-date": "creation_date",
    "last-updated": "last_updated",
    "kep-number": "record_number",
}


@dataclass(frozen=True, slots=True)
class Record:
    """What a proposal's metadata says."""

    title: str | None
    owner: Owner | None
    attributes: Mapping[str, AttributeValue]


class Enhancements:
    """Finds the proposal that a file is the text or the metadata of."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._contacts = Contacts(tree)

    def record_of(self, path: str) -> Record | None:
        folder, _, name = path.rpartition("/")
        # The template that new proposals are copied from is none itself.
        if name not in _PAGES or "template" in folder.rpartition("/")[2] or FILE not in self._tree.names(folder):
            return None
        content = mapping_of(self._tree, joined(folder, FILE))
        if not content:
            return None
        return Record(_title(content), self._owner(path, content), _attributes(content))

    def _owner(self, path: str, content: Mapping[str, Any]) -> Owner | None:
        groups = _names(content.get("owning-sig"))
        if not groups:
            return None
        return Owner(groups[0], contact=self._contacts.of(path, groups), found_in=FILE)


def _title(content: Mapping[str, Any]) -> str | None:
    titles, numbers = words_of(content.get("title")), words_of(content.get("kep-number"))
    if not titles:
        return None
    return f"KEP-{numbers[0]}: {titles[0]}" if numbers else titles[0]


def _attributes(content: Mapping[str, Any]) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {}
    for key, name in _WORDS.items():
        value = content.get(key)
        text = "" if value is None else str(value).strip()
        if text.lower() not in _PLACEHOLDERS:
            attributes[name] = text.lower() if name in {"status", "stage"} else text
    for key, name in _LISTS.items():
        if names := _names(content.get(key)):
            attributes[name] = names
    if "record_number" in attributes:
        attributes["record"] = f"KEP-{attributes.pop('record_number')}"
    return attributes


def _names(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in words_of(value) if name.lower() not in _PLACEHOLDERS))
