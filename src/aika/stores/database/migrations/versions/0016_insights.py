"""What is kept of questions for insights."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Json, Moment, Name

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asked_questions",
        sa.Column("answer", Name(), nullable=False),
        sa.Column("asked_at", Moment(timezone=True), nullable=False),
        sa.Column("surface", Name(), nullable=False),
        sa.Column("asker", Name(), nullable=False),
        sa.Column("outcome", Name(), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.Column("teams", Json(), nullable=False),
        sa.Column("assistant", Name()),
        sa.Column("sources", Json(), nullable=False),
        sa.Column("confidence", sa.Float()),
        sa.Column("band", Name()),
        sa.Column("first_milliseconds", sa.Float()),
        sa.Column("model", Name()),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Float()),
        sa.PrimaryKeyConstraint("answer", name=op.f("pk_asked_questions")),
    )
    op.create_index(op.f("ix_asked_questions_asker"), "asked_questions", ["asker"])
    op.create_index(op.f("ix_asked_questions_asked_at"), "asked_questions", ["asked_at"])
    op.create_table(
        "asked_ratings",
        sa.Column("answer", Name(), nullable=False),
        sa.Column("rater", Name(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("said_at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer"],
            ["asked_questions.answer"],
            name=op.f("fk_asked_ratings_answer_asked_questions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("answer", "rater", name=op.f("pk_asked_ratings")),
        sqlite_with_rowid=False,
    )
