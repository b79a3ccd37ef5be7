"""An emulated Drive synced by the real syncer into a real catalogue and index, with a refresh token it issued itself.

Where the emulator deviates from Drive: it has no permissions, no feed of changes, no exports, no shared drives, no deletion
and no trash, ignores ``fields``, keeps an access token for ever, and has no quotas. Content cannot be replaced, only renamed
and moved. The gate before it adds permissions, the feed and the refusals; a deletion is a move out of the source's folder.
"""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from emulated.emulators import StartEmulator
from strict_drive import refusal
from synced_source import SyncedSource, synced_source
from wire import Asked, Gate, Told, rate_limited, served

from aika.domain.sources import SyncPhase

ACCOUNT = "reader@example.org"
SEED = {
    "google": {
        "users": [{"email": ACCOUNT, "name": "Reader"}],
        "oauth_clients": [
            {"client_id": "client", "client_secret": "secret", "redirect_uris": ["http://localhost/callback"]}
        ],
        "drive_items": [
            {
                "id": "handbook",
                "user_email": ACCOUNT,
                "name": "Handbook",
                "mime_type": "application/vnd.google-apps.folder",
                "parent_ids": ["root"],
            },
            {
                "id": "guide",
                "user_email": ACCOUNT,
                "name": "guide.md",
                "mime_type": "text/markdown",
                "parent_ids": ["handbook"],
                "data": "# Guide\n\nDeploy with marmalade.",
            },
            {
                "id": "call",
                "user_email": ACCOUNT,
                "name": "call.md",
                "mime_type": "text/markdown",
                "parent_ids": ["handbook"],
                "data": "# On call\n\nAsk the otter team.",
            },
        ],
    }
}


@dataclass(slots=True)
class EmulatedDrive:
    """What is done to Drive, and what the gate adds to its answers."""

    upstream: str
    gate: Gate
    refresh_token: str
    headers: dict[str, str]
    readers: dict[str, str] = field(default_factory=lambda: {"guide": "ada@example.org", "call": "ada@example.org"})
    changed: list[str] = field(default_factory=list)

    def rename(self, key: str, name: str) -> None:
        self._patch(key, {}, {"name": name})

    def move_away(self, key: str) -> None:
        self._patch(key, {"removeParents": "handbook", "addParents": "elsewhere"}, {})

    def share(self, key: str, with_whom: str) -> None:
        self.readers[key] = with_whom
        self.changed.append(key)

    def _patch(self, key: str, params: dict[str, str], body: dict[str, str]) -> None:
        url = f"{self.upstream}/drive/v3/files/{key}"
        httpx.patch(url, params=params, json=body, headers=self.headers).raise_for_status()
        self.changed.append(key)

    def answer(self, asked: Asked) -> Told:
        if asked.path == "/drive/v3/changes/startPageToken":
            return Told.json({"startPageToken": str(len(self.changed))})
        if asked.path == "/drive/v3/changes":
            changes = [self._change(key) for key in self.changed[int(asked.query["pageToken"]) :]]
            return Told.json({"changes": changes, "newStartPageToken": str(len(self.changed))})
        told = self.gate(asked)
        if told.status != 200 or not asked.path.startswith("/drive/v3/files") or "alt" in asked.query:
            return told
        body = json.loads(told.body)
        for file in body.get("files", [body]):
            self._add_permissions(file)
        return Told.json(body)

    def _change(self, key: str) -> dict[str, object]:
        file = httpx.get(f"{self.upstream}/drive/v3/files/{key}", headers=self.headers).json()
        self._add_permissions(file)
        return {"changeType": "file", "fileId": key, "removed": False, "file": file}

    def _add_permissions(self, file: dict[str, object]) -> None:
        reader = self.readers.get(str(file["id"]))
        file["permissions"] = [{"type": "user", "emailAddress": reader}] if reader else []


@pytest.fixture
def drive(start_emulator: StartEmulator) -> EmulatedDrive:
    upstream = start_emulator("google", SEED).url
    form = {"email": ACCOUNT, "redirect_uri": "http://localhost/callback", "client_id": "client", "scope": "drive"}
    consent = httpx.post(f"{upstream}/o/oauth2/v2/auth/callback", data=form)
    code = parse_qs(urlsplit(consent.headers["location"]).query)["code"][0]
    grant = {"grant_type": "authorization_code", "code": code, "client_id": "client", "client_secret": "secret"}
    issued = httpx.post(f"{upstream}/oauth2/token", data={**grant, "redirect_uri": form["redirect_uri"]}).json()
    headers = {"Authorization": f"Bearer {issued['access_token']}"}
    return EmulatedDrive(upstream, Gate(upstream), issued["refresh_token"], headers)


@pytest.fixture
def address(drive: EmulatedDrive) -> Iterator[str]:
    with served(drive.answer) as url:
        yield url


@pytest.fixture
async def handbook(address: str, drive: EmulatedDrive, tmp_path: Path) -> AsyncIterator[SyncedSource]:
    options = {
        "folders": ["handbook"],
        "client_id": "client",
        "client_secret": "secret",
        "refresh_token": drive.refresh_token,
        "api_url": address,
        "directory_url": address,
        "token_url": f"{address}/oauth2/token",
    }
    async with synced_source(tmp_path, "google-drive", options) as source:
        yield source


async def test_from_the_first_sync_to_a_deletion(drive: EmulatedDrive, handbook: SyncedSource) -> None:
    first = await handbook.sync()
    second = await handbook.sync()
    drive.rename("guide", "deploying.md")
    renamed = await handbook.sync()
    drive.move_away("call")
    emptied = await handbook.sync()

    assert (first.added, second.seen, renamed.seen, emptied.removed) == (2, 0, 1, 1)
    assert await handbook.find("marmalade") == ["guide"]
    assert await handbook.find("otter") == []


async def test_only_those_may_find_it_whom_drive_lets_read_it(drive: EmulatedDrive, handbook: SyncedSource) -> None:
    await handbook.sync()
    before = await handbook.find("marmalade", by="user:ada@example.org")
    drive.share("guide", "Grace@example.org")
    await handbook.sync()

    assert before == ["guide"]
    assert await handbook.find("marmalade", by="user:ada@example.org") == []
    assert await handbook.find("marmalade", by="user:grace@example.org") == ["guide"]
    assert await handbook.find("otter", by="user:ada@example.org") == ["call"]


async def test_a_rate_limit_is_waited_for(drive: EmulatedDrive, handbook: SyncedSource) -> None:
    drive.gate.refuses = lambda asked: None
    drive.gate.refusals = [rate_limited()]

    report = await handbook.sync()

    assert (report.phase, report.added) == (SyncPhase.SUCCEEDED, 2)


async def test_an_access_token_that_ended_is_renewed(drive: EmulatedDrive, handbook: SyncedSource) -> None:
    refused = iter([refusal(401, "authError")])
    drive.gate.refuses = lambda asked: next(refused, None) if asked.path.startswith("/drive") else None

    report = await handbook.sync()

    assert (report.phase, report.added) == (SyncPhase.SUCCEEDED, 2)
    assert len([asked for asked in drive.gate.asked if asked.path == "/oauth2/token"]) == 2


async def test_a_consent_that_was_revoked_fails_the_sync_and_keeps_the_documents(
    drive: EmulatedDrive, handbook: SyncedSource
) -> None:
    await handbook.sync()
    handbook.configure(refresh_token="revoked")

    report = await handbook.sync()

    assert report.phase is SyncPhase.FAILED
    assert "revoked" in report.message
    assert await handbook.find("marmalade") == ["guide"]
