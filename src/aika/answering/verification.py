"""Checks a draft: every statement is bound to the exact span that backs it, or it goes."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

import numpy as np

from aika.answering.alignment import Aligner, Claim, Match, Span
from aika.answering.citations import Statement, statements, with_markers, without_markers
from aika.answering.layout import cite
from aika.answering.sanitising import sanitised
from aika.answering.second_opinion import SecondOpinion
from aika.answering.sentences import UnitKind
from aika.domain.answers import Citation, Draft, Origin
from aika.domain.documents import Chunk
from aika.protocols import Analyzer, Embedder

_DROPPED = "\x00"
# A line of which nothing is left but its list marker.
_EMPTIED = re.compile(rf"\s*(?:[-*+]|\d+[.)])?[\s{_DROPPED}]*")
_CODE_LINES = 0.8
NOT_FOUND = "*(not found in the documents)*"
"""Stands behind a statement that nothing backs, where statements are marked."""
_MOST_ASKED = 3
"""Statements of one answer about which a language model is asked: an answer does not wait for more."""


@dataclass(frozen=True, slots=True)
class VerificationOptions:
    unsupported: Literal["drop", "mark", "abstain"] = "drop"
    """What happens to a statement that no passage backs: it alone goes, it stays with a mark, or the whole text goes.

    A block of code that no passage has goes in any case: a mark is not copied with a command.
    """
    lexical: float = 0.55
    """The share of a statement's words that its span must hold. Copies have 1, honest paraphrases mostly more than this."""
    similarity: float = 0.62
    """The cosine that lets a span with fewer shared words pass."""
    least_lexical: float = 0.3
    """No similarity replaces all shared words."""
    unsure: tuple[float, float] = (0.35, 0.68)
    """Between these, as words or by similarity, a second opinion decides, where there is one."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A statement with the spans that back it."""

    statement: Statement
    matches: tuple[Match, ...]
    removed: int
    """Markers of the statement that no span of their passage backs."""


