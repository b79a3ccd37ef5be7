"""Another origin, which counts what reaches it. Nothing ever should."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Thief:
    """A server on loopback that is not aika's."""

    url: str
    pages: dict[str, str] = field(default_factory=dict)
    """What it serves itself, by path: pages of strangers."""
    hits: list[str] = field(default_factory=list)
    """What was asked of it beside its own pages."""


@contextmanager
def listening() -> Iterator[Thief]:
    """Listen until the end of the block."""
    thief = Thief("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = thief.pages.get(self.path)
            if page is None:
                thief.hits.append(self.path)
            payload = (page or "").encode()
            self.send_response(200 if page is not None else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_POST = do_GET  # noqa: N815  # the names that the standard library calls

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing: what arrived is counted."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    # Another name for the same machine is another site as well.
    thief.url = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield thief
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
