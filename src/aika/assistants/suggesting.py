"""Questions that are worth asking: for a new conversation, and after an answer."""

from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Protocol

from aika.answering.status import outdated_by
from aika.assistants.wording import as_asked, question_defining, question_of, question_within
from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer
from aika.domain.documents import BlockKind, Body, Document, Kind
from aika.domain.identifiers import DocumentId
from aika.protocols import Catalogue, Clock

_KINDS = (Kind.RUNBOOK, Kind.PAGE, Kind.DECISION, Kind.CATALOG, Kind.API)
"""Whose headings say what people ask. Code, people and conversations have others."""
_ASKED_LESS = (Kind.DECISION, Kind.CATALOG)
"""More people ask how something is done than why it is so."""
_LOOKED_AT = 400
_READ = 40
"""Documents whose headings are read for one list."""
_MOST_LISTED = 64
_LONG_AGO = timedelta(days=90)
_KEPT = timedelta(minutes=10)
_ALIKE = 0.6
_UNSETTLED = frozenset(
    ("draft", "proposed", "provisional", "open", "in review", "under review", "pending", "rejected", "withdrawn")
)


class Origin(StrEnum):
    ASSISTANT = "assistant"
    ASKED = "asked"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, and where its answer is expected."""

    text: str
    origin: Origin
    document: Document | None = None


class Common(Protocol):
    """A question that several people asked."""

    @property
    def text(self) -> str: ...

    @property
    def documents(self) -> frozenset[DocumentId]: ...

    @property
    def cited(self) -> frozenset[DocumentId]: ...


class CommonlyAsked(Protocol):
    async def since(self, moment: datetime) -> Sequence[Common]: ...


@dataclass(slots=True)
class Suggesting:
    """Finds questions that a reader can get answered: only from what they may read, and from what several people asked."""

    catalogue: Catalogue
    asked: CommonlyAsked
    words: Callable[[], Collection[str]]
    """Those of the language."""
    clock: Clock
    _common: Sequence[Common] = ()
    _common_at: datetime | None = field(default=None)
    _listed: OrderedDict[tuple[Scope, int, date], Sequence[Suggestion]] = field(default_factory=OrderedDict)
    """What documents were last found to be about, by who may read what."""

    async def to_begin(self, scope: Scope, examples: Sequence[str], *, limit: int) -> list[Suggestion]:
        """Return questions for a new conversation: an assistant's examples, what others asked, what documents are about."""
        found = [Suggestion(example, Origin.ASSISTANT) for example in examples]
        found += await self._asked_by_others(scope, about=None)
        return await self._filled(found, self._from_documents(scope), limit)

    async def to_go_on(
        self, outcome: Answer | Abstention, question: str, scope: Scope, *, limit: int
    ) -> list[Suggestion]:
        """Return questions that could follow: what others asked of the same documents, and the parts beside those cited."""
        cited = list(dict.fromkeys(_cited(outcome)))
        found = await self._asked_by_others(scope, about=frozenset(cited))
        apart = [one for one in found if not _alike(one.text, question) and not _alike(one.text, outcome.question)]
        return await self._filled(apart, self._beside(outcome, cited, scope), limit, but=(question, outcome.question))

    async def _filled(
        self, found: Sequence[Suggestion], more: AsyncIterator[Suggestion], limit: int, but: Sequence[str] = ()
    ) -> list[Suggestion]:
        kept: list[Suggestion] = []
        for one in found:
            if len(kept) < limit and not any(_alike(one.text, other.text) for other in kept):
                kept.append(one)
        if len(kept) >= limit:
            return kept
        async for one in more:
            if not any(_alike(one.text, other) for other in (*but, *(other.text for other in kept))):
                kept.append(one)
            if len(kept) >= limit:
                break
        return kept

    async def _asked_by_others(self, scope: Scope, *, about: frozenset[DocumentId] | None) -> list[Suggestion]:
        now = self.clock.now()
        if self._common_at is None or now - self._common_at > _KEPT:
            self._common, self._common_at = await self.asked.since(now - _LONG_AGO), now
        wanted = [one for one in self._common if about is None or one.cited & about]
        named = {document for one in wanted for document in one.documents}
        admitted = await self.catalogue.admitted(named, scope=scope) if named else set()
        shown = [as_asked(one.text) for one in wanted if one.documents <= admitted]
        return [Suggestion(text, Origin.ASKED) for text in shown if text is not None]

    async def _from_documents(self, scope: Scope) -> AsyncIterator[Suggestion]:
        """Yield what documents are about, other ones each day: as people ask first, and each source once before any twice."""
        scope = scope.narrowed(kinds=_KINDS)
        key = (scope, await self.catalogue.sequence(), self.clock.now().date())
        if key not in self._listed:
            self._listed[key] = await self._listing(scope)
            while len(self._listed) > _MOST_LISTED:
                self._listed.popitem(last=False)
        for suggestion in self._listed[key]:
            yield suggestion

    async def _listing(self, scope: Scope) -> list[Suggestion]:
        chosen = sorted(await self._chosen(scope), key=lambda document: document.kind in _ASKED_LESS)
        found = [(document, await self._questions(document, scope)) for document in chosen]
        # What several documents answer, all of one template have a part about.
        of_several = {
            text for text, times in Counter(text for _, asked in found for text in asked).items() if times > 1
        }
        sources: Counter[str] = Counter()
        listed: list[tuple[int, Suggestion]] = []
        for document, asked in found:
            text = next((text for text in asked if text not in of_several), None)
            if text is not None:
                listed.append((sources[document.source], Suggestion(text, Origin.DOCUMENT, document)))
                sources[document.source] += 1
        return [one for _, one in sorted(listed, key=lambda pair: pair[0])]

    async def _chosen(self, scope: Scope) -> list[Document]:
        today = self.clock.now().date().isoformat()
        found: list[Document] = []
        for source in sorted((await self.catalogue.counts(scope=scope)).keys()):
            some = await self.catalogue.documents(scope=scope, source=source, limit=_LOOKED_AT)
            current = [document for document in some if outdated_by(document) is None]
            found += sorted(current, key=lambda document: _shuffled(document, today))[:_READ]
        return sorted(found, key=lambda document: _shuffled(document, today))[:_READ]

    async def _questions(self, document: Document, scope: Scope) -> list[str]:
        """Return the questions that a document answers: as a whole, or each of its parts."""
        words = self.words()
        whole = question_of(document.title, document.kind, words, settled=_is_settled(document))
        if whole is not None:
            return [whole]
        there = await self.catalogue.document(document.id, scope=scope)
        if there is None:
            return []
        asked = [question_within(document.title, heading, words, known=False) for heading in _headings(there[1])]
        asked.append(question_defining(document.title, _opening(there[1]), words))
        return list(dict.fromkeys(question for question in asked if question is not None))

    async def _beside(
        self, outcome: Answer | Abstention, cited: Sequence[DocumentId], scope: Scope
    ) -> AsyncIterator[Suggestion]:
        """Yield questions about the parts beside those that are cited, those that follow first, then of what else was read.

        What came nearest to a question without an answer is not what the conversation is about.
        """
        words = self.words()
        used = _used_headings(outcome)
        about = cited if isinstance(outcome, Answer) else ()
        for id_ in (*cited, *_read(outcome, cited)):
            there = await self.catalogue.document(id_, scope=scope)
            if there is None or there[0].kind not in _KINDS or outdated_by(there[0]) is not None:
                continue
            document, body = there
            offered = 0
            for heading in _following(_headings(body), used.get(id_, ())):
                text = question_within(document.title, heading, words, known=id_ in about)
                if text is not None and offered < 2:
                    offered += 1
                    yield Suggestion(text, Origin.DOCUMENT, document)


