"""What is wrong with documents, who said so, and what may be read for an answer."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Json, Moment, Name, Uuid16

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("turns", sa.Column("scope", Json()))
    _create_complaints()
    _create_findings()
    op.create_table(
        "positions",
        sa.Column("name", Name(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_positions")),
    )
    op.create_table(
        "secrets",
        sa.Column("name", Name(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )


def _create_complaints() -> None:
    op.create_table(
        "complaints",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("answer", Name()),
        sa.Column("cause", Name(), nullable=False),
        sa.Column("complaint", Json()),
        sa.Column("asker", Name(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer"], ["turns.answer"], name=op.f("fk_complaints_answer_turns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("answer", "cause", name=op.f("uq_complaints_answer_cause")),
    )
    op.create_index(op.f("ix_complaints_done_id"), "complaints", ["done", "id"])


def _create_findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", Name(), nullable=False),
        sa.Column("key", Name(), nullable=False),
        sa.Column("kind", Name(), nullable=False),
        sa.Column("state", Name(), nullable=False),
        sa.Column("source", Name()),
        sa.Column("document", Uuid16(16)),
        sa.Column("content_seen", Name(), nullable=False),
        sa.Column("sequence_seen", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
        sa.Column("changed_at", Moment(timezone=True), nullable=False),
        sa.Column("details", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("key", name=op.f("uq_findings_key")),
    )
    op.create_index(op.f("ix_findings_state"), "findings", ["state"])
    op.create_index(op.f("ix_findings_document"), "findings", ["document"])
    op.create_table(
        "finding_documents",
        sa.Column("finding", Name(), nullable=False),
        sa.Column("document", Uuid16(16), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding"], ["findings.id"], name=op.f("fk_finding_documents_finding_findings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("finding", "document", name=op.f("pk_finding_documents")),
    )
    op.create_index(op.f("ix_finding_documents_document"), "finding_documents", ["document"])
    op.create_table(
        "broken_questions",
        sa.Column("finding", Name(), nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("answer", Name()),
        sa.Column("asker", Name(), nullable=False),
        sa.Column("asked_at", Moment(timezone=True), nullable=False),
        sa.Column("question", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding"], ["findings.id"], name=op.f("fk_broken_questions_finding_findings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["answer"], ["turns.answer"], name=op.f("fk_broken_questions_answer_turns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("finding", "digest", name=op.f("pk_broken_questions")),
    )
    op.create_index(op.f("ix_broken_questions_answer"), "broken_questions", ["answer"])
