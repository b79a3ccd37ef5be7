"""Personal search: what a person's own private channels and messages say, for their own answers only.

Only where that person alone reads the answer: in their direct messages with aika, the assistant pane among them. Never in a
channel, not even in what only they are shown there: that can be posted to the channel with a click.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from aika.domain.errors import AikaError, TransientError
from aika.domain.identifiers import PrincipalId
from aika.domain.queries import Handed, Handing
from aika.protocols import Clock
from aika.surfaces.slack.consent import DEAD, Consents
from aika.surfaces.slack.failures import SlackRefusedError, called
from aika.surfaces.slack.personal_messages import hits_of
from aika.surfaces.slack.personal_query import keywords, shortened
from aika.surfaces.slack.workspaces import Workspace

logger = logging.getLogger(__name__)

MARK = "From your own Slack messages, only you can see this."
UNAVAILABLE = "Your own Slack messages could not be searched just now. This is without them."
LIMITED = "Slack asks to wait before your own messages are searched again. This is without them."
ENDED = (
    "Your own Slack messages were not searched: Slack has ended personal search for you. Connect again in aika's Home."
)
SECONDS = 3.0
"""An answer waits no longer."""
_CHANNEL_TYPES = "private_channel,mpim,im"
_MOST_RESULTS = 20
"""The most that Slack gives at a time."""
_CAPABILITIES_FOR = timedelta(hours=6)
_MOST_REMEMBERED = 10_000


Forget = Callable[[PrincipalId], None]
"""Forgets what is remembered in memory of somebody's private turns."""


@dataclass(frozen=True, slots=True)
class Searcher:
    """Who searches, and in which conversation with aika."""

    workspace: Workspace
    user: str
    owner: PrincipalId
    """Who they are to aika: the only reader of what is found."""
    channel: str


class PersonalSearch:
    """Searches for people who agreed to it. Nothing that it finds is kept here."""

    def __init__(
        self, consents: Consents, clock: Clock, *, api_url: str, forget: Forget, seconds: float = SECONDS
    ) -> None:
        self._consents = consents
        self._forget = forget
        self._owners: dict[tuple[str, str], PrincipalId] = {}
        self._clock = clock
        self._api_url = api_url
        self._seconds = seconds
        self._by_meaning: dict[str, tuple[bool, datetime]] = {}
        self._own: dict[tuple[str, str], str | None] = {}

    async def handing_for(self, searcher: Searcher) -> Handing | None:
        """Return what hands over a person's messages; ``None`` where they did not agree, or others would see the answer."""
        if await self._consents.status(searcher.workspace, searcher.user) is None:
            return None
        try:
            alone = await self._whose(searcher.workspace, searcher.channel) == searcher.user
        except AikaError as error:
            return partial(_nothing, type(error).__name__)
        if not alone:
            return None
        self._owners[searcher.workspace.team, searcher.user] = searcher.owner
        return partial(self.passages_for, searcher)

    async def stop(self, workspace: Workspace, user: str) -> bool:
        """End it for a person, as they or their workspace want; return whether Slack has ended it too."""
        self._forget_turns(workspace.team, user)
        return await self._consents.withdraw(workspace, user)

    async def ended(self, team: str, user: str) -> None:
        """Forget what Slack has ended for a person."""
        self._forget_turns(team, user)
        await self._consents.drop(team, user)

    def _forget_turns(self, team: str, user: str) -> None:
        owner = self._owners.pop((team, user), None)
        if owner is not None:
            self._forget(owner)

    async def passages_for(self, searcher: Searcher, question: str) -> Handed:
        """Return what the person's own messages say about a question, or why that is not known. One search, in a few seconds."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._searched(searcher, question)
        except TimeoutError:
            return _without("took too long", UNAVAILABLE)
        except SlackRefusedError as error:
            if error.code not in DEAD:
                return _without(error.code, UNAVAILABLE)
            await self.ended(searcher.workspace.team, searcher.user)
            return _without(error.code, ENDED)
        except TransientError as error:
            limited = error.retry_after is not None
            return _without("rate limit" if limited else "unavailable", LIMITED if limited else UNAVAILABLE)
        except AikaError as error:
            return _without(type(error).__name__, UNAVAILABLE)

    async def _searched(self, searcher: Searcher, question: str) -> Handed:
        workspace = searcher.workspace
        token = await self._consents.token(workspace, searcher.user)
        if token is None:
            return Handed(notes=(ENDED,))
        # Of its own for each search, so that no connection is shared between people.
        async with aiohttp.ClientSession() as session:
            client = AsyncWebClient(token=token, base_url=self._api_url, session=session, retry_handlers=[])
            by_meaning = await self._searches_by_meaning(client, workspace.team)
            asked = {
                "query": shortened(question) if by_meaning else keywords(question),
                "channel_types": _CHANNEL_TYPES,
                "content_types": "messages",
                "include_context_messages": True,
                "limit": _MOST_RESULTS,
            }
            answer = await called(client.api_call("assistant.search.context", json=asked), "a personal search")
        if await self._consents.status(workspace, searcher.user) is None:
            # Taken back meanwhile: what was found is not used any more.
            return Handed()
        data: Mapping[str, object] = answer.data if isinstance(answer.data, dict) else {}
        found = hits_of(data, team=workspace.team, owner=searcher.owner, without=searcher.channel)
        return Handed(tuple(found), mark=MARK)

    async def _searches_by_meaning(self, client: AsyncWebClient, team: str) -> bool:
        """Return whether Slack understands questions in this workspace, rather than words."""
        known = self._by_meaning.get(team)
        if known is not None and self._clock.now() < known[1]:
            return known[0]
        try:
            answer = await called(client.api_call("assistant.search.info"), "what search can do")
            able = bool(answer.get("is_ai_search_enabled"))
        except SlackRefusedError as error:
            if error.code in DEAD:
                raise
            able = False
        self._by_meaning[team] = able, self._clock.now() + _CAPABILITIES_FOR
        return able

    async def _whose(self, workspace: Workspace, channel: str) -> str | None:
        """Return with whom aika is alone in a conversation, ``None`` where it is not. Others' direct messages it does not see."""
        if not channel.startswith("D"):
            return None
        key = (workspace.team, channel)
        if key not in self._own:
            try:
                answer = await called(workspace.client.conversations_info(channel=channel), "a look at a conversation")
            except SlackRefusedError:
                return None
            about = answer.get("channel") or {}
            while len(self._own) >= _MOST_REMEMBERED:
                del self._own[next(iter(self._own))]
            self._own[key] = str(about.get("user")) if about.get("is_im") else None
        return self._own[key]


async def _nothing(reason: str, _question: str) -> Handed:
    return _without(reason, UNAVAILABLE)


def _without(reason: str, note: str) -> Handed:
    logger.warning("a personal search failed", extra={"reason": reason})
    return Handed(notes=(note,))
