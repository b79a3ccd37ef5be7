"""Backstage's catalog entities: their relations and contacts as sentences and facts, then the file itself or the definition.

An entity comes from a catalog file, or as JSON from a catalog that knows its relations in both directions. To the latter the
connector adds the titles of what it relates to, and under ``owners`` the entities of its owners, so that the text can say how
to reach them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aika.domain.documents import AttributeValue, BlockKind, Body, Kind, Parsed
from aika.parsers import json_tree, openapi, yaml_tree
from aika.parsers.catalog_facts import Contact, contact_of, links_of, shown_annotations
from aika.parsers.catalog_relations import Relations, joined, relations_of
from aika.parsers.lines import Lines
from aika.parsers.values import at, listed, text_at, texts
from aika.parsers.writing import BodyWriter, line_anchor, line_block, verbatim
from aika.parsers.yaml_tree import YamlDocument

_KINDS = {"user": Kind.PERSON, "api": Kind.API}


@dataclass(frozen=True, slots=True)
class _Entity:
    value: object
    first: int = 0
    end: int = 0
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

    @property
    def title(self) -> str:
        return text_at(self.value, "metadata", "title") or text_at(self.value, "spec", "profile", "displayName")

    @property
    def subject(self) -> str:
        """What sentences call it: people go by their names."""
        return (self.title if self.kind.lower() == "user" else "") or self.heading

    @property
    def relations(self) -> Relations:
        return relations_of(self.value)

    @property
    def contact(self) -> Contact:
        """How to reach those who answer for it: the entity's own word first, then its owners'."""
        contact = contact_of(self.value)
        for owner in listed(at(self.value, "owners")):
            contact = contact.or_else(contact_of(owner))
        return contact


def is_entity(value: object) -> bool:
    """Return whether a value is an entity: of Backstage's own kinds, or of any kind as the connector hands it over."""
    if not text_at(value, "kind") or not text_at(value, "metadata", "name"):
        return False
    handed_over = isinstance(at(value, "relations"), list) and isinstance(at(value, "owners"), list)
    return handed_over or text_at(value, "apiVersion").startswith("backstage.io/")


def is_catalog(documents: Sequence[YamlDocument]) -> bool:
    """Return whether one of the documents is an entity."""
    return any(text_at(document.root.value, "apiVersion").startswith("backstage.io/") for document in documents)


def render(documents: Sequence[YamlDocument], text: str, path: str) -> Parsed:
    """Return sentences and facts about each entity, followed by the file's text as it is."""
    lines = Lines(text)
    entities = list(_entities(documents, len(lines)))
    writer = BodyWriter()
    for entity in entities:
        heading = (entity.heading,) if len(entities) > 1 else ()
        anchor = line_anchor(entity.first, entity.end)
        writer.add(BlockKind.PARAGRAPH, _sentences(entity), path=heading, anchor=anchor)
        writer.add(BlockKind.LIST, _listed(_facts(entity)), path=heading, anchor=anchor)
    writer.add_body(_as_written(lines, entities))
    if len(entities) > 1:
        return Parsed(writer.body(), path, Kind.CATALOG, _shared_attributes(entities))
    return Parsed(writer.body(), _title(entities[0]), _kind(entities[0]), _attributes(entities[0]))


def render_entity(value: object) -> Parsed:
    """Return one entity in words, with an API's definition behind it."""
    entity = _Entity(value)
    writer = BodyWriter()
    writer.add(BlockKind.PARAGRAPH, _sentences(entity))
    writer.add(BlockKind.LIST, _listed(_facts(entity)))
    writer.add(BlockKind.LIST, _listed(_annotations(entity)))
    if definition := text_at(value, "spec", "definition"):
        writer.add_body(_definition(definition))
    return Parsed(writer.body(), _title(entity), _kind(entity), _attributes(entity))


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


def _definition(text: str) -> Body:
    """Return an API's definition as the reference it describes, or as it is where no parser knows it."""
    value: object = None
    try:
        if text.lstrip().startswith("{"):
            value = json_tree.load(text)
        elif documents := yaml_tree.load(text):
            value = documents[0].root.value
    except ValueError:
        # A schema in another language, such as GraphQL's: shown as it is.
        value = None
    if openapi.is_openapi(value):
        return openapi.render(value).body
    writer = BodyWriter()
    writer.add(BlockKind.HEADING, "## Definition")
    writer.add(BlockKind.CODE, text, path=("Definition",))
    return writer.body()


def _title(entity: _Entity) -> str:
    return f"{entity.title} ({entity.heading})" if entity.title else f"{entity.name} ({entity.kind.lower()})"


def _kind(entity: _Entity) -> Kind:
    return _KINDS.get(entity.kind.lower(), Kind.CATALOG)


