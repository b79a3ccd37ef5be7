"""JSON and YAML, told apart by what is in them: API descriptions, catalog entities, Slack exports, and plain data."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from aika.domain.documents import AttributeValue, BlockKind, Body, Kind, Parsed, RawDocument
from aika.parsers import catalog, json_tree, openapi, slack_export, yaml_tree
from aika.parsers.lines import Lines
from aika.parsers.plain_lines import line_blocks
from aika.parsers.textfile import read_text, storable
from aika.parsers.tree import Node, Piece, blocks, pieces
from aika.parsers.values import label
from aika.parsers.writing import line_block, verbatim

_YAML_NAMES = ("owners", "owners_aliases")
"""Kubernetes' files of who approves what: YAML without a suffix."""


class StructuredDataParser:
    """Reads JSON, JSON Lines and YAML.

    What is recognized by its content is rendered as its kind deserves. Everything else is stored verbatim, one block a record.
    What is not valid is stored as lines, with a warning, because a template of YAML still answers questions.
    """

    suffixes = (".json", ".jsonl", ".ndjson", ".geojson", ".jsonc", ".json5", ".yaml", ".yml", *_YAML_NAMES)
    media_types = (
        "application/json",
        "application/x-ndjson",
        "application/yaml",
        "application/x-yaml",
        "text/yaml",
        "text/x-yaml",
    )

    def parse(self, raw: RawDocument) -> Parsed:
        file = read_text(raw.content, expected="JSON or YAML", media_type=raw.media_type)
        text = file.text
        path = PurePosixPath(raw.path)
        try:
            if path.suffix.lower() in (".jsonl", ".ndjson"):
                parsed = _json_lines(text, raw.path)
            elif path.suffix.lower() in (".yaml", ".yml") or path.name.lower() in _YAML_NAMES:
                parsed = _yaml(text, raw.path)
            else:
                parsed = _json(text, raw.path)
        except ValueError as error:
            what = f"its structure could not be read ({error}), so it is kept as plain lines"
            parsed = Parsed(line_blocks(text), raw.path, Kind.DATA, warnings=(what,))
        return Parsed(
            parsed.body,
            storable(parsed.title or raw.path),
            parsed.kind,
            {name: _storable(value) for name, value in parsed.attributes.items()},
            (*file.warnings, *parsed.warnings),
        )


def _json(text: str, path: str) -> Parsed:
    try:
        value = json_tree.load(text)
    except ValueError as error:
        # Some write JSON Lines into files that end in .json, and JSON that is YAML: with comments or open commas.
        for attempt in (_json_lines, _yaml):
            try:
                return attempt(text, path)
            except ValueError:
                continue
        raise ValueError(f"it is not valid JSON: {error}") from error
    return _recognized(value, path) or _plain_json(value, text, path)


def _plain_json(value: object, text: str, path: str) -> Parsed:
    shown, kept = json_tree.readable(text, value)
    found = (
        pieces(json_tree.entries(shown), 0, len(shown)) if isinstance(value, dict | list) and value else _whole(shown)
    )
    body = Body(shown, tuple(blocks(iter(found), shown, anchors=kept)))
    return Parsed(body, path, Kind.DATA)


def _yaml(text: str, path: str) -> Parsed:
    documents = yaml_tree.load(text)
    if catalog.is_catalog(documents):
        return catalog.render(documents, text, path)
    if len(documents) == 1 and openapi.is_openapi(documents[0].root.value):
        root = documents[0].root
        return openapi.render(root.value, lambda keys: yaml_tree.anchor(root, keys))
    lines = Lines(text)
    edges = [0, *(lines.start(document.first_line) for document in documents[1:]), len(text)]
    found: list[Piece] = []
    for document, start, end in zip(documents, edges, edges[1:], strict=False):
        inside = yaml_tree.nodes(document.root, lines)
        name = label(document.root.value) if len(documents) > 1 else ""
        found.extend(_document(inside, (start, end), name))
    body = Body(text, tuple(blocks(iter(found), text, anchors=True)))
    return Parsed(body, path, Kind.DATA)


def _document(inside: Sequence[Node], span: tuple[int, int], name: str) -> list[Piece]:
    path = (name,) if name else ()
    return list(pieces(inside, *span, path)) if inside else [Piece(BlockKind.RECORD, *span, path)]


def _json_lines(text: str, path: str) -> Parsed:
    lines = Lines(text)
    used = [number for number in range(len(lines)) if not lines.is_blank(number)]
    values = [json_tree.load(lines[number]) for number in used]
    if len(values) < 2 or not all(isinstance(value, dict | list) for value in values):
        raise ValueError("it is not JSON Lines: each line must hold one object or list")
    body = verbatim(lines, (line_block(lines, BlockKind.RECORD, number, number + 1) for number in used))
    return Parsed(body, path, Kind.DATA)


def _recognized(value: object, path: str) -> Parsed | None:
    """Return what the parser of a known kind makes of it; ``None`` where none knows it."""
    if openapi.is_openapi(value):
        return openapi.render(value)
    if catalog.is_entity(value):
        return catalog.render_entity(value)
    return slack_export.render(value, path) if slack_export.is_day(value) else None


def _storable(value: AttributeValue) -> AttributeValue:
    return storable(value) if isinstance(value, str) else tuple(map(storable, value))


def _whole(text: str) -> list[Piece]:
    return [Piece(BlockKind.RECORD, 0, len(text), ())]
