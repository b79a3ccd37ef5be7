"""Answers that a record gives exactly: who owns, who approved, which channel, how it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aika.answering.confidence import band
from aika.answering.display import inline
from aika.answering.layout import cite
from aika.domain.answers import Citation, Confidence, Draft, Origin, Signal
from aika.domain.documents import Chunk
from aika.domain.facts import Fact, Relation
from aika.domain.identifiers import ChunkId, chunk_id
from aika.domain.queries import Hit, Query
from aika.facts.finding import FactFinder, Finding, Found
from aika.facts.labels import label_words
from aika.protocols import Catalogue

_RECORD_SUPPORT = 0.6
"""The record says so, and the quoted span only shows the document."""
_UNDECIDED = frozenset({"tbd", "tba", "todo", "unknown", "?", "tbc", "unassigned", "nobody", "vacant"})

_SENTENCES = {
    Relation.OWNER: "{subject} is owned by {values}.",
    Relation.CONTACT: "{subject} is reached at {values}.",
    Relation.ALERTS: "Alerts for {subject} go to {values}.",
    Relation.STATUS: "{subject} has the status {values}.",
    Relation.PART_OF: "{subject} belongs to {values}.",
    Relation.DEPENDS_ON: "{subject} depends on {values}.",
    Relation.SUCCESSOR: "{subject} was superseded by {values}.",
}


@dataclass(frozen=True, slots=True)
class Stated:
    """A draft that quotes records, judged by how surely they are about what was asked."""

    draft: Draft
    confidence: Confidence
    notes: tuple[str, ...] = ()


class FactStatement:
    """Answers from what documents record, where the question asks for exactly that."""

    def __init__(self, finder: FactFinder, catalogue: Catalogue) -> None:
        self._finder = finder
        self._catalogue = catalogue

    async def state(self, query: Query) -> Stated | None:
        """Return the answer, ``None`` where the question asks for something else or no record has it."""
        finding = await self._finder.find(query.text, scope=query.scope)
        if finding is None:
            return None
        shown = [*finding.answers, *filter(None, (finding.through, finding.contact)), *finding.others]
        ids = [_chunk_of(found, fact) for found in shown for fact in found.choice.facts]
        chunks = await self._catalogue.chunks(ids, scope=query.scope)
        if not set(ids) <= set(chunks):
            # It changed between two looks.
            return None
        return _stated(query, finding, _Citations(chunks))


class _Citations:
    """Numbers the spans of facts as they are used."""

    def __init__(self, chunks: dict[ChunkId, Chunk]) -> None:
        self._chunks = chunks
        self.made: list[Citation] = []
        self.hits: list[Hit] = []

    def of(self, *shown: Found) -> str:
        """Return the markers of what was found, such as `` [1][2]``."""
        return " " + "".join(f"[{number}]" for found in shown for number in self._numbers(found))

    def note(self, found: Found) -> str:
        """Return a note on what contradicts the answer. Its passages are evidence too: whoever may not read them must not be
        told of them, now or later."""
        for fact in found.choice.facts:
            self._use(self._chunks[_chunk_of(found, fact)])
        return _contradiction(found)

    def _use(self, chunk: Chunk) -> None:
        if all(hit.chunk.id != chunk.id for hit in self.hits):
            self.hits.append(Hit(chunk, 1.0))

    def _numbers(self, found: Found) -> Iterator[int]:
        for fact in found.choice.facts:
            chunk = self._chunks[_chunk_of(found, fact)]
            known = next(
                (
                    one.marker
                    for one in self.made
                    if (one.chunk, one.start, one.end) == (chunk.id, fact.start, fact.end)
                ),
                None,
            )
            if known is None:
                known = len(self.made) + 1
                start, end = fact.start - chunk.start, fact.end - chunk.start
                support = 1.0 if fact.stated else _RECORD_SUPPORT
                self.made.append(cite(chunk, start, end, marker=known, support=support))
                self._use(chunk)
            yield known


def _chunk_of(found: Found, fact: Fact) -> ChunkId:
    return chunk_id(found.document.id, fact.chunk)


def _stated(query: Query, finding: Finding, citations: _Citations) -> Stated:
    if len(finding.answers) == 1:
        text = _about_one(finding, finding.answers[0], citations)
    else:
        head = f"There are {len(finding.answers)} of that name:"
        points = [f"- {_sentence(found)}{_where(found)}{citations.of(found)}" for found in finding.answers]
        text = "\n".join([head, "", *points])
    notes = tuple(citations.note(other) for other in finding.others[:3])
    draft = Draft(
        query=query,
        text=text,
        origin=Origin.EXTRACTED,
        evidence=tuple(citations.hits),
        citations=tuple(citations.made),
    )
    signal = Signal("record", round(finding.certainty, 4), 0.0, "how surely a record is about what was asked for")
    return Stated(draft, Confidence(finding.certainty, band(finding.certainty), (signal,)), notes)


def _about_one(finding: Finding, found: Found, citations: _Citations) -> str:
    through, contact = finding.through, finding.contact
    parts = []
    if through is not None:
        parts.append(f"{_sentence(through)}{citations.of(through)}")
    parts.append(f"{_sentence(found)}{citations.of(found)}")
    if contact is not None:
        parts.append(f"Contact: {_values(contact.values)}{citations.of(contact)}")
    return "\n\n".join(parts)


def _sentence(found: Found) -> str:
    """Return what the record says, in one sentence."""
    subject = _value(found.profile.names[0])
    values = _values(found.values)
    if all(value.lower() in _UNDECIDED for value in found.values):
        return f"The record of {subject} says only {values} for {_label(found)}."
    form = _SENTENCES.get(found.relation)
    if found.relation is Relation.CONTACT:
        ways = {fact.values: fact for fact in reversed(found.choice.facts)}  # the first to name each way
        values = "; ".join(_contact(fact) for fact in reversed(ways.values()))
    if form is None:
        label = _label(found).capitalize()
        return (
            f"{label} of {subject} are {values}."
            if len(found.values) > 1
            else f"{_singular(label)} of {subject} is {values}."
        )
    return form.format(subject=subject, values=values)


def _label(found: Found) -> str:
    """Return the role as the record calls it, as words."""
    said = found.choice.facts[0].label.split(" (", 1)[0].strip()
    words = said.replace("_", " ").replace("-", " ").split()
    own = label_words(said.rsplit(" ", 1)[-1]) if "_" in said else label_words(said)
    label = " ".join(words[-len(own) :] or words)
    return f"the {label}" if label else "it"


def _singular(label: str) -> str:
    return label[:-1] if label.endswith("s") and not label.endswith(("ss", "us", "is")) else label


def _contact(fact: Fact) -> str:
    said = _values(fact.values)
    own = fact.label.rsplit(" ", 1)[-1].replace("_", " ").lower()
    return said if own in ("contact", "contacts") or fact.relation is not Relation.CONTACT else f"{said} ({own})"


def _where(found: Found) -> str:
    """Return which of several things of one name this is: what lists it, else where its document lies."""
    listed = next((fact for fact in found.profile.facts if fact.relation is Relation.PART_OF), None)
    if listed is not None and found.relation is not Relation.PART_OF:
        return f" (in {_plain(listed.values[0])})"
    return "" if listed is not None else f" (`{found.document.key.replace('`', '')}`)"


def _contradiction(other: Found) -> str:
    title = inline(other.document.title or other.document.key)
    return f"“{title}” records something else: {', '.join(map(inline, other.values))}."


def _values(values: Sequence[str]) -> str:
    shown = [_value(value) for value in values]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _value(value: str) -> str:
    """Return a value as it is written: as code where it is an identifier, a handle, a channel or an address."""
    text = " ".join(value.replace("`", "").split())
    return f"`{text}`" if " " not in text else f"**{_plain(text)}**"


def _plain(text: str) -> str:
    return inline(text).replace("*", "\\*")
