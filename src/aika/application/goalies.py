"""The goalies at work: what surfaces tell them of channels, what people decide, and what is due by itself."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Protocol

from aika.application.goalie_clicks import Person, Ruled, Standing, is_human_goalie
from aika.application.goalie_files import DeclaredGoalies
from aika.application.goalie_keeping import DocumentKeeper
from aika.application.goalie_reports import Reports
from aika.domain.errors import AccessDeniedError, AikaError, ConflictError, NotFoundError
from aika.domain.goalies import (
    AuthorKind,
    Case,
    CaseState,
    ChannelMessage,
    Goalie,
    Mode,
    Place,
    QuestionJudgment,
    Ruling,
)
from aika.domain.identifiers import CaseId, GoalieId
from aika.goalie import keeping
from aika.goalie.ports import Cases, Desk, Judge, Memory
from aika.goalie.recent import RecentMessages
from aika.goalie.working import CaseWork, reply_of, updated
from aika.protocols import Clock
from aika.telemetry.goalies import GoalieTelemetry

POLL_SECONDS = 1.0
"""How often it is looked for what is due. New messages are looked at without waiting for it."""
AT_A_TIME = 4
"""Cases that a process works on at once."""
REMEMBERED = timedelta(days=400)
"""After this a case is forgotten: more than a year, so that this month can be compared with that of last year."""
_LOOK_SECONDS = 60.0
_AFTER_A_FAULT = timedelta(minutes=10)
_LOOKED_AT = 100
_FORGET_EVERY = timedelta(hours=6)

logger = logging.getLogger(__name__)


class GoalieFiles(Protocol):
    """Reads the files that declare goalies."""

    async def current(self) -> DeclaredGoalies: ...


@dataclass(slots=True)
class Goalies:
    """Watches channels for their teams. A surface tells it what is written there and lends it a desk to speak at.

    Everything that it is told may be told again, late, or in another order: each message is handled once.
    """

    folder: GoalieFiles
    cases: Cases
    memory: Memory
    judge: Judge
    reports: Reports
    keeper: DocumentKeeper
    clock: Clock
    holder: str
    """The name of this process, which it has again when it starts again."""
    telemetry: GoalieTelemetry
    desk: Desk | None = None
    """``None`` while no surface is there: nothing is said then."""
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    _work: CaseWork | None = None
    _running: dict[CaseId, asyncio.Task[None]] = field(default_factory=dict)
    _recent: RecentMessages = field(default_factory=RecentMessages)

    async def current(self) -> DeclaredGoalies:
        """Return the goalies as their files are now."""
        return await self.folder.current()

    async def named(self, id: str) -> Goalie:
        """Raise `NotFoundError` where no file declares it."""
        declared = await self.current()
        goalie = declared.named(GoalieId(id))
        if goalie is None:
            known = ", ".join(one.id for one in declared.goalies) or "none"
            raise NotFoundError(f"there is no goalie {id!r} (known: {known})")
        return goalie

    # What is written in channels

    async def on_message(
        self, goalie: Goalie, message: ChannelMessage, thread: Sequence[ChannelMessage] = ()
    ) -> Case | None:
        """Take in a new message of a goalie's channel. It is answered in the background.

        ``thread`` holds the messages before it, where it is in a thread and they are known. Returns its case; ``None`` where it
        is nothing that a goalie looks at.
        """
        if message.in_thread:
            await self._hear(goalie, message)
            if not goalie.questions.follow_ups:
                return None
        return await self._see(goalie, message, thread)

    async def on_reply(
        self, goalie: Goalie, message: ChannelMessage, thread: Sequence[ChannelMessage] = ()
    ) -> Case | None:
        """Take in a message within a thread: a human who answers first has the goalie's proposal withdrawn."""
        return await self.on_message(goalie, message, thread)

    async def on_edit(
        self, goalie: Goalie, message: ChannelMessage, thread: Sequence[ChannelMessage] = ()
    ) -> Case | None:
        """Take in a message as its author has changed it. It is judged again if nothing was said to it."""
        case = await self.cases.of_message(message.place, message.id)
        if case is None:
            if message.in_thread and not goalie.questions.follow_ups:
                return None
            return await self._see(goalie, message, thread)
        asked, judgment = await self._judge(goalie, message, thread)
        now = self.clock.now()
        after = await updated(self.cases, case.id, lambda it: keeping.reworded(goalie, it, asked, judgment, now))
        self.wake()
        return after

    async def on_delete(self, goalie: Goalie, place: Place, message: str) -> Case:
        """Take in that a message is gone: what was proposed is withdrawn, what was answered retracted."""
        now = self.clock.now()
        if await self.cases.open(gone := keeping.never_seen(goalie.id, place, message, now)):
            return gone
        after = await updated(self.cases, gone.id, lambda it: keeping.deleted(it, now))
        self.wake()
        return after

    async def _hear(self, goalie: Goalie, message: ChannelMessage) -> None:
        reply, now = reply_of(message), self.clock.now()
        # First: whoever opens the thread's case after this finds it, and whoever did before is told below.
        await self.cases.heard(reply)
        for case in await self.cases.of_thread(message.place, message.root):
            await updated(self.cases, case.id, lambda it: keeping.replied(goalie, it, reply, message.text, now))
        self.wake()

    async def _see(self, goalie: Goalie, message: ChannelMessage, thread: Sequence[ChannelMessage]) -> Case | None:
        if goalie.mode is Mode.OFF or message.kind is not AuthorKind.PERSON or message.to_aika:
            return None
        known = await self.cases.of_message(message.place, message.id)
        if known is None:
            asked, judgment = await self._judge(goalie, message, thread)
            case = keeping.opened(goalie, asked, judgment, self.clock.now())
            known = replace(case, trace=self.telemetry.here())
            if await self.cases.open(known):
                self.telemetry.became(goalie.id, known.state.value)
            else:
                known = await self.cases.of_message(message.place, message.id)
        self.wake()
        return known

    async def _judge(
        self, goalie: Goalie, message: ChannelMessage, thread: Sequence[ChannelMessage]
    ) -> tuple[ChannelMessage, QuestionJudgment]:
        """Return the message, with what is asked together with it in its text, and whether it is a question."""
        before = () if message.in_thread else self._recent.before(message)
        judgment = await asyncio.to_thread(self.judge.judge, goalie, message, thread, before=before)
        if not message.in_thread:
            self._recent.add(message)
        together = self.judge.asked_together(message, before) if before else (message,)
        if len(together) == 1:
            return message, judgment
        if judgment.is_question:
            return replace(message, text="\n".join(one.text for one in together)), judgment
        if await self._goes_on(goalie, message, together[:-1]):
            return message, judgment
        # What it belongs to is answered already, or was no question: it has to stand for itself.
        return message, await asyncio.to_thread(self.judge.judge, goalie, message, thread)

    async def _goes_on(self, goalie: Goalie, message: ChannelMessage, earlier: Sequence[ChannelMessage]) -> bool:
        """Put a message that goes on with a question to that question, if it waits to be asked; return whether it did."""
        now = self.clock.now()
        for one in reversed(earlier):
            case = await self.cases.of_message(one.place, one.id)
            if case is not None and case.state is CaseState.WAITING:
                after = await updated(self.cases, case.id, lambda it: keeping.extended(goalie, it, message.text, now))
                return after.state is CaseState.WAITING
        return False

    # What people decide

    async def case(self, id: CaseId) -> Case | None:
        return await self.cases.get(id)

    async def may_decide(self, id: CaseId, by: Person) -> Ruled:
        """Return whether somebody may decide about a proposal now: `Standing.DONE` says yes."""
        case = await self.cases.get(id)
        goalie = None if case is None else (await self.current()).named(case.goalie)
        if case is None or goalie is None:
            return Ruled(Standing.REMOVED, case, goalie)
        if not is_human_goalie(goalie, by):
            return Ruled(Standing.REFUSED, case, goalie)
        # What was only said in the log channel was proposed to nobody.
        if case.state is CaseState.PROPOSED and not case.shadow:
            return Ruled(Standing.DONE, case, goalie)
        taken = case.decided_by and case.state is not CaseState.WITHDRAWN
        return Ruled(Standing.TAKEN if taken else Standing.WITHDRAWN, case, goalie)

    async def decide(self, id: CaseId, ruling: Ruling, *, by: Person, words: str = "") -> Ruled:
        """Accept, edit or reject a proposal. ``words`` are the text to post of an edit, or why it was rejected.

        Of several who decide at once, the first one does; what then follows happens in the background.
        """
        while True:
            allowed = await self.may_decide(id, by)
            case, goalie = allowed.case, allowed.goalie
            if allowed.standing is not Standing.DONE or case is None or goalie is None:
                same = case is not None and (case.state, case.decided_by) == (keeping.state_of(ruling), by.id)
                return replace(allowed, standing=Standing.DONE) if same else allowed
            after = keeping.ruled(goalie, case, ruling, by.id, words=words.strip(), now=self.clock.now())
            try:
                stored = await self.cases.change(after)
            except ConflictError:
                continue  # something happened to the case meanwhile: it is looked at again
            self.wake()
            return Ruled(Standing.DONE, stored, goalie)

    async def rate(self, id: CaseId, by: Person, *, helped: bool) -> Case:
        """Note whether an answer helped somebody. Raises `NotFoundError` where it was forgotten."""
        case = await self.cases.get(id)
        goalie = None if case is None else (await self.current()).named(case.goalie)
        if case is None or goalie is None:
            raise NotFoundError("it is no longer known what this answer was, so that it cannot be rated")
        now = self.clock.now()
        after = await updated(self.cases, id, lambda it: keeping.rated(goalie, it, by.id, helped=helped, now=now))
        self.wake()
        return after

    async def keep(self, id: CaseId, *, by: Person) -> Case:
        """Make an accepted answer a document of the source that the goalie names. Safe to repeat.

        Raises `NotFoundError`, `AccessDeniedError`, and `ConflictError` where it cannot be kept, with the reason.
        """
        allowed = await self.may_decide(id, by)
        case, goalie = allowed.case, allowed.goalie
        if case is None or goalie is None:
            raise NotFoundError("it is no longer known what this answer was, so that it cannot be kept")
        if allowed.standing is Standing.REFUSED:
            raise AccessDeniedError("only the human goalies of this channel keep answers as documents")
        if self.desk is None:
            raise ConflictError("aika is just starting: try again in a moment")
        if not case.kept:
            listeners = await self.desk.listeners(case.place)
            await self.keeper.keep(goalie, case, await self.memory.answer(goalie, case, listeners))
        return await updated(self.cases, id, lambda it: None if it.kept else replace(it, kept=True))

    # What is due by itself

    @asynccontextmanager
    async def at(self, desk: Desk) -> AsyncIterator[None]:
        """Speak at a desk while this is open, and do what is due."""
        self.sit_down(desk)
        running = asyncio.create_task(self._run(), name="goalies")
        try:
            yield
        finally:
            # What is cut off is taken up again, by this process or another.
            working = [running, *self._running.values()]
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
            self.desk = self._work = None

    def sit_down(self, desk: Desk) -> None:
        """Speak at a desk from now on. What is due is done when `finish` is called."""
        self.desk = desk
        self._work = CaseWork(self.cases, self.memory, desk, self.clock, self.holder)

    def wake(self) -> None:
        """Look at once for what is due."""
        self._awake.set()

    async def tick(self) -> int:
        """Begin with what is due now, as far as there is room; return how many cases that is. It goes on in the background."""
        if self._work is None:
            return 0
        room = AT_A_TIME - len(self._running)
        if room <= 0:
            return 0
        due = await self.cases.due(self.clock.now(), limit=_LOOKED_AT)
        free = [case for case in due if case.id not in self._running and self._is_free(case)][:room]
        declared = await self.current() if free else DeclaredGoalies()
        for case in free:
            task = asyncio.create_task(self._one(self._work, case, declared.named(case.goalie)))
            self._running[case.id] = task
            task.add_done_callback(partial(self._ended, case.id))
        return len(free)

    async def finish(self) -> None:
        """Do everything that is due now, and return when it is done."""
        while await self.tick() or self._running:
            await asyncio.gather(*self._running.values())

    def _is_free(self, case: Case) -> bool:
        return case.held_by in {"", self.holder} or case.held_until is None or case.held_until <= self.clock.now()

    def _ended(self, id: CaseId, _: asyncio.Task[None]) -> None:
        self._running.pop(id, None)
        self.wake()

    async def look(self) -> None:
        """Do what is due from time to time: reports, and telling owners that a goalie has grown quieter or louder."""
        if self.desk is None:
            return
        for goalie in (await self.current()).goalies:
            if goalie.mode is Mode.OFF:
                continue
            try:
                await self.reports.look(goalie, self.desk)
            except AikaError as error:
                fields = {"goalie": goalie.id, "reason": str(error)}
                logger.warning("a goalie could not tell its owners of itself, it tries again", extra=fields)

    async def forget(self) -> int:
        """Drop old cases with what was kept of them, unless people judged it; return how many."""
        old = await self.cases.forget(before=self.clock.now() - REMEMBERED)
        for case in old:
            if case.conversation is not None and not case.decided_by and not case.helped and not case.did_not_help:
                await self.memory.forget(case.goalie, case)
        return len(old)

    async def _one(self, work: CaseWork, case: Case, goalie: Goalie | None) -> None:
        try:
            with self.telemetry.working(case.goalie, case.state.value, case.trace):
                await work.work(case.id, goalie)
            after = await self.cases.get(case.id)
            if after is not None and after.state is not case.state:
                self.telemetry.became(case.goalie, after.state.value)
        except AikaError as error:
            logger.warning("a goalie's case failed, it goes on", extra={"reason": str(error)})
        except Exception:
            # The outermost loop of a case: one that breaks keeps the others from nothing. It is tried again later.
            logger.exception("a goalie's case failed")
            with suppress(AikaError):
                later = self.clock.now() + _AFTER_A_FAULT
                await updated(self.cases, case.id, lambda it: replace(it, due_at=later, tries=it.tries + 1))

    async def _run(self) -> None:
        looking = asyncio.create_task(self._look_for_ever(), name="reports of goalies")
        try:
            while True:
                self._awake.clear()
                begun = 0
                try:
                    begun = await self.tick()
                except AikaError as error:
                    logger.warning("looking after goalies failed, it goes on", extra={"reason": str(error)})
                if not begun:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def _look_for_ever(self) -> None:
        forgotten = None
        while True:
            try:
                await self.look()
                if forgotten is None or self.clock.now() - forgotten >= _FORGET_EVERY:
                    await self.forget()
                    forgotten = self.clock.now()
            except AikaError as error:
                logger.warning("looking after goalies failed, it goes on", extra={"reason": str(error)})
            await asyncio.sleep(_LOOK_SECONDS)
