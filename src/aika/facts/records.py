"""Profiles from records: mappings that name a thing and say who owns it, how to reach them, how it stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aika.domain.facts import Fact, Profile, Relation, name_key, name_words
from aika.facts.labels import label_words, names_channel, names_groups, relation_of, singular
from aika.facts.trees import Listing, Mapping, Scalar, Tree

_NAMES = (
    "name",
    "title",
    "full_name",
    "display_name",
    "displayname",
    "repo_name",
    "repository",
    "app_name",
    "service_name",
)
_OTHER_NAMES = (
    "id",
    "slug",
    "dir",
    "key",
    "label",
    "shortname",
    "short_name",
    "acronym",
    "abbreviation",
    "alias",
    "aliases",
    "aka",
)
_FORMER_NAMES = (
    "former_name",
    "former_names",
    "formerly",
    "old_name",
    "old_names",
    "previous_name",
    "previously",
    "renamed_from",
)
_SORTS = ("kind", "type")
_PERSON = (
    "name",
    "display_name",
    "displayname",
    "full_name",
    "github",
    "login",
    "username",
    "handle",
    "email",
    "slack",
    "id",
)
_ACCOUNTS = frozenset({"github", "email", "login", "handle", "username", "employee_id", "user_id", "slack_id"})
_GROUPING_WORDS = (
    "leadership contact contacts spec metadata meta people role roles ownership governance info information profile support "
    "communication comms annotation annotations owner owners maintainership detail details attributes custom_attributes"
)
_GROUPING = frozenset(_GROUPING_WORDS.split())
"""Keys whose mappings say more of what encloses them, rather than of something of their own."""
_DESCRIBING = frozenset(
    {"metadata", "meta", "profile", "info", "information", "spec", "detail", "details", "attributes"}
)
"""Those of them whose names are the thing's, not a person's."""
_MEMBERS = frozenset({"aliases", "groups", "teams", "squads", "members"})
_NOTHING = frozenset({"", "null", "none", "~", "n/a", "na", "-", "true", "false", "yes", "no"})
_NUMBERED = re.compile(r"(?P<sort>[a-z]+)[-_ ]?(?:number|num|no|id)", re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?:group|user|component|api|resource|system|domain|location|template):(?:[\w.-]+/)?(?P<name>[\w.-]+)",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"[\w][\w.-]*")
_LONGEST_NAME = 200
_LONGEST_VALUE = 300
_MOST_VALUES = 200
_MOST_PROFILES = 3_000


@dataclass(slots=True)
class Draft:
    """A profile that is being collected."""

    names: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    sorts: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    def name(self, *names: str) -> None:
        self.names += [name for name in map(_one_line, names) if name and name not in self.names]

    def call(self, *aliases: str) -> None:
        self.aliases += [alias for alias in map(_one_line, aliases) if alias and alias not in self.aliases]

    def sort(self, *sorts: str) -> None:
        self.sorts += [word for sort in sorts for word in map(singular, name_words(sort)[:4]) if word not in self.sorts]

    def profile(self, *, whole: bool = False) -> Profile | None:
        """Return the profile, ``None`` where it has no name or tells nothing."""
        if not self.facts or not any(map(name_key, (*self.names, *self.aliases))):
            return None
        names = tuple(self.names) or (self.aliases[0],)
        return Profile(names, tuple(self.aliases), tuple(self.sorts), tuple(self.facts), whole)


def profiles_in(tree: Tree, root: Draft | None = None) -> list[Profile]:
    """Return the profiles of what a tree lists. What the tree as a whole tells of is added to ``root``."""
    found: list[Profile] = []
    for profile in _Walk().within(tree, root or Draft(), _Place()):
        found.append(profile)
        if len(found) >= _MOST_PROFILES:
            break
    return found


def scalars(tree: Tree) -> list[str]:
    """Return the texts of a scalar or of a list of scalars."""
    if isinstance(tree, Scalar):
        return [tree.value]
    return [item.value for item in tree.items if isinstance(item, Scalar)] if isinstance(tree, Listing) else []


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree a mapping stands."""

    key: str = ""
    """The key that its list stands under."""
    keyed: Scalar | None = None
    """Its own key, where a mapping of mappings names its entries by their keys."""
    above: Draft | None = None
    """What it is listed by."""


