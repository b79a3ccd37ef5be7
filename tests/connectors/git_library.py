"""A repository that tests commit to, and servers that give it out."""

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from dulwich.objects import ObjectID
from dulwich.refs import Ref
from dulwich.repo import Repo
from dulwich.server import BackendRepo, DictBackend
from dulwich.web import make_wsgi_chain

ALICE = "Alice Example <alice@example.org>"
BOB = "Bob Example <bob@example.org>"


class NoAnalyzer:
    fingerprint = "none"

    def terms(self, text: str) -> list[str]:
        raise AssertionError("connectors do not analyze text")


class Work:
    """A repository with a folder of files, on the branch ``main``. Each commit is a day later than the one before."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.repository = Repo.init(str(folder), default_branch=b"main")
        self._at = 1_700_000_000

    def commit(
        self, files: Mapping[str, str | bytes] | None = None, *, removed: Sequence[str] = (), author: str = ALICE
    ) -> str:
        """Write and remove files, commit that, and return the commit's name."""
        for name, content in (files or {}).items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        for name in removed:
            (self.folder / name).unlink()
        self._at += 86_400
        tree = self.repository.get_worktree()
        tree.stage([*(files or {}), *removed])
        commit = tree.commit(
            message=b"Change",
            committer=author.encode(),
            author=author.encode(),
            commit_timestamp=self._at,
            commit_timezone=0,
            author_timestamp=self._at,
            author_timezone=0,
            sign=False,
        )
        return bytes(commit).decode()

    def branch(self, name: str, commit: str) -> None:
        self.repository.refs[Ref(f"refs/heads/{name}".encode())] = ObjectID(commit.encode())

    def close(self) -> None:
        self.repository.close()


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(application: WSGIApplication) -> Iterator[str]:
    """Serve an application on loopback; give its address."""
    server = make_server("127.0.0.1", 0, application, server_class=_ThreadingServer, handler_class=_QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def dulwich_server(repository: Repo) -> WSGIApplication:
    """Return dulwich's own HTTP server, with the repository at ``/acme/docs.git``."""
    repositories: dict[str, BackendRepo] = {"/acme/docs.git": repository}
    return make_wsgi_chain(DictBackend(repositories))


def git_http_backend(root: Path) -> WSGIApplication:
    """Return Git's own HTTP server, with the repositories below a folder."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        passed = {name: value for name, value in environ.items() if name.isupper() and isinstance(value, str)}
        result = subprocess.run(
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            check=True,
            env={
                "PATH": os.environ["PATH"],
                **passed,
                "GIT_PROJECT_ROOT": str(root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "safe.directory",
                "GIT_CONFIG_VALUE_0": "*",
                "CONTENT_LENGTH": str(length),
                "GIT_PROTOCOL": environ.get("HTTP_GIT_PROTOCOL", ""),
            },
        )
        head, _, content = result.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n")]
        status = next((value for name, value in headers if name == "Status"), "200 OK")
        start_response(status, [(name, value) for name, value in headers if name != "Status"])
        return [content]

    return application
