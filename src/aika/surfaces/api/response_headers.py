"""The headers that every response has, and the content security policies of pages."""

from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS = {
    # Of what is no page: a browser that is made to show it runs nothing and loads nothing.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer", under which browsers hide from us too where a form was sent from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000"
"""Sent over https only: a year, the least that browsers' lists of such hosts ask for."""

_PAGE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def page_policy(nonce: str | None, *, framed_by: Collection[str] = ()) -> str:
    """Return the policy of a page of the app. ``nonce`` admits the style elements that libraries of the app make.

    ``framed_by`` are the origins whose pages may show it within them; by default none may.
    """
    policy = {**_PAGE, "frame-ancestors": " ".join(framed_by) or "'none'"}
    if nonce is not None:
        policy["style-src"] += f" 'nonce-{nonce}'"
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def sandbox_policy() -> str:
    """Return the policy of a document that draws what models wrote: it has no origin, no network and no way out."""
    return (
        "sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; "
        "font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


class ResponseHeaders:
    """Adds to every response the headers that it does not have itself.

    It works on the messages as they pass, so that streams are neither held back nor copied.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secure = self._https or scope["scheme"] == "https"
        private = scope["path"].startswith("/v1/")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if private:
                    headers.setdefault("Cache-Control", "no-store")
                if secure:
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        await self._app(scope, receive, with_headers)
