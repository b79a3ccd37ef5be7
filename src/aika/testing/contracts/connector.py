"""What every connector must do.

Inherit from `ConnectorContract` and give it a fixture ``place``: the thing that the connector reads, which a test can change.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Protocol

import pytest

from aika.domain.access import EVERYONE
from aika.domain.documents import RawDocument
from aika.domain.errors import TransientError, UnreadableDocumentError
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found, Members, Removed
from aika.protocols import Connector

_PRINCIPAL = re.compile(r"[a-z][a-z0-9_.-]*:\S(?:.*\S)?")
_PERSON = re.compile(r"user:[^\s@A-Z]+@[^\s@A-Z]+")
_COMPANYS_OWN = ("user:", "group:")
"""People and the company's own groups: another source may tell who they are."""


class Place(Protocol):
    """Where the connector's documents are. Each operation is complete, and old enough to be seen, when it returns."""

    async def add(self, name: str, text: str) -> str:
        """Make a document; return the key under which the connector finds it."""
        ...

    async def change(self, key: str, text: str) -> None: ...

    async def remove(self, key: str) -> None: ...

    async def spoil(self, key: str) -> None:
        """Make a document unreadable that goes on to exist: too large, or without permission."""
        ...

    def connect(self) -> AbstractAsyncContextManager[Connector]:
        """Open a connector that reads this place."""
        ...


class ConnectorContract:
    @pytest.fixture
    async def place(self) -> Place:
        raise NotImplementedError("give the suite a fixture called place")

    async def test_a_full_listing_finds_everything_and_ends_with_a_complete_checkpoint(self, place: Place) -> None:
        keys = {await place.add("one", "alpha"), await place.add("two", "beta")}

        events = await listed(place)

        assert {event.key for event in events if isinstance(event, Found)} == keys
        assert isinstance(events[-1], Checkpoint)
        assert events[-1].complete

    async def test_an_empty_place_is_listed_completely(self, place: Place) -> None:
        events = await listed(place)

        assert [event for event in events if isinstance(event, Found | Failed)] == []
        assert isinstance(events[-1], Checkpoint)

    async def test_a_checkpoint_has_a_cursor_that_a_later_run_takes(self, place: Place) -> None:
        await place.add("one", "alpha")
        cursor = checkpoint(await listed(place)).cursor

        events = await listed(place, since=cursor)

        assert isinstance(events[-1], Checkpoint)

    async def test_an_unknown_cursor_means_everything(self, place: Place) -> None:
        key = await place.add("one", "alpha")

        events = await listed(place, since=Cursor("a cursor of another connector"))

        assert found(events, key).key == key

    async def test_keys_are_unique(self, place: Place) -> None:
        for name in ("one", "two", "three"):
            await place.add(name, "the same text")

        keys = [event.key for event in await listed(place) if isinstance(event, Found | Failed)]

        assert len(keys) == len(set(keys)) == 3

    async def test_keys_can_be_stored(self, place: Place) -> None:
        key = await place.add("Größe und Maß – 数", "alpha")

        event = found(await listed(place), key)

        assert event.key.encode("utf-8").decode("utf-8") == key

    async def test_loading_after_the_listing_gives_the_content_and_a_name(self, place: Place) -> None:
        key = await place.add("one", "alpha beta")

        raw = await loaded(place, key)

        assert "alpha beta" in raw.content.decode("utf-8")
        assert raw.key == key
        assert raw.path
        assert raw.modified_at is None or raw.modified_at.tzinfo is not None

    async def test_what_did_not_change_keeps_its_version(self, place: Place) -> None:
        key = await place.add("one", "alpha")
        before = found(await listed(place), key).version
        await place.add("two", "beta")

        after = found(await listed(place), key).version

        assert after == before

    async def test_a_change_gives_a_new_version_and_the_new_content(self, place: Place) -> None:
        key = await place.add("one", "alpha")
        before = found(await listed(place), key).version

        # Of the same length, because size alone must not decide.
        await place.change(key, "omega")

        assert found(await listed(place), key).version != before
        assert "omega" in (await loaded(place, key)).content.decode("utf-8")

    async def test_a_removed_document_is_not_listed_again(self, place: Place) -> None:
        gone, kept = await place.add("one", "alpha"), await place.add("two", "beta")
        before = await listed(place)
        await place.remove(gone)

        events = await listed(place, since=checkpoint(before).cursor)

        tells = any(isinstance(event, Removed) and event.key == gone for event in events)
        listing = {event.key for event in events if isinstance(event, Found)}
        assert gone not in listing
        assert tells or (checkpoint(events).complete and kept in listing)

    async def test_a_document_that_vanishes_before_it_is_loaded_is_its_own_failure(self, place: Place) -> None:
        key = await place.add("one", "alpha")
        async with place.connect() as connector:
            events = [event async for event in connector.read(None)]
            await place.remove(key)

            with pytest.raises((UnreadableDocumentError, TransientError)):
                await found(events, key).load()

    async def test_one_unreadable_document_is_one_failure_and_the_others_are_read(self, place: Place) -> None:
        bad, good = await place.add("one", "alpha"), await place.add("two", "beta")
        await place.spoil(bad)

        async with place.connect() as connector:
            events = [event async for event in connector.read(None)]
            failures = [event.key for event in events if isinstance(event, Failed)]
            failures += [event.key for event in events if isinstance(event, Found) and await _fails(event)]

        assert failures == [bad]
        assert "beta" in (await loaded(place, good)).content.decode("utf-8")
        assert isinstance(events[-1], Checkpoint)

    async def test_a_listing_can_be_left_in_the_middle_and_begun_again(self, place: Place) -> None:
        keys = {await place.add(str(number), "alpha") for number in range(5)}

        async with place.connect() as connector:
            async with aclosing(_generator(connector)) as events:
                await anext(events)
            again = [event async for event in connector.read(None)]

        assert {event.key for event in again if isinstance(event, Found)} == keys

    async def test_a_cancelled_listing_ends_at_once_and_leaves_nothing_behind(self, place: Place) -> None:
        key = await place.add("one", "alpha")
        begun = asyncio.Event()

        async def read_forever() -> None:
            async with place.connect() as connector:
                while True:
                    begun.set()
                    async for _ in connector.read(None):
                        pass
                    # A connector in memory never waits, and would never hear that it is cancelled.
                    await asyncio.sleep(0)

        task = asyncio.create_task(read_forever())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert found(await listed(place), key).key == key

    async def test_two_readers_see_the_same(self, place: Place) -> None:
        await place.add("one", "alpha")

        first, second = await asyncio.gather(listed(place), listed(place))

        assert versions(first) == versions(second)

    async def test_readers_and_members_are_well_formed_principals(self, place: Place) -> None:
        await place.add("one", "alpha")

        principals = await named_principals(place)

        assert [name for name in principals if not is_well_formed(name)] == []

    async def test_each_group_that_may_read_is_listed_or_said_to_have_failed(self, place: Place) -> None:
        for name in ("one", "two"):
            await place.add(name, "alpha")

        events = await listed(place)

        told = {event.group for event in events if isinstance(event, Members)}
        told |= {PrincipalId(event.key) for event in events if isinstance(event, Failed)}
        groups = {name for name in await reader_principals(place) if needs_members(name)}
        assert groups <= told or not checkpoint(events).complete

    async def test_a_group_is_told_once_and_is_not_its_own_member(self, place: Place) -> None:
        await place.add("one", "alpha")

        told = [event for event in await listed(place) if isinstance(event, Members)]

        assert len({event.group for event in told}) == len(told)
        assert [event.group for event in told if event.group in event.members] == []


