"""How what Slack sends arrives over HTTP: events, interactions and commands, at one address."""

import logging
from collections.abc import Collection

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aika.surfaces.slack.receiving import PROVEN
from aika.surfaces.slack.workspaces import Workspace, Workspaces

PATH = "/slack/events"
_TIMESTAMP = "x-slack-request-timestamp"
_SIGNATURE = "x-slack-signature"

logger = logging.getLogger(__name__)


class EventsEndpoint:
    """Takes events, interactions and commands that Slack signed.

    Workspaces may have apps of their own, each with its secret. What one of them signed is taken for its workspaces only.
    """

    def __init__(self, bolt: AsyncApp, workspaces: Workspaces) -> None:
        self._bolt = bolt
        self._workspaces = workspaces

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        proven = self._signed_by(body, request)
        if not proven:
            logger.warning("a request to /slack/events bears no signature of Slack's: check signing_secret")
            return Response("the signature is missing, old or wrong", status_code=401)
        try:
            received = AsyncBoltRequest(
                body=body.decode(), headers=dict(request.headers), context={PROVEN: frozenset(proven)}
            )
        except ValueError:
            return Response("the body is neither JSON nor a form", status_code=400)
        reply = await self._bolt.async_dispatch(received)
        return Response(reply.body, reply.status, headers=reply.first_headers_without_set_cookie())

    def _signed_by(self, body: bytes, request: Request) -> Collection[str]:
        """Return the names of the workspaces whose secret the request was signed with."""
        timestamp, signature = request.headers.get(_TIMESTAMP, ""), request.headers.get(_SIGNATURE, "")
        if not timestamp.isdigit() or not signature:
            return []
        return [one.name for one in self._workspaces if _is_signed(one, body, timestamp, signature)]


def events_route(bolt: AsyncApp, workspaces: Workspaces) -> Route:
    # An object with __call__ would be taken for a whole ASGI app.
    return Route(PATH, EventsEndpoint(bolt, workspaces).__call__, methods=["POST"])


def _is_signed(workspace: Workspace, body: bytes, timestamp: str, signature: str) -> bool:
    secret = workspace.settings.signing_secret
    if secret is None or not secret.get_secret_value().strip():
        return False
    return SignatureVerifier(secret.get_secret_value()).is_valid(body, timestamp, signature)
