"""What reStructuredText becomes."""

import io
from collections.abc import Sequence

import docutils.core
import docutils.nodes
import pytest

from aika.domain.documents import BlockKind, Kind, Parsed, RawDocument
from aika.parsers.restructuredtext import RestructuredTextParser
from aika.protocols import Parser
from aika.testing.contracts.parser import ParserContract

PAGE = """\
.. _deploying:

=========
Deploying
=========

:Author: Ann
:Status: Accepted

Ask **before** you deploy::

    make ask

Roll back
---------

.. A comment that nobody sees.

.. note:: Mind the queue.

   It is long.

.. code-block:: sh

   make rollback

.. toctree::

   other

- one
- two

  more

====  =====
env   owner
====  =====
prod  ops
====  =====

+---+---+
| a | b |
+---+---+

Deeper
~~~~~~

term
    Its definition.

.. include:: /etc/passwd

.. [1] A note.
"""


def raw(content: str, path: str = "docs/deploying.rst") -> RawDocument:
    return RawDocument(key=path, content=content.encode(), path=path)


def parse(content: str, path: str = "docs/deploying.rst") -> Parsed:
    return RestructuredTextParser().parse(raw(content, path))


def shown(parsed: Parsed, kind: BlockKind) -> list[str]:
    return [parsed.body.text[block.start : block.end] for block in parsed.body.blocks if block.kind is kind]


class TestRestructuredTextParserContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return RestructuredTextParser()

    @pytest.fixture
    def samples(self) -> Sequence[RawDocument]:
        return [raw(PAGE), raw("- " + "long words " * 100 + "\n\n  .. code:: sh\n\n     make\n\n  end\n")]


def test_the_text_is_the_file() -> None:
    assert parse(PAGE).body.text == PAGE


def test_titles_nest_by_their_underlines() -> None:
    parsed = parse(PAGE)

    assert parsed.title == "Deploying"
    assert parsed.body.blocks[-1].heading_path == ("Roll back", "Deeper")
    assert [block.anchor for block in parsed.body.blocks if block.kind is BlockKind.HEADING] == [
        "deploying",
        "roll-back",
        "deeper",
    ]


def test_directives_and_literal_blocks_are_whole() -> None:
    parsed = parse(PAGE)

    assert shown(parsed, BlockKind.CODE) == ["    make ask", ".. code-block:: sh\n\n   make rollback"]
    assert shown(parsed, BlockKind.LIST) == ["- one\n- two\n\n  more", "term\n    Its definition."]
    assert len(shown(parsed, BlockKind.TABLE)) == 2
    assert ".. note:: Mind the queue.\n\n   It is long." in shown(parsed, BlockKind.PARAGRAPH)


def test_comments_targets_inclusions_and_tables_of_contents_are_outside_of_blocks() -> None:
    parsed = parse(PAGE)

    blocks = " ".join(parsed.body.text[block.start : block.end] for block in parsed.body.blocks)
    assert not any(words in blocks for words in ("nobody sees", "_deploying", "toctree", "passwd"))


def test_the_field_list_at_the_top_becomes_attributes() -> None:
    assert parse(PAGE).attributes == {"author": "Ann", "status": "Accepted"}


def test_a_peps_header_becomes_attributes() -> None:
    parsed = parse("PEP: 8\nTitle: Style\nStatus: Active\n\nIntroduction\n============\n\ntext\n", "peps/pep-0008.rst")

    assert (parsed.title, parsed.kind, parsed.attributes["status"]) == ("Style", Kind.DECISION, "Active")


def test_a_repeated_title_has_an_anchor_of_its_own() -> None:
    parsed = parse("A\n=\n\nB\n=\n\nA\n=\n\nA\n=\n")

    assert [block.anchor for block in parsed.body.blocks] == ["a", "b", "id1", "id2"]


def test_a_titles_words_are_free_of_markup() -> None:
    parsed = parse(
        "T\n=\n\nThe :mod:`email` *and* `link <u>`_ ``x``\n----------------------------------------\n\ntext\n"
    )

    assert parsed.body.blocks[-1].heading_path == ("The email and link x",)


@pytest.mark.parametrize(
    "page",
    [
        PAGE,
        "Title\n=====\n\ntext\n----\n\nA\n~\n\nnot a title\n--\n\n----\n\nB\n=\n",
        "para\nwith lines\n==========\n\nEnd\n===\n",
        "- item\n\n  Inside\n  ------\n\nOutside\n-------\n",
        "=====  =====\nno     title\n=====  =====\n\n====\nYes\n====\n\n::\n\n  Literal\n  =======\n",
        ".. note::\n\n   Not\n   ===\n\nA & *B*\n=======\n",
    ],
)
def test_the_titles_are_those_that_docutils_finds(page: str) -> None:
    settings = {"report_level": 5, "halt_level": 6, "file_insertion_enabled": False, "doctitle_xform": False}
    tree = docutils.core.publish_doctree(page, settings_overrides={**settings, "warning_stream": io.StringIO()})
    expected = [
        title.astext()
        for title in tree.findall(docutils.nodes.title)
        if isinstance(title.parent, docutils.nodes.section)
    ]

    parsed = parse(page)

    paths = [(*block.heading_path, parsed.body.text[block.start : block.end]) for block in parsed.body.blocks]
    assert len(shown(parsed, BlockKind.HEADING)) == len(expected)
    assert all(any(words.split()[0] in path[-1] for path in paths) for words in expected)


@pytest.mark.parametrize(
    "content", ["=\n" * 50_000, "== ==\nx\n\n" * 10_000, ".. note::\n\n" * 10_000, "- a\n" * 20_000, "*" * 300_000]
)
def test_a_hostile_page_is_parsed(content: str) -> None:
    assert parse(content).body.text == content
