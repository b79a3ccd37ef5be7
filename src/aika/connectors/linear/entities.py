"""What is read of Linear: the fields that are asked for, and the shapes they come in."""

from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

N = TypeVar("N")


class Wire(BaseModel):
    """What Linear sends. Its names are in camel case."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Nodes(Wire, Generic[N]):
    nodes: tuple[N, ...] = ()


def _or_empty(value: object) -> object:
    return "" if value is None else value


Text = Annotated[str, BeforeValidator(_or_empty)]
"""What may be null and then says nothing."""

LISTED = ("id", "updatedAt", "archivedAt", "trashed")
ISSUE_LISTED = (*LISTED, "team { id }")
COMMENT_LISTED = ("id", "updatedAt", "issue { id }")
TEAM = ("id", "key", "name", "visibility")
_PERSON = "{ name displayName email active }"
_COMMENTS = "{ nodes { id body createdAt updatedAt user { name displayName } } pageInfo { hasNextPage endCursor } }"
COMMENTS = f"comments(first: 25, after: $after) {_COMMENTS}"
# About a hundred of the 250,000 points of complexity that a key has an hour: a page counts as if it were full.
ISSUE = (
    *("id", "identifier", "title", "description", "url", "createdAt", "updatedAt", "archivedAt", "trashed"),
    *("priorityLabel", "dueDate", "previousIdentifiers"),
    "team { id key name }",
    "state { name type }",
    f"assignee {_PERSON}",
    f"creator {_PERSON}",
    "labels(first: 10) { nodes { name } }",
    "project { name }",
    "parent { identifier title }",
    "children(first: 10) { nodes { identifier title } }",
    "relations(first: 10) { nodes { type relatedIssue { identifier title } } }",
    COMMENTS,
)
PROJECT_LISTED = (*LISTED, "teams(first: 20) { nodes { id } }")
PROJECT = (
    *("id", "name", "description", "content", "url", "createdAt", "updatedAt", "startDate", "targetDate", "health"),
    "status { name }",
    f"lead {_PERSON}",
    "teams(first: 20) { nodes { id key name } }",
    "initiatives(first: 10) { nodes { name } }",
    "projectUpdates(first: 10) { nodes { body createdAt health user { name displayName } } }",
)
DOCUMENT_LISTED = (
    *LISTED,
    "project { id teams(first: 20) { nodes { id } } }",
    "issue { id team { id } }",
    "initiative { id }",
    "team { id }",
)
DOCUMENT = (
    *("id", "title", "content", "url", "createdAt", "updatedAt"),
    f"creator {_PERSON}",
    f"updatedBy {_PERSON}",
    "project { name }",
    "initiative { name }",
    "issue { identifier title }",
)
INITIATIVE_LISTED = (*LISTED, "visibility")
INITIATIVE = (
    *("id", "name", "description", "content", "url", "createdAt", "updatedAt", "status", "targetDate", "health"),
    f"owner {_PERSON}",
    "projects(first: 50) { nodes { name url } }",
)


class Person(Wire):
    name: Text = ""
    display_name: Text = ""
    email: Text = ""
    active: bool = True
    guest: bool = False
    app: bool = False

    @property
    def called(self) -> str:
        return self.name or self.display_name or self.email


class Team(Wire):
    id: str
    key: Text = ""
    name: Text = ""
    visibility: Text = ""


class Named(Wire):
    name: Text = ""
    url: Text = ""


class State(Wire):
    name: Text = ""
    type: Text = ""


class IssueName(Wire):
    identifier: Text = ""
    title: Text = ""

    @property
    def called(self) -> str:
        return f"{self.identifier} ({self.title})" if self.title else self.identifier


class Relation(Wire):
    type: Text = ""
    related_issue: IssueName = IssueName()


class Comment(Wire):
    id: str
    body: Text = ""
    created_at: datetime | None = None
    updated_at: str = ""
    user: Person | None = None


class PageInfo(Wire):
    has_next_page: bool = False
    end_cursor: str | None = None


class Comments(Wire):
    nodes: tuple[Comment, ...] = ()
    page_info: PageInfo = PageInfo()


class WithComments(Wire):
    comments: Comments = Comments()


class Reference(Wire):
    """An entity that another one belongs to."""

    id: str
    team: Team | None = None
    teams: Nodes[Team] | None = None


class Listed(Wire):
    """What every entity says in a listing."""

    id: str
    updated_at: str = ""
    archived_at: str | None = None
    trashed: bool | None = None
    visibility: Text = "public"
    team: Team | None = None
    teams: Nodes[Team] | None = None
    project: Reference | None = None
    issue: Reference | None = None
    initiative: Reference | None = None

    @property
    def is_gone(self) -> bool:
        return bool(self.trashed) or self.archived_at is not None


class ListedComment(Wire):
    id: str
    updated_at: str = ""
    issue: Reference | None = None


class Whole(Wire):
    """An entity with its content. What a kind does not have stays empty."""

    id: str
    url: str | None = None
    created_at: datetime | None = None
    updated_at: str = ""
    description: Text = ""
    due_date: date | None = None


class Issue(Whole, WithComments):
    identifier: str = ""
    title: Text = ""
    priority_label: Text = ""
    previous_identifiers: tuple[str, ...] = ()
    archived_at: str | None = None
    trashed: bool | None = None
    team: Team | None = None
    state: State = State()
    assignee: Person | None = None
    creator: Person | None = None
    labels: Nodes[Named] = Nodes[Named]()
    project: Named | None = None
    parent: IssueName | None = None
    children: Nodes[IssueName] = Nodes[IssueName]()
    relations: Nodes[Relation] = Nodes[Relation]()

    @property
    def is_gone(self) -> bool:
        return bool(self.trashed) or self.archived_at is not None


class Update(Wire):
    body: Text = ""
    created_at: datetime | None = None
    health: Text = ""
    user: Person | None = None


class Project(Whole):
    name: Text = ""
    content: Text = ""
    start_date: date | None = None
    target_date: date | None = None
    health: Text = ""
    status: State = State()
    lead: Person | None = None
    teams: Nodes[Team] = Nodes[Team]()
    initiatives: Nodes[Named] = Nodes[Named]()
    project_updates: Nodes[Update] = Nodes[Update]()


class LinearDocument(Whole):
    title: Text = ""
    content: Text = ""
    creator: Person | None = None
    updated_by: Person | None = None
    project: Named | None = None
    initiative: Named | None = None
    issue: IssueName | None = None


class Initiative(Whole):
    name: Text = ""
    content: Text = ""
    status: Text = ""
    target_date: date | None = None
    health: Text = ""
    owner: Person | None = None
    projects: Nodes[Named] = Nodes[Named]()
