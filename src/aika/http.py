"""The one HTTP client: time limits, retries, a limit on size and on requests at once, and no way into the own network.

Addresses that an outsider can make aika fetch (a link in a document, a redirect) must not reach what only this machine
can: the client connects to public addresses only, save for the hosts that an operator wrote into the configuration. The
address that was checked is the address that is connected to, so a name that resolves differently the second time gains
nothing. Proxies of the environment are not used: behind one, no address could be checked.
"""

import asyncio
import random
import socket
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpx
from pydantic import TypeAdapter, ValidationError

from aika.domain.errors import ConfigurationError, NotFoundError, PermanentError, TransientError

RETRIED = frozenset({429, 502, 503, 504})
TRANSIENT = RETRIED | {408, 425}
"""Beside 500 and above."""
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
"""Seconds. A server that asks for a longer wait is left to the caller, who gets its `TransientError.retry_after`."""
MAX_REDIRECTS = 5
DETAIL_CHARS = 200
NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: IPv6 addresses that stand for IPv4 ones."""

_lent_hosts: ContextVar[frozenset[str] | None] = ContextVar("lent_hosts", default=None)
"""Limits `HttpOptions.allowed_hosts` of the clients that are opened. ``None`` limits nothing."""

_json: TypeAdapter[Any] = TypeAdapter(Any)


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """The limits of a client."""

    timeout: float = 30
    """Seconds to connect, and between two pieces of a response."""
    total_timeout: float = 300
    """Seconds for one try, the whole response included."""
    attempts: int = 4
    """Tries in all."""
    max_bytes: int = 50_000_000
    """Of one response, unpacked."""
    per_host: int = 4
    """Requests to one host at once."""
    allowed_hosts: frozenset[str] = frozenset()
    """Hosts that may have a private address, since an operator named them. Lower case, without port."""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response."""

    status: int
    headers: Mapping[str, str]
    """Names are case-insensitive."""
    content: bytes
    url: str
    """Where it came from, after redirects."""

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", errors="replace")

    def json(self) -> Any:  # the caller validates: what a server sends has no type
        """Return the parsed body. Raises `PermanentError` where it is not JSON."""
        try:
            return _json.validate_json(self.content)
        except ValidationError as error:
            raise PermanentError(f"{_shown(httpx.URL(self.url))} did not answer with JSON") from error


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for."""

    method: str
    url: str
    params: Mapping[str, str | int] | None = None
    headers: Mapping[str, str] | None = None
    json: object = None
    """The body, where it is not ``None``."""
    form: Mapping[str, str] | None = None
    """The body as a form's, where it is not ``None``: what token endpoints of OAuth take."""
    accept: frozenset[int] = frozenset()
    """Statuses from 400 on that the caller handles; all others are errors."""
    repeatable: bool = True
    """Whether sending it twice does no harm. Only then is it tried again."""
    follow: bool = True
    """Whether redirects are followed. Where not, the redirect is the response."""


class _PassingError(TransientError):
    """A failure that often passes within seconds, so that the client itself tries again."""


class HttpClient:
    """Sends requests within limits. Safe to use from many tasks; open it with `open_http`."""

    def __init__(
        self, client: httpx.AsyncClient, options: HttpOptions, *, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._client = client
        self._options = options
        self._sleep = sleep
        self._places: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(options.per_host))

    async def get(self, url: str, **parts: Any) -> Response:
        """Send a GET request. ``parts`` are the other fields of `Request`."""
        return await self.send(Request("GET", url, **parts))

    async def post(self, url: str, json: object, **parts: Any) -> Response:
        """Send a POST request with a JSON body. ``parts`` are the other fields of `Request`."""
        return await self.send(Request("POST", url, json=json, **parts))

    async def send(self, request: Request) -> Response:
        """Return the response, redirects followed.

        Raises `TransientError` where trying later can help, `ConfigurationError` for refused credentials and for private
        addresses, `NotFoundError` for what is not there, and `PermanentError` for everything else.
        """
        attempts = self._options.attempts if request.repeatable else 1
        for attempt in range(1, attempts):
            try:
                return await self._once(request)
            except _PassingError as error:
                delay = _delay(attempt, error.retry_after)
                if delay is None:
                    raise
            await self._sleep(delay)
        return await self._once(request)

    async def _once(self, request: Request) -> Response:
        url = _parsed(request.url)
        async with self._places[url.host]:
            try:
                async with asyncio.timeout(self._options.total_timeout):
                    response = await self._received(request, url)
            except TimeoutError as error:
                raise TransientError(f"{_shown(url)} took longer than {self._options.total_timeout:g} s") from error
            except httpx.TooManyRedirects as error:
                raise PermanentError(f"{_shown(url)} redirects more than {MAX_REDIRECTS} times") from error
            except httpx.TimeoutException as error:
                raise _PassingError(f"{_shown(url)} did not answer within {self._options.timeout:g} s") from error
            except httpx.TransportError as error:
                raise _PassingError(f"{_shown(url)} cannot be reached: {error or type(error).__name__}") from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise PermanentError(f"{_shown(url)} cannot be fetched: {error}") from error
        return _checked(request, response)

    async def _received(self, request: Request, url: httpx.URL) -> Response:
        stream = self._client.stream(
            request.method,
            url,
            params=request.params,
            headers=request.headers,
            json=request.json,
            data=request.form,
            follow_redirects=request.follow,
        )
        async with stream as response:
            pieces: list[bytes] = []
            size = 0
            async for piece in response.aiter_bytes():
                size += len(piece)
                if size > self._options.max_bytes:
                    raise PermanentError(f"{_shown(url)} is larger than {self._options.max_bytes:,} bytes")
                pieces.append(piece)
            return Response(response.status_code, response.headers, b"".join(pieces), str(response.url))


