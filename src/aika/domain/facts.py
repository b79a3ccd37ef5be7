"""Facts: what documents record of things, such as who owns a repository, and the names that things go by."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from aika.domain.documents import Document


class Relation(StrEnum):
    """What a fact tells of its subject."""

    OWNER = "owner"
    CONTACT = "contact"
    ALERTS = "alerts"
    STATUS = "status"
    AUTHOR = "author"
    APPROVER = "approver"
    REVIEWER = "reviewer"
    MEMBER = "member"
    ROLE = "role"
    """People in a role that the fact's label names: ``chairs``, ``tech_leads``."""
    PART_OF = "part of"
    DEPENDS_ON = "depends on"
    SUCCESSOR = "successor"
    """What replaced the subject, or what it is called now."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a document records of a subject."""

    relation: Relation
    label: str
    """As the document calls it, with what encloses it: ``alerts_team``, ``leadership chairs``."""
    values: tuple[str, ...]
    """As written, in the document's order."""
    start: int
    end: int
    """The span of the document's text that says so; ``end`` is exclusive."""
    stated: bool = True
    """Whether the span itself has the values. Otherwise it only shows the document that they are recorded of."""
    chunk: int = 0
    """The position of the chunk in which the span begins."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one document records of one subject: itself, or something that it lists."""

    names: tuple[str, ...]
    """What the subject is called, the name to show first."""
    aliases: tuple[str, ...] = ()
    """What it may also be called: the name of its folder, its former names."""
    sorts: tuple[str, ...] = ()
    """Lower-case words for what it is: ``repo``, ``subproject``, ``page``."""
    facts: tuple[Fact, ...] = ()
    whole: bool = False
    """Whether the subject is the document itself."""

    @property
    def keys(self) -> frozenset[str]:
        """The names and aliases as `name_key` has them."""
        keys = map(name_key, (*self.names, *self.aliases))
        return frozenset(key for key in keys if 0 < len(key) <= _LONGEST_KEY)


@dataclass(frozen=True, slots=True)
class KnownProfile:
    """A profile with the document it is from."""

    document: Document
    profile: Profile


_LONGEST_KEY = 200
"""Characters. A database's index takes no longer ones, and nobody asks for them."""
_RUN = re.compile(r"[^\W\d_]+|\d+")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")


def name_words(text: str) -> list[str]:
    """Return a name's words and numbers in order: without case, punctuation, accents of compatibility and leading zeros."""
    folded = unicodedata.normalize("NFKC", _APOSTROPHE.sub("", text)).casefold()
    return [run.lstrip("0") or "0" if run.isdigit() else run for run in _RUN.findall(folded)]


def name_key(text: str) -> str:
    """Return what all spellings of a name share: ``email-alert-api``, ``Email Alert API`` and ``EmailAlertApi`` are one."""
    return joined_key(name_words(text))


def joined_key(words: list[str]) -> str:
    """Return the key of a name of these words. Two numbers stay two."""
    key = ""
    for word in words:
        key += f".{word}" if key[-1:].isdigit() and word.isdigit() else word
    return key
