"""What Jupyter notebooks become."""

import json
from collections.abc import Mapping, Sequence

import pytest

from aika.domain.documents import BlockKind, Kind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.notebook import NotebookParser
from aika.protocols import Parser
from aika.testing.contracts.parser import ParserContract


def notebook(*cells: Mapping[str, object]) -> RawDocument:
    about = {"nbformat": 4, "metadata": {"kernelspec": {"language": "python"}}, "cells": cells}
    return RawDocument(key="n", content=json.dumps(about).encode(), path="churn.ipynb")


def text_cell(*lines: str) -> dict[str, object]:
    return {"cell_type": "markdown", "source": list(lines)}


def code_cell(source: str, *outputs: Mapping[str, object]) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def printed(text: str) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def parse(*cells: Mapping[str, object]) -> Parsed:
    return NotebookParser().parse(notebook(*cells))


class TestNotebookParserContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return NotebookParser()

    @pytest.fixture
    def samples(self) -> Sequence[RawDocument]:
        return [notebook(text_cell("# Churn\n", "\n", "Words \ud800."), code_cell("x = 1", printed("1\n" * 100)))]


def test_cells_become_text_and_code_with_the_cells_anchor() -> None:
    parsed = parse(text_cell("# Churn\n", "Why."), code_cell("1 + 1", printed("2\n")))

    assert parsed.body.text == "# Churn\nWhy.\n\n```python\n1 + 1\n```\n\n```text\n2\n```\n\n"
    assert [(block.kind, block.anchor) for block in parsed.body.blocks] == [
        (BlockKind.HEADING, "cell-1"),
        (BlockKind.PARAGRAPH, "cell-1"),
        (BlockKind.CODE, "cell-2"),
        (BlockKind.CODE, "cell-2"),
    ]
    assert (parsed.title, parsed.kind) == ("Churn", Kind.NOTEBOOK)


def test_headings_reach_over_cells() -> None:
    parsed = parse(text_cell("# Churn"), text_cell("## Data"), code_cell("load()"))

    assert parsed.body.blocks[-1].heading_path == ("Data",)


def test_pictures_are_left_out_with_a_note() -> None:
    picture = {"output_type": "display_data", "data": {"image/png": "aGk=", "text/plain": "<Figure>"}}

    parsed = parse(code_cell("plot()", picture))

    assert "Figure" not in parsed.body.text
    assert parsed.warnings == ("1 images and other rich results were left out",)


def test_a_long_result_is_shortened() -> None:
    parsed = parse(code_cell("show()", printed("row\n" * 500)))

    assert parsed.body.text.count("row") == 20
    assert parsed.warnings == ("1 long results were shortened",)


def test_an_error_is_one_line() -> None:
    parsed = parse(
        code_cell("x", {"output_type": "error", "ename": "NameError", "evalue": "no x", "traceback": ["long"]})
    )

    assert "NameError: no x" in parsed.body.text
    assert "long" not in parsed.body.text


def test_the_third_format_is_read_too() -> None:
    sheet = {
        "cells": [
            {"cell_type": "heading", "level": 2, "source": "Data"},
            {"cell_type": "code", "input": "x", "outputs": []},
        ]
    }
    old = RawDocument("n", json.dumps({"nbformat": 3, "worksheets": [sheet]}).encode(), "old.ipynb")

    assert NotebookParser().parse(old).body.text == "## Data\n\n```\nx\n```\n\n"


def test_what_is_not_a_notebook_is_refused() -> None:
    with pytest.raises(UnreadableDocumentError, match="not valid JSON"):
        NotebookParser().parse(RawDocument("n", b"{", "n.ipynb"))
    with pytest.raises(UnreadableDocumentError, match="no list of cells"):
        NotebookParser().parse(RawDocument("n", b"{}", "n.ipynb"))
