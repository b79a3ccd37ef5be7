"""New conversations on their way to the database: a question need not wait for the disk before it is answered."""

import asyncio
from dataclasses import dataclass, field

from aika.domain.conversations import Conversation
from aika.domain.identifiers import ConversationId
from aika.protocols import Conversations


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Stores new conversations while their first question is answered."""

    conversations: Conversations
    _under_way: dict[ConversationId, asyncio.Task[None]] = field(default_factory=dict)

    def begin(self, conversation: Conversation) -> None:
        """Begin to store a conversation. Whoever needs it stored awaits `stored`."""
        task = asyncio.create_task(self.conversations.start(conversation))
        self._under_way[conversation.id] = task
        task.add_done_callback(lambda done: self._note(conversation.id, done))

    async def stored(self, id: ConversationId) -> None:
        """Wait until a conversation is stored. Raises what kept it from being stored; nothing for any other conversation."""
        task = self._under_way.get(id)
        if task is not None:
            await asyncio.shield(task)
            self._under_way.pop(id, None)

    def _note(self, id: ConversationId, done: asyncio.Task[None]) -> None:
        # What failed is kept, for its answer to fail too.
        if done.cancelled() or done.exception() is None:
            self._under_way.pop(id, None)
