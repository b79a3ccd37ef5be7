"""Whether two documents record different owners or contacts of the same thing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aika.domain.access import UNRESTRICTED
from aika.domain.documents import Document, Kind
from aika.domain.facts import Fact, KnownProfile, Profile, Relation, name_key
from aika.domain.findings import Exhibit, FindingKind, Verdict
from aika.facts.labels import OF_PAGE, extra_words, is_former, label_words
from aika.health.disagreements_siblings import are_siblings
from aika.health.disagreements_wording import older, other_holds
from aika.health.statements_conditions import is_dated
from aika.protocols import Catalogue, FactStore

_COMPARED = (Relation.OWNER, Relation.CONTACT, Relation.ALERTS)
_MOST_OF_A_NAME = 4
"""Profiles. A name that more documents record of is no name of one thing."""
_MOST_PROFILES = 500
"""Of one document."""
_MOST_FOUND = 100
_SHORTEST_NAME = 4
_NO_RECORDS = frozenset({Kind.CONVERSATION, Kind.ISSUE, Kind.PERSON, Kind.CODE})
_GROUP_WORDS = re.compile(r"^(?:the|team|group|squad)[-_ ]|[-_ ](?:team|group|squad)s?$")
_REFERENCE = re.compile(r"^(?:(?:group|user):)?(?:[\w.-]+/)?", re.IGNORECASE)
_PERSON = re.compile(r"[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w.’'-]*)+")
_CERTAINTY_STATED, _CERTAINTY = 0.85, 0.75
_NOTE, _IS = "says that the ", " is "


@dataclass(frozen=True, slots=True)
class _Recorded:
    """One value that a document records of a thing."""

    document: Document
    profile: Profile
    fact: Fact

    @property
    def value(self) -> str:
        return self.fact.values[0]


@dataclass(frozen=True, slots=True)
class RecordComparison:
    """Compares what documents record of the things of one name."""

    facts: FactStore
    catalogue: Catalogue

    async def of_document(self, document: Document) -> list[Verdict]:
        """Return where others record otherwise what this document records."""
        if document.kind in _NO_RECORDS or is_dated(document):
            return []
        own = await self.facts.recorded(document.id, scope=UNRESTRICTED, limit=_MOST_PROFILES)
        telling = [each for each in own if any(_values_of(each))]
        keys = {key for each in telling for key in _names(each.profile)}
        if not keys:
            return []
        known = await self.facts.profiles(keys, scope=UNRESTRICTED, limit=_MOST_FOUND * max(1, len(telling) // 20 + 1))
        named = _by_name(known)
        return [await self._quoted(verdict) for each in telling for verdict in _against(each, named)]

    async def still_differ(self, one: Exhibit, other: Exhibit) -> bool:
        """Return whether the two documents still record different values of what the exhibits are about."""
        wanted = {_question(one), _question(other)}
        for verdict in await self.of_document(one.document):
            documents = {exhibit.document.id for exhibit in verdict.exhibits}
            if documents == {one.document.id, other.document.id} and wanted & set(map(_question, verdict.exhibits)):
                return True
        return False

    async def _quoted(self, verdict: Verdict) -> Verdict:
        """Return the verdict with its documents' words."""
        exhibits: list[Exhibit] = []
        for exhibit in verdict.exhibits:
            found = await self.catalogue.document(exhibit.document.id, scope=UNRESTRICTED)
            text = "" if found is None else found[1].text
            exhibits.append(replace(exhibit, quote=text[exhibit.start : exhibit.end]))
        return replace(verdict, exhibits=tuple(exhibits))


def is_of_records(exhibits: Sequence[Exhibit]) -> bool:
    """Return whether exhibits are records of an owner or a contact, rather than sentences."""
    return all(exhibit.note.startswith(_NOTE) and _IS in exhibit.note for exhibit in exhibits)


def _question(exhibit: Exhibit) -> str:
    """Return what the exhibit gives a value of."""
    return exhibit.note.partition(_IS)[0]


