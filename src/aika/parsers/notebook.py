"""Jupyter notebooks: text cells as Markdown, code cells and their printed results as code."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aika.domain.documents import AttributeValue, BlockKind, Body, Kind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.lines import Lines
from aika.parsers.markdown_scan import MarkdownScanner
from aika.parsers.outline import Item, blocks_of, first_title
from aika.parsers.slugs import Slugger
from aika.parsers.textfile import read_text, storable
from aika.parsers.titles import title_from_path

# A result longer than a screen is data: its beginning shows what it is.
_OUTPUT_LINES = 20
_OUTPUT_CHARACTERS = 1_500


class NotebookParser:
    """Reads notebooks of format 3 and 4. Anchors count cells from 1: ``cell-3``.

    Pictures, widgets and long results are left out, with a warning that counts them.
    """

    suffixes = frozenset({".ipynb"})
    media_types = frozenset({"application/x-ipynb+json"})

    def __init__(self) -> None:
        self._scanner = MarkdownScanner()

    def parse(self, raw: RawDocument) -> Parsed:
        file = read_text(raw.content, expected="a Jupyter notebook", media_type=raw.media_type)
        notebook = _load(file.text)
        writing = _Writing(self._scanner, _language(notebook))
        for number, cell in enumerate(_cells(notebook), start=1):
            writing.add(number, cell)
        title = first_title(writing.items) or title_from_path(raw.path)
        attributes: dict[str, AttributeValue] = {"language": writing.language} if writing.language else {}
        return Parsed(
            body=Body("".join(writing.parts), blocks_of(writing.items, title=title)),
            title=title,
            kind=Kind.NOTEBOOK,
            attributes=attributes,
            warnings=(*file.warnings, *writing.warnings()),
        )


@dataclass
class _Writing:
    """The text as it grows, cell by cell."""

    scanner: MarkdownScanner
    language: str
    parts: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    length: int = 0
    images: int = 0
    shortened: int = 0
    slugger: Slugger = field(default_factory=Slugger)

    def add(self, number: int, cell: Mapping[str, object]) -> None:
        source = _joined(cell.get("source", cell.get("input")))
        anchor = f"cell-{number}"
        match cell.get("cell_type"):
            case "markdown":
                self._add_markdown(source, anchor)
            case "heading":
                level = cell.get("level")
                self._add_markdown(
                    f"{'#' * (level if isinstance(level, int) and 0 < level < 7 else 1)} {source}", anchor
                )
            case "code":
                self._add_code(source, self.language, anchor)
                self._add_outputs(cell.get("outputs"), anchor)
            case _:
                self._write(
                    source, (Item(BlockKind.PARAGRAPH, 0, len(source), anchor=anchor),) if source.strip() else ()
                )

    def warnings(self) -> Iterator[str]:
        if self.images:
            yield f"{self.images} images and other rich results were left out"
        if self.shortened:
            yield f"{self.shortened} long results were shortened"

    def _add_markdown(self, source: str, anchor: str) -> None:
        scanned = self.scanner.scan(Lines(source), self.slugger)
        self._write(source, [replace(item, anchor=anchor) for item in scanned.items])

    def _add_code(self, source: str, language: str, anchor: str) -> None:
        source = source.strip("\n")
        if source.strip():
            fence = "```" if "```" not in source else "~~~~"
            text = f"{fence}{language}\n{source}\n{fence}"
            self._write(text, (Item(BlockKind.CODE, 0, len(text), anchor=anchor),))

    def _add_outputs(self, outputs: object, anchor: str) -> None:
        for output in _mappings(outputs):
            text = _output_text(output)
            data = output.get("data")
            if isinstance(data, Mapping) and any(str(name).startswith(("image/", "application/vnd")) for name in data):
                self.images += 1
                continue
            lines = text.rstrip().split("\n")
            short = "\n".join(lines[:_OUTPUT_LINES])[:_OUTPUT_CHARACTERS]
            if len(short) < len(text.rstrip()):
                self.shortened += 1
                short += "\n…"
            self._add_code(short, "text", anchor)

    def _write(self, text: str, items: Sequence[Item]) -> None:
        self.items.extend(replace(item, start=item.start + self.length, end=item.end + self.length) for item in items)
        self.parts.extend((text, "\n\n"))
        self.length += len(text) + 2


def _load(text: str) -> Mapping[str, object]:
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableDocumentError(
            f"is not a Jupyter notebook, because it is not valid JSON ({error}): save it again from Jupyter"
        ) from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells", notebook.get("worksheets")), list):
        raise UnreadableDocumentError("is not a Jupyter notebook: it has no list of cells")
    return notebook


def _cells(notebook: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    if "cells" in notebook:
        yield from _mappings(notebook["cells"])
        return
    for sheet in _mappings(notebook["worksheets"]):
        yield from _mappings(sheet.get("cells"))


def _language(notebook: Mapping[str, object]) -> str:
    metadata = notebook.get("metadata")
    for name in ("kernelspec", "language_info"):
        about = metadata.get(name) if isinstance(metadata, Mapping) else None
        language = about.get("language", about.get("name")) if isinstance(about, Mapping) else None
        if isinstance(language, str) and language.isalnum() and len(language) <= 20:
            return language.lower()
    return ""


def _output_text(output: Mapping[str, object]) -> str:
    if output.get("output_type") in {"error", "pyerr"}:
        return f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}"
    data = output.get("data")
    if isinstance(data, Mapping):
        return _joined(data.get("text/plain"))
    return _joined(output.get("text"))


def _mappings(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _joined(value: object) -> str:
    """Notebooks keep text as a string or as a list of lines."""
    text = "".join(part for part in value if isinstance(part, str)) if isinstance(value, list) else value
    return storable(text.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(text, str) else ""
