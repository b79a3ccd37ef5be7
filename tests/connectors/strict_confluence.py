"""Confluence at the wire, Cloud and Data Center, as their documentation has it: tokens, pages of two, expansions, a trash."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from wire import Asked, Told

PER_PAGE = 2
"""Fewer than asked for, as servers may give: every list has to be continued."""
_IN_SPACE = re.compile(r'space = "(?P<space>\w+)" and type = (?P<types>page|blogpost|attachment)')
_CHANGED = re.compile(
    r'space in \((?P<space>"\w+"(?:, "\w+")*)\) and type in \((?P<types>[a-z, ]+)\) '
    r'and lastmodified >= "(?P<since>\d{4}-\d\d-\d\d \d\d:\d\d)"'
)
_ID = re.compile(r"id = (?P<id>\w+)")
_RESTRICTIONS = {"restrictions.read.restrictions.user", "restrictions.read.restrictions.group"}


@dataclass(slots=True)
class Item:
    id: str
    title: str
    body: str
    type: str = "page"
    parent: str | None = None
    space: str = "ENG"
    status: str = "current"
    number: int = 1
    modified: datetime = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    users: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    creator: str = "ann"
    owner: str = "bob"
    broken: bool = False


@dataclass(slots=True)
class SpaceState:
    id: int
    users: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    anonymous: bool = False
    type: str = "global"


@dataclass(slots=True)
class Confluence:
    cloud: bool
    token: str = "secret-token"
    users: dict[str, str] = field(default_factory=dict)
    """E-mail addresses by name; empty where the site does not tell."""
    groups: dict[str, list[str]] = field(default_factory=dict)
    spaces: dict[str, SpaceState] = field(default_factory=lambda: {"ENG": SpaceState(77, groups=["staff"])})
    items: dict[str, Item] = field(default_factory=dict)
    unsearchable: set[str] = field(default_factory=set)
    """What the search index does not have yet."""
    hidden_groups: bool = False
    refusals: list[Told] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    now: datetime = datetime(2026, 6, 1, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.users.update({"ann": "Ann@acme.org", "bob": "bob@acme.org", "cai": ""})
        self.groups.setdefault("staff", ["ann", "bob", "cai"])

    def add(self, title: str, body: str, **more: object) -> Item:
        item = Item(str(1000 + len(self.items)), title, body, modified=self.now, **more)  # type: ignore[arg-type]  # a maker
        self.items[item.id] = item
        return item

    def edit(self, id: str, body: str) -> None:
        item = self.items[id]
        item.body, item.number, item.modified = body, item.number + 1, self.now

    def paths(self) -> list[str]:
        """Return what was asked for, and begin to note anew."""
        asked = [seen.path.removeprefix("/wiki") for seen in self.asked]
        self.asked.clear()
        return asked

    def __call__(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if self.refusals:
            return self.refusals.pop(0)
        basic = "Basic " + b64encode(f"bot@acme.org:{self.token}".encode()).decode()
        if asked.headers.get("authorization") != (basic if self.cloud else f"Bearer {self.token}"):
            return Told.json({"message": "token expired"}, 401)
        base = "/wiki" if self.cloud else ""
        if not asked.path.startswith(base + "/"):
            return Told.json({"message": "no such place"}, 404)
        path = asked.path.removeprefix(base)
        try:
            answer = self._v2(path, asked) if path.startswith("/api/v2/") else self._v1(path, asked)
        except (KeyError, LookupError):
            answer = None
        if isinstance(answer, Told):
            return answer
        return Told.json({"message": "not found"}, 404) if answer is None else Told.json(answer)

    # Cloud's second API

    def _v2(self, path: str, asked: Asked) -> object:
        assert self.cloud, "Data Center has no second API"
        match path.removeprefix("/api/v2/").split("/"):
            case ["spaces"]:
                keys = asked.query["keys"].split(",") if "keys" in asked.query else list(self.spaces)
                rows = [
                    {"id": str(self.spaces[key].id), "key": key, "name": key, "type": self.spaces[key].type}
                    for key in keys
                    if key in self.spaces
                ]
                return self._paged(rows, asked)
            case ["spaces", id, "permissions"]:
                return self._paged(list(_cloud_permissions(self._space(id)[1])), asked)
            case ["spaces", id, "pages" | "blogposts" as kind]:
                key, _ = self._space(id)
                found = self._current([key], ["page" if kind == "pages" else "blogpost"])
                return self._paged([{"id": item.id, "title": item.title} for item in found], asked)
            case ["pages" | "blogposts" as kind, id]:
                assert asked.query["body-format"] == "storage"
                item = self.items[id]
                assert (item.type == "page") == (kind == "pages")
                return Told.json({"message": "oops"}, 403) if item.broken else {**_body(item)}
            case ["users-bulk"]:
                assert asked.method == "POST"
                ids = json.loads(asked.body)["accountIds"]
                return {"results": [self._person(user) for user in ids if user in self.users]}
        return None

    # The first API, and Data Center's

    def _v1(self, path: str, asked: Asked) -> object:
        match path.removeprefix("/rest/api/").split("/"):
            case ["content", "search"]:
                return self._search(asked)
            case ["content", id, "restriction", "byOperation", "read"]:
                return {"operation": "read", "restrictions": self._restrictions(self.items[id])}
            case ["group", name, "membersByGroupId" | "member"]:
                if self.hidden_groups:
                    return Told.json({"message": "not for you"}, 403)
                return self._paged([self._person(user) for user in self.groups[name]], asked)
            case ["download", _, id]:
                return Told(200, self.items[id].body.encode())
        return None if self.cloud else self._data_center(path, asked)

    def _data_center(self, path: str, asked: Asked) -> object:
        match path.removeprefix("/rest/api/").split("/"):
            case ["space"]:
                keys = [value for name, value in parse_qsl(asked.target.partition("?")[2]) if name == "spaceKey"]
                known = {key: space for key, space in self.spaces.items() if not keys or key in keys}
                return self._paged(
                    [{"id": space.id, "key": key, "type": space.type} for key, space in known.items()], asked
                )
            case ["space", key, "permissions"]:
                return Told.json(list(_data_center_permissions(self.spaces[key])))
            case ["user"]:
                return self._person(asked.query["key"].removeprefix("key-"))
            case ["content"]:
                found = self._current([asked.query["spaceKey"]], [asked.query["type"]])
                return self._paged([self._content(item, asked) for item in found], asked)
            case ["content", id]:
                return self._one(self.items[id], asked)
        return None

    def _one(self, item: Item, asked: Asked) -> object:
        if item.status != "current":
            return None
        if item.broken:
            return Told.json({"message": "oops"}, 403)
        wants_body = "body.storage" in asked.query.get("expand", "")
        return {**self._content(item, asked), **(_body(item) if wants_body else {})}

    def _search(self, asked: Asked) -> object:
        cql = asked.query["cql"]
        if match := _IN_SPACE.fullmatch(cql):
            found = self._current([match["space"]], [match["types"]])
        elif match := _CHANGED.fullmatch(cql):
            since = datetime.strptime(match["since"], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
            found = self._current(re.findall(r"\w+", match["space"]), match["types"].split(", "))
            found = [item for item in found if item.modified >= since]
        elif match := _ID.fullmatch(cql):
            found = [item for item in self.items.values() if item.id == match["id"] and item.status == "current"]
        else:
            return Told.json({"message": f"could not parse cql: {cql}"}, 400)
        found = [item for item in found if item.id not in self.unsearchable]
        return self._paged([self._content(item, asked) for item in found], asked)

    def _content(self, item: Item, asked: Asked) -> dict[str, object]:
        expanded = set(asked.query.get("expand", "").split(","))
        told: dict[str, object] = {"id": item.id, "type": item.type, "status": item.status, "title": item.title}
        told["_links"] = {"webui": f"/spaces/{item.space}/pages/{item.id}"}
        if "version" in expanded:
            told["version"] = {"number": item.number, "when": item.modified.isoformat(), "by": self._person("ann")}
        if "history" in expanded:
            owned = {"ownedBy": self._person(item.owner)} if "history.ownedBy" in expanded and self.cloud else {}
            told["history"] = {"createdDate": "2026-01-01T00:00:00Z", "createdBy": self._person(item.creator), **owned}
        if "space" in expanded:
            told["space"] = {"key": item.space}
        if "metadata.labels" in expanded:
            told["metadata"] = {"labels": {"results": [{"name": label} for label in item.labels]}}
        if "ancestors" in expanded:
            told["ancestors"] = [{"id": above.id, "title": above.title} for above in self._above(item)]
        if expanded >= _RESTRICTIONS:
            told["restrictions"] = {"read": {"operation": "read", "restrictions": self._restrictions(item)}}
        if item.type == "attachment":
            told["container"] = {"id": item.parent}
            told["_links"] = {"webui": f"/x/{item.id}", "download": f"/rest/api/download/{item.parent}/{item.id}"}
        return told

    def _restrictions(self, item: Item) -> dict[str, object]:
        groups = [{"type": "group", "name": name, **({"id": name} if self.cloud else {})} for name in item.groups]
        return {
            "user": {"results": [self._person(user) for user in item.users], "start": 0, "limit": 200},
            "group": {"results": groups, "start": 0, "limit": 200},
        }

    def _person(self, user: str) -> dict[str, object]:
        if self.cloud:
            return {"accountId": user, "displayName": user.title(), "email": self.users[user]}
        self.users[user]
        return {"type": "known", "username": user, "userKey": f"key-{user}", "displayName": user.title()}

    def _current(self, spaces: Iterable[str], types: Iterable[str]) -> list[Item]:
        return [
            item
            for item in self.items.values()
            if item.status == "current" and item.space in spaces and item.type in types
        ]

    def _above(self, item: Item) -> list[Item]:
        return [*self._above(self.items[item.parent]), self.items[item.parent]] if item.parent else []

    def _space(self, id: str) -> tuple[str, SpaceState]:
        return next((key, space) for key, space in self.spaces.items() if str(space.id) == id)

    def _paged(self, rows: list[object] | list[dict[str, object]], asked: Asked) -> dict[str, object]:
        place = "cursor" if self.cloud else "start"
        start = int(asked.query.get(place, "0"))
        links: dict[str, str] = {}
        if start + PER_PAGE < len(rows):
            query = urlencode({**asked.query, place: start + PER_PAGE})
            links["next"] = f"{asked.path}?{query}"
        return {"results": rows[start : start + PER_PAGE], "size": PER_PAGE, "_links": links}

    def later(self, **more: float) -> None:
        self.now += timedelta(**more)


def _body(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "status": item.status,
        "body": {"storage": {"value": item.body, "representation": "storage"}},
    }


def _cloud_permissions(space: SpaceState) -> Iterable[object]:
    for kind, subjects in (("user", space.users), ("group", space.groups)):
        for subject in subjects:
            principal = {"type": kind, "id": subject}
            yield {"id": "1", "principal": principal, "operation": {"key": "read", "targetType": "space"}}
            yield {"id": "2", "principal": principal, "operation": {"key": "create", "targetType": "page"}}


def _data_center_permissions(space: SpaceState) -> Iterable[object]:
    for user in space.users:
        yield _granted({"type": "user", "userKey": f"key-{user}"})
    for group in space.groups:
        yield _granted({"type": "group", "name": group})
    if space.anonymous:
        yield _granted({"type": "anonymous"})
    yield {
        "operation": {"targetType": "page", "operationKey": "create"},
        "subject": {"type": "group", "name": "writers"},
    }


def _granted(subject: dict[str, str]) -> dict[str, object]:
    return {"operation": {"targetType": "space", "operationKey": "read"}, "subject": subject}
