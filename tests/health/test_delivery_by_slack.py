"""Digests arrive in Slack: a server on loopback that is as strict as Slack's documentation."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from digest_material import make_digest, make_edit, make_entry_of_digest

from aika.delivery.slack import SlackOptions, open_slack
from aika.domain.digests import Digest, Medium, Recipient, UncertainDeliveryError
from aika.domain.errors import ConfigurationError, PermanentError, TransientError

TOKEN = "xoxb-test"
CHANNEL = Recipient(Medium.SLACK, "#payments")
BLOCKS = {"header", "rich_text"}
LEAVES = {"text", "link"}


@dataclass
class Slack:
    """What was posted, and what the server is to say next."""

    url: str = ""
    posted: list[Mapping[str, object]] = field(default_factory=list)
    says: list[tuple[int, Mapping[str, str], object]] = field(default_factory=list)
    requests: int = 0

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, str], object]:
        self.requests += 1
        if self.says:
            return self.says.pop(0)
        if path == "/api/chat.postMessage" and headers.get("authorization") != f"Bearer {TOKEN}":
            return 200, {}, {"ok": False, "error": "invalid_auth"}
        content = json.loads(body)
        if path == "/api/chat.postMessage" and content.get("channel") != "#payments":
            return 200, {}, {"ok": False, "error": "channel_not_found"}
        problem = invalid(content)
        if problem:
            return 200, {}, {"ok": False, "error": problem}
        self.posted.append(content)
        return 200, {}, {"ok": True} if path.startswith("/api/") else "ok"


def invalid(content: Mapping[str, object]) -> str | None:
    """Return what Slack would not take: https://docs.slack.dev/reference/block-kit/blocks"""
    blocks = content.get("blocks")
    if not isinstance(blocks, list) or len(blocks) > 50:
        return "invalid_blocks"
    for block in blocks:
        if block["type"] not in BLOCKS:
            return "invalid_blocks"
        if block["type"] == "header" and not 0 < len(block["text"]["text"]) <= 150:
            return "invalid_blocks"
        if any(element["type"] not in LEAVES or not element["text"] for element in leaves(block)):
            return "invalid_blocks"
    return None if len(str(content.get("text", ""))) <= 40_000 else "msg_too_long"


def leaves(block: Mapping[str, object]) -> list[Mapping[str, str]]:
    """Return the innermost elements of a block."""
    inner = block.get("elements")
    if not isinstance(inner, list):
        return [block] if block["type"] in LEAVES else []  # type: ignore[list-item]  # JSON
    return [leaf for element in inner for leaf in leaves(element)]


@asynccontextmanager
async def slack_server() -> AsyncIterator[Slack]:
    slack = Slack()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = [line.split(": ", 1) for line in head[1:] if ": " in line]
        headers = {name.lower(): value for name, value in fields}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        status, extra, said = slack.answer(head[0].split(" ")[1], headers, body)
        if status:
            content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in extra.items()]
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    slack.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield slack


async def deliver(
    slack: Slack, digest: Digest | None = None, *, token: str | None = TOKEN, webhook: bool = False
) -> None:
    options = SlackOptions(
        token=token,
        webhooks={"#payments": f"{slack.url}/services/T1/B1/secret"} if webhook else {},
        api_url=f"{slack.url}/api",
        timeout=20,
    )
    async with open_slack(options) as courier:
        await courier.deliver(digest or make_digest(to=CHANNEL))


def shown(content: Mapping[str, object]) -> str:
    blocks = content["blocks"]
    assert isinstance(blocks, list)
    return "\n".join(leaf["text"] for block in blocks for leaf in leaves(block))


