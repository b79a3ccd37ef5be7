"""Serves the built web app: its page with a fresh nonce, its files, compressed ones where a browser takes them.

It answers what no route of the API does, so that a route that another surface adds later comes first.
"""

import asyncio
import mimetypes
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from aika.surfaces.api.response_headers import page_policy, sandbox_policy

WEB = Path(__file__).parent / "web"
"""Where ``make web`` puts the built app. The wheel carries it."""
NONCE = "__CSP_NONCE__"
"""What the built page has where a nonce belongs."""
_NOT_BUILT = Path(__file__).parent / "not_built.html"
"""What is shown where the app is not built, with the remedy."""

SECTIONS = frozenset(
    {
        "",
        "assistants",
        "c",
        "documents",
        "embed",
        "evaluation",
        "goalies",
        "health",
        "insights",
        "s",
        "settings",
        "sign-in",
        "signed-out",
        "sources",
    }
)
"""The first parts of the app's own addresses. A page elsewhere is the app's too, which says that there is nothing."""
_EMBEDDED = "embed"
"""What other pages may show, where a setting names them."""
_NOT_THE_APPS = ("v1", "schemas", "slack")

_ASSETS = "assets/"
"""Files here have a digest of their content in their names."""
_SANDBOX = "sandbox/"
"""Documents here run apart from the app, without its origin and without the network."""
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""Best first."""
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
"""Said here, because a machine's own table may lack them."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the built app."""

    path: Path
    media_type: str
    etag: str
    encoded: Mapping[str, Path]
    """Compressed twins by their encoding."""


@dataclass(frozen=True, slots=True)
class _Build:
    """The built app, read once."""

    page: str
    made_at: int
    files: Mapping[str, _File]


class WebApp:
    """Answers a browser. An ASGI app."""

    def __init__(self, folder: Path = WEB, *, embedded_in: Sequence[str] = ()) -> None:
        """``embedded_in`` are the origins whose pages may show the one page that is made for it."""
        self._folder = folder
        self._embedded_in = tuple(embedded_in)
        self._build: _Build | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise HTTPException(404)
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        name = request.url.path.lstrip("/")
        section = name.partition("/")[0]
        if request.method not in {"GET", "HEAD"} or section in _NOT_THE_APPS:
            raise HTTPException(404)
        build = await asyncio.to_thread(self._current)
        if build is not None and name in build.files:
            return _file(build.files[name], name, request)
        if section in SECTIONS:
            return _page(build, framed_by=self._embedded_in if section == _EMBEDDED else ())
        if "text/html" in request.headers.get("accept", ""):
            return _page(build, status=404)
        raise HTTPException(404)

    def _current(self) -> _Build | None:
        """Return the app as it is built now, ``None`` where it is not. One built again is taken without a restart."""
        index = self._folder / "index.html"
        try:
            made_at = index.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        if self._build is None or self._build.made_at != made_at:
            self._build = _Build(index.read_text(encoding="utf-8"), made_at, _files_in(self._folder))
        return self._build


def _files_in(folder: Path) -> dict[str, _File]:
    """Return the files of a folder by the paths they are asked for. Hidden ones and the page itself are not served."""
    twins = {suffix for _, suffix in _ENCODINGS}
    found: dict[str, _File] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in name.parts)
        if hidden or path.suffix in twins or not path.is_file() or str(name) == "index.html":
            continue
        encoded = {encoding: Path(f"{path}{suffix}") for encoding, suffix in _ENCODINGS}
        found[name.as_posix()] = _File(
            path=path,
            media_type=_MEDIA_TYPES.get(path.suffix)
            or mimetypes.guess_type(path.name)[0]
            or "application/octet-stream",
            etag=blake2b(path.read_bytes(), digest_size=12).hexdigest(),
            encoded={encoding: twin for encoding, twin in encoded.items() if twin.is_file()},
        )
    return found


def _page(build: _Build | None, *, status: int = 200, framed_by: Sequence[str] = ()) -> Response:
    headers = {"Cache-Control": "no-cache"}
    if framed_by:
        # For pages that only load what says that they may.
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    nonce = secrets.token_urlsafe(18)
    headers["Content-Security-Policy"] = page_policy(nonce, framed_by=framed_by)
    page = _NOT_BUILT.read_text(encoding="utf-8") if build is None else build.page
    return HTMLResponse(page.replace(NONCE, nonce), 503 if build is None else status, headers)


def _file(file: _File, name: str, request: Request) -> Response:
    encoding = _chosen(file, request.headers.get("accept-encoding", ""))
    etag = f'"{file.etag}{"" if encoding is None else f"-{encoding}"}"'
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if name.startswith(_ASSETS) else "no-cache",
        "ETag": etag,
        # What is served here is the same for everyone. Pages that embed aika load it from elsewhere, and documents in the
        # sandbox have no origin at all.
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if file.encoded:
        headers["Vary"] = "Accept-Encoding"
    if file.path.suffix == ".html":
        headers["Content-Security-Policy"] = sandbox_policy() if name.startswith(_SANDBOX) else page_policy(None)
    if etag in (known.strip().removeprefix("W/") for known in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    path = file.path if encoding is None else file.encoded[encoding]
    return FileResponse(path, headers=headers, media_type=file.media_type)


def _chosen(file: _File, accepted: str) -> str | None:
    """Return the best encoding that there is of the file and that the browser takes (RFC 9110, section 12.5.3)."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        weight = parameters.replace(" ", "").removeprefix("q=")
        weights[name.strip()] = float(weight) if weight.replace(".", "", 1).isdigit() else 1.0
    return next((encoding for encoding in file.encoded if weights.get(encoding, weights.get("*", 0.0)) > 0), None)
