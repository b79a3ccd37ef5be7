"""One bucket over HTTP: its listing, its objects, and what its refusals mean."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_plus, urlsplit

from lxml import etree

from aika.connectors.s3.signing import Signer, encoded, query_of
from aika.domain.errors import (
    ConfigurationError,
    NotFoundError,
    PermanentError,
    TransientError,
    UnreadableDocumentError,
)
from aika.http import HttpClient, Request, Response

_REFUSALS = frozenset({400, 403, 404})
_PAGE = 1_000
_EXPIRED = frozenset({"ExpiredToken", "InvalidToken", "TokenRefreshRequired"})
_WRONG_KEY = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed"})


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What a listing says of an object."""

    key: str
    etag: str
    size: int
    modified_at: datetime

    @property
    def version(self) -> str:
        # The time as well, because metadata can be replaced under an unchanged ETag. In whole seconds, because headers
        # know no others.
        return f"{self.etag}-{int(self.modified_at.timestamp())}"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, reachable at ``base_url``, which ends without a slash. Without a signer, requests are anonymous."""

    http: HttpClient
    name: str
    base_url: str
    signer: Signer | None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def objects(self, prefix: str) -> AsyncIterator[StoredObject]:
        """Yield every object under a prefix, page by page. Raises `PermanentError` or `TransientError`."""
        parameters = {"list-type": "2", "max-keys": str(_PAGE), "prefix": prefix, "encoding-type": "url"}
        while True:
            response = await self._send("GET", "/", parameters)
            if response.status != 200:
                raise _refused(self.name, response)
            page = _Page.of(response)
            for item in page.objects:
                yield item
            if page.more is None:
                return
            parameters["continuation-token"] = page.more

    async def get(self, key: str) -> Response:
        """Return an object's content and headers. Raises `UnreadableDocumentError` or `TransientError`."""
        response = await self._send("GET", f"/{key}", {})
        if response.status == 200:
            return response
        raise _unreadable(response)

    async def head(self, key: str) -> StoredObject | None:
        """Return what a listing would say of an object, ``None`` where there is none."""
        response = await self._send("HEAD", f"/{key}", {})
        if response.status == 404:
            return None
        if response.status != 200:
            raise _refused(self.name, response)
        headers = response.headers
        modified = parsedate_to_datetime(headers.get("last-modified", "Thu, 01 Jan 1970 00:00:00 GMT"))
        etag = headers.get("etag", "").strip('"')
        return StoredObject(key, etag, int(headers.get("content-length", "0")), modified.astimezone(UTC))

    async def _send(self, method: str, path: str, parameters: Mapping[str, str]) -> Response:
        query = query_of(parameters)
        url = f"{self.base_url}{encoded(path)}{'?' if query else ''}{query}"
        headers = self.signer.headers(method, url, at=self.now()) if self.signer else {}
        # Not followed: the signature holds for this host only, and a redirect means that the region is wrong.
        return await self.http.send(Request(method, url, headers=headers, accept=_REFUSALS, follow=False))


@dataclass(frozen=True, slots=True)
class _Page:
    objects: tuple[StoredObject, ...]
    more: str | None

    @classmethod
    def of(cls, response: Response) -> "_Page":
        root = _xml(response)
        if root is None or etree.QName(root).localname != "ListBucketResult":
            raise PermanentError(
                f"{urlsplit(response.url).netloc} did not answer with a listing: is endpoint_url the address of an S3 API?"
            )
        # Asked for, but not every store does it: only then are the keys encoded.
        quoted = _text(root, "EncodingType") == "url"
        objects = tuple(_object(entry, quoted) for entry in root.iterfind("{*}Contents"))
        more = _text(root, "NextContinuationToken") if _text(root, "IsTruncated") == "true" else ""
        return cls(objects, more or None)


def _object(entry: etree._Element, quoted: bool) -> StoredObject:
    key = _text(entry, "Key")
    modified = datetime.fromisoformat(_text(entry, "LastModified"))
    return StoredObject(
        key=unquote_plus(key) if quoted else key,
        etag=_text(entry, "ETag").strip('"'),
        size=int(_text(entry, "Size") or 0),
        modified_at=modified.replace(tzinfo=modified.tzinfo or UTC),
    )


def _text(parent: etree._Element, name: str) -> str:
    return parent.findtext(f"{{*}}{name}") or ""


def _xml(response: Response) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(response.content, parser)
    except etree.XMLSyntaxError:
        return None


def _code(response: Response) -> str:
    root = _xml(response) if response.content else None
    return _text(root, "Code") if root is not None else ""


def _refused(bucket: str, response: Response) -> PermanentError:
    code = _code(response)
    if 300 <= response.status < 400 or code in {"PermanentRedirect", "TemporaryRedirect", "IllegalLocationConstraint"}:
        return ConfigurationError(f"the bucket {bucket!r} is in another region: correct the option region")
    if code in _EXPIRED:
        return ConfigurationError(
            "the session token has expired: set a new one, or use an access key that does not expire"
        )
    if code == "RequestTimeTooSkewed":
        return ConfigurationError("this machine's clock is more than 15 minutes wrong: S3 refuses what it signs")
    if code == "NoSuchBucket" or (response.status == 404 and not code):
        return NotFoundError(f"there is no bucket {bucket!r} at this endpoint: correct bucket, region or endpoint_url")
    if code in _WRONG_KEY:
        return ConfigurationError(
            f"S3 refuses the access key ({code}): correct access_key_id, secret_access_key and region"
        )
    return ConfigurationError(
        f"S3 refuses to list the bucket {bucket!r} ({code or response.status}): the access key needs s3:ListBucket on it"
    )


def _unreadable(response: Response) -> UnreadableDocumentError | TransientError:
    code = _code(response)
    if response.status == 404:
        return UnreadableDocumentError("it vanished while the source was read; sync again")
    if code in _EXPIRED | _WRONG_KEY:
        return TransientError("the access key was refused while the source was read: renew it and sync again")
    if code == "InvalidObjectState":
        return UnreadableDocumentError("it is archived (Glacier): restore it, or exclude it")
    return UnreadableDocumentError(
        f"S3 refuses it ({code or response.status}): the access key needs s3:GetObject on it, and the use of its KMS key"
    )
