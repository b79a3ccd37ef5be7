"""The tables of what is kept of questions for insights. See `schema` for the others."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table

from aika.stores.database.columns import Json, Moment, Name
from aika.stores.database.schema import metadata

asked_questions = Table(
    "asked_questions",
    metadata,
    # Hangs on nothing: it stays when a conversation is deleted. No word of a question is here, nor who asked.
    Column("answer", Name, primary_key=True),
    Column("asked_at", Moment, nullable=False),
    Column("surface", Name, nullable=False),
    Column("asker", Name, nullable=False, index=True),
    Column("outcome", Name, nullable=False),
    Column("milliseconds", Float, nullable=False),
    Column("teams", Json, nullable=False),
    Column("assistant", Name),
    Column("sources", Json, nullable=False),
    Column("confidence", Float),
    Column("band", Name),
    Column("first_milliseconds", Float),
    Column("model", Name),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cost_usd", Float),
    Index(None, "asked_at"),
)

asked_ratings = Table(
    "asked_ratings",
    metadata,
    Column("answer", ForeignKey("asked_questions.answer", ondelete="CASCADE"), primary_key=True),
    Column("rater", Name, primary_key=True),
    Column("helpful", Boolean, nullable=False),
    Column("said_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)
