"""Servers at the wire for tests of connectors: strict counterparts of our own, and a gate before an emulator."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

_PASSED_ON = ("authorization", "content-type", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "range")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    method: str
    target: str
    """The path and the query as they were sent, encoded."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True, slots=True)
class Told:
    """A response."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: object, status: int = 200, **headers: str) -> "Told":
        return cls(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


@contextmanager
def served(answer: Callable[[Asked], Told]) -> Iterator[str]:
    """Serve on a free port of loopback and yield the address. An exception in ``answer`` is a 500 that says so."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one packet: the second of two small ones waits 40 ms for the first to be acknowledged.
        wbufsize = -1

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told = self._told(Asked(self.command, self.path, headers, body))
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            if not any(name.lower() == "content-length" for name in told.headers):
                self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(told.body)
            self.wfile.flush()

        def _told(self, asked: Asked) -> Told:
            try:
                return answer(asked)
            except Exception as error:  # noqa: BLE001  # whatever it is, the test must see it and the server go on
                return Told(500, f"{type(error).__name__}: {error}".encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(slots=True)
class Gate:
    """Stands before an emulator and answers some requests itself, as the real service would and the emulator cannot."""

    upstream: str
    refusals: list[Told] = field(default_factory=list)
    """Given to the next requests, in order, instead of passing them on."""
    refuses: Callable[[Asked], Told | None] = lambda _: None
    """Asked for each request; an answer is given instead of passing the request on."""
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if self.refusals:
            return self.refusals.pop(0)
        return self.refuses(asked) or _passed_on(asked, self.upstream)


def rate_limited(seconds: int = 0) -> Told:
    return Told(429, b"slow down", {"Retry-After": str(seconds)})


def _passed_on(asked: Asked, upstream: str) -> Told:
    headers = {name: value for name, value in asked.headers.items() if name in _PASSED_ON}
    request = urllib.request.Request(  # noqa: S310  # an address of loopback
        f"{upstream}{asked.target}", data=asked.body or None, headers=headers, method=asked.method
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  # an address of loopback
            return Told(response.status, response.read(), _kept(response.headers.items()))
    except urllib.error.HTTPError as error:
        with error:
            return Told(error.code, error.read(), _kept(error.headers.items()))


def _kept(headers: "list[tuple[str, str]]") -> dict[str, str]:
    dropped = {"connection", "transfer-encoding", "date", "server", "keep-alive"}
    return {name: value for name, value in headers if name.lower() not in dropped}
