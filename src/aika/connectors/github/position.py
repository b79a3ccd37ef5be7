"""How far GitHub was read: the connector's cursor."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from aika.domain.sources import Cursor


class Mark(BaseModel):
    """How far one listing was read."""

    model_config = ConfigDict(frozen=True)

    until: AwareDatetime
    """By GitHub's clock."""
    etag: str | None = None
    """Of the first page, where it tells whether there is anything new."""


class RepositoryMark(BaseModel):
    """How far one repository was read."""

    model_config = ConfigDict(frozen=True)

    readers: str
    """A digest: documents whose readers change have to be recorded again."""
    marks: dict[str, Mark] = {}
    releases: tuple[str, ...] = ()
    """The keys of all its releases, so that a removed one is missed."""
    members: str | None = None
    """The ETag of its collaborators, where they fit on one page."""


class Position(BaseModel):
    """What a run leaves for the next one."""

    model_config = ConfigDict(frozen=True)

    options: str
    """The fingerprint of the options that it holds for."""
    full_at: AwareDatetime
    """When everything was listed last."""
    repositories: dict[str, RepositoryMark]
    again: tuple[str, ...] = ()
    """Keys of documents that could not be loaded for a reason that passes."""

    @classmethod
    def of(cls, cursor: Cursor | None, options: str) -> "Position | None":
        """Return what a cursor says, ``None`` where it is not one of a source with these options."""
        if cursor is None:
            return None
        try:
            position = cls.model_validate_json(cursor)
        except ValidationError:
            return None
        return position if position.options == options else None

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.model_dump_json(exclude_defaults=True))
