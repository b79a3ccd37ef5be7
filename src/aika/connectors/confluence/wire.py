"""What Confluence's API answers, as far as it is needed. Cloud and Data Center share most of it."""

from datetime import datetime

from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class Person(_Wire):
    """A user. Cloud names them by account id, Data Center by user name and key."""

    account_id: str | None = Field(default=None, validation_alias="accountId")
    username: str | None = None
    user_key: str | None = Field(default=None, validation_alias="userKey")
    display_name: str = Field(default="", validation_alias=AliasChoices("displayName", "publicName"))
    email: str | None = None

    @property
    def key(self) -> str:
        return self.account_id or self.username or self.user_key or ""

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(name for name in (self.account_id, self.username, self.user_key) if name)


class Group(_Wire):
    id: str | None = None
    name: str = ""

    @property
    def key(self) -> str:
        return self.id or self.name


class Label(_Wire):
    name: str


class Ancestor(_Wire):
    id: str
    title: str = ""


class Space(_Wire):
    id: str = Field(coerce_numbers_to_str=True)
    key: str
    name: str = ""
    type: str = "global"


class Content(_Wire):
    """A page, blog post or attachment."""

    id: str
    type: str
    status: str = "current"
    title: str
    number: int = Field(default=1, validation_alias=AliasPath("version", "number"))
    modified_at: datetime | None = Field(default=None, validation_alias=AliasPath("version", "when"))
    editor: Person | None = Field(default=None, validation_alias=AliasPath("version", "by"))
    created_at: datetime | None = Field(default=None, validation_alias=AliasPath("history", "createdDate"))
    creator: Person | None = Field(default=None, validation_alias=AliasPath("history", "createdBy"))
    owner: Person | None = Field(default=None, validation_alias=AliasPath("history", "ownedBy"))
    ancestors: tuple[Ancestor, ...] = ()
    """The outermost first."""
    labels: tuple[Label, ...] = Field(default=(), validation_alias=AliasPath("metadata", "labels", "results"))
    space_key: str | None = Field(default=None, validation_alias=AliasPath("space", "key"))
    users: tuple[Person, ...] | None = Field(
        default=None, validation_alias=AliasPath("restrictions", "read", "restrictions", "user", "results")
    )
    """Who may read where it is restricted, by name; ``None`` where that was not told."""
    groups: tuple[Group, ...] | None = Field(
        default=None, validation_alias=AliasPath("restrictions", "read", "restrictions", "group", "results")
    )
    link: str = Field(default="", validation_alias=AliasPath("_links", "webui"))
    download: str = Field(default="", validation_alias=AliasPath("_links", "download"))
    container: str | None = Field(
        default=None, validation_alias=AliasPath("container", "id"), coerce_numbers_to_str=True
    )
    """The page that an attachment is on."""
    media_type: str | None = Field(default=None, validation_alias=AliasPath("extensions", "mediaType"))


class Restriction(_Wire):
    """The restriction of one operation on one content."""

    users: tuple[Person, ...] = Field(default=(), validation_alias=AliasPath("restrictions", "user", "results"))
    groups: tuple[Group, ...] = Field(default=(), validation_alias=AliasPath("restrictions", "group", "results"))


class CloudPermission(_Wire):
    operation: str = Field(validation_alias=AliasPath("operation", "key"))
    target: str = Field(validation_alias=AliasPath("operation", "targetType"))
    kind: str = Field(validation_alias=AliasPath("principal", "type"))
    subject: str = Field(default="", validation_alias=AliasPath("principal", "id"))


class DataCenterPermission(_Wire):
    operation: str = Field(validation_alias=AliasPath("operation", "operationKey"))
    target: str = Field(validation_alias=AliasPath("operation", "targetType"))
    kind: str = Field(default="", validation_alias=AliasPath("subject", "type"))
    group: str = Field(default="", validation_alias=AliasPath("subject", "name"))
    user_key: str = Field(default="", validation_alias=AliasPath("subject", "userKey"))


class Body(_Wire):
    status: str = "current"
    value: str = Field(default="", validation_alias=AliasPath("body", "storage", "value"))


class Existing(_Wire):
    """A page or blog post in a list of the second API."""

    id: str


class Listed(BaseModel):
    """One page of a list."""

    results: list[object] = []
    next: str | None = Field(default=None, validation_alias=AliasPath("_links", "next"))


class Changed(_Wire):
    """A webhook's message of Data Center."""

    event: str = ""
    content: int | str | None = Field(
        default=None,
        validation_alias=AliasChoices(
            AliasPath("page", "id"), AliasPath("blog", "id"), AliasPath("blogpost", "id"), AliasPath("content", "id")
        ),
    )
