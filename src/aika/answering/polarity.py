"""Whether two statements say the opposite: one denies what the other states, or one word is the other's contrary."""

import re

from aika.answering.punctuation import sentence_spans
from aika.protocols import Analyzer

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|without|cannot|neither|nor|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|can't|"
    r"couldn't|won't|wouldn't|shouldn't|mustn't|hasn't|haven't|needn't|unless|except|excluding|forbidden|prohibited)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.;:!?,()]|\bbut\b|\band\b|\bbecause\b|\bthough\b|\bif\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;]|,\s|\band\b|\bbut\b|\bthen\b|\bwhile\b")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NEGATED_WORDS = 4

_CONTRARIES = (
    ("before", "after"),
    ("minimum", "maximum"),
    ("increase", "decrease"),
    ("increases", "decreases"),
    ("increased", "decreased"),
    ("enable", "disable"),
    ("enabled", "disabled"),
    ("enables", "disables"),
    ("allow", "forbid"),
    ("allowed", "forbidden"),
    ("always", "never"),
    ("more", "less"),
    ("more", "fewer"),
    ("above", "below"),
    ("over", "under"),
    ("first", "last"),
    ("earliest", "latest"),
    ("accept", "reject"),
    ("accepted", "rejected"),
    ("required", "optional"),
    ("mandatory", "optional"),
    ("start", "stop"),
    ("starts", "stops"),
    ("opens", "closes"),
    ("open", "closed"),
    ("internal", "external"),
    ("public", "private"),
    ("succeeds", "fails"),
    ("successful", "failed"),
    ("include", "exclude"),
    ("includes", "excludes"),
    ("included", "excluded"),
    ("with", "without"),
    ("all", "none"),
    ("upper", "lower"),
    ("highest", "lowest"),
    ("oldest", "newest"),
    ("faster", "slower"),
    ("active", "inactive"),
    ("valid", "invalid"),
    ("synchronous", "asynchronous"),
    ("at least", "at most"),
)


def contradicts(claim: str, source: str, analyzer: Analyzer) -> str | None:
    """Return in what the two disagree, in words, or ``None``."""
    mine, theirs = claim.lower().replace("’", "'"), source.lower().replace("’", "'")
    nearest = _nearest_sentence(mine, theirs, analyzer)
    return _contrary(mine, theirs) or _crossed(mine, nearest) or _denied(mine, nearest, analyzer)


def _nearest_sentence(mine: str, theirs: str, analyzer: Analyzer) -> str:
    """Return the sentence of the source that the claim is about: another one beside it denies other things."""
    terms = set(analyzer.terms(mine))
    sentences = [theirs[start:end] for start, end in sentence_spans(theirs)]
    return max(sentences, key=lambda sentence: len(terms & set(analyzer.terms(sentence))), default=theirs)


def _contrary(mine: str, theirs: str) -> str | None:
    for one, other in _CONTRARIES:
        for here, there in ((one, other), (other, one)):
            # A source that has both words says more than the claim, not the opposite.
            if _has(mine, here) and not _has(mine, there) and _has(theirs, there) and not _has(theirs, here):
                return f"{here} / {there}"
    return None


def _crossed(mine: str, theirs: str) -> str | None:
    """Find a number that the source gives for the contrary: "opens at 7 and closes at 19" against "closes at 7"."""
    numbers = set(_NUMBER.findall(mine))
    if not numbers:
        return None
    clauses = [clause for clause in _CLAUSE.split(theirs) if clause.strip()]
    for one, other in _CONTRARIES:
        for here, there in ((one, other), (other, one)):
            if not _has(mine, here) or _has(mine, there):
                continue
            same = {number for clause in clauses if _has(clause, here) for number in _NUMBER.findall(clause)}
            opposite = {number for clause in clauses if _has(clause, there) for number in _NUMBER.findall(clause)}
            if numbers & opposite and not numbers & same:
                return f"{here} / {there}"
    return None


def _has(text: str, word: str) -> bool:
    return bool(re.search(rf"\b{re.escape(word)}\b", text))


def _denied(mine: str, theirs: str, analyzer: Analyzer) -> str | None:
    """Find a word that one side negates and the other states."""
    my_terms, their_terms = set(analyzer.terms(mine)), set(analyzer.terms(theirs))
    my_denied, their_denied = _negated(mine, analyzer), _negated(theirs, analyzer)
    if bool(_NEGATION.search(mine)) and not _NEGATION.search(theirs) and my_denied & their_terms:
        return "only the sentence denies it"
    if _NEGATION.search(mine):
        return None
    stated = their_denied & my_terms
    # Words outside the negation speak for another statement beside it.
    elsewhere = my_terms & (their_terms - their_denied)
    return (
        "only the source denies it"
        if stated and len(stated) * 2 >= min(len(their_denied), len(elsewhere) + 1)
        else None
    )


def _negated(text: str, analyzer: Analyzer) -> set[str]:
    """Return the terms of the few words after each negation, up to the end of its clause."""
    found: set[str] = set()
    for match in _NEGATION.finditer(text):
        following = text[match.end() : match.end() + 80]
        end = _CLAUSE_END.search(following)
        scope = following[: end.start()] if end else following
        found.update(analyzer.terms(" ".join(scope.split()[:_NEGATED_WORDS])))
    return found
