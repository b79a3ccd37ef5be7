"""Whether a profile is what a question names, and which of its facts the question asks for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aika.domain.facts import Fact, Profile, Relation, joined_key, name_words
from aika.facts.labels import extra_words, is_former, label_words, names_channel, singular
from aika.facts.questions import Asked

LONGEST_PHRASE = 40
"""Words of a subject that are looked up."""
_LONGEST_NAME = 30
_MOST_QUALIFIERS = 2
_AT = frozenset({"of", "in", "at", "on", "for"})
_LESSER = frozenset({"vice", "deputy", "assistant", "acting", "interim", "junior", "associate"})
"""Who holds such a role is not who holds the role itself."""
_QUOTES = re.compile(r"[\"`]")
_FREE_WORDS = "the a an of for in on at to and s our called named titled"
_FREE = frozenset(_FREE_WORDS.split())
_SAME = {
    "repository": "repo",
    "document": "doc",
    "documentation": "doc",
    "application": "app",
    "enhancement": "decision",
    "proposal": "decision",
    "article": "page",
    "wiki": "page",
}
_GENERIC_WORDS = (
    "repo doc app page service project subproject team group component system library package module tool api site website "
    "decision rfc adr record guide runbook dashboard channel codebase repository gem plugin product platform area squad "
    "document documentation docs application enhancement proposal article wiki file frontend backend pipeline"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())
_PAGES = frozenset({"page", "doc", "document", "guide", "runbook", "article", "file", "record"})
_PLAIN = {"technical": "tech", "chairperson": "chair", "cochair": "chair", "leader": "lead"}


@dataclass(frozen=True, slots=True)
class Match:
    """How well a profile fits what a question names. Less is better in every field."""

    qualifiers: tuple[str, ...]
    """Words beside the name that are no part of it: the document must know them."""
    places: tuple[str, ...]
    """Those of them that its title, path, source or address must have: no name of something, so far as one can see."""
    uncovered: int
    """How many words are part of no name of it, those that say what it is included."""
    by_alias: bool
    """Whether only an alias matches."""
    other_sort: bool
    """Whether the question calls it something that it is not known to be."""
    as_page: bool = False
    """Whether the question names a page: it says so, or quotes the title."""


def phrase_keys(phrase: str) -> list[str]:
    """Return the keys of all runs of words in the phrase, the longest first."""
    words = name_words(phrase)[:LONGEST_PHRASE]
    spans = ((start, end) for end in range(1, len(words) + 1) for start in range(max(0, end - _LONGEST_NAME), end))
    return list(
        dict.fromkeys(joined_key(words[start:end]) for start, end in sorted(spans, key=lambda span: span[0] - span[1]))
    )


def match(profile: Profile, asked: Asked) -> Match | None:
    """Return how the profile fits, ``None`` where the question names something else."""
    words, quoted = _read_phrase(asked.subject)
    covered = _covered(words, profile.keys)
    if not any(covered):
        return None
    left = [at for at, is_covered in enumerate(covered) if not is_covered and (quoted[at] or words[at] not in _FREE)]
    if any(words[at].isdigit() or quoted[at] for at in left):
        # Another number is another thing, and what is quoted is a whole name.
        return None
    sorts = {_sort(words[at]) for at in left}
    known = set(map(_sort, profile.sorts))
    said = _GENERIC | known | set(map(_sort, name_words(asked.noun)))
    more = [at for at in left if _sort(words[at]) not in said]
    if len(more) > _MOST_QUALIFIERS or not all(_is_beside(at, words, covered, left) for at in more):
        return None
    capital = {word for part in re.findall(r"[^\W\d_]*[A-Z]\w*", asked.subject) for word in name_words(part)}
    qualifiers = tuple(words[at] for at in more)
    places = tuple(words[at] for at in more if words[at] not in capital or at > covered.index(True))
    first = frozenset(joined_key(name_words(name)) for name in profile.names)
    generic = sorts & _GENERIC
    return Match(
        qualifiers,
        places,
        len(left),
        not any(_covered(words, first)),
        bool(generic) and not generic & known,
        bool(sorts & _PAGES) or any(quoted),
    )


def _is_beside(at: int, words: Sequence[str], covered: Sequence[bool], left: Sequence[int]) -> bool:
    """Return whether a word stands right before the name, or behind it with a preposition: ``Acme Search``, ``Search at Acme``.

    In ``changes to Search`` or ``Search without filters`` something else is asked about.
    """
    if at > covered.index(True):
        return words[at - 1] in _AT or (at - 1) in left
    following = next(place for place in range(at, len(words)) if place not in left)
    return covered[following]


def _read_phrase(phrase: str) -> tuple[list[str], list[bool]]:
    """Return the words, and which of them are quoted."""
    words: list[str] = []
    quoted: list[bool] = []
    for at, part in enumerate(_QUOTES.split(phrase)):
        found = name_words(part)
        words += found
        quoted += [at % 2 == 1] * len(found)
    return words[:LONGEST_PHRASE], quoted[:LONGEST_PHRASE]


def _sort(word: str) -> str:
    return _SAME.get(singular(word), singular(word))


def _covered(words: Sequence[str], keys: frozenset[str]) -> list[bool]:
    """Return which words are part of one of the names. A number and a title may overlap."""
    covered = [False] * len(words)
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + _LONGEST_NAME) + 1):
            if joined_key(list(words[start:end])) in keys:
                covered[start:end] = [True] * (end - start)
    return covered


@dataclass(frozen=True, slots=True)
class Choice:
    """The facts of a profile that answer, and how far they are from what was asked for."""

    facts: tuple[Fact, ...]
    distance: int

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for fact in self.facts for value in fact.values))


def choose(profile: Profile, asked: Asked) -> Choice | None:
    """Return the facts that answer what was asked, ``None`` where the profile has none."""
    former = any(is_former(word) for word in asked.role)
    facts = [fact for fact in profile.facts if former or not is_former(fact.label)]
    if asked.wants_channel and asked.relation in (Relation.OWNER, Relation.CONTACT, Relation.ALERTS):
        return _nearest(_channels(facts, asked), asked)
    match asked.relation:
        case Relation.OWNER:
            return _owner(facts, asked)
        case Relation.CONTACT:
            return _contact(facts, asked)
        case Relation.ROLE:
            return _nearest((fact for fact in facts if _has_role(fact, asked.role)), asked)
        case relation:
            return _nearest(
                (fact for fact in facts if fact.relation is relation and _has_role(fact, asked.role)), asked
            )


def _owner(facts: Sequence[Fact], asked: Asked) -> Choice | None:
    role = tuple(word for word in asked.role if word not in ("owner", "maintainer"))
    owners = [fact for fact in facts if fact.relation is Relation.OWNER and _has_role(fact, role)]
    if "maintainer" in asked.role:
        maintainers = [fact for fact in facts if "maintainer" in label_words(fact.label)]
        owners = maintainers or owners
    nouns = {singular(word) for word in name_words(asked.noun)}
    naming = [fact for fact in owners if nouns & set(label_words(fact.label))]
    names = [fact for fact in naming or owners if not names_channel(fact.label)]
    chosen = _nearest(names or naming or owners, asked)
    if chosen is not None or role:
        return chosen
    listed = _nearest(
        (fact for fact in facts if fact.relation is Relation.PART_OF and fact.label != "listed in"), asked
    )
    return None if listed is None else Choice(listed.facts, listed.distance + 5)


def _channels(facts: Sequence[Fact], asked: Asked) -> list[Fact]:
    """Return the facts whose values are channels: those for alerts only where alerts are asked for."""
    if asked.relation is Relation.ALERTS:
        return [fact for fact in facts if fact.relation is Relation.ALERTS]
    for relation in sorted((Relation.OWNER, Relation.CONTACT), key=lambda relation: relation is not asked.relation):
        found = [
            fact
            for fact in facts
            if fact.relation is relation
            and (names_channel(fact.label) or all(value[:1] == "#" for value in fact.values))
        ]
        if found:
            return found
    return []


def _contact(facts: Sequence[Fact], asked: Asked) -> Choice | None:
    contacts = [fact for fact in facts if fact.relation is Relation.CONTACT]
    wanted = set(label_words(asked.noun)) - {"contact", "point", "of", "address", "link"}
    if wanted & {"mail", "email"}:
        wanted |= {"mail", "email"}
    if wanted:
        return _nearest((fact for fact in contacts if wanted & set(label_words(fact.label))), asked)
    if contacts:
        return Choice(tuple(contacts[:3]), 0)
    owned = _nearest((fact for fact in facts if fact.relation is Relation.OWNER), asked)
    return None if owned is None else Choice(owned.facts, owned.distance + 1)


def _has_role(fact: Fact, role: Sequence[str]) -> bool:
    label = {_PLAIN.get(word, word) for word in label_words(fact.label)} | {fact.relation.value}
    return set(role) <= label and not _LESSER & (label - set(role))


def _nearest(facts: Sequence[Fact] | Iterator[Fact], asked: Asked) -> Choice | None:
    """Return the fact whose label says least beside what was asked for."""
    best = min(
        ((_distance(fact, asked), place, fact) for place, fact in enumerate(facts)),
        key=lambda ranked: ranked[:2],
        default=None,
    )
    return None if best is None else Choice((best[2],), best[0])


def _distance(fact: Fact, asked: Asked) -> int:
    own = label_words(fact.label.split(" (", 1)[0])
    if fact.relation is Relation.ROLE:
        last = [
            _PLAIN.get(word, word)
            for word in label_words(fact.label.rsplit(" ", 1)[-1] if "_" in fact.label else fact.label)
        ]
        return len(set(last) - set(asked.role))
    return extra_words(" ".join(word for word in own if word not in asked.role), fact.relation)
