"""Says why an answer was bad.

The tests stand in an order: what the answer itself did wrong comes before what its sources did, and that before what was not
among them. The first test that speaks gives the verdict.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aika.domain.answers import Answer
from aika.domain.documents import Document
from aika.domain.findings import Complaint, Verdict
from aika.health.comparing import difference
from aika.health.verdicts import wording
from aika.health.verdicts.adequacy import Adequacy, Judged
from aika.health.verdicts.claims import unbacked
from aika.health.verdicts.passages import Passage, Sentence, may_tell
from aika.health.verdicts.replies import Backing, backings, stated
from aika.health.verdicts.rivals import cited_sentences, named_in, rivals
from aika.health.verdicts.search import Search
from aika.health.verdicts.standing import precedence, succeeds, withdrawn
from aika.protocols import Analyzer, Catalogue, EvidenceJudge, Ranker

_AS_MUCH = 0.05


@dataclass(frozen=True, slots=True)
class AdjudicationOptions:
    evidence: int = 6
    """How many passages an answer is written from: what stands lower was not seen."""
    answers: float = 0.6
    """0..1: from this adequacy on a passage is taken to answer, where no person said what the answer is."""
    agrees: float = 0.75
    """0..1: from this likeness on a cited passage says what a person said."""
    sure: float = 0.9
    """0..1: from this adequacy on a cited passage stands against a complaint that gives no reason."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A complaint with what was read for it."""

    complaint: Complaint
    question: str
    """As it was run."""
    passages: Sequence[Passage]
    """Best first; nothing that the asker may not read."""
    cited_passages: Sequence[Passage]
    cited: Sequence[Sentence]
    """What the answer quotes and the documents still say."""

    @property
    def answer(self) -> Answer | None:
        return self.complaint.outcome if isinstance(self.complaint.outcome, Answer) else None

    def is_cited(self, passage: Passage) -> bool:
        return any(passage.document.id == other.document.id for other in self.cited_passages)


