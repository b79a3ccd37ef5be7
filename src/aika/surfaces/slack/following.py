"""What becomes of questions afterwards: an edited one is answered again in place, a deleted one's answer is deleted."""

from dataclasses import dataclass

from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.hearing import Message, Said, message_of
from aika.surfaces.slack.listening import Listener, is_to_aika
from aika.surfaces.slack.threads import Threads

_TOMBSTONE = "tombstone"
"""What Slack leaves of a deleted message that has replies."""


@dataclass(frozen=True, slots=True)
class Following:
    """Keeps answers in step with their questions."""

    threads: Threads
    listener: Listener

    def register(self, dispatcher: Dispatcher) -> None:
        dispatcher.on("message", self.on_message)

    async def on_message(self, received: Received) -> None:
        message = message_of(received.body.get("event"))
        match message.subtype:
            case "message_changed" if message.message is not None:
                if message.message.subtype == _TOMBSTONE:
                    await self._deleted(received, message, message.previous_message or message.message)
                else:
                    await self._changed(received, message, message.message)
            case "message_deleted" if message.previous_message is not None:
                await self._deleted(received, message, message.previous_message)
            case _:
                return

    async def _changed(self, received: Received, message: Message, now: Said) -> None:
        before = message.previous_message
        # Slack also tells of the cards that it adds to links, and of replies: the words are what they were.
        if before is not None and before.digest == now.digest:
            return
        if is_to_aika(received.workspace, message, now):
            await self.threads.answer_again(await self.listener.asked(received, message, now))

    async def _deleted(self, received: Received, message: Message, before: Said) -> None:
        if is_to_aika(received.workspace, message, before):
            await self.threads.withdraw(await self.listener.asked(received, message, before))
