"""Finds the recorded facts that a question asks for, within what the asker may see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aika.domain.access import Scope
from aika.domain.documents import Document
from aika.domain.facts import KnownProfile, Profile, Relation, name_key, name_words
from aika.facts.labels import OF_PAGE, names_channel
from aika.facts.matching import Choice, Match, choose, match, phrase_keys
from aika.facts.naming import title_names
from aika.facts.questions import Asked, asked_for
from aika.protocols import Catalogue, FactStore

_CANDIDATES = 400
_MOST_THINGS = 4
"""Things of one name that are listed beside each other. More are for a search."""
_NO_LONGER = ("supersed", "deprecat", "obsolet", "replac", "withdrawn", "archiv", "retired", "rejected")
_REPLACED_BY = ("superseded_by", "replaced_by", "obsoleted_by", "deprecated_by")


@dataclass(frozen=True, slots=True)
class Found:
    """Facts of one thing that answer a question."""

    document: Document
    profile: Profile
    choice: Choice

    @property
    def values(self) -> tuple[str, ...]:
        return self.choice.values

    @property
    def relation(self) -> Relation:
        return self.choice.facts[0].relation

    @property
    def stated(self) -> bool:
        return all(fact.stated for fact in self.choice.facts)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is recorded of what a question asks for."""

    asked: Asked
    answers: tuple[Found, ...]
    """One, or several things of the same name."""
    certainty: float
    """0..1: how surely this is what was asked for."""
    others: tuple[Found, ...] = ()
    """What other documents record of the same thing, with other values."""
    contact: Found | None = None
    """How to reach the owner, where that is recorded elsewhere."""
    through: Found | None = None
    """The owner through whom the contact was found, or what says that the thing has a successor."""