class TestArriving:
    async def test_a_digest_is_posted_by_the_bot(self) -> None:
        entry = make_entry_of_digest(suggestion=make_edit())

        async with slack_server() as slack:
            await deliver(slack, make_digest(entry, to=CHANNEL, more=12, still_open=3))

        [content] = slack.posted
        assert content["text"] == "aika: 13 new findings for payments team"
        assert (content["unfurl_links"], content["link_names"], content["parse"]) == (False, False, "none")
        for said in ("The newer page says 14.", "3 people asked.", "And 12 more", "earlier digests: 3", "finding-1"):
            assert said in shown(content)

    async def test_a_digest_is_posted_through_the_channel_s_webhook(self) -> None:
        async with slack_server() as slack:
            await deliver(slack, token=None, webhook=True)

        [content] = slack.posted
        assert "channel" not in content

    async def test_the_longest_digest_is_within_slack_s_limits(self) -> None:
        long = "word " * 400
        entries = [
            make_entry_of_digest(long, reason=long, quote=long, questions=(long,) * 3, suggestion=make_edit(long, long))
            for _ in range(60)
        ]

        async with slack_server() as slack:
            await deliver(slack, make_digest(*entries, to=CHANNEL, owner=long))

        assert len(slack.posted) == 1


class TestHostileTexts:
    async def test_texts_stay_texts(self) -> None:
        hostile = "<!channel> <https://evil.example|here> *bold* <@U1> https://evil.example/x"
        entry = make_entry_of_digest(hostile, reason=hostile, quote=hostile, questions=(hostile,))

        async with slack_server() as slack:
            await deliver(slack, make_digest(entry, to=CHANNEL, owner="<!channel> & co"))

        [content] = slack.posted
        blocks = content["blocks"]
        assert isinstance(blocks, list)
        links = [leaf["url"] for block in blocks for leaf in leaves(block) if leaf["type"] == "link"]
        assert links == ["https://docs.example/limits.md"]
        assert content["text"] == "aika: 1 new finding for &lt;!channel&gt; &amp; co"
        assert "evil.example/x" not in shown(content)


class TestFailures:
    async def test_a_limit_is_kept_and_its_pause_is_passed_on(self) -> None:
        async with slack_server() as slack:
            slack.says = [(429, {"Retry-After": "120"}, "")]

            with pytest.raises(TransientError) as raised:
                await deliver(slack)

        assert raised.value.retry_after == 120
        assert slack.requests == 1

    async def test_a_server_that_is_down_is_tried_again_later(self) -> None:
        async with slack_server() as slack:
            pass

        with pytest.raises(TransientError, match="cannot be reached"):
            await deliver(slack)

    async def test_an_answer_that_is_lost_leaves_it_unknown_and_is_not_repeated(self) -> None:
        async with slack_server() as slack:
            slack.says = [(0, {}, "")]

            with pytest.raises(UncertainDeliveryError):
                await deliver(slack)

        assert slack.requests == 1

    async def test_an_error_inside_of_slack_leaves_it_unknown(self) -> None:
        async with slack_server() as slack:
            slack.says = [(500, {}, "")]

            with pytest.raises(UncertainDeliveryError):
                await deliver(slack)

    async def test_a_channel_that_is_not_there_is_named_with_the_remedy(self) -> None:
        async with slack_server() as slack:
            with pytest.raises(PermanentError, match=r"#pay \(channel_not_found\): .*invite the bot"):
                await deliver(slack, make_digest(to=Recipient(Medium.SLACK, "#pay")))

    async def test_a_wrong_token_is_named_with_the_remedy(self) -> None:
        async with slack_server() as slack:
            with pytest.raises(PermanentError, match=r"set token in \[digests.slack\]"):
                await deliver(slack, token="wrong")

    async def test_a_webhook_that_was_removed_is_named(self) -> None:
        async with slack_server() as slack:
            slack.says = [(404, {}, "no_service")]

            with pytest.raises(PermanentError, match="the webhook was removed"):
                await deliver(slack, webhook=True)

    async def test_without_token_and_webhook_nothing_is_tried(self) -> None:
        async with slack_server() as slack:
            with pytest.raises(ConfigurationError, match="neither a token nor a webhook"):
                await deliver(slack, token=None)

        assert slack.requests == 0
