"""Streams 30 answers at once and says what aika adds to the first token of a fast model server, and what that is made of.

    python benchmarks/web_streaming.py [--at-once 30] [--rounds 3] [--dir SYNCED]

The model server is a counterpart of OpenAI's API that answers after 50 ms with up to 200 words, one each 20 ms: sentences of
the passages that it is given, each with its number. It is asked directly at the same concurrency, and then through a real
``aika serve`` with the example company; overhead is the difference. Two arrivals are measured: so that as many are always being
answered, and all questions in one instant. Then connections are cut after a few tokens, and picked up with Last-Event-ID.
The model server and those who ask share the machine's cores with aika.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
AIKA = (sys.executable, "-m", "aika.surfaces.cli.main")
FIRST_TOKEN, TOKENS, BETWEEN = 0.05, 200, 0.02
LONGEST_LINE = 1 << 22
CUT_AFTER = 4
"""Events that arrive before a connection is cut."""
_PASSAGE = re.compile(r'<passage number="(\d+)"[^>]*>\n(.*?)\n</passage>', re.DOTALL)
_SENTENCE = re.compile(r"(?m)^[A-Z][^\n|`#*]{20,300}?[.!](?=\s|$)")


@dataclass(slots=True)
class Asked:
    """When what happened to one question, in seconds of one clock. Unset: it did not."""

    question: str
    sent: float = 0.0
    started: float = 0.0
    retrieved: float = 0.0
    model_asked: float = 0.0
    model_first: float = 0.0
    first: float = 0.0
    ended: float = 0.0
    outcome: str = ""


class ModelServer:
    """Speaks as much of OpenAI's chat completions as streaming takes, and notes when it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, Asked] = {}
        self._open: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        port = server.sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.close()
            for writer in list(self._open):
                writer.close()
            await asyncio.sleep(0.1)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])  # type: ignore[index]  # it is always there
                body = json.loads(await reader.readexactly(length))
                await self._complete(json.dumps(body, ensure_ascii=False), body, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client closed the connection, which is how clients of HTTP end
        finally:
            self._open.discard(writer)
            writer.close()

    async def _complete(self, text: str, body: dict[str, object], writer: asyncio.StreamWriter) -> None:
        arrived = time.perf_counter()
        noted = [
            asked for question, asked in self.asked.items() if json.dumps(question)[1:-1] in text or question in text
        ]
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        await asyncio.sleep(FIRST_TOKEN)
        for asked in noted:
            asked.model_asked, asked.model_first = arrived, time.perf_counter()
        for piece in _pieces(body):
            writer.write(_chunk(_event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}}]})))
            await writer.drain()
            await asyncio.sleep(BETWEEN)
        usage = {"prompt_tokens": 1, "completion_tokens": TOKENS, "total_tokens": TOKENS + 1}
        writer.write(_chunk(_event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})))
        writer.write(_chunk(_event({"choices": [], "usage": usage})) + _chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")
        await writer.drain()


def _pieces(body: dict[str, object]) -> list[str]:
    """Return sentences of the passages word by word, so that what comes back is an answer and is not refused."""
    messages = body.get("messages")
    told = str(messages[-1]["content"]) if isinstance(messages, list) and messages else ""
    words: list[str] = []
    for number, passage in _PASSAGE.findall(told):
        for sentence in _SENTENCE.findall(passage):
            if len(words) < TOKENS:
                words += [*sentence[:-1].split(), f"[{number}]{sentence[-1]}"]
    return [f"{word} " for word in words or ["The", "passages", "do", "not", "answer", "this", "question."]]


def _event(said: dict[str, object]) -> bytes:
    whole = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "fast", **said}
    return b"data: " + json.dumps(whole).encode() + b"\n\n"


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def stream(url: str, path: str, body: object | None, headers: str = "") -> AsyncIterator[tuple[float, str]]:
    """Yield the lines of a stream with the time they came, read from a bare socket: clients take time too."""
    host, port = url.removeprefix("http://").split("/")[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=LONGEST_LINE)
    sent = b"" if body is None else json.dumps(body).encode()
    method = "GET" if body is None else "POST"
    writer.write(
        f"{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n{headers}"
        f"content-length: {len(sent)}\r\nconnection: close\r\n\r\n".encode()
        + sent
    )
    try:
        while line := await reader.readline():
            yield time.perf_counter(), line.decode().rstrip()
    finally:
        writer.close()


