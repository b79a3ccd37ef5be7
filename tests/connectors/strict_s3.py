"""A store that speaks S3's API at the wire and believes no signature that it has not computed itself."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from pydantic import SecretStr
from wire import Asked, Told, served

from aika.connectors.s3.signing import Credentials, Signer

KEY_ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
BUCKET = "handbook"
REGION = "eu-central-1"


@dataclass(slots=True)
class Kept:
    content: bytes
    modified_at: datetime
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class StrictS3:
    """One bucket. ``page`` keys are listed at a time, encoded as asked for."""

    objects: dict[str, Kept] = field(default_factory=dict)
    page: int = 2
    denied: set[str] = field(default_factory=set)
    """Keys that may be listed and not read."""
    refusals: list[Told] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    clock: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    url: str = ""

    def put(self, key: str, content: str | bytes, **headers: str) -> None:
        self.clock += timedelta(seconds=10)
        body = content.encode() if isinstance(content, str) else content
        self.objects[key] = Kept(body, self.clock, headers)

    def __call__(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if self.refusals:
            return self.refusals.pop(0)
        if refusal := self._distrust(asked):
            return refusal
        root = f"/{BUCKET}/"
        if not asked.path.startswith(root):
            return error("NoSuchBucket", 404)
        key = asked.path.removeprefix(root)
        return self._object(key) if key else self._listing(asked.query)

    def _distrust(self, asked: Asked) -> Told | None:
        signer = Signer(Credentials(KEY_ID, SecretStr(SECRET)), REGION)
        at = datetime.strptime(asked.headers.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        expected = signer.headers(asked.method, f"http://{asked.headers['host']}{asked.target}", at=at)
        if f"Credential={KEY_ID}/" not in asked.headers.get("authorization", ""):
            return error("InvalidAccessKeyId", 403)
        if asked.headers["authorization"] != expected["authorization"]:
            return error("SignatureDoesNotMatch", 403)
        return None

    def _object(self, key: str) -> Told:
        if key not in self.objects:
            return error("NoSuchKey", 404)
        if key in self.denied:
            return error("AccessDenied", 403)
        kept = self.objects[key]
        modified = kept.modified_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
        headers = {"ETag": f'"{kept.etag}"', "Last-Modified": modified, "Content-Type": "binary/octet-stream"}
        return Told(200, kept.content, {**headers, **kept.headers, "Content-Length": str(len(kept.content))})

    def _listing(self, query: dict[str, str]) -> Told:
        assert query["list-type"] == "2"
        after = query.get("continuation-token", "").removeprefix("after:")
        keys = [key for key in sorted(self.objects) if key.startswith(query["prefix"]) and key > after]
        shown, rest = keys[: self.page], keys[self.page :]
        more = f"<NextContinuationToken>after:{escape(shown[-1])}</NextContinuationToken>" if rest else ""
        contents = "".join(self._contents(key) for key in shown)
        return Told(
            200,
            (
                '<?xml version="1.0" encoding="UTF-8"?>'
                '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
                f"<EncodingType>url</EncodingType><IsTruncated>{str(bool(rest)).lower()}</IsTruncated>{more}{contents}"
                "</ListBucketResult>"
            ).encode(),
            {"Content-Type": "application/xml"},
        )

    def _contents(self, key: str) -> str:
        kept = self.objects[key]
        return (
            f"<Contents><Key>{quote_plus(key, safe='/')}</Key><ETag>&quot;{kept.etag}&quot;</ETag>"
            f"<Size>{len(kept.content)}</Size><LastModified>{kept.modified_at:%Y-%m-%dT%H:%M:%S}.000Z</LastModified>"
            "</Contents>"
        )

    def options(self, **more: object) -> dict[str, object]:
        return {
            "bucket": BUCKET,
            "endpoint_url": self.url,
            "region": REGION,
            "access_key_id": KEY_ID,
            "secret_access_key": SECRET,
            **more,
        }


def error(code: str, status: int) -> Told:
    body = f"<Error><Code>{code}</Code><Message>{quote(code)} happened</Message></Error>"
    return Told(status, body.encode(), {"Content-Type": "application/xml"})


@contextmanager
def strict_s3() -> Iterator[StrictS3]:
    store = StrictS3()
    with served(store) as url:
        store.url = url
        yield store
