"""Mentions in channels and group conversations. They are answered in the thread, of what everyone there may read.

Slack tells of the same mention twice, as ``app_mention`` and as ``message``, and one of them may be missing: whichever comes
first is answered.
"""

from dataclasses import dataclass

from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.hearing import Where, message_of
from aika.surfaces.slack.listening import Listener, is_to_aika
from aika.surfaces.slack.threads import Threads


@dataclass(frozen=True, slots=True)
class Mentions:
    """Answers whoever mentions aika."""

    threads: Threads
    listener: Listener

    def register(self, dispatcher: Dispatcher) -> None:
        dispatcher.on("app_mention", self.on_message)
        dispatcher.on("message", self.on_message)

    async def on_message(self, received: Received) -> None:
        message = message_of(received.body.get("event"))
        if message.where is not Where.DIRECT and is_to_aika(received.workspace, message, message):
            await self.threads.answer(await self.listener.asked(received, message, message))
