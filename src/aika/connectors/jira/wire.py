"""What is read of Jira's answers. Data Center and Cloud name people and groups differently."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel


def _or_empty(value: object) -> object:
    return "" if value is None else value


def _iso(value: object) -> object:
    # Jira writes 2026-03-01T12:00:00.000+0100, without the colon that ISO 8601 has.
    if isinstance(value, str) and len(value) > 5 and value[-5] in "+-" and value[-3] != ":":
        return f"{value[:-2]}:{value[-2:]}"
    return value or None


Text = Annotated[str, BeforeValidator(_or_empty)]
Time = Annotated[datetime | None, BeforeValidator(_iso)]
Day = Annotated[date | None, BeforeValidator(_iso)]


class Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Person(Wire):
    account_id: Text = ""
    name: Text = ""
    key: Text = ""
    email_address: Text = ""
    display_name: Text = ""
    active: bool = True

    @property
    def account(self) -> str:
        """The account's own name: of Cloud's, or of Data Center's."""
        return self.account_id or self.name or self.key

    @property
    def called(self) -> str:
        return self.display_name or self.account


class Named(Wire):
    id: Text = ""
    name: Text = ""


class Category(Wire):
    key: Text = ""


class Status(Named):
    status_category: Category = Category()


class Group(Wire):
    name: Text = ""
    group_id: Text = ""


class Project(Wire):
    key: str
    name: Text = ""
    lead: Person | None = None


class LinkType(Wire):
    inward: Text = ""
    outward: Text = ""


class Summary(Wire):
    summary: Text = ""


class Linked(Wire):
    key: str
    fields: Summary = Summary()

    @property
    def called(self) -> str:
        return f"{self.key} ({self.fields.summary})" if self.fields.summary else self.key


class Link(Wire):
    type: LinkType = LinkType()
    inward_issue: Linked | None = None
    outward_issue: Linked | None = None


class Comment(Wire):
    id: str
    body: Text = ""
    author: Person | None = None
    created: Time = None
    visibility: dict[str, object] | None = None
    """Set where only a role or a group may read the comment."""


class CommentPage(Wire):
    comments: tuple[Comment, ...] = ()
    total: int = 0


class Fields(Wire):
    summary: Text = ""
    description: Text = ""
    updated: Time = None
    created: Time = None
    duedate: Day = None
    status: Status = Status()
    issuetype: Named = Named()
    priority: Named | None = None
    resolution: Named | None = None
    project: Project | None = None
    security: Named | None = None
    assignee: Person | None = None
    reporter: Person | None = None
    parent: Linked | None = None
    subtasks: tuple[Linked, ...] = ()
    labels: tuple[str, ...] = ()
    components: tuple[Named, ...] = ()
    fix_versions: tuple[Named, ...] = ()
    issuelinks: tuple[Link, ...] = ()


class Issue(Wire):
    id: str
    key: str
    fields: Fields = Fields()


class Found(Wire):
    """A page of a search: Cloud's have a token, Data Center's a total."""

    issues: tuple[Issue, ...] = ()
    next_page_token: str | None = None
    total: int | None = None


class Projects(Wire):
    values: tuple[Project, ...] = ()
    is_last: bool = True


class Holder(Wire):
    """Who has a permission, or is in a security level."""

    type: Text = ""
    parameter: Text = ""
    group: Group | None = None
    user: Person | None = None


class Permission(Wire):
    permission: Text = ""
    holder: Holder = Holder()


class PermissionScheme(Wire):
    permissions: tuple[Permission, ...] = ()


class Actor(Wire):
    type: Text = ""
    name: Text = ""
    actor_user: Person | None = None
    actor_group: Group | None = None


class Role(Wire):
    actors: tuple[Actor, ...] = ()


class Members(Wire):
    values: tuple[Person, ...] = ()
    is_last: bool = True


class SecurityScheme(Wire):
    id: int | str | None = None


class LevelMember(Wire):
    holder: Holder = Holder()


class LevelMembers(Wire):
    values: tuple[LevelMember, ...] = ()
    is_last: bool = True
