"""What pages of others make a browser send is refused, whatever it is sent to; what programs send is not."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from aika.surfaces.api.app import create_app
from aika.surfaces.api.response_headers import SECURITY_HEADERS
from aika.surfaces.api.same_origin import SameOrigin

DESCRIPTION = Path(__file__).parents[2] / "openapi.json"
"""A test of its own says that it is the code's."""
HOME = "http://aika.test"
COOKIE = {"Cookie": "theme=dark; aika_session=held"}
KEPT_TO_OURSELVES = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
NOT_DESCRIBED = ["POST /v1/sign-in/ended"]
"""Endpoints that change something and are no part of the API's description."""


def endpoints() -> Iterator[str]:
    for path, found in json.loads(DESCRIPTION.read_text(encoding="utf-8"))["paths"].items():
        for method in found:
            yield f"{method.upper()} {path}"


UNSAFE = sorted([*(each for each in endpoints() if not each.startswith("GET ")), *NOT_DESCRIBED])
ENDPOINTS = sorted([*endpoints(), *NOT_DESCRIBED, "GET /", "GET /v1/sign-in/start", "GET /v1/sign-in/callback"])


@pytest.fixture(scope="module")
def app() -> httpx.ASGITransport:
    """The whole API. Nothing is behind it: what gets through fails."""
    return httpx.ASGITransport(create_app(None), raise_app_exceptions=False)


async def sent(app: httpx.ASGITransport, endpoint: str, headers: dict[str, str]) -> httpx.Response:
    method, path = endpoint.split(" ")
    async with httpx.AsyncClient(base_url=HOME, transport=app) as http:
        return await http.request(method, path, headers=headers)


@pytest.mark.parametrize("endpoint", UNSAFE)
async def test_no_endpoint_takes_what_another_sites_page_makes_a_browser_send(
    app: httpx.ASGITransport, endpoint: str
) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, COOKIE):
        reply = await sent(app, endpoint, headers)

        assert reply.status_code == 403, headers
        assert reply.json()["detail"].startswith("the request comes from a page of another origin")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_every_response_has_the_headers_that_keep_it_from_being_misused(
    app: httpx.ASGITransport, endpoint: str
) -> None:
    reply = await sent(app, endpoint, {"Sec-Fetch-Site": "same-origin"})

    assert {name: reply.headers.get(name) for name in KEPT_TO_OURSELVES} == KEPT_TO_OURSELVES
    assert {name.lower() for name in SECURITY_HEADERS} <= set(reply.headers.keys())
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": HOME},
        {"Sec-Fetch-Site": "something new"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://aika.test.evil.example"},
        {"Origin": "http://aika.test:8080"},
        {"Origin": "https://aika.test"},
        {"Origin": "http://[evil"},
        {},
        {"Cookie": "__Host-aika_session=held"},
    ],
)
async def test_a_browser_with_a_session_is_heard_from_its_own_pages_only(headers: dict[str, str]) -> None:
    assert await status({**COOKIE, **headers}) == 403


@pytest.mark.parametrize(
    "headers",
    [
        {**COOKIE, "Sec-Fetch-Site": "same-origin"},
        {**COOKIE, "Sec-Fetch-Site": "none"},
        {**COOKIE, "Origin": HOME},
        {**COOKIE, "Origin": "HTTP://AIKA.test:80"},
        {**COOKIE, "Origin": "https://aika.example.org"},
        {**COOKIE, "Origin": "https://evil.example", "Authorization": "Bearer aika_key"},
        {"Cookie": "theme=dark"},
        {},
    ],
)
async def test_own_pages_programs_and_who_sends_a_key_are_heard(headers: dict[str, str]) -> None:
    assert await status(headers) == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_what_changes_nothing_is_answered_wherever_it_comes_from(method: str) -> None:
    assert await status({**COOKIE, "Sec-Fetch-Site": "cross-site"}, method) == 200


async def status(headers: dict[str, str], method: str = "POST") -> int:
    async def heard(_: object) -> PlainTextResponse:
        return PlainTextResponse("heard")

    inner = Starlette(routes=[Route("/", heard, methods=["GET", "HEAD", "OPTIONS", "POST"])])
    app = SameOrigin(inner, public_url="https://aika.example.org/")
    async with httpx.AsyncClient(base_url=HOME, transport=httpx.ASGITransport(app)) as http:
        return (await http.request(method, "/", headers=headers)).status_code
