"""Refuses what pages of others make a browser send: it comes with the browser's cookies, or from the machine aika runs on.

Browsers say where a request comes from (Fetch Metadata, and the header ``Origin``), which pages cannot change. So no token is
needed: nothing has to be sent along by the app or by any client.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from aika.client.models import Problem
from aika.surfaces.api import problems
from aika.surfaces.api.cookies import SESSION

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""RFC 9110, section 9.2.1. No endpoint of these changes anything."""
_OWN = frozenset({"same-origin", "none"})
"""``none`` is what a person does in the browser itself, without a page."""


class SameOrigin:
    """An ASGI app around another."""

    def __init__(self, app: ASGIApp, *, public_url: str | None) -> None:
        self._app = app
        self._public = None if public_url is None else _origin(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _SAFE and self._is_of_others(scope):
            detail = (
                "the request comes from a page of another origin. Open aika itself, or send an API key in the header "
                "'Authorization: Bearer KEY'"
            )
            refusal = problems.reply(Problem(title="Not allowed", status=403, detail=detail))
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_of_others(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if "authorization" in headers:
            # A page cannot send it to another origin without being allowed to, and nothing else then counts.
            return False
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in _OWN
        origin = headers.get("origin")
        if origin is not None:
            own = _origin(f"{scope['scheme']}://{headers.get('host', '')}")
            return _origin(origin) not in {own, self._public}
        # Neither is what programs send. One that has a session's cookie is a browser too old to tell.
        return SESSION in headers.get("cookie", "")


def _origin(url: str) -> tuple[str, str, int | None] | None:
    """Return what two addresses of one origin have in common, ``None`` for what is none, such as ``null``."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


_PORTS: Mapping[str, int] = {"http": 80, "https": 443}
