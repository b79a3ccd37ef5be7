"""Where people come back to from Slack after they agreed to personal search, or did not."""

import html
import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from aika.domain.errors import TransientError
from aika.surfaces.slack.consent import Agreed, ConsentError, Consents
from aika.surfaces.slack.consent_links import CALLBACK

logger = logging.getLogger(__name__)

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>aika: personal search</title><meta name="robots" content="noindex"></head>
<body><h1>{title}</h1><p>{text}</p><p>You can close this page and go back to Slack.</p></body>
</html>
"""
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    # The address has a code of Slack's in it.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_LONGEST = 2_000

WhenAgreed = Callable[[Agreed], Awaitable[None]]


class ConsentCallback:
    """Answers the browser that Slack sends back."""

    def __init__(self, consents: Consents, when_agreed: WhenAgreed) -> None:
        self._consents = consents
        self._when_agreed = when_agreed

    def route(self) -> Route:
        return Route(CALLBACK, self.answer, methods=["GET"])

    async def answer(self, request: Request) -> HTMLResponse:
        said = request.query_params
        code, state = said.get("code", ""), said.get("state", "")
        if said.get("error"):
            return _page(200, "Personal search stays off", "You did not agree, and nothing was kept.")
        if not code or not state or len(code) > _LONGEST or len(state) > _LONGEST:
            return _page(400, "This is not a link of aika's", "Open aika's Home in Slack, and connect from there.")
        try:
            agreed = await self._consents.complete(code=code, state=state)
        except ConsentError as error:
            logger.warning("a consent to personal search did not come about")
            return _page(400, "Personal search is not connected", f"{error}.")
        except TransientError:
            return _page(503, "Personal search is not connected", "Slack could not be reached. Please try again.")
        await self._when_agreed(agreed)
        return _page(200, "Personal search is on", "Ask aika in a direct message. You can stop it in aika's Home.")


def _page(status: int, title: str, text: str) -> HTMLResponse:
    body = _PAGE.format(title=html.escape(title), text=html.escape(text))
    return HTMLResponse(body, status_code=status, headers=_HEADERS)
