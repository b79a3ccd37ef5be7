"""Source code: verbatim, in blocks that are its symbols."""

import pytest

from aika.domain.documents import Block, BlockKind, Kind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.code import CodeParser
from aika.protocols import Parser
from aika.testing.contracts.parser import ParserContract, assert_sound

PYTHON = '''\
"""Refunds."""

import os

LIMIT = 3


# Called by the worker.
@retry(times=LIMIT)
def refund(order):
    """Return the money."""
    return order


class Ledger:
    """Keeps the books."""

    def add(self, entry):
        self.entries.append(entry)

    def total(self):
        return sum(self.entries)
'''
PADDING = "x" * 120

# Each is a class that is too long for one block, with a comment on every method.
CLASSES = {
    "a.py": ("class K:\n    y = 1\n\n", "    # Says {0}.\n    def m{0}(self):\n        return '{1}'\n\n", ""),
    "a.java": (
        "/** A class. */\npublic class K {\n",
        '  /** Says {0}. */\n  @Override\n  public String m{0}() {{\n    return "{1}";\n  }}\n',
        "}\n",
    ),
    "a.ts": (
        "/** A class. */\nexport class K extends B {\n",
        "  /** Says {0}. */\n  m{0}(): string {{\n    return '{1}';\n  }}\n",
        "}\n",
    ),
    "a.js": ("class K {\n", "  // Says {0}.\n  m{0}() {{\n    return '{1}';\n  }}\n", "}\nmodule.exports = K;\n"),
    "a.rs": (
        "struct K;\n\nimpl K {\n",
        '    /// Says {0}.\n    pub fn m{0}(&self) -> &str {{\n        "{1}"\n    }}\n',
        "}\n",
    ),
    "a.cpp": (
        "#ifndef A\n#define A\nclass K : public B {\npublic:\n",
        '  /// Says {0}.\n  const char *m{0}() {{\n    return "{1}";\n  }}\n',
        "};\n#endif\n",
    ),
    "a.cs": (
        "using System;\n\nnamespace N;\n\npublic class K\n{\n",
        '    /// Says {0}.\n    public string m{0}()\n    {{\n        return "{1}";\n    }}\n',
        "}\n",
    ),
    "a.rb": ("class K < B\n  attr_reader :y\n", "  # Says {0}.\n  def m{0}\n    '{1}'\n  end\n", "end\n"),
    "a.php": (
        "<?php\nnamespace A;\nclass K {\n",
        "  /** Says {0}. */\n  public function m{0}() {{\n    return '{1}';\n  }}\n",
        "}\n",
    ),
    "a.kt": (
        "package a\n\nclass K : B() {\n",
        '    /** Says {0}. */\n    fun m{0}(): String {{\n        return "{1}"\n    }}\n',
        "}\n",
    ),
    "a.scala": (
        "class K {\n",
        '  /** Says {0}. */\n  def m{0}(): String = {{\n    "{1}"\n  }}\n',
        "}\n",
    ),
}


def parsed(text: str, path: str = "src/refunds.py") -> Parsed:
    return CodeParser().parse(RawDocument(key=path, path=path, content=text.encode()))


def symbols(document: Parsed) -> list[tuple[str, ...]]:
    return [block.heading_path for block in document.body.blocks if block.kind is BlockKind.SYMBOL]


def text_of(document: Parsed, *path: str) -> str:
    found: list[Block] = [block for block in document.body.blocks if block.heading_path == path]
    assert len(found) == 1, f"{path} stands for {len(found)} blocks"
    return document.body.text[found[0].start : found[0].end]


class TestCodeParserKeepsTheContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return CodeParser()

    @pytest.fixture
    def samples(self) -> list[RawDocument]:
        return [
            RawDocument(key="a", path="refunds.py", content=PYTHON.encode()),
            RawDocument(key="b", path="main.go", content=b"package a\n\n// F does.\nfunc (r *R) F() {}\n"),
            RawDocument(key="c", path="Dockerfile", content=b"FROM python\nRUN true\n"),
            RawDocument(key="d", path="a.c", content=b"int f(void) { return 1; }\nstruct s { int a; };\n"),
            RawDocument(key="e", path="a.sql", content=b"CREATE TABLE a (b int);\nSELECT 1;\n"),
            RawDocument(key="f", path="setup.cfg", content=b"[tool]\na = 1\n"),
        ]


