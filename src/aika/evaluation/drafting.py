"""Drafting topics from documents, for a person to accept: from headings, definitions, facts and tables.

No language model is needed; what one adds is in `aika.evaluation.model_drafting`. A draft is a proposal: it asks what the
document answers, in the document's own words, and people ask in others.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from aika.domain.access import EVERYONE
from aika.domain.documents import Block, BlockKind, Document, Kind
from aika.domain.selection import SUPERSEDED, statuses
from aika.forms.collections import OriginForm, RelevantForm, State, TestTopicForm
from aika.protocols import Entry

_SIMILAR = 0.6
"""Two questions that share more of their words than this ask the same."""
_PASSAGE_CHARS = 400
_LONGEST_NUGGET = 160
_NO_TOPIC = """overview introduction summary background context notes note more further references links contents about appendix
general details faq changelog history todo examples example usage see also next steps decision consequences status motivation
goals non-goals alternatives questions open related reading conclusion result rejected"""
_IMPERATIVES = """add ask book build change check choose configure connect create debug delete deploy disable enable export file
find fix get give handle import install join make migrate move open order pay publish read release remove rename renew replace
report request reset restart restore review revoke roll rotate run scale send set share sign start stop submit test turn update
upgrade use verify write"""
_FUNCTION_WORDS = """a an and are at be by can did do does for from has have how i in is it its my of on or our should that the
their them this to was we were what when where which who why will with you your many much long"""
_POINTERS = "this that these those it they there here he she we you i which what who such each all if in on at"
_QUESTION_WORDS = "who what when where which why how"

_EMPTY_HEADINGS = frozenset(_NO_TOPIC.split())
_VERBS = frozenset(_IMPERATIVES.split())
_SMALL = frozenset(_FUNCTION_WORDS.split())
_VAGUE = frozenset(_POINTERS.split())
_REFERRING = frozenset({"this", "that", "these", "those", "it", "they", "them", "he", "she", "here", "there"})
_ASKING = frozenset(_QUESTION_WORDS.split())
_LEFT_OUT = frozenset({Kind.CODE, Kind.CONVERSATION, Kind.CATALOG, Kind.API, Kind.DATA, Kind.PERSON})

_SUBJECT = r"(?P<subject>(?:(?:the |our |an? )[\w][\w' /-]{2,45}?|[\w-]{3,30}))"
_AMOUNT = r"(?P<rest>(?:about |at most |at least |up to |between |only )?[€$£]?\d[^.!?]*(?:\.\d[^.!?]*)?)[.!?]?$"
_DEFINITION = re.compile(
    rf"^{_SUBJECT} (?:is|are|means|stands for) (?P<rest>(?:an? |the |our )[^.!?]{{12,}}[.!?]?)$", re.I
)
_FACTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"^{_SUBJECT} takes? {_AMOUNT}", re.I), "How long does {} take?"),
    (re.compile(rf"^{_SUBJECT} lasts? {_AMOUNT}", re.I), "How long does {} last?"),
    (re.compile(rf"^{_SUBJECT} costs? {_AMOUNT}", re.I), "How much does {} cost?"),
    (re.compile(rf"^{_SUBJECT} (?:is|was) {_AMOUNT}", re.I), "What is {}?"),
    (re.compile(rf"^{_SUBJECT} (?:are|were) {_AMOUNT}", re.I), "What are {}?"),
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\d])|\n+")
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`]+|^[-*+>#]+\s+|^\d+[.)]\s+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed topic."""

    document: Document
    question: str
    made: str
    """From what: ``from a heading``, ``from a table`` …"""
    passage: str
    nuggets: tuple[str, ...] = ()


Name = Callable[[Document], str]
"""How a document is named in a collection: its key, or ``source/key``."""


def draft_topics(
    entries: Sequence[Entry], *, n: int, name: Name, known: Iterable[str] = (), more: Sequence[Draft] = ()
) -> list[TestTopicForm]:
    """Return at most ``n`` drafts: of many documents and of every way to ask, none like another or like a ``known`` question.

    Documents that not everybody may read are left out, because what is drafted is written to a file, and so are superseded ones,
    code, conversations and records. ``more`` are drafts that somebody else made of the same documents.
    """
    found = [*more, *(draft for entry in entries if may_draft(entry.document) for draft in _drafts(entry))]
    chosen = list(_diverse(found, n, [_terms(question) for question in known]))
    return [_form(draft, name) for draft in chosen]


def may_draft(document: Document) -> bool:
    """Return whether topics may be drafted from a document."""
    return EVERYONE in document.readers and SUPERSEDED not in statuses(document) and document.kind not in _LEFT_OUT


def _form(draft: Draft, name: Name) -> TestTopicForm:
    return TestTopicForm(
        question=draft.question,
        relevant=[RelevantForm(document=name(draft.document), grade=2)],
        nuggets=list(draft.nuggets),
        state=State.DRAFT,
        origin=OriginForm(made=f"drafted {draft.made}", passage=" ".join(draft.passage.split())[:_PASSAGE_CHARS]),
    )


def _diverse(drafts: Sequence[Draft], n: int, asked: list[frozenset[str]]) -> Iterator[Draft]:
    """Yield drafts in turns: the documents and ways that have yielded least come first."""
    left = sorted(drafts, key=_scattered)
    of_document: dict[str, int] = {}
    of_way: dict[str, int] = {}
    of_source: dict[str, int] = {}
    for _ in range(n):
        best: tuple[tuple[int, int, int], int] | None = None
        for place, draft in enumerate(left):
            cost = (
                of_document.get(draft.document.id, 0),
                of_way.get(draft.made, 0),
                of_source.get(draft.document.source, 0),
            )
            if (best is None or cost < best[0]) and not any(_alike(_terms(draft.question), other) for other in asked):
                best = cost, place
        if best is None:
            return
        draft = left.pop(best[1])
        asked.append(_terms(draft.question))
        for counts, key in ((of_document, draft.document.id), (of_way, draft.made), (of_source, draft.document.source)):
            counts[key] = counts.get(key, 0) + 1
        yield draft