@asynccontextmanager
async def open_http(
    options: HttpOptions | None = None, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncIterator[HttpClient]:
    """Open a client. ``sleep`` waits between tries."""
    options = options or HttpOptions()
    lent = _lent_hosts.get()
    allowed = options.allowed_hosts if lent is None else options.allowed_hosts & lent
    async with httpx.AsyncClient(
        transport=_PublicTransport(allowed),
        timeout=options.timeout,
        headers={"User-Agent": "aika", **options.headers},
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        trust_env=False,
    ) as client:
        yield HttpClient(client, options, sleep=sleep)


@contextmanager
def lending(hosts: frozenset[str] | None) -> Iterator[None]:
    """Let clients that are opened within reach private addresses of these hosts at most, whatever their options allow.

    ``None`` limits nothing: what an operator wrote is allowed.
    """
    token = _lent_hosts.set(hosts)
    try:
        yield
    finally:
        _lent_hosts.reset(token)


async def check_reach(url: str, *, hosts: frozenset[str]) -> None:
    """Raise `ConfigurationError` where a URL leads to a private address and its host is not one of these.

    For what speaks HTTP by itself. A name that resolves differently the second time is not noticed.
    """
    parsed = _parsed(url)
    try:
        await _addresses(parsed, allowed=parsed.host in hosts)
    except httpx.ConnectError as error:
        raise TransientError(f"{_shown(parsed)} cannot be reached: {error}") from error


def host_of(url: str) -> str:
    """Return the host of a URL as `HttpOptions.allowed_hosts` wants it. Raises `ConfigurationError` where it has none."""
    return _parsed(url).host


class _PublicTransport(httpx.AsyncBaseTransport):
    """Connects each request to an address that was resolved and checked."""

    def __init__(self, allowed_hosts: Collection[str]) -> None:
        self._allowed = frozenset(allowed_hosts)
        # One a host: connections are kept by address, and two names on one address must not share a connection.
        self._transports: defaultdict[str, httpx.AsyncHTTPTransport] = defaultdict(
            lambda: httpx.AsyncHTTPTransport(verify=_certificates())
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        failure: httpx.TransportError | None = None
        for address in await _addresses(request.url, allowed=host in self._allowed):
            try:
                return await self._transports[host].handle_async_request(_pinned(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or httpx.ConnectError(f"the name {host} has no address")

    async def aclose(self) -> None:
        for transport in self._transports.values():
            await transport.aclose()


@cache
def _certificates() -> ssl.SSLContext:
    # Reading the authorities takes 50 ms, which every host would cost anew.
    return httpx.create_ssl_context()


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    # The header ``Host`` is set already and keeps the name; certificates are checked against the name too.
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")},
    )


async def _addresses(url: httpx.URL, *, allowed: bool) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(url.host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx.ConnectError(f"the name {url.host} cannot be resolved: {error}") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    private = [address for address in addresses if not _is_public(address)]
    if private and not allowed:
        raise ConfigurationError(
            f"{_shown(url)} leads to the private address {private[0]}, which aika does not open unless the host is "
            "written in the configuration"
        )
    return addresses


def _is_public(text: str) -> bool:
    address: IPv4Address | IPv6Address = ip_address(text.split("%", 1)[0])
    if isinstance(address, IPv6Address):
        if address in NAT64:
            return _is_public(str(IPv4Address(int(address) & 0xFFFFFFFF)))
        within = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if within is not None:
            return _is_public(str(within))
    return address.is_global and not address.is_multicast


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"{url!r} is not a URL: {error}") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ConfigurationError(
            f"{_shown(parsed)!r} is not a URL that aika can fetch: it needs http:// or https:// and a host"
        )
    return parsed


def _checked(request: Request, response: Response) -> Response:
    status = response.status
    if status < 400 or status in request.accept:
        return response
    subject = f"{_shown(httpx.URL(response.url))} answered {status}"
    detail = " ".join(response.text[:DETAIL_CHARS].split())
    if status in TRANSIENT or status >= 500:
        failure = _PassingError if status in RETRIED else TransientError
        raise failure(f"{subject}: {detail}. Try again later", retry_after=_retry_after(response.headers))
    if status in {401, 403}:
        raise ConfigurationError(f"{subject}: the credentials are missing, wrong, or may not do this. {detail}")
    if status in {404, 410}:
        raise NotFoundError(f"{subject}: it is not there, or the credentials may not see it")
    raise PermanentError(f"{subject}: {detail}")


def _delay(attempt: int, retry_after: float | None) -> float | None:
    """Return the seconds to wait before the next try, ``None`` where that is too long for a request to hang."""
    if retry_after is not None:
        return retry_after if retry_after <= LONGEST_DELAY else None
    # Half of it at random, so that many clients that failed together do not come back together.
    longest = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** (attempt - 1))
    return longest * random.uniform(0.5, 1)  # noqa: S311  # jitter is no secret


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """RFC 9110, section 10.2.3: seconds, or a date."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isdigit():
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (date - datetime.now(UTC)).total_seconds())


def _shown(url: httpx.URL) -> str:
    # Queries and user names can hold secrets.
    return str(url.copy_with(query=None, fragment=None, userinfo=b""))
