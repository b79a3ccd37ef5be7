"""What every store of assistants must do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aika.domain.errors import ConflictError, NotFoundError
from aika.domain.identifiers import AssistantId, PrincipalId
from aika.protocols import AssistantRecord, AssistantStore

CREATED = datetime(2026, 3, 1, 8, 0, 0, 123_456, tzinfo=UTC)


def make_record(id: str = "one", *, definition: str = '{"name":"Backend"}', after: int = 0) -> AssistantRecord:
    created = CREATED + timedelta(seconds=after)
    return AssistantRecord(AssistantId(id), PrincipalId("user:ada@example.org"), definition, 1, created, created)


def changed(record: AssistantRecord, definition: str) -> AssistantRecord:
    """Return the next version."""
    later = record.changed_at + timedelta(hours=1)
    return replace(record, definition=definition, version=record.version + 1, changed_at=later)


class AssistantStoreContract:
    """Inherit from it and provide the fixture ``assistants``: a new, empty store for each test."""

    async def test_an_assistant_comes_back_as_it_was_written(self, assistants: AssistantStore) -> None:
        record = make_record(definition='{"name": "Ä \\u0000 \ud800"}')

        await assistants.add(record)

        assert await assistants.find(record.id) == record
        assert await assistants.find(AssistantId("One")) is None

    async def test_what_its_maker_wrote_comes_back_and_changes(self, assistants: AssistantStore) -> None:
        record = replace(make_record(), text="# Ours \u0000.\nname: Backend\n")
        await assistants.add(record)
        later = replace(changed(record, "{}"), text="name: Backend\n")

        await assistants.replace(later)

        assert await assistants.find(record.id) == later

    async def test_assistants_are_listed_oldest_first(self, assistants: AssistantStore) -> None:
        await assistants.add(make_record("second", after=2))
        await assistants.add(make_record("first", after=1))

        assert [record.id for record in await assistants.listing()] == ["first", "second"]

    async def test_an_id_is_not_given_twice(self, assistants: AssistantStore) -> None:
        await assistants.add(make_record())

        with pytest.raises(ConflictError):
            await assistants.add(make_record(definition="{}"))

    async def test_a_change_replaces_all_but_when_it_was_made(self, assistants: AssistantStore) -> None:
        record = make_record()
        await assistants.add(record)
        await assistants.add(make_record("other"))

        new = replace(changed(record, "{}"), owner=PrincipalId("group:payments"))
        await assistants.replace(replace(new, created_at=new.changed_at))

        assert await assistants.find(record.id) == new
        assert await assistants.find(AssistantId("other")) == make_record("other")

    async def test_of_two_changes_to_one_version_the_second_is_refused(self, assistants: AssistantStore) -> None:
        record = make_record()
        await assistants.add(record)
        await assistants.replace(changed(record, '"hers"'))

        with pytest.raises(ConflictError, match="version 2"):
            await assistants.replace(changed(record, '"his"'))
        with pytest.raises(ConflictError, match="version 2"):
            await assistants.delete(record.id, version=1)

        assert await assistants.find(record.id) == changed(record, '"hers"')

    async def test_a_deleted_assistant_is_gone(self, assistants: AssistantStore) -> None:
        await assistants.add(make_record())

        await assistants.delete(AssistantId("one"), version=1)

        assert await assistants.find(AssistantId("one")) is None
        assert await assistants.listing() == []

    async def test_what_is_not_there_is_neither_changed_nor_deleted(self, assistants: AssistantStore) -> None:
        with pytest.raises(NotFoundError):
            await assistants.replace(changed(make_record(), "{}"))
        with pytest.raises(NotFoundError):
            await assistants.delete(AssistantId("one"), version=1)
