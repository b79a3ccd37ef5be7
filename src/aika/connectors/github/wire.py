"""What GitHub's API answers, as far as it is read."""

import re
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

_NAME = re.compile(r"[A-Za-z0-9_.-]+")


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_name=True, validate_by_alias=True)


class Account(Wire):
    login: str
    email: str | None = None
    name: str | None = None
    type: str = "User"


class Label(Wire):
    name: str


class Milestone(Wire):
    title: str


def _is_a_name(name: str) -> str:
    # It becomes part of a file's path here, and of requests.
    owner, _, repository = name.partition("/")
    if not all(_NAME.fullmatch(part) and part.strip(".") for part in (owner, repository)):
        raise ValueError("is not OWNER/NAME")
    return name


class Repository(Wire):
    full_name: Annotated[str, AfterValidator(_is_a_name)]
    owner: Account
    private: bool
    visibility: str | None = None
    """``public``, ``internal`` or ``private``. Old servers do not say."""
    archived: bool = False
    fork: bool = False
    topics: tuple[str, ...] = ()
    has_issues: bool = True
    has_discussions: bool = False


# An issue's labels are objects, or, of old, names.
_Labels = Annotated[
    tuple[Label, ...],
    BeforeValidator(lambda said: [{"name": one} if isinstance(one, str) else one for one in said or ()]),
]


class Thread(Wire):
    """What issues and pull requests have in common."""

    number: int
    title: str
    body: str | None = None
    html_url: str
    state: str
    user: Account | None = None
    labels: _Labels = ()
    assignees: tuple[Account, ...] = ()
    milestone: Milestone | None = None
    comments: int = 0
    created_at: AwareDatetime
    updated_at: AwareDatetime
    closed_at: AwareDatetime | None = None


class Issue(Thread):
    state_reason: str | None = None
    closed_by: Account | None = None
    pull_request: object = None
    """Present where the issue is a pull request."""


class Branch(Wire):
    ref: str
    label: str | None = None


class Pull(Thread):
    draft: bool = False
    merged_at: AwareDatetime | None = None
    merged_by: Account | None = None
    head: Branch
    base: Branch
    review_comments: int = 0
    changed_files: int = 0
    additions: int = 0
    deletions: int = 0


class Comment(Wire):
    """A comment of an issue, a pull request or a line of a change."""

    id: int
    user: Account | None = None
    body: str | None = None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    html_url: str
    issue_url: str | None = None
    pull_request_url: str | None = None
    path: str | None = None
    line: int | None = None
    in_reply_to_id: int | None = None


class Review(Wire):
    id: int
    user: Account | None = None
    body: str | None = None
    state: str
    html_url: str
    submitted_at: AwareDatetime | None = None


class ChangedFile(Wire):
    filename: str
    status: str
    previous_filename: str | None = None


class Release(Wire):
    id: int
    tag_name: str
    name: str | None = None
    body: str | None = None
    html_url: str
    author: Account | None = None
    draft: bool = False
    prerelease: bool = False
    created_at: AwareDatetime
    published_at: AwareDatetime | None = None


class InstallationToken(Wire):
    token: str
    expires_at: AwareDatetime


# GraphQL names things differently.


class Reply(Wire):
    body: str
    author: Account | None = None
    created: AwareDatetime = Field(alias="createdAt")
    url: str
    is_answer: bool = Field(default=False, alias="isAnswer")


class Replies(Wire):
    nodes: tuple[Reply, ...]


class DiscussionComment(Reply):
    replies: Replies


class PageInfo(Wire):
    has_next: bool = Field(alias="hasNextPage")
    end: str | None = Field(default=None, alias="endCursor")


class DiscussionComments(Wire):
    nodes: tuple[DiscussionComment, ...]
    page: PageInfo = Field(alias="pageInfo")


class SamlIdentity(Wire):
    name: str | None = Field(default=None, alias="nameId")


class Identity(Wire):
    user: Account | None = None
    """``None`` for an invitation that nobody accepted."""
    saml: SamlIdentity | None = Field(default=None, alias="samlIdentity")


class Identities(Wire):
    nodes: tuple[Identity, ...]
    page: PageInfo = Field(alias="pageInfo")


class Category(Wire):
    name: str


class Labels(Wire):
    nodes: tuple[Label, ...] = ()


class CommentCount(Wire):
    total: int = Field(alias="totalCount")


class ListedDiscussion(Wire):
    """A discussion as a listing has it."""

    number: int
    title: str
    updated: AwareDatetime = Field(alias="updatedAt")
    author: Account | None = None
    comments: CommentCount


class DiscussionListing(Wire):
    nodes: tuple[ListedDiscussion, ...]
    page: PageInfo = Field(alias="pageInfo")


class Discussion(Wire):
    number: int
    title: str
    body: str
    url: str
    author: Account | None = None
    created: AwareDatetime = Field(alias="createdAt")
    updated: AwareDatetime = Field(alias="updatedAt")
    closed: bool = False
    category: Category
    labels: Labels | None = None
    is_answered: bool | None = Field(default=None, alias="isAnswered")
    comments: DiscussionComments
