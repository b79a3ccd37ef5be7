"""A bucket of S3, MinIO, Ceph, R2 or another store that speaks S3's API.

Listing reads no contents: a version is an object's ETag and time. Every run lists the whole prefix, a thousand objects a
request, so that what is gone is seen in every run.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import quote, unquote_plus, urlsplit

from pydantic import BaseModel, Field, PositiveInt, SecretStr, StringConstraints, ValidationError, field_validator

from aika.connectors.choosing import PathChoice
from aika.connectors.proofs import check_bearer, check_signature
from aika.connectors.s3.bucket import Bucket, StoredObject
from aika.connectors.s3.signing import Credentials, Signer
from aika.domain.documents import RawDocument
from aika.domain.errors import ConfigurationError, InvalidRequestError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found, Notification, Removed
from aika.http import HttpOptions, host_of, open_http
from aika.registry import Options, Surroundings

SIGNATURE = "x-hub-signature-256"
_NO_TYPE = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_METADATA = "x-amz-meta-"


class S3Options(Options):
    """A bucket, the key to it, and which of its objects to read."""

    bucket: Annotated[str, StringConstraints(min_length=1)] = Field(description="The bucket's name.")
    prefix: str = Field(default="", description="Only objects whose key begins so, such as handbook/.")
    region: str = Field(default="us-east-1", description="The bucket's region. Most stores other than AWS ignore it.")
    endpoint_url: str | None = Field(
        default=None,
        description="The address of a store other than AWS, such as https://minio.example.org:9000. It may be private.",
    )
    path_style: bool | None = Field(
        default=None,
        description="Whether the bucket stands in the path and not in the host. Unset: yes with an endpoint_url.",
    )
    access_key_id: str | None = Field(
        default=None, description="The access key. Unset: without signing, for public buckets."
    )
    secret_access_key: SecretStr | None = Field(default=None, description="The access key's secret.")
    session_token: SecretStr | None = Field(default=None, description="Only for temporary access keys.")
    include: tuple[str, ...] = Field(
        default=(), description="Patterns as in .gitignore. Where there are any, only objects that match one are read."
    )
    exclude: tuple[str, ...] = Field(
        default=(),
        description="Patterns as in .gitignore of what to leave out. '!*.svg' brings back what is left out by default.",
    )
    default_excludes: bool = Field(
        default=True,
        description="Whether to leave out images, archives, programs, lock files, keys and tools' folders.",
    )
    max_file_bytes: PositiveInt = Field(default=32 * 1024 * 1024, description="Larger objects are reported, not read.")
    link_template: str | None = Field(
        default=None,
        description="A URL with {key}, such as https://files.example.org/{key}. The default on AWS is its console's page.",
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        description="What event notifications are signed with, or carry as their bearer token. Unset: none are taken.",
    )

    @field_validator("link_template")
    @classmethod
    def _names_the_key(cls, template: str | None) -> str | None:
        if template is not None and "{key}" not in template:
            raise ValueError("must contain {key}, the place of the object's key in the link")
        return template


class S3Connector:
    """Reads a bucket of an S3-compatible store."""

    Options = S3Options

    def __init__(self, bucket: Bucket, options: S3Options) -> None:
        self._bucket = bucket
        self._options = options
        self._choice = PathChoice.of(options.include, options.exclude, defaults=options.default_excludes)

    @classmethod
    @asynccontextmanager
    async def open(cls, options: S3Options, surroundings: Surroundings) -> AsyncIterator["S3Connector"]:
        base_url = _base_url(options)
        limits = HttpOptions(
            # A page of a listing may be larger than a small limit on objects.
            max_bytes=max(options.max_file_bytes, 8_000_000),
            allowed_hosts=frozenset({host_of(base_url)}) if options.endpoint_url else frozenset(),
        )
        async with open_http(limits) as http:
            yield cls(Bucket(http, options.bucket, base_url, _signer(options)), options)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield every object under the prefix, then a complete `Checkpoint`."""
        async for item in self._bucket.objects(self._options.prefix):
            if (event := self._event(item)) is not None:
                yield event
        yield Checkpoint(Cursor("listed"), complete=True)

    async def notice(self, notification: Notification) -> AsyncIterator[Event]:
        """Look at each object that an event names: events may come twice, late, and out of order."""
        if "authorization" in notification.headers and SIGNATURE not in notification.headers:
            check_bearer(notification, self._options.webhook_secret)
        else:
            check_signature(notification, self._options.webhook_secret, header=SIGNATURE, prefix="sha256=")
        for key in dict.fromkeys(_keys(notification.body, self._options.bucket)):
            if not key.startswith(self._options.prefix):
                continue
            item = await self._bucket.head(key)
            event = Removed(key) if item is None else self._event(item)
            if event is not None:
                yield event

    def _event(self, item: StoredObject) -> Event | None:
        # A key that ends in a slash is how consoles make a folder. An empty object is no document and no failure.
        if item.key.endswith("/") or item.size == 0 or self._choice.leaves_out(item.key):
            return None
        limit = self._options.max_file_bytes
        if item.size > limit:
            return Failed(item.key, _too_large(item.size, limit))
        if {".", ".."} & set(item.key.split("/")):
            return Failed(item.key, "a key with . or .. between slashes cannot be fetched over HTTP: rename the object")
        return Found(item.key, item.version, partial(self._load, item))

    async def _load(self, item: StoredObject) -> RawDocument:
        response = await self._bucket.get(item.key)
        limit = self._options.max_file_bytes
        if len(response.content) > limit:
            raise UnreadableDocumentError(_too_large(len(response.content), limit))
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        # What uploaders say of a file is worth less than its name: many call everything text or bytes.
        told = media_type if not PurePosixPath(item.key).suffix and media_type not in _NO_TYPE else None
        return RawDocument(
            key=item.key,
            content=response.content,
            path=item.key,
            media_type=told,
            url=self._link(item.key),
            modified_at=item.modified_at,
            attributes=_attributes(response.headers),
        )

    def _link(self, key: str) -> str | None:
        options = self._options
        if options.link_template is not None:
            return options.link_template.replace("{key}", quote(key, safe="/"))
        if options.endpoint_url is not None:
            return None
        place = f"{quote(options.bucket)}?region={quote(options.region)}&prefix={quote(key, safe='')}"
        return f"https://s3.console.aws.amazon.com/s3/object/{place}"


