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
    op.create_index(op.f("ix_slack_inbox_state"), "slack_inbox", ["state", "position", "key"])
    op.create_index(op.f("ix_slack_inbox_lane"), "slack_inbox", ["lane", "state"])
