"""Catalog entities and how they hang together: relations in both directions, owners, members of groups."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Members

_DECLARED = (
    ("owner", "ownedBy", "ownerOf", "group"),
    ("system", "partOf", "hasPart", "system"),
    ("domain", "partOf", "hasPart", "domain"),
    ("subcomponentOf", "partOf", "hasPart", "component"),
    ("subdomainOf", "partOf", "hasPart", "domain"),
    ("parent", "childOf", "parentOf", "group"),
    ("children", "parentOf", "childOf", "group"),
    ("memberOf", "memberOf", "hasMember", "group"),
    ("members", "hasMember", "memberOf", "user"),
    ("providesApis", "providesApi", "apiProvidedBy", "api"),
    ("consumesApis", "consumesApi", "apiConsumedBy", "api"),
    ("dependsOn", "dependsOn", "dependencyOf", "component"),
    ("dependencyOf", "dependencyOf", "dependsOn", "component"),
)
"""Fields of the descriptor format; the relation that each declares, its reverse, and the kind that a bare name means."""


class Metadata(BaseModel):
    """What names an entity, and what people wrote about it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str = Field(min_length=1)
    namespace: str = "default"
    title: str = ""
    etag: str = ""
    annotations: dict[str, object] = {}
    links: list[object] = []

    @field_validator("annotations", "links", mode="before")
    @classmethod
    def _nothing_is_empty(cls, value: object, info: ValidationInfo) -> object:
        return _or_empty(value, [] if info.field_name == "links" else {})


class Relation(BaseModel):
    """One relation as the API gives it."""

    model_config = ConfigDict(frozen=True)

    type: str
    targetRef: str  # noqa: N815  # the wire's word


class Entity(BaseModel):
    """One entity: its envelope is checked, all else is kept as it came."""

    model_config = ConfigDict(extra="allow", frozen=True)

    apiVersion: str  # noqa: N815  # the wire's word
    kind: str = Field(min_length=1)
    metadata: Metadata
    spec: dict[str, object] = {}
    relations: tuple[Relation, ...] = ()

    @field_validator("spec", mode="before")
    @classmethod
    def _nothing_is_empty(cls, value: object) -> object:
        return _or_empty(value, {})

    @property
    def ref(self) -> str:
        """``component:default/checkout``: Backstage compares references in lower case."""
        return f"{self.kind}:{self.metadata.namespace}/{self.metadata.name}".lower()

    @property
    def title(self) -> str:
        return self.metadata.title or _text(self._profile.get("displayName"))

    @property
    def email(self) -> str:
        return _text(self._profile.get("email")).lower()

    @property
    def summary(self) -> dict[str, object]:
        """What others need to know of an owner: its name, and where it says how to reach it."""
        metadata = {"name": self.metadata.name, "namespace": self.metadata.namespace, "title": self.metadata.title}
        said = {**metadata, "annotations": self.metadata.annotations, "links": self.metadata.links}
        return {"kind": self.kind, "metadata": said, "spec": {"profile": self._profile}}

    @property
    def _profile(self) -> Mapping[str, object]:
        profile = self.spec.get("profile")
        return profile if isinstance(profile, dict) else {}

    def declared(self) -> Iterator[tuple[str, str, str]]:
        """Yield relation, reverse and target of each relation that the entity's fields declare."""
        for key, relation, reverse, kind in _DECLARED:
            value = self.spec.get(key)
            for name in value if isinstance(value, list) else [value]:
                if isinstance(name, str) and name.strip():
                    yield relation, reverse, full_ref(name.strip(), kind, self.metadata.namespace)


