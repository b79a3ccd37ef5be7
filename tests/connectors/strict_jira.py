"""Jira's REST API at the wire, as Cloud and as Data Center.

Cloud pages a search by token at ``search/jql``, Data Center by place at ``search``, and neither has the other's. What needs an
administrator is refused where the account is none.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from wire import Asked, Told, served

TOKEN, USER = "jira-token", "reader@example.org"

Entity = dict[str, object]


def group(name: str) -> Entity:
    return {"type": "group", "parameter": name}


@dataclass(slots=True)
class StrictJira:
    """One site. ``page`` rows at most come at a time."""

    cloud: bool = True
    page: int = 2
    projects: dict[str, Entity] = field(default_factory=dict)
    issues: dict[str, Entity] = field(default_factory=dict)
    comments: dict[str, list[Entity]] = field(default_factory=dict)
    browse: dict[str, list[Entity]] = field(default_factory=dict)
    """Who holds the permission to browse, by project. Without: the account may not know."""
    roles: dict[str, list[Entity]] = field(default_factory=dict)
    levels: dict[str, list[Entity]] = field(default_factory=dict)
    groups: dict[str, list[Entity]] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    """Ids of issues that are found and may not be read."""
    refusals: list[Told] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    clock: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    url: str = ""

    # What people do

    def project(self, key: str, *browse: Entity) -> str:
        self.projects[key] = {
            "id": f"1{len(self.projects)}",
            "key": key,
            "name": f"Project {key}",
            "lead": person("lead"),
        }
        self.browse[key] = list(browse) or [{"type": "applicationRole"}]
        return key

    def issue(self, project: str, summary: str, description: str = "", **fields: object) -> str:
        key = str(10_000 + len(self.issues))
        fixed: Entity = {
            "summary": summary,
            "description": description,
            "project": self.projects[project],
            "status": {"name": "In Progress", "statusCategory": {"key": "indeterminate"}},
            "issuetype": {"name": "Bug"},
            "created": self._tick(),
            "updated": self._tick(),
        }
        self.issues[key] = {"id": key, "key": f"{project}-{len(self.issues) + 1}", "fields": {**fixed, **fields}}
        return key

    def edit(self, id: str, **fields: object) -> None:
        self.fields(id).update(fields, updated=self._tick())

    def comment(self, id: str, body: str, author: str = "Ada", **more: object) -> None:
        comments = self.comments.setdefault(id, [])
        comments.append(
            {"id": f"2{len(comments)}", "body": body, "author": person(author), "created": self._tick(), **more}
        )
        self.edit(id)

    def fields(self, id: str) -> Entity:
        found = self.issues[id]["fields"]
        assert isinstance(found, dict)
        return found

    def _tick(self) -> str:
        self.clock += timedelta(seconds=1)
        # In another time zone than ours, as Jira writes it.
        return (self.clock + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.000+0200")

    # What the API answers

    def __call__(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if self.refusals:
            return self.refusals.pop(0)
        basic = "Basic " + b64encode(f"{USER}:{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != (basic if self.cloud else f"Bearer {TOKEN}"):
            return Told.json({"errorMessages": ["Client must be authenticated"]}, 401)
        path = asked.path.removeprefix("/rest/api/2/")
        for pattern, answer in self._routes():
            if found := re.fullmatch(pattern, path):
                told = answer(asked.query, *found.groups())
                return Told.json({"errorMessages": ["It does not exist"]}, 404) if told is None else Told.json(told)
        return Told.json({"errorMessages": ["No such resource"]}, 404)

    def _routes(self) -> list[tuple[str, Callable[..., object]]]:
        both: list[tuple[str, Callable[..., object]]] = [
            (r"project/([A-Z]+)", lambda _, key: self.projects.get(key)),
            (r"project/([A-Z]+)/permissionscheme", self._scheme),
            (r"project/[A-Z]+/role/(\w+)", lambda _, role: {"actors": self.roles[role]}),
            (r"issue/(\d+)", self._one),
            (r"issue/(\d+)/comment", self._commented),
            (r"group/member", self._in_group),
        ]
        if not self.cloud:
            return [*both, ("project", lambda _: list(self.projects.values())), ("search", self._search)]
        return [
            *both,
            ("project/search", lambda query: self._paged(list(self.projects.values()), query)),
            ("search/jql", self._search),
            (r"project/[A-Z]+/issuesecuritylevelscheme", lambda _: {"id": 77}),
            ("issuesecurityschemes/level/member", self._in_level),
        ]

    def _scheme(self, query: dict[str, str], key: str) -> object:
        if key not in self.projects or key not in self.browse:
            return None
        held = [{"permission": "BROWSE_PROJECTS", "holder": holder} for holder in self.browse[key]]
        return {"permissions": [*held, {"permission": "CREATE_ISSUES", "holder": {"type": "anyone"}}]}

    def _one(self, query: dict[str, str], id: str) -> object:
        if id not in self.issues or id in self.forbidden:
            return None
        return self._shown(self.issues[id], query)

    def _commented(self, query: dict[str, str], id: str) -> object:
        found, start = self.comments.get(id, []), int(query["startAt"])
        return {"comments": found[start : start + self.page], "total": len(found), "startAt": start}

    def _in_group(self, query: dict[str, str]) -> object:
        found = self.groups.get(query["groupname"])
        return None if found is None else self._paged(found, query)

    def _in_level(self, query: dict[str, str]) -> object:
        assert query["schemeId"] == "77"
        found = self.levels.get(query["levelId"])
        return None if found is None else self._paged([{"holder": holder} for holder in found], query)

    def _paged(self, found: list[Entity], query: dict[str, str]) -> object:
        start = int(query["startAt"])
        return {"values": found[start : start + self.page], "isLast": start + self.page >= len(found)}

    def _search(self, query: dict[str, str]) -> object:
        found = [self._shown(issue, query) for issue in self.issues.values() if self._matches(issue, query["jql"])]
        start = int(query.get("nextPageToken" if self.cloud else "startAt", "0"))
        told: Entity = {"issues": found[start : start + self.page]}
        if not self.cloud:
            return {**told, "total": len(found), "startAt": start}
        return {**told, **({"nextPageToken": str(start + self.page)} if start + self.page < len(found) else {})}

    def _matches(self, issue: Entity, jql: str) -> bool:
        fields = issue["fields"]
        assert isinstance(fields, dict)
        keys = re.findall(r'"([A-Z]+)"', jql)
        minutes = re.search(r"updated >= -(\d+)m", jql)
        named = re.search(r"id = (\d+)", jql)
        assert keys or named, "Cloud refuses a search without a restriction"
        oldest = datetime.now(UTC) - timedelta(minutes=int(minutes[1])) if minutes else datetime.min.replace(tzinfo=UTC)
        updated = datetime.strptime(str(fields["updated"]), "%Y-%m-%dT%H:%M:%S.%f%z")
        wanted = "issuetype = Bug" not in jql or fields["issuetype"] == {"name": "Bug"}
        right = fields["project"]["key"] in keys if keys else issue["id"] == (named and named[1])
        return right and updated >= oldest and wanted

    def _shown(self, issue: Entity, query: dict[str, str]) -> Entity:
        fields = issue["fields"]
        assert isinstance(fields, dict)
        names = query["fields"].split(",")
        return {**issue, "fields": {name: value for name, value in fields.items() if name in names}}

    def options(self, **more: object) -> dict[str, object]:
        user = {"user": USER} if self.cloud else {}
        deployment = "cloud" if self.cloud else "datacenter"
        return {"url": self.url, "token": TOKEN, "deployment": deployment, **user, **more}


def person(name: str, **more: object) -> Entity:
    email = f"{name.lower()}@Example.org"
    return {"accountId": f"acc-{name.lower()}", "displayName": name, "emailAddress": email, "active": True, **more}


def body_of(event: str, id: object) -> bytes:
    return json.dumps({"webhookEvent": event, "timestamp": 1, "issue": {"id": id, "key": "PAY-1"}}).encode()


@contextmanager
def strict_jira(*, cloud: bool = True) -> Iterator[StrictJira]:
    jira = StrictJira(cloud=cloud)
    with served(jira) as url:
        jira.url = url
        yield jira
