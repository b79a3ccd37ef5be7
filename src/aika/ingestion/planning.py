"""What a full listing of a source means for the documents that are known of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aika.protocols import Known

_ALWAYS_ALLOWED = 10
"""Removals up to this many need no second thought, unless nothing at all is left."""


@dataclass(frozen=True, slots=True)
class Removals:
    """Documents that a full listing no longer has."""

    keys: tuple[str, ...]
    refused: bool
    """Whether so much seems to be gone that an accident is likelier than a clean-up."""


def plan_removals(
    known: Mapping[str, Known], *, seen: Collection[str], failed: Collection[str], max_share: float
) -> Removals:
    """Return what to remove after every document of the source was listed.

    What could not be read is not gone, nor is what lies below a folder that could not be read. Removing more than
    ``max_share`` of a source, or all of it, is refused.
    """
    gone = tuple(sorted(key for key in known if key not in seen and not _is_below(key, failed)))
    emptied = bool(gone) and not seen
    refused = emptied or (len(gone) > _ALWAYS_ALLOWED and len(gone) > max_share * len(known))
    return Removals(gone, refused=refused)


def _is_below(key: str, failed: Collection[str]) -> bool:
    return any(key == path or key.startswith(path.rstrip("/") + "/") or path in ("", ".") for path in failed)
