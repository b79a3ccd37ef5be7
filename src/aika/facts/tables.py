"""Facts in Markdown: rows of tables, ``Owner: …`` lines, and lists under headings such as *Maintainers*."""

import re
from collections.abc import Iterator

from aika.domain.documents import Block, BlockKind, Body
from aika.domain.facts import Fact, Profile, Relation
from aika.facts.labels import label_words, names_channel, relation_of
from aika.facts.records import Draft, shown_value, told

_LINE = re.compile(
    r"^[ \t]*(?:[-*+•][ \t]+|\d+[.)][ \t]+)?(?:\*\*|__|\*)?(?P<label>[A-Za-z][\w \t/-]{1,40}?)"
    r"(?:\*\*|__|\*)?[ \t]*[:：](?:\*\*|__)?[ \t]+"
    r"(?P<value>\S[^\n]*?)[ \t]*$",
    re.MULTILINE,
)
_ITEM = re.compile(r"^(?P<indent>[ \t]*)(?:[-*+•]|\d+[.)])[ \t]+(?P<text>\S[^\n]*?)[ \t]*$", re.MULTILINE)
_RULE = re.compile(r"\|?[ \t]*:?-{2,}")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\](?:\([^)\n]*\)|\[[^\]\n]*\])")
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|<[^>]{1,80}>")
_APART = re.compile(r"\s*(?:,|;|\s&\s|\sand\s)\s*")
_NAMING = (
    "name",
    "service",
    "repository",
    "repo",
    "component",
    "application",
    "app",
    "system",
    "project",
    "team",
    "group",
    "title",
    "product",
    "page",
    "document",
    "area",
    "package",
    "library",
    "module",
    "topic",
    "dataset",
    "dashboard",
    "subproject",
    "resource",
)
_HEAD_LINES = 60
_LONGEST_LABEL = 3
"""Words in front of a colon. More are the beginning of a sentence."""
_LONGEST_VALUE = 160
_FREE = (Relation.STATUS, Relation.SUCCESSOR, Relation.PART_OF, Relation.DEPENDS_ON)


def facts_in_lines(body: Body) -> Iterator[Fact]:
    """Yield what lines such as ``Owner: Payments`` at the top of a document say of it."""
    text, end = body.text, 0
    for _ in range(_HEAD_LINES):
        newline = text.find("\n", end)
        if newline < 0:
            end = len(text)
            break
        end = newline + 1
    for found in _LINE.finditer(text, 0, end):
        relation = relation_of(found["label"])
        if relation is None or len(label_words(found["label"])) > _LONGEST_LABEL or _inside_code(body, found.start()):
            continue
        values = _values(found["label"], found["value"], relation)
        if values:
            yield Fact(relation, found["label"].strip(), values, found.start("label"), found.end("value"))


def facts_in_sections(body: Body) -> Iterator[Fact]:
    """Yield the people that lists under headings such as *Maintainers* or *Tech leads* name."""
    for block in body.blocks:
        if block.kind is not BlockKind.LIST or not 1 <= len(block.heading_path) <= 3:
            continue
        label = block.heading_path[-1]
        relation = relation_of(label)
        if (
            relation is None
            or relation in _FREE
            or relation in (Relation.CONTACT, Relation.ALERTS)
            or len(label_words(label)) > 3
        ):
            continue
        items = list(_ITEM.finditer(body.text, block.start, block.end))
        names = [_person(found["text"]) for found in items if len(found["indent"]) == len(items[0]["indent"])]
        if names and all(names) and len(names) <= 60:
            yield Fact(relation, label, tuple(dict.fromkeys(names)), block.start, block.end)


def profiles_in_tables(body: Body) -> list[Profile]:
    """Return a profile for each row of a table that has a column of names and one that tells something."""
    return [profile for block in body.blocks if block.kind is BlockKind.TABLE for profile in _rows(body.text, block)]


def _rows(text: str, block: Block) -> Iterator[Profile]:
    lines = text[block.start : block.end].split("\n")
    if len(lines) < 3 or "|" not in lines[0] or not _RULE.match(lines[1].strip()):
        return
    header = [plain_text(cell) for cell in _cells(lines[0])]
    named = _naming_column(header)
    telling = {at: relation for at, label in enumerate(header) if at != named and (relation := relation_of(label))}
    if named is None or not telling:
        return
    start = block.start + len(lines[0]) + len(lines[1]) + 2
    for line in lines[2:]:
        cells = _cells(line)
        own = Draft()
        if named < len(cells):
            own.name(plain_text(cells[named]))
            own.sort(header[named])
        for at, relation in telling.items():
            values = _values(header[at], cells[at], relation) if at < len(cells) else ()
            if values:
                own.facts.append(Fact(relation, header[at], values, start, start + len(line)))
        profile = own.profile()
        if profile is not None:
            yield profile
        start += len(line) + 1


def _naming_column(header: list[str]) -> int | None:
    """Return the column that names the rows: the first, where its title is a word for a thing."""
    for at, label in enumerate(header[:2]):
        words = label_words(label)
        if words and words[-1] in _NAMING:
            return at
    return None


def _cells(line: str) -> list[str]:
    shielded = line.strip().replace("\\|", "\x00")
    return [cell.replace("\x00", "|").strip() for cell in shielded.strip("|").split("|")]


def _values(label: str, text: str, relation: Relation) -> tuple[str, ...]:
    shown = plain_text(text)
    if not shown or len(shown) > _LONGEST_VALUE:
        return ()
    parts = [shown] if relation in _FREE else [part for part in _APART.split(shown) if part]
    if relation is Relation.STATUS and len(shown.split()) > 4:
        return ()
    if any(len(part.split()) > 6 for part in parts):
        # A sentence says more than who or where.
        return ()
    values = [shown_value(label, part) if names_channel(label) else part for part in parts]
    return tuple(dict.fromkeys(value for value in values if told(value)))


def _person(text: str) -> str:
    """Return the name that an item begins with: ``Ada Byron (**[@ada](…)**), Example Ltd`` is Ada Byron."""
    shown = plain_text(text)
    name = re.split(r"\s*(?:[(,;:]|\s[-–—]\s)", shown, maxsplit=1)[0].strip()
    return name if name and len(name.split()) <= 5 and (name[:1].isupper() or name[:1] in "@#") else ""


def plain_text(text: str) -> str:
    """Return Markdown as the words that are shown."""
    return " ".join(_MARKS.sub("", _LINK.sub(lambda found: found[1], text)).split()).strip()


def _inside_code(body: Body, at: int) -> bool:
    return any(block.kind is BlockKind.CODE and block.start <= at < block.end for block in body.blocks)
