"""How far a workspace was read."""

import hashlib
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from aika.connectors.slack.options import SlackOptions
from aika.domain.sources import Cursor


class Progress(BaseModel):
    """The content of a cursor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    full: float
    """When the last run began that listed everything."""
    to: float
    """When the last run began."""
    keys: dict[str, list[str]]
    """Of each channel the conversations of the last days, by which the next run sees what is gone."""
    options: str = ""

    @classmethod
    def read(cls, cursor: Cursor | None, options: SlackOptions) -> Self | None:
        """Return what a cursor says; ``None`` where it is another connector's, or was made under other options."""
        if cursor is None:
            return None
        try:
            found = cls.model_validate_json(cursor)
        except ValidationError:
            return None
        return found if found.options == _digest(options) else None

    def cursor(self, options: SlackOptions) -> Cursor:
        return Cursor(self.model_copy(update={"options": _digest(options)}).model_dump_json())


def _digest(options: SlackOptions) -> str:
    said = options.model_dump_json(exclude={"token", "webhook_secret"})
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
