"""What was posted in Slack, and what was going to be, in SQL."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from aika.stores.database.connections import Connections
from aika.stores.database.schema_slack import slack_posts as posts
from aika.stores.database.upserting import insert_missing


@dataclass(frozen=True, slots=True)
class Post:
    """A message that was posted or was going to be."""

    key: str
    """Of the caller's choice: one key is posted once."""
    channel: str
    thread: str | None
    ts: str | None
    """The message's time stamp in Slack. ``None``: whether it was posted is not known."""
    holder: str
    """Who was going to post it."""
    begun_at: datetime


class SqlPosts:
    """Keeps messages by their keys."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def begin(self, post: Post) -> Post | None:
        """Record that a message is going to be posted; return what is recorded of it already, which then stays."""
        row = {
            "key": post.key,
            "channel": post.channel,
            "thread": post.thread,
            "ts": None,
            "holder": post.holder,
            "begun_at": post.begun_at,
        }
        async with self._connections.write_together() as connection:
            statement = insert_missing(connection, posts).values(**row).returning(posts.c.key)
            if await connection.scalar(statement) is not None:
                return None
            found = (await connection.execute(select(posts).where(posts.c.key == post.key))).one()
            return Post(found.key, found.channel, found.thread, found.ts, found.holder, found.begun_at)

    async def finish(self, key: str, *, channel: str, ts: str) -> None:
        """Record where it was posted."""
        async with self._connections.write_together() as connection:
            await connection.execute(update(posts).where(posts.c.key == key).values(channel=channel, ts=ts))

    async def take_over(self, key: str, *, holder: str) -> None:
        """Record who is going to post it now."""
        async with self._connections.write_together() as connection:
            await connection.execute(
                update(posts).where(posts.c.key == key, posts.c.ts.is_(None)).values(holder=holder)
            )

    async def withdraw(self, key: str) -> None:
        """Record that it was not posted."""
        async with self._connections.write_together() as connection:
            await connection.execute(delete(posts).where(posts.c.key == key, posts.c.ts.is_(None)))

    async def find(self, key: str) -> Post | None:
        async with self._connections.read() as connection:
            found = (await connection.execute(select(posts).where(posts.c.key == key))).one_or_none()
        if found is None:
            return None
        return Post(found.key, found.channel, found.thread, found.ts, found.holder, found.begun_at)

    async def forget(self, *, before: datetime) -> int:
        """Drop what was begun before; return how many messages."""
        async with self._connections.write_together() as connection:
            return (await connection.execute(delete(posts).where(posts.c.begun_at < before))).rowcount
