"""Questions made mechanically from sentences of real pages, and pages that were changed, copied or buried on purpose."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aika.answering.display import plain
from aika.answering.sentences import UnitKind, units

FOLDERS = (
    "govuk-company/govuk-developer-docs/source/manual",
    "govuk-company/govuk-rfcs",
    "kubernetes/community",
    "kubernetes/enhancements",
    "backstage/docs",
)
SMALLEST, LARGEST = 900, 18_000
PER_PAGE = 5
_COUNT = r"\d{1,5}|two|three|four|five|six|seven|eight|nine|ten|twelve"
_PATTERNS = (
    ("which Slack channel", re.compile(r"(?<![\w/(\[])(?P<v>#[a-z][a-z0-9]*(?:-[a-z0-9]+)+)")),
    (
        "which version",
        re.compile(r"(?:Kubernetes|Ruby|Rails|Node(?:\.js)?|Python|Go|Helm|Backstage) (?P<v>v?\d+\.\d+(?:\.\d+)?)\b"),
    ),
    ("which port", re.compile(r"\bport (?P<v>\d{2,5})\b")),
    ("which SIG", re.compile(r"(?P<v>\bSIG [A-Z][A-Za-z-]+(?: [A-Z][a-z]+)?)")),
    ("which", re.compile(r"\bthe (?P<v>[A-Z][\w.&-]+(?: [A-Z&][\w.&-]*)*) team\b")),
    (
        "how many",
        re.compile(
            rf"(?<![\w.-])(?P<v>{_COUNT})[ -](?P<u>[a-z]{{2,}}s|second|minute|hour|day|week|month|year|MB|GB|KB|GiB|MiB|%)(?![\w])"  # noqa: E501 - the units of a count, on one line
        ),
    ),
)
_WITHDRAWN = re.compile(r"^status:\s*[\"']?(?:superseded|deprecated|rejected|withdrawn|retired|replaced)", re.MULTILINE)
_LEANING = re.compile(
    r"^(?:it|this|that|these|those|they|he|she|there|then|also|however|see|for example|e\.g)\b", re.IGNORECASE
)
_NUMBERS = "two three four five six seven eight nine ten twelve".split()  # noqa: SIM905 - reads more easily than a list
_CHANNELS = ("#platform-reliability", "#release-desk", "#support-rota", "#web-performance")
_TEAMS = ("Accessibility", "Data Services", "Identity", "Site Reliability")
_SIGS = ("SIG Storage", "SIG Windows", "SIG Network", "SIG Docs")


@dataclass(frozen=True)
class Page:
    """A page of the material."""

    key: str
    text: str
    title: str
    facts: tuple["Fact", ...] = ()


@dataclass(frozen=True)
class Fact:
    """A sentence with a value that can be asked for."""

    id: str
    start: int
    end: int
    """Of the value, in the page's text."""
    sentence: str
    """As plain words."""
    value: str
    unit: str
    question: str
    other: str
    """A value that the page does not have."""

    def phrase(self, value: str) -> str:
        return f"{value} {self.unit}".strip()

    def changed(self, text: str) -> str:
        """Return the page with the other value."""
        return text[: self.start] + self.other + text[self.end :]

    def restated(self) -> str:
        """Return the sentence with the other value."""
        return re.sub(rf"(?<![\w.]){re.escape(self.value)}(?![\w])", self.other, self.sentence, count=1)


