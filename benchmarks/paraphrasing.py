"""Rewordings of a sentence that leave what it says alone, made by rules: none of them knows how statements are checked."""

import re
from collections.abc import Callable, Mapping

_SUBORDINATE = r"when|if|because|although|while|after|before|unless|until|since|once"
_TRAILING = re.compile(rf"^(?P<main>[^,;:()]{{15,}}?),? (?P<sub>(?:{_SUBORDINATE}) [^,;:()]{{8,}})\.$")
_LEADING = re.compile(
    rf"^(?P<sub>(?:{_SUBORDINATE.title()}|{_SUBORDINATE}) [^,;:()]{{8,}}), (?P<main>[^;:()]{{15,}})\.$", re.I
)
_IN_YEAR = re.compile(r"^(?P<when>(?:In|On|By|During|From) [^,;:()]{3,40}), (?P<main>[^;:()]{15,})\.$")
_CONTRACTIONS = (
    ("do not", "don't"), ("does not", "doesn't"), ("did not", "didn't"), ("is not", "isn't"), ("are not", "aren't"),
    ("was not", "wasn't"), ("were not", "weren't"), ("will not", "won't"), ("cannot", "can't"), ("can not", "can't"),
    ("should not", "shouldn't"), ("have not", "haven't"), ("has not", "hasn't"), ("it is", "it's"), ("you are", "you're"),
    ("we are", "we're"), ("there is", "there's"), ("you will", "you'll"), ("we have", "we've"), ("they are", "they're"),
)  # fmt: skip
_SYNONYMS = (
    ("use", "employ"), ("uses", "employs"), ("used", "employed"), ("using", "employing"), ("begin", "start"),
    ("began", "started"), ("show", "display"), ("shows", "displays"), ("large", "big"), ("help", "assist"),
    ("helps", "assists"), ("also", "additionally"), ("need to", "have to"), ("because", "as"), ("many", "numerous"),
    ("however", "though"), ("about", "approximately"), ("get", "obtain"), ("ensure", "make sure"), ("often", "frequently"),
    ("important", "significant"), ("provides", "offers"), ("provide", "offer"), ("allows", "lets"), ("create", "make"),
    ("created", "made"), ("change", "alter"), ("part", "portion"), ("buy", "purchase"), ("such as", "for example"),
    ("in order to", "to"), ("across", "throughout"), ("main", "principal"), ("usually", "normally"), ("whole", "entire"),
    ("near", "close to"), ("fix", "repair"), ("requires", "needs"), ("require", "need"), ("several", "a number of"),
)  # fmt: skip
_SMALL = dict(
    enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_UNIT_FORMS = (
    (re.compile(r"\b60 minutes\b"), "1 hour"), (re.compile(r"\b(?:one|1) hour\b", re.I), "60 minutes"),
    (re.compile(r"\b24 hours\b"), "1 day"), (re.compile(r"\b(?:one|1) week\b", re.I), "7 days"),
    (re.compile(r"\b(?:two|2) weeks\b", re.I), "14 days"), (re.compile(r"\b(\d+)%"), r"\1 percent"),
    (re.compile(r"\b(\d+) (?:percent|per cent)\b"), r"\1%"), (re.compile(r"\b(\d+) km\b"), r"\1 kilometres"),
    (re.compile(r"\b(\d+) kilomet(?:re|er)s\b"), r"\1 km"), (re.compile(r"\b(\d+) ?MB\b"), r"\1 megabytes"),
    (re.compile(r"\b(\d+) ?GB\b"), r"\1 gigabytes"), (re.compile(r"\b(\d+) minutes\b"), r"\1 min"),
    (re.compile(r"\b(\d+) seconds\b"), r"\1 s"), (re.compile(r"\b(\d+) hours\b"), r"\1 hrs"),
    (re.compile(r"(?<!US)\$(\d[\d,.]*) (million|billion)\b"), r"\1 \2 dollars"),
    (re.compile(r"£(\d[\d,.]*) (million|billion)\b"), r"\1 \2 pounds"),
    (re.compile(r"\b(\d+(?:\.\d+)?) million\b"), r"\1m"),
)  # fmt: skip
_PASSIVE = re.compile(
    r"^(?P<what>(?:The|An?) [^,;:()]{3,50}?|[A-Z][\w' -]{2,40}?) (?:was|were) (?P<verb>\w+ed) by (?P<who>[^,;:()]{3,60}?)"
    r"(?P<when> (?:in|on) [^,;:()]*\d{4})?\.$"
)
_ACTIVE = re.compile(
    r"^(?P<who>[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,3}) "
    r"(?P<verb>published|founded|invented|designed|established|discovered|created|signed|directed|developed|announced|launched|introduced)"
    r" (?P<what>(?:the|an?) [^,;:()]{4,60}?)(?P<when> (?:in|on) [^,;:()]*\d{4})?\.$"
)
_PRONOUN = re.compile(
    r"^(?:It|They|He|She) (?=(?:is|are|was|were|has|have|had|can|will|does|did|also|must|should|may)\b)"
)
_LOWERED_WORDS = """
the a an this these those that it they he she we you in on at by for with from when if because although while after before
unless until since once there some many most all each every its their his her our your to as no one both during however hence
so also therefore by public any you such note
"""
_LOWERED = frozenset(_LOWERED_WORDS.split())


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if text.split(maxsplit=1)[0].lower() in _LOWERED else text


def _raised(text: str) -> str:
    return text[:1].upper() + text[1:]


def reordered(sentence: str, _before: str, _title: str) -> str | None:
    if match := _TRAILING.match(sentence):
        return f"{_raised(match['sub'])}, {_lowered(match['main'])}."
    for pattern, opening in ((_LEADING, "sub"), (_IN_YEAR, "when")):
        if match := pattern.match(sentence):
            return f"{_raised(match['main'])} {_lowered(match[opening])}."
    return None


def contracted(sentence: str, _before: str, _title: str) -> str | None:
    """Contract what is written out; where nothing is, write out what is contracted."""
    text = sentence
    for long, short in _CONTRACTIONS:
        text = re.sub(rf"\b{long}\b", short, text)
    if text == sentence:
        for long, short in _CONTRACTIONS:
            text = re.sub(rf"\b{re.escape(short)}\b", long, text)
    return text


def synonyms(sentence: str, _before: str, _title: str) -> str | None:
    text = sentence
    for word, other in _SYNONYMS:
        text = re.sub(rf"(?<![\w`-]){word}(?![\w`-])", other, text)
    return text


def numbers(sentence: str, _before: str, _title: str) -> str | None:
    text = re.sub(r"(?<![\d.,])(\d{1,3}),(\d{3})(?![\d,])", r"\1\2", sentence)
    if text == sentence:
        # A year has no separator.
        text = re.sub(r"(?<![\w.,£$-])(?!(?:1\d|20)\d\d\b)(\d{1,3})(\d{3})(?= [a-z])", r"\1,\2", sentence)
    if text == sentence:
        text = re.sub(r"(?<![\w.,:£$/#-])(\d{1,2})(?= [a-z]{3,})", lambda m: _SMALL.get(int(m[1]), m[1]), sentence)
    if text == sentence:
        for value, word in list(_SMALL.items())[3:]:
            text = re.sub(rf"(?<![\w-]){word}(?= [a-z])", str(value), text)
    return text


def units(sentence: str, _before: str, _title: str) -> str | None:
    text = sentence
    for pattern, form in _UNIT_FORMS:
        text = pattern.sub(form, text, count=1)
        if text != sentence:
            return text
    return None


def dates(sentence: str, _before: str, _title: str) -> str | None:
    names = "|".join(_MONTHS)
    text = re.sub(rf"\b({names}) (\d{{1,2}}),? (\d{{4}})", r"\2 \1 \3", sentence)
    if text == sentence:
        text = re.sub(rf"(?<!to )(?<!and )(?<!–)(?<!-)\b(\d{{1,2}}) ({names}),? (\d{{4}})", r"\2 \1, \3", sentence)
    if text == sentence:
        text = re.sub(rf"\b({names}),? (\d{{4}})", lambda m: f"{m[1][:3]} {m[2]}", sentence)
    return text


def voice(sentence: str, _before: str, _title: str) -> str | None:
    if match := _PASSIVE.match(sentence):
        return f"{_raised(match['who'])} {match['verb']} {_lowered(match['what'])}{match['when'] or ''}."
    if match := _ACTIVE.match(sentence):
        return f"{_raised(match['what'])} was {match['verb']} by {match['who']}{match['when'] or ''}."
    return None


def merged(sentence: str, before: str, _title: str) -> str | None:
    if not before.endswith(".") or len(before.split()) > 25 or ":" in before or not before[:1].isupper():
        return None
    return f"{before[:-1]}, and {_lowered(sentence)}"


def named(sentence: str, before: str, title: str) -> str | None:
    """Put the title in the place of a pronoun, where the sentence before has the title as its subject."""
    if not title or not before.lower().removeprefix("the ").startswith(title.lower().removeprefix("the ")):
        return None
    return _PRONOUN.sub(f"{title} ", sentence)


PARAPHRASES: Mapping[str, Callable[[str, str, str], str | None]] = {
    "clauses reordered": reordered,
    "contracted or written out": contracted,
    "synonyms": synonyms,
    "numbers in another form": numbers,
    "units in another form": units,
    "dates in another form": dates,
    "active or passive": voice,
    "two sentences merged": merged,
    "title for a pronoun": named,
}
