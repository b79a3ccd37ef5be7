"""Makes questions that only look as if a passage answered them, and answered ones that look just as odd.

A word of the question is changed for another of its kind. Changed in the question alone, or in the passage alone, the passage
no longer answers; changed in both, it still does. So a model cannot tell by the oddness, and has to compare.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from reader_examples import Example

NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
NAME = re.compile(r"\b[A-Z][\w'’-]*(?:\s+(?:of|de|the|von|van)?\s?[A-Z][\w'’-]*)*")
WORD = re.compile(r"[a-z]{4,}")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(\[\d])")
OPPOSITES = """first last|most least|more less|more fewer|before after|largest smallest|highest lowest
oldest newest|earliest latest|increase decrease|increased decreased|increasing decreasing|rise fall|rose fell
high low|higher lower|larger smaller|large small|big small|long short|longer shorter|longest shortest|best worst
better worse|good bad|north south|northern southern|east west|eastern western|early late|earlier later|old new
older younger|begin end|began ended|start stop|started stopped|start finish|won lost|win lose|winner loser
accept reject|accepted rejected|allow forbid|allowed forbidden|agree disagree|support oppose|supported opposed
create destroy|created destroyed|build demolish|built demolished|open close|opened closed|buy sell|bought sold
enter leave|entered left|join leave|joined left|gain lose|gained lost|add remove|added removed|include exclude
included excluded|above below|over under|inside outside|internal external|public private|male female|men women
man woman|boys girls|father mother|son daughter|brother sister|husband wife|king queen|hot cold|warm cold
light dark|strong weak|strength weakness|rich poor|easy difficult|simple complex|common rare|major minor
maximum minimum|positive negative|legal illegal|possible impossible|necessary unnecessary|similar different
same different|always never|success failure|successful unsuccessful|advantage disadvantage|import export
imported exported|upper lower|modern ancient|permanent temporary|voluntary mandatory|direct indirect|like dislike
loved hated|love hate|attack defend|attacked defended|victory defeat|birth death|born buried|arrive depart
arrived departed|teacher student|urban rural|local foreign|domestic foreign|active inactive|known unknown
popular unpopular|full empty|hard soft|fast slow|faster slower|fastest slowest|wide narrow|deep shallow|heavy light
majority minority|majored minored|prohibit permit|prohibited permitted|prevent cause|prevented caused
discourage encourage|discouraged encouraged|denied confirmed|appointed fired|hired fired|released withheld
expand shrink|expanded shrank|wet dry|peace war|ally enemy|allies enemies|friend enemy|top bottom|left right
front back|odd even|tallest shortest|richest poorest|strongest weakest|heaviest lightest|cheapest costliest
primary secondary|formal informal|natural artificial|physical mental|theoretical practical|finite infinite
absence presence|absent present"""
NEGATED = {"did": "didn't", "does": "doesn't", "do": "don't", "is": "isn't", "was": "wasn't", "are": "aren't"} | {
    "were": "weren't",
    "can": "can't",
    "could": "couldn't",
    "has": "hasn't",
    "had": "hadn't",
    "would": "wouldn't",
}
_PLAIN = """what which when where whose whom that this these those with from they their there have been were into about than
then does many much long kind type name called used using year years other some such during after before between"""
PLAIN = frozenset(_PLAIN.split())
"""Words that a question may share with any passage."""

_opposite: dict[str, list[str]] = {}
for _pair in re.split(r"[|\n]", OPPOSITES):
    _one, _other = _pair.split()
    _opposite.setdefault(_one, []).append(_other)
    _opposite.setdefault(_other, []).append(_one)


def counterfactual(example: Example, chance: random.Random, others: Sequence[Example]) -> Example | None:
    """Return a changed example, answered or not, or nothing where no word can be changed."""
    ways = [_number, _name, _name, _opposed, _word, _negated, _without]
    chance.shuffle(ways)
    for way in ways:
        changed = way(example, chance, others)
        if changed is not None:
            return changed
    return None


def near_miss(example: Example, chance: random.Random, others: Sequence[Example]) -> Example | None:
    """Return the question beside another passage, rather one with words of the question."""
    answer = example.passage[example.start : example.end].lower()
    candidates = chance.sample(others, min(40, len(others)))
    asked = set(WORD.findall(example.question.lower())) - PLAIN
    best, most = None, -1.0
    for other in candidates:
        if other.passage == example.passage or answer in other.passage.lower():
            continue
        shared = len(asked & set(WORD.findall(other.passage.lower()))) + chance.random() * 0.9
        shared += other.group == example.group
        if shared > most:
            best, most = other, shared
    return best and Example(example.question, best.passage, -1, -1, best.group, "near")


def _number(example: Example, chance: random.Random, _: Sequence[Example]) -> Example | None:
    asked = [found.group() for found in NUMBER.finditer(example.question)]
    if not asked:
        return None
    old = chance.choice(asked)
    present = {found.group() for found in NUMBER.finditer(example.passage)}
    choices = sorted(number for number in present if number != old and abs(len(number) - len(old)) <= 1)
    shifted = _shifted(old, chance)
    new = chance.choice(choices) if choices and chance.random() < 0.6 else shifted
    return _changed(example, old, new, chance)


def _shifted(number: str, chance: random.Random) -> str:
    digits = [at for at, character in enumerate(number) if character.isdigit()]
    at = digits[-chance.randint(1, min(2, len(digits)))]
    return number[:at] + chance.choice([d for d in "123456789" if d != number[at]]) + number[at + 1 :]


def _name(example: Example, chance: random.Random, others: Sequence[Example]) -> Example | None:
    asked = [found.group() for found in NAME.finditer(example.question) if found.start() > 0]
    if not asked:
        return None
    old = chance.choice(asked)
    source = example.passage if chance.random() < 0.75 else chance.choice(others).passage
    found = {
        match.group().strip()
        for match in NAME.finditer(source)
        if match.start() > 1 and source[match.start() - 2] not in '.!?"' and len(match.group()) > 2
    }
    choices = sorted(name for name in found if name.lower() not in example.question.lower() and name not in old)
    return _changed(example, old, chance.choice(choices), chance) if choices else None


def _opposed(example: Example, chance: random.Random, _: Sequence[Example]) -> Example | None:
    asked = [word for word in re.findall(r"\b[a-z]+\b", example.question) if word in _opposite]
    if not asked:
        return None
    old = chance.choice(asked)
    return _changed(example, old, chance.choice(_opposite[old]), chance)


def _word(example: Example, chance: random.Random, others: Sequence[Example]) -> Example | None:
    """Change a plain word for one of the passage that ends alike."""
    asked = sorted(set(WORD.findall(example.question)) - PLAIN)
    if not asked:
        return None
    old = chance.choice(asked)
    source = example.passage if chance.random() < 0.7 else chance.choice(others).passage
    choices = sorted(
        word
        for word in set(WORD.findall(source)) - PLAIN
        if word[-2:] == old[-2:] and word[:4] != old[:4] and word not in example.question
    )
    return _changed(example, old, chance.choice(choices), chance) if choices else None


def _negated(example: Example, chance: random.Random, _: Sequence[Example]) -> Example | None:
    if chance.random() < 0.5:
        return None
    words = example.question.split()
    at = next((n for n, word in enumerate(words) if word in NEGATED), None)
    if at is None:
        return None
    words[at] = NEGATED[words[at]]
    return replace(example, question=" ".join(words), start=-1, end=-1, origin="negated")


def _without(example: Example, chance: random.Random, _: Sequence[Example]) -> Example | None:
    """Take the sentence with the answer out of the passage."""
    if chance.random() < 0.5:
        return None
    starts = [0, *(match.end() for match in SENTENCE.finditer(example.passage))]
    ends = [*starts[1:], len(example.passage)]
    kept = [
        example.passage[start:end]
        for start, end in zip(starts, ends, strict=True)
        if end <= example.start or start >= example.end
    ]
    passage = "".join(kept)
    if len(kept) < 2 or example.passage[example.start : example.end].lower() in passage.lower():
        return None
    return replace(example, passage=passage, start=-1, end=-1, origin="without")


def _changed(example: Example, old: str, new: str, chance: random.Random) -> Example | None:
    """Change one of them for the other in the question, in the passage, or in both."""
    question = _replaced(example.question, old, new)
    if question == example.question:
        return None
    draw = chance.random()
    answer = example.passage[example.start : example.end]
    if draw < 0.55 or old.lower() in answer.lower() or new.lower() in answer.lower():
        return replace(example, question=question, start=-1, end=-1, origin="question changed")
    before, after = example.passage[: example.start], example.passage[example.end :]
    before, after = _swapped(before, old, new), _swapped(after, old, new)
    passage = before + answer + after
    if passage == example.passage:
        return None
    if draw < 0.7:
        return replace(example, passage=passage, start=-1, end=-1, origin="passage changed")
    start = len(before)
    return replace(
        example, question=question, passage=passage, start=start, end=start + len(answer), origin="both changed"
    )


def _swapped(text: str, one: str, other: str) -> str:
    mark = "\x00"
    return _replaced(_replaced(_replaced(text, one, mark), other, one), mark, other)


def _replaced(text: str, old: str, new: str) -> str:
    pattern = re.escape(old) if not old[0].isalnum() else rf"(?<!\w){re.escape(old)}(?!\w)"
    return re.sub(pattern, lambda _: new, text)
