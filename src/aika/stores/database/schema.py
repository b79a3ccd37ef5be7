"""The tables, the same on SQLite and PostgreSQL. A change here needs a migration, and a test compares the two.

A document's row is keyed by the number of its last change. Recording it again deletes the row and inserts another, so that
the documents in order of their keys *are* the catalogue's log, and what hangs on a document goes with it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from aika.stores.database.columns import Json, Moment, Name, Uuid16

PART_CHARS = 4096
"""A document's text is stored once, in parts of this many characters, so that a chunk is read without its whole document.

From 1,024 to 8,192 sixty chunks take the same time to read, while whole texts of 120,000 characters double it. Parts of half
a SQLite page of 4,096 bytes leave the other half empty."""

# SQLite numbers rows by itself only where the type is exactly INTEGER.
_BigId = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# The catalogue

catalogue_state = Table(
    "catalogue_state",
    metadata,
    # One row. Every writer updates it first, so that numbers are committed in order.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
)

reader_sets = Table(
    "reader_sets",
    metadata,
    # Few sets are shared by many documents. The id is a digest of the principals.
    Column("id", LargeBinary(16), primary_key=True),
    Column("principals", Json, nullable=False),
)

reader_set_members = Table(
    "reader_set_members",
    metadata,
    Column("set_id", ForeignKey("reader_sets.id", ondelete="CASCADE"), primary_key=True),
    Column("principal", Json, primary_key=True, index=True),
    sqlite_with_rowid=False,
)

documents = Table(
    "documents",
    metadata,
    Column("sequence", _BigId, primary_key=True, autoincrement=False),
    Column("id", Uuid16, nullable=False, unique=True),
    Column("source", Name, nullable=False),
    Column("key", Name, nullable=False),
    Column("kind", Text, nullable=False),
    Column("readers_id", ForeignKey("reader_sets.id"), nullable=False, index=True),
    Column("version", Text, nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("chunk_count", Integer, nullable=False),
    Column("details", Json, nullable=False),
    UniqueConstraint("source", "key"),
    # Holds all that `counts` reads.
    Index(None, "source", "sequence", "chunk_count"),
)

document_facets = Table(
    "document_facets",
    metadata,
    # In the order in which it is looked up.
    Column("facet", Name, primary_key=True),
    Column("document", ForeignKey("documents.sequence", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

document_blocks = Table(
    "document_blocks",
    metadata,
    Column("document", ForeignKey("documents.sequence", ondelete="CASCADE"), primary_key=True),
    Column("blocks", Json, nullable=False),
)

document_parts = Table(
    "document_parts",
    metadata,
    Column("document", ForeignKey("documents.sequence", ondelete="CASCADE"), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    # UTF-8. Bytes, because text from files may hold characters that PostgreSQL's text cannot.
    Column("text", LargeBinary, nullable=False),
)

chunks = Table(
    "chunks",
    metadata,
    Column("document", ForeignKey("documents.sequence", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", Uuid16, nullable=False, unique=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("heading_path", Json, nullable=False),
    Column("anchor", Json),
    sqlite_with_rowid=False,
)

profiles = Table(
    "profiles",
    metadata,
    Column("document", ForeignKey("documents.sequence", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("profile", Json, nullable=False),
    sqlite_with_rowid=False,
)

profile_keys = Table(
    "profile_keys",
    metadata,
    # In the order in which it is looked up, so that no second index is needed for it.
    Column("key", Name, primary_key=True),
    Column("document", ForeignKey("documents.sequence", ondelete="CASCADE"), primary_key=True, index=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

removals = Table(
    "removals",
    metadata,
    Column("sequence", _BigId, primary_key=True, autoincrement=False),
    Column("document", Uuid16, nullable=False, unique=True),
)


# Syncs

sync_cursors = Table(
    "sync_cursors",
    metadata,
    Column("source", Name, primary_key=True),
    Column("cursor", Json, nullable=False),
)

syncs = Table(
    "syncs",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("source", Name, nullable=False),
    Column("phase", Text, nullable=False),
    Column("finished_at", Moment),
    Column("report", Json, nullable=False),
    Index(None, "source", "id"),
)

sync_unreadable = Table(
    "sync_unreadable",
    metadata,
    Column("sync", ForeignKey("syncs.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Name, primary_key=True),
    Column("reason", Json, nullable=False),
)


# Vectors

vector_spaces = Table(
    "vector_spaces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", Name, nullable=False, unique=True),
)

vectors = Table(
    "vectors",
    metadata,
    # A table of its own order with a narrow index beside it: clustering 800-byte rows by a random digest would rewrite a
    # page for each vector.
    Column("space", ForeignKey("vector_spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", LargeBinary(16), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)


# Conversations

conversations = Table(
    "conversations",
    metadata,
    Column("id", Name, primary_key=True),
    Column("owner", Name, nullable=False),
    Column("title", Name, nullable=False),
    Column("assistant", Name),
    Column("created_at", Moment, nullable=False),
    # When something was last asked in it. NULL nowhere: what was there before has been filled in.
    Column("changed_at", Moment),
    Column("pinned", Boolean, nullable=False, server_default=false()),
    # The title as it is searched.
    Column("words", Name),
    Index(None, "owner", "created_at"),
    Index(None, "owner", "changed_at"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("answer", Name, nullable=False, unique=True),
    Column("answered", Boolean, nullable=False),
    Column("question", Json, nullable=False),
    Column("outcome", Json, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("assistant", Name),
    # What may be read for an answer, so that the question can be asked again. NULL in rows from before it was kept.
    Column("scope", Json),
    # The question and the answer as they are searched.
    Column("asked_words", Name),
    Column("told_words", Name),
    # The answer whose place this one took, and the one that took the place of this one and of what came before it.
    Column("replaces", Name),
    Column("replaced_by", Name),
)

feedback = Table(
    "feedback",
    metadata,
    Column("answer", ForeignKey("turns.answer", ondelete="CASCADE"), primary_key=True),
    Column("owner", Name, primary_key=True),
    Column("feedback", Json, nullable=False),
)


# Health

complaints = Table(
    "complaints",
    metadata,
    # Written together with what is complained of, so that none is lost. Those about kept answers stay when they are done:
    # an answer is examined once for each cause.
    Column("id", _BigId, primary_key=True),
    Column("answer", ForeignKey("turns.answer", ondelete="CASCADE")),
    Column("cause", Name, nullable=False),
    # Of what is in no kept conversation: all of it.
    Column("complaint", Json),
    Column("asker", Name, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("done", Boolean, nullable=False),
    UniqueConstraint("answer", "cause"),
    Index(None, "done", "id"),
)

findings = Table(
    "findings",
    metadata,
    Column("id", Name, primary_key=True),
    Column("key", Name, nullable=False, unique=True),
    Column("kind", Name, nullable=False),
    Column("state", Name, nullable=False, index=True),
    Column("source", Name),
    Column("document", Uuid16, index=True),
    Column("content_seen", Name, nullable=False),
    Column("sequence_seen", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("details", Json, nullable=False),
    Column("version", Integer, nullable=False),
)

finding_documents = Table(
    "finding_documents",
    metadata,
    # What a finding rests on: when one of them changes, it is looked at again.
    Column("finding", ForeignKey("findings.id", ondelete="CASCADE"), primary_key=True),
    Column("document", Uuid16, primary_key=True, index=True),
)

broken_questions = Table(
    "broken_questions",
    metadata,
    Column("finding", ForeignKey("findings.id", ondelete="CASCADE"), primary_key=True),
    # A digest of who asked what: the same question of the same person is kept once.
    Column("digest", LargeBinary(16), primary_key=True),
    Column("answer", ForeignKey("turns.answer", ondelete="CASCADE"), index=True),
    Column("asker", Name, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("question", Json, nullable=False),
)

positions = Table(
    "positions",
    metadata,
    # How far something followed the catalogue's log.
    Column("name", Name, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    # Of this installation, each made when it is first needed.
    Column("name", Name, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)


# Digests and scores

digests = Table(
    "digests",
    metadata,
    Column("id", Name, primary_key=True),
    # In lower case.
    Column("owner", Name, nullable=False),
    Column("occasion", Moment, nullable=False),
    Column("medium", Name, nullable=False),
    Column("address", Name, nullable=False),
    Column("state", Name, nullable=False, index=True),
    Column("begun_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("retry_at", Moment),
    Column("reason", Name, nullable=False),
    Column("findings", Json, nullable=False),
    UniqueConstraint("owner", "occasion"),
)

told_findings = Table(
    "told_findings",
    metadata,
    # Owner first: nobody is told of the same finding twice, whichever digests are under way.
    Column("owner", Name, primary_key=True),
    Column("finding", Name, primary_key=True, index=True),
    Column("digest", ForeignKey("digests.id", ondelete="CASCADE"), nullable=False, index=True),
)

health_scores = Table(
    "health_scores",
    metadata,
    # As ISO 8601 writes it.
    Column("day", Name, primary_key=True),
    # What is scored: an owner or a source.
    Column("level", Name, primary_key=True),
    Column("name", Name, primary_key=True),
    Column("score", Integer, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("findings", Integer, nullable=False),
)


# Assistants

assistants = Table(
    "assistants",
    metadata,
    Column("id", Name, primary_key=True),
    Column("owner", Name, nullable=False),
    # The form as it was written, as JSON in JSON: it is read by forms, which may change.
    Column("definition", Json, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    # The YAML that was written, for its comments.
    Column("text", Json),
    Index(None, "created_at", "id"),
)


# Groups

memberships = Table(
    "memberships",
    metadata,
    Column("source", Name, primary_key=True),
    Column("group", Name, primary_key=True),
    Column("member", Name, primary_key=True),
    Index(None, "member"),
    Index(None, "group"),
)
