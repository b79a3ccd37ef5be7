"""What goalies tell their owners of themselves, each thing once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aika.domain.goalies import Goalie
from aika.goalie.hours import last_report
from aika.goalie.noise import change_told
from aika.goalie.ports import Cases, Desk
from aika.goalie.reporting import WEEK, ChannelReport, Clusters, markdown_of, report_of
from aika.goalie.working import budget_of
from aika.protocols import Clock

_STALE = timedelta(days=2)
"""A report that is later than this, because nobody was running, is not sent any more."""
_REPORT = "report"
_LEVEL = "level"


@dataclass(frozen=True, slots=True)
class Reports:
    """Writes weekly reports, and says when a goalie has grown quieter or louder."""

    cases: Cases
    clusters: Clusters
    clock: Clock

    async def report(self, goalie: Goalie, *, since: datetime, until: datetime) -> ChannelReport:
        cases = await self.cases.listing(goalie.id, since=since, until=until)
        return await report_of(goalie, cases, since, until, self.clusters)

    async def week(self, goalie: Goalie, *, until: datetime | None = None) -> ChannelReport:
        """Return the report of the week that ends then; ``None`` is now."""
        end = until or self.clock.now()
        return await self.report(goalie, since=end - WEEK, until=end)

    async def look(self, goalie: Goalie, desk: Desk) -> None:
        """Tell the goalie's owners what there is to tell. Whoever repeats this says nothing twice."""
        await self._tell_level(goalie, desk)
        await self._tell_week(goalie, desk)

    async def _tell_level(self, goalie: Goalie, desk: Desk) -> None:
        now = self.clock.now()
        noted = await self.cases.noted(goalie.id, _LEVEL) or "0:0"
        level, _, told = noted.partition(":")
        budget = await budget_of(self.cases, goalie, now)
        text = change_told(goalie, int(level), budget)
        if text is None:
            return
        times = int(told) + 1
        await desk.tell_owners(goalie, text, key=f"{_LEVEL}:{times}")
        # Last, so that a crash before this line tells again under the same key, which is posted once.
        await self.cases.note(goalie.id, _LEVEL, f"{budget.level:d}:{times}", at=now)

    async def _tell_week(self, goalie: Goalie, desk: Desk) -> None:
        now = self.clock.now()
        due = last_report(goalie, now)
        if due is None or await self.cases.noted(goalie.id, _REPORT) == due.isoformat():
            return
        if now - due <= _STALE:
            report = await self.week(goalie, until=due)
            if report.messages:
                await desk.tell_owners(goalie, markdown_of(report), key=f"{_REPORT}:{due:%Y-%m-%d}")
        await self.cases.note(goalie.id, _REPORT, due.isoformat(), at=now)
