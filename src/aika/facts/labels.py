"""What a key, a column or a heading tells, by its words: ``owner_slack``, ``Tech leads``, ``approved-by``."""

import re
from collections.abc import Callable
from functools import lru_cache

from aika.domain.facts import Relation, name_words

OF_PAGE = " of the page"
"""Ends the label of what is recorded of a page alone, not of what the page is about."""

Words = tuple[str, ...]

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST = 5
"""Words. What is longer is a sentence."""

_OWNERS = "own owner owned owning ownership steward custodian accountable responsible"
_TEAMS = "team squad crew tribe directorate"
_GROUPS = "team squad group crew tribe department unit organisation organization"
_CHANNELS = "slack channel discord irc matrix chat mattermost zulip"
_ADDRESSES = "email mail mailbox mailing list phone telephone pager pagerduty oncall opsgenie"
_CONTACTS = f"contact reach support help {_CHANNELS} {_ADDRESSES}"
_ALERTS = "alert alerting alarm paging"
_PEOPLE = (
    "lead chair chairperson cochair head manager director liaison coordinator sponsor editor architect champion president "
    "secretary deputy maintainer steward facilitator organizer organiser moderator principal delegate representative admin "
    "administrator captain driver shepherd leader chairman chairwoman supervisor treasurer vp cto ceo cfo coo founder mentor"
)
_OWNERS_SET, _GROUPS_SET, _CHANNELS_SET = (frozenset(words.split()) for words in (_OWNERS, _GROUPS, _CHANNELS))
_TEAMS_SET = frozenset(_TEAMS.split())
_CONTACTS_SET, _ALERTS_SET, _PEOPLE_SET = (frozenset(words.split()) for words in (_CONTACTS, _ALERTS, _PEOPLE))
_BY = {
    "author": Relation.AUTHOR,
    "written": Relation.AUTHOR,
    "creat": Relation.AUTHOR,
    "created": Relation.AUTHOR,
    "proposed": Relation.AUTHOR,
    "approved": Relation.APPROVER,
    "reviewed": Relation.REVIEWER,
    "owned": Relation.OWNER,
    "maintained": Relation.OWNER,
    "superseded": Relation.SUCCESSOR,
    "replaced": Relation.SUCCESSOR,
    "obsoleted": Relation.SUCCESSOR,
    "deprecated": Relation.SUCCESSOR,
}
_TO = frozenset({"renamed", "moved", "migrated"})
# What is about a thing's past or its details is no answer to a question for the thing.
_DETAIL_WORDS = (
    "url link date count id number reviewed updated changed since until private description version history type kind "
    "label"
)
_DETAILS = frozenset(_DETAIL_WORDS.split())


@lru_cache(maxsize=20_000)
def label_words(label: str) -> Words:
    """Return a label's words in the singular."""
    return tuple(singular(word) for word in name_words(_HUMP.sub(" ", label)))


def singular(word: str) -> str:
    """Return the word without the ending of an English plural. Only good for comparing."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=20_000)
def relation_of(label: str) -> Relation | None:
    """Return what a label tells, ``None`` where it tells nothing that is asked for here."""
    words = label_words(label)
    if not words or len(words) > _LONGEST:
        return None
    return next((relation for holds, relation in _TESTS if holds(words)), None)


def _done_by(relation: Relation) -> Callable[[Words], bool]:
    return lambda words: words[-1] == "by" and len(words) > 1 and _BY.get(words[-2]) is relation


def _ends_with(*last: str) -> Callable[[Words], bool]:
    return lambda words: words[-1] in last


def _is_one_of(*labels: str) -> Callable[[Words], bool]:
    known = {tuple(label.split()) for label in labels}
    return lambda words: words in known


def _has(known: frozenset[str]) -> Callable[[Words], bool]:
    return lambda words: not known.isdisjoint(words)


def _names_group(words: Words) -> bool:
    return words[-1] in _TEAMS_SET and len(words) <= 2


_TESTS: tuple[tuple[Callable[[Words], bool], Relation | None], ...] = (
    *((_done_by(relation), relation) for relation in dict.fromkeys(_BY.values())),
    (lambda words: words[-1] == "to" and words[0] in _TO, Relation.SUCCESSOR),
    (_is_one_of("depend on", "dependency", "depend"), Relation.DEPENDS_ON),
    (_ends_with("author", "writer", "proposer"), Relation.AUTHOR),
    (_ends_with("approver"), Relation.APPROVER),
    (_ends_with("reviewer"), Relation.REVIEWER),
    (_ends_with("member", "people", "person"), Relation.MEMBER),
    (lambda words: words[-1] == "status" and len(words) <= 2, Relation.STATUS),
    # From here on, a label that names a detail tells the detail.
    (_has(_DETAILS), None),
    (_has(_ALERTS_SET), Relation.ALERTS),
    (_is_one_of("successor", "replacement", "new name", "new home"), Relation.SUCCESSOR),
    (_has(_OWNERS_SET), Relation.OWNER),
    (_names_group, Relation.OWNER),
    (_is_one_of("system", "parent", "domain", "group", "part of", "belong to", "parent group"), Relation.PART_OF),
    (_has(_CONTACTS_SET), Relation.CONTACT),
    (_is_one_of("on call"), Relation.CONTACT),
    (lambda words: words[-1] in _PEOPLE_SET, Relation.ROLE),
)
"""What each label tells, by the first test that holds."""


def names_groups(label: str) -> bool:
    """Return whether the label is a word for groups of people: ``teams``, ``squads``."""
    words = label_words(label)
    return bool(words) and words[-1] in _GROUPS_SET


def is_former(label: str) -> bool:
    """Return whether the label names people of the past: ``emeritus_approvers``."""
    return bool(
        set(label_words(label)) & {"emeritus", "former", "past", "previous", "ex", "alumni", "retired", "inactive"}
    )


def names_channel(label: str) -> bool:
    """Return whether the label says that its values are channels of a chat."""
    return bool(set(label_words(label)) & _CHANNELS_SET)


def extra_words(label: str, relation: Relation) -> int:
    """Return how many of the label's words say more than the relation: none in ``owner``, one in ``product_owner``."""
    own: frozenset[str] = frozenset(
        {"by", "to", "on", "of", "and", "the", "main", "primary", "current", relation.value}
    )
    match relation:
        case Relation.OWNER:
            own |= _OWNERS_SET | _GROUPS_SET | _CONTACTS_SET
        case Relation.CONTACT:
            own |= _CONTACTS_SET | _GROUPS_SET | {"call"}
        case Relation.ALERTS:
            own |= _ALERTS_SET | _CONTACTS_SET | _GROUPS_SET
        case _:
            own |= {word for word, told in _BY.items() if told is relation} | {"dependency", "depend", "name", "new"}
    return sum(word not in own for word in label_words(label))