class TestSymbols:
    def test_the_text_is_kept_as_it_is(self) -> None:
        assert parsed(PYTHON).body.text == PYTHON

    def test_a_function_keeps_its_comment_decorator_and_docstring(self) -> None:
        text = text_of(parsed(PYTHON), "refund")

        assert text.startswith("# Called by the worker.\n@retry(times=LIMIT)\ndef refund")
        assert text.endswith("return order")

    def test_docstring_and_imports_are_a_first_block(self) -> None:
        first = parsed(PYTHON).body.blocks[0]

        assert (first.kind, first.heading_path, first.anchor) == (BlockKind.CODE, (), "L1-L5")

    def test_a_short_class_is_one_block(self) -> None:
        assert symbols(parsed(PYTHON)) == [("refund",), ("Ledger",)]

    def test_anchors_are_the_lines(self) -> None:
        document = parsed(PYTHON)

        assert [block.anchor for block in document.body.blocks] == ["L1-L5", "L8-L12", "L15-L22"]

    def test_every_line_of_code_is_in_a_block(self) -> None:
        document = parsed(PYTHON)

        covered = "\n".join(document.body.text[block.start : block.end] for block in document.body.blocks)
        assert covered.split() == PYTHON.split()

    def test_the_title_is_the_path(self) -> None:
        document = parsed(PYTHON)

        assert document.title == "src/refunds.py"
        assert document.kind is Kind.CODE

    @pytest.mark.parametrize("path", sorted(CLASSES))
    def test_a_long_class_becomes_its_methods(self, path: str) -> None:
        head, method, tail = CLASSES[path]
        source = head + "".join(method.format(number, PADDING) for number in range(20)) + tail

        document = parsed(source, path)

        assert [found for found in symbols(document) if len(found) == 2] == [
            ("K", f"m{number}") for number in range(20)
        ]
        assert "Says 7." in text_of(document, "K", "m7")
        assert "Says 8." not in text_of(document, "K", "m7")
        assert_sound(document)

    @pytest.mark.parametrize(
        ("path", "source", "expected"),
        [
            (
                "a.go",
                "package a\n\n// F does.\nfunc F() {}\nfunc (r *Reader[T]) Read() {}\ntype S struct{}\n",
                ["F", "Reader.Read", "S"],
            ),
            (
                "a.rs",
                "trait T {}\nimpl<A> T for S<A> { fn f() {} }\nmacro_rules! m { () => {} }\n",
                ["T", "T for S<A>", "m"],
            ),
            ("a.c", "struct s { int a; };\nstatic int *f(int a) {\n  return 0;\n}\nint g(void);\n", ["s", "f"]),
            ("a.h", "#pragma once\nnamespace n {\nclass K { int a; };\n}\n", ["n"]),
            ("a.cpp", "void K::m(int a) {\n}\ntemplate <class T>\nT g(T a) { return a; }\n", ["K::m", "g"]),
            (
                "a.ts",
                "export interface I {}\nexport type T = string;\nexport const f = () => 1;\nenum E { A }\n",
                ["I", "T", "f", "E"],
            ),
            ("a.tsx", "export const App = () => {\n  return <p>hi</p>;\n};\n", ["App"]),
            ("a.jsx", "export default function App() { return <p/>; }\n", ["App"]),
            ("a.sh", "set -e\ndeploy() {\n  echo\n}\nfunction stop { true; }\n", ["deploy", "stop"]),
            (
                "a.sql",
                "CREATE TABLE shop.orders (id int);\nCREATE VIEW v AS SELECT 1;\nINSERT INTO v VALUES (1);\n",
                ["shop.orders", "v"],
            ),
            ("a.php", "<?php\nfunction f() {}\ninterface I {}\n", ["f", "I"]),
            ("a.kt", "fun f() = 1\n\nobject O {}\n\ninterface I\n", ["f", "O", "I"]),
            ("a.scala", "object O {}\ntrait T\ncase class C(a: Int)\n", ["O", "T", "C"]),
        ],
    )
    def test_symbols_have_the_names_of_their_language(self, path: str, source: str, expected: list[str]) -> None:
        assert [found[-1] for found in symbols(parsed(source, path))] == expected

    def test_a_header_of_cpp_is_not_read_as_c(self) -> None:
        assert symbols(parsed("class K {\n int a;\n};\n", "a.h")) == [("K",)]

    def test_broken_syntax_still_gives_its_sound_parts(self) -> None:
        document = parsed("def good():\n    return 1\n\n\ndef bad(:\n    ((\n\n\ndef fine():\n    pass\n")

        assert ("good",) in symbols(document)
        assert_sound(document)

    def test_syntax_that_would_take_forever_is_kept_as_lines_with_a_warning(self) -> None:
        # The grammar's recovery from these errors does not end within minutes.
        method = '    }}\n    /** Says {0}. */\n    fun m{0}(): String {{\n        return "xxxxxxxx{1}"\n'
        source = (
            '""x""{""/**/\ng{}\n  \u2022  fun     }\n  /\n    fu{\n        return "xxxxxxxx"\n'
            + method.format(17, "\u00c3xxxxxxxxcxxxxxxxx")
            + method.format(18, "")
            + method.format(19, "").replace("Str", "Str999999999999999999999999999999")
            + "    }\n}\n"
        )

        document = parsed(source, "a.kt")

        assert document.body.text == source
        assert "syntax" in document.warnings[0]

    def test_letters_beyond_ascii_do_not_move_the_blocks(self) -> None:
        document = parsed("# Grüße 🎉 数\ndef grüße():\n    return '🎉🎉'\n\n\ndef zwei():\n    pass\n")

        assert text_of(document, "zwei") == "def zwei():\n    pass"

    def test_two_symbols_on_a_line_are_one_block(self) -> None:
        assert_sound(parsed("int f() { return 1; } int g() { return 2; }\n", "a.c"))

    def test_classes_inside_classes_without_end_are_read(self) -> None:
        nested = "".join(f"{'  ' * depth}class K{depth}:\n" for depth in range(60)) + "  " * 60 + "x = 1\n"

        assert_sound(parsed(nested))


