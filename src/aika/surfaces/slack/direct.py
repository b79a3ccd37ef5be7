"""Direct messages, in the assistant pane too: everything said there is a question, of what the asker may read."""

from dataclasses import dataclass

from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.hearing import Where, message_of
from aika.surfaces.slack.listening import Listener, is_to_aika
from aika.surfaces.slack.threads import Threads


@dataclass(frozen=True, slots=True)
class DirectMessages:
    """Answers whoever writes to aika."""

    threads: Threads
    listener: Listener

    def register(self, dispatcher: Dispatcher) -> None:
        dispatcher.on("message", self.on_message)

    async def on_message(self, received: Received) -> None:
        message = message_of(received.body.get("event"))
        if message.where is Where.DIRECT and is_to_aika(received.workspace, message, message):
            await self.threads.answer(await self.listener.asked(received, message, message))
