"""Writes into channels as fast as asked, and counts what an app makes of it: what is lost, what comes twice, how late."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from slack_world.delivering import Delivery
from slack_world.payloads import as_typed, rich_text_of
from slack_world.slack import Slack
from slack_world.state import Json, Workspace

QUESTIONS = (
    "How do I roll back the checkout service when the canary fails? It is build {number}.",
    "Where can I see the limits of the refund queue? I have case {number} here.",
    "Why does the cache answer with CACHE-104 after the restart of node {number}?",
    "Who may approve refunds above 500 euros, such as number {number}?",
)
CHATTER = (
    "Thanks, that worked for {number}.",
    "Deployed {number} to staging, all green.",
    "Lunch at twelve, table {number} is ours.",
    "FYI the meeting about {number} is moved to Thursday.",
)
SILENT = "goalie"
"""Who is there and writes nothing: a human goalie, whose messages are no questions."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written."""

    rate: float = 200.0
    """Messages a second."""
    seconds: float = 60.0
    questions: float = 0.1
    """The share of messages that are questions, 0..1."""
    mentions: float = 0.0
    """The share of messages that are questions put to the app itself, 0..1."""


@dataclass(slots=True)
class Load:
    """One run. Messages are written on time, however slow the app is."""

    slack: Slack
    workspace: Workspace
    plan: Plan
    asked: dict[tuple[str, str], str] = field(default_factory=dict)
    """Questions by channel and ts, and of which kind they are."""
    written: int = 0
    late: float = 0.0
    """By how many seconds a message was written too late at most: the counterpart's own slowness."""
    began: float = 0.0
    ended: float = 0.0
    _first: int = 0

    async def run(self) -> None:
        channels = [channel for channel in self.workspace.channels.values() if channel.kind == "public"]
        people = [person.id for person in self.workspace.people.values() if not person.bot and person.name != SILENT]
        self._first = len(self.slack.courier.log)
        self.began = time.perf_counter()
        for number in range(round(self.plan.rate * self.plan.seconds)):
            due = self.began + number / self.plan.rate
            now = time.perf_counter()
            self.late = max(self.late, now - due)
            if due > now:
                await asyncio.sleep(due - now)
            kind = self._kind(number)
            text = as_typed(self._text(kind, number))
            channel = channels[number % len(channels)]
            # Another stride than the channels', so that nobody talks to themselves for a minute.
            author = people[number * 31 % len(people)]
            content = {"text": text, "blocks": rich_text_of(text)}
            posted = await self.slack.post(self.workspace, channel, author, content)
            self.written += 1
            if kind != "chatter":
                self.asked[channel.id, posted["ts"]] = kind
        self.ended = time.perf_counter()

    def _kind(self, number: int) -> str:
        """Spread the kinds evenly, so that each run has the same ones at the same times."""
        place = (number * 0.618_033_988_75) % 1.0
        if place < self.plan.mentions:
            return "mention"
        return "question" if place < self.plan.mentions + self.plan.questions else "chatter"

    def _text(self, kind: str, number: int) -> str:
        texts = CHATTER if kind == "chatter" else QUESTIONS
        text = texts[number % len(texts)].format(number=number)
        return f"<@{self.workspace.bot_user}> {text}" if kind == "mention" else text

    def report(self) -> Json:
        """Say how it stands now."""
        deliveries = self.slack.courier.log[self._first :]
        answers = self._answers()
        missing = dict.fromkeys(("question", "mention"), 0)
        twice = dict(missing)
        for place, kind in self.asked.items():
            missing[kind] += answers[place] == 0
            twice[kind] += answers[place] > 1
        return {
            "running": not self.ended,
            "seconds": (self.ended or time.perf_counter()) - self.began,
            "written": self.written,
            "late": self.late,
            "asked": dict(Counter(self.asked.values())),
            "unanswered": missing,
            "answered_twice": twice,
            "calls": dict(Counter(call.method for call in self.slack.calls)),
            "refused": dict(
                Counter(
                    f"{call.method}: {call.answer.get('error')}" for call in self.slack.calls if not call.answer["ok"]
                )
            ),
            **_acknowledgements(deliveries),
        }

    def _answers(self) -> Counter[tuple[str, str]]:
        ours = self.workspace.bot_user
        return Counter(
            (channel, thread)
            for (channel, _), extra in self.workspace.extras.items()
            if extra["author"] == ours and (thread := extra.get("thread_ts"))
        )


def _acknowledgements(deliveries: Sequence[Delivery]) -> Json:
    times = sorted(seconds for delivery in deliveries for seconds in delivery.acknowledged_after[:1])
    return {
        "events": len(deliveries),
        "unacknowledged": sum(not delivery.acknowledged for delivery in deliveries),
        "redelivered": sum(delivery.attempts > 1 for delivery in deliveries),
        "acknowledged_ms": {name: _at(times, share) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))},
    }


def _at(times: Sequence[float], share: float) -> float:
    return round(times[min(len(times) - 1, int(len(times) * share))] * 1000, 1) if times else 0.0
