"""What Slack sends and what was posted there."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Json, Moment, Name

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_inbox()
    _create_questions()
    op.create_table(
        "slack_posts",
        sa.Column("key", Name(), nullable=False),
        sa.Column("channel", Name(), nullable=False),
        sa.Column("thread", Name()),
        sa.Column("ts", Name()),
        sa.Column("holder", Name(), nullable=False),
        sa.Column("begun_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_slack_posts")),
    )
    op.create_index(op.f("ix_slack_posts_begun_at"), "slack_posts", ["begun_at"])
    op.create_table(
        "slack_tokens",
        sa.Column("name", Name(), nullable=False),
        sa.Column("access_token", Name(), nullable=False),
        sa.Column("refresh_token", Name(), nullable=False),
        sa.Column("expires_at", Moment(timezone=True), nullable=False),
        sa.Column("origin", Name(), nullable=False),
        sa.Column("changed_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_slack_tokens")),
    )
    op.create_table(
        "slack_channels",
        sa.Column("team", Name(), nullable=False),
        sa.Column("channel", Name(), nullable=False),
        sa.Column("read_until", Name(), nullable=False),
        sa.PrimaryKeyConstraint("team", "channel", name=op.f("pk_slack_channels")),
    )


def _create_inbox() -> None:
    op.create_table(
        "slack_inbox",
        sa.Column("key", Name(), nullable=False),
        sa.Column("team", Name(), nullable=False),
        sa.Column("kind", Name(), nullable=False),
        sa.Column("lane", Name(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", Name(), nullable=False),
        sa.Column("received_at", Moment(timezone=True), nullable=False),
        sa.Column("due_at", Moment(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("finished", Json(), nullable=False),
        sa.Column("holder", Name()),
        sa.Column("held_until", Moment(timezone=True)),
        sa.Column("reason", Name(), nullable=False),
        sa.Column("trace", Name(), nullable=False),
        sa.Column("body", Json()),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_slack_inbox")),
    )
    op.create_index(op.f("ix_slack_inbox_state_position_key"), "slack_inbox", ["state", "position", "key"])
    op.create_index(op.f("ix_slack_inbox_lane_state"), "slack_inbox", ["lane", "state"])


def _create_questions() -> None:
    op.create_table(
        "slack_questions",
        sa.Column("key", Name(), nullable=False),
        sa.Column("event", Name(), nullable=False),
        sa.Column("team", Name(), nullable=False),
        sa.Column("channel", Name(), nullable=False),
        sa.Column("root", Name()),
        sa.Column("asker", Name(), nullable=False),
        sa.Column("owner", Name(), nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("asked_at", Moment(timezone=True), nullable=False),
        sa.Column("conversation", Name()),
        sa.Column("answer", Name()),
        sa.Column("shown", Name()),
        sa.Column("posted", Name()),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_slack_questions")),
    )
    op.create_index(op.f("ix_slack_questions_answer"), "slack_questions", ["answer"])
    op.create_index(op.f("ix_slack_questions_team_channel_root"), "slack_questions", ["team", "channel", "root"])
    op.create_index(op.f("ix_slack_questions_team_asker_asked_at"), "slack_questions", ["team", "asker", "asked_at"])
