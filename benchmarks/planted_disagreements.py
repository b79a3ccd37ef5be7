"""Writes statements of real documents into other documents, with other values and in other words."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aika.domain.access import UNRESTRICTED
from aika.domain.documents import Chunk
from aika.domain.facts import Relation
from aika.health.statements import Statement, statements_of
from aika.health.statements_conditions import is_compared, is_history
from aika.health.statements_values import Sort, Value
from aika.protocols import Change
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.stores.database.database import Database

_FORMS = ("copy", "reworded", "bare copy")
"""The last one stands below no heading that names its subject."""
_WORDS = {
    "must": "have to",
    "should": "ought to",
    "can": "may",
    "need to": "have to",
    "every": "each",
    "within": "in no more than",
    "at least": "no less than",
    "use": "make use of",
    "the": "our",
    "please": "kindly",
    "approximately": "about",
    "contact": "get in touch with",
    "ask": "put your question",
    "create": "set up",
    "run": "execute",
    "get": "obtain",
    "is": "will be",
    "are": "will be",
    "all": "any",
    "when": "whenever",
    "if": "in case",
    "held": "taking place",
    "see": "have a look at",
}
_CAPITALIZED = re.compile(r"(?<=[a-z] )[A-Z][a-z]{3,}\b")
_FILLERS = ("Note that ", "As agreed, ", "Please remember: ", "For everybody's information, ")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_OWNERS = ("Harbour Crew", "Team Lighthouse", "Night Watch")
_SHARE_UNCHANGED = 0.25


@dataclass(frozen=True, slots=True)
class Plant:
    """A statement that was written into another document."""

    key: str
    """Of the document that it is from."""
    host: str
    sort: str
    form: str
    original: str
    text: str
    differs: bool


async def planted(
    changes: Sequence[Change], database: Database, folder: Path, rng: random.Random, *, most: int
) -> list[Plant]:
    """Write statements of these documents into Markdown files of the folder, and return what was written."""
    hosts = sorted(
        change.chunks[0].document.key for change in changes if change.chunks and _can_host(change.chunks[-1])
    )
    rng.shuffle(hosts)
    plants: list[Plant] = []
    for statement, value in _chosen(changes, rng, most):
        host = next((key for key in hosts if not _near(key, statement.document.key)), None)
        if host is None:
            break
        hosts.remove(host)
        plants.append(_write(statement, value, host, folder, rng))
    return plants + await _records(changes, database, folder, rng, most=most // 6)


def _chosen(changes: Sequence[Change], rng: random.Random, most: int) -> Iterator[tuple[Statement, Value]]:
    """Yield one statement of a document, the sorts as evenly as they come."""
    analyzer = TechnicalAnalyzer()
    found: dict[Sort, list[tuple[Statement, Value]]] = {sort: [] for sort in Sort}
    stated = [statement for change in changes for statement in statements_of(change.chunks or (), analyzer)]
    # What several documents say is a form that they share, and the one that it was taken from need not be the one that is found.
    times = Counter(statement.terms for statement in stated)
    for statement in stated:
        if statement.row is None and len(statement.terms) > 3 and times[statement.terms] == 1:
            value = rng.choice(statement.values)
            found[value.sort].append((statement, value))
    for some in found.values():
        rng.shuffle(some)
    used: Counter[str] = Counter()
    count = 0
    while count < most and any(found.values()):
        for sort in Sort:
            while found[sort]:
                statement, value = found[sort].pop()
                if not used[statement.document.key]:
                    used[statement.document.key] += 1
                    count += 1
                    yield statement, value
                    break


def _write(statement: Statement, value: Value, host: str, folder: Path, rng: random.Random) -> Plant:
    differs = rng.random() >= _SHARE_UNCHANGED
    form = rng.choice(_FORMS)
    shown = statement.text[value.start : value.end]
    new = _changed(value, shown, rng) if differs else shown
    text = " ".join(f"{statement.text[: value.start]}\0{statement.text[value.end :]}".split())
    if form == "reworded":
        text = _reworded(text, rng)
    text = text.replace("\0", new)
    heading = "" if form == "bare copy" else f"## {' '.join(statement.document.title.split())}\n\n"
    with (folder / host).open("a", encoding="utf-8") as file:
        file.write(f"\n\n{heading}{text}\n")
    sort = value.sort.value if differs else f"{value.sort.value} (same)"
    return Plant(statement.document.key, host, sort, form, " ".join(statement.text.split()), text, differs)


def harmless(statements: Sequence[Statement], rng: random.Random) -> Iterator[tuple[str, Statement, str]]:
    """Yield statements with sentences that look like them, give another value, and contradict nothing: why, it, the sentence."""
    names = sorted({name for statement in statements for name in _CAPITALIZED.findall(statement.text)})
    for statement in statements:
        if statement.row is not None:
            continue
        value = rng.choice(statement.values)
        new = _changed(value, statement.text[value.start : value.end], rng)
        text = " ".join(f"{statement.text[: value.start]}{new}{statement.text[value.end :]}".split())
        yield "other environment", statement, f"In the staging environment {text[:1].lower()}{text[1:]}"
        yield "the past", statement, f"Previously {text[:1].lower()}{text[1:]}"
        yield "an example", statement, f"For example, {text[:1].lower()}{text[1:]}"
        own = [name for name in _CAPITALIZED.findall(text) if name in statement.text[1:]]
        if own and len(names) > 1:
            other = rng.choice([name for name in names if name not in statement.text])
            yield "another name", statement, text.replace(own[0], other)


async def _records(
    changes: Sequence[Change], database: Database, folder: Path, rng: random.Random, *, most: int
) -> list[Plant]:
    """Write pages of things whose owner a record names, with another owner."""
    plants: list[Plant] = []
    for change in changes:
        for known in await database.facts.recorded(change.document, scope=UNRESTRICTED, limit=300):
            facts = [fact for fact in known.profile.facts if fact.relation is Relation.OWNER and len(fact.values) == 1]
            name = known.profile.names[0]
            if known.profile.whole or not facts or rng.random() > 0.3 or not re.fullmatch(r"[\w -]{5,60}", name):
                continue
            differs = rng.random() >= _SHARE_UNCHANGED
            value = facts[0].values[0]
            other = "#harbour-crew" if value.startswith("#") else rng.choice(_OWNERS)
            host = f"planted/{name.replace(' ', '-')}-page.md"
            (folder / "planted").mkdir(exist_ok=True)
            (folder / host).write_text(f"# {name}\n\nOwner: {other if differs else value}\n", encoding="utf-8")
            sort = "record" if differs else "record (same)"
            plants.append(Plant(known.document.key, host, sort, "copy", value, other, differs))
            if len(plants) >= most:
                return plants
    return plants


def _can_host(last: Chunk) -> bool:
    """Whether what is added at the end says how things are."""
    return last.document.key.endswith(".md") and is_compared(last.document) and not is_history(last.heading_path)


def _near(one: str, other: str) -> bool:
    return one == other or one.rpartition("/")[2] == other.rpartition("/")[2]


def _reworded(text: str, rng: random.Random) -> str:
    """Return the text with other function words, and a beginning of its own."""
    for word, other in _WORDS.items():
        if rng.random() < 0.7:
            text = re.sub(rf"\b{word}\b", other, text)
    filler = rng.choice(_FILLERS)
    first = text[:1].lower() if text[1:2].islower() and text[:2] != "I " else text[:1]
    return f"{filler}{first}{text[1:]}"


def _changed(value: Value, shown: str, rng: random.Random) -> str:
    return _CHANGES[value.sort](shown, rng)


def _number(shown: str, rng: random.Random) -> str:
    words = {
        "two": "four",
        "three": "five",
        "four": "six",
        "five": "seven",
        "six": "nine",
        "ten": "twelve",
        "seven": "ten",
    }
    for word, other in words.items():
        if re.search(rf"\b{word}\b", shown, re.IGNORECASE):
            return re.sub(rf"\b{word}\b", other, shown, flags=re.IGNORECASE)
    match = re.search(r"\d+", shown)
    if match is None:
        return f"eleven {shown.rsplit(maxsplit=1)[-1]}"
    return f"{shown[: match.start()]}{int(match.group()) * rng.choice((2, 3)) + 1}{shown[match.end() :]}"


def _version(shown: str, rng: random.Random) -> str:
    parts = shown.split(".")
    place = rng.randrange(min(2, len(parts)))
    parts[place] = str(int(parts[place]) + rng.choice((1, 2))) if parts[place].isdigit() else "9"
    return ".".join(parts)


def _date(shown: str, rng: random.Random) -> str:
    match = re.search(r"(?<!\d)\d{1,2}(?!\d)", shown)
    if match is None:
        return re.sub(r"(\d{4})", lambda year: str(int(year[1]) + rng.choice((1, 2))), shown)
    day = int(match.group())
    return f"{shown[: match.start()]}{day % 27 + 1:02d}{shown[match.end() :]}"


def _time(shown: str, _: random.Random) -> str:
    match = re.search(r"\d+", shown)
    hour = int(match.group()) if match else 9
    return re.sub(r"\d+", str(hour % 11 + 1), shown, count=1)


def _weekday(shown: str, rng: random.Random) -> str:
    other = rng.choice([day for day in _WEEKDAYS if not shown.startswith(day)])
    return f"{other}s" if shown.endswith("s") else other


def _channel(_: str, rng: random.Random) -> str:
    return rng.choice(("#harbour-help", "#ask-lighthouse", "#night-watch"))


def _address(shown: str, rng: random.Random) -> str:
    return f"{rng.choice(('harbour', 'lighthouse'))}@{shown.rpartition('@')[2]}"


def _owner(_: str, rng: random.Random) -> str:
    return rng.choice(_OWNERS)


_CHANGES: dict[Sort, Callable[[str, random.Random], str]] = {
    Sort.QUANTITY: _number,
    Sort.VERSION: _version,
    Sort.DATE: _date,
    Sort.TIME: _time,
    Sort.WEEKDAY: _weekday,
    Sort.CHANNEL: _channel,
    Sort.ADDRESS: _address,
    Sort.OWNER: _owner,
}