class _Walk:
    def within(self, tree: Tree, about: Draft, place: _Place) -> Iterator[Profile]:
        """Yield the profiles of what is listed inside; add to ``about`` what the tree says of itself."""
        if isinstance(tree, Listing):
            yield from self._items(tree, place.key, about)
        elif isinstance(tree, Mapping):
            _identify(tree, about)
            yield from self._entries(tree, about, prefix="")

    def _entries(self, tree: Mapping, about: Draft, prefix: str) -> Iterator[Profile]:
        for key, value in tree.entries:
            label = f"{prefix} {key.value}".strip()
            groups = isinstance(value, Mapping) and key.value.lower() in _GROUPING and not _is_named(value)
            fact = None if groups else fact_of(label, key, value)
            if fact is not None:
                about.facts.append(fact)
            elif isinstance(value, Listing):
                yield from self._items(value, key.value, about)
            elif isinstance(value, Mapping):
                yield from self._mapping(value, key, about, prefix)

    def _mapping(self, value: Mapping, key: Scalar, about: Draft, prefix: str) -> Iterator[Profile]:
        if key.value.lower() in _GROUPING:
            if key.value.lower() in _DESCRIBING:
                _identify(value, about)
            inner = key.value if relation_of(key.value) is not None else ""
            yield from self._entries(value, about, prefix=f"{prefix} {inner}".strip())
        elif _lists_by_key(value):
            yield from self._keyed(value, key.value, about)
        elif key.value.lower() in _MEMBERS:
            yield from _memberships(value)
        elif _tells(value):
            yield from self._entries(value, about, prefix=f"{prefix} {key.value}".strip())
        else:
            for listed_as, listed in value.entries:
                if isinstance(listed, Listing):
                    yield from self._items(listed, listed_as.value, about)

    def _keyed(self, tree: Mapping, key: str, about: Draft) -> Iterator[Profile]:
        for name, value in tree.entries:
            if isinstance(value, Mapping):
                yield from self._record(value, _Place(key, name, about))

    def _items(self, tree: Listing, key: str, about: Draft) -> Iterator[Profile]:
        for item in tree.items:
            if isinstance(item, Mapping):
                yield from self._record(item, _Place(key, None, about))

    def _record(self, tree: Mapping, place: _Place) -> Iterator[Profile]:
        own = Draft()
        if place.keyed is not None:
            own.name(place.keyed.value)
        inside = list(self.within(tree, own, place))
        if not own.names and not own.aliases:
            yield from inside
            return
        sort = singular(place.key.lower())
        own.sort(place.key)
        if sort.isalpha() and own.names:
            own.call(f"{sort} {own.names[0]}")
        above = place.above
        # Links and meetings have a title; a thing that belongs to another has a name, or tells more of itself.
        is_thing = bool(own.facts) or place.keyed is not None or _is_named(tree)
        if is_thing and above is not None and (above.names or above.aliases):
            own.facts.append(_belonging(tree, place, above))
        profile = own.profile()
        if profile is not None:
            yield profile
        yield from inside


def fact_of(label: str, key: Scalar, value: Tree) -> Fact | None:
    """Return what an entry tells, ``None`` where it tells nothing that is asked for."""
    own = label.rsplit(" ", 1)[-1]
    relation = relation_of(own) or (relation_of(label) if label != own and isinstance(value, Scalar) else None)
    people = _people(value)
    if (
        relation is None
        and people
        and len(label_words(own)) <= 3
        and isinstance(value, Listing)
        and _has_handles(value)
    ):
        relation = Relation.ROLE
    if relation is None or (isinstance(value, Listing) and people and names_groups(own) and not _has_handles(value)):
        return None
    values = [shown_value(own, text) for text in (people or scalars(value))]
    values = [text for text in values if told(text) and not (relation is Relation.OWNER and "://" in text)]
    if not values or len(values) > _MOST_VALUES:
        return None
    return Fact(relation, label, tuple(dict.fromkeys(values)), key.start, _last(value, key.end))


def told(text: str) -> bool:
    """Return whether a value says something."""
    return text.lower() not in _NOTHING and len(text) <= _LONGEST_VALUE


def shown_value(label: str, text: str) -> str:
    """Return the value on one line; a bare channel's name gets the sign that channels have."""
    text = shown_reference(" ".join(text.split()))
    if names_channel(label) and _CHANNEL.fullmatch(text) and "." not in text:
        return f"#{text}"
    return text


def shown_reference(text: str) -> str:
    """Return ``group:default/harbour``, a catalog's way to name a thing, as ``harbour``."""
    found = _REFERENCE.fullmatch(text)
    return found["name"] if found else text


def _people(value: Tree) -> list[str]:
    """Return the names of the people or teams that mappings describe."""
    items = value.items if isinstance(value, Listing) else [value]
    named = [_person(item) for item in items if isinstance(item, Mapping)]
    return [name for name in named if name] if len(named) == len(items) else []