class FactFinder:
    """Looks facts up by the names in a question."""

    def __init__(self, store: FactStore, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    async def find(self, question: str, *, scope: Scope) -> Finding | None:
        """Return what is recorded, ``None`` where the question asks for no fact or nothing of that name has it."""
        asked = asked_for(question)
        return None if asked is None else await self._find(asked, scope)

    async def _find(self, asked: Asked, scope: Scope, *, follow: bool = True) -> Finding | None:
        known = await self._known(asked, scope)
        found = [
            _Ranked(Found(each.document, each.profile, chosen), fits, chosen)
            for each, fits in known
            if (chosen := choose(each.profile, asked)) is not None and (fits.as_page or not _is_of_page(chosen))
        ]
        if found:
            return await self._decided(asked, found, scope)
        return await self._followed(asked, [each for each, _ in known], scope) if known and follow else None

    async def _known(self, asked: Asked, scope: Scope) -> list[tuple[KnownProfile, Match]]:
        """Return the profiles that the question can mean: all its words must be accounted for."""
        profiles = await self._store.profiles(phrase_keys(asked.subject), scope=scope, limit=_CANDIDATES)
        fitting = [(each, fits) for each in profiles if (fits := match(each.profile, asked)) is not None]
        least = min((len(fits.qualifiers) for _, fits in fitting), default=0)
        fitting = [(each, fits) for each, fits in fitting if len(fits.qualifiers) == least]
        if least == 0:
            return fitting
        return [(each, fits) for each, fits in fitting[:20] if await self._knows(each.document, fits, scope)]

    async def _knows(self, document: Document, fits: Match, scope: Scope) -> bool:
        """Return whether the document itself has the words that are no part of the thing's name."""
        place = set(name_words(f"{document.title} {document.key} {document.source} {document.url or ''}"))
        if not set(fits.places) <= place:
            return False
        if set(fits.qualifiers) <= place:
            return True
        read = await self._catalogue.document(document.id, scope=scope)
        return read is not None and set(fits.qualifiers) <= place | set(name_words(read[1].text))

    async def _decided(self, asked: Asked, found: Sequence["_Ranked"], scope: Scope) -> Finding | None:
        found = sorted(found, key=lambda each: (each.fit, each.standing))
        best = found[0]
        level = [each for each in found if each.fit == best.fit]
        distinct: list[_Ranked] = []
        for each in level:
            if all(_values(each.found) != _values(other.found) for other in distinct):
                distinct.append(each)
        things = [each for each in distinct if each is best or _are_different(each.found, best.found)]
        if len(things) > _MOST_THINGS:
            return None
        others = tuple(each.found for each in distinct if each not in things)
        contact = await self._contact_of(best.found, asked, scope) if len(things) == 1 else None
        return Finding(
            asked, tuple(each.found for each in things), _certainty(best, len(things), bool(others)), others, contact
        )

    async def _followed(self, asked: Asked, known: Sequence[KnownProfile], scope: Scope) -> Finding | None:
        """Look for the contact of the owner, or for the successor of what has no such fact itself."""
        steps = [Relation.SUCCESSOR]
        if asked.relation is Relation.CONTACT or asked.wants_channel:
            steps = [Relation.OWNER, Relation.PART_OF, Relation.SUCCESSOR]
        for relation in steps:
            for each in known:
                step = choose(each.profile, Asked(relation, asked.subject))
                if step is None:
                    continue
                through = Found(each.document, each.profile, step)
                for name in _names_in(step.values):
                    further = await self._find(
                        replace(asked, subject=name), scope, follow=relation is not Relation.SUCCESSOR
                    )
                    if further is not None and len(further.answers) == 1:
                        return replace(further, asked=asked, through=through, certainty=further.certainty - 0.05)
        return None

    async def _contact_of(self, found: Found, asked: Asked, scope: Scope) -> Found | None:
        """Return how to reach the one owner that was found, where a record of the owner says so."""
        if asked.relation is not Relation.OWNER or len(found.values) != 1 or found.values[0][:1] in "#@":
            return None
        own = [fact for fact in found.profile.facts if fact.relation is Relation.CONTACT or names_channel(fact.label)]
        if own and found.relation is Relation.OWNER:
            return Found(found.document, found.profile, Choice((own[0],), 0))
        for name in _names_in(found.values):
            wanted = Asked(Relation.CONTACT, name, (), "channel")
            known = [each for each, fits in await self._known(wanted, scope) if not fits.qualifiers]
            reached = [
                Found(each.document, each.profile, chosen)
                for each in known
                if (chosen := choose(each.profile, wanted)) is not None
            ]
            if reached and len({_values(each) for each in reached}) == 1:
                return reached[0]
        return None


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Something found with how good it is. Less is better."""

    found: Found
    match: Match
    choice: Choice

    @property
    def fit(self) -> tuple[int, bool, int, bool, int, bool]:
        """How surely it is what was asked for: where this is equal, the question does not tell them apart."""
        return (
            len(self.match.qualifiers),
            self.match.other_sort,
            self.match.uncovered,
            self.match.by_alias,
            self.choice.distance,
            self.found.profile.whole,
        )

    @property
    def standing(self) -> tuple[bool, bool, float, str]:
        """How far its document can be relied on."""
        document = self.found.document
        changed = document.modified_at or document.created_at
        return (_is_outdated(document), not self.found.stated, -(changed.timestamp() if changed else 0.0), document.id)


def _is_of_page(choice: Choice) -> bool:
    """Return whether it is known of a page alone, not of what the page is about."""
    return all(fact.label.endswith(OF_PAGE) for fact in choice.facts)


def _certainty(best: _Ranked, things: int, contradicted: bool) -> float:
    if things > 1:
        return 0.5
    certainty = 0.97 if best.found.stated else 0.92
    certainty -= 0.08 * len(best.match.qualifiers) + 0.03 * best.match.by_alias + 0.02 * min(best.choice.distance, 5)
    return max(0.5, certainty - 0.2 * contradicted)


def _are_different(one: Found, other: Found) -> bool:
    """Return whether two of the same name are two things, rather than one that two documents record differently."""
    if one.document.id == other.document.id:
        return True
    if one.profile.whole and other.profile.whole:
        return len(one.profile.keys & other.profile.keys) < 2
    return False


def _is_outdated(document: Document) -> bool:
    status = document.attributes.get("status", "")
    archived = any("archive" in name_words(part) for part in document.key.split("/")[:-1])
    replaced = any(document.attributes.get(key) for key in _REPLACED_BY)
    return archived or replaced or (isinstance(status, str) and status.lower().startswith(_NO_LONGER))


def _values(found: Found) -> frozenset[str]:
    return frozenset(value.casefold().lstrip("@#") for value in found.values)


def _names_in(values: Sequence[str]) -> list[str]:
    """Return the names in values such as ``Night Watch (night-watch)`` or ``group:default/payments``, the most telling first."""
    names: list[str] = []
    for value in values[:3]:
        inside = value.partition("(")[2].rstrip(") ")
        reference = value.rpartition("/")[2] if value.count("/") == 1 and " " not in value else ""
        names += [inside, *title_names(value), reference, value.lstrip("@")]
    return [name for name in dict.fromkeys(names) if name and name_key(name)]
