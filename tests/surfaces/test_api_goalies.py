"""``/v1/goalies``: who looks after which, what waits for them, and what they decide."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest_asyncio
from served_application import connected

from aika.application.aika import Aika
from aika.application.goalie_replays import keep_replay
from aika.domain.access import Scope
from aika.domain.goalies import ChannelMessage, Place
from aika.domain.identifiers import GoalieId
from aika.goalie.replay_kept import KeptReplay, ReplayAbout
from aika.goalie.thresholds import Outcome, Share
from aika.testing.desk import MemoryDesk

HUMAN, STRANGER = "user:ada@example.org", "user:ben@example.org"
FILE = """\
channel: "#ask-payments"   # since May
mode: live
thresholds: {medium: 0, high: 1}
humans: [ada@example.org]
"""
QUESTION = "How do I roll back the checkout service?"


@asynccontextmanager
async def as_principals(aika: Aika, *principals: str) -> AsyncIterator[httpx.AsyncClient]:
    _, secret = await aika.create_key("a key", principals=principals, sources=None)
    async with connected(aika, secret) as http:
        yield http


@pytest_asyncio.fixture
async def asked(aika: Aika) -> Aika:
    """The application with a goalie that proposes all that it can answer, and one question that waits."""
    folder = aika.settings.base_dir / "goalies"
    folder.mkdir()
    (folder / "ask-payments.yaml").write_text(FILE, encoding="utf-8")
    aika.goalies.sit_down(MemoryDesk(scope=Scope.of([]), names={"U1": "Cleo"}))
    now = aika.clock.now()
    place, id_ = Place("T1", "C1"), f"{now.timestamp():.6f}"
    goalie = await aika.goalies.named("ask-payments")
    await aika.goalies.on_message(goalie, ChannelMessage(place, id_, id_, "U1", QUESTION, now))
    await aika.goalies.finish()
    return aika


async def queue(http: httpx.AsyncClient) -> list[dict[str, Any]]:
    reply = await http.get("/v1/goalies/queue")
    assert reply.status_code == 200, reply.text
    cases: list[dict[str, Any]] = reply.json()["cases"]
    return cases


def verdict(case: dict[str, Any]) -> str:
    return f"/v1/goalies/{case['goalie']}/cases/{case['id']}/verdict"


async def test_a_human_goalie_decides_and_everybody_else_is_told_of_nothing(asked: Aika) -> None:
    async with as_principals(asked, HUMAN) as human, as_principals(asked, STRANGER) as stranger:
        [case] = await queue(human)
        others = [
            (await stranger.get("/v1/goalies/ask-payments")).status_code,
            (await stranger.get("/v1/goalies/ask-payments/cases")).status_code,
            (await stranger.get("/v1/goalies/ask-payments/replay")).status_code,
            (await stranger.post(verdict(case), json={"ruling": "accept"})).status_code,
        ]
        empty = await human.post(verdict(case), json={"ruling": "edit", "text": " "})
        accepted = await human.post(verdict(case), json={"ruling": "accept"})

        assert (case["question"], case["asked_by"]) == (QUESTION, "Cleo")
        assert [one["document"]["key"] for one in case["proposal"]["citations"]] == ["deploy.md"]
        assert others == [404] * 4
        assert (await stranger.get("/v1/goalies")).json() == {"goalies": [], "errors": {}}
        assert await queue(stranger) == []
        assert empty.status_code == 422
        assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
        assert await queue(human) == []


async def test_two_who_decide_do_not_collide(asked: Aika, http: httpx.AsyncClient) -> None:
    async with as_principals(asked, HUMAN) as human:
        [case] = await queue(human)
        await human.post(verdict(case), json={"ruling": "reject", "reason": "It is wrong"})

        second = await http.post(verdict(case), json={"ruling": "accept"})
        listed = (await human.get("/v1/goalies/ask-payments/cases")).json()["cases"]

    assert second.status_code == 409
    assert second.json()["detail"] == "ada@example.org was first: the answer is rejected already"
    assert (listed[0]["state"], listed[0]["decided_by"], listed[0]["reason"]) == (
        "rejected",
        "ada@example.org",
        "It is wrong",
    )


async def test_thresholds_are_chosen_on_a_replay_and_written_by_administrators(
    asked: Aika, http: httpx.AsyncClient
) -> None:
    path = "/v1/goalies/ask-payments"
    none = (await http.get(f"{path}/replay")).json()
    keep_replay(asked.settings, make_replay())
    shown = (await http.get(f"{path}/replay?precision=0.8")).json()["replay"]
    detail = (await http.get(path)).json()
    body = {"medium": 0.3, "high": 0.85, "file_version": detail["file_version"]}
    async with as_principals(asked, HUMAN) as human:
        refused = await human.put(f"{path}/thresholds", json=body)
        seen = (await human.get(path)).json()
    changed = await http.put(f"{path}/thresholds", json=body)
    late = await http.put(f"{path}/thresholds", json=body)

    assert none == {"replay": None, "command": "aika goalie replay goalies/ask-payments.yaml"}
    assert (shown["replayed"], shown["curve"][50]["count"], shown["now"]["answered"]["count"]) == (60, 30, 0)
    assert (refused.status_code, seen["editable"], seen["file"]) == (403, False, "")
    assert (changed.status_code, changed.json()["high"]) == (200, 0.85)
    assert late.status_code == 409
    written = (asked.settings.base_dir / "goalies" / "ask-payments.yaml").read_text()
    assert written == FILE.replace("medium: 0, high: 1", "medium: 0.3, high: 0.85")


def make_replay() -> KeptReplay:
    at = datetime(2026, 5, 4, tzinfo=UTC)
    return KeptReplay(
        goalie=GoalieId("ask-payments"),
        about=ReplayAbout("ask-payments", "current", None, None, at),
        messages=200,
        questions=60,
        answered=60,
        first_at=at,
        last_at=at,
        outcomes=tuple(Outcome(f"C1:{n}", n / 60, n % 3 > 0) for n in range(60)),
        people=Share(50, 100),
        others=Share(5, 100),
        pairs=100,
    )
