"""The Slack app: everything that its parts need, opened together."""

import hashlib
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from starlette.routing import BaseRoute

from aika.application.aika import Aika
from aika.forms.slack import SlackSettings
from aika.surfaces.slack.audience import Audiences
from aika.surfaces.slack.dispatching import Dispatcher
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.posting import Poster
from aika.surfaces.slack.working import Workers
from aika.surfaces.slack.workspaces import Workspaces, open_workspaces

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class SlackApp:
    """What the parts of the Slack app work with. Made by `open_slack_app`."""

    aika: Aika
    settings: SlackSettings
    workspaces: Workspaces
    dispatcher: Dispatcher
    """Parts say here what they handle."""
    poster: Poster
    workers: Workers
    people: People
    audiences: Audiences
    routes: list[BaseRoute] = field(default_factory=list)
    """To be served beside the API's. Parts may add to them while they are opened."""


@asynccontextmanager
async def open_slack_app(aika: Aika, settings: SlackSettings) -> AsyncIterator[SlackApp]:
    """Open the app, connect to Slack and work on what it sends while this is open."""
    holder = _holder(aika)
    async with AsyncExitStack() as stack:
        workspaces = await stack.enter_async_context(open_workspaces(settings))
        dispatcher = Dispatcher()
        poster = Poster(aika.database.posts, aika.clock, holder=holder)
        workers = Workers(aika.database.inbox, dispatcher, workspaces, aika.clock, holder, settings.workers)
        people = People(aika.clock)
        audiences = Audiences(people, aika.database.directory, aika.database.catalogue, aika.clock)
        slack = SlackApp(aika, settings, workspaces, dispatcher, poster, workers, people, audiences)
        await _open_parts(slack, stack)
        yield slack


async def _open_parts(slack: SlackApp, stack: AsyncExitStack) -> None:
    """Have every part say what it handles. One line a part, in the order in which they are to be asked."""


def _holder(aika: Aika) -> str:
    """Return the name of what works here. A restarted process has its predecessor's, whose work it can take over at once:
    the data directory's lock makes sure that the predecessor is dead."""
    place = f"{socket.gethostname()}\n{aika.settings.data_path.resolve()}"
    return hashlib.blake2b(place.encode(), digest_size=8).hexdigest()
