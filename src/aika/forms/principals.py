"""Principals as people write them in files."""

import re

from aika.domain.access import EVERYONE
from aika.domain.identifiers import PrincipalId

_ADDRESS = re.compile(r"[^\s@,<>:]+@[^\s@,<>:]+")


def principal(text: str) -> PrincipalId:
    """Return the principal of a person by their address, or of a group by its name. Raises ``ValueError``."""
    name = text.strip()
    address = name.removeprefix("user:").lower()
    if _ADDRESS.fullmatch(address):
        return PrincipalId(f"user:{address}")
    kind, separator, rest = name.partition(":")
    if name == EVERYONE or (separator and kind and rest and kind != "user"):
        return PrincipalId(name)
    raise ValueError(f"{text!r} names nobody: write an e-mail address, or a group such as group:payments")