class DocumentAdjudicator:
    """Judges by the words of answer, documents and reply, without a language model. The same complaint over the same documents
    always gets the same verdict."""

    def __init__(
        self,
        ranker: Ranker,
        catalogue: Catalogue,
        judge: EvidenceJudge,
        analyzer: Analyzer,
        options: AdjudicationOptions | None = None,
    ) -> None:
        self._search = Search(ranker, catalogue)
        self._adequacy = Adequacy(judge, analyzer)
        self._analyzer = analyzer
        self._options = options or AdjudicationOptions()

    async def judge(self, complaint: Complaint) -> Verdict | None:
        """Return ``None`` where nothing speaks against the answer or the documents. Reads nothing outside of the scope."""
        case = await self._read(complaint)
        verdict = await asyncio.to_thread(self._unsupported, case)
        if verdict is None and complaint.reply.strip():
            return await asyncio.to_thread(self._by_reply, case)
        return verdict or await self._by_question(case)

    async def _read(self, complaint: Complaint) -> _Case:
        outcome = complaint.outcome
        question = outcome.question or complaint.question
        citations = outcome.citations if isinstance(outcome, Answer) else ()
        scope = complaint.scope
        cited = await self._search.cited(
            [citation.document.id for citation in citations], [citation.chunk for citation in citations], scope=scope
        )
        beside = [
            citation.quote for citation in citations[:2] if citation.document.id in {p.document.id for p in cited}
        ]
        if complaint.reply.strip():
            beside.append(stated(complaint.reply, question))
        passages = await self._search.passages(question, beside, scope=scope)
        ranks = {passage.chunk.id: passage.rank for passage in passages}
        cited = [Passage(passage.chunk, ranks.get(passage.chunk.id)) for passage in cited]
        sentences = cited_sentences(outcome, cited) if isinstance(outcome, Answer) else []
        return _Case(complaint, question, passages, cited, sentences)

    # The answer itself

    def _unsupported(self, case: _Case) -> Verdict | None:
        if case.answer is None or not case.answer.citations:
            return None
        found = unbacked(case.answer, [passage.chunk for passage in case.cited_passages], self._analyzer)
        if found is None:
            return None
        near = next(
            (s for s in case.cited if found.nearest is not None and s.document.id == found.nearest.document.id), None
        )
        exhibits = (near.exhibit("the nearest that it cites"),) if near is not None else ()
        others = [passage.document for passage in case.cited_passages]
        complete = {citation.document.id for citation in case.answer.citations} == {document.id for document in others}
        quotable = near is not None and complete and may_tell(near.document, others)
        return wording.unsupported(found, exhibits, quotable=quotable)

    # With what a person answered

    def _by_reply(self, case: _Case) -> Verdict | None:
        reply = case.complaint.reply
        found = backings(reply, case.question, case.passages, self._analyzer)
        against = self._against_reply(case, found)
        if against is not None:
            return against
        missed = self._missed(case, found)
        if missed is not None:
            return missed
        if found and found[0].likeness >= self._options.agrees:
            # The answer's own source agrees with the person: there is nothing to change in it.
            return None
        overtaken = self._overtaken(case)
        if overtaken is not None:
            return overtaken
        gone = self._withdrawn(case)
        if gone is not None:
            return gone
        nearest = case.passages[0] if case.passages else None
        return wording.no_document(case.complaint, nearest, 0.85, self._analyzer, searched=len(case.passages))

    def _against_reply(self, case: _Case, found: Sequence[Backing]) -> Verdict | None:
        """Compare what is cited with the documents that say what the person said."""
        passages = [each.sentence.passage for each in found]
        for rival in rivals(case.cited, passages, case.question, self._analyzer):
            if not any(each.holds(rival.other) for each in found):
                continue
            order = precedence(rival.cited.document, rival.other.document)
            if order is None:
                return wording.conflicting(rival, 0.9, why="Nothing tells which holds; a person says the latter.")
            if order.older.id == rival.cited.document.id:
                return wording.outdated(rival, order, 0.95)
            return wording.conflicting(rival, 0.7, why=f"A person says the latter, though {order.why}.")
        return None

    def _missed(self, case: _Case, found: Sequence[Backing]) -> Verdict | None:
        """Say where the passage is that says what the person said, where it is none of those that the answer cites."""
        cited = {passage.chunk.id for passage in case.cited_passages}
        others = [each for each in found if each.sentence.passage.chunk.id not in cited]
        # A cited passage that says as much of it is what the answer should have been read from.
        if not others or found[0].likeness - others[0].likeness > _AS_MUCH:
            return None
        sentence, likeness = others[0].sentence, others[0].likeness
        certainty, rank = min(0.95, 0.5 + likeness / 2), sentence.passage.rank
        return wording.not_retrieved(sentence, case.complaint, rank, certainty, self._options.evidence)

    def _overtaken(self, case: _Case) -> Verdict | None:
        """Compare the person's words with what is cited, where no document says them."""
        said = stated(case.complaint.reply, case.question)
        fixed = named_in(case.question, self._analyzer)
        for sentence in case.cited:
            differs = difference(sentence.text, said, self._analyzer, fixed=fixed)
            if differs is not None:
                return wording.overtaken(sentence, differs, case.complaint.reply)
        return None

    # With question, answer and documents alone

    async def _by_question(self, case: _Case) -> Verdict | None:
        found = await asyncio.to_thread(self._disputed, case)
        if found is not None:
            return found
        scope, options = case.complaint.scope, self._options
        judged = await self._adequacy.judged(case.question, case.passages, always=case.cited_passages, scope=scope)
        own = [each for each in judged if case.is_cited(each.passage)]
        held = max((each.adequacy for each in own), default=0.0)
        better = next((each for each in judged if self._answers(case, each, held)), None)
        if better is not None and better.sentence is not None:
            rank = better.passage.rank
            return wording.not_retrieved(better.sentence, case.complaint, rank, better.adequacy, options.evidence)
        if held >= options.sure:
            return None
        best = max((each.adequacy for each in judged), default=0.0)
        nearest = case.passages[0] if case.passages else None
        searched = len(case.passages)
        return wording.no_document(case.complaint, nearest, 1.0 - best / 2, self._analyzer, searched=searched)

    def _answers(self, case: _Case, each: Judged, held: float) -> bool:
        return not case.is_cited(each.passage) and each.adequacy >= self._options.answers and each.adequacy > held

    def _disputed(self, case: _Case) -> Verdict | None:
        """Look for sentences that say otherwise, then for what the cited documents say of their own standing."""
        for rival in rivals(case.cited, case.passages, case.question, self._analyzer):
            order = precedence(rival.cited.document, rival.other.document)
            if order is None:
                return wording.conflicting(rival, 0.8)
            if order.older.id == rival.cited.document.id:
                return wording.outdated(rival, order, 0.85)
        return self._withdrawn(case)

    def _withdrawn(self, case: _Case) -> Verdict | None:
        for passage in case.cited_passages:
            why = withdrawn(passage.document)
            if why is not None:
                quotes = tuple(each for each in case.cited if each.document.id == passage.document.id)
                return wording.withdrawn(passage.document, why, quotes, _successor(case, passage.document))
        return None


def _successor(case: _Case, document: Document) -> Document | None:
    """Return what the document's record names in its place, where it is among what was found."""
    others = (passage.document for passage in case.passages if passage.document.id != document.id)
    return next((other for other in others if succeeds(other, document)), None)
