"""The assistant pane: what it suggests when somebody opens it. What they write there is a direct message."""

from collections.abc import Sequence
from dataclasses import dataclass

from aika.application.aika import Aika
from aika.domain.assistants import Asker, Assistant
from aika.domain.errors import ConflictError, NotFoundError
from aika.forms.slack import SlackSettings
from aika.surfaces.slack.asking import Asking
from aika.surfaces.slack.audience import Audiences
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.elements import line
from aika.surfaces.slack.failures import called
from aika.surfaces.slack.hearing import Pane, read
from aika.surfaces.slack.posting import Poster
from aika.surfaces.slack.rendering import markdown_blocks

MOST_PROMPTS = 4
"""As many as Slack shows."""
_LONGEST_TITLE = 75
_LONGEST_MESSAGE = 1_000


@dataclass(frozen=True, slots=True)
class AssistantPane:
    """Receives whoever opens the pane."""

    aika: Aika
    settings: SlackSettings
    asking: Asking
    audiences: Audiences
    poster: Poster

    def register(self, dispatcher: Dispatcher) -> None:
        dispatcher.on("assistant_thread_started", self.on_opened)
        dispatcher.on("assistant_thread_context_changed", self.on_opened)

    async def on_opened(self, received: Received) -> None:
        """Suggest questions, and greet in the configured assistant's words where it has some. Both may be repeated."""
        event = received.body.get("event")
        pane = read(Pane, event.get("assistant_thread") if isinstance(event, dict) else None)
        assistant = await self._assistant(received, pane)
        prompts = self.settings.prompts or (() if assistant is None else assistant.examples)
        if prompts:
            await self._suggest(received, pane, prompts[:MOST_PROMPTS])
        if assistant is not None and assistant.greeting and received.kind == "assistant_thread_started":
            greeting = markdown_blocks(assistant.greeting)
            await self.poster.post(
                received.workspace.client,
                f"greet:{received.team}/{pane.channel_id}/{pane.thread_ts}",
                pane.channel_id,
                blocks=greeting.blocks,
                text=greeting.text,
                thread=pane.thread_ts,
            )

    async def _suggest(self, received: Received, pane: Pane, prompts: Sequence[str]) -> None:
        await called(
            received.workspace.client.assistant_threads_setSuggestedPrompts(
                channel_id=pane.channel_id,
                thread_ts=pane.thread_ts,
                prompts=[
                    {"title": line(prompt, _LONGEST_TITLE), "message": line(prompt, _LONGEST_MESSAGE)}
                    for prompt in prompts
                ],
            ),
            "suggested questions",
        )

    async def _assistant(self, received: Received, pane: Pane) -> Assistant | None:
        """Return the configured assistant, where there is one that this person may use."""
        if self.settings.assistant is None:
            return None
        workspace = received.workspace
        audience = await self.audiences.of_person(workspace.client, workspace.team, pane.user_id)
        asker = Asker(await self.asking.person(workspace, pane.user_id), audience.asker_people)
        try:
            return await self.aika.assistants.resolve(self.settings.assistant, asker)
        except (NotFoundError, ConflictError):
            # They are told why when they ask.
            return None
