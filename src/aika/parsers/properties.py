"""What an office file says of itself: title, author, dates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from aika.domain.documents import AttributeValue
from aika.parsers.textfile import storable

# What programs write where a person wrote nothing.
_MEANINGLESS = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel)|powerpoint presentation|word document|presentation|document|untitled"
    r"|slide 1|openpyxl|python-docx|python-pptx)\b.*",
    re.IGNORECASE,
)
_PROGRAMS = frozenset({"openpyxl", "python-docx", "python-pptx", "apache poi", "microsoft office user"})


@dataclass(frozen=True, slots=True)
class Properties:
    title: str | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)


class CoreProperties(Protocol):
    """The part of the office libraries' property objects that is read here."""

    @property
    def title(self) -> str | None: ...

    @property
    def created(self) -> datetime | None: ...


def properties_of(core: CoreProperties) -> Properties:
    """Return the title, where a person wrote it, and the author and the date of creation as attributes."""
    attributes: dict[str, AttributeValue] = {}
    # The spreadsheet library says creator where the others say author.
    author = meaningful(getattr(core, "author", None) or getattr(core, "creator", None))
    if author and author.lower() not in _PROGRAMS:
        attributes["author"] = author
    if core.created is not None and author:
        attributes["created"] = core.created.isoformat()
    return Properties(meaningful(core.title), attributes)


def meaningful(title: str | None) -> str | None:
    """Return the text, or ``None`` where a program wrote it."""
    title = storable(" ".join((title or "").split()))
    return None if not title or _MEANINGLESS.fullmatch(title) else title
