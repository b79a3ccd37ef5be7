"""How far a source was read, as the cursors of connectors that list everything now and then carry it."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ValidationError

from aika.domain.sources import Cursor
from aika.registry import Options


class Place(BaseModel):
    """What a cursor says. Connectors add what they need to go on."""

    options: str
    """`digest_of` the options: others make the place worthless."""
    listed_at: datetime
    """When everything was listed last."""

    @classmethod
    def of(cls, cursor: Cursor | None, *, options: str, full_every: float, now: datetime) -> Self | None:
        """Return the place, ``None`` where everything has to be listed: there is none, it is of other options, or the last
        listing is ``full_every`` hours old.
        """
        try:
            place = cls.model_validate_json(cursor or "")
        except ValidationError:
            return None
        due = now - place.listed_at >= timedelta(hours=full_every)
        return None if due or place.options != options else place

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.model_dump_json())


class Memory(BaseModel):
    """What a cursor remembers beside what is listed anew in every run. Connectors add it, with defaults for none."""

    @classmethod
    def of(cls, cursor: Cursor | None) -> Self:
        """Return what is remembered: nothing where there is no cursor or it is not readable."""
        try:
            return cls() if cursor is None else cls.model_validate_json(cursor)
        except ValidationError:
            return cls()


def digest_of(options: Options, *, without: Collection[str]) -> str:
    """Return a digest of the options, save for secrets and for what changes nothing of what is read."""
    chosen = options.model_dump(mode="json", exclude=set(without))
    return hashlib.blake2b(repr(sorted(chosen.items())).encode(), digest_size=12).hexdigest()
