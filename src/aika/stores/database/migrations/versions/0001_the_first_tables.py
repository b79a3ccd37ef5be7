"""The first tables."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", columns.Name(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", columns.Name(), nullable=False),
        sa.Column("principals", columns.Json(), nullable=False),
        sa.Column("sources", columns.Json(), nullable=True),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("created_at", columns.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", columns.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_keys_secret_hash")),
    )
    op.create_table(
        "catalogue_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_state")),
    )
    op.create_table(
        "conversations",
        sa.Column("id", columns.Name(), nullable=False),
        sa.Column("owner", columns.Name(), nullable=False),
        sa.Column("title", columns.Name(), nullable=False),
        sa.Column("assistant", columns.Name(), nullable=True),
        sa.Column("created_at", columns.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversations_owner_created_at"), ["owner", "created_at"], unique=False)

    op.create_table(
        "reader_sets",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("principals", columns.Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_sets")),
    )
    op.create_table(
        "removals",
        sa.Column(
            "sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("document", columns.Uuid16(length=16), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_removals")),
        sa.UniqueConstraint("document", name=op.f("uq_removals_document")),
    )
    op.create_table(
        "sync_cursors",
        sa.Column("source", columns.Name(), nullable=False),
        sa.Column("cursor", columns.Json(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_sync_cursors")),
    )
    op.create_table(
        "syncs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", columns.Name(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("finished_at", columns.Moment(timezone=True), nullable=True),
        sa.Column("report", columns.Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_syncs")),
    )
    with op.batch_alter_table("syncs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_syncs_source_id"), ["source", "id"], unique=False)

    op.create_table(
        "vector_spaces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", columns.Name(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vector_spaces")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_vector_spaces_fingerprint")),
    )
    op.create_table(
        "documents",
        sa.Column(
            "sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("id", columns.Uuid16(length=16), nullable=False),
        sa.Column("source", columns.Name(), nullable=False),
        sa.Column("key", columns.Name(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("readers_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("chunk_count", sa.Integer(), nullable=False),
        sa.Column("details", columns.Json(), nullable=False),
        sa.ForeignKeyConstraint(["readers_id"], ["reader_sets.id"], name=op.f("fk_documents_readers_id_reader_sets")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_documents")),
        sa.UniqueConstraint("id", name=op.f("uq_documents_id")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_documents_source_key")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_readers_id"), ["readers_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_documents_source_sequence_chunk_count"), ["source", "sequence", "chunk_count"], unique=False
        )

    op.create_table(
        "reader_set_members",
        sa.Column("set_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("principal", columns.Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"], ["reader_sets.id"], name=op.f("fk_reader_set_members_set_id_reader_sets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("set_id", "principal", name=op.f("pk_reader_set_members")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("reader_set_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reader_set_members_principal"), ["principal"], unique=False)

    op.create_table(
        "sync_unreadable",
        sa.Column("sync", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", columns.Name(), nullable=False),
        sa.Column("reason", columns.Json(), nullable=False),
        sa.ForeignKeyConstraint(["sync"], ["syncs.id"], name=op.f("fk_sync_unreadable_sync_syncs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sync", "key", name=op.f("pk_sync_unreadable")),
    )
    op.create_table(
        "turns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation", columns.Name(), nullable=False),
        sa.Column("answer", columns.Name(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("question", columns.Json(), nullable=False),
        sa.Column("outcome", columns.Json(), nullable=False),
        sa.Column("asked_at", columns.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name=op.f("fk_turns_conversation_conversations"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
        sa.UniqueConstraint("answer", name=op.f("uq_turns_answer")),
    )
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_turns_conversation"), ["conversation"], unique=False)

    op.create_table(
        "vectors",
        sa.Column("space", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space"], ["vector_spaces.id"], name=op.f("fk_vectors_space_vector_spaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space", "digest", name=op.f("pk_vectors")),
    )
    op.create_table(
        "chunks",
        sa.Column("document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", columns.Uuid16(length=16), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("heading_path", columns.Json(), nullable=False),
        sa.Column("anchor", columns.Json(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document"], ["documents.sequence"], name=op.f("fk_chunks_document_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document", "position", name=op.f("pk_chunks")),
        sa.UniqueConstraint("id", name=op.f("uq_chunks_id")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "document_blocks",
        sa.Column("document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("blocks", columns.Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["documents.sequence"], name=op.f("fk_document_blocks_document_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_document_blocks")),
    )
    op.create_table(
        "document_parts",
        sa.Column("document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["documents.sequence"], name=op.f("fk_document_parts_document_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document", "part", name=op.f("pk_document_parts")),
    )
    op.create_table(
        "feedback",
        sa.Column("answer", columns.Name(), nullable=False),
        sa.Column("owner", columns.Name(), nullable=False),
        sa.Column("feedback", columns.Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer"], ["turns.answer"], name=op.f("fk_feedback_answer_turns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer", "owner", name=op.f("pk_feedback")),
    )
    op.execute("INSERT INTO catalogue_state (id, sequence) VALUES (1, 0)")
