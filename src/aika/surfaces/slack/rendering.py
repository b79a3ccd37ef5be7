"""Answers as messages of Slack: the text with footnotes that open what they stand for, how sure it is, and where it is from.

Whatever an answer holds, the message is within Slack's limits, and says where it was shortened.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from aika.answering.courtesy import NOT_FOUND
from aika.delivery.slack_elements import Element, escaped, link, listed, rich, section, text
from aika.delivery.wording import without_links
from aika.domain.answers import Abstention, Answer, Citation, Confidence, Origin
from aika.domain.documents import Document
from aika.domain.identifiers import DocumentId
from aika.domain.queries import Hit
from aika.surfaces.slack.elements import cleaned, context, line, plain_of, shortened
from aika.surfaces.slack.fitting import blocks_of, fitted
from aika.surfaces.slack.markdown import Links, page, parts_of, safe

ConfidenceStyle = Literal["band", "number", "none"]

LONGEST_ANSWER = 7_000
"""What the text of an answer weighs at most: characters, and a little for each element. Slack documents no limit for
``rich_text`` but refuses messages of some 13,000 characters."""
LONGEST_TEXT = 2_500
"""Characters of what notifications and screen readers get."""
_LONGEST_MARKDOWN = 60_000
"""Characters that are read at all."""
MOST_BODY_BLOCKS = 30
_LONGEST_FOOTNOTES = 3_500
_MOST_NEAREST = 5
_MOST_NOTES = 5
_LONGEST_NAME = 150
_LONGEST_NOTE = 400
_DAYS_OF_MONTH, _DAYS_OF_YEAR = 30.44, 365.25


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message, ready to be posted."""

    text: str
    """For notifications and screen readers. Escaped, without addresses."""
    blocks: list[Element] = field(default_factory=list)
    """At most 40, so that there is room for buttons."""
    shortened: bool = False
    """Whether something is missing. The message says so."""


def answer_blocks(
    outcome: Answer | Abstention, *, style: ConfidenceStyle, now: datetime, read_on: str | None = None
) -> Rendered:
    """Return the message that tells an outcome.

    ``now`` is what ages are counted from. ``read_on`` is an address where the whole answer stands, told where it is shortened.
    """
    match outcome:
        case Answer():
            return _answer(outcome, style=style, now=now, read_on=read_on)
        case Abstention():
            return _abstention(outcome, now=now)


def markdown_blocks(
    markdown: str, *, citations: Collection[Citation] = (), longest: int = LONGEST_ANSWER, read_on: str | None = None
) -> Rendered:
    """Return a message of a Markdown text alone. It links to cited documents only; markers ``[1]`` open them."""
    blocks, cut = _body(markdown, links_of(citations), longest)
    if cut:
        blocks.append(_shortened_note(read_on, bool(citations)))
    return Rendered(fallback(blocks), blocks, cut)


def footnotes(citations: Sequence[Citation], now: datetime) -> list[Element]:
    """Return the block that says what the markers stand for. Empty where there are no citations."""
    if not citations:
        return []
    places = _places(citations)
    lines, _ = fitted((section(*_footnote(cited, now)) for cited in places), _LONGEST_FOOTNOTES)
    if rest := sum(len(cited) for cited in places[len(lines) :]):
        lines.append(section(text(f"and {rest} more, linked in the text above", italic=True)))
    return [rich([section(text("Sources", bold=True)), *lines])]


def confidence_words(confidence: Confidence, style: ConfidenceStyle) -> str:
    """Return how sure an answer is, in words; empty where that is not to be told."""
    match style:
        case "band":
            return f"Confidence: {confidence.band.value}"
        case "number":
            return f"Confidence: {round(confidence.value * 100)} %"
        case "none":
            return ""


def links_of(citations: Iterable[Citation]) -> Links:
    """Return where a text with these citations may lead."""
    cited = list(citations)
    markers = {one.marker: url for one in cited if (url := safe(one.url) or safe(one.document.url)) is not None}
    pages = (page(url) for one in cited for url in (one.url, one.document.url) if safe(url) is not None and url)
    return Links(markers, frozenset(pages))


def fallback(blocks: Sequence[Element]) -> str:
    """Return blocks in words, for notifications and screen readers: nothing in it mentions, links or formats."""
    said = without_links(plain_of(blocks)).strip() or "…"
    # Escaping makes it longer, and half an escaped character would be another.
    return escaped(shortened(said, LONGEST_TEXT))


