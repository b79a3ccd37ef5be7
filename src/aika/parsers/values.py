"""Reading values of JSON and YAML whose shape nobody promised."""

from collections.abc import Iterator

_NAMING = ("name", "title", "full_name", "display_name", "label", "id", "key", "login", "slug", "repo_name", "sitename")


def at(value: object, *keys: str) -> object:
    """Return what stands under the keys, one inside the other; ``None`` where there is nothing."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text_at(value: object, *keys: str) -> str:
    """Return the text under the keys, without space around it; empty where there is none. Numbers become text."""
    return text(at(value, *keys))


def text(value: object) -> str:
    match value:
        case str():
            return value.strip()
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            return ""


def listed(value: object) -> list[object]:
    """Return a list as it is, nothing for ``None``, and anything else as a list of one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def texts(value: object) -> list[str]:
    """Return the texts in a list, or the one text."""
    return [found for item in listed(value) if (found := text(item))]


def pairs(value: object) -> Iterator[tuple[str, object]]:
    """Yield the entries of a mapping; nothing for what is none."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key), item


def is_true(value: object) -> bool:
    """Return whether a value means yes: JSON's ``true`` or YAML's word, which stays text here."""
    return value is True or (isinstance(value, str) and value.lower() in ("true", "yes"))


def label(value: object) -> str:
    """Return what a record calls itself, shortened; empty where it says nothing."""
    found = next((name for key in _NAMING if (name := text_at(value, key))), "")
    return found if len(found) <= 80 else f"{found[:79]}…"
