"""Whether two statements say the opposite: one denies what the other states, or one word is the other's contrary."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aika.answering.contraries import differ_by_prefix, opposites
from aika.answering.tokens import Kind, Token, is_denial, row
from aika.protocols import Analyzer

_EXCEPTING = frozenset(("except", "excluding", "unless", "without"))
# Words between a negation and what it denies: "is not yet fully supported".
_PASSED_WORDS = """
yet always even necessarily also only just currently still then ever fully really automatically actually longer be been being have
has had do does did any able directly
"""
_PASSED = frozenset(_PASSED_WORDS.split())
_NO_ADVERBS = frozenset(
    ("apply", "reply", "supply", "comply", "imply", "multiply", "assembly", "family", "anomaly", "italy")
)
_MEANING = frozenset((Kind.WORD, Kind.NAME, Kind.NUMBER))
_ONLY = frozenset(("only", "solely", "exclusively"))
_REACH = 4
"""Words behind a negation that it may deny. The first of them it does deny."""
_BESIDE = 1
"""Words on each side that show whether two contraries are said of the same thing."""


@dataclass(frozen=True, slots=True)
class Denials:
    """What a text states and denies, by stem."""

    stated: Mapping[str, int]
    """How often each word stands where no negation reaches it."""
    denied: Mapping[str, int]
    """How often each word is the first one that a negation reaches."""
    shaded: Mapping[str, int]
    """How often a negation may reach each word."""
    reached: tuple[tuple[str, ...], ...]
    """The words of each negation."""
    left: Mapping[str, frozenset[str]]
    """The words before each word."""
    right: Mapping[str, frozenset[str]]
    denies: bool
    """Whether there is any negation."""


def denials(tokens: Sequence[Token]) -> Denials:
    """Return what the words of a text state and deny."""
    places = [at for at, each in enumerate(tokens) if is_denial(each) and not _is_not_only(tokens, at)]
    reached = tuple(tuple(_reached(tokens, at)) for at in places)
    stems = [each.stem for each in tokens if each.kind in _MEANING and not is_denial(each)]
    shaded = Counter(stem for stems_reached in reached for stem in stems_reached)
    stated = Counter(stems)
    stated.subtract(shaded)
    left: dict[str, set[str]] = {}
    right: dict[str, set[str]] = {}
    for at, one in enumerate(stems):
        left.setdefault(one, set()).update(stems[max(0, at - _BESIDE) : at])
        right.setdefault(one, set()).update(stems[at + 1 : at + 1 + _BESIDE])
    return Denials(
        stated=+stated,
        denied=Counter(each[0] for each in reached if each),
        shaded=shaded,
        reached=reached,
        left=_frozen(left),
        right=_frozen(right),
        denies=bool(places),
    )


def _frozen(words: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {one: frozenset(near) for one, near in words.items()}


def contradicts(claim: str, source: str, analyzer: Analyzer) -> str | None:
    """Return in what the two texts disagree, in words, or ``None``."""
    return opposed(denials(row(claim, analyzer)), denials(row(source, analyzer)), analyzer)


def opposed(claim: Denials, source: Denials, analyzer: Analyzer) -> str | None:
    """Return in what the two disagree, in words, or ``None``."""
    return _denied(claim, source) or _contrary(claim, source, analyzer) or _prefixed(claim, source)


def excepted(claim: Sequence[Token], source: Sequence[Token]) -> str | None:
    """Find a condition turned over or an "only" that one side alone has: "unless" for "if", "without" for "with"."""
    mine, theirs = {each.lower for each in claim}, {each.lower for each in source}
    for word in sorted(_EXCEPTING & mine - theirs):
        following = next(iter(_reached(claim, _index(claim, word))), None)
        stated = {each.stem for each in source}
        if following in stated and not _EXCEPTING & theirs and not any(map(is_denial, source)):
            return f"{word} {following}"
    if mine & _ONLY and not theirs & (_ONLY | {"just", "sole", "exclusive", "alone", "unless", "except"}):
        place = next(at for at, each in enumerate(claim) if each.lower in _ONLY)
        if not (place and claim[place - 1].lower in ("not", "the", "is", "are")):
            return "only the sentence says only"
    return None


def _index(tokens: Sequence[Token], word: str) -> int:
    return next(at for at, each in enumerate(tokens) if each.lower == word)


def _is_not_only(tokens: Sequence[Token], at: int) -> bool:
    return (
        at + 1 < len(tokens) and tokens[at + 1].lower in ("only", "just", "least") and tokens[at].lower in ("not", "no")
    )


def _reached(tokens: Sequence[Token], at: int) -> Iterator[str]:
    """Yield the stems of the words that a negation reaches, within its clause; of the one before it, where none follow."""
    found = 0
    for each in tokens[at + 1 : at + 12]:
        if each.kind is Kind.BREAK or (found and each.lower in ("but", "because", "though", "if", "while", "however")):
            break
        if each.kind is Kind.FUNCTION or each.lower in _PASSED or _is_adverb(each.lower):
            continue
        yield each.stem
        found += 1
        if found == _REACH:
            return
    if not found:
        before = [each for each in tokens[max(0, at - 4) : at] if each.kind in (Kind.WORD, Kind.NAME)]
        yield from (each.stem for each in before[-1:])


def _is_adverb(word: str) -> bool:
    return word.endswith("ly") and len(word) > 4 and word not in _NO_ADVERBS


def _denied(claim: Denials, source: Denials) -> str | None:
    """Find a word that one side denies and the other only states, or states more often."""
    return _denies_alone(claim, source, "sentence") or _denies_alone(source, claim, "source")


def _denies_alone(one: Denials, other: Denials, who: str) -> str | None:
    for words in one.reached:
        head = words[0] if words else ""
        # "No change is planned" denies what "a change is not planned" denies.
        if any(word in other.denied for word in words[1:]):
            continue
        more_often = other.stated.get(head, 0) > one.stated.get(head, 0)
        if more_often and one.denied[head] > other.shaded.get(head, 0):
            return f"only the {who} denies {head}"
    return None


def _contrary(claim: Denials, source: Denials, analyzer: Analyzer) -> str | None:
    pairs = opposites(analyzer)
    for mine in sorted(claim.left.keys() & pairs.keys()):
        # A source that has both words says more than the claim, not the opposite, unless each is said of another thing.
        for theirs in sorted(pairs[mine] & source.left.keys()):
            if (mine in claim.denied) != (theirs in source.denied):
                continue
            if _of_the_same(mine, theirs, claim, source):
                return f"{mine} / {theirs}"
    return None


def _of_the_same(mine: str, theirs: str, claim: Denials, source: Denials) -> bool:
    """Whether the two words stand beside the same words on one side, and the claim's own word does not in the source.

    Sides count: "A before B" is "B after A".
    """
    if theirs in claim.left:
        return False
    opposite = same = 0
    for ours, others in ((claim.left, source.left), (claim.right, source.right)):
        near = ours.get(mine, frozenset())
        opposite += len(near & others.get(theirs, frozenset()))
        same += len(near & others.get(mine, frozenset()))
    return opposite > same


def _prefixed(claim: Denials, source: Denials) -> str | None:
    """Find ``supported`` stated where ``unsupported`` is, or both denied."""
    for ours, others in ((claim.stated, source.stated), (claim.denied, source.denied)):
        for mine in sorted(ours.keys() - source.left.keys()):
            theirs = next((other for other in _alike(mine, others) if other not in claim.left), None)
            if theirs is not None:
                return f"{mine} / {theirs}"
    return None


def _alike(stem: str, others: Collection[str]) -> Iterator[str]:
    return (other for other in sorted(others) if other != stem and differ_by_prefix(stem, other))
