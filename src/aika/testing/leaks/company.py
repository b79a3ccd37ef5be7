"""A small company that nobody knows: people, groups within groups, and documents with canaries."""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

EVERYONE = "everyone"
_SUBJECTS = (
    "harbour crane",
    "night ferry",
    "ticket printer",
    "cold store",
    "engine workshop",
    "crew roster",
    "fuel depot",
    "parcel lift",
    "radar mast",
    "winter timetable",
    "bilge pump",
    "bridge console",
)
_LETTERS = "bcdfghjklmnpqrstvwxz"


@dataclass(frozen=True, slots=True)
class CanaryDocument:
    """A document of which everything that can be shown holds a word that occurs nowhere else."""

    key: str
    title: str
    text: str
    author: str
    owner: str
    tag: str
    question: str
    """Answered by the text, and without any of its canaries."""
    readers: frozenset[str]
    canaries: tuple[str, ...]
    """The one in the text first."""

    @property
    def word(self) -> str:
        """The canary in the text, which is the answer to the question."""
        return self.canaries[0]


@dataclass(frozen=True, slots=True)
class CanaryAssistant:
    """A private assistant of which everything that can be shown holds a word that occurs nowhere else."""

    person: str
    """The address of its owner."""
    name: str
    purpose: str
    instructions: str

    @property
    def canaries(self) -> tuple[str, ...]:
        return (self.name, self.purpose, self.instructions)


@dataclass(frozen=True, slots=True)
class Company:
    """Who is in which group, and who may read what, as it was planted."""

    people: tuple[str, ...]
    """E-mail addresses."""
    groups: Mapping[str, frozenset[str]]
    """Members by group: people as ``user:`` and their address, and other groups."""
    documents: tuple[CanaryDocument, ...]
    seed: int = field(default=0)
    assistants: tuple[CanaryAssistant, ...] = ()

    def principals(self, person: str) -> frozenset[str]:
        """Return everything that a person is, found by following each membership."""
        found = {f"user:{person}", EVERYONE}
        while new := {group for group, members in self.groups.items() if members & found} - found:
            found |= new
        return frozenset(found)

    def may_read(self, person: str, document: CanaryDocument) -> bool:
        return bool(self.principals(person) & document.readers)

    def readable(self, person: str) -> list[CanaryDocument]:
        return [document for document in self.documents if self.may_read(person, document)]

    def with_members(self, group: str, members: Collection[str]) -> "Company":
        """Return the company after a group was changed."""
        return replace(self, groups={**self.groups, group: frozenset(members)})


def generate(seed: int, *, people: int = 3, groups: int = 4, documents: int = 6, public: bool = False) -> Company:
    """Return the company of a seed: always the same. ``public`` lets some documents be read by everyone."""
    chance = random.Random(seed)  # noqa: S311 - words that nobody can guess beforehand, and that a seed brings back
    mark = _word(chance)
    addresses = tuple(f"{_word(chance)}@{mark}.invalid" for _ in range(people))
    names = [f"leak-audit:{mark}:{number}" for number in range(groups)]
    members: dict[str, frozenset[str]] = {}
    for number, name in enumerate(names):
        # Groups within groups, in circles too: any group may have any other.
        pool = [f"user:{address}" for address in addresses] + names
        members[name] = frozenset(chance.sample(pool, k=min(len(pool), 1 + number % 3)))
    readers = [*names, *(f"user:{address}" for address in addresses), *([EVERYONE] if public else [])]
    made = [_document(chance, number, _some(chance, readers)) for number in range(documents)]
    # At least one that nobody may read, and one that the first person reads through a group within a group.
    made.append(_document(chance, documents, frozenset()))
    if groups >= 2:
        members[names[0]] = members[names[0]] | {f"user:{addresses[0]}"}
        members[names[1]] = (members[names[1]] | {names[0]}) - {f"user:{addresses[0]}"}
        made.append(_document(chance, documents + 1, frozenset({names[1]})))
    private = (CanaryAssistant(address, _word(chance), _word(chance), _word(chance)) for address in addresses)
    return Company(addresses, members, tuple(made), seed, tuple(private))


def _document(chance: random.Random, number: int, readers: frozenset[str]) -> CanaryDocument:
    subject = _SUBJECTS[number % len(_SUBJECTS)]
    word, title, key, author, owner, tag = (_word(chance) for _ in range(6))
    return CanaryDocument(
        key=f"plans/{key}.md",
        title=f"The {subject}, plan {title}",
        text=f"# The {subject}, plan {title}\n\nThe access phrase of the {subject} is {word}.\n\n"
        f"Whoever works at the {subject} says {word} at the gate, and writes it into the log book of the {subject}.\n",
        author=f"Author {author}",
        owner=f"team-{owner}",
        tag=tag,
        question=f"What is the access phrase of the {subject}?",
        readers=readers,
        canaries=(word, title, key, author, owner, tag),
    )


def _some(chance: random.Random, readers: list[str]) -> frozenset[str]:
    return frozenset(chance.sample(readers, k=chance.choice((1, 1, 1, 2, 3))))


def _word(chance: random.Random) -> str:
    # Begins like no word of any language, so that no stemmer shortens it to one.
    return "zx" + "".join(chance.choices(_LETTERS, k=14))
