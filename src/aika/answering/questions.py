"""What kind of answer a question asks for, and which of its words carry it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from aika.protocols import Analyzer


class QuestionKind(StrEnum):
    WHO = "who"
    WHEN = "when"
    QUANTITY = "quantity"
    HOW_TO = "how_to"
    DEFINITION = "definition"
    WHERE = "where"
    WHY = "why"
    TROUBLE = "trouble"
    """An error message or a symptom: its cause and remedy are wanted."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read."""

    text: str
    kind: QuestionKind
    terms: tuple[str, ...]
    """Distinct, as the analyzer makes them, without words that only ask."""
    exact: frozenset[str]
    """Identifiers, codes and numbers, lower case: an answer about another one is another answer."""
    weights: Mapping[str, float]
    """By term: 1, more for the terms of names, identifiers and numbers, less for words such as ``deadline`` that name the
    number which is asked for: the sentence with the number rarely has them."""
    lasting: bool = False
    """Whether a length of time is asked for."""


def read_question(text: str, analyzer: Analyzer) -> Question:
    """Return the question with its kind and terms."""
    weights: dict[str, float] = {}
    found = _WORD.findall(ungrouped(text))
    for number, word in enumerate(found):
        if word.lower().strip("'’") in _ASKING:
            continue
        weight = _weight(word, first=number == 0)
        for term in analyzer.terms(word):
            weights[term] = max(weight, weights.get(term, 0.0))
    if not weights:
        weights = dict.fromkeys(analyzer.terms(text), 1.0)
    exact = frozenset(word.lower() for word in found if is_exact(word))
    return Question(text, question_kind(text), tuple(weights), exact, weights, bool(_LASTING.search(text.lower())))


def _weight(word: str, *, first: bool) -> float:
    # The first word has a capital anyway.
    if is_exact(word) or (not first and word[:1].isupper()):
        return 1.5
    return 0.5 if _FOCUS.fullmatch(word.lower()) else 1.0


def ungrouped(text: str) -> str:
    """Return the text with ``5,000`` written as ``5000``, so that both are found as the same number."""
    return _GROUPED.sub("", text)


def question_kind(text: str) -> QuestionKind:
    """Return what the question asks for, by its form."""
    lowered = " ".join(text.lower().replace("’", "'").split())
    for kind, pattern in _KINDS:
        if pattern.search(lowered):
            return kind
    return QuestionKind.OTHER


def is_exact(word: str) -> bool:
    """Return whether the word is an identifier, a code, a number or an address rather than a word of the language."""
    return bool(_EXACT.search(word))


def fits(question: Question, text: str) -> bool:
    """Return whether the text has what such a question asks for: a name, a time, a number, a step."""
    if question.kind is QuestionKind.QUANTITY and question.lasting:
        return bool(_DURATION.search(text))
    pattern = _CUES.get(question.kind)
    return bool(pattern and pattern.search(text))


def defines(text: str, terms: frozenset[str] | set[str], analyzer: Analyzer) -> bool:
    """Return whether the text says what the terms are: they stand before its first ``is``, ``means`` or colon."""
    text = _ASIDE.sub(" ", text)
    match = _DEFINING.search(text)
    if not match or match.start() > 90 or not terms:
        return False
    subject = set(analyzer.terms(text[: match.start()]))
    return bool(subject) and bool(subject & terms) and len(subject - terms) <= 3


def gives_reasons(heading: str) -> bool:
    """Return whether a section of this heading says why something is as it is."""
    return bool(_REASONS.search(heading))


def is_ownership(text: str) -> bool:
    """Return whether the question asks who answers for something."""
    return bool(_OWNERSHIP.search(text.lower()))


_GROUPED = re.compile(r"(?<=\d)[,\u00a0\u202f](?=\d{3}(?!\d))")
_WORD = re.compile(r"[#@]?\w+(?:[-_./:@'’+]\w+)*\+*")
_EXACT = re.compile(r"\d|[_@/#]|\w\.\w|[a-z][A-Z]|^[A-Z]{2,}s?$|\w-\w+-\w|\+\+")

