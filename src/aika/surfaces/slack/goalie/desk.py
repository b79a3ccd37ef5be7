"""Where goalies speak in Slack. Each post has a key, so that what is repeated is posted once."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aika.delivery.slack_elements import Element, escaped, rich, section, text
from aika.domain.answers import Abstention, Answer
from aika.domain.errors import AikaError, PermanentError
from aika.domain.goalies import Case, CaseState, ChannelMessage, Goalie, Listeners, Place, Posted
from aika.forms.slack import SlackSettings
from aika.protocols import Clock
from aika.surfaces.slack.audience import Audiences
from aika.surfaces.slack.elements import cleaned
from aika.surfaces.slack.failures import SlackRefusedError, called
from aika.surfaces.slack.goalie import proposals
from aika.surfaces.slack.goalie.deciders import Decider, decider_of, name_or_nothing
from aika.surfaces.slack.goalie.listening import Hearing
from aika.surfaces.slack.goalie.places import Places
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.posting import Poster
from aika.surfaces.slack.rendering import Rendered, answer_blocks, fallback, markdown_blocks
from aika.surfaces.slack.workspaces import Workspace, Workspaces

_LOOK_SECONDS = 5.0
"""How long a look into a thread may take. Apps that Slack limits to a look a minute go on with what events told."""
_NO_LOOKS_FOR = timedelta(minutes=10)
_PAGE = 100
_GONE = frozenset({"message_not_found", "channel_not_found", "cant_update_message", "thread_not_found"})

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class SlackDesk:
    """Posts for goalies: in threads, to human goalies, to log channels and to owners."""

    workspaces: Workspaces
    poster: Poster
    audiences: Audiences
    people: People
    places: Places
    hearing: Hearing
    settings: SlackSettings
    clock: Clock
    _blind_until: dict[str, datetime] = field(default_factory=dict)

    async def listeners(self, place: Place) -> Listeners:
        workspace = self._workspace(place.workspace)
        audience = await self.audiences.of_channel(workspace.client, place.workspace, place.channel, fresh=True)
        if audience.closed:
            raise PermanentError(audience.closed)
        return Listeners(audience.scope, audience.asker_people)

    async def thread(self, place: Place, root: str) -> Sequence[ChannelMessage] | None:
        workspace, now = self._workspace(place.workspace), self.clock.now()
        blind = self._blind_until.get(workspace.name)
        if blind is not None and now < blind:
            return None
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                reply = await called(
                    workspace.client.conversations_replies(channel=place.channel, ts=root, limit=_PAGE),
                    "a look at a thread",
                )
                messages = reply.get("messages") or ()
                return [await self.hearing.message(workspace, place.channel, one) for one in messages]
        except SlackRefusedError as error:
            return [] if error.code in _GONE else None
        except (TimeoutError, AikaError):
            self._blind_until[workspace.name] = now + _NO_LOOKS_FOR
            logger.info("threads are not looked at for a while", extra={"workspace": workspace.name})
            return None

    # In the channel

    async def answer(self, goalie: Goalie, case: Case, outcome: Answer) -> Posted:
        told = answer_blocks(outcome, style=self.settings.confidence, now=self.clock.now())
        return await self._in_thread(goalie, case, told, checked=False)

    async def answered(self, case: Case) -> Posted | None:
        return case.posted or await self.poster.posted(_answer_key(case))

    async def post_final(self, goalie: Goalie, case: Case, outcome: Answer) -> Posted:
        if case.state is CaseState.EDITED:
            told = markdown_blocks(case.final, citations=outcome.citations)
        else:
            told = answer_blocks(outcome, style="none", now=self.clock.now())
        return await self._in_thread(goalie, case, told, checked=True)

    async def retract(self, goalie: Goalie, case: Case) -> None:
        posted = await self.answered(case)
        if posted is not None:
            await self.poster.delete(self._workspace(case.place.workspace).client, posted)

    async def remind(self, goalie: Goalie, case: Case, words: str) -> None:
        workspace = self._workspace(case.place.workspace)
        elements: list[Element] = [text(cleaned(words))]
        if goalie.waiting is not None and goalie.waiting.tell_humans:
            for user in await self._humans(workspace, goalie):
                elements += [text(" "), {"type": "user", "user_id": user}]
        blocks = [rich([section(*elements)])]
        await self.poster.post(
            workspace.client,
            f"goalie:{case.id}:reminder",
            case.place.channel,
            blocks=blocks,
            text=escaped(cleaned(words)),
            thread=case.root,
        )

    async def _in_thread(self, goalie: Goalie, case: Case, told: Rendered, *, checked: bool) -> Posted:
        workspace = self._workspace(case.place.workspace)
        shown = proposals.answer(goalie, case, told, reach=await self._reach(workspace, goalie), checked=checked)
        return await self.poster.post(
            workspace.client,
            _answer_key(case),
            case.place.channel,
            blocks=shown.blocks,
            text=shown.text,
            thread=case.root,
        )

    async def _reach(self, workspace: Workspace, goalie: Goalie) -> list[Element]:
        """Return how to reach a human. Their names are only told: a mention would call them with every answer."""
        if goalie.reach:
            return [text(cleaned(goalie.reach))]
        people = [
            await self.people.person(workspace.client, workspace.team, user)
            for user in await self._humans(workspace, goalie)
        ]
        names = ", ".join(cleaned(person.name) for person in people)
        return [text(f"To reach a human, write here and name {names}." if names else "To reach a human, write here.")]

    # To the human goalies

    async def propose(self, goalie: Goalie, case: Case, outcome: Answer) -> Sequence[Posted]:
        workspace = self._workspace(case.place.workspace)
        shown = proposals.proposal(
            goalie, case, outcome, asked_at=address(workspace, case.place.channel, case.message), now=self.clock.now()
        )
        posted = []
        for target in await self._targets(workspace, goalie):
            if not await self.may_read(workspace, target, outcome):
                logger.info("a human goalie may not read a draft", extra={"goalie": goalie.id})
                continue
            key = _proposal_key(case, case.round, target)
            one = await self.poster.post(workspace.client, key, target, blocks=shown.blocks, text=shown.text)
            posted.append(one)
        return posted

    async def settle(self, goalie: Goalie, case: Case) -> None:
        workspace = self._workspace(case.place.workspace)
        decider = Decider(None, "Somebody")
        if case.decided_by:
            decider = await decider_of(workspace, self.places, self.people, case.decided_by)
        for posted, target in (await self._proposals(workspace, goalie, case)).items():
            mine = target == decider.account or target.startswith(("C", "G"))
            accepted = case.state in {CaseState.ACCEPTED, CaseState.EDITED}
            shown = proposals.settled(
                goalie,
                case,
                asked_at=address(workspace, case.place.channel, case.message),
                who=decider.name,
                keep=accepted and mine and goalie.keep_in is not None,
            )
            try:
                await self.poster.update(workspace.client, posted, blocks=shown.blocks, text=shown.text)
            except SlackRefusedError as error:
                if error.code not in _GONE:
                    raise

    async def _proposals(self, workspace: Workspace, goalie: Goalie, case: Case) -> dict[Posted, str]:
        """Return the case's proposals with whom each was shown to; those too that were posted and not recorded."""
        found = dict.fromkeys(case.proposals, "")
        for target in await self._targets(workspace, goalie):
            for round_ in {case.round, max(case.round - 1, 0)}:
                posted = await self.poster.posted(_proposal_key(case, round_, target))
                # Those of the question as it was before were settled when it was edited.
                if posted is not None and (posted in found or round_ == case.round or case.state is CaseState.WAITING):
                    found[posted] = target
        return found

    async def _targets(self, workspace: Workspace, goalie: Goalie) -> list[str]:
        if goalie.humans_channel is not None:
            return [await self.places.channel(workspace, goalie.humans_channel)]
        return await self._humans(workspace, goalie)

    async def _humans(self, workspace: Workspace, goalie: Goalie) -> list[str]:
        found = [await self.places.user(workspace, human) for human in goalie.humans]
        return [user for user in found if user is not None]

    async def may_read(self, workspace: Workspace, target: str, outcome: Answer | Abstention) -> bool:
        """Return whether a person, or everybody in a channel, may read what an outcome was made of."""
        client, team = workspace.client, workspace.team
        if target.startswith(("C", "G")):
            audience = await self.audiences.of_channel(client, team, target, fresh=True)
        else:
            audience = await self.audiences.of_person(client, team, target)
        return not audience.closed and await self.audiences.admits(audience, outcome)

    # Elsewhere

    async def name_of(self, place: Place, person: str) -> str:
        workspace = self.workspaces.of_team(place.workspace)
        return "" if workspace is None else await name_or_nothing(workspace, self.places, self.people, person)

    def address_of(self, place: Place, message: str) -> str:
        workspace = self.workspaces.of_team(place.workspace)
        return "" if workspace is None else address(workspace, place.channel, message)

    async def log(self, goalie: Goalie, case: Case, outcome: Answer | Abstention) -> None:
        if goalie.log_channel is None:
            return
        workspace = self._workspace(case.place.workspace)
        channel = await self.places.channel(workspace, goalie.log_channel)
        asked_at = address(workspace, case.place.channel, case.message)
        shown = proposals.logged(goalie, case, outcome, asked_at=asked_at, now=self.clock.now())
        if not await self.may_read(workspace, channel, outcome):
            shown = proposals.unreadable_log(goalie, case, asked_at=asked_at)
        key = f"goalie:{case.id}:log:{case.round}"
        await self.poster.post(workspace.client, key, channel, blocks=shown.blocks, text=shown.text)

    async def tell_owners(self, goalie: Goalie, words: str, *, key: str) -> None:
        workspace = self.workspaces.named(goalie.workspace)
        if workspace is None or not workspace.is_known:
            raise PermanentError(f"the goalie {goalie.id!r} names a workspace that aika is not connected to")
        shown = markdown_blocks(words)
        if goalie.owners_channel is not None:
            targets = [await self.places.channel(workspace, goalie.owners_channel)]
        else:
            targets = await self._humans(workspace, goalie)
        for target in targets:
            whole = f"goalie:{goalie.id}:{key}:{target}"
            await self.poster.post(
                workspace.client, whole, target, blocks=shown.blocks, text=shown.text or fallback(shown.blocks)
            )

    def _workspace(self, team: str) -> Workspace:
        workspace = self.workspaces.of_team(team)
        if workspace is None:
            raise PermanentError(f"aika is not connected to the Slack workspace {team}")
        return workspace


def address(workspace: Workspace, channel: str, ts: str) -> str:
    """Return where a message can be read, empty where the workspace's address is not known."""
    if not workspace.url:
        return ""
    return f"{workspace.url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"


def _answer_key(case: Case) -> str:
    return f"goalie:{case.id}:answer"


def _proposal_key(case: Case, round_: int, target: str) -> str:
    return f"goalie:{case.id}:proposal:{round_}:{target}"
