"""The HTTP client against a real server on loopback."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import pytest_asyncio
from scripted_server import Reply, ScriptedServer

from aika.domain.errors import ConfigurationError, NotFoundError, PermanentError, TransientError
from aika.http import HttpClient, HttpOptions, Request, host_of, open_http

LOOPBACK = HttpOptions(allowed_hosts=frozenset({"localhost"}), max_bytes=10_000)


class Waits:
    """Notes how long the client wanted to wait, and waits not at all."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest_asyncio.fixture
async def client(waits: Waits) -> AsyncIterator[HttpClient]:
    async with open_http(LOOPBACK, sleep=waits) as opened:
        yield opened


async def test_a_response_comes_whole(client: HttpClient, http_server: ScriptedServer) -> None:
    http_server.replies = [Reply(body=b'{"a": [1, 2]}', headers={"X-Page": "2"})]

    response = await client.get(f"{http_server.url}/x", params={"q": "a b"}, headers={"Authorization": "Bearer k"})

    assert (response.status, response.json(), response.headers["x-page"]) == (200, {"a": [1, 2]}, "2")
    assert http_server.seen[0].target == "/x?q=a+b"
    assert http_server.seen[0].headers["authorization"] == "Bearer k"
    assert http_server.seen[0].headers["host"] == f"localhost:{http_server.port}"


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_passing_failure_is_tried_again(
    client: HttpClient, http_server: ScriptedServer, waits: Waits, status: int
) -> None:
    http_server.replies = [Reply(status), Reply(status), Reply(body=b'"done"')]

    response = await client.get(http_server.url)

    assert response.json() == "done"
    assert [0.25 <= waits.seconds[0] <= 0.5, 0.5 <= waits.seconds[1] <= 1.0, len(waits.seconds)] == [True, True, 2]


async def test_a_failure_that_stays_is_transient(client: HttpClient, http_server: ScriptedServer) -> None:
    http_server.replies = [Reply(503, b"maintenance")]

    with pytest.raises(TransientError, match="answered 503: maintenance"):
        await client.get(http_server.url)

    assert len(http_server.seen) == LOOPBACK.attempts


async def test_the_server_says_how_long_to_wait(client: HttpClient, http_server: ScriptedServer, waits: Waits) -> None:
    http_server.replies = [Reply(429, headers={"Retry-After": "7"}), Reply()]

    await client.get(http_server.url)

    assert waits.seconds == [7.0]


async def test_the_wait_may_be_a_date(client: HttpClient, http_server: ScriptedServer, waits: Waits) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    http_server.replies = [Reply(503, headers={"Retry-After": date}), Reply()]

    await client.get(http_server.url)

    assert 15 < waits.seconds[0] <= 20


async def test_a_wait_too_long_is_left_to_the_caller(client: HttpClient, http_server: ScriptedServer) -> None:
    http_server.replies = [Reply(429, headers={"Retry-After": "3600"})]

    with pytest.raises(TransientError) as caught:
        await client.get(http_server.url)

    assert caught.value.retry_after == 3600
    assert len(http_server.seen) == 1


async def test_what_may_not_be_sent_twice_is_not(client: HttpClient, http_server: ScriptedServer) -> None:
    http_server.replies = [Reply(503)]

    with pytest.raises(TransientError):
        await client.post(http_server.url, {"message": "hello"}, repeatable=False)

    assert len(http_server.seen) == 1


async def test_a_refused_connection_is_transient_and_named(client: HttpClient, waits: Waits) -> None:
    with pytest.raises(TransientError, match=r"http://localhost:1/secret-free cannot be reached"):
        await client.get("http://localhost:1/secret-free?token=abc")

    assert len(waits.seconds) == LOOPBACK.attempts - 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, PermanentError),
        (401, ConfigurationError),
        (403, ConfigurationError),
        (404, NotFoundError),
        (500, TransientError),
    ],
)
async def test_an_error_status_has_its_kind_of_failure(
    client: HttpClient, http_server: ScriptedServer, status: int, error: type[Exception]
) -> None:
    http_server.replies = [Reply(status)]

    with pytest.raises(error, match=f"answered {status}"):
        await client.get(http_server.url)

    assert len(http_server.seen) == 1


