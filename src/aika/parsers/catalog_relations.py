"""How catalog entities relate, in sentences: as a file declares it, or in both directions as a catalog knows it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from aika.parsers.values import at, listed, text_at, texts

_DECLARED = (
    ("owner", "ownedBy", "group"),
    ("system", "partOf", "system"),
    ("domain", "partOf", "domain"),
    ("subcomponentOf", "partOf", "component"),
    ("subdomainOf", "partOf", "domain"),
    ("parent", "childOf", "group"),
    ("memberOf", "memberOf", "group"),
    ("children", "parentOf", "group"),
    ("members", "hasMember", "user"),
    ("providesApis", "providesApi", "api"),
    ("consumesApis", "consumesApi", "api"),
    ("dependsOn", "dependsOn", "component"),
    ("dependencyOf", "dependencyOf", "component"),
)
"""Fields of Backstage's descriptor format, the relation each declares, and the kind that a bare name means."""

_WORDS: Mapping[str, str] = {
    "ownedBy": "is owned by",
    "ownerOf": "owns",
    "partOf": "is part of",
    "hasPart": "has the parts",
    "childOf": "belongs to the parent group",
    "parentOf": "has the groups below it",
    "memberOf": "is a member of",
    "hasMember": "has the members",
    "providesApi": "provides the API",
    "apiProvidedBy": "is provided by",
    "consumesApi": "consumes the API",
    "apiConsumedBy": "is consumed by",
    "dependsOn": "depends on",
    "dependencyOf": "is a dependency of",
}
_PART_WORDS = {
    "system": "is part of the system",
    "domain": "belongs to the domain",
    "component": "is a part of the component",
}
_IMPLIED = {
    **dict.fromkeys(("ownedBy", "childOf", "parentOf", "memberOf", "hasMember"), ("group", "user")),
    **dict.fromkeys(("providesApi", "consumesApi"), ("api",)),
}
"""Kinds that the relation's words make clear."""


@dataclass(frozen=True, slots=True)
class Target:
    """The other end of a relation."""

    kind: str
    namespace: str
    name: str
    title: str = ""

    @property
    def short(self) -> str:
        return self.name if self.namespace == "default" else f"{self.namespace}/{self.name}"

    @property
    def shown(self) -> str:
        return f"{self.short} ({self.title})" if self.title and self.title != self.name else self.short


@dataclass(frozen=True, slots=True)
class Relations:
    """An entity's relations by type, each with its targets in order."""

    by_type: Mapping[str, Sequence[Target]] = field(default_factory=dict)

    def __getitem__(self, kind: str) -> Sequence[Target]:
        return self.by_type.get(kind, ())

    def sentences(self, subject: str) -> Iterator[str]:
        for relation, targets in self.by_type.items():
            for words, named in _phrases(relation, targets):
                yield f"{subject} {words} {joined(named)}"


def relations_of(entity: object) -> Relations:
    """Return the relations that a catalog worked out, or those that the entity itself declares."""
    found: dict[str, list[Target]] = {}
    for relation in listed(at(entity, "relations")):
        if (kind := text_at(relation, "type")) and (reference := text_at(relation, "targetRef")):
            found.setdefault(kind, []).append(target(reference, "", text_at(relation, "title")))
    if not found:
        for key, kind, implied in _DECLARED:
            for name in texts(at(entity, "spec", key)):
                found.setdefault(kind, []).append(target(name, implied))
    # In one order, whatever order the catalog gave them in.
    order = {kind: place for place, kind in enumerate(_WORDS)}
    return Relations({kind: found[kind] for kind in sorted(found, key=lambda kind: (order.get(kind, 99), kind))})


def target(reference: str, implied: str, title: str = "") -> Target:
    """Return ``[kind:][namespace/]name`` in its parts."""
    kind, colon, rest = reference.partition(":")
    if not colon or rest.startswith("//"):
        kind, rest = implied, reference
    namespace, slash, name = rest.partition("/")
    return Target(kind.lower(), namespace, name, title) if slash else Target(kind.lower(), "default", rest, title)


def joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _phrases(relation: str, targets: Sequence[Target]) -> Iterator[tuple[str, list[str]]]:
    """Yield words and the names after them; parts of different kinds have words of their own."""
    if relation == "partOf":
        for kind in dict.fromkeys(target.kind for target in targets):
            named = [target.shown for target in targets if target.kind == kind]
            yield _PART_WORDS.get(kind, f"is part of the {kind}"), named
        return
    # Other relations are named in the catalog's own code, such as "ledBy".
    words = _WORDS.get(relation) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", relation).lower()
    if relation not in _WORDS:
        words = f"is {words}" if words.endswith(" by") else f"is: {words}"
    implied = _IMPLIED.get(relation, ())
    yield (
        words,
        [
            target.shown if target.kind in implied or not target.kind else f"{target.kind} {target.shown}"
            for target in targets
        ],
    )
