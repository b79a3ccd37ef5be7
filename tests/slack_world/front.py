"""The wire: the Web API, response URLs and Socket Mode on one port of the loopback interface."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from aiohttp import web
from slack_world import assisting, messaging, reading, showing, signing_in
from slack_world.asking import Asked, Refused, check, check_token, method_of
from slack_world.block_kit import complaints_about_blocks
from slack_world.limits import RateLimited
from slack_world.payloads import with_ids
from slack_world.slack import Slack
from slack_world.state import Call, Fault, Json, ResponseUrl, Token, Workspace

Answering = Callable[[Asked], Awaitable[Json]]

ANSWERS: Mapping[str, Answering] = {
    "apps.connections.open": signing_in.open_connection,
    "assistant.search.context": assisting.search,
    "assistant.search.info": assisting.search_info,
    "assistant.threads.setStatus": assisting.set_status,
    "assistant.threads.setSuggestedPrompts": assisting.set_prompts,
    "assistant.threads.setTitle": assisting.set_title,
    "auth.revoke": signing_in.revoke,
    "auth.test": signing_in.test,
    "bots.info": reading.bot_info,
    "chat.appendStream": messaging.append_stream,
    "chat.delete": messaging.delete,
    "chat.getPermalink": messaging.get_permalink,
    "chat.postEphemeral": messaging.post_ephemeral,
    "chat.postMessage": messaging.post_message,
    "chat.startStream": messaging.start_stream,
    "chat.stopStream": messaging.stop_stream,
    "chat.update": messaging.update,
    "conversations.history": reading.history,
    "conversations.info": reading.channel_info,
    "conversations.join": reading.join,
    "conversations.list": reading.channels,
    "conversations.members": reading.members,
    "conversations.open": reading.open_conversation,
    "conversations.replies": reading.replies,
    "reactions.add": reading.add_reaction,
    "reactions.remove": reading.remove_reaction,
    "team.info": reading.team_info,
    "usergroups.list": reading.usergroups,
    "usergroups.users.list": reading.usergroup_users,
    "users.conversations": reading.own_channels,
    "users.info": reading.user_info,
    "users.list": reading.users,
    "users.lookupByEmail": reading.user_by_email,
    "views.open": showing.open_view,
    "views.publish": showing.publish_view,
    "views.push": showing.push_view,
    "views.update": showing.update_view,
}


class Front:
    """Answers requests for one `Slack`."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.url = ""
        """Without ``/api``."""
        self._runner: web.AppRunner | None = None

    async def open(self, port: int = 0, more: Iterable[web.RouteDef] = ()) -> None:
        application = web.Application(client_max_size=16 * 2**20)
        application.router.add_routes(more)
        application.router.add_route("*", "/api/{method}", self._call)
        application.router.add_get("/link/", self.slack.sockets.serve)
        application.router.add_post("/response/{id}", self._respond)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{bound}"
        self.slack.sockets.base = f"ws://127.0.0.1:{bound}"

    async def close(self) -> None:
        await self.slack.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        token = ""
        arguments: dict[str, Any] = {}
        fault: Fault | None = None
        try:
            arguments, is_json = await _arguments(request)
            token = _token(request, arguments, is_json=is_json)
            fault = self._fault(method, arguments)
            if fault is not None and fault.hang:
                await asyncio.sleep(fault.hang)
            if fault is not None and not fault.drop:
                answer, status, headers = _failed(fault)
            else:
                answer = await self._answered(method, token, arguments, request, is_json=is_json)
                status, headers = 200, self._scopes(token)
        except RateLimited as limited:
            answer, status, headers = limited.answer, 429, {"Retry-After": str(limited.retry_after)}
        except Refused as refused:
            answer, status, headers = refused.answer, 200, {}
        self.slack.calls.append(Call(method, arguments, token, answer, status, self.slack.clock.now()))
        if fault is not None and fault.drop and request.transport is not None:
            request.transport.abort()
        return web.Response(
            body=json.dumps(answer).encode(), status=status, headers=headers, content_type="application/json"
        )

    def _fault(self, method: str, arguments: Mapping[str, Any]) -> Fault | None:
        for name in (method, "*"):
            for fault in self.slack.faults[name]:
                if all(str(arguments.get(key)) == value for key, value in fault.only.items()):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.slack.faults[name].remove(fault)
                    return fault
        return None

    async def _answered(
        self, method: str, value: str, arguments: dict[str, Any], request: web.Request, *, is_json: bool
    ) -> Json:
        spec = method_of(method)
        if is_json and not spec.json:
            raise Refused("invalid_arguments", [f"[ERROR] {method} takes no JSON"])
        if spec.open:
            check(method, spec, arguments)
            return self._open(method, arguments, request.headers.get("Authorization", ""))
        if not value:
            raise Refused("not_authed")
        workspace, known = self._owner(value)
        token = check_token(known, spec, self.slack.clock.now())
        check(method, spec, arguments)
        assert workspace is not None
        self.slack.limits.method(workspace, method)
        return await ANSWERS[method](Asked(self.slack, workspace, token, arguments))

    def _scopes(self, value: str) -> dict[str, str]:
        """Return the header that tells an app what its token may do."""
        _, token = self._owner(value)
        return {} if token is None else {"x-oauth-scopes": ",".join(sorted(token.scopes))}

    def _open(self, method: str, arguments: dict[str, Any], authorization: str) -> Json:
        if method == "oauth.v2.access":
            return signing_in.access(self.slack, arguments, authorization)
        if arguments.get("error"):
            raise Refused(str(arguments["error"]))
        return {"ok": True, "args": arguments}

    def _owner(self, value: str) -> tuple[Workspace | None, Token | None]:
        for workspace in self.slack.workspaces:
            if value in workspace.tokens:
                return workspace, workspace.tokens[value]
        return None, None

    async def _respond(self, request: web.Request) -> web.Response:
        """Answer a ``response_url``: a message for who acted, or one for all, or a change of what was acted on."""
        body = await request.json()
        for workspace in self.slack.workspaces:
            found = workspace.response_urls.get(request.match_info["id"])
            if found is not None:
                try:
                    await self._answer_interaction(workspace, found, body)
                except Refused as refused:
                    status = 404 if refused.answer["error"] in {"expired_url", "used_url"} else 400
                    return web.json_response(refused.answer, status=status)
                return web.Response(text="ok")
        return web.json_response({"ok": False, "error": "no_such_url"}, status=404)

    async def _answer_interaction(self, workspace: Workspace, url: ResponseUrl, body: Json) -> None:
        if url.expires_at < self.slack.clock.now():
            raise Refused("expired_url")
        if url.left <= 0:
            raise Refused("used_url")
        known = {"text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts"}
        if unknown := set(body) - known - {"metadata", "unfurl_links", "unfurl_media", "mrkdwn", "link_names", "parse"}:
            raise Refused("invalid_payload", [f"[ERROR] unknown: {name}" for name in sorted(unknown)])
        if complaints := complaints_about_blocks(body.get("blocks", [])):
            raise Refused("invalid_blocks", complaints)
        url.left -= 1
        await self.slack.respond(workspace, url, {**body, "blocks": with_ids(body.get("blocks", []))})


async def _arguments(request: web.Request) -> tuple[dict[str, Any], bool]:
    """Return the arguments of a call, from its address and its body, and whether the body was JSON."""
    arguments: dict[str, Any] = dict(request.query)
    if request.method != "POST":
        return arguments, False
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(body, dict):
            raise Refused("json_not_object")
        return {**arguments, **body}, True
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return {**arguments, **dict(await request.post())}, False
    if request.can_read_body and await request.read():
        raise Refused("invalid_post_type")
    return arguments, False


def _token(request: web.Request, arguments: dict[str, Any], *, is_json: bool) -> str:
    """Return the token of the header, or of a form. With JSON only the header counts."""
    header = request.headers.get("Authorization", "")
    given = str(arguments.pop("token", ""))
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ").strip()
    return "" if is_json else given


def _failed(fault: Fault) -> tuple[Json, int, dict[str, str]]:
    if fault.retry_after is not None:
        return {"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(fault.retry_after)}
    if fault.error:
        return {"ok": False, "error": fault.error}, fault.status, {}
    return {"ok": False, "error": "internal_error"}, fault.status if fault.status != 200 else 503, {}