async def test_a_caller_can_handle_a_status_itself(client: HttpClient, http_server: ScriptedServer) -> None:
    http_server.replies = [Reply(404)]

    response = await client.get(http_server.url, accept=frozenset({404}))

    assert response.status == 404


async def test_a_response_that_is_too_large_is_cut_off(client: HttpClient, http_server: ScriptedServer) -> None:
    http_server.replies = [Reply(body=b"x" * 10_001)]

    with pytest.raises(PermanentError, match="larger than 10,000 bytes"):
        await client.get(http_server.url)


async def test_what_is_not_json_is_said(client: HttpClient, http_server: ScriptedServer) -> None:
    http_server.replies = [Reply(body=b"<html>")]

    with pytest.raises(PermanentError, match="did not answer with JSON"):
        (await client.get(http_server.url)).json()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:8400/v1/keys",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://2130706433/",
    ],
)
async def test_private_addresses_are_not_opened(url: str) -> None:
    async with open_http() as client:
        with pytest.raises(ConfigurationError, match="private address"):
            await client.get(url)


async def test_a_name_that_resolves_to_a_private_address_is_not_opened(http_server: ScriptedServer) -> None:
    async with open_http() as client:
        with pytest.raises(ConfigurationError, match="private address"):
            await client.get(http_server.url)

    assert http_server.seen == []


async def test_a_redirect_to_a_private_address_is_not_followed(client: HttpClient, http_server: ScriptedServer) -> None:
    http_server.replies = [Reply(302, headers={"Location": f"http://127.0.0.1:{http_server.port}/admin"})]

    with pytest.raises(ConfigurationError, match=r"private address 127\.0\.0\.1"):
        await client.get(http_server.url)

    assert len(http_server.seen) == 1


async def test_redirects_are_followed_and_told(client: HttpClient, http_server: ScriptedServer) -> None:
    http_server.replies = [Reply(302, headers={"Location": "/b"}), Reply(body=b"1")]

    response = await client.get(f"{http_server.url}/a")

    assert response.url == f"{http_server.url}/b"


async def test_redirects_for_ever_end(client: HttpClient, http_server: ScriptedServer) -> None:
    http_server.replies = [Reply(302, headers={"Location": "/again"})]

    with pytest.raises(PermanentError, match="redirects more than"):
        await client.get(http_server.url)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/", "no url", "http://", "http://exa mple.org:x/"]
)
async def test_only_http_urls_are_fetched(client: HttpClient, url: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a URL"):
        await client.get(url)


async def test_requests_at_once_to_a_host_are_limited(http_server: ScriptedServer) -> None:
    at_once: list[int] = []
    running = 0
    original = http_server.serve

    async def counted(*streams: Any) -> None:
        nonlocal running
        running += 1
        at_once.append(running)
        await original(*streams)
        running -= 1

    options = HttpOptions(allowed_hosts=LOOPBACK.allowed_hosts, per_host=2)
    async with open_http(options) as client:
        server = await asyncio.start_server(counted, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            await asyncio.gather(*(client.get(f"http://localhost:{port}/") for _ in range(12)))

    assert max(at_once) <= 2


def test_the_host_of_a_configured_url_is_known() -> None:
    assert host_of("https://LLM.example.org:8443/v1") == "llm.example.org"


async def test_a_request_can_be_sent_as_a_value(client: HttpClient, http_server: ScriptedServer) -> None:
    response = await client.send(Request("PUT", http_server.url, json={"a": 1}))

    assert response.status == 200
    assert (http_server.seen[0].method, http_server.seen[0].body) == ("PUT", b'{"a":1}')