def _sentences(entity: _Entity) -> str:
    return " ".join(f"{sentence.rstrip('.')}." for sentence in _said(entity) if sentence)


def _said(entity: _Entity) -> Iterator[str]:
    value = entity.value
    called = f' is called "{entity.title}" and' if entity.title else ""
    yield f"{entity.heading}{called}{_sort(value)}"
    yield " ".join(text_at(value, "metadata", "description").split())
    yield from entity.relations.sentences(entity.subject)
    if words := contact_of(value).words:
        yield f"How to reach {entity.subject}: {words}"
    for owner in listed(at(value, "owners")):
        if words := contact_of(owner).words:
            yield f"How to reach {text_at(owner, 'metadata', 'name')}, the owner of {entity.heading}: {words}"
    if targets := [*texts(at(value, "spec", "targets")), *texts(at(value, "spec", "target"))]:
        yield f"{entity.heading} names the further files {joined(targets)}"


def _sort(value: object) -> str:
    if text_at(value, "kind").lower() == "user":
        return " is a person in the catalog"
    sort, lifecycle = text_at(value, "spec", "type"), text_at(value, "spec", "lifecycle")
    stage = f", in the lifecycle {lifecycle}" if lifecycle else ""
    return f" is of the type {sort}{stage}" if sort else f" is a catalog entity{stage}"


def _facts(entity: _Entity) -> Iterator[tuple[str, str]]:
    """Yield the facts that questions ask for by name: what is asked for, and the answer."""
    relations, contact = entity.relations, entity.contact
    yield "Owner", ", ".join(target.shown for target in relations["ownedBy"])
    yield "Slack", contact.slack
    yield "E-mail", contact.email
    yield "On call", contact.on_call
    yield "Members", ", ".join(target.shown for target in relations["hasMember"])
    yield "Belongs to", ", ".join(target.shown for target in relations["memberOf"])
    yield "Parent group", ", ".join(target.shown for target in relations["childOf"])
    yield "Groups below", ", ".join(target.shown for target in relations["parentOf"])
    for name, kind in (("System", "system"), ("Domain", "domain")):
        yield name, ", ".join(target.shown for target in relations["partOf"] if target.kind == kind)
    yield "Type", text_at(entity.value, "spec", "type")
    yield "Lifecycle", text_at(entity.value, "spec", "lifecycle")
    yield "Tags", ", ".join(texts(at(entity.value, "metadata", "tags")))
    for title, url in links_of(entity.value):
        yield title or "Link", url


def _annotations(entity: _Entity) -> Iterator[tuple[str, str]]:
    yield from shown_annotations(entity.value)


def _listed(facts: Iterator[tuple[str, str]]) -> str:
    return "\n".join(f"- {name}: {said}" for name, said in facts if said)


def _shared_attributes(entities: Sequence[_Entity]) -> dict[str, AttributeValue]:
    found: dict[str, AttributeValue] = {"entities": tuple(entity.heading for entity in entities)}
    owners = {target.short for entity in entities for target in entity.relations["ownedBy"]}
    if len(owners) == 1:
        found["owner"] = owners.pop()
        found["recorded_in"] = "the catalog"
    return found


def _attributes(entity: _Entity) -> dict[str, AttributeValue]:
    relations, contact = entity.relations, entity.contact
    lifecycle = text_at(entity.value, "spec", "lifecycle")
    owners = tuple(target.short for target in relations["ownedBy"])
    systems = tuple(target.short for target in relations["partOf"] if target.kind == "system")
    domains = tuple(target.short for target in relations["partOf"] if target.kind == "domain")
    said: dict[str, AttributeValue] = {
        "entities": (entity.heading,),
        "owner": owners[0] if len(owners) == 1 else owners,
        "recorded_in": "the catalog" if owners else "",
        "slack": contact.slack,
        "email": contact.email,
        "on_call": contact.on_call,
        "members": tuple(target.short for target in relations["hasMember"]),
        "member_of": tuple(target.short for target in relations["memberOf"]),
        "depends_on": tuple(target.short for target in relations["dependsOn"]),
        "dependency_of": tuple(target.short for target in relations["dependencyOf"]),
        "system": systems[0] if len(systems) == 1 else systems,
        "domain": domains[0] if len(domains) == 1 else domains,
        "type": text_at(entity.value, "spec", "type"),
        "lifecycle": lifecycle,
        # The word by which old decisions are known as well: what has it is shown after what is current.
        "status": "deprecated" if lifecycle.lower() == "deprecated" else "",
        "tags": tuple(texts(at(entity.value, "metadata", "tags"))),
    }
    return {name: value for name, value in said.items() if value}
