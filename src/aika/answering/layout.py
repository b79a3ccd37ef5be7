"""How excerpts become a readable answer in Markdown, each with its citation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from aika.answering.display import cells, code_block, inline
from aika.answering.evidence import ReadUnit
from aika.answering.excerpts import Excerpt
from aika.answering.sentences import UnitKind
from aika.domain.answers import Citation
from aika.domain.documents import Chunk
from aika.domain.queries import Hit


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement from a document's own record, such as its owner, with the span to show for it."""

    text: str
    hit: int
    start: int
    end: int
    """Offsets into the passage's text."""
    support: float


@dataclass(frozen=True, slots=True)
class Arranged:
    text: str
    citations: tuple[Citation, ...]


def arrange(excerpts: Sequence[Excerpt], evidence: Sequence[Hit], fact: Fact | None = None) -> Arranged:
    """Return the text: the lead, then supporting points under the document and section they are from."""
    citations: list[Citation] = []
    blocks: list[str] = []
    if fact is not None:
        citations.append(cite(evidence[fact.hit].chunk, fact.start, fact.end, marker=1, support=fact.support))
        blocks.append(f"{fact.text} [1]")
    place: tuple[str, ...] | None = None
    for number, group in enumerate(_grouped(excerpts)):
        chunk = evidence[group[0].hit].chunk
        markers = range(len(citations) + 1, len(citations) + len(group) + 1)
        citations += [
            cite(chunk, one.start, one.end, marker=marker) for marker, one in zip(markers, group, strict=True)
        ]
        is_lead = number == 0 and fact is None
        label, here = _label(chunk, place)
        # A list, table or code block that no sentence introduces is introduced by its place, which carries the marker.
        introduces = len(group) == 1 and _stands_bare(group[0]) and bool(label)
        if introduces:
            blocks.append(f"**{label}** [{markers[0]}]")
        elif label and (not is_lead or len(group) > 1):
            blocks.append(f"**{label}**")
        if len(group) > 1:
            blocks.append(_table([(one.units, marker) for marker, one in zip(markers, group, strict=True)], chunk))
        else:
            blocks.extend(_blocks(group[0], chunk, markers[0], as_point=not is_lead, marked=introduces))
        place = here
    return Arranged(_joined(blocks), tuple(citations))


def _grouped(excerpts: Sequence[Excerpt]) -> list[list[Excerpt]]:
    """Put the runs of rows of one table together, so that they are shown as one."""
    groups: list[list[Excerpt]] = []
    for excerpt in excerpts:
        table = _table_of(excerpt)
        if groups and table is not None and table == _table_of(groups[-1][0]):
            groups[-1].append(excerpt)
        else:
            groups.append([excerpt])
    return [sorted(group, key=lambda excerpt: excerpt.start) for group in groups]


def _table_of(excerpt: Excerpt) -> tuple[int, int] | None:
    if any(unit.unit.kind is not UnitKind.ROW for unit in excerpt.units):
        return None
    return excerpt.hit, excerpt.units[0].unit.block


def cite(chunk: Chunk, start: int, end: int, *, marker: int, support: float = 1.0) -> Citation:
    """Return the citation of the passage's text between the offsets."""
    return Citation(
        marker=marker,
        document=chunk.document,
        chunk=chunk.id,
        quote=chunk.text[start:end],
        start=chunk.start + start,
        end=chunk.start + end,
        url=chunk.url,
        heading_path=chunk.heading_path,
        support=support,
    )


def _label(chunk: Chunk, place: tuple[str, ...] | None) -> tuple[str, tuple[str, ...]]:
    """Return the words that say where the reader is now, none where nothing changed, and that place."""
    title = chunk.document.title or chunk.document.key
    path = [heading for heading in chunk.heading_path if heading != title]
    here = (chunk.document.id, *path)
    if here == place:
        return "", here
    parts = path[-1:] if place and place[0] == here[0] and path else [title, *path[-1:]]
    return " › ".join(inline(part).replace("*", "").replace("[", "(").replace("]", ")") for part in parts), here


def _stands_bare(excerpt: Excerpt) -> bool:
    kind = excerpt.units[0].unit.kind
    return kind in (UnitKind.CODE, UnitKind.ROW) or (kind is UnitKind.ITEM and len(excerpt.units) > 1)


def _blocks(excerpt: Excerpt, chunk: Chunk, marker: int, *, as_point: bool, marked: bool) -> Iterator[str]:
    """Yield Markdown blocks. The marker stands where the run begins to say something, unless it is ``marked`` already."""
    groups = [list(group) for _, group in groupby(excerpt.units, key=lambda unit: (unit.unit.kind, unit.unit.block))]
    announced = marked
    for number, group in enumerate(groups):
        kind = group[0].unit.kind
        if kind is UnitKind.SENTENCE:
            text = " ".join(unit.text for unit in group)
            followed = number + 1 < len(groups)
            yield f"{'- ' if as_point and not followed and not announced else ''}{text}{'' if marked else f' [{marker}]'}"
            announced = True
        elif kind is UnitKind.ITEM:
            yield _list(group, None if announced else marker, as_point=as_point)
        elif kind is UnitKind.ROW:
            yield _table([(group, None if announced else marker)], chunk)
        else:
            yield "\n\n".join(code_block(unit.text) for unit in group) + ("" if announced else f"\n\n[{marker}]")


def _list(items: Sequence[ReadUnit], marker: int | None, *, as_point: bool) -> str:
    suffix = "" if marker is None else f" [{marker}]"
    if len(items) == 1 and not as_point and marker is not None:
        return f"{_capitalised(items[0].text)}{suffix}"
    ordered = items[0].unit.ordered
    lines = []
    for item in items:
        bullet = f"{item.unit.marker.rstrip('.)')}." if ordered and item.unit.ordered else "-"
        lines.append(f"{bullet} {item.text}{suffix if item is items[-1] else ''}")
    return "\n".join(lines)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _table(runs: Sequence[tuple[Sequence[ReadUnit], int | None]], chunk: Chunk) -> str:
    """Return the rows as a table, each run's marker in its last row."""
    rows = [row for run, _ in runs for row in run]
    marks = {id(run[-1]): marker for run, marker in runs if marker is not None}
    head = _head_of(rows[0], chunk)
    width = max(len(cells(row.text)) for row in rows)
    titles = (cells(head) if head else [])[:width]
    titles += [""] * (width - len(titles))
    lines = [_row(titles), _row(["---"] * width)]
    for row in rows:
        values = cells(row.text)
        values += [""] * (width - len(values))
        if id(row) in marks:
            values[-1] = f"{values[-1]} [{marks[id(row)]}]".strip()
        lines.append(_row(values))
    return "\n".join(lines)


def _head_of(row: ReadUnit, chunk: Chunk) -> str | None:
    """Return the header of the row's table: the nearest line above it that is followed by a table's rule."""
    lines = chunk.text[: row.unit.start].split("\n")
    for at in range(len(lines) - 1, 0, -1):
        if lines[at].strip() and set(lines[at].strip()) <= set("|-: ") and "-" in lines[at]:
            return lines[at - 1]
    return None


def _row(values: Sequence[str]) -> str:
    return "| " + " | ".join(value.replace("|", "\\|") for value in values) + " |"


def _joined(blocks: Sequence[str]) -> str:
    """Join blocks by blank lines, the points of one list by single ones."""
    text = ""
    for block in blocks:
        if not text:
            text = block
            continue
        last = text.rsplit("\n", 1)[-1]
        tight = block.startswith("- ") and last.startswith("- ")
        text += ("\n" if tight else "\n\n") + block
    return text
