"""Changes to what somebody else may have changed meanwhile: ``ETag`` and ``If-Match``."""

import re
from typing import Annotated

from fastapi import Header, Response

from aika.domain.errors import InvalidRequestError

_VERSION = re.compile(r'"(\d{1,9})"')
IfMatch = Annotated[
    str | None,
    Header(description='The version that the change was made to, as the reply\'s `ETag` has it: `"3"`. Needed.'),
]


def changed_version(if_match: str | None, *, what: str) -> int:
    """Return the version that a change was made to. Raises `InvalidRequestError`."""
    found = None if if_match is None else _VERSION.fullmatch(if_match.strip())
    if found is None:
        raise InvalidRequestError(
            f'the header If-Match must hold the version that was changed, such as "3": read the {what} first'
        )
    return int(found[1])


def tell_version(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'
