"""Linear's GraphQL API at the wire: a part of its published schema, executed strictly.

A query that asks for a field, an argument or a type that Linear does not have is an error, as it is there. So is a wrong key.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from graphql import GraphQLResolveInfo, build_schema, graphql_sync
from wire import Asked, Told, served

KEY = "lin_api_test"
SCHEMA = build_schema("""
scalar DateTime
scalar TimelessDate
enum TeamVisibility { private public restricted }
enum InitiativeVisibility { private public restricted }
enum InitiativeStatus { Active Completed Planned }
enum ProjectUpdateHealthType { atRisk offTrack onTrack }
input DateComparator { gt: DateTime gte: DateTime lt: DateTime }
input IssueFilter { updatedAt: DateComparator }
input CommentFilter { updatedAt: DateComparator }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type Query {
  teams(first: Int, after: String): TeamConnection!
  team(id: String!): Team!
  users(first: Int, after: String): UserConnection!
  issues(first: Int, after: String, filter: IssueFilter, includeArchived: Boolean): IssueConnection!
  issue(id: String!): Issue!
  comments(first: Int, after: String, filter: CommentFilter, includeArchived: Boolean): CommentConnection!
  projects(first: Int, after: String, includeArchived: Boolean): ProjectConnection!
  project(id: String!): Project!
  documents(first: Int, after: String, includeArchived: Boolean): DocumentConnection!
  document(id: String!): Document!
  initiatives(first: Int, after: String, includeArchived: Boolean): InitiativeConnection!
  initiative(id: String!): Initiative!
}
type UserConnection { nodes: [User!]! pageInfo: PageInfo! }
type TeamConnection { nodes: [Team!]! pageInfo: PageInfo! }
type IssueConnection { nodes: [Issue!]! pageInfo: PageInfo! }
type CommentConnection { nodes: [Comment!]! pageInfo: PageInfo! }
type ProjectConnection { nodes: [Project!]! pageInfo: PageInfo! }
type DocumentConnection { nodes: [Document!]! pageInfo: PageInfo! }
type InitiativeConnection { nodes: [Initiative!]! pageInfo: PageInfo! }
type LabelConnection { nodes: [Label!]! pageInfo: PageInfo! }
type RelationConnection { nodes: [Relation!]! pageInfo: PageInfo! }
type UpdateConnection { nodes: [ProjectUpdate!]! pageInfo: PageInfo! }
type User {
  id: String! name: String! displayName: String! email: String! active: Boolean! guest: Boolean! app: Boolean!
}
type Team {
  id: String! key: String! name: String! visibility: TeamVisibility!
  members(first: Int, after: String): UserConnection!
}
type State { name: String! type: String! }
type Label { name: String! }
type Relation { type: String! relatedIssue: Issue! }
type Issue {
  id: String! identifier: String! title: String! description: String url: String! createdAt: DateTime!
  updatedAt: DateTime! archivedAt: DateTime trashed: Boolean priorityLabel: String! dueDate: TimelessDate
  previousIdentifiers: [String!]! team: Team! state: State! assignee: User creator: User project: Project parent: Issue
  labels(first: Int): LabelConnection! children(first: Int): IssueConnection! relations(first: Int): RelationConnection!
  comments(first: Int, after: String): CommentConnection!
}
type Comment {
  id: String! body: String! createdAt: DateTime! updatedAt: DateTime! archivedAt: DateTime user: User issue: Issue
}
type ProjectStatus { name: String! }
type ProjectUpdate { body: String! createdAt: DateTime! health: ProjectUpdateHealthType! user: User! }
type Project {
  id: String! name: String! description: String! content: String url: String! createdAt: DateTime! updatedAt: DateTime!
  archivedAt: DateTime trashed: Boolean startDate: TimelessDate targetDate: TimelessDate health: ProjectUpdateHealthType
  status: ProjectStatus! lead: User teams(first: Int): TeamConnection! initiatives(first: Int): InitiativeConnection!
  projectUpdates(first: Int): UpdateConnection!
}
type Document {
  id: String! title: String! content: String url: String! createdAt: DateTime! updatedAt: DateTime!
  archivedAt: DateTime trashed: Boolean creator: User updatedBy: User project: Project initiative: Initiative issue: Issue
  team: Team
}
type Initiative {
  id: String! name: String! description: String content: String url: String! createdAt: DateTime! updatedAt: DateTime!
  archivedAt: DateTime trashed: Boolean status: InitiativeStatus! targetDate: TimelessDate
  health: ProjectUpdateHealthType owner: User visibility: InitiativeVisibility! projects(first: Int): ProjectConnection!
}
""")

Entity = dict[str, object]


@dataclass(slots=True)
class StrictLinear:
    """One workspace. ``page`` entities at most come at a time, whatever is asked for."""

    entities: dict[str, dict[str, Entity]] = field(
        default_factory=lambda: {
            name: {} for name in ("team", "user", "issue", "comment", "project", "document", "initiative")
        }
    )
    page: int = 2
    broken: set[str] = field(default_factory=set)
    """Ids that cannot be read whole."""
    refusals: list[Told] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    keys: set[str] = field(default_factory=lambda: {KEY, "Bearer access-token"})
    clock: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    url: str = ""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    # What people do

    def user(self, name: str, **more: object) -> Entity:
        email = f"{name}@Example.org"
        fixed = {
            "name": name,
            "displayName": name.lower(),
            "email": email,
            "active": True,
            "guest": False,
            "app": False,
        }
        return self._add("user", **{**fixed, **more})

    def team(self, key: str, visibility: str = "public", *members: Entity) -> Entity:
        return self._add("team", key=key, name=f"Team {key}", visibility=visibility, members=list(members))

    def issue(self, team: Entity, title: str, description: str = "", **more: object) -> Entity:
        identifier = f"{team['key']}-{len(self.entities['issue']) + 1}"
        fixed: Entity = {
            "identifier": identifier,
            "url": f"https://linear.app/acme/issue/{identifier}",
            "priorityLabel": "High",
            "previousIdentifiers": [],
            "state": {"name": "In Progress", "type": "started"},
            "labels": [],
            "children": [],
            "relations": [],
        }
        return self._add("issue", team=team, title=title, description=description, **{**fixed, **more})

    def comment(self, issue: Entity, body: str, user: Entity | None = None) -> Entity:
        return self._add("comment", issue=issue, body=body, user=user)

    def project(self, name: str, *teams: Entity, **more: object) -> Entity:
        fixed: Entity = {
            "description": "",
            "url": f"https://linear.app/acme/project/{name}",
            "status": {"name": "Planned"},
            "initiatives": [],
            "projectUpdates": [],
        }
        return self._add("project", name=name, teams=list(teams), **{**fixed, **more})

    def document(self, title: str, content: str, **more: object) -> Entity:
        return self._add(
            "document", title=title, content=content, url=f"https://linear.app/acme/document/{title}", **more
        )

    def initiative(self, name: str, **more: object) -> Entity:
        fixed: Entity = {
            "url": f"https://linear.app/acme/initiative/{name}",
            "status": "Active",
            "visibility": "public",
            "projects": [],
        }
        return self._add("initiative", name=name, **{**fixed, **more})

    def edit(self, entity: Entity, **fields: object) -> None:
        entity.update(fields, updatedAt=self._tick())

    def delete(self, kind: str, entity: Entity) -> None:
        del self.entities[kind][str(entity["id"])]

    def _add(self, kind: str, **fields: object) -> Entity:
        made = self._tick()
        # As long as Linear's, which are random; the first eight characters open a comment.
        key = f"{next(self._numbers):08x}-{kind}"
        self.entities[kind][key] = {"id": key, "createdAt": made, "updatedAt": made, **fields}
        return self.entities[kind][key]

    def _tick(self) -> str:
        self.clock += timedelta(seconds=1)
        return self.clock.isoformat().replace("+00:00", ".000Z")

    # What the API answers

    def __call__(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if self.refusals:
            return self.refusals.pop(0)
        if asked.headers.get("authorization") not in self.keys:
            return refusal(401, "AUTHENTICATION_ERROR")
        assert asked.path == "/graphql"
        body = _Body.of(asked)
        result = graphql_sync(
            SCHEMA, body.query, self._root(), variable_values=body.variables, field_resolver=self._resolve
        )
        if not result.errors:
            return Told.json({"data": result.data})
        errors = [{"message": error.message, "extensions": {"code": "INPUT_ERROR"}} for error in result.errors]
        return Told.json({"errors": errors, "data": result.data}, 400)

    def _root(self) -> dict[str, object]:
        return {f"{kind}s": list(entities.values()) for kind, entities in self.entities.items()}

    def _resolve(self, source: Entity, info: GraphQLResolveInfo, **arguments: object) -> object:
        name = info.field_name
        if info.parent_type.name == "Query" and name in self.entities:
            found = self.entities[name].get(str(arguments["id"]))
            if found is None:
                raise LookupError(f"Entity not found: {name.capitalize()}")
            if arguments["id"] in self.broken:
                raise LookupError("Entity not found: you cannot see it")
            return found
        if str(info.return_type).endswith("Connection!"):
            return self._connection(self._members_of(source, name), arguments)
        return source.get(name)

    def _members_of(self, source: Entity, name: str) -> list[Entity]:
        if name == "comments" and "identifier" in source:
            return [one for one in self.entities["comment"].values() if one["issue"] is source]
        found = source[name]
        assert isinstance(found, list)
        return found

    def _connection(self, found: list[Entity], arguments: dict[str, object]) -> Entity:
        chosen = arguments.get("filter") or {}
        assert isinstance(chosen, dict)
        after_time = datetime.fromisoformat(chosen["updatedAt"]["gt"]) if chosen else datetime.min.replace(tzinfo=UTC)
        shown = [
            one
            for one in found
            if (arguments.get("includeArchived") or one.get("archivedAt") is None)
            and ("updatedAt" not in one or datetime.fromisoformat(str(one["updatedAt"])) > after_time)
        ]
        start = int(str(arguments.get("after") or 0))
        end = start + min(self.page, int(str(arguments.get("first") or 50)))
        return {"nodes": shown[start:end], "pageInfo": {"hasNextPage": end < len(shown), "endCursor": str(end)}}

    def options(self, **more: object) -> dict[str, object]:
        return {"token": KEY, "api_url": f"{self.url}/graphql", **more}


@dataclass(frozen=True, slots=True)
class _Body:
    query: str
    variables: dict[str, object]

    @classmethod
    def of(cls, asked: Asked) -> "_Body":
        told = json.loads(asked.body)
        # Introspection names fields that GraphQL itself resolves.
        assert re.match(r"query\b", told["query"])
        return cls(told["query"], told["variables"])


def refusal(status: int, code: str, **headers: str) -> Told:
    return Told.json({"errors": [{"message": code, "extensions": {"code": code}}]}, status, **headers)


@contextmanager
def strict_linear() -> Iterator[StrictLinear]:
    linear = StrictLinear()
    with served(linear) as url:
        linear.url = url
        yield linear
