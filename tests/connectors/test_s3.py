"""The S3 connector: signatures, listings, objects, refusals and events, against a strict store at the wire."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from strict_s3 import BUCKET, KEY_ID, StrictS3, error, strict_s3
from wire import rate_limited

from aika.connectors.s3.connector import S3Connector, S3Options
from aika.connectors.s3.signing import Credentials, Signer, query_of
from aika.domain.documents import RawDocument
from aika.domain.errors import (
    AuthenticationError,
    ConfigurationError,
    InvalidRequestError,
    NotFoundError,
    PermanentError,
    UnreadableDocumentError,
)
from aika.domain.sources import Event, Failed, Found, Notification, Removed
from aika.registry import Surroundings, check_options
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.contracts.connector import ConnectorContract, found, versions

HOOK_SECRET = "a-shared-secret"


@pytest.fixture
def store() -> Iterator[StrictS3]:
    with strict_s3() as running:
        yield running


def connector(store: StrictS3, folder: Path, **options: object) -> AbstractAsyncContextManager[S3Connector]:
    chosen = S3Options.model_validate(store.options(**options))
    return S3Connector.open(chosen, Surroundings(folder, folder, TechnicalAnalyzer()))


async def events_of(store: StrictS3, folder: Path, **options: object) -> list[Event]:
    async with connector(store, folder, **options) as opened:
        return [event async for event in opened.read(None)]


async def keys_of(store: StrictS3, folder: Path, **options: object) -> list[str]:
    return [event.key for event in await events_of(store, folder, **options) if isinstance(event, Found)]


async def loaded(store: StrictS3, folder: Path, key: str, **options: object) -> RawDocument:
    async with connector(store, folder, **options) as opened:
        return await found([event async for event in opened.read(None)], key).load()


class BucketPlace:
    """A bucket that a test can change."""

    def __init__(self, store: StrictS3, folder: Path) -> None:
        self._store = store
        self._folder = folder

    async def add(self, name: str, text: str) -> str:
        self._store.put(f"{name}.md", text)
        return f"{name}.md"

    async def change(self, key: str, text: str) -> None:
        self._store.put(key, text)

    async def remove(self, key: str) -> None:
        del self._store.objects[key]

    async def spoil(self, key: str) -> None:
        self._store.denied.add(key)

    def connect(self) -> AbstractAsyncContextManager[S3Connector]:
        return connector(self._store, self._folder)


class TestS3ConnectorKeepsTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, store: StrictS3, tmp_path: Path) -> BucketPlace:
        return BucketPlace(store, tmp_path)


class TestSignatures:
    """The examples of AWS's page "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)"."""

    SIGNER = Signer(
        Credentials("AKIAIOSFODNN7EXAMPLE", SecretStr("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")), "us-east-1"
    )
    AT = datetime(2013, 5, 24, tzinfo=UTC)
    HOST = "https://examplebucket.s3.amazonaws.com"

    def signature(self, url: str, **extra: str) -> str:
        return self.SIGNER.headers("GET", url, at=self.AT, extra=extra)["authorization"].rpartition("=")[2]

    def test_an_object(self) -> None:
        signed = self.signature(f"{self.HOST}/test.txt", range="bytes=0-9")

        assert signed == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"

    def test_a_parameter_without_a_value(self) -> None:
        signed = self.signature(f"{self.HOST}/?{query_of({'lifecycle': ''})}")

        assert signed == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"

    def test_a_listing(self) -> None:
        signed = self.signature(f"{self.HOST}/?{query_of({'prefix': 'J', 'max-keys': '2'})}")

        assert signed == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"

    def test_a_session_token_is_sent_and_signed(self) -> None:
        signer = Signer(Credentials("AKIDEXAMPLE", SecretStr("secret"), SecretStr("token")), "us-east-1")

        headers = signer.headers("GET", f"{self.HOST}/test.txt", at=self.AT)

        assert headers["x-amz-security-token"] == "token"
        assert "x-amz-security-token" in headers["authorization"]