def is_well_formed(principal: str) -> bool:
    """Return whether this is ``everyone``, ``user:`` with an e-mail address in lower case, or ``kind:name``."""
    if principal == EVERYONE:
        return True
    return bool((_PERSON if principal.startswith("user:") else _PRINCIPAL).fullmatch(principal))


def needs_members(principal: str) -> bool:
    """Return whether only this source can say who is in it."""
    return principal != EVERYONE and not principal.startswith(_COMPANYS_OWN)


async def reader_principals(place: Place) -> set[PrincipalId]:
    """Return every principal that a document of the place names as its reader."""
    async with place.connect() as connector:
        events = [event async for event in connector.read(None)]
        raws = [await event.load() for event in events if isinstance(event, Found)]
    return {reader for raw in raws for reader in raw.readers or ()}


async def named_principals(place: Place) -> set[PrincipalId]:
    """Return every principal that the place names: readers, groups and members."""
    told = [event for event in await listed(place) if isinstance(event, Members)]
    groups = {event.group for event in told}
    return (await reader_principals(place)).union(groups, *(event.members for event in told))


async def listed(place: Place, *, since: Cursor | None = None) -> list[Event]:
    """Return the events of one whole run."""
    async with place.connect() as connector:
        return [event async for event in connector.read(since)]


async def loaded(place: Place, key: str) -> RawDocument:
    """Return a document as a run finds and loads it."""
    async with place.connect() as connector:
        events = [event async for event in connector.read(None)]
        return await found(events, key).load()


def found(events: list[Event], key: str) -> Found:
    """Return the event that found the key. Fails where none did."""
    matching = [event for event in events if isinstance(event, Found) and event.key == key]
    assert matching, f"{key!r} was not found; there were {events}"
    return matching[0]


def versions(events: list[Event]) -> dict[str, str]:
    return {event.key: event.version for event in events if isinstance(event, Found)}


def checkpoint(events: list[Event]) -> Checkpoint:
    """Return the checkpoint that ends a run."""
    assert isinstance(events[-1], Checkpoint), f"a run ends with a checkpoint, not with {events[-1:]}"
    return events[-1]


async def _fails(event: Found) -> bool:
    try:
        await event.load()
    except UnreadableDocumentError:
        return True
    return False


async def _generator(connector: Connector) -> AsyncGenerator[Event]:
    async for event in connector.read(None):
        yield event
