"""The Slack app: everything that its parts need, opened together."""

import hashlib
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from starlette.routing import BaseRoute

from aika.application.aika import Aika
from aika.forms.slack import SlackSettings
from aika.surfaces.slack.answering import open_answering
from aika.surfaces.slack.audience import Audiences
from aika.surfaces.slack.catching_up import CatchingUp
from aika.surfaces.slack.dispatching import Dispatcher
from aika.surfaces.slack.goalie.opening import open_goalies
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.membership import follow
from aika.surfaces.slack.personal_part import open_personal_search
from aika.surfaces.slack.posting import Poster
from aika.surfaces.slack.transport import USUAL, Transport, TransportOptions, open_transport
from aika.surfaces.slack.workspaces import Workspaces


@dataclass(slots=True)
class SlackApp:
    """What the parts of the Slack app work with. Made by `open_slack_app`."""

    aika: Aika
    settings: SlackSettings
    transport: Transport
    people: People
    audiences: Audiences
    routes: list[BaseRoute] = field(default_factory=list)
    """To be served beside the API's. Parts may add to them while they are opened."""

    @property
    def workspaces(self) -> Workspaces:
        return self.transport.workspaces

    @property
    def dispatcher(self) -> Dispatcher:
        """Parts say here what they handle."""
        return self.transport.dispatcher

    @property
    def poster(self) -> Poster:
        return self.transport.poster

    @property
    def catching_up(self) -> CatchingUp:
        """Parts say here in which channels nothing may be missed."""
        return self.transport.catching_up


@asynccontextmanager
async def open_slack_app(
    aika: Aika, settings: SlackSettings, *, options: TransportOptions = USUAL
) -> AsyncIterator[SlackApp]:
    """Open the app, connect to Slack and work on what it sends while this is open.

    A workspace that cannot be reached or refuses its token is named in the log with the remedy, and tried again.
    """
    database, clock = aika.database, aika.clock
    async with AsyncExitStack() as stack:
        opening = open_transport(database, settings, clock, aika.telemetry.slack, holder=_holder(aika), options=options)
        transport = await stack.enter_async_context(opening)
        people = People(clock)
        audiences = Audiences(people, database.directory, database.catalogue, clock)
        slack = SlackApp(aika, settings, transport, people, audiences, transport.routes)
        await _open_parts(slack, stack)
        # Last, so that it ends first: the parts are there as long as something is worked on.
        await stack.enter_async_context(transport.running())
        yield slack


@asynccontextmanager
async def slack_extension(aika: Aika) -> AsyncIterator[Sequence[BaseRoute]]:
    """Serve Slack beside the API, as the settings say, while this is open."""
    async with open_slack_app(aika, aika.settings.slack) as slack:
        yield slack.routes


async def _open_parts(slack: SlackApp, stack: AsyncExitStack) -> None:
    """Have every part say what it handles. One line a part, in the order in which they are to be asked."""
    follow(slack.dispatcher, slack.people, slack.audiences)
    asking = open_answering(slack.aika, slack.settings, slack.dispatcher, slack.poster, slack.people, slack.audiences)
    open_personal_search(slack, asking, stack)
    goalies = open_goalies(slack.aika, slack.settings, slack.transport, slack.people, slack.audiences)
    await stack.enter_async_context(goalies)


def _holder(aika: Aika) -> str:
    """Return the name of what works here. A restarted process has its predecessor's, whose work it can take over at once:
    the data directory's lock makes sure that the predecessor is dead."""
    place = f"{socket.gethostname()}\n{aika.settings.data_path.resolve()}"
    return hashlib.blake2b(place.encode(), digest_size=8).hexdigest()
