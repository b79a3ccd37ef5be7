"""aika's Home in Slack: what aika is, and personal search, to be turned on and off by the person themselves."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from aika.delivery.slack_elements import Element
from aika.domain.errors import AikaError
from aika.surfaces.slack.consent import Consents
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.elements import actions, button, context, divider, header, paragraph
from aika.surfaces.slack.failures import called
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.personal import PersonalSearch
from aika.surfaces.slack.workspaces import Workspace

logger = logging.getLogger(__name__)

CONNECT = "aika_personal_connect"
STOP = "aika_personal_stop"
_ABOUT = (
    "I answer questions from your company's documents, show where each sentence stands, and say so when I do not know. "
    "Write to me in a direct message, mention me in a channel, or type /aika and your question."
)
_OFF = (
    "If you agree, I also search your own private channels and direct messages for what you ask me in a direct message. "
    "Only you see such answers, and neither the messages nor the answers are kept."
)
_ON = (
    "For what you ask me in a direct message I also search your own private channels and direct messages. "
    "Only you see such answers, and neither the messages nor the answers are kept."
)
_STOPPED = "Personal search is off, and your token is deleted."
_NOT_REVOKED = (
    "Personal search is off, and your token is deleted here. Slack could not be reached to end it there as well: "
    "you can remove aika from your own apps in Slack's settings."
)
_CONFIRM = "I will delete the token with which I search for you, and have Slack end it. Nothing else of it is kept."


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    user: str
    tab: str = "home"


class _Actor(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str


class _Click(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    user: _Actor


class Home:
    """Shows each person their Home. Without ``search`` personal search is not offered."""

    def __init__(self, people: People, consents: Consents | None, search: PersonalSearch | None) -> None:
        self._people = people
        self._consents = consents
        self._search = search

    def register(self, dispatcher: Dispatcher) -> None:
        dispatcher.on("app_home_opened", self.on_opened)
        dispatcher.on(f"action:{STOP}", self.on_stop)

    async def on_opened(self, received: Received) -> None:
        event = _Event.model_validate(received.body.get("event"))
        if event.tab == "home":
            await self.show(received.workspace, event.user)

    async def on_stop(self, received: Received) -> None:
        user = _Click.model_validate(received.body).user.id
        if self._search is None:
            return
        revoked = await self._search.stop(received.workspace, user)
        await self.show(received.workspace, user, said=_STOPPED if revoked else _NOT_REVOKED)

    async def show(self, workspace: Workspace, user: str, *, said: str = "") -> None:
        """Publish a person's Home as it is now. Raises `TransientError` where that may work later."""
        blocks = [header("aika"), paragraph(_ABOUT), *await self._personal(workspace, user)]
        if said:
            blocks.append(context(said))
        view = {"type": "home", "blocks": blocks}
        await called(workspace.client.views_publish(user_id=user, view=view), "a Home")

    async def show_if_possible(self, workspace: Workspace, user: str) -> None:
        """Publish it, or leave it as it is: it is published again whenever it is opened."""
        try:
            await self.show(workspace, user)
        except AikaError as error:
            logger.warning("a Home could not be shown", extra={"reason": type(error).__name__})

    async def _personal(self, workspace: Workspace, user: str) -> Sequence[Element]:
        consents = self._consents
        if consents is None or not consents.is_offered(workspace):
            return []
        person = await self._people.person(workspace.client, workspace.team, user)
        if person.is_external or not person.reads:
            # Their own organisation decides what is done with their messages.
            return []
        since = await consents.status(workspace, user)
        title = [divider(), header("Personal search")]
        if since is None:
            agree = _leading_to(button("Connect", CONNECT, style="primary"), consents.link(workspace, user))
            return [*title, paragraph(_OFF), actions(agree), context("Slack asks you what you agree to.")]
        return [*title, paragraph(_ON), actions(_stop_button()), context(f"Connected since {_day(since)}.")]


def _leading_to(pressed: Element, url: str) -> Element:
    return {**pressed, "url": url}


def _stop_button() -> Element:
    confirm: Mapping[str, object] = {
        "title": {"type": "plain_text", "text": "Stop personal search?"},
        "text": {"type": "plain_text", "text": _CONFIRM},
        "confirm": {"type": "plain_text", "text": "Stop and forget"},
        "deny": {"type": "plain_text", "text": "Keep it"},
        "style": "danger",
    }
    return {**button("Stop and forget", STOP, style="danger"), "confirm": dict(confirm)}


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
