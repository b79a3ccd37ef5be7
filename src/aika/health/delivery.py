"""Sending digests: when they are due, once each, through crashes and failures.

A digest is recorded as being sent before it is handed over, and as sent after. A process that dies in between leaves it
unknown whether it arrived: it is not sent again, since a digest too few costs less than one too many, and what it told is
counted as open in the next one.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aika.domain.digests import Digest, DigestRecord, DigestState, Every, Medium, UncertainDeliveryError
from aika.domain.errors import ConfigurationError, NotFoundError, PermanentError, TransientError
from aika.domain.findings import Finding, FindingState
from aika.domain.identifiers import FindingId, random_id
from aika.health.digests import Addressed, DigestComposer, Told
from aika.health.digests_preferences import Preferences, addressee, contacts_of
from aika.protocols import Clock, Courier, DigestLog, Findings

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
"""Between two tries of a digest that could not be sent."""
ABANDONED_AFTER = timedelta(minutes=30)
"""Longer than any courier takes: whoever was sending it is dead."""
_MOST_FINDINGS = 10_000
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Pending:
    """What an owner would be sent."""

    owner: str
    every: Every
    digest: Digest | None
    """``None`` where nothing is new, and where it cannot be sent."""
    last: DigestRecord | None
    problem: str = ""
    """Why it cannot be sent, and what to do."""


@dataclass(slots=True)
class DigestSender:
    """Sends owners what is new about their documents. `look` sends what is due."""

    findings: Findings
    log: DigestLog
    composer: DigestComposer
    couriers: Mapping[Medium, Courier]
    preferences: Preferences
    clock: Clock
    _looked_for: frozenset[datetime | None] = field(default=frozenset(), init=False)

    async def look(self) -> list[DigestRecord]:
        """Send what is due, and return what was tried. One owner's failure keeps no other from theirs."""
        now = self.clock.now()
        await self._give_up_on_abandoned(now)
        # What was resolved and opens again is news.
        await self.log.forget_resolved()
        moments = frozenset(self.preferences.schedule.latest(every, now) for every in Every)
        waiting = await self.log.in_state(DigestState.WAITING)
        if moments == self._looked_for and not any(_is_time(record, now) for record in waiting):
            return []
        tried = []
        for owner, findings in sorted((await self._by_owner()).items()):
            occasion = self.preferences.schedule.latest(self.preferences.how_often(owner), now)
            if occasion is not None and await self._is_due(owner, occasion, now):
                record = await self._send(owner, findings, occasion, until=occasion)
                tried += [] if record is None else [record]
        self._looked_for = moments
        return tried

    async def send_now(self, owner: str) -> DigestRecord | None:
        """Send an owner everything that is new, whatever they chose; return ``None`` where nothing is.

        Raises `NotFoundError` where nobody of this name has findings, and `ConfigurationError` where they cannot be reached.
        """
        name, findings = self._of(owner, await self._by_owner())
        self._addressed(name, findings)
        now = self.clock.now()
        return await self._send(name, findings, now, until=now)

    async def preview(self, owner: str | None = None) -> list[Pending]:
        """Return what owners would be sent now, by name. Raises `NotFoundError` where nobody of this name has findings."""
        everyone = await self._by_owner()
        if owner is not None:
            everyone = dict([self._of(owner, everyone)])
        return [await self._pending(name, findings) for name, findings in sorted(everyone.items())]

    async def _pending(self, owner: str, findings: Sequence[Finding]) -> Pending:
        every, last = self.preferences.how_often(owner), await self.log.last(owner)
        try:
            addressed = self._addressed(owner, findings)
        except ConfigurationError as error:
            return Pending(owner, every, None, last, problem=str(error))
        now = self.clock.now()
        told = Told(await self.log.told(owner), now)
        digest = await self.composer.compose("preview", addressed, findings, told, now=now)
        failed = last is not None and last.state in {DigestState.FAILED, DigestState.WAITING, DigestState.UNCERTAIN}
        return Pending(owner, every, digest, last, problem=last.reason if last is not None and failed else "")

    async def _is_due(self, owner: str, occasion: datetime, now: datetime) -> bool:
        record = await self.log.of_owner(owner, occasion=occasion)
        return record is None or (record.state is DigestState.WAITING and _is_time(record, now))

    async def _send(
        self, owner: str, findings: Sequence[Finding], occasion: datetime, *, until: datetime
    ) -> DigestRecord | None:
        now = self.clock.now()
        try:
            addressed = self._addressed(owner, findings)
        except ConfigurationError as error:
            logger.warning("an owner cannot be sent digests", extra={"reason": str(error)})
            return None
        told = Told(await self.log.told(owner), until)
        digest = await self.composer.compose(random_id(), addressed, findings, told, now=now)
        if digest is None:
            return None
        record = DigestRecord(
            id=digest.id,
            owner=owner,
            occasion=occasion,
            recipient=digest.recipient,
            state=DigestState.SENDING,
            findings=tuple(entry.finding for entry in digest.entries),
            begun_at=now,
        )
        # Before it leaves: a crash after this line may lose a digest, and never sends one twice.
        if not await self.log.claim(record):
            return None
        return await self._deliver(digest, occasion)

    async def _deliver(self, digest: Digest, occasion: datetime) -> DigestRecord | None:
        state, reason, retry_at = DigestState.SENT, "", None
        try:
            await self.couriers[digest.recipient.medium].deliver(digest)
        except TransientError as error:
            claimed = await self.log.of_owner(digest.owner, occasion=occasion)
            pause = _pause(1 if claimed is None else claimed.tries, error.retry_after)
            state, reason, retry_at = DigestState.WAITING, str(error), self.clock.now() + pause
        except PermanentError as error:
            state, reason = DigestState.FAILED, str(error)
        except UncertainDeliveryError as error:
            state, reason = DigestState.UNCERTAIN, str(error)
        await self.log.settle(digest.id, state, reason=reason, retry_at=retry_at)
        if reason:
            logger.warning("a digest was not sent", extra={"digest": digest.id, "state": state.value, "reason": reason})
        return await self.log.of_owner(digest.owner, occasion=occasion)

    async def _give_up_on_abandoned(self, now: datetime) -> None:
        for record in await self.log.in_state(DigestState.SENDING):
            if now - record.begun_at >= ABANDONED_AFTER:
                reason = "aika stopped while it was sent: whether it arrived is unknown, and it is not sent again"
                await self.log.settle(record.id, DigestState.UNCERTAIN, reason=reason)
                logger.warning("a digest may not have been sent", extra={"digest": record.id, "reason": reason})

    async def _by_owner(self) -> dict[str, list[Finding]]:
        """Return what nobody has dealt with by whom it concerns, what cost the most people first."""
        found: defaultdict[str, list[Finding]] = defaultdict(list)
        names: dict[str, str] = {}
        for finding in await self._listed(FindingState.OPEN, FindingState.ACCEPTED):
            owner = addressee(finding)
            if owner is not None and owner.strip():
                found[names.setdefault(" ".join(owner.split()).casefold(), owner.strip())].append(finding)
        return dict(found)

    async def _listed(self, *states: FindingState) -> list[Finding]:
        found: dict[FindingId, Finding] = {}
        for offset in range(0, _MOST_FINDINGS, _BATCH):
            batch = await self.findings.listing(states=states, limit=_BATCH, offset=offset)
            found |= {finding.id: finding for finding in batch}
            if len(batch) < _BATCH:
                break
        return list(found.values())

    def _of(self, owner: str, everyone: Mapping[str, list[Finding]]) -> tuple[str, list[Finding]]:
        wanted = " ".join(owner.split()).casefold()
        for name, findings in everyone.items():
            if " ".join(name.split()).casefold() == wanted:
                return name, findings
        known = ", ".join(sorted(everyone)) or "none"
        raise NotFoundError(f"no owner called {owner!r} has open findings (known: {known})")

    def _addressed(self, owner: str, findings: Sequence[Finding]) -> Addressed:
        preferences = self.preferences
        recipient = preferences.recipient(owner, contacts_of(owner, findings))
        return Addressed(owner, recipient, preferences.how_often(owner))


def _is_time(record: DigestRecord, now: datetime) -> bool:
    return record.retry_at is None or record.retry_at <= now


def _pause(tries: int, retry_after: float | None) -> timedelta:
    """Return how long to wait: twice as long after each try, and at least as long as the other side asked."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(tries - 1, 10)))
    return pause if retry_after is None else max(pause, timedelta(seconds=retry_after))
