"""Language models behind OpenAI's API: failures are told in aika's words. The server is scripted, the client is real."""

import json
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Reply, ScriptedServer

from aika.domain.answers import Usage
from aika.domain.errors import ConfigurationError, MissingExtraError, PermanentError, TransientError
from aika.domain.queries import Message, Role
from aika.models.chat import open_model
from aika.models.providers import ChatOptions

QUESTION = [Message(Role.USER, "When does the harbour open?")]


def make_stream(*pieces: str) -> Reply:
    def event(delta: dict[str, str], **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice], **more}
        return f"data: {json.dumps(chunk)}\n\n"

    counted = {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}
    events = [event({"content": piece}) for piece in pieces]
    body = "".join([*events, event({}, choices=[], usage=counted), "data: [DONE]\n\n"])
    return Reply(body=body.encode(), headers={"Content-Type": "text/event-stream"})


def make_error(status: int, message: str, **headers: str) -> Reply:
    return Reply(status, json.dumps({"error": {"message": message}}).encode(), headers)


async def ask(server: ScriptedServer, tmp_path: Path, **options: Any) -> list[str | Usage]:
    chat_options = ChatOptions(
        base_url=f"{server.url}/v1", api_key="secret-key", timeout=5, options={"max_retries": 0, **options}
    )
    async with open_model("openai:m", chat_options, models_dir=tmp_path) as model:
        return [piece async for piece in model.stream("Be brief.", QUESTION)]


async def test_pieces_and_the_usage_arrive(http_server: ScriptedServer, tmp_path: Path) -> None:
    http_server.replies = [make_stream("At ", "six", ".")]

    pieces = await ask(http_server, tmp_path)

    assert pieces == ["At ", "six", ".", Usage("openai:m", input_tokens=12, output_tokens=3, cost_usd=None)]


async def test_the_request_holds_instructions_conversation_and_limits(
    http_server: ScriptedServer, tmp_path: Path
) -> None:
    http_server.replies = [make_stream("Yes.")]
    history = [Message(Role.USER, "Is it open?"), Message(Role.ASSISTANT, "It is."), Message(Role.USER, "Really?")]
    options = ChatOptions(base_url=f"{http_server.url}/v1", api_key="secret-key", max_tokens=77, temperature=0.5)

    async with open_model("openai:m", options, models_dir=tmp_path) as model:
        _ = [piece async for piece in model.stream("Be brief.", history)]

    sent = json.loads(http_server.seen[0].body)
    assert [(message["role"], message["content"]) for message in sent["messages"]] == [
        ("system", "Be brief."),
        ("user", "Is it open?"),
        ("assistant", "It is."),
        ("user", "Really?"),
    ]
    assert (sent["model"], sent["temperature"], sent["stream"]) == ("m", 0.5, True)
    assert 77 in (sent.get("max_tokens"), sent.get("max_completion_tokens"))
    assert http_server.seen[0].headers["authorization"] == "Bearer secret-key"


async def test_a_short_text_is_completed(http_server: ScriptedServer, tmp_path: Path) -> None:
    http_server.replies = [make_stream("har", "bour")]
    options = ChatOptions(base_url=f"{http_server.url}/v1")

    async with open_model("served-model", options, models_dir=tmp_path) as model:
        assert await model.complete("Name it.", "boats", max_tokens=5) == "harbour"

    assert json.loads(http_server.seen[0].body)["model"] == "served-model"


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (401, ConfigurationError, "AIKA_MODEL__API_KEY"),
        (403, ConfigurationError, "AIKA_MODEL__API_KEY"),
        (404, ConfigurationError, "model.name"),
        (400, PermanentError, "refused the request"),
        (429, TransientError, "takes no more requests"),
        (500, TransientError, "not available"),
        (503, TransientError, "not available"),
    ],
)
async def test_a_refusal_has_its_kind_and_says_what_to_do(
    http_server: ScriptedServer, tmp_path: Path, status: int, error: type[Exception], words: str
) -> None:
    http_server.replies = [make_error(status, "no")]

    with pytest.raises(error, match=words) as caught:
        await ask(http_server, tmp_path)

    assert http_server.url in str(caught.value)
    assert "secret-key" not in str(caught.value)


async def test_how_long_to_wait_is_kept(http_server: ScriptedServer, tmp_path: Path) -> None:
    http_server.replies = [make_error(429, "slow down", **{"Retry-After": "17"})]

    with pytest.raises(TransientError) as caught:
        await ask(http_server, tmp_path)

    assert caught.value.retry_after == 17


async def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    absent = ScriptedServer(port=1)

    with pytest.raises(TransientError, match=r"http://localhost:1/v1/?\) cannot be reached"):
        await ask(absent, tmp_path)


async def test_a_reply_that_breaks_off_is_a_failure(http_server: ScriptedServer, tmp_path: Path) -> None:
    whole = make_stream("At ", "six")
    http_server.replies = [
        Reply(body=whole.body[:80], headers={**whole.headers, "Content-Length": str(len(whole.body))})
    ]

    with pytest.raises(TransientError, match="openai:m"):
        await ask(http_server, tmp_path)


async def test_the_last_message_must_be_the_users(http_server: ScriptedServer, tmp_path: Path) -> None:
    options = ChatOptions(base_url=f"{http_server.url}/v1")
    async with open_model("openai:m", options, models_dir=tmp_path) as model:
        with pytest.raises(PermanentError, match="must be theirs"):
            await anext(model.stream("Be brief.", [Message(Role.ASSISTANT, "Hello.")]))


@pytest.mark.parametrize(
    ("name", "options", "error", "words"),
    [
        ("harbour", ChatOptions(), ConfigurationError, "names no provider"),
        ("nosuch:model", ChatOptions(), ConfigurationError, "names no provider"),
        ("openai:gpt-5", ChatOptions(), ConfigurationError, "AIKA_MODEL__API_KEY"),
        ("anthropic:claude-x", ChatOptions(), ConfigurationError, "ANTHROPIC_API_KEY"),
        ("openai:m", ChatOptions(api_key="k", options={"top_q": 1}), ConfigurationError, "top_q"),
        ("gguf:/no/such.gguf", ChatOptions(), ConfigurationError, "there is no file"),
        ("gguf:smollm2", ChatOptions(options={"ctx": 1}), ConfigurationError, "known options: threads, context"),
    ],
)
async def test_a_wrong_setting_is_told_at_the_start(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    options: ChatOptions,
    error: type[Exception],
    words: str,
) -> None:
    for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(variable, raising=False)

    with pytest.raises(error, match=words):
        async with open_model(name, options, models_dir=tmp_path):
            pass


async def test_a_provider_whose_packages_are_missing_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "groq", None)

    with pytest.raises(MissingExtraError, match=r"aika\[providers\]"):
        async with open_model("groq:llama", ChatOptions(api_key="k"), models_dir=tmp_path):
            pass


def test_options_do_not_show_the_key() -> None:
    assert "secret" not in repr(ChatOptions(api_key="secret"))