# Words that shape a question and are not what it is about.
_ASKING_WORDS = """
a about an and any anybody anyone are as at be been being between by can could did do does explain find
for from get gets getting give had has have help hello hey hi how i i'd i'm i've if in into is it its
kind know let like look me mean means much many must my need needs of on or our out please question
should show so some somebody someone something tell than thank thanks that the their them then there
these they this those to under us use want was way we were what what's when where where's which who who's
whom whose why will with would you your set up happens happen possible allowed there
"""
_ASKING = frozenset(_ASKING_WORDS.split())
_LENGTHS = "window|deadline|retention|period|timeout|duration|expiry|lifetime|interval|frequency|delay"
_AMOUNTS = (
    "limit|maximum|minimum|max|min|rate|price|cost|allowance|amount|percentage|quota|cap|threshold|sla|slo|version|"
    "number|fee"
)
_FOCUS = re.compile(rf"(?:{_LENGTHS}|{_AMOUNTS})s?")
_LASTING = re.compile(rf"\bhow (?:long|often|soon|quickly|old)\b|\b(?:{_LENGTHS})s?\b")
_COUNT = (
    r"\d[\d.,–-]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|ninety|every|"
    r"each|several"
)
_TIME_UNIT = r"ms|milliseconds?|s|sec|seconds?|min|minutes?|h|hours?|nights?|days?|weeks?|months?|quarters?|years?"
_DURATION = re.compile(
    rf"\b(?:{_COUNT})[\s*_-]+(?:working |calendar |business |full )?(?:{_TIME_UNIT})\b|"
    r"\b(?:daily|hourly|weekly|monthly|yearly|quarterly|annually|forever|never|immediately|at once|(?:once|twice) an?)\b",
    re.IGNORECASE,
)
_KINDS = (
    (
        QuestionKind.DEFINITION,
        re.compile(r"\bwhat (?:does|do|is meant by)\b.*\b(?:means?|stands? for)\b|\bmeaning of\b"),
    ),
    (
        QuestionKind.TROUBLE,
        re.compile(
            r"^\W*(?:fatal|panic|warn(?:ing)?|critical)\b|\b(?:cannot|could not) \w+|"
            r"\b(error|exception|traceback|fails?|failed|failing|failure|broken|crash\w*|stuck|does(?:n't| not) work|"
            r"not working|can(?:'t|not) \w+|refused|denied|timed out|timeout|unable to)\b|\b[a-z]{2,5}-\d{3,5}\b"
        ),
    ),
    (
        QuestionKind.WHO,
        re.compile(
            r"\b(who|whom|whose|which (?:team|group|person|people|engineer|squad|department|(?:slack )?channel)|what team|"
            r"what (?:slack )?channel|contact|owns?|owner|responsible|in charge|maintains?|maintainer)\b"
        ),
    ),
    # Before the words that name a number: "how do I raise the limit" asks for steps.
    (
        QuestionKind.HOW_TO,
        re.compile(r"^(?:so |and |please )?how (?:do|can|should|would|to|could)\b(?! (?:long|often|much))"),
    ),
    (
        QuestionKind.QUANTITY,
        re.compile(
            r"\bhow (?:many|much|long|often|old|big|large|fast|far|high|late|early|soon|quickly)\b|"
            rf"\b(?:{_LENGTHS}|{_AMOUNTS})\b|\bhow \w+ (?:is|are)\b"
        ),
    ),
    (
        QuestionKind.WHEN,
        re.compile(r"\b(when|what (?:time|date|day|year|month)|which (?:day|year|month|date)|since when)\b"),
    ),
    (
        QuestionKind.HOW_TO,
        re.compile(
            r"\bhow (?:do|does|can|should|would|to|did|is|are|am|could)\b|\bwhat (?:are the )?steps\b|\bways? to\b|"
            r"^(?:set(?:ting)? up|install|configure|deploy|request|reset|restart|roll(?:ing)? ?back|create|rotate|replay|import|"
            r"export|restore|migrate|enable|disable|update|upgrade|renew|revoke|connect|run|add|remove|delete|change)\b|"
            r"\bwhat (?:do|should|must) (?:i|we) do\b"
        ),
    ),
    (QuestionKind.WHY, re.compile(r"\b(why|reason|how come|what for|rationale)\b")),
    (
        QuestionKind.WHERE,
        re.compile(r"\b(where|wherein|which (?:page|document|repo|repository|folder|place|url|site))\b"),
    ),
    (
        QuestionKind.DEFINITION,
        re.compile(
            r"^(?:so )?(?:what(?:'s| is| are| was| were| does)|define|explain|describe|meaning of)\b|\bstands? for\b|\bmean\??$"
        ),
    ),
)
_OWNERSHIP = re.compile(
    r"\b(?:who|which (?:team|group|squad)|what team)\b.*\b(?:owns?|owner|maintains?|responsible|in charge|looks after|runs|"
    r"takes care|develops?|works on)\b|\b(?:owner|maintainers?) of\b|\bwho\b.*\b(?:ask|contact|talk to|reach)\b|"
    r"\b(?:which|what) (?:slack )?channel\b|\bwho is behind\b"
)
_NAME = r"(?:[A-ZÀ-Þ][\w’'-]+\s+){1,2}[A-ZÀ-Þ][\w’'-]+"
_TIME = (
    r"\b\d{1,2}[:.]\d{2}\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:1\d|20)\d{2}\b|\b\d{1,2}\s*(?:am|pm)\b|"
    r"\b(?:jan|febr)uary\b|\b(?:march|april|june|july|august)\b|\b(?:septem|octo|novem|decem)ber\b|\b(?:daily|weekly|monthly|"
    r"quarterly|yearly|every)\b|\b(?:second|minute|hour|day|week|month|year)s?\b"
)
_CUES = {
    QuestionKind.WHO: re.compile(
        rf"{_NAME}|#[\w-]{{2,}}|\S@\S|@\w|\b(?:[Tt]eam|[Gg]roup|[Oo]wn(?:s|er|ed)\b|[Mm]aintain)"
    ),
    QuestionKind.WHEN: re.compile(_TIME, re.IGNORECASE),
    QuestionKind.QUANTITY: re.compile(
        r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|twice|once|never|none|no limit|unlimited)\b",
        re.IGNORECASE,
    ),
    QuestionKind.HOW_TO: re.compile(
        r"`[^`]+`|^(?:first|then|next|finally|to \w+|if |in the |in |on the )?,?\s*(?:run|click|open|go|use|type|add|create|"
        r"set|choose|select|ask|write|send|call|enter|install|make|put|copy|sign|log|start|stop|check|request|fill|page|"
        r"post|merge|push|pull|tell|book|submit|edit|change|wait|need|press|take)\b|\byou (?:can|must|need|should)\b",
        re.IGNORECASE,
    ),
    QuestionKind.WHERE: re.compile(
        r"https?://|`[^`]*[/#.][^`]*`|#[\w-]{2,}|\w/\w|\b(?:in|at|under|on) (?:the |our |`|#)",
        re.IGNORECASE,
    ),
    QuestionKind.WHY: re.compile(
        r"\b(?:because|since|so that|therefore|the reason|due to|in order to|otherwise|as a result|that is why|why)\b",
        re.IGNORECASE,
    ),
    QuestionKind.TROUBLE: re.compile(
        r"\b(?:because|cause[sd]?|means?|usually|try|restart|retry|run|check|fix|set|wait|ask|instead|solution|resolve[sd]?|must)\b",
        re.IGNORECASE,
    ),
}
_REASONS = re.compile(r"\b(?:why|reasons?|rationale|motivation|context|problem|background)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\s?\([^()]*(?:\([^()]*\)[^()]*)*\)")
_DEFINING = re.compile(
    r"\b(?:is|are|was|means|refers to|stands for|describes?|consists? of)\b|:\s|\s[–—]\s", re.IGNORECASE
)
