"""The proposals of all goalies that wait for somebody, for those who may decide about them.

The words of a question are those that its case keeps while it is looked after: nothing is fetched from the channel, and nothing
is kept for this that was not kept before. They are shown only with a proposal that waits, only to those who may decide about it,
and only if these may read every document that the proposal was made from.
"""

from dataclasses import dataclass

from aika.application.goalie_clicks import Person, Ruled, Standing, is_human_goalie
from aika.application.goalies import Goalies
from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.answers import Answer
from aika.domain.errors import AccessDeniedError, ConflictError, NotFoundError
from aika.domain.goalies import Case, CaseState, Goalie, Listeners, Ruling
from aika.domain.identifiers import CaseId, DocumentId, GoalieId
from aika.goalie.ports import Guide
from aika.protocols import Catalogue

_MOST_WAITING = 200
"""Proposals of one goalie. Whoever has more to decide about needs another threshold."""
_EVERYTHING = Listeners(UNRESTRICTED, ())


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who looks at proposals."""

    person: Person
    scope: Scope
    """What they may read."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal that nobody has decided about."""

    case: Case
    goalie: Goalie
    outcome: Answer
    address: str
    """Of the question in its channel, empty where it is not known."""
    asked_by: str
    """What its asker is called, empty where it is not known."""


@dataclass(frozen=True, slots=True)
class GoalieReview:
    """Shows what waits, and takes decisions."""

    goalies: Goalies
    catalogue: Catalogue

    async def mine(self, person: Person) -> list[Goalie]:
        """Return the goalies about whose proposals somebody may decide."""
        declared = await self.goalies.current()
        return [goalie for goalie in declared.goalies if is_human_goalie(goalie, person)]

    async def named(self, name: str, person: Person) -> Goalie:
        """Raise `NotFoundError` alike for a goalie that does not exist and one that is not theirs."""
        goalie = next((one for one in await self.mine(person) if one.id == GoalieId(name)), None)
        if goalie is None:
            raise NotFoundError(f"there is no goalie {name!r}, or you are not one of its human goalies")
        return goalie

    async def queue(self, reviewer: Reviewer, *, goalie: str | None = None) -> list[Waiting]:
        """Return what waits, the longest waiting first. What rests on documents that they may not read is not there."""
        found: list[Waiting] = []
        for one in await self.mine(reviewer.person):
            if goalie is not None and one.id != goalie:
                continue
            cases = await self.goalies.cases.listing(one.id, states=(CaseState.PROPOSED,), limit=_MOST_WAITING)
            shown = [await self._shown(one, case, reviewer) for case in cases]
            found += [waiting for waiting in shown if waiting is not None]
        return sorted(found, key=lambda waiting: (waiting.case.asked_at or waiting.case.seen_at, waiting.case.id))

    async def one(self, id: CaseId, reviewer: Reviewer) -> Waiting:
        """Raise `NotFoundError` for what they may not see, and `ConflictError` for what does not wait any more."""
        ruled = await self._allowed(id, reviewer)
        if ruled.standing is not Standing.DONE:
            raise ConflictError(await self.why_not(ruled))
        assert ruled.case is not None  # noqa: S101 - `_allowed` looks
        assert ruled.goalie is not None  # noqa: S101 - `_allowed` looks
        waiting = await self._shown(ruled.goalie, ruled.case, reviewer)
        if waiting is None:
            raise _unknown(id)
        return waiting

    async def decide(self, id: CaseId, ruling: Ruling, *, by: Reviewer, words: str = "") -> Case:
        """Accept, edit or reject a proposal, as a click in the channel does. ``words`` as `Goalies.decide` has them.

        Raises `NotFoundError` for what they may not see, and `ConflictError` that says who was first.
        """
        allowed = await self._allowed(id, by)
        if allowed.standing is Standing.DONE:
            assert allowed.case is not None  # noqa: S101 - `_allowed` looks
            assert allowed.goalie is not None  # noqa: S101 - `_allowed` looks
            if await self._readable(allowed.goalie, allowed.case, by.scope) is None:
                raise _unknown(id)
        ruled = await self.goalies.decide(id, ruling, by=by.person, words=words)
        if ruled.standing is Standing.REFUSED:
            raise AccessDeniedError("only the human goalies of this channel decide about its proposals")
        if ruled.standing is not Standing.DONE or ruled.case is None:
            raise ConflictError(await self.why_not(ruled))
        return ruled.case

    async def why_not(self, ruled: Ruled) -> str:
        """Return why a decision did not count."""
        case = ruled.case
        if ruled.standing is Standing.TAKEN and case is not None:
            who = await self.called(case, case.decided_by) or "Somebody else"
            return f"{who} was first: the answer is {case.state.value} already"
        if ruled.standing is Standing.WITHDRAWN and case is not None:
            return f"there is nothing left to decide{f': {case.reason}' if case.reason else ''}"
        return "there is no goalie for this any more"

    def address(self, case: Case) -> str:
        """Return where a case's message is in its channel, empty where nobody knows."""
        desk = self.goalies.desk
        return desk.address_of(case.place, case.message) if isinstance(desk, Guide) else ""

    async def called(self, case: Case, person: str) -> str:
        """Return what a person of a case is called, empty where nobody knows."""
        desk = self.goalies.desk
        name = await desk.name_of(case.place, person) if isinstance(desk, Guide) else ""
        if name or not person or person.isupper():
            return name  # an account of the workspace is called what the desk says, or nothing
        return person.removeprefix("user:") if person.startswith("user:") else "An administrator"

    async def _allowed(self, id: CaseId, reviewer: Reviewer) -> Ruled:
        ruled = await self.goalies.may_decide(id, reviewer.person)
        if ruled.standing in {Standing.REFUSED, Standing.REMOVED} or ruled.case is None or ruled.goalie is None:
            raise _unknown(id)
        return ruled

    async def _shown(self, goalie: Goalie, case: Case, reviewer: Reviewer) -> Waiting | None:
        if case.shadow:
            return None  # it was shown to nobody, and is nobody's to decide
        outcome = await self._readable(goalie, case, reviewer.scope)
        if outcome is None:
            return None
        return Waiting(case, goalie, outcome, self.address(case), await self.called(case, case.author))

    async def _readable(self, goalie: Goalie, case: Case, scope: Scope) -> Answer | None:
        """Return the proposal where the scope admits every document that it was made from: those that it does not cite too,
        since its confidence tells of them."""
        outcome = await self.goalies.memory.answer(goalie, case, _EVERYTHING)
        if outcome is None:
            return None
        named = _documents(outcome)
        return outcome if named <= await self.catalogue.admitted(named, scope=scope) else None


def _documents(outcome: Answer) -> frozenset[DocumentId]:
    cited = {citation.document.id for citation in outcome.citations}
    return frozenset(cited | {hit.chunk.document.id for hit in outcome.evidence})


def _unknown(id: CaseId) -> NotFoundError:
    return NotFoundError(f"there is no case {id!r} that you may decide about")
