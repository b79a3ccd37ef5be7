"""Excerpts: the chosen units completed to what can be understood alone, as unbroken runs of a passage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aika.answering.evidence import Reading, ReadUnit
from aika.answering.questions import QuestionKind
from aika.answering.selection import Choice, leans
from aika.answering.sentences import REPLY_MINUTES, UnitKind, minutes_between
from aika.domain.documents import Kind
from aika.domain.queries import Hit

_LIST_ITEMS, _LIST_CHARS = 12, 1_100
_SHORT_LIST_CHARS = 500
_TABLE_ROWS, _TABLE_WORDS = 8, 80
_CODE_CHARS = 1_500
_SYMBOL_CHARS = 600
# A paragraph up to this long is quoted whole: a sentence in it says half.
_PARAGRAPH_WORDS = 55
# Steps, remedies and reasons are rarely one sentence: the section goes on until it has this many words.
_SECTION_WORDS = 110
_REPLIES, _REPLY_WORDS = 4, 90
# One sentence answers these when it has the name, the time or the number.
_ONE_FACT = (QuestionKind.QUANTITY, QuestionKind.WHEN, QuestionKind.WHO, QuestionKind.WHERE)
_SECTIONS = (QuestionKind.HOW_TO, QuestionKind.TROUBLE, QuestionKind.WHY)
_PROCEDURES = (QuestionKind.HOW_TO, QuestionKind.TROUBLE)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Neighbouring units of one passage, in reading order. Headings and hidden text never stand between them."""

    hit: int
    units: tuple[ReadUnit, ...]

    @property
    def start(self) -> int:
        return self.units[0].unit.start

    @property
    def end(self) -> int:
        return self.units[-1].unit.end


def excerpts(reading: Reading, choices: Sequence[Choice], evidence: Sequence[Hit], *, words: int) -> list[Excerpt]:
    """Return the lead's excerpt first, then those of the same document, then the others, each group in reading order."""
    taken: dict[int, set[int]] = {}
    length = 0
    for number, choice in enumerate(choices):
        if taken and length >= words:
            break
        passage = reading.of_hit(choice.unit.hit)
        wanted = _completed(reading, passage, choice.unit)
        if number == 0:
            wanted |= _rest_of_section(reading, passage, choice.unit, wanted)
        new = wanted - taken.get(choice.unit.hit, set())
        added = sum(len(passage[at].text.split()) for at in new)
        if taken and length + added > words * 1.4:
            continue
        length += added
        taken.setdefault(choice.unit.hit, set()).update(new)
    runs = [run for hit, places in taken.items() for run in _runs(hit, reading.of_hit(hit), places)]
    return _ordered(runs, choices, evidence)


def _completed(reading: Reading, passage: Sequence[ReadUnit], unit: ReadUnit) -> set[int]:
    """Return the places of the unit and of what it needs to be understood."""
    match unit.unit.kind:
        case UnitKind.SENTENCE:
            wanted = _with_sentences(reading, passage, unit)
        case UnitKind.ITEM:
            wanted = _with_list(reading, passage, unit)
        case UnitKind.ROW:
            wanted = _with_rows(passage, unit)
        case UnitKind.CODE if unit.kind is Kind.CODE:
            wanted = _symbol(passage, unit)
        case UnitKind.CODE:
            lead_in = _lead_in(passage, unit)
            wanted = {unit.at} if lead_in is None else {lead_in.at, unit.at}
        case _:
            wanted = {unit.at}
    return {at for at in wanted if passage[at].unit.kind is not UnitKind.HIDDEN}


def _rest_of_section(reading: Reading, passage: Sequence[ReadUnit], unit: ReadUnit, wanted: set[int]) -> set[int]:
    """Return what follows in the section, as far as the question asks for more than a sentence and it is not too long."""
    if (
        reading.question.kind not in _SECTIONS
        or unit.kind in (Kind.CONVERSATION, Kind.CODE)
        or unit.unit.kind is UnitKind.ROW
    ):
        return set()
    length = sum(len(passage[at].text.split()) for at in wanted)
    found: set[int] = set()
    for other in passage[max(wanted, default=unit.at) + 1 :]:
        if other.section != unit.section or length >= _SECTION_WORDS:
            break
        if not other.quotable or other.at in wanted | found:
            continue
        new = _completed(reading, passage, other) - wanted - found
        length += sum(len(passage[at].text.split()) for at in new)
        if length > 1.4 * _SECTION_WORDS:
            break
        found |= new
    return found