def _cited(outcome: Answer | Abstention) -> list[DocumentId]:
    if isinstance(outcome, Answer):
        return [citation.document.id for citation in outcome.citations]
    return [hit.chunk.document.id for hit in outcome.nearest]


def _read(outcome: Answer | Abstention, cited: Sequence[DocumentId]) -> list[DocumentId]:
    hits = outcome.evidence if isinstance(outcome, Answer) else outcome.nearest
    return [id_ for id_ in dict.fromkeys(hit.chunk.document.id for hit in hits) if id_ not in cited]


def _used_headings(outcome: Answer | Abstention) -> dict[DocumentId, list[str]]:
    used: dict[DocumentId, list[str]] = {}
    for citation in outcome.citations if isinstance(outcome, Answer) else ():
        used.setdefault(citation.document.id, []).extend(citation.heading_path[-1:])
    return used


def _headings(body: Body) -> list[str]:
    """Return the headings below the title, each once, in order."""
    own = [
        body.text[block.start : block.end].lstrip("#= ").strip()
        for block in body.blocks
        if block.kind is BlockKind.HEADING
    ]
    return list(dict.fromkeys(own))


def _opening(body: Body) -> str:
    """Return the first paragraph."""
    told = (body.text[block.start : block.end] for block in body.blocks if block.kind is BlockKind.PARAGRAPH)
    return next(told, "").strip()


def _is_settled(document: Document) -> bool:
    status = document.attributes.get("status", "")
    return not isinstance(status, str) or status.strip().lower() not in _UNSETTLED


def _following(headings: Sequence[str], used: Sequence[str]) -> list[str]:
    """Return the headings that were not used: those after the last one that was first."""
    places = [place for place, heading in enumerate(headings) if heading in used]
    start = places[-1] + 1 if places else 0
    return [heading for heading in (*headings[start:], *headings[:start]) if heading not in used]


def _alike(one: str, other: str) -> bool:
    first, second = _said(one), _said(other)
    return len(first & second) >= _ALIKE * min(len(first), len(second)) if first and second else False


def _said(text: str) -> frozenset[str]:
    words = (word.strip("?!.,:;()“”\"'`").lower() for word in text.split())
    return frozenset(word for word in words if len(word) > 3) or frozenset(text.lower().split())


def _shuffled(document: Document, day: str) -> bytes:
    return blake2b(f"{day}\n{document.id}".encode(), digest_size=8).digest()
