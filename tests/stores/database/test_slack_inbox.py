"""The inbox of Slack's events, what was posted, and how far channels were read, on both engines."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aika.stores.database.database import Database
from aika.stores.database.inbox import Event, EventState, SqlInbox
from aika.stores.database.posts import Post
from aika.stores.database.slack_tokens import RotatedToken

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOLD = timedelta(seconds=30)


def make_event(key: str, *, lane: str = "", position: int = 0, team: str = "T1") -> Event:
    return Event(key, team, "message", lane or key, position, NOW, {"event": {"text": f"text of {key}"}})


async def claim(
    inbox: SqlInbox, *, holder: str = "one", limit: int = 10, now: datetime = NOW, teams: tuple[str, ...] = ("T1",)
) -> list[Event]:
    return await inbox.claim(teams=teams, limit=limit, holder=holder, now=now, until=now + HOLD)


def keys(events: list[Event]) -> list[str]:
    return [event.key for event in events]


class TestKeeping:
    async def test_an_event_comes_out_as_it_went_in(self, database: Database) -> None:
        event = replace(make_event("a"), body={"text": "nul \0 and half \ud83d"}, trace="00-1-2-01")

        await database.inbox.put_many([event])

        assert await claim(database.inbox) == [event]

    async def test_a_known_event_is_not_stored_again(self, database: Database) -> None:
        await database.inbox.put_many([make_event("a")])

        new = await database.inbox.put_many([make_event("a"), make_event("b"), make_event("b")])

        assert new == {"b"}

    async def test_an_event_that_is_done_is_known_and_its_text_gone(self, database: Database) -> None:
        await database.inbox.put_many([make_event("a")])
        await claim(database.inbox)

        await database.inbox.done(["a"])

        assert await database.inbox.put_many([make_event("a")]) == set()
        assert await claim(database.inbox, now=NOW + timedelta(days=1)) == []

    async def test_what_is_old_is_forgotten_unless_it_waits(self, database: Database) -> None:
        await database.inbox.put_many([make_event("done"), make_event("waits")])
        await database.inbox.done(["done"])

        assert await database.inbox.forget(before=NOW + timedelta(days=1)) == 1
        assert (await database.inbox.counts())[EventState.WAITING] == 1


class TestClaiming:
    async def test_an_event_is_claimed_by_one(self, database: Database) -> None:
        await database.inbox.put_many([make_event(f"{number:02}") for number in range(20)])

        claims = await asyncio.gather(*(claim(database.inbox, holder=f"h{n}", limit=4) for n in range(8)))

        claimed = sorted(event.key for events in claims for event in events)
        assert claimed == [f"{number:02}" for number in range(20)]

    async def test_events_of_a_lane_are_claimed_one_after_another_as_they_happened(self, database: Database) -> None:
        later, first = make_event("a", lane="x", position=2), make_event("b", lane="x", position=1)
        await database.inbox.put_many([later, first, make_event("c", lane="y", position=3)])

        begun = await claim(database.inbox)
        blocked = await claim(database.inbox)
        await database.inbox.done(["b"])

        assert (keys(begun), keys(blocked), keys(await claim(database.inbox))) == (["b", "c"], [], ["a"])

    async def test_an_event_of_a_lane_waits_for_one_that_is_worked_on_though_it_happened_before(
        self, database: Database
    ) -> None:
        await database.inbox.put_many([make_event("late", lane="x", position=2)])
        await claim(database.inbox)
        await database.inbox.put_many([make_event("early", lane="x", position=1)])

        assert await claim(database.inbox, holder="two") == []

    async def test_what_a_dead_process_held_is_free_when_its_time_has_run_out(self, database: Database) -> None:
        await database.inbox.put_many([make_event("a")])
        await claim(database.inbox, holder="dead")

        assert await claim(database.inbox, holder="two", now=NOW + timedelta(seconds=29)) == []
        assert keys(await claim(database.inbox, holder="two", now=NOW + timedelta(seconds=31))) == ["a"]

    async def test_a_claim_can_be_renewed_by_its_holder_only(self, database: Database) -> None:
        await database.inbox.put_many([make_event("a"), make_event("b")])
        await claim(database.inbox, limit=1)

        later = NOW + timedelta(seconds=60)
        mine = await database.inbox.hold(["a", "b"], holder="one", until=later)
        others = await database.inbox.hold(["a"], holder="two", until=later)

        assert (mine, others) == ({"a"}, set())
        assert keys(await claim(database.inbox, holder="two", now=NOW + timedelta(seconds=31))) == ["b"]

    async def test_a_process_in_the_place_of_a_dead_one_takes_its_events_over_at_once(self, database: Database) -> None:
        await database.inbox.put_many([make_event("a")])
        await claim(database.inbox, holder="one")

        assert await database.inbox.take_over("one") == 1
        [event] = await claim(database.inbox, holder="one")

        assert event.tries == 1

    async def test_events_of_other_teams_are_left_to_others(self, database: Database) -> None:
        await database.inbox.put_many([make_event("a", team="T2")])

        assert await claim(database.inbox) == []


class TestTryingAgain:
    async def test_an_event_is_tried_again_when_it_is_time(self, database: Database) -> None:
        await database.inbox.put_many([make_event("a")])
        [event] = await claim(database.inbox)

        left = replace(event, tries=1, finished=frozenset({"asking"}), reason="Slack is down")
        await database.inbox.again(left, at=NOW + timedelta(seconds=5), holder="one")

        assert await claim(database.inbox, now=NOW + timedelta(seconds=4)) == []
        [again] = await claim(database.inbox, now=NOW + timedelta(seconds=6))
        assert (again.tries, again.finished, again.reason) == (1, frozenset({"asking"}), "Slack is down")

    async def test_what_is_given_up_can_be_seen_and_revived(self, database: Database) -> None:
        await database.inbox.put_many([make_event("a", lane="x"), make_event("b", lane="x", position=1)])
        [event] = await claim(database.inbox)

        await database.inbox.give_up(replace(event, reason="no scope"), at=NOW, holder="one")

        assert [(dead.key, dead.reason) for dead in await database.inbox.dead()] == [("a", "no scope")]
        assert keys(await claim(database.inbox)) == ["b"]
        await database.inbox.done(["b"])
        assert await database.inbox.revive(at=NOW) == 1
        assert keys(await claim(database.inbox)) == ["a"]

    async def test_who_lost_an_event_cannot_change_it(self, database: Database) -> None:
        await database.inbox.put_many([make_event("a")])
        [event] = await claim(database.inbox, holder="slow")
        await claim(database.inbox, holder="two", now=NOW + timedelta(seconds=31))

        await database.inbox.give_up(event, at=NOW, holder="slow")

        assert (await database.inbox.counts())[EventState.DEAD] == 0


class TestPosts:
    async def test_a_key_is_begun_once(self, database: Database) -> None:
        post = Post("key", "C1", "1.0", None, "one", NOW)

        assert await database.posts.begin(post) is None
        assert await database.posts.begin(replace(post, holder="two")) == post

    async def test_what_was_posted_is_found_and_not_withdrawn(self, database: Database) -> None:
        await database.posts.begin(Post("key", "U1", None, None, "one", NOW))
        await database.posts.finish("key", channel="D1", ts="2.0")

        await database.posts.withdraw("key")

        found = await database.posts.find("key")
        assert found is not None
        assert (found.channel, found.ts) == ("D1", "2.0")

    async def test_what_was_not_posted_can_be_begun_again(self, database: Database) -> None:
        post = Post("key", "C1", None, None, "one", NOW)
        await database.posts.begin(post)

        await database.posts.withdraw("key")

        assert await database.posts.begin(post) is None


class TestTokensAndChannels:
    async def test_the_last_token_counts(self, database: Database) -> None:
        first = RotatedToken("xoxe.xoxb-1", "xoxe-1", NOW, "origin")
        second = replace(first, access_token="xoxe.xoxb-2")
        await database.slack_tokens.keep("acme", first, now=NOW)
        await database.slack_tokens.keep("acme", second, now=NOW)

        assert await database.slack_tokens.find("acme") == second
        assert await database.slack_tokens.find("other") is None
        assert "xoxe" not in repr(second)

    async def test_how_far_a_channel_was_read_never_goes_back(self, database: Database) -> None:
        await database.read_channels.advance("T1", {"C1": "1700000100.000000", "C2": "1700000000.000000"})
        await database.read_channels.advance("T1", {"C1": "1700000050.000000", "C2": "1700000200.000000"})

        assert await database.read_channels.read_until("T1") == {"C1": "1700000100.000000", "C2": "1700000200.000000"}
