"""Keeps a workspace's people, channels and messages in the emulator of Slack: a process of its own, with its own checks."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from emulated.emulators import Emulator
from slack_world.state import Json, Person

KEEPER = "U000000001"
"""The emulator's own administrator. A member of every channel, so that all can be read; never seen at the wire."""
_SCOPES = [
    *(f"{what}:{how}" for what in ("channels", "groups", "im", "mpim") for how in ("read", "history", "write")),
    *("chat:write", "channels:join", "channels:manage", "users:read", "users:read.email"),
    *("reactions:read", "reactions:write", "team:read"),
]
SPARE = "spare"


def seed_of(people: Sequence[Person], app_name: str, *, spares: int = 12) -> dict[str, object]:
    """Return the seed of an emulated workspace. Spares are people who come later: the emulator takes none on."""
    named = [person.name for person in people] + [f"{SPARE}{index}" for index in range(spares)]
    return {
        "slack": {
            "team": {"name": "Acme", "domain": "acme"},
            "strict_scopes": True,
            "users": [{"name": name, "email": f"{name}@emulated.example.org"} for name in named],
            "oauth_apps": [
                {"client_id": "aika", "client_secret": "x", "name": app_name, "bot_name": app_name, "redirect_uris": []}
            ],
            "tokens": [
                {"token": f"xoxp-{name}", "user": name, "scopes": _SCOPES} for name in [*named, "admin", app_name]
            ],
        }
    }


class EmulatedStorage:
    """Passes calls to the emulator, as the person who makes them."""

    def __init__(self, emulator: Emulator, session: aiohttp.ClientSession, users: Mapping[str, str]) -> None:
        self._url = emulator.url
        self._session = session
        self.users = users
        self._tokens = {user: f"xoxp-{name}" for name, user in users.items()}

    @classmethod
    async def open(cls, emulator: Emulator) -> "EmulatedStorage":
        session = aiohttp.ClientSession()
        storage = cls(emulator, session, {"admin": KEEPER})
        listed = await storage.call("users.list", KEEPER, limit="1000")
        await session.close()
        users = {user["name"]: user["id"] for user in listed["members"]}
        return cls(emulator, aiohttp.ClientSession(), users)

    async def close(self) -> None:
        await self._session.close()

    async def call(self, method: str, actor: str, **arguments: object) -> Json:
        if method == "conversations.history":
            return {"ok": True, "messages": await self._all(method, actor, arguments)}
        answer = await self._ask(method, actor, arguments)
        if method == "conversations.create" and answer.get("error") == "name_taken":
            return await self._own_channel(str(arguments["name"]))
        if method == "conversations.members" and answer["ok"]:
            answer["members"] = [member for member in answer["members"] if member != KEEPER]
        return answer

    async def _own_channel(self, name: str) -> Json:
        """Return a channel that the emulator begins with."""
        listed = await self._ask("conversations.list", KEEPER, {"limit": 1000})
        return {"ok": True, "channel": next(channel for channel in listed["channels"] if channel["name"] == name)}

    async def _all(self, method: str, actor: str, arguments: Mapping[str, object]) -> list[Json]:
        """Read every page: the emulator's do not know times."""
        messages: list[Json] = []
        cursor = ""
        while True:
            page = await self._ask(
                method, actor, {**arguments, "limit": 1000, **({"cursor": cursor} if cursor else {})}
            )
            messages += page["messages"]
            cursor = page["response_metadata"]["next_cursor"]
            if not cursor:
                return messages

    async def _ask(self, method: str, actor: str, arguments: Mapping[str, object]) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens[actor]}", "Content-Type": "application/json; charset=utf-8"}
        async with self._session.post(
            f"{self._url}/api/{method}", data=json.dumps(arguments), headers=headers
        ) as answer:
            return await answer.json()
