"""Assistants: configurations that people talk to."""

import unicodedata
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from aika.domain.identifiers import AssistantId, DocumentId, PrincipalId
from aika.domain.rules import RankingRule
from aika.domain.selection import EVERYTHING, Selection


class Visibility(StrEnum):
    """Who may see and use an assistant."""

    PRIVATE = "private"
    GROUP = "group"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Topic:
    """A region of the embedding space, learned from examples of what belongs to it."""

    documents: tuple[DocumentId, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assistant:
    """One configuration people talk to. It narrows what may be seen, and never widens it."""

    id: AssistantId
    name: str
    owner: PrincipalId
    """A person or a group."""
    purpose: str = ""
    instructions: str = ""
    """Added to what the language model is told. Without one they change nothing."""
    knowledge: Selection = EVERYTHING
    topic: Topic | None = None
    rules: tuple[RankingRule, ...] = ()
    model: str | None = None
    """By its name among the operator's ``[models]``. ``None`` is the deployment's."""
    temperature: float | None = None
    greeting: str = ""
    examples: tuple[str, ...] = ()
    """Questions that it is good at."""
    visibility: Visibility = Visibility.PRIVATE
    groups: frozenset[PrincipalId] = frozenset()
    """Who may use it where it is visible to groups."""
    declared_in: str | None = None
    """The file, ``None`` for one made through the API."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as assistants are concerned."""

    owner: PrincipalId
    """Whom what they make belongs to."""
    people: tuple[frozenset[PrincipalId], ...]
    """Everyone who will see the answer, each with all groups that they are in. One alone is the asker."""
    admin: bool = False
    """May manage every assistant. It is no right to use one."""

    @property
    def shared(self) -> frozenset[PrincipalId]:
        """What all of them are."""
        return frozenset.intersection(*self.people)


class Standing(IntEnum):
    """How near an assistant is to whoever asks. Of two with one name, the nearer is meant."""

    OWN = 1
    GROUP = 2
    PUBLIC = 3


def standing(assistant: Assistant, asker: Asker) -> Standing | None:
    """Return how near an assistant is, ``None`` for one that the asker may not know of.

    One that is visible to groups, each person needs to be in one of; one that belongs to a group is its members'.
    """
    if assistant.owner in asker.shared:
        return Standing.OWN if is_person(assistant.owner, asker) else Standing.GROUP
    if assistant.visibility is Visibility.GROUP and all(assistant.groups & person for person in asker.people):
        return Standing.GROUP
    return Standing.PUBLIC if assistant.visibility is Visibility.PUBLIC else None


def may_edit(assistant: Assistant, asker: Asker) -> bool:
    """Return whether the asker may change and delete it: its owner, a member of the owning group, or an administrator."""
    return asker.admin or assistant.owner in asker.shared


def is_person(principal: PrincipalId, asker: Asker) -> bool:
    return principal == asker.owner or principal.startswith(("user:", "key:"))


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common: neither case, width nor spacing tells them apart."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