def _person(item: Mapping) -> str:
    said = {key.value.lower(): value.value.strip() for key, value in item.entries if isinstance(value, Scalar)}
    return next((said[key] for key in _PERSON if said.get(key)), "")


def _has_handles(value: Listing) -> bool:
    """People have an account or an address beside their name; other things that are listed have not."""
    return all(
        isinstance(item, Mapping) and {key.value.lower() for key, _ in item.entries} & _ACCOUNTS for item in value.items
    )


def _is_named(value: Mapping) -> bool:
    return any(
        key.value.lower() in ("name", "display_name", "full_name", "github", "login") for key, _ in value.entries
    )


def _identify(tree: Mapping, about: Draft) -> None:
    for key, value in tree.entries:
        name = "_".join(name_words(key.value)) if "-" in key.value or " " in key.value else key.value.lower()
        texts = [text for text in scalars(value) if text.strip() and len(text) <= _LONGEST_NAME]
        if name in _NAMES or (name.endswith("_name") and name not in _FORMER_NAMES and isinstance(value, Scalar)):
            about.name(*texts)
            about.sort(name.removesuffix("name")) if name.endswith("_name") else None
        elif name in _OTHER_NAMES or name in _FORMER_NAMES:
            about.call(*texts)
        elif (numbered := _NUMBERED.fullmatch(name)) and len(texts) == 1 and texts[0].isdigit():
            about.name(*_numbered(numbered["sort"], texts[0], about))
        elif name in _SORTS and isinstance(value, Scalar):
            about.sort(value.value)
    for text in [
        *about.names,
        *(text for key in ("description", "summary") for text in scalars(tree.get(key) or Listing(0, 0))),
    ]:
        about.call(*former_names(text))


def _numbered(sort: str, number: str, about: Draft) -> list[str]:
    about.sort(sort)
    return [f"{sort} {number}"]


_FORMER = re.compile(
    r"\((?:formerly|previously|aka|a\.k\.a\.|also known as|was|ex|née)[:,]?\s+([^()]{2,150})\)", re.IGNORECASE
)
_APART = re.compile(r"\s*(?:,|;|/|&|\band\b|\bor\b)\s*")


def former_names(text: str) -> list[str]:
    """Return the names in ``(formerly ELMS, Licensify & others)``."""
    return [name for found in _FORMER.finditer(text) for name in _APART.split(found[1]) if name and len(name) < 60]


def _belonging(tree: Mapping, place: _Place, above: Draft) -> Fact:
    start = place.keyed.start if place.keyed is not None else tree.start
    named = next((value for key in ("name", "title", "id") if isinstance(value := tree.get(key), Scalar)), None)
    end = named.end if named is not None else (place.keyed.end if place.keyed is not None else tree.start + 1)
    # Where it stands is what says so; the span shows the entry, and the name above is not in it.
    return Fact(Relation.PART_OF, place.key or "listed in", (shown_name(above),), start, end, stated=False)


def shown_name(about: Draft) -> str:
    """Return the name with the identifier beside it, where they differ."""
    names = [*about.names, *about.aliases]
    first = names[0]
    other = next(
        (
            name
            for name in about.aliases
            if re.fullmatch(r"[\w.-]*-[\w.-]*", name) and name_key(name) != name_key(first)
        ),
        None,
    )
    return f"{first} ({other})" if other is not None and name_key(other) not in name_key(first) else first


def _lists_by_key(value: Mapping) -> bool:
    """Return whether the mapping names records by its keys: each tells something of its own."""
    inner = [item for _, item in value.entries]
    return len(inner) > 0 and all(isinstance(item, Mapping) and _tells(item) for item in inner)


def _tells(value: Tree) -> bool:
    return isinstance(value, Mapping) and any(fact_of(key.value, key, item) is not None for key, item in value.entries)


def _memberships(value: Mapping) -> Iterator[Profile]:
    for key, item in value.entries:
        members = [text for text in scalars(item) if told(text)] if isinstance(item, Listing) else []
        if members and len(members) <= _MOST_VALUES:
            fact = Fact(Relation.MEMBER, "members", tuple(dict.fromkeys(members)), key.start, _last(item, key.end))
            yield Profile((key.value,), (), ("team", "group", "alias"), (fact,))


def _last(value: Tree, end: int) -> int:
    """Return where the last scalar inside ends: a container ends at the next token, after blank lines and comments."""
    if isinstance(value, Scalar):
        return value.end
    inner: Sequence[Tree] = value.items if isinstance(value, Listing) else [item for _, item in value.entries]
    return max([end, *(_last(item, end) for item in inner)])


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_NAME else ""
