"""Which answers cite which documents, in a table of its own."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Json, Moment, Name, Uuid16

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ROWS = 500


def upgrade() -> None:
    op.create_table(
        "answer_citations",
        sa.Column("document", Uuid16(16), nullable=False),
        sa.Column("answer", Name(), nullable=False),
        sa.Column("asked_at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer"], ["turns.answer"], name=op.f("fk_answer_citations_answer_turns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document", "answer", name=op.f("pk_answer_citations")),
    )
    op.create_index(op.f("ix_answer_citations_answer"), "answer_citations", ["answer"])
    op.create_index(op.f("ix_answer_citations_document_asked_at"), "answer_citations", ["document", "asked_at"])
    _fill()


def _fill() -> None:
    """Note what the answers cite that are there."""
    connection = op.get_bind()
    turns = sa.table(
        "turns",
        sa.column("id", sa.BigInteger()),
        sa.column("answer", Name()),
        sa.column("answered", sa.Boolean()),
        sa.column("outcome", Json()),
        sa.column("asked_at", Moment()),
    )
    citations = sa.table(
        "answer_citations",
        sa.column("document", Uuid16()),
        sa.column("answer", Name()),
        sa.column("asked_at", Moment()),
    )
    statement = (
        sa.select(turns.c.id, turns.c.answer, turns.c.outcome, turns.c.asked_at)
        .where(turns.c.answered)
        .order_by(turns.c.id)
        .limit(_ROWS)
    )
    last = 0
    while rows := connection.execute(statement.where(turns.c.id > last)).all():
        cited = [
            {"document": document, "answer": row.answer, "asked_at": row.asked_at}
            for row in rows
            for document in sorted(set(_documents(row.outcome)))
        ]
        if cited:
            connection.execute(sa.insert(citations), cited)
        last = rows[-1].id


def _documents(outcome: Any) -> Iterator[str]:
    for citation in outcome.get("citations", []):
        id_ = citation.get("document", {}).get("id", "")
        try:
            if str(UUID(id_)) == id_:
                yield id_
        except ValueError:
            continue