async def ask_model(url: str, asked: Asked) -> None:
    body = {"model": "fast", "stream": True, "messages": [{"role": "user", "content": asked.question}]}
    asked.sent = time.perf_counter()
    async for at, line in stream(url, "/v1/chat/completions", body):
        if line.startswith("data: ") and not asked.first:
            asked.first = at
        asked.ended = at
        if line == "data: [DONE]":
            return


async def ask_aika(url: str, asked: Asked) -> None:
    body = {"stream": True, "messages": [{"role": "user", "content": asked.question}]}
    asked.sent = time.perf_counter()
    event = ""
    async for at, line in stream(url, "/v1/chat/complete", body):
        if line.startswith("event: "):
            event = line[7:]
        elif line.startswith("data: "):
            _note(asked, event, at, line)


def _note(asked: Asked, event: str, at: float, line: str) -> None:
    if event == "started":
        asked.started = at
    elif event == "retrieved":
        asked.retrieved = at
    elif event == "delta" and not asked.first:
        asked.first = at
    elif event == "completed":
        asked.outcome, asked.ended = json.loads(line[6:])["completion"]["outcome"], at


async def at_once(ask: Callable[[Asked], Awaitable[None]], questions: Sequence[Asked]) -> None:
    await asyncio.gather(*(ask(asked) for asked in questions))


async def always(ask: Callable[[Asked], Awaitable[None]], questions: Sequence[Asked], many: int) -> None:
    """Ask so that as many are always being answered, begun evenly over the time that one answer takes."""
    waiting = iter(questions)

    async def one_after_another(place: int) -> None:
        await asyncio.sleep(place * (FIRST_TOKEN + TOKENS * BETWEEN) / many)
        for asked in waiting:
            await ask(asked)

    await asyncio.gather(*(one_after_another(place) for place in range(many)))


async def cut_and_resume(url: str, question: str) -> bool:
    """Return whether an answer whose connection was cut goes on where it stopped, to its end, with nothing twice."""
    body = {"stream": True, "messages": [{"role": "user", "content": question}]}
    numbers: list[int] = []
    answer = ""
    async for _, line in stream(url, "/v1/chat/complete", body):
        if line.startswith("id: "):
            numbers.append(int(line[4:]))
        elif line.startswith("data: "):
            answer = answer or json.loads(line[6:])["answer_id"]
            if len(numbers) >= CUT_AFTER:
                break
    ended = line.startswith("data: ") and json.loads(line[6:])["type"] == "completed"  # an abstention has few events
    async for _, line in stream(url, f"/v1/answers/{answer}/events", None, f"Last-Event-ID: {numbers[-1]}\r\n"):
        if line.startswith("id: "):
            numbers.append(int(line[4:]))
        ended = ended or line == "event: completed"
    return ended and numbers == list(range(1, len(numbers) + 1))


