"""What other pages and browsers load: the widget, the page in its frame, the description of a search engine."""

from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
import pytest_asyncio
from served_application import connected

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.errors import ConfigurationError
from aika.settings import load_settings

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIKI = "https://wiki.example.org"
_NAMESPACE = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def aika(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Aika]:
    folder = tmp_path_factory.mktemp("embedding")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    (folder / "assistants").mkdir()
    examples = "examples:\n  - How do I deploy?\n  - Who deploys on Fridays?\n"
    (folder / "assistants" / "releases.yaml").write_text(examples, encoding="utf-8")
    server = {"embedded_in": [WIKI, "https://*.example.net"]}
    async with open_aika(load_settings(folder, server=server)) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def http(aika: Aika) -> AsyncIterator[httpx.AsyncClient]:
    async with connected(aika) as opened:
        yield opened


async def test_only_the_page_for_it_may_be_shown_and_only_by_those_that_are_named(http: httpx.AsyncClient) -> None:
    embedded, others = await http.get("/embed?assistant=x"), await http.get("/")

    assert f"frame-ancestors {WIKI} https://*.example.net" in embedded.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in others.headers["content-security-policy"]
    assert "x-frame-options" not in embedded.headers


async def test_the_widget_is_one_script_that_any_page_can_load(http: httpx.AsyncClient) -> None:
    script = await http.get("/widget.js")

    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert f'const ALLOWED = ["https://*.example.net", "{WIKI}"];' in script.text
    assert "innerHTML" not in script.text


@pytest.mark.parametrize(
    "wrong", ["wiki.example.org", "https://wiki.example.org/page", "*", "https://a b", "'self'; x"]
)
async def test_what_is_no_origin_is_refused_with_what_to_write(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=r"embedded_in.*https://wiki\.example\.org"):
        load_settings(tmp_path, server={"embedded_in": [wrong]})


async def test_a_browser_learns_how_to_ask(http: httpx.AsyncClient) -> None:
    reply = await http.get("/opensearch.xml")

    described = ElementTree.fromstring(reply.text)  # noqa: S314 - our own words
    templates = {url.get("type"): url.get("template") for url in described.iter(f"{_NAMESPACE}Url")}
    assert reply.headers["content-type"] == "application/opensearchdescription+xml"
    assert templates["text/html"] == "http://aika.test/?q={searchTerms}"
    assert templates["application/x-suggestions+json"] == "http://aika.test/v1/opensearch/suggestions?q={searchTerms}"


async def test_an_address_bar_gets_suggestions_that_begin_as_what_is_typed_first(http: httpx.AsyncClient) -> None:
    reply = await http.get("/v1/opensearch/suggestions", params={"q": "who dep"})
    both = await http.get("/v1/opensearch/suggestions", params={"q": "deploy"})

    assert reply.json() == ["who dep", ["Who deploys on Fridays?"]]
    assert both.json()[1] == ["How do I deploy?", "Who deploys on Fridays?"]
    assert (await http.get("/v1/opensearch/suggestions", params={"q": " "})).json() == [" ", []]
