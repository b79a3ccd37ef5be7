"""The owner that the nearest ``catalog-info.yaml`` of a Backstage catalog names."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aika.connectors.trees.files import Tree, folders_above, joined, words_of, yaml_documents
from aika.domain.documents import Owner

FILES = ("catalog-info.yaml", "catalog-info.yml")
_OWNED_KINDS = frozenset({"component", "api", "system", "resource", "domain", "template"})
_DOCS = "backstage.io/techdocs-ref"
_DEFAULT_KIND, _DEFAULT_NAMESPACE = "group", "default"


@dataclass(frozen=True, slots=True)
class Entity:
    """An entry of the catalog that owns files of the tree."""

    reference: str
    """``component:default/payments``, in lower case."""
    owner: Owner | None
    docs: str | None
    """The folder of its documentation, relative to the tree's root."""


class CatalogOwners:
    """Finds the entity that a file belongs to. Each catalog file is read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._entities: dict[str, tuple[Entity, ...]] = {}

    def entity_of(self, path: str) -> Entity | None:
        """Return the entity with the deepest folder that holds the file: its documentation's, or its catalog file's."""
        best: tuple[int, bool] = (-1, False)
        chosen: Entity | None = None
        for folder in folders_above(path):
            for entity in self._at(folder):
                claim = _claim(entity, folder, path)
                if claim is not None and claim > best:
                    best, chosen = claim, entity
        return chosen

    def _at(self, folder: str) -> tuple[Entity, ...]:
        if folder not in self._entities:
            names = self._tree.names(folder)
            found = (entity for name in FILES if name in names for entity in self._read(folder, name))
            self._entities[folder] = tuple(found)
        return self._entities[folder]

    def _read(self, folder: str, name: str) -> Iterator[Entity]:
        for content in yaml_documents(self._tree, joined(folder, name)):
            if isinstance(content, dict) and str(content.get("kind", "")).lower() in _OWNED_KINDS:
                yield _entity(folder, content)


def reference_of(text: str, kind: str = _DEFAULT_KIND) -> str:
    """Return an entity reference as people say it: ``group:default/payments`` is “payments”."""
    written_kind, colon, rest = text.strip().rpartition(":")
    namespace, slash, name = rest.rpartition("/")
    said = name if not slash or namespace == _DEFAULT_NAMESPACE else f"{namespace}/{name}"
    return said if not colon or written_kind.lower() == kind else f"{written_kind.lower()}:{said}"


def _entity(folder: str, content: Mapping[str, Any]) -> Entity:
    metadata, spec = _mapping(content.get("metadata")), _mapping(content.get("spec"))
    annotations = _mapping(metadata.get("annotations"))
    namespace = str(metadata.get("namespace") or _DEFAULT_NAMESPACE)
    reference = f"{content.get('kind')}:{namespace}/{metadata.get('name')}".lower()
    owner = spec.get("owner")
    return Entity(reference, _owner(owner, metadata, annotations), _docs(folder, annotations.get(_DOCS)))


def _owner(owner: object, metadata: Mapping[str, Any], annotations: Mapping[str, Any]) -> Owner | None:
    if not isinstance(owner, str) or not owner.strip():
        return None
    return Owner(reference_of(owner), contact=_contact(metadata, annotations), found_in="catalog-info")


def _contact(metadata: Mapping[str, Any], annotations: Mapping[str, Any]) -> str | None:
    """Return a Slack channel: of an annotation, whose name no standard settles, or of a link."""
    for key, value in annotations.items():
        if "slack" in str(key).lower() and words_of(value):
            channel = words_of(value)[0]
            return channel if "://" in channel or channel.startswith("#") else f"#{channel}"
    links = metadata.get("links")
    for link in links if isinstance(links, list) else []:
        said = " ".join(words_of([_mapping(link).get(part) for part in ("url", "title", "icon", "type")])).lower()
        if "slack" in said and words_of(_mapping(link).get("url")):
            return words_of(_mapping(link)["url"])[0]
    return None


def _docs(folder: str, reference: object) -> str | None:
    """``dir:.`` and ``dir:./docs`` are of this tree; references to other places are not."""
    if not isinstance(reference, str) or not reference.startswith("dir:"):
        return None
    target = posixpath.normpath(posixpath.join(folder, reference.removeprefix("dir:").strip() or "."))
    return None if target.startswith("..") else "" if target == "." else target


def _claim(entity: Entity, folder: str, path: str) -> tuple[int, bool] | None:
    """Return how near an entity is to a file, and whether by its documentation."""
    if entity.docs is not None and (not entity.docs or path.startswith(f"{entity.docs}/")):
        return len(entity.docs), True
    return None if entity.owner is None else (len(folder), False)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
