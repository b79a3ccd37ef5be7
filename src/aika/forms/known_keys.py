"""The keys that a form can have at a place, and which of them somebody meant."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import get_args

from pydantic import BaseModel

_NEAR_ENOUGH = 0.6


def known_keys(within: Sequence[str | int], form: type[BaseModel]) -> list[str]:
    """Return the keys that what stands at a place can have, as they are written. Empty where it can have none."""
    for step in within:
        if isinstance(step, int):
            continue
        field = next((one for name, one in form.model_fields.items() if step in {name, one.alias}), None)
        inner = None if field is None else _form_in(field.annotation)
        if inner is None:
            return []
        form = inner
    return [one.alias or name for name, one in form.model_fields.items()]


def nearest_key(key: str | int, known: Collection[str]) -> str | None:
    """Return the known key that is most like this one, ``None`` where none is like it."""
    near = get_close_matches(str(key).lower().replace("-", "_"), known, n=1, cutoff=_NEAR_ENOUGH)
    return near[0] if near else None


def _form_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _form_in(one)) is not None), None)
