"""Verdicts in words, with what should change."""

import re

from aika.domain.documents import Document
from aika.domain.findings import Complaint, Exhibit, FindingKind, SuggestedEdit, Verdict
from aika.health.comparing import Difference
from aika.health.verdicts.claims import Unbacked
from aika.health.verdicts.passages import Passage, Sentence, may_tell, name_of, whole
from aika.health.verdicts.rivals import Rival
from aika.health.verdicts.standing import Precedence
from aika.protocols import Analyzer

_LONGEST = 120
_TOPIC_TERMS = 8
_UNIT = re.compile(r"[\s-]?(%|°C|(?:[a-z]{2,14}s|second|minute|hour|day|week|month|year|[KMGT]i?B|ms)\b)")


def unsupported(found: Unbacked, exhibits: tuple[Exhibit, ...], *, quotable: bool) -> Verdict:
    """Say that a statement is not in the sources. ``quotable``: whether the document's owner may read all of them."""
    said = f"The answer says “{_short(found.statement)}”, and" if quotable else "The answer makes a statement, and"
    differs = f" ({'; '.join(found.differs)})" if found.differs and quotable else ""
    reason = f"{said} none of the documents that it cites says so{differs}. The documents need no change for it."
    key = "; ".join(found.differs) or found.statement
    return Verdict(FindingKind.UNSUPPORTED, reason, _key(key), 0.9 if found.differs else 0.8, exhibits)


def withdrawn(document: Document, why: str, quotes: tuple[Sentence, ...], successor: Document | None) -> Verdict:
    """Say that a cited document no longer stands."""
    tell = successor is not None and may_tell(document, [successor])
    instead = f" {name_of(successor)} holds." if successor is not None and tell else ""
    reason = f"The answer cites {name_of(document)}, but {why}.{instead}"
    first = quotes[0].exhibit("cited") if quotes else whole(document, "cited")
    exhibits = (first,) if successor is None else (first, whole(successor, "holds instead"))
    return Verdict(FindingKind.OUTDATED, reason, "superseded", 0.8, exhibits)


def outdated(rival: Rival, found: Precedence, certainty: float) -> Verdict:
    """Say that one of two disagreeing documents is out of date. It comes first, whichever the answer cites."""
    cited_is_older = found.older.id == rival.cited.document.id
    old, new = (rival.cited, rival.other) if cited_is_older else (rival.other, rival.cited)
    tell = may_tell(old.document, [new.document])
    mine, theirs = _values(rival, cited_first=cited_is_older)
    other = name_of(new.document) if tell else "another document"
    says = f" says {theirs}" if tell and theirs else " says otherwise"
    reason = f"{name_of(old.document)} says {mine or 'something else'}; {other}{says}. {_sentence(found.why)}."
    exhibits = (old.exhibit(f"says {mine}; {found.why}"), new.exhibit(f"says {theirs}; it holds"))
    edit = (_edit(old, new, rival.difference, forwards=cited_is_older) or _note(old, new)) if tell else None
    return Verdict(FindingKind.OUTDATED, reason, _matter(old, rival, mine), certainty, exhibits, suggestion=edit)


def conflicting(rival: Rival, certainty: float, *, why: str = "Nothing tells which of them holds.") -> Verdict:
    """Say that two documents disagree. The cited one comes first."""
    cited, other = rival.cited, rival.other
    tell = may_tell(cited.document, [other.document])
    mine, theirs = _values(rival, cited_first=True)
    shown = name_of(other.document) if tell else "another document"
    says = f" says {theirs}" if tell and theirs else " says otherwise"
    reason = f"{name_of(cited.document)} says {mine or 'something else'}; {shown}{says}. {why}"
    exhibits = (cited.exhibit(f"says {mine}"), other.exhibit(f"says {theirs}"))
    edit = _edit(cited, other, rival.difference, forwards=True) if tell else None
    return Verdict(FindingKind.CONFLICTING, reason, _matter(cited, rival, mine), certainty, exhibits, suggestion=edit)


def overtaken(cited: Sentence, differs: Difference, reply: str) -> Verdict:
    """Say that a person contradicts a document, and that nothing written says what the person says."""
    mine, theirs = _value(cited.text, differs), differs.theirs
    said = f"{theirs}" if theirs else "the opposite"
    reason = (
        f"{name_of(cited.document)} says {mine or 'something else'}; a person who answered says {said}, and no document does. "
        "The document is out of date, or the person is wrong."
    )
    edit = None
    if theirs and differs.mine and cited.raw.count(differs.mine) == 1:
        after = cited.raw.replace(differs.mine, theirs)
        edit = SuggestedEdit(cited.document.id, cited.raw, after, f"a person answered: {_short(reply)}")
    subject = _key(mine or cited.text)
    exhibit = cited.exhibit(f"says {mine}")
    return Verdict(FindingKind.OUTDATED, reason, subject, 0.6, (exhibit,), suggestion=edit)


