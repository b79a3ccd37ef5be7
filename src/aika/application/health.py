"""What aika knows of its documents' health, and what people do about it."""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aika.domain.documents import Owner
from aika.domain.errors import AccessDeniedError, AikaError, ConflictError, NotFoundError
from aika.domain.findings import Complaint, Finding, FindingEvent, FindingKind, FindingState
from aika.domain.identifiers import DocumentId, FindingId, PrincipalId, SourceId
from aika.health.closing import Closer
from aika.health.examining import Examiner
from aika.health.examining_changes import ChangeExaminer
from aika.health.findings_access import Viewer, owner_words, seen_by
from aika.health.findings_wording import BY_HAND
from aika.protocols import Catalogue, Clock, Jobs
from aika.stores.database.database import Database

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How often it is looked for complaints, and for documents that changed under findings."""
MOST_LISTED = 10_000
"""Findings. More are more than anybody works off."""
_JOB = "health"
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are asked for. ``None`` leaves a thing open."""

    states: Collection[FindingState] | None = None
    kinds: Collection[FindingKind] | None = None
    documents: Collection[DocumentId] | None = None
    source: SourceId | None = None
    owner: str | None = None
    """By name or contact."""
    mine: bool = False
    """Only what the viewer is the owner of."""
    before: datetime | None = None
    """Only what was found before then."""

    def takes(self, finding: Finding, viewer: Viewer) -> bool:
        """Return whether a finding is asked for, as far as the store does not tell."""
        if self.mine and not viewer.owns(finding):
            return False
        if self.before is not None and finding.created_at >= self.before:
            return False
        return _is_of(finding, self.owner)


@dataclass(frozen=True, slots=True)
class Overview:
    """How many findings a viewer sees that nobody has dealt with."""

    open: int
    people: int
    """Who were cost an answer, summed over findings."""
    kinds: Mapping[FindingKind, int]
    owners: Mapping[str, int]
    sources: Mapping[SourceId, int]