class TestListing:
    async def test_every_page_is_read(self, store: StrictS3, tmp_path: Path) -> None:
        for number in range(7):
            store.put(f"{number}.md", "alpha")

        assert await keys_of(store, tmp_path) == [f"{number}.md" for number in range(7)]

    @pytest.mark.parametrize(
        "key",
        [
            "on call + more.md",
            "a=b&c.md",
            "größe/maß.md",
            "100%.md",
            "it's (new)*!.md",
            "a//b.md",
            "tilde~.md",
            "#1?.md",
        ],
    )
    async def test_any_key_is_signed_as_it_is_sent(self, store: StrictS3, tmp_path: Path, key: str) -> None:
        store.put(key, "alpha")

        raw = await loaded(store, tmp_path, key, default_excludes=False)

        assert raw.content == b"alpha"

    async def test_a_prefix_limits_the_source(self, store: StrictS3, tmp_path: Path) -> None:
        store.put("handbook/a.md", "alpha")
        store.put("private/b.md", "beta")

        assert await keys_of(store, tmp_path, prefix="handbook/") == ["handbook/a.md"]

    async def test_what_is_never_a_document_is_left_out(self, store: StrictS3, tmp_path: Path) -> None:
        for key in ("logo.png", "site/node_modules/x/readme.md", "folder/", "guide.md"):
            store.put(key, "alpha")
        store.put("empty.md", "")

        assert await keys_of(store, tmp_path) == ["guide.md"]

    async def test_include_and_exclude_choose(self, store: StrictS3, tmp_path: Path) -> None:
        for key in ("docs/a.md", "docs/old/b.md", "src/c.py"):
            store.put(key, "alpha")

        assert await keys_of(store, tmp_path, include=["docs/**"], exclude=["old/"]) == ["docs/a.md"]

    async def test_listing_reads_no_contents(self, store: StrictS3, tmp_path: Path) -> None:
        store.put("guide.md", "alpha")

        await events_of(store, tmp_path)

        assert [asked.path for asked in store.asked] == [f"/{BUCKET}/"]

    async def test_replaced_metadata_gives_a_new_version(self, store: StrictS3, tmp_path: Path) -> None:
        store.put("guide.md", "alpha")
        before = versions(await events_of(store, tmp_path))
        store.put("guide.md", "alpha", **{"x-amz-meta-owner": "payments"})

        assert versions(await events_of(store, tmp_path)) != before

    async def test_an_object_that_is_too_large_is_named_with_its_size(self, store: StrictS3, tmp_path: Path) -> None:
        store.put("huge.md", b"x" * 3_000_000)

        events = await events_of(store, tmp_path, max_file_bytes=1_000_000)

        failure = next(event for event in events if isinstance(event, Failed))
        assert "3.0 MB" in failure.reason
        assert "max_file_bytes" in failure.reason


class TestLoading:
    async def test_metadata_becomes_attributes(self, store: StrictS3, tmp_path: Path) -> None:
        store.put("guide.md", "alpha", **{"x-amz-meta-owner": "payments", "x-amz-meta-reviewed-on": "2026-01-02"})

        raw = await loaded(store, tmp_path, "guide.md")

        assert raw.attributes == {"owner": "payments", "reviewed_on": "2026-01-02"}

    async def test_the_name_says_what_an_object_is_and_else_its_media_type(
        self, store: StrictS3, tmp_path: Path
    ) -> None:
        store.put("guide.md", "alpha", **{"Content-Type": "text/plain"})
        store.put("start", "<h1>alpha</h1>", **{"Content-Type": "text/html; charset=utf-8"})

        assert (await loaded(store, tmp_path, "guide.md")).media_type is None
        assert (await loaded(store, tmp_path, "start")).media_type == "text/html"

    async def test_the_time_of_change_is_the_objects(self, store: StrictS3, tmp_path: Path) -> None:
        store.put("guide.md", "alpha")

        raw = await loaded(store, tmp_path, "guide.md")

        assert raw.modified_at == store.clock

    async def test_the_template_makes_the_link(self, store: StrictS3, tmp_path: Path) -> None:
        store.put("on call.md", "alpha")

        raw = await loaded(store, tmp_path, "on call.md", link_template="https://files.example/{key}?view")

        assert raw.url == "https://files.example/on%20call.md?view"

    async def test_readers_are_left_to_the_configuration(self, store: StrictS3, tmp_path: Path) -> None:
        store.put("guide.md", "alpha")

        assert (await loaded(store, tmp_path, "guide.md")).readers is None

    async def test_an_archived_object_is_its_own_failure(self, store: StrictS3, tmp_path: Path) -> None:
        store.put("guide.md", "alpha")
        async with connector(store, tmp_path) as opened:
            event = found([event async for event in opened.read(None)], "guide.md")
            store.refusals = [error("InvalidObjectState", 403)]

            with pytest.raises(UnreadableDocumentError, match="Glacier"):
                await event.load()