def not_retrieved(sentence: Sentence, complaint: Complaint, rank: int | None, certainty: float, depth: int) -> Verdict:
    """Say that a document answers and was not among the evidence."""
    passage = sentence.passage
    place = f"rank {rank}" if rank is not None else "not ranked at all"
    section = _section(passage)
    seen = rank is not None and rank <= depth
    missed = "was found but not taken for the answer" if seen else "was not among the evidence"
    reason = f"The question would be answered by {section}, which {missed} ({place})."
    exhibits = (sentence.exhibit(place),)
    question = " ".join(complaint.question.split())
    edit = SuggestedEdit(
        passage.document.id,
        sentence.raw,
        f"**{question}** {sentence.raw}",
        "so that the section has the words that people ask with",
    )
    subject = _key(passage.names[-1] or passage.document.key)
    return Verdict(FindingKind.NOT_RETRIEVED, reason, subject, certainty, exhibits, rank=rank, suggestion=edit)


def no_document(
    complaint: Complaint, nearest: Passage | None, certainty: float, analyzer: Analyzer, *, searched: int
) -> Verdict:
    """Say that nothing answers. With a person's reply, it is what should be written down."""
    reply = complaint.reply.strip()
    told = "What a person answered is not written anywhere that the asker may read" if reply else ""
    nothing = "Nothing that the asker may read answers the question"
    reason = f"{told or nothing}: the {searched} nearest passages do not say it."
    edit = None
    if reply and nearest is not None:
        section = f"## {' '.join(complaint.question.split())}\n\n{reply}\n"
        edit = SuggestedEdit(nearest.document.id, "", section, "a person answered this, and nobody wrote it down")
    return Verdict(FindingKind.NO_DOCUMENT, reason, topic(complaint.question, analyzer), certainty, suggestion=edit)


def topic(question: str, analyzer: Analyzer) -> str:
    """Return the question's words in an order of their own: the same for questions that differ in grammar alone."""
    return " ".join(sorted(set(analyzer.terms(question)))[:_TOPIC_TERMS])


def _edit(old: Sentence, new: Sentence, differs: Difference, *, forwards: bool) -> SuggestedEdit | None:
    """Replace the value in the old sentence, where it is the only thing that differs and stands there once."""
    before, after = (differs.mine, differs.theirs) if forwards else (differs.theirs, differs.mine)
    if not before or not after or not differs.alone or old.raw.count(before) != 1:
        return None
    changed = old.raw.replace(before, after)
    return SuggestedEdit(old.document.id, old.raw, changed, f"as {name_of(new.document)} says")


def _note(old: Sentence, new: Sentence) -> SuggestedEdit:
    note = f"> **Superseded by {name_of(new.document)}.**\n"
    return SuggestedEdit(old.document.id, "", note, "so that readers find what holds")


def _values(rival: Rival, *, cited_first: bool) -> tuple[str, str]:
    mine = _value(rival.cited.text, rival.difference)
    unit = mine.removeprefix(rival.difference.mine) if rival.difference.mine else ""
    theirs = rival.difference.theirs and f"{rival.difference.theirs}{unit}"
    return (mine, theirs) if cited_first else (theirs, mine)


def _value(text: str, differs: Difference) -> str:
    """Return the value with its unit, as it stands in the sentence."""
    if not differs.mine:
        return ""
    following = _UNIT.match(text, differs.end) if differs.mine[-1:].isdigit() else None
    return differs.mine + (following.group() if following else "")


def _matter(sentence: Sentence, rival: Rival, value: str) -> str:
    """Return the value in words, which the same mistake shares whatever was asked; the sentence where it is a denial."""
    return _key(value or sentence.text)


def _section(passage: Passage) -> str:
    if not passage.chunk.heading_path:
        return name_of(passage.document)
    return f"the section “{passage.chunk.heading_path[-1]}” of {name_of(passage.document)}"


def _key(text: str) -> str:
    return " ".join(re.findall(r"[\w.#@/%-]+", text.lower()))[:_LONGEST]


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 2 * _LONGEST else f"{flat[: 2 * _LONGEST]}…"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
