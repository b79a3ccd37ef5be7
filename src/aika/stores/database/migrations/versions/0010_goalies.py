"""Cases of goalies."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Json, Moment, Name

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goalie_cases",
        sa.Column("id", Name(), nullable=False),
        sa.Column("goalie", Name(), nullable=False),
        sa.Column("workspace", Name(), nullable=False),
        sa.Column("channel", Name(), nullable=False),
        sa.Column("message", Name(), nullable=False),
        sa.Column("root", Name(), nullable=False),
        sa.Column("state", Name(), nullable=False),
        sa.Column("seen_at", Moment(timezone=True), nullable=False),
        sa.Column("changed_at", Moment(timezone=True), nullable=False),
        sa.Column("due_at", Moment(timezone=True)),
        sa.Column("details", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goalie_cases")),
        sa.UniqueConstraint("workspace", "channel", "message", name=op.f("uq_goalie_cases_workspace_channel_message")),
    )
    op.create_index(op.f("ix_goalie_cases_due_at"), "goalie_cases", ["due_at"])
    op.create_index(op.f("ix_goalie_cases_workspace_channel_root"), "goalie_cases", ["workspace", "channel", "root"])
    op.create_index(op.f("ix_goalie_cases_goalie_seen_at"), "goalie_cases", ["goalie", "seen_at"])
    op.create_index(op.f("ix_goalie_cases_changed_at"), "goalie_cases", ["changed_at"])
    op.create_table(
        "goalie_replies",
        sa.Column("workspace", Name(), nullable=False),
        sa.Column("channel", Name(), nullable=False),
        sa.Column("message", Name(), nullable=False),
        sa.Column("root", Name(), nullable=False),
        sa.Column("author", Name(), nullable=False),
        sa.Column("kind", Name(), nullable=False),
        sa.Column("written_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "message", name=op.f("pk_goalie_replies")),
    )
    op.create_index(op.f("ix_goalie_replies_written_at"), "goalie_replies", ["written_at"])
    op.create_index(
        op.f("ix_goalie_replies_workspace_channel_root"), "goalie_replies", ["workspace", "channel", "root"]
    )
    op.create_table(
        "goalie_notes",
        sa.Column("goalie", Name(), nullable=False),
        sa.Column("name", Name(), nullable=False),
        sa.Column("value", Name(), nullable=False),
        sa.Column("noted_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("goalie", "name", name=op.f("pk_goalie_notes")),
    )
