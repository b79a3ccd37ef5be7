"""Answers without a language model: the evidence's own sentences, chosen, arranged and cited."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from aika.answering.evidence import EvidenceReader
from aika.answering.excerpts import excerpts
from aika.answering.layout import arrange
from aika.answering.ownership import stated_owner
from aika.answering.records import stated_status
from aika.answering.selection import choose
from aika.domain.answers import Draft, Origin
from aika.domain.queries import Hit, Query


@dataclass(frozen=True, slots=True)
class ExtractiveOptions:
    units: int = 4
    """How many sentences, items or rows at most, before lists and code blocks are completed."""
    words: int = 130
    """The answer grows no further once it has this many; a list or code block is never cut for it."""


class ExtractiveWriter:
    """Writes a draft of quotes. Each citation is the exact span of the document that its sentence shows."""

    def __init__(self, reader: EvidenceReader, options: ExtractiveOptions | None = None) -> None:
        self._reader = reader
        self._options = options or ExtractiveOptions()

    async def write(self, query: Query, evidence: Sequence[Hit]) -> AsyncIterator[str | Draft]:
        """Yield the text in pieces, and last the draft. Evidence that has nothing to quote gives a declined draft."""
        draft = await self.draft(query, evidence)
        for piece in draft.text.splitlines(keepends=True):
            yield piece
        yield draft

    async def draft(self, query: Query, evidence: Sequence[Hit]) -> Draft:
        reading = await self._reader.read(query.text, evidence)
        found = excerpts(
            reading,
            choose(reading, self._reader.analyzer, limit=self._options.units),
            evidence,
            words=self._options.words,
        )
        analyzer = self._reader.analyzer
        fact = stated_owner(reading, evidence, analyzer) or stated_status(reading, evidence, analyzer)
        arranged = arrange(found, evidence, fact)
        return Draft(
            query=query,
            text=arranged.text,
            origin=Origin.EXTRACTED,
            evidence=tuple(evidence),
            citations=arranged.citations,
            declined=not arranged.text,
        )