@dataclass(frozen=True, slots=True)
class Link:
    """One end of a relation, as seen from the other."""

    relation: str
    target: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """Entities by reference, each with its relations."""

    entities: Mapping[str, Entity]
    links: Mapping[str, tuple[Link, ...]] = field(default_factory=dict)

    @classmethod
    def of_files(cls, entities: Iterable[Entity]) -> "Catalog":
        """Work out the relations from what each entity declares, in both directions."""
        known = {entity.ref: entity for entity in entities}
        links: dict[str, dict[Link, None]] = {ref: {} for ref in known}
        for ref, entity in known.items():
            for relation, reverse, target in entity.declared():
                links[ref][Link(relation, target)] = None
                links.setdefault(target, {})[Link(reverse, ref)] = None
        return cls(known, {ref: _in_order(found) for ref, found in links.items()})

    @classmethod
    def of_api(cls, entities: Iterable[Entity]) -> "Catalog":
        """Take the relations that Backstage worked out."""
        known = {entity.ref: entity for entity in entities}
        links = {
            ref: _in_order(Link(relation.type, relation.targetRef.lower()) for relation in entity.relations)
            for ref, entity in known.items()
        }
        return cls(known, links)

    def context(self, ref: str) -> dict[str, object]:
        """Return what is said of an entity elsewhere in the catalog: its relations with titles, and its owners."""
        links = self.links.get(ref, ())
        titles = {target: self.entities[target].title for _, target in _pairs(links) if target in self.entities}
        relations = [
            {"type": kind, "targetRef": target, **({"title": titles[target]} if titles.get(target) else {})}
            for kind, target in _pairs(links)
        ]
        owners = [
            self.entities[target].summary
            for kind, target in _pairs(links)
            if kind == "ownedBy" and target in self.entities
        ]
        return {"relations": relations, "owners": owners}

    def content(self, entity: Entity) -> bytes:
        """Return an entity with what is said of it elsewhere, as the parser of catalog entities reads it."""
        said = {**entity.model_dump(mode="json"), **self.context(entity.ref)}
        return json.dumps(said, ensure_ascii=False).encode("utf-8", errors="replace")

    def groups(self, *, child_groups: bool) -> Iterator[Members]:
        """Yield every group. With ``child_groups``, the groups below it are members too."""
        for ref, entity in self.entities.items():
            if entity.kind.lower() == "group":
                links = _pairs(self.links.get(ref, ()))
                members = {self._principal(target) for kind, target in links if kind == "hasMember"}
                if child_groups:
                    members |= {self._principal(target) for kind, target in links if kind == "parentOf"}
                yield Members(self._principal(ref), frozenset(members - {self._principal(ref)}))

    def _principal(self, ref: str) -> PrincipalId:
        """Return who a reference is: a person by e-mail, or their account where no address is known."""
        kind, _, name = ref.partition(":")
        name = name.removeprefix("default/")
        entity = self.entities.get(ref)
        if kind != "user":
            return PrincipalId(f"group:{name}")
        return PrincipalId(f"user:{entity.email}" if entity and entity.email else f"backstage:{name}")


def full_ref(name: str, kind: str, namespace: str) -> str:
    """Return a reference in full. What it leaves out is taken from where it is written."""
    before, colon, rest = name.partition(":")
    kind, rest = (before, rest) if colon else (kind, name)
    return f"{kind}:{rest if '/' in rest else f'{namespace}/{rest}'}".lower()


def is_template(value: object) -> bool:
    """Return whether a value is a template of an entity: its name is a placeholder."""
    metadata = value.get("metadata") if isinstance(value, dict) else None
    return isinstance(metadata, dict) and "{{" in str(metadata.get("name"))


def ref_of(value: object) -> str | None:
    """Return the reference of what is meant to be an entity; ``None`` where it does not say which."""
    metadata = value.get("metadata") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(metadata, dict):
        return None
    kind, name, namespace = value.get("kind"), metadata.get("name"), metadata.get("namespace") or "default"
    return full_ref(f"{kind}:{namespace}/{name}", "", "") if isinstance(kind, str) and isinstance(name, str) else None


def problems(error: ValidationError) -> str:
    """Return what is wrong with something that should be an entity."""
    return "; ".join(
        f"{'.'.join(map(str, problem['loc'])) or 'it'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    )


def digest(*said: object) -> str:
    return hashlib.blake2b(repr(said).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _in_order(links: Iterable[Link]) -> tuple[Link, ...]:
    return tuple(sorted(set(links), key=lambda link: (link.relation, link.target)))


def _pairs(links: Iterable[Link]) -> list[tuple[str, str]]:
    return [(link.relation, link.target) for link in links]


def _or_empty(value: object, empty: object) -> object:
    """Return what a key holds. A key without a value, as people write it in YAML, holds nothing."""
    return empty if value is None or value in ("", "~", "null") else value


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
