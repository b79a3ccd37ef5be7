"""Who one is to aika, and which sources one manages."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from served_application import connected

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.client import AsyncAikaClient
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import PrincipalId, SourceId
from aika.settings import load_settings, load_sources
from aika.surfaces.api.app import create_app

# One application for all of them: no test needs another's groups.
pytestmark = pytest.mark.asyncio(loop_scope="module")

ALICE = "alice@example.org"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def aika(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Aika]:
    folder = tmp_path_factory.mktemp("company")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    sources = {
        "handbook": {"connector": "push", "managers": ["group:platform", "Bob@Example.org"]},
        "board": {"connector": "push", "managers": ["group:board"]},
    }
    async with open_aika(load_settings(folder, sources=sources)) as opened:
        await opened.database.directory.record(
            SourceId("people"), {PrincipalId("group:platform"): {PrincipalId(f"user:{ALICE}")}}
        )
        yield opened


async def me(aika: Aika, token: str | None = None, **headers: str) -> dict[str, object]:
    async with connected(aika, token) as http:
        reply = await http.get("/v1/me", headers=headers)
    assert reply.status_code == 200, reply.text
    found: dict[str, object] = reply.json()
    return found


async def key(aika: Aika, *principals: str, sources: list[str] | None = None, admin: bool = False) -> str:
    _, secret = await aika.create_key("laptop", principals=principals, sources=sources, admin=admin)
    return secret


async def test_on_this_machine_one_is_its_administrator(aika: Aika) -> None:
    here = await me(aika)

    assert (here["roles"], here["operator"], here["signed_in_by"]) == (["asker", "owner", "admin"], True, "local")
    assert (here["person"], here["email"]) == (None, None)
    assert here["manages"] == ["board", "handbook"]


async def test_who_is_in_a_managing_group_manages_that_source_alone(aika: Aika) -> None:
    alice = await me(aika, await key(aika, f"user:{ALICE}"))

    assert (alice["person"], alice["email"]) == (f"user:{ALICE}", ALICE)
    assert (alice["roles"], alice["operator"], alice["manages"]) == (["asker", "owner"], False, ["handbook"])


async def test_who_manages_nothing_may_ask(aika: Aika) -> None:
    carol = await me(aika, await key(aika, "user:carol@example.org"))

    assert (carol["roles"], carol["manages"], carol["name"]) == (["asker"], [], "laptop")


async def test_a_manager_is_written_as_people_write_addresses(aika: Aika) -> None:
    bob = await me(aika, await key(aika, "user:bob@example.org"))

    assert bob["manages"] == ["handbook"]


async def test_a_key_manages_no_source_that_it_may_not_see(aika: Aika) -> None:
    bounded = await me(aika, await key(aika, f"user:{ALICE}", sources=["board"]))
    admin = await me(aika, await key(aika, "everyone", sources=["board"], admin=True))

    assert bounded["manages"] == []
    assert (admin["manages"], admin["operator"], admin["roles"]) == (["board"], False, ["asker", "owner", "admin"])


async def test_whoever_a_front_end_asks_for_manages_nothing(aika: Aika) -> None:
    _, front_end = await aika.create_key("bot", principals=["everyone"], sources=None, on_behalf=True)

    alice = await me(aika, front_end, **{"Aika-User": ALICE})

    assert (alice["person"], alice["name"], alice["manages"]) == (f"user:{ALICE}", ALICE, [])


async def test_the_client_asks_who_it_is(aika: Aika) -> None:
    async with AsyncAikaClient("http://aika.test", transport=httpx.ASGITransport(create_app(aika))) as client:
        assert (await client.me()).signed_in_by == "local"
        assert await client.end_sessions(ALICE) == 0


async def test_a_manager_that_names_nobody_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "wiki.yaml").write_text("connector: push\nmanagers: [platform]\n", encoding="utf-8")

    _, errors = load_sources(load_settings(tmp_path))

    assert len(errors) == 1
    assert isinstance(errors[0], ConfigurationError)
    assert "'platform' names nobody" in str(errors[0])


async def test_a_browser_that_enters_a_key_has_its_rights_until_the_key_is_gone(aika: Aika) -> None:
    made, secret = await aika.create_key("laptop", principals=[f"user:{ALICE}"], sources=None)
    async with connected(aika) as http:
        wrong = await http.post("/v1/sign-in/key", json={"key": "aika_wrong"})
        entered = await http.post("/v1/sign-in/key", json={"key": secret})
        cookie = {"Cookie": entered.headers["set-cookie"].partition(";")[0], "Sec-Fetch-Site": "same-origin"}
        within = (await http.get("/v1/me", headers=cookie)).json()
        out = await http.post("/v1/sign-out", headers=cookie)
        again = (await http.post("/v1/sign-in/key", json={"key": secret})).headers["set-cookie"].partition(";")[0]
        await aika.database.keys.delete(made.id)
        after = (await http.get("/v1/me", headers={"Cookie": again})).json()

    assert (wrong.status_code, entered.status_code, out.json()) == (401, 204, {"url": None})
    assert secret not in entered.headers["set-cookie"]
    assert (within["signed_in_by"], within["person"], within["manages"]) == ("session", f"user:{ALICE}", ["handbook"])
    assert after["signed_in_by"] == "local"


@pytest.mark.parametrize("host", ["localhost", "localhost:8400", "127.0.0.1:8400", "[::1]:8400", "aika.localhost"])
async def test_this_machine_is_called_by_its_own_names(aika: Aika, host: str) -> None:
    assert await asked_as(aika, host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8400", "localhost.evil.example", "127.0.0.1.evil.example"]
)
async def test_a_page_whose_name_leads_to_this_machine_gets_no_further(aika: Aika, host: str) -> None:
    assert await asked_as(aika, host) == 403


async def asked_as(aika: Aika, host: str) -> int:
    """Ask a server that listens on this machine only, by some name."""
    transport = httpx.ASGITransport(create_app(aika))
    async with httpx.AsyncClient(base_url="http://127.0.0.1:8400", transport=transport) as http:
        return (await http.get("/v1/me", headers={"Host": host})).status_code
