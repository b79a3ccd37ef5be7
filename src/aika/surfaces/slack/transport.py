"""Everything between Slack and those who handle what it sends."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from slack_bolt.app.async_app import AsyncApp
from starlette.routing import BaseRoute

from aika.domain.errors import AikaError
from aika.forms.slack import SlackSettings
from aika.protocols import Clock
from aika.stores.database.database import Database
from aika.stores.database.inbox import EventState
from aika.stores.database.slack_questions import REMEMBERED
from aika.surfaces.slack.attending import Attendance
from aika.surfaces.slack.catching_up import CatchingUp, CatchUpOptions
from aika.surfaces.slack.dispatching import Dispatcher
from aika.surfaces.slack.posting import PACE_SECONDS, Poster
from aika.surfaces.slack.receiving import Intake, Receiver, bolt_app
from aika.surfaces.slack.serving import events_route
from aika.surfaces.slack.working import Workers, WorkOptions
from aika.surfaces.slack.workspaces import Workspaces, open_workspaces
from aika.telemetry.slack import SlackTelemetry

_LOOK_SECONDS = 30.0
_FORGET_EVERY = 120
"""Looks between two times that what is old is forgotten: an hour."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TransportOptions:
    """What tests and very large workspaces change."""

    pace_seconds: float = PACE_SECONDS
    stop_seconds: float = 8.0
    catch_up: CatchUpOptions = field(default_factory=CatchUpOptions)


USUAL = TransportOptions()


@dataclass(frozen=True, slots=True)
class Transport:
    """Receives, keeps, hands on and posts. Made by `open_transport`."""

    settings: SlackSettings
    database: Database
    clock: Clock
    telemetry: SlackTelemetry
    workspaces: Workspaces
    dispatcher: Dispatcher
    poster: Poster
    workers: Workers
    intake: Intake
    catching_up: CatchingUp
    attendance: Attendance
    bolt: AsyncApp

    @property
    def routes(self) -> list[BaseRoute]:
        """What has to be served, where Slack sends over HTTP."""
        return [events_route(self.bolt, self.workspaces)] if self.settings.mode == "http" else []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Receive and work while this is open. At its end nothing is received any more before the work is ended."""
        keeping = asyncio.create_task(self._keep())
        try:
            async with self.workers.running():
                try:
                    async with self.catching_up.running(self.attendance.is_connected), self.attendance.running():
                        yield
                finally:
                    await self.intake.drain()
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep(self) -> None:
        """Measure the inbox again and again, and forget what is old."""
        looks = 0
        while True:
            try:
                await self._measure()
                if looks % _FORGET_EVERY == 0:
                    before = self.clock.now() - timedelta(days=self.settings.keep_days)
                    await self.database.inbox.forget(before=before)
                    await self.database.posts.forget(before=before)
                    await self.database.slack_questions.forget(before=self.clock.now() - REMEMBERED)
            except AikaError as error:
                logger.warning("the inbox of Slack cannot be looked after now", extra={"reason": str(error)})
            looks += 1
            await asyncio.sleep(_LOOK_SECONDS)

    async def _measure(self) -> None:
        counts, oldest = await self.database.inbox.counts(), await self.database.inbox.oldest_waiting()
        age = 0.0 if oldest is None else (self.clock.now() - oldest).total_seconds()
        self.telemetry.standing(waiting=counts[EventState.WAITING], dead=counts[EventState.DEAD], oldest=max(age, 0.0))


@asynccontextmanager
async def open_transport(
    database: Database,
    settings: SlackSettings,
    clock: Clock,
    telemetry: SlackTelemetry,
    *,
    holder: str,
    options: TransportOptions = USUAL,
) -> AsyncIterator[Transport]:
    """Put it together. Slack is not asked for anything before it is `running`.

    ``holder`` names this process; one that is started again in its place has the same name.
    """
    async with open_workspaces(settings, database.slack_tokens, clock) as workspaces:
        dispatcher, intake = Dispatcher(), Intake(database.inbox)
        poster = Poster(database.posts, clock, telemetry, holder=holder, pace_seconds=options.pace_seconds)
        work = WorkOptions(settings.workers, options.stop_seconds)
        workers = Workers(database.inbox, dispatcher, workspaces, clock, telemetry, holder, work)
        bolt = bolt_app(Receiver(workspaces, dispatcher, intake, clock, telemetry, workers.wake))
        catching_up = CatchingUp(
            workspaces, dispatcher, intake, database.read_channels, clock, workers.wake, options.catch_up
        )
        attendance = Attendance(workspaces, settings, bolt, catching_up.ready)
        yield Transport(
            settings=settings,
            database=database,
            clock=clock,
            telemetry=telemetry,
            workspaces=workspaces,
            dispatcher=dispatcher,
            poster=poster,
            workers=workers,
            intake=intake,
            catching_up=catching_up,
            attendance=attendance,
            bolt=bolt,
        )
