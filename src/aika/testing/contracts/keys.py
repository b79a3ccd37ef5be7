"""What every store of API keys must do."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aika.domain.errors import ConflictError
from aika.domain.identifiers import ApiKeyId, PrincipalId, SourceId
from aika.protocols import ApiKey, ApiKeys

CREATED = datetime(2026, 3, 1, 8, 0, 0, 123_456, tzinfo=UTC)


def make_key(
    name: str = "ci", *, sources: Collection[str] | None = None, admin: bool = False, after: int = 0
) -> ApiKey:
    return ApiKey(
        id=ApiKeyId(f"id of {name}"),
        name=name,
        principals=frozenset({PrincipalId("everyone"), PrincipalId(f"user:{name}")}),
        sources=None if sources is None else frozenset(SourceId(source) for source in sources),
        admin=admin,
        created_at=CREATED + timedelta(seconds=after),
    )


class ApiKeysContract:
    """Inherit from it and provide the fixture ``keys``: a new, empty one for each test."""

    @pytest.mark.parametrize("sources", [None, [], ["handbook", "wiki"]])
    async def test_a_key_is_found_by_its_hash_and_comes_back_whole(
        self, keys: ApiKeys, sources: list[str] | None
    ) -> None:
        key = make_key(sources=sources, admin=sources is None)

        await keys.add(key, secret_hash=b"\0hash\xff")

        assert await keys.find(b"\0hash\xff") == key
        assert await keys.find(b"\0hash") is None

    async def test_a_key_that_may_ask_for_others_comes_back_as_such(self, keys: ApiKeys) -> None:
        key = replace(make_key(), on_behalf=True)

        await keys.add(key, secret_hash=b"hash")

        assert await keys.find(b"hash") == key

    async def test_an_expired_key_is_still_found(self, keys: ApiKeys) -> None:
        key = ApiKey(ApiKeyId("old"), "old", frozenset(), None, False, CREATED, CREATED + timedelta(microseconds=1))

        await keys.add(key, secret_hash=b"hash")

        assert await keys.find(b"hash") == key

    async def test_keys_are_listed_oldest_first(self, keys: ApiKeys) -> None:
        await keys.add(make_key("second", after=2), secret_hash=b"2")
        await keys.add(make_key("first", after=1), secret_hash=b"1")

        assert [key.name for key in await keys.listing()] == ["first", "second"]

    async def test_a_deleted_key_is_not_found(self, keys: ApiKeys) -> None:
        await keys.add(make_key(), secret_hash=b"hash")

        await keys.delete(make_key().id)
        await keys.delete(ApiKeyId("never"))

        assert await keys.find(b"hash") is None
        assert await keys.listing() == []

    async def test_an_id_or_a_hash_is_not_given_twice(self, keys: ApiKeys) -> None:
        await keys.add(make_key("a"), secret_hash=b"a")

        with pytest.raises(ConflictError):
            await keys.add(make_key("a"), secret_hash=b"b")
        with pytest.raises(ConflictError):
            await keys.add(make_key("b"), secret_hash=b"a")
