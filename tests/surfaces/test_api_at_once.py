"""Over HTTP too, one person has so many answers under way at once, whichever way they ask."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from served_application import connected

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.identifiers import PrincipalId
from aika.settings import load_settings

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALICE = PrincipalId("user:alice@example.org")
MESSAGES = [{"role": "user", "content": "Within how many days can customers claim a refund?"}]
ASKING = {
    "in one piece": ("/v1/chat/complete", {"messages": MESSAGES}),
    "as a stream": ("/v1/chat/complete", {"messages": MESSAGES, "stream": True}),
    "as OpenAI's clients do": ("/v1/chat/completions", {"model": "aika", "messages": MESSAGES}),
    "as OpenAI's clients stream": ("/v1/chat/completions", {"model": "aika", "messages": MESSAGES, "stream": True}),
    "of a draft": ("/v1/assistants/try", {"yaml": "name: Refunds\n", "question": MESSAGES[0]["content"]}),
    "of a draft, as a stream": (
        "/v1/assistants/try",
        {"yaml": "name: Refunds\n", "question": MESSAGES[0]["content"], "stream": True},
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def aika(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Aika]:
    folder = tmp_path_factory.mktemp("at_once")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    async with open_aika(load_settings(folder, server={"answers_at_once": 2})) as opened:
        yield opened


async def ask(aika: Aika, path: str, body: object, person: str = "alice@example.org") -> httpx.Response:
    async with connected(aika) as http:
        return await http.post(path, json=body, headers={"Aika-User": person})


@pytest.mark.parametrize("way", ASKING)
async def test_who_has_as_many_under_way_as_they_may_is_told_to_wait(aika: Aika, way: str) -> None:
    with ExitStack() as under_way:
        for _ in range(2):
            under_way.enter_context(aika.under_way.at_once.place(ALICE))
        refused = await ask(aika, *ASKING[way])
        other = await ask(aika, *ASKING[way], person="bob@example.org")

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "5"
    assert "2 answers under way" in refused.json()["detail"]
    assert other.status_code == 200


@pytest.mark.parametrize("way", ASKING)
async def test_an_answer_that_is_there_counts_no_more(aika: Aika, way: str) -> None:
    replies = [await ask(aika, *ASKING[way]) for _ in range(3)]

    assert [reply.status_code for reply in replies] == [200, 200, 200]
