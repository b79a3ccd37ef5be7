"""Backstage's catalog entities: their relations as sentences, then the file itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aika.domain.documents import AttributeValue, BlockKind, Body, Kind, Parsed
from aika.parsers.lines import Lines
from aika.parsers.values import at, listed, pairs, text_at, texts
from aika.parsers.writing import BodyWriter, line_anchor, line_block, verbatim
from aika.parsers.yaml_tree import YamlDocument

_RELATIONS = (
    ("system", "is part of the system"),
    ("domain", "belongs to the domain"),
    ("subcomponentOf", "is a part of the component"),
    ("subdomainOf", "is a part of the domain"),
    ("parent", "belongs to the parent group"),
    ("memberOf", "is a member of"),
    ("children", "has the groups below it"),
    ("members", "has the members"),
    ("providesApis", "provides the API"),
    ("consumesApis", "consumes the API"),
    ("dependsOn", "depends on"),
    ("dependencyOf", "is a dependency of"),
    ("targets", "names the further files"),
    ("target", "names the further file"),
)
"""The relations of Backstage's descriptor format, in its own words where it has some."""


@dataclass(frozen=True, slots=True)
class _Entity:
    value: object
    first: int
    end: int
    """The lines of the file it is written on, from 0; ``end`` is exclusive."""

    @property
    def kind(self) -> str:
        return text_at(self.value, "kind") or "Entity"

    @property
    def name(self) -> str:
        return text_at(self.value, "metadata", "name") or "without a name"

    @property
    def heading(self) -> str:
        return f"{self.kind} {self.name}"


def is_catalog(documents: Sequence[YamlDocument]) -> bool:
    """Return whether one of the documents is an entity."""
    return any(text_at(document.root.value, "apiVersion").startswith("backstage.io/") for document in documents)


def render(documents: Sequence[YamlDocument], text: str, path: str) -> Parsed:
    """Return sentences about each entity, followed by the file's text as it is."""
    lines = Lines(text)
    entities = list(_entities(documents, len(lines)))
    writer = BodyWriter()
    for entity in entities:
        heading = (entity.heading,) if len(entities) > 1 else ()
        writer.add(BlockKind.PARAGRAPH, _sentences(entity), path=heading, anchor=line_anchor(entity.first, entity.end))
    writer.add_body(_as_written(lines, entities))
    title = _title(entities[0]) if len(entities) == 1 else path
    return Parsed(writer.body(), title, Kind.CATALOG, _attributes(entities))


def _entities(documents: Sequence[YamlDocument], length: int) -> Iterator[_Entity]:
    ends = [document.first_line for document in documents[1:]] + [length]
    for place, (document, end) in enumerate(zip(documents, ends, strict=True)):
        yield _Entity(document.root.value, document.first_line if place else 0, end)


def _as_written(lines: Lines, entities: Sequence[_Entity]) -> Body:
    several = len(entities) > 1
    return verbatim(
        lines,
        (
            line_block(lines, BlockKind.CODE, entity.first, entity.end, (entity.heading,) if several else ())
            for entity in entities
        ),
    )


def _title(entity: _Entity) -> str:
    shown = text_at(entity.value, "metadata", "title") or text_at(entity.value, "spec", "profile", "displayName")
    return f"{shown} ({entity.heading})" if shown else f"{entity.name} ({entity.kind})"


def _sentences(entity: _Entity) -> str:
    return " ".join(f"{sentence.rstrip('.')}." for sentence in _facts(entity) if sentence)


def _facts(entity: _Entity) -> Iterator[str]:
    value = entity.value
    yield entity.heading + _called(value) + _sort(value)
    yield " ".join(text_at(value, "metadata", "description").split())
    if owner := text_at(value, "spec", "owner"):
        yield f"{entity.heading} is owned by {_reference(owner)}"
    for key, words in _RELATIONS:
        if named := [_reference(name) for name in texts(at(value, "spec", key))]:
            yield f"{entity.heading} {words} {_joined(named)}"
    if email := text_at(value, "spec", "profile", "email"):
        yield f"Its e-mail address is {email}"
    if tags := texts(at(value, "metadata", "tags")):
        yield f"Its tags are {_joined(tags)}"
    for link in listed(at(value, "metadata", "links")):
        if url := text_at(link, "url"):
            yield f"{text_at(link, 'title') or 'A link'}: {url}"
    for key, annotation in pairs(at(value, "metadata", "annotations")):
        if key.endswith(("/project-slug", "/source-location", "/slack-channel")) and isinstance(annotation, str):
            yield f"Its {key.rpartition('/')[2].replace('-', ' ')} is {annotation}"


def _called(value: object) -> str:
    shown = text_at(value, "metadata", "title") or text_at(value, "spec", "profile", "displayName")
    return f' is called "{shown}" and' if shown else ""


def _sort(value: object) -> str:
    sort, lifecycle = text_at(value, "spec", "type"), text_at(value, "spec", "lifecycle")
    stage = f", in the lifecycle {lifecycle}" if lifecycle else ""
    return f" is of the type {sort}{stage}" if sort else f" is a catalog entity{stage}"


def _reference(name: str) -> str:
    """Return ``group:default/team-a`` as ``team-a``, and other kinds as ``resource db``."""
    kind, colon, rest = name.partition(":")
    if not colon or rest.startswith("//"):
        return name
    rest = rest.removeprefix("default/")
    return rest if kind.lower() in ("group", "user") else f"{kind.lower()} {rest}"


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _attributes(entities: Sequence[_Entity]) -> dict[str, AttributeValue]:
    found: dict[str, AttributeValue] = {"entities": tuple(entity.heading for entity in entities)}
    owners = sorted({_reference(owner) for entity in entities if (owner := text_at(entity.value, "spec", "owner"))})
    if len(owners) == 1:
        found["owner"] = owners[0]
    if len(entities) == 1:
        for name, keys in (("lifecycle", ("spec", "lifecycle")), ("system", ("spec", "system"))):
            if said := text_at(entities[0].value, *keys):
                found[name] = said
        if tags := texts(at(entities[0].value, "metadata", "tags")):
            found["tags"] = tuple(tags)
    return found