def _with_sentences(reading: Reading, passage: Sequence[ReadUnit], unit: ReadUnit) -> set[int]:
    direct = reading.question.kind in _ONE_FACT and unit.fits
    wanted = {unit.at} if direct else _paragraph(passage, unit)
    if leans(unit.text) and unit.at > 0:
        before = passage[unit.at - 1]
        if before.unit.block == unit.unit.block and before.quotable:
            wanted.add(before.at)
    above = _code_above(passage, unit)
    if above is not None and _explains(reading, unit):
        lead_in = _lead_in(passage, above)
        wanted |= {above.at} if lead_in is None else {lead_in.at, above.at}
    following = passage[unit.at + 1] if unit.at + 1 < len(passage) else None
    if following is None:
        return wanted
    if _announces(unit):
        return wanted | _block_after(passage, unit)
    if following.unit.kind is UnitKind.CODE and reading.question.kind in _PROCEDURES and _fits_code(following):
        wanted.add(following.at)
    return wanted


def _paragraph(passage: Sequence[ReadUnit], unit: ReadUnit) -> set[int]:
    """Return the unit and the rest of its paragraph where that is short, the unit alone where it is not."""
    members = [other for other in passage[unit.at :] if other.unit.block == unit.unit.block]
    short = sum(len(member.text.split()) for member in members) <= _PARAGRAPH_WORDS
    if short and all(member.unit.kind is UnitKind.SENTENCE and member.quotable for member in members):
        return {member.at for member in members}
    return {unit.at}


def _code_above(passage: Sequence[ReadUnit], unit: ReadUnit) -> ReadUnit | None:
    """Return the code block right above the unit's paragraph."""
    at = unit.at
    while at > 0 and passage[at - 1].unit.block == unit.unit.block:
        at -= 1
    above = passage[at - 1] if at > 0 else None
    return above if above is not None and above.unit.kind is UnitKind.CODE and _fits_code(above) else None


def _explains(reading: Reading, unit: ReadUnit) -> bool:
    """Whether a sentence below a code block is about the code: it leans on it, or steps were asked for."""
    return leans(unit.text) or reading.question.kind in _PROCEDURES


def _announces(unit: ReadUnit) -> bool:
    return unit.unit.kind is UnitKind.SENTENCE and unit.text.rstrip("*_ ").endswith(":")


def _fits_code(unit: ReadUnit) -> bool:
    return len(unit.text) <= _CODE_CHARS


def _block_after(passage: Sequence[ReadUnit], unit: ReadUnit) -> set[int]:
    """Return the list, the table or the code block that the unit announces, as far as it is not too long."""
    following = passage[unit.at + 1]
    if following.unit.kind is UnitKind.CODE:
        return {following.at} if _fits_code(following) else set()
    if following.unit.kind is UnitKind.ITEM:
        return _whole_list(passage, following)
    rows = [other for other in passage if other.unit.block == following.unit.block and other.unit.kind is UnitKind.ROW]
    return {row.at for row in rows} if following.unit.kind is UnitKind.HEAD and len(rows) <= _TABLE_ROWS else set()


def _whole_list(passage: Sequence[ReadUnit], item: ReadUnit) -> set[int]:
    members = [other for other in passage if other.unit.block == item.unit.block and other.quotable]
    if len(members) > _LIST_ITEMS or sum(len(member.text) for member in members) > _LIST_CHARS:
        return set()
    return {member.at for member in members}


