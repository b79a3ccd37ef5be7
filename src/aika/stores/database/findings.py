"""Findings in SQL."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    JSON,
    ColumnElement,
    Row,
    Select,
    Text,
    cast,
    delete,
    distinct,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.domain.documents import Owner
from aika.domain.errors import AikaError, ConflictError, NotFoundError
from aika.domain.findings import (
    BrokenQuestion,
    Exhibit,
    Finding,
    FindingEvent,
    FindingKind,
    FindingState,
    Happening,
    SuggestedEdit,
)
from aika.domain.identifiers import DocumentId, FindingId, SourceId
from aika.stores.database.columns import is_uuid
from aika.stores.database.connections import Connections
from aika.stores.database.finding_history import happened, note_event
from aika.stores.database.schema import broken_questions, finding_documents, findings, turns
from aika.stores.database.upserting import insert_missing

_AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Details:
    """What nobody searches for."""

    title: str
    reason: str
    owner: Owner | None
    exhibits: tuple[Exhibit, ...]
    suggestion: SuggestedEdit | None
    assignee: str
    note: str


_DETAILS = TypeAdapter(_Details)
_QUESTION = TypeAdapter(BrokenQuestion)


class SqlFindings:
    """Keeps findings by their keys, each with the questions that it broke."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def add(self, finding: Finding) -> Finding:
        async with self._connections.write() as connection:
            there = select(findings).where(findings.c.key == finding.key).with_for_update()
            known = (await connection.execute(there)).one_or_none()
            if known is None:
                # Another process may add it in between: then that one is what the questions belong to.
                adding = insert_missing(connection, findings).values(_row(finding)).returning(findings.c.id)
                if await connection.scalar(adding) is not None:
                    await note_event(connection, finding.id, FindingEvent(finding.created_at, Happening.FOUND))
                await _rest_on(connection, finding.id, finding)
            elif known.state == FindingState.RESOLVED:
                await _reopen(connection, known, finding)
            kept = (await connection.execute(there)).one().id
            await _add_questions(connection, kept, finding.questions)
            return await _one(connection, kept)

    async def get(self, id: FindingId) -> Finding | None:
        async with self._connections.read() as connection:
            there = await connection.scalar(select(findings.c.id).where(findings.c.id == id))
            return None if there is None else await _one(connection, id)

    async def listing(
        self,
        *,
        states: Collection[FindingState] | None = None,
        kinds: Collection[FindingKind] | None = None,
        documents: Collection[DocumentId] | None = None,
        source: SourceId | None = None,
        limit: int = 1_000,
        offset: int = 0,
    ) -> list[Finding]:
        people = (
            select(broken_questions.c.finding, func.count(distinct(broken_questions.c.asker)).label("people"))
            .where(broken_questions.c.asker != "")
            .group_by(broken_questions.c.finding)
            .subquery()
        )
        statement = (
            select(findings)
            .outerjoin(people, people.c.finding == findings.c.id)
            .order_by(func.coalesce(people.c.people, 0).desc(), findings.c.created_at.desc(), findings.c.id)
            .limit(limit)
            .offset(offset)
        )
        async with self._connections.read() as connection:
            if states is not None:
                statement = statement.where(findings.c.state.in_(sorted(states)))
            if kinds is not None:
                statement = statement.where(findings.c.kind.in_(sorted(kinds)))
            if documents is not None:
                statement = statement.where(_about(documents, connection.dialect.name))
            if source is not None:
                statement = statement.where(findings.c.source == source)
            return await _with_questions(connection, statement)

    async def change(self, finding: Finding, *, by: str = "") -> Finding:
        """Store what was changed of it. Questions are neither added nor removed: only whether they pass is taken."""
        row = _row(finding)
        changed = {name: row[name] for name in row.keys() - {"id", "key", "created_at", "version"}}
        statement = (
            update(findings)
            .where(findings.c.id == finding.id, findings.c.version == finding.version)
            .values(**changed, version=finding.version + 1)
        )
        async with self._connections.write() as connection:
            before = (await connection.execute(select(findings).where(findings.c.id == finding.id))).one_or_none()
            if before is None or not (await connection.execute(statement)).rowcount:
                raise await _other_version(connection, finding.id)
            event = happened(_finding(before, ()), finding, by=by)
            if event is not None:
                await note_event(connection, finding.id, event)
            await _rest_on(connection, finding.id, finding)
            for question in finding.questions:
                await connection.execute(
                    update(broken_questions)
                    .where(broken_questions.c.finding == finding.id, broken_questions.c.digest == _digest(question))
                    .values(question=_QUESTION.dump_python(question, mode="json"))
                )
            return await _one(connection, finding.id)


async def _add_questions(connection: AsyncConnection, id: str, questions: Sequence[BrokenQuestion]) -> None:
    for question in questions:
        if question.answer is not None:
            kept = await connection.scalar(select(turns.c.answer).where(turns.c.answer == question.answer))
            if kept is None:
                continue  # its conversation was deleted meanwhile
        digest = _digest(question)
        known = (broken_questions.c.finding == id, broken_questions.c.digest == digest)
        before = await connection.scalar(select(broken_questions.c.question).where(*known))
        await connection.execute(delete(broken_questions).where(*known))
        await connection.execute(
            insert(broken_questions).values(
                finding=id,
                digest=digest,
                answer=question.answer,
                asker=question.asker,
                asked_at=question.asked_at,
                question=_QUESTION.dump_python(_with_words(question, before), mode="json"),
            )
        )