@contextmanager
def serving(folder: Path, model: str, *, reader: bool) -> Iterator[tuple[str, int]]:
    """Serve a synced folder with the model server as its language model. Yields its address and its process."""
    environment = {
        **os.environ,
        "AIKA_MODEL__NAME": "openai:fast",
        "AIKA_MODEL__BASE_URL": model,
        "AIKA_MODEL__API_KEY": "none",
        "AIKA_CONFIDENCE__READER": str(reader).lower(),
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "200",
    }
    command = [*AIKA, "serve", "--port", "0", "--dir", str(folder)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found, "the server did not say where it listens"
            yield found[0].rstrip("/"), server.pid
        finally:
            server.terminate()


def spent(process: int) -> float:
    """Return the seconds of all cores that a process has used, which do not depend on what else the machine does."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def share(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))] * 1000


def row(name: str, values: Sequence[float]) -> str:
    return f"| {name} | {median(values) * 1000:.0f} | {share(values, 0.95):.0f} | {max(values) * 1000:.0f} |"


def told(title: str, direct: Sequence[Asked], through: Sequence[Asked]) -> None:
    """Print what one arrival came to."""
    asked = [one for one in through if one.first and one.model_asked]
    plain = [one.first - one.sent for one in direct]
    total = [one.first - one.sent for one in asked]
    base = median(plain)
    retrieval = [one.retrieved - one.sent for one in asked]
    rest = [one.first - one.retrieved - (one.model_first - one.model_asked) for one in asked]
    print(f"\n### {title}: {len(asked)} of {len(through)} answers written by the model\n")
    print("| milliseconds to the first token | p50 | p95 | most |\n|---|---:|---:|---:|")
    print(row("model server, asked directly", plain))
    print(row("through aika", total))
    print(row("**overhead with retrieval** (less the model's p50)", [value - base for value in total]))
    print(row("of it: taking the question on", [one.started - one.sent for one in asked]))
    print(row("of it: finding evidence", [one.retrieved - one.started for one in asked]))
    print(row("of it: judging the evidence, asking the model", [one.model_asked - one.retrieved for one in asked]))
    print(row("of it: handing the first token on", [one.first - one.model_first for one in asked]))
    print(row("**overhead without retrieval**", rest))
    print(row("retrieval", retrieval))


async def measure(given: argparse.Namespace, folder: Path) -> None:
    lines = (ROOT / "examples" / "collection" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    texts = [row["text"] for row in rows if row["metadata"]["answerable"]]
    server = ModelServer()
    async with server.listening() as model:
        with serving(folder, model, reader=not given.no_reader) as (url, process):
            await ask_aika(url, Asked("who owns checkout?"))
            await at_once(lambda asked: ask_aika(url, asked), [Asked(text) for text in texts[-5:]])

            def taken(offset: int, many: int) -> list[Asked]:
                some = [Asked(texts[(offset + place) % len(texts)]) for place in range(many)]
                server.asked = {asked.question: asked for asked in some}
                return some

            print(
                f"{given.at_once} answers at once, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the beginning"
            )
            before = spent(process)
            direct, through = [], []
            for number in range(given.rounds):
                some = taken(0, given.at_once)
                await at_once(lambda asked: ask_model(model, asked), some)
                direct += some
                some = taken(number * given.at_once, given.at_once)
                await at_once(lambda asked: ask_aika(url, asked), some)
                through += some
            told("All in one instant", direct, through)
            cpu = (spent(process) - before) / len(through)
            print(f"\naika used {cpu * 1000:.0f} ms of a core for each answer: two cores end {2 / cpu:.1f} a second.")
            many = given.at_once * given.rounds
            direct = taken(0, many)
            await always(lambda asked: ask_model(model, asked), direct, given.at_once)
            through = taken(7, many)
            await always(lambda asked: ask_aika(url, asked), through, given.at_once)
            told("As many always", direct, through)
            resumed = await asyncio.gather(*(cut_and_resume(url, text) for text in texts[: given.at_once]))
            print(
                f"\nConnections cut after {CUT_AFTER} events: {sum(resumed)} of {len(resumed)} went on to the end, nothing twice."
            )
            print(f"Load at the end: {os.getloadavg()[0]:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at-once", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dir", type=Path, help="The example company, synced. Unset: a copy is made and synced.")
    parser.add_argument("--no-reader", action="store_true", help="Judge the evidence without reading the passages.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.dir
        if folder is None:
            folder = Path(made) / "examples"
            shutil.copytree(ROOT / "examples", folder, ignore=shutil.ignore_patterns(".aika"))
            shutil.copytree(ROOT / "docs", Path(made) / "docs")
            subprocess.run([*AIKA, "sync", "--dir", str(folder)], check=True)
        asyncio.run(measure(given, folder))


if __name__ == "__main__":
    main()