def _scattered(draft: Draft) -> str:
    # Neither by source nor by place in the document, and the same every time.
    return hashlib.sha256(f"{draft.document.id} {draft.question}".encode()).hexdigest()


def _terms(question: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", question.casefold())) - _SMALL


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or len(one & other) > _SIMILAR * len(one | other)


def _drafts(entry: Entry) -> Iterator[Draft]:
    text = entry.body.text
    for place, block in enumerate(entry.body.blocks):
        words = text[block.start : block.end]
        match block.kind:
            case BlockKind.HEADING:
                yield from _of_heading(entry, place, words)
            case BlockKind.TABLE:
                yield from _of_table(entry, words)
            case BlockKind.PARAGRAPH | BlockKind.LIST:
                yield from _of_sentences(entry.document, words)


def _of_heading(entry: Entry, place: int, words: str) -> Iterator[Draft]:
    heading = _plain(words).strip().rstrip(":#= -\n")
    heading = re.sub(r"^[\d.]+\s+", "", heading.split("\n", 1)[0])
    below = _below(entry, place)
    if not below or not 3 <= len(heading) <= 90 or not _terms(heading) - _EMPTY_HEADINGS:
        return
    document, first = entry.document, heading.split()[0].casefold()
    if heading.endswith("?"):
        asked = heading.casefold().rstrip("?").split()
        alone = len(asked) > 4 and not _REFERRING & set(asked)
        question = heading if alone else f"{document.title}: {_inside(heading)}"
        yield Draft(document, question, "from a question as heading", below)
    elif heading.casefold().startswith("how to "):
        yield Draft(document, f"How do I {heading[7:]}?", "from a heading", below)
    elif first in _VERBS and len(heading.split()) > 1:
        yield Draft(document, f"How do I {heading[0].lower()}{heading[1:]}?", "from a heading", below)
    elif heading.casefold() != document.title.casefold():
        yield Draft(document, f"{document.title}: what about {_inside(heading)}?", "from a heading", below)


def _below(entry: Entry, place: int) -> str:
    """Return the text under a heading, before the next one."""
    blocks: list[Block] = []
    for block in entry.body.blocks[place + 1 :]:
        if block.kind is BlockKind.HEADING:
            break
        blocks.append(block)
    return "\n".join(entry.body.text[block.start : block.end] for block in blocks).strip()


def _of_sentences(document: Document, words: str) -> Iterator[Draft]:
    for sentence in _SENTENCE.split(_plain(words)):
        said = " ".join(sentence.split())
        for pattern, question in _FACTS:
            match = pattern.match(said)
            if match is not None and _says(match["subject"]):
                about = question.format(_inside(match["subject"]))
                yield Draft(
                    document, _whole(about, match["subject"], document), "from a fact", said, _nugget(match["rest"])
                )
                break
        else:
            match = _DEFINITION.match(said)
            if match is not None and _says(match["subject"]) and len(match["subject"].split()) <= 4:
                about = _whole(f"What is {_inside(match['subject'])}?", match["subject"], document)
                yield Draft(document, about, "from a definition", said, _nugget(match["rest"]))


def _of_table(entry: Entry, words: str) -> Iterator[Draft]:
    rows = [
        [_plain(cell).strip() for cell in line.strip().strip("|").split("|")]
        for line in words.split("\n")
        if "|" in line and not re.fullmatch(r"[\s|:=+-]+", line)
    ]
    if len(rows) < 3 or len(rows[0]) < 2:
        return
    head, *body = rows
    for row in body:
        for column, value in zip(head[1:], row[1:], strict=False):
            if (
                row[0]
                and value
                and column
                and len(row[0]) <= 60
                and len(column) <= 40
                and any(c.isalpha() for c in row[0])
            ):
                said = f"{head[0]}: {row[0]}, {column}: {value}"
                asks = column.split()[0].casefold() in _ASKING
                question = (
                    f"{column}: {_inside(row[0])}?" if asks else f"What is the {_inside(column)} of {_inside(row[0])}?"
                )
                yield Draft(entry.document, question, "from a table", said, _nugget(value))


def _says(subject: str) -> bool:
    """Return whether a subject says by itself what it is."""
    words = subject.casefold().split()
    return words[0] not in _VAGUE and bool(_terms(subject)) and len(words) <= 9


def _whole(question: str, subject: str, document: Document) -> str:
    """Return a question that stands alone: "the limit" is one of many."""
    if subject.casefold().startswith("the ") and len(_terms(subject)) == 1:
        return f"{document.title}: {question[0].lower()}{question[1:]}"
    return question


def _inside(words: str) -> str:
    """Return words as they stand inside a sentence: a name or an abbreviation keeps its capitals."""
    first, *rest = words.split(" ", 1)
    small = first.casefold() in _SMALL
    ordinary = small or (first[1:].islower() and bool(rest) and rest[0][0].islower())
    return f"{first.lower() if ordinary else first}{' ' if rest else ''}{''.join(rest)}"


def _nugget(words: str) -> tuple[str, ...]:
    said = " ".join(words.split()).rstrip(".!?")
    return (said,) if 0 < len(said) <= _LONGEST_NUGGET else ()


def _plain(words: str) -> str:
    return _MARKUP.sub(lambda match: match[1] or "", words)
