"""Google Drive, its token endpoint and the Directory at the wire, as strict as their documentation.

It refuses what the real ones refuse: a token it did not issue, an assertion that the account's key did not sign, a shared
drive's file that is asked for without ``supportsAllDrives``. Fields come only when asked for; permissions of files in shared
drives never come with a listing.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from wire import Asked, Told, served

FOLDER = "application/vnd.google-apps.folder"
DOCUMENT = "application/vnd.google-apps.document"
ACCOUNT = "aika@project.iam.gserviceaccount.com"
ROOT = "root-folder"
ADA = {"type": "user", "emailAddress": "Ada@Example.org", "role": "owner"}

File = dict[str, object]


@cache
def private_key() -> str:
    """A key made once for all tests; making one takes a tenth of a second."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, none).decode()


@cache
def public_key() -> rsa.RSAPublicKey:
    loaded = serialization.load_pem_private_key(private_key().encode(), None)
    assert isinstance(loaded, rsa.RSAPrivateKey)
    return loaded.public_key()


@dataclass(slots=True)
class StrictDrive:
    """One account's view of Drive. Everything that changes is told in the feed."""

    files: dict[str, File] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    permissions: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    """Of files and of shared drives."""
    groups: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """In the Directory."""
    changes: list[tuple[str, bool]] = field(default_factory=list)
    """Ids with whether they were removed; a token is a place in this list."""
    page: int = 2
    unexportable: dict[str, str] = field(default_factory=dict)
    """Ids with the reason why they cannot be downloaded."""
    refusals: list[Told] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    refresh_token: str = "1//refresh"
    clock: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    url: str = ""
    _numbers: "count[int]" = field(default_factory=count)

    # What people do

    def folder(self, id: str, name: str = "", parent: str | None = None, **more: object) -> str:
        return self.put(id, name or id, b"", parent=parent, mimeType=FOLDER, **more)

    def put(self, id: str, name: str, content: str | bytes, *, parent: str | None = ROOT, **more: object) -> str:
        """Create or replace a file."""
        self.clock += timedelta(seconds=10)
        self.contents[id] = content.encode() if isinstance(content, str) else content
        known = self.files.get(id, {})
        self.files[id] = {
            "id": id,
            "name": name,
            "mimeType": "text/markdown",
            "parents": [parent] if parent else [],
            "createdTime": known.get("createdTime", self._time()),
            "modifiedTime": self._time(),
            "webViewLink": f"https://docs.google.com/document/d/{id}/edit",
            "size": str(len(self.contents[id])),
            "capabilities": {"canDownload": True},
            "owners": [{"displayName": "Ada Lovelace", "emailAddress": "Ada@Example.org"}],
            **more,
        }
        if more.get("mimeType") in {FOLDER, DOCUMENT}:
            del self.files[id]["size"]
        self.permissions.setdefault(id, [dict(ADA)])
        self.changes.append((id, False))
        return id

    def edit(self, id: str, **fields: object) -> None:
        """Change metadata, which is no change of the content."""
        self.files[id].update(fields)
        self.changes.append((id, False))

    def share(self, id: str, *permissions: dict[str, object]) -> None:
        self.permissions[id] = list(permissions)
        if id in self.files:
            self.changes.append((id, False))

    def delete(self, id: str) -> None:
        del self.files[id]
        self.changes.append((id, True))

    def _time(self) -> str:
        return f"{self.clock:%Y-%m-%dT%H:%M:%S}.000Z"

    # What the API answers

    def __call__(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if asked.path == "/token":
            return self._token(asked)
        if self.refusals:
            return self.refusals.pop(0)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return refusal(401, "authError")
        if found := re.fullmatch(r"/admin/directory/v1/groups/(.+)/members", asked.path):
            members = self.groups.get(found[1])
            return refusal(403, "forbidden") if members is None else Told.json({"members": members})
        return self._drive(asked)

    def _token(self, asked: Asked) -> Told:
        form = asked.form
        assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.refresh_token:
                return Told.json({"error": "invalid_grant", "error_description": "Token has been revoked."}, 400)
        else:
            assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
            claims = jwt.decode(form["assertion"], public_key(), algorithms=["RS256"], audience=f"{self.url}/token")
            assert claims["iss"] == ACCOUNT
            if claims["sub"] != "reader@example.org":
                return Told.json({"error": "unauthorized_client"}, 401)
        token = f"ya29.{next(self._numbers)}"
        self.tokens.add(token)
        return Told.json({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _drive(self, asked: Asked) -> Told:
        query = asked.query
        path = asked.path.removeprefix("/drive/v3")
        whole = {
            "/changes/startPageToken": lambda _: Told.json({"startPageToken": str(len(self.changes))}),
            "/changes": self._feed,
            "/files": self._listing,
        }
        return whole[path](query) if path in whole else self._one(path.removeprefix("/files/"), query)

    def _one(self, path: str, query: dict[str, str]) -> Told:
        key, _, action = path.partition("/")
        if action == "permissions" and key in self.permissions:
            return Told.json({"permissions": self.permissions[key]})
        file = self.files.get(key)
        if file is None or (file.get("driveId") and query.get("supportsAllDrives") != "true" and action != "export"):
            return refusal(404, "notFound")
        if action == "export" or query.get("alt") == "media":
            return self._content(key, file, query.get("mimeType"))
        return Told.json(self._shown(file, query["fields"]))

    def _content(self, id: str, file: File, media_type: str | None) -> Told:
        exported = str(file["mimeType"]).startswith("application/vnd.google-apps.")
        if id in self.unexportable and (media_type != "text/plain" or not exported):
            return refusal(403, self.unexportable[id])
        if exported != (media_type is not None):
            return refusal(403, "fileNotDownloadable" if exported else "fileNotExportable")
        return Told(200, self.contents[id], {"Content-Type": media_type or str(file["mimeType"])})

    def _listing(self, query: dict[str, str]) -> Told:
        found = [file for file in self.files.values() if self._matches(file, query)]
        start = int(query.get("pageToken", "0"))
        page = [self._shown(file, query["fields"]) for file in found[start : start + self.page]]
        more = {"nextPageToken": str(start + self.page)} if len(found) > start + self.page else {}
        return Told.json({"files": page, **more})

    def _matches(self, file: File, query: dict[str, str]) -> bool:
        drive = query.get("driveId")
        if drive and not (query["corpora"] == "drive" and query["includeItemsFromAllDrives"] == "true"):
            raise AssertionError("a shared drive is listed with corpora=drive and includeItemsFromAllDrives")
        if drive and file.get("driveId") != drive:
            return False
        parent = re.search(r"'([^']+)' in parents", query["q"])
        if parent and parent[1] not in (file["parents"] or ()):  # type: ignore[operator]  # a list of the test's
            return False
        is_folder = file["mimeType"] == FOLDER
        wanted = re.search(r"mimeType (!?=) ", query["q"])
        if wanted and is_folder != (wanted[1] == "="):
            return False
        return not (file.get("trashed") and "trashed = false" in query["q"])

    def _shown(self, file: File, fields: str) -> File:
        names = set(re.findall(r"[A-Za-z0-9]+", fields))
        shown = {name: value for name, value in file.items() if name in names}
        if "permissions" in names and not file.get("driveId") and not file.get("onlyReader"):
            shown["permissions"] = self.permissions[str(file["id"])]
        return shown

    def _feed(self, query: dict[str, str]) -> Told:
        if not query["pageToken"].isdigit():
            return refusal(400, "invalid")
        assert query["includeRemoved"] == "true"
        start = int(query["pageToken"])
        page = self.changes[start : start + self.page]
        told = [self._change(key, removed, query) for key, removed in page if self._in_feed(key, query)]
        more = len(self.changes) > start + self.page
        name = "nextPageToken" if more else "newStartPageToken"
        return Told.json({"changes": told, name: str(start + self.page if more else len(self.changes))})

    def _in_feed(self, id: str, query: dict[str, str]) -> bool:
        drive = query.get("driveId")
        return drive is None or id not in self.files or self.files[id].get("driveId") == drive

    def _change(self, id: str, removed: bool, query: dict[str, str]) -> dict[str, object]:
        told: dict[str, object] = {"changeType": "file", "fileId": id, "removed": removed or id not in self.files}
        if not told["removed"]:
            told["file"] = self._shown(self.files[id], query["fields"])
        return told

    def options(self, **more: object) -> dict[str, object]:
        key = {"type": "service_account", "client_email": ACCOUNT, "private_key": private_key(), "private_key_id": "1"}
        return {
            "service_account_key": json.dumps(key),
            "subject": "reader@example.org",
            "company_domains": ["example.org"],
            "api_url": self.url,
            "directory_url": self.url,
            "token_url": f"{self.url}/token",
            **more,
        }


def refusal(status: int, reason: str) -> Told:
    return Told.json({"error": {"code": status, "message": reason, "errors": [{"reason": reason}]}}, status)


@contextmanager
def strict_drive() -> Iterator[StrictDrive]:
    drive = StrictDrive()
    with served(drive) as url:
        drive.url = url
        yield drive
