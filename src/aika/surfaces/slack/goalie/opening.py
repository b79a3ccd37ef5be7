"""Puts the goalies to work in Slack."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta

from aika.application.aika import Aika
from aika.domain.errors import PermanentError
from aika.domain.goalies import CaseState, Goalie, Mode
from aika.forms.slack import SlackSettings
from aika.surfaces.slack.audience import Audiences
from aika.surfaces.slack.catching_up import Watched
from aika.surfaces.slack.goalie.deciding import Deciding
from aika.surfaces.slack.goalie.desk import SlackDesk
from aika.surfaces.slack.goalie.listening import GoalieListener, Hearing
from aika.surfaces.slack.goalie.places import Places, is_of
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.transport import Transport
from aika.surfaces.slack.workspaces import Workspace

_OPEN_FOR = timedelta(days=2)
_MOST_THREADS = 20


@dataclass(frozen=True, slots=True)
class Watch:
    """Names the channels in which a goalie misses nothing."""

    listener: GoalieListener

    async def __call__(self, workspace: Workspace) -> Sequence[Watched]:
        declared = await self.listener.goalies.current()
        found = []
        for goalie in declared.goalies:
            if goalie.mode is Mode.OFF or not is_of(goalie, workspace, alone=self.listener.alone):
                continue
            try:
                channel = await self.listener.places.channel(workspace, goalie.channel)
            except PermanentError:
                continue  # aika was not invited there yet: nothing can have been missed
            found.append(Watched(channel, await self._open_threads(goalie)))
        return found

    async def _open_threads(self, goalie: Goalie) -> tuple[str, ...]:
        """Return the threads in which a human may have answered meanwhile what was proposed."""
        goalies = self.listener.goalies
        proposed = await goalies.cases.listing(
            goalie.id, since=goalies.clock.now() - _OPEN_FOR, states=[CaseState.PROPOSED], limit=_MOST_THREADS
        )
        return tuple(case.root for case in proposed)


def open_goalies(
    aika: Aika, settings: SlackSettings, transport: Transport, people: People, audiences: Audiences
) -> AbstractAsyncContextManager[None]:
    """Have everything handled that goalies hear and that is pressed on what they post, and let them speak while this is open."""
    places, hearing = Places(aika.clock), Hearing(people)
    desk = SlackDesk(transport.workspaces, transport.poster, audiences, people, places, hearing, settings, aika.clock)
    listener = GoalieListener(aika.goalies, places, hearing, transport.workspaces)
    listener.register(transport.dispatcher)
    Deciding(aika.goalies, desk, people, aika.clock).register(transport.dispatcher)
    transport.catching_up.watch(Watch(listener))
    return aika.goalies.at(desk)
