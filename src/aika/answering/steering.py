"""Text in documents that speaks to a machine instead of to people: found, and kept from the assistant.

What steers is never quoted, never given to a language model and backs no sentence. A text that was missed still cannot do
much: what is written is checked against the documents, and leads nowhere but to them.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import PurePosixPath

from aika.answering.display import visible
from aika.domain.documents import AttributeValue, Chunk, Document
from aika.domain.queries import Hit

# Letters of other alphabets that look like Latin ones: ten of Cyrillic and Greek make most disguises.
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501"
    "\u051b\u0475\u03b1\u03b5\u03bf\u03c1\u03c5\u03b9\u03bd\u03ba\u0261\u0131",
    "aeopcyxijshdqvaeopuivkgi",
)
_DIGITS_AS_LETTERS = str.maketrans("0134578@$", "oieastbas")
_MIXED = re.compile(r"\b(?=\w*[a-z])(?=\w*[0134578@$])[\w@$]{4,}")
_SPACED = re.compile(r"\b(?:\w[ .\-_*]){4,}\w\b")
_MARKS = re.compile(r"[*_`~\\]+")

# No pattern matches a text without one of these: most sentences are let go at once. The second line is disguises.
_WORTH_A_LOOK = re.compile(
    r"ignor|disregard|forget|overrid|bypass|neglect|instruction|prompt|rule|directive|order|command|from now|henceforth|"
    r"starting now|you are|you will act|you must|you shall|mode\b|pretend|imagine|roleplay|act as|reveal|print|repeat|"
    r"your|\ba\.?i\b|\bllms?\b|gpt|aika|copilot|bot|assistant|language model|machine reader|automated|summari|crawler|"
    r"respon|repl|answer|question|user|confidence|decode|decrypt|encode|translate|tool|function|plugin|concatenat|combine|join|"
    r"assemble|other doc|other pass|other page|<|\[/?inst|system|developer|end of|context|passage|"
    r"[^\x00-\x7f]|\b\w[ .\-_*]\w[ .\-_*]\w[ .\-_*]\w\b|(?=[a-z]*[0134578@$])[a-z0134578@$]*[a-z][0134578@$][a-z]"
)
_NAME = re.compile(r"\{([A-Z]+)\}")
_ABOUT_MACHINES = re.compile(
    r"\b(?:ai|llms?|prompts?|prompting|assistants?|chat ?bots?|bots?|agents?|copilots?|language models?|gpt\w*|mcp|aika)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=16_384)
def steers(text: str, *, about: str = "") -> bool:
    """Return whether a text speaks to a machine.

    ``about`` is what its document says it is about: what a page on assistants says of assistants is its matter.
    """
    folded = _folded(text)
    if not _WORTH_A_LOOK.search(folded):
        return False
    variants = {folded, _MIXED.sub(lambda match: match.group().translate(_DIGITS_AS_LETTERS), folded)}
    joined = _SPACED.sub(lambda match: re.sub(r"[ .\-_*]", "", match.group()), folded)
    variants.add(joined)
    patterns = _patterns()
    if any(pattern.search(each) for pattern in patterns.always for each in variants):
        return True
    return bool(patterns.elsewhere.search(folded)) and not _ABOUT_MACHINES.search(about)


@dataclass(frozen=True, slots=True)
class _Patterns:
    always: tuple[re.Pattern[str], ...]
    elsewhere: re.Pattern[str]
    """Ordinary in documents about such machines, and about nothing else."""


@cache
def _patterns() -> _Patterns:
    """Read the file beside this module."""
    names: dict[str, str] = {}
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (files("aika.answering") / "steering_patterns.txt").read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition(" = ")
        if equals and name.isupper():
            names[name] = value
        elif line.startswith("[") and line.endswith("]"):
            lines = sections.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            lines.append(_NAME.sub(lambda found: names[found[1]], line))
    *always, elsewhere = ("|".join(section) for section in sections.values())
    return _Patterns(tuple(re.compile(each, re.DOTALL) for each in always), re.compile(elsewhere))


def defused(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the hits without titles, headings and record fields that steer. Their texts are cut by `passage_units`."""
    return tuple(replace(hit, chunk=_defused(hit.chunk)) for hit in hits)


def _defused(chunk: Chunk) -> Chunk:
    headings = tuple(heading for heading in chunk.heading_path if not steers(heading, about=chunk.document.title))
    document = _defused_document(chunk.document)
    if document is chunk.document and len(headings) == len(chunk.heading_path):
        return chunk
    return replace(chunk, document=document, heading_path=headings)


def _defused_document(document: Document) -> Document:
    fields = [document.title, *(text for value in document.attributes.values() for text in _texts(value))]
    owner = document.owner
    if owner is not None:
        fields += [owner.name, owner.contact or ""]
    if not any(steers(field, about=document.title) for field in fields if field):
        return document
    title = document.title
    if steers(title, about=title):
        named = PurePosixPath(document.key).stem
        title = "Untitled document" if steers(re.sub(r"[-_+]+", " ", named)) else named
    return replace(
        document,
        title=title,
        owner=None if owner is not None and steers(f"{owner.name} {owner.contact or ''}") else owner,
        attributes={
            key: value
            for key, value in document.attributes.items()
            if not any(steers(text, about=document.title) for text in _texts(value))
        },
    )


def _texts(value: AttributeValue) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _folded(text: str) -> str:
    bare = _MARKS.sub("", unicodedata.normalize("NFKC", visible(text))).lower()
    letters = unicodedata.normalize("NFKD", bare)
    # Accents of Latin letters disguise; those of other scripts spell.
    return bare if not letters.isascii() and _MOSTLY_FOREIGN.search(bare) else _latin(letters)


_MOSTLY_FOREIGN = re.compile(
    r"[\u0400-\u04ff]{4,}|[\u0600-\u06ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]|[äöüßéèêçñãõ]"
)


def _latin(text: str) -> str:
    without_marks = "".join(character for character in text if not unicodedata.combining(character))
    return without_marks.translate(_LOOKALIKES)
