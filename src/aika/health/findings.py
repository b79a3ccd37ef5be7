"""From verdicts to findings: one for all that one change would mend, with its owner and the questions that it broke."""

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Protocol

from aika.domain.documents import Document, Owner
from aika.domain.errors import ConflictError
from aika.domain.findings import BrokenQuestion, Finding, FindingKind, FindingState, Verdict
from aika.domain.identifiers import DocumentId, FindingId, SourceId, random_id
from aika.domain.sources import Source
from aika.health.findings_wording import GAP_REASON, title_of, title_of_gap
from aika.health.gaps import GapFinder, likely_writer
from aika.protocols import Clock, Findings

_MOST_GAPS = 1_000
"""That a new question is compared with: those that cost the most people."""


class Contents(Protocol):
    """Knows what documents hold now."""

    async def content(self, ids: Collection[DocumentId]) -> str:
        """Return the fingerprint of what documents hold now. One that is gone counts too."""
        ...


@dataclass(frozen=True, slots=True)
class FindingRecorder:
    """Records verdicts as findings. Equal ones are one finding, however many people ask."""

    store: Findings
    contents: Contents
    gaps: GapFinder
    sources: Callable[[], Mapping[SourceId, Source]]
    clock: Clock

    async def record(
        self,
        verdict: Verdict,
        question: BrokenQuestion | None = None,
        *,
        nearest: Sequence[Document] = (),
        sequence: int = 0,
    ) -> Finding | None:
        """Record a verdict, with the question that it was reached on and the documents that come nearest to it.

        ``sequence`` is the catalogue's change up to which documents could be found when it was reached. Returns ``None`` for a
        verdict that names neither a document nor a question: there is nothing to change.
        """
        if verdict.kind is not FindingKind.NO_DOCUMENT and verdict.document is not None:
            return await self.store.add(await self._on_document(verdict, verdict.document, question))
        return None if question is None else await self._gap(question, nearest, sequence)

    async def _on_document(self, verdict: Verdict, document: Document, question: BrokenQuestion | None) -> Finding:
        now = self.clock.now()
        finding = Finding(
            id=FindingId(random_id()),
            key=_key(verdict.kind, document.id, verdict.subject),
            kind=verdict.kind,
            state=FindingState.OPEN,
            title=title_of(verdict, document),
            reason=verdict.reason,
            source=document.source,
            document=document.id,
            owner=self.owner_of(document),
            exhibits=verdict.exhibits,
            questions=() if question is None else (question,),
            suggestion=verdict.suggestion,
            created_at=now,
            changed_at=now,
        )
        return replace(finding, content_seen=await self.contents.content(finding.documents))

    async def _gap(self, question: BrokenQuestion, nearest: Sequence[Document], sequence: int) -> Finding:
        """Record that nothing answers, with the gap that the question belongs to where there is one."""
        known = await self.store.listing(kinds=[FindingKind.NO_DOCUMENT], limit=_MOST_GAPS)
        joined = await self.gaps.joined(question.text, [gap for gap in known if gap.document is None])
        now = self.clock.now()
        gap = Finding(
            id=FindingId(random_id()),
            key=_key(FindingKind.NO_DOCUMENT, "", question.text) if joined is None else joined.key,
            kind=FindingKind.NO_DOCUMENT,
            state=FindingState.OPEN,
            title=title_of_gap(question.shown) if joined is None else joined.title,
            reason=GAP_REASON,
            source=nearest[0].source if nearest else None,
            document=None,
            owner=likely_writer([replace(document, owner=self.owner_of(document)) for document in nearest]),
            exhibits=(),
            questions=(question,),
            suggestion=None,
            created_at=now,
            changed_at=now,
            sequence_seen=sequence,
        )
        return await self._named(await self.store.add(gap))

    async def _named(self, gap: Finding) -> Finding:
        """Call a gap by the question that is most like all of its questions."""
        title = title_of_gap(await self.gaps.name(gap.questions)) if len(gap.questions) > 1 else gap.title
        if title == gap.title:
            return gap
        try:
            return await self.store.change(replace(gap, title=title))
        except ConflictError:
            return gap  # somebody works on it: the next question names it

    def owner_of(self, document: Document) -> Owner | None:
        """Return who answers for a document: its own owner, or that of its source."""
        source = self.sources().get(document.source)
        return document.owner or (None if source is None else source.owner)


def _key(kind: FindingKind, document: str, subject: str) -> str:
    plain = " ".join(unicodedata.normalize("NFKC", subject).casefold().split()).rstrip("?!. ")
    return blake2b(f"{kind.value}\n{document}\n{plain}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
