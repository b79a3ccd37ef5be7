"""Accepted answers as documents of a source that the channel's team named."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aika.answering.citations import without_markers
from aika.domain.access import EVERYONE
from aika.domain.answers import Answer
from aika.domain.documents import Document, Kind, RawDocument
from aika.domain.errors import AccessDeniedError, ConflictError
from aika.domain.goalies import Case, CaseState, Goalie
from aika.domain.identifiers import PrincipalId, SourceId
from aika.domain.sources import Source, SyncReport
from aika.protocols import Directory

_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class DocumentKeeper:
    """Writes a question with the answer that a human accepted into a source."""

    sources: Callable[[], Mapping[SourceId, Source]]
    directory: Directory
    put: Callable[[SourceId, RawDocument], Awaitable[SyncReport]]

    async def keep(self, goalie: Goalie, case: Case, answer: Answer | None) -> None:
        """Write the document, in the place of what was kept of the case before.

        ``answer`` is what was accepted, ``None`` where it may not be read any more. Raises `ConflictError` and
        `AccessDeniedError`, with the reason.
        """
        if case.state not in {CaseState.ACCEPTED, CaseState.EDITED}:
            raise ConflictError("only what a human has accepted is kept as a document")
        if answer is None:
            raise ConflictError(
                "what it was written from is gone, or not everybody in the channel may read it any more"
            )
        source = None if goalie.keep_in is None else self.sources().get(goalie.keep_in)
        if source is None:
            raise ConflictError("this goalie's file names no source to keep answers in, or one that does not exist")
        await self.put(source.id, _document(goalie, case, answer, await self._readers(source, case, answer)))

    async def _readers(self, source: Source, case: Case, answer: Answer) -> frozenset[PrincipalId] | None:
        """Return who may read the document: those in the channel, where aika knows who they are, and otherwise whoever the
        source says, if all of them may read what the answer was written from."""
        channel = PrincipalId(f"slack:{case.place.workspace}:{case.place.channel}")
        if await self.directory.people(channel):
            return frozenset({channel})
        documents = [citation.document for citation in answer.citations] + [
            hit.chunk.document for hit in answer.evidence
        ]
        if all(_may_all_read(source.readers or frozenset(), document) for document in documents):
            return None
        raise AccessDeniedError(
            f"not everybody who reads the source {source.id!r} may read what this was written from. "
            "Give that source the readers of the channel, or write the document yourself"
        )


def _may_all_read(readers: frozenset[PrincipalId], document: Document) -> bool:
    return EVERYONE in document.readers or readers <= document.readers


def _document(goalie: Goalie, case: Case, answer: Answer, readers: frozenset[PrincipalId] | None) -> RawDocument:
    title = " ".join(case.question.split())[:_LONGEST_TITLE]
    text = case.final or without_markers(answer.text)
    named = {citation.document.id: citation.document for citation in answer.citations}
    lines = [f"# {title}", "", *(f"> {line}" for line in case.question.splitlines()), "", text]
    if named and not case.final:
        lines += ["", "Written from:", "", *(f"- {_named(document)}" for document in named.values())]
    return RawDocument(
        key=f"goalies/{goalie.id}/{case.id}.md",
        content="\n".join(lines).encode(),
        path=f"{case.id}.md",
        media_type="text/markdown",
        title=title,
        kind=Kind.PAGE,
        readers=readers,
        created_at=case.asked_at,
        modified_at=case.changed_at,
        attributes={"goalie": goalie.id, "channel": goalie.channel},
    )


def _named(document: Document) -> str:
    title = document.title or document.key
    return f"{title} ({document.url})" if document.url else title