def _with_list(reading: Reading, passage: Sequence[ReadUnit], unit: ReadUnit) -> set[int]:
    if unit.kind is Kind.CONVERSATION:
        return _exchange(passage, unit)
    members = [other for other in passage if other.unit.block == unit.unit.block and other.quotable]
    lead_in = _lead_in(passage, members[0])
    wanted = {unit.at}
    short = sum(len(member.text) for member in members) <= _SHORT_LIST_CHARS
    announced = lead_in is not None and lead_in.coverage >= unit.own_coverage
    if unit.unit.ordered or (announced and short) or (announced and reading.question.kind is QuestionKind.HOW_TO):
        wanted |= _whole_list(passage, unit)
    if lead_in is not None and (members[0].at in wanted or leans(unit.text)):
        wanted.add(lead_in.at)
    # A code block in a list belongs to the item above it.
    if unit.at + 1 < len(passage) and passage[unit.at + 1].unit.kind is UnitKind.CODE:
        follower = passage[unit.at + 1]
        if follower.unit.block == unit.unit.block and _fits_code(follower):
            wanted.add(follower.at)
    return wanted


def _symbol(passage: Sequence[ReadUnit], unit: ReadUnit) -> set[int]:
    """Return the source code around the unit: all of the passage where it is short, else what follows."""
    if sum(len(other.text) for other in passage) <= _SYMBOL_CHARS:
        return {other.at for other in passage if other.quotable}
    wanted, length = {unit.at}, len(unit.text)
    for other in passage[unit.at + 1 :]:
        length += len(other.text)
        if length > _SYMBOL_CHARS:
            break
        wanted.add(other.at)
    return wanted


def _exchange(passage: Sequence[ReadUnit], unit: ReadUnit) -> set[int]:
    """Return the message, the question that it answers, and the replies that follow an opening or a question."""
    wanted = {unit.at}
    if unit.at > 0 and "?" in passage[unit.at - 1].text and passage[unit.at - 1].quotable:
        wanted.add(unit.at - 1)
    opens = not any(other.quotable for other in passage[: unit.at])
    if not opens and "?" not in unit.text:
        return wanted
    length = 0
    for reply in passage[unit.at + 1 : unit.at + 1 + _REPLIES]:
        length += len(reply.text.split())
        if minutes_between(passage[reply.at - 1].text, reply.text) > REPLY_MINUTES:
            break
        if not reply.quotable or length > _REPLY_WORDS:
            break
        wanted.add(reply.at)
    return wanted


def _lead_in(passage: Sequence[ReadUnit], unit: ReadUnit) -> ReadUnit | None:
    """Return the sentence right above a list or code block: any above code, one with a colon above a list."""
    if unit.at == 0:
        return None
    before = passage[unit.at - 1]
    if before.unit.kind is not UnitKind.SENTENCE:
        return None
    return before if _announces(before) or unit.unit.kind is UnitKind.CODE else None


def _with_rows(passage: Sequence[ReadUnit], unit: ReadUnit) -> set[int]:
    """Return the row, or its whole table where no row answers better than the others."""
    rows = [other for other in passage if other.unit.block == unit.unit.block and other.unit.kind is UnitKind.ROW]
    alike = sum(row.own_coverage >= unit.own_coverage for row in rows)
    words = sum(len(row.text.split()) for row in rows)
    if len(rows) <= _TABLE_ROWS and words <= _TABLE_WORDS and alike > len(rows) / 2:
        return {row.at for row in rows}
    return {unit.at}


def _runs(hit: int, passage: Sequence[ReadUnit], places: set[int]) -> Iterator[Excerpt]:
    current: list[ReadUnit] = []
    for at in sorted(places):
        between = passage[current[-1].at + 1 : at] if current else []
        if current and not all(unit.unit.kind is UnitKind.HEAD for unit in between):
            yield Excerpt(hit, tuple(current))
            current = []
        current.append(passage[at])
    if current:
        yield Excerpt(hit, tuple(current))


def _ordered(runs: Sequence[Excerpt], choices: Sequence[Choice], evidence: Sequence[Hit]) -> list[Excerpt]:
    if not runs:
        return []
    lead = choices[0].unit
    document = evidence[lead.hit].chunk.document.id
    best_rank: dict[str, int] = {}
    for run in runs:
        of_document = evidence[run.hit].chunk.document.id
        best_rank[of_document] = min(run.hit, best_rank.get(of_document, run.hit))

    def place(run: Excerpt) -> tuple[bool, bool, int, int]:
        chunk = evidence[run.hit].chunk
        holds_lead = run.hit == lead.hit and any(unit.at == lead.at for unit in run.units)
        return not holds_lead, chunk.document.id != document, best_rank[chunk.document.id], chunk.start + run.start

    return sorted(runs, key=place)
