"""What people press on goalies' messages: accept, edit, reject, see more, keep, and whether an answer helped.

What must be shown at once (a form) is opened in the acknowledgement; what it leads to is done from the inbox, and may be done
again after a crash with the same outcome.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from aika.application.goalie_clicks import Person, Ruled, Standing
from aika.application.goalies import Goalies
from aika.domain.errors import AikaError, TransientError
from aika.domain.goalies import Ruling
from aika.domain.identifiers import CaseId
from aika.protocols import Clock
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.failures import SlackRefusedError, called
from aika.surfaces.slack.goalie import proposals
from aika.surfaces.slack.goalie.desk import SlackDesk
from aika.surfaces.slack.hearing import Click, read
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.publishing import answer_to, plainly

logger = logging.getLogger(__name__)


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Option(_Wire):
    value: str = ""


class _Field(_Wire):
    value: str | None = None
    selected_option: _Option | None = None


class _State(_Wire):
    values: Mapping[str, Mapping[str, _Field]] = Field(default={})


class _View(_Wire):
    private_metadata: str = ""
    state: _State = _State()

    def written(self, block: str) -> str:
        return next((one.value or "" for one in self.state.values.get(block, {}).values()), "").strip()

    def chosen(self, block: str) -> str:
        options = (one.selected_option for one in self.state.values.get(block, {}).values())
        return next((option.value for option in options if option is not None), "")


class _User(_Wire):
    id: str


class _Submission(_Wire):
    user: _User
    view: _View


class _About(_Wire):
    """What a form is about: the case, and where its sender can be told something."""

    case: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Deciding:
    """Does what people press."""

    goalies: Goalies
    desk: SlackDesk
    people: People
    clock: Clock

    def register(self, dispatcher: Dispatcher) -> None:
        dispatcher.on(f"action:{proposals.ACCEPT}", self.on_accept)
        dispatcher.at_once(f"action:{proposals.EDIT}", self.open_edit)
        dispatcher.at_once(f"action:{proposals.REJECT}", self.open_reject)
        dispatcher.at_once(f"action:{proposals.MORE}", self.open_more)
        dispatcher.on(f"action:{proposals.MORE}", self.fill_more)
        dispatcher.at_once(f"view:{proposals.EDIT_FORM}", self.check_edit)
        dispatcher.on(f"view:{proposals.EDIT_FORM}", self.on_edit)
        dispatcher.on(f"view:{proposals.REJECT_FORM}", self.on_reject)
        dispatcher.on(f"action:{proposals.KEEP}", self.on_keep)
        dispatcher.on(f"action:{proposals.HELPED}", self.on_helped)
        dispatcher.on(f"action:{proposals.NOT_HELPED}", self.on_not_helped)

    # Decisions

    async def on_accept(self, received: Received) -> None:
        click = read(Click, received.body)
        await self._decide(received, CaseId(click.action.value), Ruling.ACCEPT, click.user.id, url=click.response_url)

    async def on_edit(self, received: Received) -> None:
        sent, about = _sent(received)
        words = sent.view.written(proposals.WORDS)
        await self._decide(received, CaseId(about.case), Ruling.EDIT, sent.user.id, words=words, url=about.url)

    async def on_reject(self, received: Received) -> None:
        sent, about = _sent(received)
        chosen, written = sent.view.chosen(proposals.REASON), sent.view.written(proposals.REASON_WORDS)
        words = proposals.reason_of(chosen, written)
        await self._decide(received, CaseId(about.case), Ruling.REJECT, sent.user.id, words=words, url=about.url)

    async def _decide(
        self, received: Received, case: CaseId, ruling: Ruling, user: str, *, words: str = "", url: str | None = None
    ) -> None:
        person = await self._person(received, user)
        ruled = await self.goalies.decide(case, ruling, by=person, words=words)
        if ruled.standing is not Standing.DONE:
            await self._tell(url, await self._why_not(received, ruled))

    async def _why_not(self, received: Received, ruled: Ruled) -> str:
        """Return why a click did not count, for whoever clicked."""
        channel = "this channel" if ruled.goalie is None else f"#{ruled.goalie.channel}"
        match ruled.standing:
            case Standing.REFUSED:
                return f"Only the human goalies of {channel} decide about this. They are named in the goalie's file."
            case Standing.TAKEN:
                case = ruled.case
                if case is None:
                    return "Somebody else has decided about this already."
                who = await self.desk.name_of(case.place, case.decided_by) or "Somebody else"
                return f"{who} was faster: the answer is {case.state.value} already."
            case Standing.WITHDRAWN:
                why = ruled.case.reason if ruled.case is not None else ""
                return f"There is nothing left to decide{f': {why}' if why else ''}."
            case _:
                return "There is no goalie for this any more, so that nothing was done. You can still answer in the thread."

    # Forms

    async def open_edit(self, received: Received) -> None:
        click, ruled = await self._allowed(received)
        if ruled.standing is not Standing.DONE or ruled.case is None:
            await self._open(received, click, await self._notice(received, ruled))
            return
        await self._open(
            received, click, proposals.edit_form(ruled.case.id, ruled.case.draft, _about(click, ruled.case.id))
        )

    async def open_reject(self, received: Received) -> None:
        click, ruled = await self._allowed(received)
        if ruled.standing is not Standing.DONE or ruled.case is None:
            await self._open(received, click, await self._notice(received, ruled))
            return
        await self._open(received, click, proposals.reject_form(_about(click, ruled.case.id)))

    async def check_edit(self, received: Received) -> Mapping[str, object] | None:
        sent, _ = _sent(received)
        if sent.view.written(proposals.WORDS):
            return None
        errors = {proposals.WORDS: "Write the answer, or close this and reject the proposal."}
        return {"response_action": "errors", "errors": errors}

    async def open_more(self, received: Received) -> None:
        """Open the view at once: what is in it takes longer to look up than Slack lends the right to open one."""
        click = read(Click, received.body)
        view = {**proposals.notice("The draft", "I am looking it up…"), "external_id": _external(received)}
        await self._open(received, click, view)

    async def fill_more(self, received: Received) -> None:
        click = read(Click, received.body)
        ruled = await self.goalies.may_decide(CaseId(click.action.value), await self._person(received, click.user.id))
        if ruled.standing in {Standing.REFUSED, Standing.REMOVED} or ruled.case is None or ruled.goalie is None:
            view = await self._notice(received, ruled)
        else:
            listeners = await self.desk.listeners(ruled.case.place)
            outcome = await self.goalies.memory.answer(ruled.goalie, ruled.case, listeners)
            if outcome is not None and not await self.desk.may_read(received.workspace, click.user.id, outcome):
                outcome = None
            view = proposals.more_view(ruled.case, outcome, now=self.clock.now())
        try:
            call = received.workspace.client.views_update(external_id=_external(received), view=view)
            await called(call, "an update of a view")
        except SlackRefusedError as error:
            # They closed it, or it was never opened: nobody looks at it.
            logger.info("a view could not be filled", extra={"code": error.code})

    # What else is pressed

    async def on_keep(self, received: Received) -> None:
        click = read(Click, received.body)
        try:
            case = await self.goalies.keep(CaseId(click.action.value), by=await self._person(received, click.user.id))
        except TransientError:
            raise
        except AikaError as error:
            await self._tell(click.response_url, f"It is not kept: {error}.")
            return
        goalie = (await self.goalies.current()).named(case.goalie)
        if goalie is not None:
            await self.desk.settle(goalie, case)

    async def on_helped(self, received: Received) -> None:
        await self._rate(received, helped=True)

    async def on_not_helped(self, received: Received) -> None:
        await self._rate(received, helped=False)

    async def _rate(self, received: Received, *, helped: bool) -> None:
        click = read(Click, received.body)
        person = Person(click.user.id)
        try:
            await self.goalies.rate(CaseId(click.action.value), person, helped=helped)
        except TransientError:
            raise
        except AikaError as error:
            await self._tell(click.response_url, f"{error}.")
            return
        thanks = "Thank you. A human goalie can see how often answers do not help." if not helped else "Thank you."
        await self._tell(click.response_url, thanks)

    async def _allowed(self, received: Received) -> tuple[Click, Ruled]:
        click = read(Click, received.body)
        person = await self._person(received, click.user.id)
        return click, await self.goalies.may_decide(CaseId(click.action.value), person)

    async def _notice(self, received: Received, ruled: Ruled) -> dict[str, object]:
        return proposals.notice("Nothing to do", await self._why_not(received, ruled))

    async def _person(self, received: Received, user: str) -> Person:
        person = await self.people.person(received.workspace.client, received.team, user)
        return Person(user, person.email or "")

    async def _open(self, received: Received, click: Click, view: Mapping[str, object]) -> None:
        try:
            await called(received.workspace.client.views_open(trigger_id=click.trigger_id, view=dict(view)), "a form")
        except SlackRefusedError as error:
            logger.info("a form could not be opened", extra={"code": error.code})

    async def _tell(self, url: str | None, words: str) -> None:
        """Tell whoever pressed something, and nobody else."""
        if not url:
            return
        try:
            await answer_to(url, plainly(words), replace=False)
        except SlackRefusedError as error:
            # Slack takes answers for half an hour: what was decided stands all the same.
            logger.info("somebody could not be told what came of their click", extra={"code": error.code})


def _sent(received: Received) -> tuple[_Submission, _About]:
    sent = read(_Submission, received.body)
    try:
        about = json.loads(sent.view.private_metadata or "{}")
    except ValueError:
        about = {}
    return sent, read(_About, about)


def _about(click: Click, case: CaseId) -> str:
    return json.dumps({"case": case, "url": click.response_url or ""})


def _external(received: Received) -> str:
    # Slack takes 255 characters, of which a key may have more.
    return received.key[-200:]