class CitationVerifier:
    """Binds statements to spans: by words, by similarity, and exactly where it must be exact.

    Numbers, units, dates, names and identifiers of a statement must be in its span or in the headings above it, and neither
    may deny what the other states. A draft that comes back without text has nothing that the evidence backs.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        embedder: Embedder | None,
        options: VerificationOptions | None = None,
        *,
        second_opinion: SecondOpinion | None = None,
    ) -> None:
        self._analyzer = analyzer
        self._embedder = embedder
        self._options = options or VerificationOptions()
        self._second_opinion = second_opinion

    async def verify(self, draft: Draft) -> Draft:
        """Return the draft with the citations that hold and the text that they back; removed markers are counted."""
        if draft.origin is Origin.EXTRACTED:
            return _with_true_quotes(draft)
        if draft.origin is Origin.GENERAL or draft.declined:
            return replace(draft, text=without_markers(sanitised(draft.text, ())), citations=())
        chunks = [hit.chunk for hit in draft.evidence]
        text = sanitised(draft.text, [chunk.document.url for chunk in chunks if chunk.document.url])
        aligner = Aligner(chunks, self._analyzer)
        found = statements(text)
        bindings = await asyncio.to_thread(self._bound, aligner, found)
        bindings = await self._reconsidered(aligner, bindings)
        bindings = await self._asked(aligner, bindings)
        return self._assembled(draft, text, bindings, aligner)

    def _bound(self, aligner: Aligner, found: Sequence[Statement]) -> list[Binding]:
        return [self._bind(aligner, statement) for statement in found]

    def _bind(self, aligner: Aligner, statement: Statement) -> Binding:
        if statement.kind is UnitKind.CODE:
            return Binding(statement, _code_matches(aligner, statement.text), 0)
        if not statement.claims:
            return Binding(statement, (), 0)
        claim = aligner.claim(statement.text)
        count = len(aligner.chunks)
        cited = [number - 1 for number in statement.markers if 1 <= number <= count]
        removed = len(statement.markers) - len(cited)
        least = self._options.lexical
        backing = [found for hit in cited if (found := next(aligner.backing(claim, [hit], least=least), None))]
        if backing:
            return Binding(statement, tuple(backing), removed + len(cited) - len(backing))
        joint = self._joint(aligner, claim, cited)
        if joint:
            return Binding(statement, joint, removed + len(cited) - len(joint))
        others = aligner.backing(claim, range(count), least=least)
        return Binding(statement, tuple(islice(others, 1)), removed + len(cited))

    def _joint(self, aligner: Aligner, claim: Claim, cited: Sequence[int]) -> tuple[Match, ...]:
        """Let the passages cited for one statement back it together, each with its best span."""
        best = [matches[0] for hit in cited if (matches := aligner.candidates(claim, hit))]
        spans = [match.span for match in best]
        if len(spans) < 2 or aligner.together(claim, spans) < self._options.lexical or aligner.objections(claim, spans):
            return ()
        return tuple(best)

    async def _reconsidered(self, aligner: Aligner, bindings: Sequence[Binding]) -> list[Binding]:
        """Look again, by similarity, at statements that share too few words with any span to be sure of."""
        open_ones = [
            (place, candidates)
            for place, binding in enumerate(bindings)
            if binding.statement.claims and not binding.matches and (candidates := self._similar(aligner, binding))
        ]
        if self._embedder is None or not open_ones:
            return list(bindings)
        claims = [aligner.claim(bindings[place].statement.text).text for place, _ in open_ones]
        texts = [candidate.span.text for _, candidates in open_ones for candidate in candidates]
        # A question waits for this, and like is compared with like: see `SentenceVectors`.
        vectors = await self._embedder.embed([*claims, *texts], role="query")
        answered = list(bindings)
        at = len(claims)
        for number, (place, candidates) in enumerate(open_ones):
            cosines = np.clip(vectors[at : at + len(candidates)] @ vectors[number], 0.0, 1.0)
            at += len(candidates)
            best = int(np.argmax(cosines))
            if cosines[best] >= self._options.similarity:
                match = replace(candidates[best], similarity=float(cosines[best]))
                answered[place] = _rebound(bindings[place], match)
        return answered

    def _similar(self, aligner: Aligner, binding: Binding) -> list[Match]:
        claim = aligner.claim(binding.statement.text)
        return list(islice(aligner.backing(claim, range(len(aligner.chunks)), least=self._options.least_lexical), 4))

    async def _asked(self, aligner: Aligner, bindings: Sequence[Binding]) -> list[Binding]:
        """Ask the second opinion about statements that the rules are unsure of, never about those that they object to."""
        if self._second_opinion is None:
            return list(bindings)
        low, high = self._options.unsure
        unsure: list[tuple[int, Match]] = []
        for place, binding in enumerate(bindings):
            if not binding.statement.claims:
                continue
            nearest = binding.matches[0] if binding.matches else next(iter(self._similar(aligner, binding)), None)
            if nearest is not None and low <= max(nearest.lexical, nearest.similarity) < high:
                unsure.append((place, nearest))
        unsure = unsure[:_MOST_ASKED]
        said = await asyncio.gather(
            *(self._second_opinion.backs(match.span.passage, bindings[place].statement.text) for place, match in unsure)
        )
        answered = list(bindings)
        for (place, match), yes in zip(unsure, said, strict=True):
            if yes and not bindings[place].matches:
                answered[place] = _rebound(bindings[place], match)
            elif yes is False:
                answered[place] = _unbound(bindings[place])
        return answered

    def _assembled(self, draft: Draft, text: str, bindings: Sequence[Binding], aligner: Aligner) -> Draft:
        removed = draft.citations_removed + sum(binding.removed for binding in bindings)
        unsupported = [binding for binding in bindings if _needs_support(binding) and not binding.matches]
        if unsupported and self._options.unsupported == "abstain":
            return replace(draft, text="", citations=(), citations_removed=removed)
        draft = replace(draft, citations_removed=removed, statements_dropped=len(unsupported))
        numbering = _Numbering(aligner.chunks)
        parts: list[str] = []
        at = 0
        for binding in bindings:
            statement = binding.statement
            parts.append(text[at : statement.start])
            parts.append(_rewritten(binding, numbering, marked=self._options.unsupported == "mark"))
            at = statement.end
        written = _tidied("".join(parts) + text[at:], dropped=bool(unsupported))
        citations = numbering.citations()
        if not citations:
            return replace(draft, text="", citations=())
        safe = sanitised(written, [citation.document.url for citation in citations if citation.document.url])
        return replace(draft, text=safe, citations=citations)


class _Numbering:
    """Numbers spans as they are first cited."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks = chunks
        self._spans: dict[tuple[int, int, int], tuple[Span, float]] = {}

    def marker(self, match: Match) -> int:
        key = (match.span.hit, match.span.start, match.span.end)
        support = min(1.0, max(match.lexical, match.similarity))
        known = self._spans.get(key)
        self._spans[key] = (match.span, support if known is None else min(support, known[1]))
        return list(self._spans).index(key) + 1

    def citations(self) -> tuple[Citation, ...]:
        return tuple(
            cite(self._chunks[span.hit], span.start, span.end, marker=number, support=support)
            for number, (span, support) in enumerate(self._spans.values(), start=1)
        )