def age(of: datetime | None, now: datetime) -> str:
    """Return how long ago something changed, in words; empty where that is unknown."""
    if of is None:
        return ""
    days = (now - of).days
    if days < 1:
        return "changed today"
    if days < 2:
        return "changed yesterday"
    for least, length, unit in ((2 * _DAYS_OF_YEAR, _DAYS_OF_YEAR, "years"), (60, _DAYS_OF_MONTH, "months")):
        if days >= least:
            return f"changed {int(days / length)} {unit} ago"
    return f"changed {days} days ago"


def _answer(answer: Answer, *, style: ConfidenceStyle, now: datetime, read_on: str | None) -> Rendered:
    blocks, cut = _body(answer.text, links_of(answer.citations), LONGEST_ANSWER)
    if cut:
        blocks.append(_shortened_note(read_on, bool(answer.citations)))
    blocks += footnotes(answer.citations, now)
    blocks += _notes(answer.notes)
    words = confidence_words(answer.confidence, style)
    # What a model says from its own knowledge is not measured: a number would be none.
    if words and answer.origin is not Origin.GENERAL:
        blocks.append(context(words))
    return Rendered(fallback(blocks), blocks, cut)


def _abstention(abstention: Abstention, *, now: datetime) -> Rendered:
    # What comes nearest is listed below, with its age and source.
    said = NOT_FOUND if abstention.nearest and abstention.text.startswith(NOT_FOUND) else abstention.text
    blocks, cut = _body(said, Links(), LONGEST_ANSWER)
    nearest = list({hit.chunk.document.id: hit for hit in reversed(abstention.nearest)}.values())[::-1]
    if nearest:
        items = [section(*_near(hit, now)) for hit in nearest[:_MOST_NEAREST]]
        blocks.append(rich([section(text("What comes nearest", bold=True)), listed(items)]))
    blocks += _notes(abstention.notes)
    if cut:
        blocks.append(_shortened_note(None, cited=False))
    return Rendered(fallback(blocks), blocks, cut)


def _body(markdown: str, links: Links, longest: int) -> tuple[list[Element], bool]:
    parts, cut = fitted(parts_of(markdown[:_LONGEST_MARKDOWN], links), longest)
    blocks, more = blocks_of(parts, MOST_BODY_BLOCKS)
    return blocks or [rich([section(text("…"))])], cut or more or len(markdown) > _LONGEST_MARKDOWN


def _shortened_note(read_on: str | None, cited: bool) -> Element:
    url = safe(read_on)
    if url is not None:
        return rich([section(text("Shortened. ", italic=True), link("Read the whole answer", url))])
    where = " Read on in the sources below." if cited else " Ask for a part of it to read more."
    return rich([section(text(f"Shortened.{where}", italic=True))])


def _places(citations: Iterable[Citation]) -> list[list[Citation]]:
    """Return the citations, those of one section together."""
    places: dict[tuple[DocumentId, tuple[str, ...]], list[Citation]] = {}
    for citation in citations:
        places.setdefault((citation.document.id, citation.heading_path), []).append(citation)
    return list(places.values())


def _footnote(cited: Sequence[Citation], now: datetime) -> list[Element]:
    citation = cited[0]
    title = line(citation.document.title, _LONGEST_NAME) or "(untitled)"
    path = line(" › ".join(citation.heading_path), _LONGEST_NAME)
    named = text(f" {title}", bold=True)
    beside = " · ".join(part for part in (path, *_provenance(citation.document, now)) if part)
    markers = (part for one in cited for part in (text(" "), _marker(one)))
    return [*list(markers)[1:], named, *([text(f" — {beside}")] if beside else [])]


def _marker(citation: Citation) -> Element:
    url = safe(citation.url) or safe(citation.document.url)
    marker = f"[{citation.marker}]"
    return text(marker) if url is None else link(marker, url)


def _near(hit: Hit, now: datetime) -> list[Element]:
    document, url = hit.chunk.document, safe(hit.chunk.url) or safe(hit.chunk.document.url)
    title = line(document.title, _LONGEST_NAME) or "(untitled)"
    beside = " · ".join(part for part in _provenance(document, now) if part)
    return [text(title) if url is None else link(title, url), *([text(f" — {beside}")] if beside else [])]


def _provenance(document: Document, now: datetime) -> tuple[str, str]:
    return line(document.source, _LONGEST_NAME), age(document.modified_at, now)


def _notes(notes: Sequence[str]) -> list[Element]:
    said = [line(cleaned(note), _LONGEST_NOTE) for note in notes]
    said = [note for note in dict.fromkeys(said) if note][:_MOST_NOTES]
    return [rich([section(text(note, italic=True)) for note in said])] if said else []