def _base_url(options: S3Options) -> str:
    endpoint = (options.endpoint_url or f"https://s3.{options.region}.amazonaws.com").rstrip("/")
    host_of(endpoint)
    parts = urlsplit(endpoint)
    # As HTTP clients send it, because the host is signed.
    default_port = {"http": ":80", "https": ":443"}[parts.scheme]
    netloc = parts.netloc.removesuffix(default_port).lower()
    # Certificates of AWS do not cover buckets with dots in their host.
    by_path = (
        options.path_style if options.path_style is not None else bool(options.endpoint_url) or "." in options.bucket
    )
    if by_path:
        return f"{parts.scheme}://{netloc}{parts.path}/{quote(options.bucket)}"
    return f"{parts.scheme}://{options.bucket}.{netloc}{parts.path}"


def _signer(options: S3Options) -> Signer | None:
    if options.access_key_id is None and options.secret_access_key is None:
        return None
    if not options.access_key_id or options.secret_access_key is None:
        raise ConfigurationError(
            "access_key_id and secret_access_key belong together: set both, or none for a public bucket"
        )
    return Signer(Credentials(options.access_key_id, options.secret_access_key, options.session_token), options.region)


def _attributes(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the object's own metadata, so that one called ``owner`` names the owner as front matter would."""
    return {
        name.lower().removeprefix(_METADATA).replace("-", "_"): value
        for name, value in headers.items()
        if name.lower().startswith(_METADATA) and value
    }


def _too_large(size: int, limit: int) -> str:
    return (
        f"it has {size / 1e6:,.1f} MB, more than the {limit / 1e6:,.1f} MB that max_file_bytes allows: "
        "raise max_file_bytes in the source's options, or exclude the object"
    )


class _Named(BaseModel):
    name: str = ""


class _Keyed(BaseModel):
    key: str = ""


class _Place(BaseModel):
    bucket: _Named = _Named()
    object: _Keyed = _Keyed()


class _Record(BaseModel):
    s3: _Place = _Place()


class _Envelope(BaseModel):
    """An event as S3 and MinIO send it. Everything else in it is ignored."""

    Records: tuple[_Record, ...] = ()


def _keys(body: bytes, bucket: str) -> list[str]:
    try:
        records = _Envelope.model_validate_json(body).Records
    except ValidationError as error:
        raise InvalidRequestError("the notification is no S3 event: its body needs a list Records") from error
    # Keys in events are encoded as in forms: a space is a plus.
    return [
        unquote_plus(record.s3.object.key)
        for record in records
        if record.s3.bucket.name == bucket and record.s3.object.key
    ]