def _with_words(question: BrokenQuestion, before: object) -> BrokenQuestion:
    """Return the question with what its asker wrote to the owner before, unless they wrote something else."""
    if before is None or question.words:
        return question
    return replace(question, words=_QUESTION.validate_python(before).words)


async def _reopen(connection: AsyncConnection, there: _AnyRow, finding: Finding) -> None:
    """Open a resolved finding again, with what is known of it now."""
    row = _row(replace(finding, state=FindingState.OPEN))
    current = {name: row[name] for name in ("state", "details", "content_seen", "sequence_seen", "changed_at")}
    await connection.execute(
        update(findings).where(findings.c.id == there.id).values(**current, version=there.version + 1)
    )
    await note_event(connection, there.id, FindingEvent(finding.changed_at, Happening.REOPENED))
    await _rest_on(connection, there.id, finding)


async def _rest_on(connection: AsyncConnection, id: str, finding: Finding) -> None:
    """Note the documents of a finding, where it is there."""
    if await connection.scalar(select(findings.c.id).where(findings.c.id == id)) is None:
        return
    await connection.execute(delete(finding_documents).where(finding_documents.c.finding == id))
    rows = [{"finding": id, "document": document} for document in sorted(finding.documents) if is_uuid(document)]
    if rows:
        await connection.execute(insert(finding_documents), rows)


async def _one(connection: AsyncConnection, id: str) -> Finding:
    [found] = await _with_questions(connection, select(findings).where(findings.c.id == id))
    return found


async def _with_questions(connection: AsyncConnection, statement: Select[*tuple[Any, ...]]) -> list[Finding]:
    rows = (await connection.execute(statement)).all()
    asked: dict[str, list[BrokenQuestion]] = {row.id: [] for row in rows}
    questions = (
        select(broken_questions.c.finding, broken_questions.c.question)
        .where(broken_questions.c.finding.in_(select(statement.subquery().c.id)))
        .order_by(broken_questions.c.asked_at, broken_questions.c.digest)
    )
    for row in await connection.execute(questions):
        asked[row.finding].append(_QUESTION.validate_python(row.question))
    return [_finding(row, tuple(asked[row.id])) for row in rows]


async def _other_version(connection: AsyncConnection, id: FindingId) -> AikaError:
    there = await connection.scalar(select(findings.c.version).where(findings.c.id == id))
    if there is None:
        return NotFoundError(f"there is no finding {id!r}")
    return ConflictError(f"the finding {id!r} was changed meanwhile and is at version {there}: read it again first")


def _about(documents: Collection[DocumentId], dialect: str) -> ColumnElement[bool]:
    # One parameter, however many documents a team has.
    written = json.dumps([document.replace("-", "") for document in documents if is_uuid(document)])
    if dialect == "postgresql":
        named = func.json_array_elements_text(cast(literal(written), JSON)).table_valued("value", name="named")
        return func.encode(findings.c.document, "hex", type_=Text).in_(select(named.c.value))
    named = func.json_each(written).table_valued("value", name="named")
    return func.lower(func.hex(findings.c.document), type_=Text).in_(select(named.c.value))


def _digest(question: BrokenQuestion) -> bytes:
    asked = " ".join(question.text.casefold().split())
    return blake2b(f"{question.asker}\n{asked}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _row(finding: Finding) -> dict[str, Any]:
    details = _Details(
        title=finding.title,
        reason=finding.reason,
        owner=finding.owner,
        exhibits=finding.exhibits,
        suggestion=finding.suggestion,
        assignee=finding.assignee,
        note=finding.note,
    )
    return {
        "id": finding.id,
        "key": finding.key,
        "kind": finding.kind.value,
        "state": finding.state.value,
        "source": finding.source,
        "document": finding.document,
        "content_seen": finding.content_seen,
        "sequence_seen": finding.sequence_seen,
        "created_at": finding.created_at,
        "changed_at": finding.changed_at,
        "details": _DETAILS.dump_python(details, mode="json"),
        "version": finding.version,
    }


def _finding(row: _AnyRow, questions: tuple[BrokenQuestion, ...]) -> Finding:
    details = _DETAILS.validate_python(row.details)
    return Finding(
        id=FindingId(row.id),
        key=row.key,
        kind=FindingKind(row.kind),
        state=FindingState(row.state),
        title=details.title,
        reason=details.reason,
        source=None if row.source is None else SourceId(row.source),
        document=None if row.document is None else DocumentId(row.document),
        owner=details.owner,
        exhibits=details.exhibits,
        questions=questions,
        suggestion=details.suggestion,
        created_at=row.created_at,
        changed_at=row.changed_at,
        content_seen=row.content_seen,
        sequence_seen=row.sequence_seen,
        assignee=details.assignee,
        note=details.note,
        version=row.version,
    )
