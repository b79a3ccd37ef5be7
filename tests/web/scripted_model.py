"""A language model's server whose answers a test writes. It speaks OpenAI's protocol, streams for real, and can be held."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOLD_SECONDS = 120
"""A held answer goes on by itself after this, so that a failing test does not block the ones behind it."""

_PASSAGE = re.compile(r'<passage number="(\d+)"[^>]*>\n(.*?)\n</passage>', re.DOTALL)
_QUESTION = re.compile(r"<question>\n(.*?)\n</question>", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z][^.!?\n|#`*\[\]<>]{30,200}[.](?=\s|$)")
_DECLINED = "The passages do not answer this question."


class ScriptedModel:
    """Writes what the test said for a question, and otherwise the best two sentences of the passages, cited."""

    def __init__(self) -> None:
        self._replies: dict[str, str] = {}
        self._held: dict[str, threading.Event] = {}
        self.base_url = ""

    def answers(self, question: str, reply: str) -> None:
        """Write this reply to every question that contains the words. The last rule for a question wins."""
        self._replies[question] = reply

    def hold(self, question: str) -> None:
        """Stop in the middle of the answer to a question that contains the words, until it is released."""
        self._held[question] = threading.Event()

    def release(self, question: str) -> None:
        self._held.pop(question).set()

    def write(self, messages: list[dict[str, Any]]) -> str:
        """Return the reply to a conversation."""
        prompt = str(messages[-1]["content"])
        asked = self.asked(messages)
        for question, reply in reversed(self._replies.items()):
            if question in asked:
                return reply
        return _extract(asked, _PASSAGE.findall(prompt)) or _DECLINED

    def wait(self, messages: list[dict[str, Any]]) -> None:
        """Return when nobody holds the answer."""
        asked = self.asked(messages)
        for question, released in list(self._held.items()):
            if question in asked:
                released.wait(HOLD_SECONDS)

    def asked(self, messages: list[dict[str, Any]]) -> str:
        prompt = str(messages[-1]["content"])
        found = _QUESTION.search(prompt)
        return found[1] if found else prompt


@contextmanager
def serving(model: ScriptedModel) -> Iterator[None]:
    """Serve it on loopback; its ``base_url`` says where."""

    class Handler(_Handler):
        scripted = model

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    model.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _extract(question: str, passages: list[tuple[str, str]]) -> str:
    words = {word for word in re.findall(r"\w+", question.lower()) if len(word) > 3}
    scored = [
        (-len(words & set(re.findall(r"\w+", sentence.lower()))), int(number), sentence)
        for number, text in passages
        for sentence in _SENTENCE.findall(text)
    ]
    return " ".join(f"{sentence} [{number}]" for overlap, number, sentence in sorted(scored)[:2] if overlap < 0)


class _Handler(BaseHTTPRequestHandler):
    scripted: ScriptedModel
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        text = self.scripted.write(body["messages"])
        if not body.get("stream"):
            self.scripted.wait(body["messages"])
            self._send_whole(text)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        pieces = re.findall(r"\S+\s*|\s+", text)
        for number, piece in enumerate(pieces):
            if number == min(6, len(pieces) // 2):
                self.scripted.wait(body["messages"])
            if not self._send(_event({"role": "assistant", "content": piece}, None)):
                return
        self._send(_event({}, "stop") + "data: [DONE]\n\n")
        self.close_connection = True

    def _send(self, text: str) -> bool:
        """Return whether whoever asked is still there."""
        try:
            self.wfile.write(text.encode())
            self.wfile.flush()
        except OSError:
            self.close_connection = True
            return False
        return True

    def _send_whole(self, text: str) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        whole = {
            "id": "c",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [choice],
            "usage": usage,
        }
        payload = json.dumps(whole).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: the tests say what matters."""


def _event(delta: dict[str, Any], finish: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n"