class TestOtherCode:
    def test_sections_of_a_configuration_are_headings(self) -> None:
        document = parsed("# What is built.\n[project]\nname = 'a'\n\n[[tool.steps]]\nrun = 'b'\n", "pyproject.toml")

        assert [block.heading_path for block in document.body.blocks] == [("project",), ("tool.steps",)]
        assert document.kind is Kind.DATA

    @pytest.mark.parametrize("path", ["Dockerfile", "deploy/Makefile", "main.tf", "orders.proto", "schema.graphql"])
    def test_code_without_a_grammar_is_cut_at_blank_lines(self, path: str) -> None:
        source = "\n\n".join(f"step {number} " + "does something useful here " * 10 for number in range(12))

        document = parsed(source, path)

        assert len(document.body.blocks) > 1
        assert document.body.text == source
        assert document.kind is Kind.CODE

    def test_code_owners_are_data(self) -> None:
        document = parsed("* @acme/platform\n/docs @acme/writers\n", ".github/CODEOWNERS")

        assert document.kind is Kind.DATA
        assert "/docs @acme/writers" in document.body.text

    def test_minified_code_is_refused_with_the_reason(self) -> None:
        with pytest.raises(UnreadableDocumentError, match="minified"):
            parsed("var a=1;" * 5_000, "app.js")

    def test_one_long_line_in_written_code_is_no_reason(self) -> None:
        assert parsed(PYTHON * 20 + f"ICON = '{'A' * 6_000}'\n").body.blocks

    def test_a_binary_file_with_a_name_of_code_is_refused(self) -> None:
        with pytest.raises(UnreadableDocumentError, match="program"):
            CodeParser().parse(RawDocument(key="a", path="a.py", content=b"\x7fELF\x02\x01\x00\x00"))
