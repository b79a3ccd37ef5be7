"""Slack's limits of requests, which a test switches on."""

from collections import defaultdict, deque

from slack_world.asking import Refused
from slack_world.methods import METHODS, TIERS
from slack_world.state import Clock, Options, Workspace

MINUTE = 60.0


class RateLimited(Refused):
    """Too many requests. The answer has the status 429 and says how long to wait."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("ratelimited")
        self.retry_after = max(1, round(retry_after))


class Limits:
    """Counts requests in windows of a minute, and messages in windows of a second."""

    def __init__(self, options: Options, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._times: dict[tuple[str, ...], deque[float]] = defaultdict(deque)

    def method(self, workspace: Workspace, name: str) -> None:
        tier = METHODS[name].tier
        if self._options.tiers and tier is not None:
            self._count((workspace.id, name), TIERS[tier], MINUTE)

    def special(self, workspace: Workspace, name: str, a_minute: int) -> None:
        if self._options.tiers:
            self._count((workspace.id, name), a_minute, MINUTE)

    def history(self, workspace: Workspace) -> None:
        """Apps from outside the directory read one page of a history or a thread a minute."""
        if not self._options.directory_app:
            self._count((workspace.id, "history"), 1, MINUTE)

    def message(self, workspace: Workspace, channel: str) -> None:
        if self._options.one_message_a_second:
            self._count((workspace.id, "message", channel), 1, 1.0)

    def _count(self, key: tuple[str, ...], most: int, seconds: float) -> None:
        now = self._clock.now()
        times = self._times[key]
        while times and times[0] <= now - seconds:
            times.popleft()
        if len(times) >= most:
            raise RateLimited(times[0] + seconds - now)
        times.append(now)
