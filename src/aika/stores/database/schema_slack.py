"""The tables of what Slack sent and of what was posted there."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table

from aika.stores.database.columns import Json, Moment, Name
from aika.stores.database.schema import metadata

slack_inbox = Table(
    "slack_inbox",
    metadata,
    # The same for each delivery of the same event.
    Column("key", Name, primary_key=True),
    Column("team", Name, nullable=False),
    Column("kind", Name, nullable=False),
    # Of what must be handled in order, such as the messages of a thread.
    Column("lane", Name, nullable=False),
    # When it happened at Slack, in microseconds: the order within a lane.
    Column("position", BigInteger, nullable=False),
    Column("state", Name, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    # Names of those who have finished with it, while others have not.
    Column("finished", Json, nullable=False),
    Column("holder", Name),
    Column("held_until", Moment),
    Column("reason", Name, nullable=False),
    # W3C's traceparent of its reception, or empty.
    Column("trace", Name, nullable=False),
    # NULL once it is done: messages are not kept.
    Column("body", Json),
    Index(None, "state", "position", "key"),
    Index(None, "lane", "state"),
)

slack_posts = Table(
    "slack_posts",
    metadata,
    Column("key", Name, primary_key=True),
    Column("channel", Name, nullable=False),
    Column("thread", Name),
    # The posted message's time stamp. NULL: it was going to be posted.
    Column("ts", Name),
    Column("holder", Name, nullable=False),
    Column("begun_at", Moment, nullable=False, index=True),
)

slack_tokens = Table(
    "slack_tokens",
    metadata,
    Column("name", Name, primary_key=True),
    Column("access_token", Name, nullable=False),
    Column("refresh_token", Name, nullable=False),
    Column("expires_at", Moment, nullable=False),
    # A digest of the refresh token in the settings that these descend from.
    Column("origin", Name, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

slack_channels = Table(
    "slack_channels",
    metadata,
    Column("team", Name, primary_key=True),
    Column("channel", Name, primary_key=True),
    # Everything up to this time stamp is in the inbox.
    Column("read_until", Name, nullable=False),
)
