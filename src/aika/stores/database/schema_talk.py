"""The tables of what goes on around conversations: links to them, answers under way, and owners who were told."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Table

from aika.stores.database.columns import Json, Moment, Name
from aika.stores.database.schema import metadata

shares = Table(
    "shares",
    metadata,
    Column("token", Name, primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, unique=True),
    # The last turn that the link shows: what is asked later is not shared by it.
    Column("through", BigInteger, nullable=False),
    Column("shared_at", Moment, nullable=False),
)

answers_under_way = Table(
    "answers_under_way",
    metadata,
    # Of those that take longer, so that other processes know of them.
    Column("answer", Name, primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("owner", Name, nullable=False),
    Column("question", Json, nullable=False),
    Column("replaces", Name),
    Column("begun_at", Moment, nullable=False),
    # When the process that writes it last said that it does.
    Column("seen_at", Moment, nullable=False),
    Column("stop", Boolean, nullable=False),
)

told_owners = Table(
    "told_owners",
    metadata,
    Column("answer", ForeignKey("turns.answer", ondelete="CASCADE"), primary_key=True),
    Column("told_at", Moment, nullable=False),
    Column("finding", Name),
)