class TestRefusals:
    async def test_a_store_that_is_busy_is_asked_again(self, store: StrictS3, tmp_path: Path) -> None:
        store.put("guide.md", "alpha")
        store.refusals = [error("SlowDown", 503), rate_limited()]

        assert await keys_of(store, tmp_path) == ["guide.md"]

    @pytest.mark.parametrize(
        ("code", "status", "remedy"),
        [
            ("AccessDenied", 403, "s3:ListBucket"),
            ("ExpiredToken", 400, "expired"),
            ("RequestTimeTooSkewed", 403, "clock"),
            ("PermanentRedirect", 301, "region"),
        ],
    )
    async def test_a_refusal_says_what_to_do(
        self, store: StrictS3, tmp_path: Path, code: str, status: int, remedy: str
    ) -> None:
        store.refusals = [error(code, status)]

        with pytest.raises(PermanentError, match=remedy):
            await events_of(store, tmp_path)

    async def test_a_wrong_secret_is_refused_and_not_shown(self, store: StrictS3, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="secret_access_key") as refused:
            await events_of(store, tmp_path, secret_access_key="sesame-open")

        assert "sesame-open" not in str(refused.value)

    async def test_a_bucket_that_is_not_there_is_named(self, store: StrictS3, tmp_path: Path) -> None:
        with pytest.raises(NotFoundError, match="no-such"):
            await events_of(store, tmp_path, bucket="no-such")

    async def test_half_a_key_is_a_configuration_error(self, store: StrictS3, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="belong together"):
            await events_of(store, tmp_path, secret_access_key=None)

    async def test_a_private_endpoint_is_allowed_because_it_is_named(self, store: StrictS3, tmp_path: Path) -> None:
        store.put("guide.md", "alpha")

        assert "127.0.0.1" in store.url
        assert await keys_of(store, tmp_path) == ["guide.md"]

    def test_a_template_without_a_place_for_the_key_is_refused(self) -> None:
        with pytest.raises(ConfigurationError, match=r"\{key\}"):
            check_options("connectors", "s3", {"bucket": "b", "link_template": "https://files.example/"})


def event_body(*keys: str, bucket: str = BUCKET, name: str = "ObjectCreated:Put") -> bytes:
    records = [
        {"eventName": name, "s3": {"bucket": {"name": bucket}, "object": {"key": key, "sequencer": "0A"}}}
        for key in keys
    ]
    return json.dumps({"Records": records}).encode()


def signed(body: bytes, secret: str = HOOK_SECRET) -> dict[str, str]:
    return {"x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


async def noticed(
    store: StrictS3, folder: Path, body: bytes, headers: dict[str, str], *, secret: str | None = HOOK_SECRET
) -> list[Event]:
    async with connector(store, folder, webhook_secret=secret, prefix="docs/") as opened:
        return [event async for event in opened.notice(Notification(headers, body))]


class TestEvents:
    async def test_a_created_object_is_found_with_the_version_of_the_listing(
        self, store: StrictS3, tmp_path: Path
    ) -> None:
        store.put("docs/on call.md", "alpha")
        body = event_body("docs/on+call.md")

        events = await noticed(store, tmp_path, body, signed(body))

        assert versions(events) == versions(await events_of(store, tmp_path))

    async def test_a_removed_object_is_removed(self, store: StrictS3, tmp_path: Path) -> None:
        body = event_body("docs/gone.md", name="ObjectRemoved:Delete")

        assert await noticed(store, tmp_path, body, signed(body)) == [Removed("docs/gone.md")]

    async def test_an_event_that_comes_late_does_not_undo_a_newer_one(self, store: StrictS3, tmp_path: Path) -> None:
        store.put("docs/guide.md", "it is back")
        body = event_body("docs/guide.md", name="ObjectRemoved:Delete")

        events = await noticed(store, tmp_path, body, signed(body))

        assert list(versions(events)) == ["docs/guide.md"]

    async def test_what_does_not_concern_the_source_yields_nothing(self, store: StrictS3, tmp_path: Path) -> None:
        for body in (event_body("other/a.md"), event_body("docs/a.md", bucket="another"), b'{"Event": "s3:TestEvent"}'):
            assert await noticed(store, tmp_path, body, signed(body)) == []

    async def test_the_secret_as_a_bearer_token_is_proof_too(self, store: StrictS3, tmp_path: Path) -> None:
        headers = {"authorization": f"Bearer {HOOK_SECRET}"}

        assert await noticed(store, tmp_path, event_body("docs/gone.md"), headers) == [Removed("docs/gone.md")]

    @pytest.mark.parametrize(
        "headers", [{}, {"x-hub-signature-256": "sha256=00"}, {"authorization": "Bearer wrong"}, {"authorization": ""}]
    )
    async def test_without_proof_nothing_is_looked_at(
        self, store: StrictS3, tmp_path: Path, headers: dict[str, str]
    ) -> None:
        with pytest.raises(AuthenticationError):
            await noticed(store, tmp_path, event_body("docs/a.md"), headers)

        assert store.asked == []

    @pytest.mark.parametrize("secret", [None, ""])
    async def test_a_source_without_a_secret_takes_no_events(
        self, store: StrictS3, tmp_path: Path, secret: str | None
    ) -> None:
        body = event_body("docs/a.md")

        with pytest.raises(AuthenticationError, match="webhook_secret"):
            await noticed(store, tmp_path, body, signed(body, ""), secret=secret)

    async def test_a_body_that_is_no_event_is_an_invalid_request(self, store: StrictS3, tmp_path: Path) -> None:
        with pytest.raises(InvalidRequestError):
            await noticed(store, tmp_path, b"[]", signed(b"[]"))


def test_secrets_do_not_show_in_the_options() -> None:
    options = S3Options.model_validate({"bucket": "b", "access_key_id": KEY_ID, "secret_access_key": "sesame-open"})

    assert "sesame-open" not in repr(options)