def _needs_support(binding: Binding) -> bool:
    return binding.statement.claims or binding.statement.kind is UnitKind.CODE


def _rebound(binding: Binding, match: Match) -> Binding:
    kept = int(match.span.hit + 1 in binding.statement.markers)
    return replace(binding, matches=(match,), removed=binding.removed - kept)


def _unbound(binding: Binding) -> Binding:
    kept = sum(match.span.hit + 1 in binding.statement.markers for match in binding.matches)
    return replace(binding, matches=(), removed=binding.removed + kept)


def _rewritten(binding: Binding, numbering: _Numbering, *, marked: bool) -> str:
    statement = binding.statement
    if not _needs_support(binding):
        return statement.text
    if not binding.matches:
        return _marked(statement) if marked and statement.kind is not UnitKind.CODE else _DROPPED
    if statement.kind is UnitKind.CODE:
        marker = numbering.marker(binding.matches[0])
        return f"{statement.text}\n\n[{marker}]"
    markers = list(dict.fromkeys(numbering.marker(match) for match in binding.matches))
    return with_markers(statement.text, markers, statement.kind)


def _marked(statement: Statement) -> str:
    """Return the statement with the mark before its period, so that both stay one sentence."""
    text = statement.text.rstrip()
    if statement.kind is UnitKind.ROW and text.endswith("|"):
        return f"{text[:-1].rstrip()} {NOT_FOUND} |"
    bare = text.rstrip(".!?")
    return f"{bare} {NOT_FOUND}{text[len(bare) :]}"


def _code_matches(aligner: Aligner, code: str) -> tuple[Match, ...]:
    """Back a code block by the passage that has nearly all of its lines: a command that nobody wrote down is not shown."""
    lines = [_squeezed(line) for line in code.splitlines() if not line.strip().startswith(("```", "~~~"))]
    lines = [line for line in lines if line and not line.startswith(("#", "//"))]
    if not lines:
        return ()
    for hit, chunk in enumerate(aligner.chunks):
        whole = _squeezed(chunk.text)
        share = sum(line in whole for line in lines) / len(lines)
        spans = [span for span in aligner.spans(hit) if lines[0] in _squeezed(span.text)]
        if share >= _CODE_LINES and spans:
            return (Match(min(spans, key=lambda span: (span.units, span.start)), share, ()),)
    return ()


def _squeezed(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def _tidied(text: str, *, dropped: bool) -> str:
    """Remove what dropped statements leave behind: bullets, announcements and headings of nothing."""
    if not dropped:
        return text.strip()
    lines = [line for line in text.split("\n") if not line.strip() or not _EMPTIED.fullmatch(line)]
    blocks = [block for block in re.split(r"\n\s*\n", "\n".join(lines).replace(_DROPPED, "")) if block.strip()]
    kept: list[str] = []
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else ""
        announces = block.rstrip("*_ \n").endswith(":") and "\n" not in block.strip()
        answered = re.match(r"\s*(?:[-*+]\s|\d+[.)]\s|```|~~~|\|)", following)
        heading = re.match(r"#{1,6}\s", block) and (not following or re.match(r"#{1,6}\s", following))
        if (announces and not answered) or heading:
            continue
        kept.append("\n".join(re.sub(r"(?<=\S) {2,}", " ", line).rstrip() for line in block.split("\n")))
    return "\n\n".join(kept).strip()


def _with_true_quotes(draft: Draft) -> Draft:
    """Keep the citations of an extract whose quote is the document's text; the others' markers go."""
    chunks = {hit.chunk.id: hit.chunk for hit in draft.evidence}
    kept = tuple(citation for citation in draft.citations if _is_true(citation, chunks.get(citation.chunk)))
    if len(kept) == len(draft.citations):
        return draft
    wrong = {citation.marker for citation in draft.citations} - {citation.marker for citation in kept}
    text = re.sub(r"\s?\[(\d{1,2})\]", lambda match: "" if int(match[1]) in wrong else match.group(), draft.text)
    return replace(
        draft,
        text=text if kept else "",
        citations=kept,
        citations_removed=draft.citations_removed + len(wrong),
    )


def _is_true(citation: Citation, chunk: Chunk | None) -> bool:
    if chunk is None or not citation.quote:
        return False
    return chunk.text[citation.start - chunk.start : citation.end - chunk.start] == citation.quote