def number(text: str, below: int) -> int:
    """Return a number that is always the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % below


def pages(raw: Path) -> Iterator[Page]:
    """Yield the pages that have something to ask for."""
    for folder in FOLDERS:
        for path in sorted((raw / folder).rglob("*.md")):
            text = path.read_text(encoding="utf-8", errors="replace")
            key = path.relative_to(raw).as_posix().replace(".html.md", ".md")
            if (
                _WITHDRAWN.search(text[:800])
                or not SMALLEST <= len(text) <= LARGEST
                or "/releases/" in key
                or "CHANGELOG" in key
            ):
                continue
            title = _title(text, path.stem)
            facts = tuple(_facts(key, title, text))[:PER_PAGE]
            if facts:
                yield Page(key, text, title, facts)


def _title(text: str, stem: str) -> str:
    found = re.search(r"^title:\s*[\"']?(.+?)[\"']?\s*$", text[:600], re.MULTILINE) or re.search(
        r"^#\s+(.+)$", text, re.MULTILINE
    )
    return plain(found[1]) if found else stem


def _facts(key: str, title: str, text: str) -> Iterator[Fact]:
    seen: set[str] = set()
    for unit in units(text):
        raw = text[unit.start : unit.end]
        if (
            unit.kind not in (UnitKind.SENTENCE, UnitKind.ITEM)
            or not 45 <= len(raw) <= 260
            or raw.startswith(("---", "|"))
        ):
            continue
        sentence = plain(raw)
        if _LEANING.match(sentence) or sentence.endswith((":", "?")) or not sentence[:1].isupper():
            continue
        fact = _fact(key, title, text, unit.start, raw, sentence)
        if fact is not None and text.count(raw) == 1 and fact.question not in seen:
            seen.add(fact.question)
            yield fact


def _fact(key: str, title: str, text: str, start: int, raw: str, sentence: str) -> Fact | None:
    for asked, pattern in _PATTERNS:
        match = pattern.search(raw)
        if (
            match is None
            or not (again := pattern.search(sentence))
            or again["v"] != match["v"]
            or sentence.count(again["v"]) > 1
        ):
            continue
        unit = match["u"] if "u" in pattern.groupindex else ""
        other = _other(key + raw, asked, match["v"])
        if re.search(rf"(?<!\w){re.escape(other)}(?!\w)", text):
            other = _other(key + raw + "again", asked, match["v"])
        if other.lower() in sentence.lower():
            continue
        question = _question(title, sentence, asked, again)
        if re.search(rf"(?<![\w.]){re.escape(match['v'])}(?!\w)", question):
            continue
        place = (start + match.start("v"), start + match.end("v"))
        return Fact(f"{key}:{start}", *place, sentence, match["v"], unit, question, other)
    return None


def _question(title: str, sentence: str, asked: str, match: re.Match[str]) -> str:
    """Ask for the value in its own clause, and name the page where the clause is short."""
    begin = max((m.end() for m in re.finditer(r"[,;:] | [–-] ", sentence[: match.start()])), default=0)
    cut = re.search(r"[,;:] | [–-] ", sentence[match.end() :])
    end = match.end() + cut.start() if cut else len(sentence)
    if len(sentence[begin:end].split()) < 7:
        begin, end = 0, len(sentence)
    before, after = sentence[begin : match.start("v")], sentence[match.end("v") : end]
    clause = " ".join(f"{before}{asked}{after}".rstrip(". ").split())
    return f"{title}: {clause}?" if len(clause.split()) < 12 else f"{clause}?"


def _other(seed: str, asked: str, value: str) -> str:
    at = number(seed, 4)
    if asked == "which Slack channel":
        return _CHANNELS[at]
    if asked == "which":
        return _TEAMS[at]
    if asked == "which SIG":
        return _SIGS[at]
    if value.lower() in _NUMBERS:
        return next(word for word in (*_NUMBERS[at:], *_NUMBERS) if word != value.lower())
    if asked == "which version":
        head, _, tail = value.rpartition(".")
        return f"{head}.{int(tail) + at + 2}"
    return str(int(value) * (at + 2) + 1)


# Pages


def with_record(text: str, **fields: str) -> str:
    """Return the page with these fields in its front matter."""
    front = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    kept = [line for line in front[1].split("\n") if line.split(":")[0] not in fields] if front else []
    lines = "\n".join([*kept, *(f'{name}: "{value}"' for name, value in fields.items())])
    return f"---\n{lines}\n---\n{text[front.end() :] if front else text}"


def excerpt(page: Page, fact: Fact, sentence: str) -> str:
    """Return a short page of its own that says the one thing."""
    return f"# {page.title}: in short\n\nWhat to know about {page.title}.\n\n{sentence}\n"


def chatter(page: Page, fact: Fact, turn: int) -> str:
    """Return a page that repeats the question and does not answer it."""
    openings = (
        "Somebody asked",
        "We were asked again",
        "Open question",
        "From the notes",
        "To clarify",
        "Still unclear",
    )
    opening = openings[turn % len(openings)]
    closings = (
        "Nobody knew.",
        "To be looked up.",
        "Needs an owner.",
        "We could not say.",
        "Ask around.",
        "No reply yet.",
    )
    fillers = (
        "As noted:",
        "In other words:",
        "So:",
        "To repeat:",
        "Asked again:",
        "The point:",
        "Put simply:",
        "Once more:",
    )
    again = fact.question.rstrip("?")
    return (
        f"# {opening}: {page.title}\n\n{opening} about {page.title}: {fact.question} {closings[turn % len(closings)]}\n\n"
        f"{fillers[turn % len(fillers)]} {again}, that is what people want to know. {closings[(turn + 2) % len(closings)]}\n"
    )


def replies(fact: Fact, page: Page, value: str) -> str:
    """Return what a person answers: the sentence, the value alone, or something between."""
    said = fact.sentence if value == fact.value else fact.restated()
    forms: Sequence[str] = (
        said,
        f"No, it's {fact.phrase(value)}.",
        f"Actually {fact.phrase(value)}, see what we agreed for {page.title}.",
    )
    return forms[number(fact.id, len(forms))]
