"""An emulated bucket synced by the real syncer into a real catalogue and index.

Where the emulator deviates from S3: it checks no signatures, never expires a token, has no rate limit, ignores
``encoding-type`` and answers a HEAD of a missing object without a body. A gate before it refuses as S3 does.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from emulated.emulators import StartEmulator
from strict_s3 import error
from synced_source import SyncedSource, synced_source
from wire import Gate, rate_limited, served

from aika.domain.access import EVERYONE
from aika.domain.sources import SyncPhase

KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


class Bucket:
    def __init__(self, url: str) -> None:
        self._url = f"{url}/handbook"
        httpx.put(self._url).raise_for_status()

    def put(self, key: str, text: str) -> None:
        httpx.put(f"{self._url}/{key}", content=text).raise_for_status()

    def delete(self, key: str) -> None:
        httpx.delete(f"{self._url}/{key}").raise_for_status()


@pytest.fixture
def gate(start_emulator: StartEmulator) -> Gate:
    return Gate(start_emulator("aws").url)


@pytest.fixture
def bucket(gate: Gate) -> Bucket:
    return Bucket(gate.upstream)


@pytest.fixture
def address(gate: Gate) -> Iterator[str]:
    with served(gate) as url:
        yield url


@pytest.fixture
async def handbook(address: str, tmp_path: Path) -> AsyncIterator[SyncedSource]:
    options = {
        "bucket": "handbook",
        "endpoint_url": address,
        "access_key_id": KEY_ID,
        "secret_access_key": SECRET,
        "webhook_secret": "hook",
    }
    async with synced_source(tmp_path, "s3", options, readers=frozenset({EVERYONE})) as source:
        yield source


async def test_from_the_first_sync_to_a_deletion(bucket: Bucket, handbook: SyncedSource) -> None:
    bucket.put("guide.md", "# Guide\n\nDeploy with marmalade.")
    bucket.put("teams/on-call.md", "# On call\n\nAsk the otter team.")

    first = await handbook.sync()
    second = await handbook.sync()
    bucket.put("guide.md", "# Guide\n\nDeploy with porridge.")
    edited = await handbook.sync()
    bucket.delete("teams/on-call.md")
    emptied = await handbook.sync()

    assert (first.added, second.unchanged, edited.changed, emptied.removed) == (2, 2, 1, 1)
    assert await handbook.find("porridge") == ["guide.md"]
    assert await handbook.find("marmalade") == []
    assert await handbook.find("otter") == []


async def test_readers_are_those_of_the_sources_file(bucket: Bucket, handbook: SyncedSource) -> None:
    bucket.put("guide.md", "# Guide\n\nDeploy with marmalade.")

    await handbook.sync()

    assert await handbook.find("marmalade", by="user:ada@example.org") == ["guide.md"]


async def test_a_rate_limit_is_waited_for(bucket: Bucket, handbook: SyncedSource, gate: Gate) -> None:
    bucket.put("guide.md", "# Guide\n\nDeploy with marmalade.")
    gate.refusals = [rate_limited(), error("SlowDown", 503)]

    report = await handbook.sync()

    assert (report.phase, report.added) == (SyncPhase.SUCCEEDED, 1)


async def test_an_expired_token_fails_the_sync_and_keeps_the_documents(
    bucket: Bucket, handbook: SyncedSource, gate: Gate
) -> None:
    bucket.put("guide.md", "# Guide\n\nDeploy with marmalade.")
    await handbook.sync()
    gate.refusals = [error("ExpiredToken", 400)]

    report = await handbook.sync()

    assert report.phase is SyncPhase.FAILED
    assert "expired" in report.message
    assert await handbook.find("marmalade") == ["guide.md"]


async def test_an_event_changes_the_answer_without_a_sync(bucket: Bucket, handbook: SyncedSource) -> None:
    bucket.put("guide.md", "# Guide\n\nDeploy with marmalade.")
    await handbook.sync()
    body = b'{"Records": [{"s3": {"bucket": {"name": "handbook"}, "object": {"key": "guide.md"}}}]}'
    headers = {"authorization": "Bearer hook"}

    bucket.put("guide.md", "# Guide\n\nDeploy with porridge.")
    await handbook.apply(headers, body)
    edited = await handbook.find("porridge")
    bucket.delete("guide.md")
    await handbook.apply(headers, body)

    assert edited == ["guide.md"]
    assert await handbook.find("porridge") == []
