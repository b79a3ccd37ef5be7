"""Conversations that can be searched, pinned, edited and shared, and answers that can be picked up."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Json, Moment, Name
from aika.stores.database.words import searchable

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_AT_ONCE = 200


def upgrade() -> None:
    op.add_column("conversations", sa.Column("changed_at", Moment(timezone=True), nullable=True))
    op.add_column("conversations", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("conversations", sa.Column("words", Name(), nullable=True))
    op.create_index(op.f("ix_conversations_owner_changed_at"), "conversations", ["owner", "changed_at"])
    for name in ("asked_words", "told_words", "replaces", "replaced_by"):
        op.add_column("turns", sa.Column(name, Name(), nullable=True))
    _new_tables()
    _fill_times()
    _fill_titles()
    _fill_turns()


def _new_tables() -> None:
    op.create_table(
        "shares",
        sa.Column("token", Name(), nullable=False),
        sa.Column("conversation", Name(), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.Column("shared_at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.id"],
            name=op.f("fk_shares_conversation_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_shares")),
        sa.UniqueConstraint("conversation", name=op.f("uq_shares_conversation")),
    )
    op.create_table(
        "answers_under_way",
        sa.Column("answer", Name(), nullable=False),
        sa.Column("conversation", Name(), nullable=False),
        sa.Column("owner", Name(), nullable=False),
        sa.Column("question", Json(), nullable=False),
        sa.Column("replaces", Name()),
        sa.Column("begun_at", Moment(timezone=True), nullable=False),
        sa.Column("seen_at", Moment(timezone=True), nullable=False),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.id"],
            name=op.f("fk_answers_under_way_conversation_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("answer", name=op.f("pk_answers_under_way")),
    )
    op.create_index(op.f("ix_answers_under_way_conversation"), "answers_under_way", ["conversation"])
    op.create_table(
        "told_owners",
        sa.Column("answer", Name(), nullable=False),
        sa.Column("told_at", Moment(timezone=True), nullable=False),
        sa.Column("finding", Name()),
        sa.ForeignKeyConstraint(
            ["answer"], ["turns.answer"], name=op.f("fk_told_owners_answer_turns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer", name=op.f("pk_told_owners")),
    )


def _fill_times() -> None:
    op.execute(
        "UPDATE conversations SET changed_at = coalesce("
        "(SELECT max(asked_at) FROM turns WHERE turns.conversation = conversations.id), created_at)"
    )


def _fill_titles() -> None:
    connection = op.get_bind()
    titles = connection.execute(sa.text("SELECT id, title FROM conversations")).all()
    for start in range(0, len(titles), _AT_ONCE):
        rows = [{"id": id_, "words": searchable(title)} for id_, title in titles[start : start + _AT_ONCE]]
        connection.execute(sa.text("UPDATE conversations SET words = :words WHERE id = :id"), rows)


def _fill_turns() -> None:
    connection = op.get_bind()
    page = sa.text("SELECT id, question, outcome FROM turns WHERE id > :after ORDER BY id LIMIT :limit")
    after = 0
    while rows := connection.execute(page, {"after": after, "limit": _AT_ONCE}).all():
        after = rows[-1].id
        connection.execute(
            sa.text("UPDATE turns SET asked_words = :asked, told_words = :told WHERE id = :id"),
            [{"id": row.id, "asked": _words(row.question), "told": _told(row.outcome)} for row in rows],
        )


def _words(question: str) -> str:
    return searchable(str(json.loads(question)))


def _told(outcome: str) -> str:
    stored: dict[str, Any] = json.loads(outcome)
    return searchable(str(stored.get("text", "")))
