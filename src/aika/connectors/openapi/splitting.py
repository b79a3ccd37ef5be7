"""An API's description cut by groups of operations, each part a description of its own that the parser can read."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aika.connectors.plain_yaml import load_yaml

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})
_NAMELESS = re.compile(r"\{.*|v\d+(?:\.\d+)?|api|rest|", re.IGNORECASE)
"""Parts of a path that name no group."""
_KEPT = ("openapi", "swagger", "servers", "host", "basePath", "schemes", "security", "externalDocs", "x-owner")

Described = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Part:
    """A description of one group of operations, or of the whole."""

    group: str
    """Empty for the whole, or for what the groups have in common."""
    title: str
    content: bytes
    """JSON, or the description as it was read where it was not cut."""
    operations: tuple[str, ...] = ()
    """``GET /orders``"""
    is_json: bool = True


@dataclass(slots=True)
class _Group:
    paths: dict[str, dict[str, object]] = field(default_factory=dict)
    webhooks: dict[str, dict[str, object]] = field(default_factory=dict)
    operations: list[str] = field(default_factory=list)


def read_description(content: bytes) -> Described:
    """Raise ``ValueError`` with the reason where it is no description of an API."""
    text = content.decode("utf-8-sig")
    value: object
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except ValueError:
        value = next(iter(load_yaml(text)), None)
    if not isinstance(value, dict) or not (value.get("openapi") or value.get("swagger")):
        raise ValueError("it is no OpenAPI or Swagger description: it has neither the key openapi nor swagger")
    if not any(isinstance(value.get(key), dict) for key in ("paths", "webhooks", "components", "definitions")):
        raise ValueError("it describes nothing: it has no paths")
    return value


def split(description: Described, content: bytes, *, whole_up_to: int, is_json: bool) -> list[Part]:
    """Return one part a group and one that introduces them, or a single part where there are few operations."""
    title = _text(_mapping(description.get("info")).get("title"))
    groups = _groups(description)
    operations = tuple(name for group in groups.values() for name in group.operations)
    if len(operations) <= whole_up_to or len(groups) < 2:
        return [Part("", title, content, operations, is_json)]
    parts = [Part("", title, _json(_introduction(description, groups)))]
    for name, group in groups.items():
        said = _json(_of_group(description, name, group))
        parts.append(Part(name, f"{title}: {name}" if title else name, said, tuple(group.operations)))
    return parts


def _groups(description: Described) -> dict[str, _Group]:
    groups: dict[str, _Group] = {}
    for kind in ("paths", "webhooks"):
        for path, item in _mapping(description.get(kind)).items():
            shared = {key: value for key, value in _mapping(item).items() if key not in _METHODS}
            for method, operation in _mapping(item).items():
                if method not in _METHODS:
                    continue
                group = groups.setdefault(_group_of(path, operation, kind), _Group())
                where = group.paths if kind == "paths" else group.webhooks
                where.setdefault(path, dict(shared))[method] = operation
                group.operations.append(f"{method.upper()} {path}")
    return groups


def _group_of(path: str, operation: object, kind: str) -> str:
    tags = _mapping(operation).get("tags")
    if isinstance(tags, list) and tags and _text(tags[0]):
        return _text(tags[0])
    if kind == "webhooks":
        return "webhooks"
    return next((part for part in path.split("/") if not _NAMELESS.fullmatch(part)), "other operations")


def _introduction(description: Described, groups: Mapping[str, _Group]) -> Described:
    named = {_text(_mapping(tag).get("name")): _mapping(tag) for tag in _list(description.get("tags"))}
    tags = [
        {
            "name": name,
            "description": _joined(_text(named.get(name, {}).get("description")), ", ".join(group.operations)),
        }
        for name, group in groups.items()
    ]
    schemes = _mapping(_mapping(description.get("components")).get("securitySchemes"))
    said = {**_common(description), "info": description.get("info"), "tags": tags, "paths": {}}
    old = {"securityDefinitions": description["securityDefinitions"]} if "securityDefinitions" in description else {}
    return {**said, **old, **({"components": {"securitySchemes": schemes}} if schemes else {})}


def _of_group(description: Described, name: str, group: _Group) -> Described:
    # What the whole is for stands in the introduction; here it would crowd out what the group is for.
    info = {key: value for key, value in _mapping(description.get("info")).items() if key != "description"}
    tags = [tag for tag in _list(description.get("tags")) if _text(_mapping(tag).get("name")) == name]
    part: dict[str, object] = {**_common(description), "info": info, "tags": tags, "paths": group.paths}
    if group.webhooks:
        part["webhooks"] = group.webhooks
    for keys in _security(description, group):
        _keep(description, part, keys)
    _keep_referenced(description, part)
    return part


def _common(description: Described) -> dict[str, object]:
    return {key: description[key] for key in _KEPT if key in description}


def _security(description: Described, group: _Group) -> Iterator[tuple[str, ...]]:
    needed = _list(description.get("security"))
    for item in (*group.paths.values(), *group.webhooks.values()):
        for method in _METHODS & item.keys():
            needed = [*needed, *_list(_mapping(item[method]).get("security"))]
    for name in dict.fromkeys(name for alternative in needed for name in _mapping(alternative)):
        yield ("components", "securitySchemes", name)
        yield ("securityDefinitions", name)


def _keep_referenced(description: Described, part: dict[str, object]) -> None:
    """Add everything that the part refers to, and what that refers to."""
    waiting = list(_references({"paths": part["paths"], "webhooks": part.get("webhooks")}))
    kept: set[str] = set()
    while waiting:
        reference = waiting.pop()
        if reference in kept:
            continue
        kept.add(reference)
        keys = tuple(key.replace("~1", "/").replace("~0", "~") for key in reference[2:].split("/"))
        waiting.extend(_references(_keep(description, part, keys)))


def _keep(description: Described, part: dict[str, object], keys: tuple[str, ...]) -> object:
    """Copy what stands under the keys, and return it; ``None`` where there is nothing."""
    source: object = description
    for key in keys:
        source = _mapping(source).get(key)
    if source is None or len(keys) < 2 or keys[0] == "paths":
        return source
    target = part
    for key in keys[:-1]:
        inner = target.setdefault(key, {})
        if not isinstance(inner, dict):
            return source
        target = inner
    target[keys[-1]] = source
    return source


def _references(value: object) -> Iterator[str]:
    """Yield the local references in a value, each container looked at once."""
    waiting, seen = [value], set[int]()
    while waiting:
        item = waiting.pop()
        if not isinstance(item, dict | list) or id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, dict):
            target = item.get("$ref")
            if isinstance(target, str) and target.startswith("#/"):
                yield target
            waiting.extend(item.values())
        else:
            waiting.extend(item)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", errors="replace")


def _mapping(value: object) -> dict[str, object]:
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _joined(description: str, operations: str) -> str:
    return f"{' '.join(description.split()).rstrip('.')}. {operations}" if description else operations
