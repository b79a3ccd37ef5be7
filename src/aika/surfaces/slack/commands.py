"""``/aika QUESTION``: an answer for whoever asks, which they can post for everybody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aika.delivery.slack_elements import escaped
from aika.parsers.slack_messages import Names
from aika.surfaces.slack.asking import Asked
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.hearing import Command, digest_of, question_in, read
from aika.surfaces.slack.listening import Listener
from aika.surfaces.slack.threads import HELP
from aika.surfaces.slack.whispering import Whispers, reading

KIND = "command:/aika*"
"""Also of a second app for trying things out, such as ``/aika-test``."""
USAGE = (
    f"{HELP} To ask one of the assistants, name it: /aika in NAME: your question. "
    "Only you see the answer; a button under it posts it for everybody."
)
_IN = re.compile(r"in\s+(?P<assistant>[^:\n]{1,60}):\s*(?P<question>.+)", re.IGNORECASE | re.DOTALL)
_HELP = frozenset({"", "help", "?"})


@dataclass(frozen=True, slots=True)
class Commands:
    """Answers the slash command."""

    whispers: Whispers
    listener: Listener

    def register(self, dispatcher: Dispatcher) -> None:
        dispatcher.at_once(KIND, self.acknowledge)
        dispatcher.on(KIND, self.on_command)

    async def acknowledge(self, received: Received) -> Mapping[str, object]:
        """Say at once that the question arrived: Slack shows nothing of a command itself."""
        text = read(Command, received.body).text.strip()
        said = escaped(USAGE) if text.lower() in _HELP else reading(question_in(text, "", Names()))
        return {"response_type": "ephemeral", "text": said}

    async def on_command(self, received: Received) -> None:
        command = read(Command, received.body)
        if command.text.strip().lower() in _HELP:
            return
        names = await self.listener.names(received.workspace, command.text)
        text = question_in(command.text, received.workspace.bot_user, names)
        named = _IN.fullmatch(text)
        asked = Asked(
            key=f"{received.team}/{received.key}",
            event=received.key,
            workspace=received.workspace,
            channel=command.channel_id,
            user=command.user_id,
            text=text if named is None else named["question"],
            digest=digest_of(text),
            alone=True,
            tries=received.tries,
            assistant=None if named is None else named["assistant"].strip(),
        )
        await self.whispers.answer(asked, command.response_url)
