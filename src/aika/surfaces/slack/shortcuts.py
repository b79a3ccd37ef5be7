"""The message shortcut "Ask aika about this": the answer to a message, first for whoever asks for it alone."""

from dataclasses import dataclass

from aika.surfaces.slack.asking import Asked
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.hearing import Shortcut, digest_of, read, words_of
from aika.surfaces.slack.listening import Listener
from aika.surfaces.slack.whispering import Whispers

ASK_ABOUT = "aika_ask_about"
"""The shortcut's callback id in the manifest."""


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """Answers messages of others."""

    whispers: Whispers
    listener: Listener

    def register(self, dispatcher: Dispatcher) -> None:
        dispatcher.on(f"shortcut:{ASK_ABOUT}", self.on_shortcut)

    async def on_shortcut(self, received: Received) -> None:
        shortcut, workspace = read(Shortcut, received.body), received.workspace
        ts, root = shortcut.message.get("ts"), shortcut.message.get("thread_ts")
        names = await self.listener.names(workspace, str(shortcut.message.get("text") or ""))
        text = words_of(shortcut.message, workspace.bot_user, names)
        asked = Asked(
            key=f"{received.team}/{received.key}",
            event=received.key,
            workspace=workspace,
            channel=shortcut.channel.id,
            user=shortcut.user.id,
            text=text,
            digest=digest_of(text),
            # Where it is posted, should it be. Nobody else sees that it was asked.
            root=str(root or ts) if root or ts else None,
            alone=True,
            tries=received.tries,
        )
        await self.whispers.answer(asked, shortcut.response_url)
