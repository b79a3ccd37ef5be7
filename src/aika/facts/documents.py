"""The facts in one document: in its attributes, its front matter, its records, its tables and its lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from aika.domain.documents import Block, BlockKind, Body, Chunk, Document, Kind
from aika.domain.facts import Fact, Profile, Relation
from aika.facts.labels import OF_PAGE, is_former, label_words, relation_of
from aika.facts.naming import path_names, path_sorts, title_names
from aika.facts.records import Draft, profiles_in, shown_reference, shown_value, told
from aika.facts.tables import facts_in_lines, facts_in_sections, profiles_in_tables
from aika.facts.trees import Mapping, Tree, read_trees

FINGERPRINT = "facts-1"
"""Changes when the same document would give other facts: documents are then read again."""

_STRUCTURED = frozenset({".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".jsonc", ".json5"})
_WITHOUT_SUFFIX = frozenset({"owners", "owners_aliases"})
_KEYED_LINE = re.compile(r"[\w\"'][\w .\"'-]{0,60}:(?:\s|$)")
_FENCE = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n[ \t]*\n")
_HEADER = 20_000
"""Characters in which a header without fences must end."""
_SORTS = {
    Kind.PAGE: "page doc document article guide",
    Kind.DECISION: "decision record proposal rfc adr enhancement document doc",
}
_ALIAS_ATTRIBUTES = ("name", "record", "entity_ref", "former_names", "former_name", "formerly", "previously", "aliases")
_THINGS = frozenset({Kind.CATALOG, Kind.PERSON, Kind.DECISION, Kind.API})
"""Documents of these kinds are what they are about. A page about a thing may have another owner than the thing."""
_GUESSED = frozenset({"last author"})
_MOST_FACTS = 5_000


def profiles_of(document: Document, body: Body, chunks: Sequence[Chunk]) -> tuple[Profile, ...]:
    """Return what the document records, each fact with the chunk that its span begins in. A plain computation."""
    own, listed, is_data = _structured(document, body)
    _add_attributes(document, body, own)
    if not is_data and document.kind not in (Kind.CODE, Kind.CONVERSATION):
        known = {(fact.relation, label_words(fact.label)) for fact in own.facts}
        for fact in (*facts_in_lines(body), *facts_in_sections(body)):
            if (fact.relation, label_words(fact.label)) not in known:
                own.facts.append(fact)
        listed += profiles_in_tables(body)
    if document.owner is not None and not any(fact.relation is Relation.OWNER for fact in own.facts):
        _add_owner(document, body, own)
    _name(document, own)
    whole = own.profile(whole=True)
    found = [*([whole] if whole is not None else []), *listed]
    return tuple(_placed(profile, chunks) for profile in found[:_MOST_FACTS])


def _structured(document: Document, body: Body) -> tuple[Draft, list[Profile], bool]:
    """Return what YAML or JSON in the document says of it and of what it lists, and whether that is all there is."""
    own, listed = Draft(), list[Profile]()
    trees = list(_trees(document, body))
    for tree, is_own in trees:
        about = own if is_own else Draft()
        listed += profiles_in(tree, about)
        if not is_own and (profile := about.profile()) is not None:
            listed.append(profile)
    return own, listed, bool(trees) and _is_structured(document)


def _trees(document: Document, body: Body) -> Iterator[tuple[Tree, bool]]:
    """Yield the trees in the text, each with whether it speaks of the document itself."""
    path = PurePosixPath(document.key.lower())
    if document.kind is Kind.CATALOG:
        written = [block for block in body.blocks if block.kind in (BlockKind.CODE, BlockKind.RECORD)]
        for block in written:
            for tree in read_trees(body.text[block.start : block.end], block.start):
                yield tree, len(written) == 1
    elif _is_structured(document):
        lines = path.suffix in (".jsonl", ".ndjson")
        found = _of_lines(body.text) if lines else read_trees(body.text)
        for tree in found:
            yield tree, len(found) == 1
    elif document.kind is not Kind.CODE:
        header = _header(body.text)
        if header is not None:
            yield header, True


def _is_structured(document: Document) -> bool:
    path = PurePosixPath(document.key.lower())
    return path.suffix in _STRUCTURED or path.name in _WITHOUT_SUFFIX or document.kind is Kind.DATA


def _of_lines(text: str) -> list[Tree]:
    found: list[Tree] = []
    start = 0
    for line in text.splitlines(keepends=True):
        found += read_trees(line, start)
        start += len(line)
    return found


def _header(text: str) -> Tree | None:
    """Return the mapping that a text begins with: front matter, or the same without fences."""
    fenced = _FENCE.match(text)
    if fenced:
        return next(iter(read_trees(fenced[1], fenced.start(1))), None)
    if not _KEYED_LINE.match(text):
        return None
    heading = _HEADING.search(text, 0, _HEADER)
    blank = _BLANK_LINES.search(text, 0, _HEADER)
    ends = dict.fromkeys([heading.start() if heading else len(text), blank.start() if blank else len(text)])
    for end in ends:
        trees = read_trees(text[: min(end, 2 * _HEADER)])
        if trees and isinstance(trees[0], Mapping) and len(trees[0].entries) > 1:
            return trees[0]
    return None


def _add_attributes(document: Document, body: Body, own: Draft) -> None:
    """Add what connector and parser say of the document, where its text does not say it itself."""
    known = {label_words(fact.label.rsplit(" ", 1)[-1]) for fact in own.facts}
    attributes = dict(document.attributes)
    if document.authors and not any(relation_of(name) is Relation.AUTHOR for name in attributes):
        attributes["authors"] = document.authors
    for name, value in sorted(attributes.items()):
        label = name.replace(".", " ")
        relation = relation_of(label.rsplit(" ", 1)[-1])
        if relation is None or label_words(label.rsplit(" ", 1)[-1]) in known:
            continue
        texts = (value,) if isinstance(value, str) else value
        values = [shown_value(label, text) for text in texts if told(text)]
        if relation is Relation.OWNER:
            values = [text for text in values if "://" not in text]
        if values:
            own.facts.append(_of_record(relation, label, values, body))
    for name in _ALIAS_ATTRIBUTES:
        value = attributes.get(name, ())
        own.call(*(shown_reference(text) for text in ((value,) if isinstance(value, str) else value)))


def _add_owner(document: Document, body: Body, own: Draft) -> None:
    owner = document.owner
    if owner is None or not owner.name or owner.found_in in _GUESSED:
        return
    of_what = "" if document.kind in _THINGS else OF_PAGE
    own.facts.append(_of_record(Relation.OWNER, f"owner{of_what}", [owner.name], body))
    if owner.contact and owner.contact != owner.name:
        own.facts.append(_of_record(Relation.CONTACT, f"contact{of_what}", [owner.contact], body))


def _of_record(relation: Relation, label: str, values: Sequence[str], body: Body) -> Fact:
    """Return a fact of the document's record with the line that repeats it, else with what the text begins with."""
    own = re.escape(label.rsplit(" ", 1)[-1]).replace("_", "[ _-]")
    line = re.compile(
        rf"^[^\n]{{0,20}}\b{own}\b[^\n]{{0,8}}[:|=][^\n]*{re.escape(values[0].lstrip('#'))}[^\n]*",
        re.IGNORECASE | re.MULTILINE,
    )
    found = line.search(body.text, 0, _HEADER)
    if found is not None and len(values) == 1:
        return Fact(relation, label, tuple(values), found.start(), found.end())
    shown = _first_lines(body)
    return Fact(relation, label, tuple(dict.fromkeys(values)), *shown, stated=False)