def _by_name(known: Sequence[KnownProfile]) -> dict[str, list[KnownProfile]]:
    named: dict[str, list[KnownProfile]] = {}
    for each in known:
        for key in _names(each.profile):
            named.setdefault(key, []).append(each)
    return named


def _against(own: KnownProfile, named: Mapping[str, Sequence[KnownProfile]]) -> Iterator[Verdict]:
    same = [each for key in sorted(_names(own.profile)) for each in named.get(key, ())]
    others = [each for each in same if each.document.id != own.document.id and _comparable(own, each)]
    if len({each.document.id for each in same}) > _MOST_OF_A_NAME:
        return
    for other in others:
        for mine in _values_of(own):
            theirs = [recorded for recorded in _values_of(other) if _same_question(mine.fact, recorded.fact)]
            if len(theirs) == 1 and _differ(mine.value, theirs[0].value):
                yield _verdict(mine, theirs[0])
                break


def _comparable(one: KnownProfile, other: KnownProfile) -> bool:
    if other.document.kind in _NO_RECORDS or is_dated(other.document):
        return False
    if are_siblings(one.document, other.document):
        return False
    if one.profile.whole or other.profile.whole:
        # A page is a page and what it is about a repository: their sorts say nothing.
        return not (one.profile.whole and other.profile.whole)
    mine, theirs = set(one.profile.sorts), set(other.profile.sorts)
    return not mine or not theirs or bool(mine & theirs)


def _names(profile: Profile) -> frozenset[str]:
    keys = (name_key(name) for name in profile.names)
    return frozenset(key for key in keys if len(key) >= _SHORTEST_NAME and not key.isdigit())


def _values_of(known: KnownProfile) -> list[_Recorded]:
    """Return the single values that say for themselves what they are of."""
    return [
        _Recorded(known.document, known.profile, fact)
        for fact in known.profile.facts
        if fact.relation in _COMPARED
        and len(fact.values) == 1
        and fact.stated
        and not fact.label.endswith(OF_PAGE)
        and not is_former(fact.label)
    ]


def _same_question(one: Fact, other: Fact) -> bool:
    if one.relation is not other.relation or _form(one.values[0]) != _form(other.values[0]):
        return False
    plain = extra_words(one.label, one.relation) == 0 == extra_words(other.label, other.relation)
    return label_words(one.label) == label_words(other.label) or (one.relation is Relation.OWNER and plain)


def _form(value: str) -> str:
    """Return what sort of value it is. A channel is no other answer than a team, but another sort of answer."""
    text = value.strip()
    if text.startswith("#"):
        return "channel"
    if "://" in text:
        return "link"
    if "@" in text[1:]:
        return "address"
    return "person" if _PERSON.fullmatch(text) else "name"


def _differ(one: str, other: str) -> bool:
    mine, theirs = _plain(one), _plain(other)
    return bool(mine and theirs) and mine not in theirs and theirs not in mine


def _plain(value: str) -> str:
    bare = _REFERENCE.sub("", value.strip().lstrip("@#")).lower()
    return name_key(_GROUP_WORDS.sub("", bare))


def _verdict(mine: _Recorded, theirs: _Recorded) -> Verdict:
    if older(theirs.document, mine.document):
        mine, theirs = theirs, mine
    holds = other_holds(mine.document, theirs.document)
    name = mine.profile.names[0]
    what = mine.fact.relation.value
    return Verdict(
        kind=FindingKind.OUTDATED if holds else FindingKind.CONFLICTING,
        reason=f"This document says that the {what} of {name} is {mine.value}, and another document says otherwise"
        f"{f', {holds}' if holds else ''}.",
        subject=f"{what}: {name_key(name)}",
        certainty=_CERTAINTY_STATED if holds else _CERTAINTY,
        exhibits=(_exhibit(mine), _exhibit(theirs)),
    )


def _exhibit(recorded: _Recorded) -> Exhibit:
    fact = recorded.fact
    what = f"{fact.relation.value} of {recorded.profile.names[0]}"
    return Exhibit(recorded.document, "", fact.start, fact.end, note=f"{_NOTE}{what}{_IS}{recorded.value}")
