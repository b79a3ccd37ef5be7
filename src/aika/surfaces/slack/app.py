"""The Slack app: everything that its parts need, opened together."""

import hashlib
import logging
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from slack_bolt.app.async_app import AsyncApp
from starlette.routing import BaseRoute

from aika.application.aika import Aika
from aika.forms.slack import SlackSettings
from aika.surfaces.slack.answering import open_answering
from aika.surfaces.slack.attending import Attendance
from aika.surfaces.slack.audience import Audiences
from aika.surfaces.slack.dispatching import Dispatcher
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.membership import follow
from aika.surfaces.slack.posting import Poster
from aika.surfaces.slack.receiving import Intake, Receiver, bolt_app
from aika.surfaces.slack.serving import events_route
from aika.surfaces.slack.working import Workers, WorkOptions
from aika.surfaces.slack.workspaces import Workspace, Workspaces, open_workspaces

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
    bolt: AsyncApp
    """Takes what Slack sends, and hands it on."""
    people: People
    audiences: Audiences
    routes: list[BaseRoute] = field(default_factory=list)
    """To be served beside the API's. Parts may add to them while they are opened."""


@asynccontextmanager
async def open_slack_app(aika: Aika, settings: SlackSettings) -> AsyncIterator[SlackApp]:
    """Open the app, connect to Slack and work on what it sends while this is open.

    A workspace that cannot be reached or refuses its token is named in the log with the remedy, and tried again.
    """
    holder, telemetry, database = _holder(aika), aika.telemetry.slack, aika.database
    async with AsyncExitStack() as stack:
        workspaces = await stack.enter_async_context(open_workspaces(settings, database.slack_tokens, aika.clock))
        dispatcher = Dispatcher()
        poster = Poster(database.posts, aika.clock, telemetry, holder=holder)
        options = WorkOptions(at_once=settings.workers)
        workers = Workers(database.inbox, dispatcher, workspaces, aika.clock, telemetry, holder, options)
        intake = Intake(database.inbox)
        bolt = bolt_app(Receiver(workspaces, dispatcher, intake, aika.clock, telemetry, workers.wake))
        people = People(aika.clock)
        audiences = Audiences(people, database.directory, database.catalogue, aika.clock)
        slack = SlackApp(aika, settings, workspaces, dispatcher, poster, workers, bolt, people, audiences)
        if settings.mode == "http":
            slack.routes.append(events_route(bolt, workspaces))
        await _open_parts(slack, stack)
        await stack.enter_async_context(workers.running())

        async def ready(workspace: Workspace) -> None:
            workers.wake()

        # Last, so that it ends first: what is received is worked on.
        attendance = Attendance(workspaces, settings, bolt, ready)
        await stack.enter_async_context(attendance.running())
        yield slack


@asynccontextmanager
async def slack_extension(aika: Aika) -> AsyncIterator[Sequence[BaseRoute]]:
    """Serve Slack beside the API, as the settings say, while this is open."""
    async with open_slack_app(aika, aika.settings.slack) as slack:
        yield slack.routes


async def _open_parts(slack: SlackApp, stack: AsyncExitStack) -> None:
    """Have every part say what it handles. One line a part, in the order in which they are to be asked."""
    follow(slack.dispatcher, slack.people, slack.audiences)
    open_answering(slack.aika, slack.settings, slack.dispatcher, slack.poster, slack.people, slack.audiences)


def _holder(aika: Aika) -> str:
    """Return the name of what works here. A restarted process has its predecessor's, whose work it can take over at once:
    the data directory's lock makes sure that the predecessor is dead."""
    place = f"{socket.gethostname()}\n{aika.settings.data_path.resolve()}"
    return hashlib.blake2b(place.encode(), digest_size=8).hexdigest()