def _first_lines(body: Body) -> tuple[int, int]:
    block: Block | None = next((block for block in body.blocks if block.end > block.start), None)
    start = block.start if block is not None else 0
    end = block.end if block is not None else len(body.text)
    newline = body.text.find("\n", start, end)
    return start, newline if newline > start else end


def _name(document: Document, own: Draft) -> None:
    """Name what the document is about: by its title, its own record, its path."""
    names = title_names(document.title)
    front, own.names = own.names, []
    own.name(*names[:1], *front, *names[1:])
    own.call(*path_names(document.key))
    own.sort(_SORTS.get(document.kind, ""), *path_sorts(document.key))
    own.facts = [fact for fact in own.facts if not is_former(fact.label)] + [
        fact for fact in own.facts if is_former(fact.label)
    ]


def _placed(profile: Profile, chunks: Sequence[Chunk]) -> Profile:
    return replace(profile, facts=tuple(_in_chunk(fact, chunks) for fact in profile.facts))


def _in_chunk(fact: Fact, chunks: Sequence[Chunk]) -> Fact:
    """Return the fact with the chunk that has most of its span, the span cut to that chunk."""
    best = max(chunks, key=lambda chunk: (min(chunk.end, fact.end) - max(chunk.start, fact.start), -chunk.position))
    start, end = max(best.start, fact.start), min(best.end, fact.end)
    if start < end:
        return replace(fact, chunk=best.position, start=start, end=end)
    return replace(fact, chunk=best.position, start=best.start, end=best.end, stated=False)
