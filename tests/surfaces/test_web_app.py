"""The built web app as it is served: pages with a fresh nonce, files that are kept, and policies."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from aika.surfaces.api.app import create_app
from aika.surfaces.api.response_headers import SECURITY_HEADERS

PAGE = (
    '<!doctype html><title>aika</title><meta property="csp-nonce" nonce="__CSP_NONCE__">'
    '<script type="module" src="/assets/app-1a2b3c4d.js" nonce="__CSP_NONCE__"></script>'
)
SCRIPT = b"console.log('the app')\n" * 40


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    for name, content in {
        "index.html": PAGE.encode(),
        "assets/app-1a2b3c4d.js": SCRIPT,
        "assets/app-1a2b3c4d.js.gz": gzip.compress(SCRIPT, mtime=0),
        "assets/app-1a2b3c4d.js.br": b"as if it were Brotli",
        "assets/plain-5e6f7a8b.js": b"1\n",
        "favicon.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "sandbox/mermaid.html": b"<!doctype html><title>A diagram</title>",
        ".vite/manifest.json": b"{}",
        ".digest": b"secret",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest_asyncio.fixture
async def browser(built: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(built) as client:
        yield client


def serving(folder: Path) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(None, web=folder), raise_app_exceptions=False)
    return httpx.AsyncClient(base_url="http://aika.test", transport=transport, headers={"Accept-Encoding": "identity"})


@pytest.mark.parametrize(
    "path", ["/", "/?q=refunds", "/c/1", "/s/a.token", "/assistants", "/documents/a.b", "/settings", "/sign-in"]
)
async def test_the_apps_addresses_are_its_page(browser: httpx.AsyncClient, path: str) -> None:
    reply = await browser.get(path)

    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<title>aika</title>" in reply.text
    assert reply.headers["cache-control"] == "no-cache"


async def test_each_page_has_a_nonce_of_its_own_that_its_policy_names(browser: httpx.AsyncClient) -> None:
    first, second = await browser.get("/"), await browser.get("/")

    nonces = [set(re.findall(r'nonce="([^"]+)"', reply.text)) for reply in (first, second)]

    assert [len(found) for found in nonces] == [1, 1]
    assert nonces[0] != nonces[1]
    policy = directives(first)
    assert policy["style-src"] == f"'self' 'nonce-{nonces[0].pop()}'"
    assert policy["script-src"] == "'self'"


async def test_the_page_may_load_nothing_from_elsewhere_and_be_shown_nowhere_else(browser: httpx.AsyncClient) -> None:
    policy = directives(await browser.get("/"))

    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert not any(word in value for value in policy.values() for word in ("http", "unsafe", "*"))


async def test_files_with_a_digest_in_their_names_are_kept_for_good(browser: httpx.AsyncClient) -> None:
    asset, icon = await browser.get("/assets/app-1a2b3c4d.js"), await browser.get("/favicon.svg")

    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset.headers["content-type"] == "text/javascript; charset=utf-8"
    assert icon.headers["cache-control"] == "no-cache"


async def test_a_file_that_has_not_changed_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/favicon.svg")

    again = await browser.get("/favicon.svg", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("*", "br"),
        ("br ; q=0, *;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
async def test_a_compressed_twin_is_sent_where_it_is_taken(built: Path, accepted: str, encoding: str | None) -> None:
    async with (
        serving(built) as browser,
        browser.stream("GET", "/assets/app-1a2b3c4d.js", headers={"Accept-Encoding": accepted}) as reply,
    ):
        raw = b"".join([piece async for piece in reply.aiter_raw()])

    assert reply.headers.get("content-encoding") == encoding
    assert reply.headers["vary"] == "Accept-Encoding"
    expected = {"br": b"as if it were Brotli", "gzip": gzip.compress(SCRIPT, mtime=0), None: SCRIPT}[encoding]
    assert raw == expected


async def test_a_file_without_twins_is_sent_as_it_is(browser: httpx.AsyncClient) -> None:
    reply = await browser.get("/assets/plain-5e6f7a8b.js", headers={"Accept-Encoding": "br"})

    assert "content-encoding" not in reply.headers
    assert reply.content == b"1\n"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/old-00000000.js",
        "/.vite/manifest.json",
        "/.digest",
        "/assets/app-1a2b3c4d.js.gz",
        "/assets/%2e%2e/%2e%2e/secret",
        "/assets/../../secret",
        "/v1/nothing",
        "/schemas/nothing.json",
    ],
)
async def test_what_is_not_there_is_a_problem(browser: httpx.AsyncClient, path: str) -> None:
    reply = await browser.get(path)

    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")


async def test_a_mistyped_address_is_the_apps_page_that_says_so(browser: httpx.AsyncClient) -> None:
    reply = await browser.get("/sorces", headers={"Accept": "text/html,*/*;q=0.8"})

    assert reply.status_code == 404
    assert "<title>aika</title>" in reply.text


async def test_the_api_never_answers_with_the_apps_page(browser: httpx.AsyncClient) -> None:
    replies = [await browser.get("/v1/nothing", headers={"Accept": "text/html"}), await browser.post("/sources/x")]

    assert [reply.headers["content-type"] for reply in replies] == ["application/problem+json"] * 2


async def test_a_sandboxed_document_has_no_origin_and_no_network(browser: httpx.AsyncClient) -> None:
    reply = await browser.get("/sandbox/mermaid.html")

    policy = directives(reply)
    assert policy["sandbox"] == "allow-scripts"
    assert policy["default-src"] == policy["form-action"] == "'none'"
    assert "connect-src" not in policy
    assert policy["frame-ancestors"] == "'self'"
    # A module script of a document without an origin is loaded as from elsewhere.
    assert (await browser.get("/assets/plain-5e6f7a8b.js")).headers["access-control-allow-origin"] == "*"


async def test_an_app_that_is_built_again_is_served_without_a_restart(
    browser: httpx.AsyncClient, built: Path, tmp_path: Path
) -> None:
    before = await browser.get("/")
    (built / "index.html").write_text("<!doctype html><title>aika, newer</title>", encoding="utf-8")
    (built / "assets" / "new-9c8d7e6f.js").write_bytes(b"2\n")

    after, asset = await browser.get("/"), await browser.get("/assets/new-9c8d7e6f.js")

    assert ("newer" in before.text, "newer" in after.text, asset.content) == (False, True, b"2\n")


async def test_an_app_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    async with serving(tmp_path / "nothing") as browser:
        page, asset = await browser.get("/sources"), await browser.get("/assets/app-1a2b3c4d.js")

    assert (page.status_code, asset.status_code) == (503, 404)
    assert "make web" in page.text
    assert "http" not in page.text
    assert directives(page)["style-src"].split("'nonce-")[1].rstrip("'") in page.text


async def test_only_the_head_is_sent_where_only_that_is_asked_for(browser: httpx.AsyncClient) -> None:
    page, script = await browser.head("/"), await browser.head("/assets/plain-5e6f7a8b.js")

    assert [(reply.status_code, reply.content) for reply in (page, script)] == [(200, b"")] * 2


@pytest.mark.parametrize("path", ["/", "/assets/plain-5e6f7a8b.js", "/healthz", "/v1/nothing", "/sandbox/mermaid.html"])
async def test_every_response_has_the_security_headers(browser: httpx.AsyncClient, path: str) -> None:
    reply = await browser.get(path)

    assert {name.lower() for name in SECURITY_HEADERS} <= set(reply.headers.keys())
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" not in reply.headers


async def test_what_the_api_says_is_kept_nowhere(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/v1/nothing")).headers["cache-control"] == "no-store"


async def test_over_https_browsers_are_told_to_stay_there(built: Path) -> None:
    transport = httpx.ASGITransport(create_app(None, web=built))
    async with httpx.AsyncClient(base_url="https://aika.test", transport=transport) as browser:
        reply = await browser.get("/")

    assert reply.headers["strict-transport-security"] == "max-age=31536000"


def directives(reply: httpx.Response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in reply.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}