@dataclass(slots=True)
class Health:
    """The loop back to the owners of documents: complaints become findings, and findings close when documents change."""

    database: Database
    jobs: Jobs
    clock: Clock
    examiner: Examiner
    comparer: ChangeExaminer
    closer: Closer
    look_seconds: float = LOOK_SECONDS
    _more: bool = True

    # What went wrong

    async def complain(self, complaint: Complaint, *, asker: PrincipalId | None = None) -> None:
        """Accept a complaint of an answer that is in no kept conversation. It is examined in the background, once.

        ``asker`` is counted and never shown. Kept answers need no complaint: those that abstain and those that are rated down
        are examined by themselves.
        """
        await self.database.complaints.add(complaint, asker=asker)

    async def look(self) -> tuple[int, list[Finding]]:
        """Examine what waits, compare what changed, and ask again what documents changed under.

        Returns how many complaints were examined, and the findings that were resolved or opened again.
        """
        examined = await self.examiner.examine()
        self._more = await self.comparer.examine()
        return examined, await self.closer.close()

    async def run(self) -> None:
        """Look whenever there may be something to do, until cancelled."""
        seen = -1
        while True:
            try:
                horizon = await self.closer.horizon()
                if self._more or horizon != seen or await self.database.complaints.count():
                    await self.jobs.wait(await self.jobs.submit(_JOB, "", key=_JOB))
                    seen = horizon
            except AikaError as error:
                logger.warning("looking after findings failed, it goes on", extra={"reason": str(error)})
            await asyncio.sleep(self.look_seconds)

    def accept_work(self) -> None:
        """Take on what an earlier process left unfinished. Of several processes, one looks at a time."""
        self.jobs.register(_JOB, self._job)

    async def _job(self, _: str) -> None:
        await self.look()

    # Findings

    async def listing(self, viewer: Viewer, wanted: Wanted, *, limit: int, offset: int = 0) -> list[Finding]:
        """Return what the viewer may see, what cost the most people first. ``offset`` counts what they see, and nothing else."""
        found: list[Finding] = []
        for start in range(0, MOST_LISTED, _BATCH):
            batch = await self.database.findings.listing(
                states=wanted.states,
                kinds=wanted.kinds,
                documents=wanted.documents,
                source=wanted.source,
                limit=_BATCH,
                offset=start,
            )
            seen = await seen_by(viewer, batch, self._catalogue)
            found += [finding for finding in seen if wanted.takes(finding, viewer)]
            if len(batch) < _BATCH or len(found) >= offset + limit:
                break
        return found[offset : offset + limit]

    async def finding(self, id: FindingId, viewer: Viewer) -> Finding:
        """Raise `NotFoundError` alike for what does not exist and what the viewer may not know of."""
        found = await self.database.findings.get(id)
        if found is None or not await seen_by(viewer, [found], self._catalogue):
            raise NotFoundError(f"there is no finding {id!r}")
        return found

    async def overview(self, viewer: Viewer) -> Overview:
        """Return how the documents stand that the viewer may read."""
        open_ones = Wanted(states=(FindingState.OPEN, FindingState.ACCEPTED))
        found = await self.listing(viewer, open_ones, limit=MOST_LISTED)
        return Overview(
            open=len(found),
            people=sum(finding.people for finding in found),
            kinds=Counter(finding.kind for finding in found),
            owners=Counter(finding.owner.name for finding in found if finding.owner is not None),
            sources=Counter(finding.source for finding in found if finding.source is not None),
        )

    # What people do about them. Each raises `NotFoundError`, `AccessDeniedError`, and `ConflictError` where somebody else
    # changed the finding since the version that the change was made to.

    async def accept(self, id: FindingId, viewer: Viewer, *, version: int, assignee: str = "") -> Finding:
        """Note that its owner will do something, and who."""
        finding = await self._own(id, viewer, version)
        assigned = assignee or finding.assignee
        return await self._change(finding, viewer, state=FindingState.ACCEPTED, assignee=assigned)

    async def assign(self, id: FindingId, viewer: Viewer, *, version: int, assignee: str) -> Finding:
        """Note who will do something. Its state stays."""
        return await self._change(await self._own(id, viewer, version), viewer, assignee=assignee)

    async def dismiss(self, id: FindingId, viewer: Viewer, *, version: int, reason: str) -> Finding:
        """Note why nothing has to change. The finding does not come back."""
        finding = await self._own(id, viewer, version)
        return await self._change(finding, viewer, state=FindingState.DISMISSED, note=reason)

    async def resolve(self, id: FindingId, viewer: Viewer, *, version: int, note: str = "") -> Finding:
        """Note that it is done. It opens again when somebody's question fails again."""
        finding = await self._own(id, viewer, version)
        return await self._change(finding, viewer, state=FindingState.RESOLVED, note=note or BY_HAND)

    async def history(self, id: FindingId, viewer: Viewer) -> list[FindingEvent]:
        """Return what happened to a finding, in order. Raises `NotFoundError`, as `finding` does."""
        finding = await self.finding(id, viewer)
        found = await self.database.finding_history.of([finding.id])
        return found.get(finding.id, [])

    async def histories(self, findings: Collection[Finding]) -> Mapping[FindingId, Sequence[FindingEvent]]:
        """Return what happened to each of the findings, which the caller may know of."""
        return await self.database.finding_history.of([finding.id for finding in findings])

    async def _own(self, id: FindingId, viewer: Viewer, version: int) -> Finding:
        finding = await self.finding(id, viewer)
        if not viewer.may_change(finding):
            raise AccessDeniedError("a finding is changed by the owner of its document and by administrators only")
        if finding.version != version:
            raise ConflictError(
                f"the finding {id!r} was changed meanwhile and is at version {finding.version}: read it again"
            )
        return finding

    async def _change(
        self,
        finding: Finding,
        viewer: Viewer,
        *,
        state: FindingState | None = None,
        assignee: str | None = None,
        note: str | None = None,
    ) -> Finding:
        return await self.database.findings.change(
            replace(
                finding,
                state=finding.state if state is None else state,
                assignee=finding.assignee if assignee is None else assignee,
                note=finding.note if note is None else note,
                changed_at=self.clock.now(),
            ),
            by=viewer.actor,
        )

    @property
    def _catalogue(self) -> Catalogue:
        return self.database.catalogue


def _is_of(finding: Finding, owner: str | None) -> bool:
    return owner is None or not owner_words(finding.owner).isdisjoint(owner_words(Owner(owner)))
