"""Starts with each workspace, tries again where that fails, and keeps the connections."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from slack_bolt.app.async_app import AsyncApp

from aika.domain.errors import AikaError, TransientError
from aika.forms.slack import SlackSettings
from aika.surfaces.slack.connections import Connection
from aika.surfaces.slack.scopes import BOT_SCOPES
from aika.surfaces.slack.workspaces import Workspace, Workspaces, introduce

_FIRST_DELAY = 2.0
_LONGEST_DELAY = 120.0
_REFUSED_DELAY = 300.0
"""Where somebody has to mend something first."""

logger = logging.getLogger(__name__)

WhenReady = Callable[[Workspace], Awaitable[None]]


@dataclass(slots=True)
class Attendance:
    """Attends to all workspaces. One that cannot be attended to is tried again, and keeps no other from work."""

    workspaces: Workspaces
    settings: SlackSettings
    bolt: AsyncApp
    when_ready: WhenReady
    """Called whenever events of a workspace can arrive again."""
    connections: list[Connection] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    """What is wrong, by the workspaces' names, for people."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Attend while this is open. At its end nothing is received any more."""
        tasks = [asyncio.create_task(self._attend(apps)) for apps in _apps(self.workspaces, self.settings.mode)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def is_connected(self, workspace: Workspace) -> bool:
        """Whether events of the workspace can arrive. Over HTTP Slack sends again for about an hour what it could not send."""
        if self.settings.mode == "http":
            return workspace.is_known
        return any(one.is_connected and workspace.name in one.workspaces for one in self.connections)

    async def _attend(self, workspaces: Sequence[Workspace]) -> None:
        """Attend to the workspaces of one app."""
        async with asyncio.TaskGroup() as group:
            known = [group.create_task(self._introduced(one)) for one in workspaces]
            await asyncio.wait(known, return_when=asyncio.FIRST_COMPLETED)
            token = workspaces[0].settings.app_token
            if self.settings.mode == "http" or token is None:
                return
            connection = Connection(
                bolt=self.bolt,
                client=workspaces[0].client,
                app_token=token.get_secret_value(),
                workspaces=frozenset(one.name for one in workspaces),
                on_connected=lambda: self._ready(workspaces),
            )
            self.connections.append(connection)
            await connection.run()

    async def _introduced(self, workspace: Workspace) -> None:
        delay = _FIRST_DELAY
        while not workspace.is_known:
            try:
                await introduce(workspace)
            except TransientError as error:
                await self._failed(workspace, error, max(delay, error.retry_after or 0.0))
                delay = min(delay * 2, _LONGEST_DELAY)
            except AikaError as error:
                await self._failed(workspace, error, _REFUSED_DELAY)
        self.problems.pop(workspace.name, None)
        if workspace.scopes is not None and (missing := BOT_SCOPES.keys() - workspace.scopes):
            logger.warning(
                "the Slack app lacks scopes: put the manifest of `aika slack manifest` into it and install it again",
                extra={"workspace": workspace.name, "scopes": sorted(missing)},
            )
        if self.settings.mode == "http":
            await self.when_ready(workspace)

    async def _failed(self, workspace: Workspace, error: AikaError, wait: float) -> None:
        if self.problems.get(workspace.name) != str(error):
            logger.error(
                "a Slack workspace cannot be used now, it is tried again",
                extra={"workspace": workspace.name, "reason": str(error), "seconds": wait},
            )
        self.problems[workspace.name] = str(error)
        await asyncio.sleep(wait)

    async def _ready(self, workspaces: Sequence[Workspace]) -> None:
        for one in workspaces:
            if one.is_known:
                await self.when_ready(one)


def _apps(workspaces: Workspaces, mode: str) -> list[list[Workspace]]:
    """Return the workspaces by app: one that is installed in several has one connection, over which all their events come."""
    apps: dict[str, list[Workspace]] = {}
    for one in workspaces:
        token = one.settings.app_token
        key = one.name if mode == "http" or token is None else token.get_secret_value()
        apps.setdefault(key, []).append(one)
    return list(apps.values())
