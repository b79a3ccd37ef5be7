"""What Markdown becomes."""

from collections.abc import Sequence

import pytest

from aika.domain.documents import Block, BlockKind, Kind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.markdown import MarkdownParser
from aika.protocols import Parser
from aika.testing.contracts.parser import ParserContract

PAGE = """---
title: Deploying
owner: "#payments"
tags: [deploy, payments]
sidebar_position: 3
---

# Deploying

Ask **before** you deploy.

## On Fridays {#fridays}

- no
- really, no

```sh
# not a heading
make deploy
```

| env | owner |
|-----|-------|
| prod | ops |

Setext
------

!!! warning
    Mind the *queue*.

    It is long.
"""


def raw(content: str | bytes, path: str = "docs/deploying.md") -> RawDocument:
    return RawDocument(key=path, content=content.encode() if isinstance(content, str) else content, path=path)


def parse(content: str | bytes, path: str = "docs/deploying.md") -> Parsed:
    return MarkdownParser().parse(raw(content, path))


def shown(parsed: Parsed, kind: BlockKind | None = None) -> list[str]:
    return [parsed.body.text[block.start : block.end] for block in parsed.body.blocks if kind in {None, block.kind}]


def the(parsed: Parsed, words: str) -> Block:
    (found,) = (block for block in parsed.body.blocks if words in parsed.body.text[block.start : block.end])
    return found


class TestMarkdownParserContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return MarkdownParser()

    @pytest.fixture
    def samples(self) -> Sequence[RawDocument]:
        mdx = 'import X from "x"\n\n# T\n\n:::tip\n\nHint\n\n:::\n\n<!-- a -->\n\n<details>\n<summary>More</summary>\n'
        return [raw(PAGE), raw(mdx, "a.mdx"), raw("> [!NOTE]\n> " + "long words " * 100 + "\n>\n> ```\n> x\n> ```\n")]


def test_the_text_is_the_file_with_unix_line_ends_and_nothing_else_changed() -> None:
    assert parse(b"\xef\xbb\xbf# A\r\n\r\nB  \r\n\tc\r\n").body.text == "# A\n\nB  \n\tc\n"


def test_blocks_are_whole_lines_of_their_kind() -> None:
    assert shown(parse(PAGE)) == [
        'title: Deploying\nowner: "#payments"\ntags: [deploy, payments]',
        "# Deploying",
        "Ask **before** you deploy.",
        "## On Fridays {#fridays}",
        "- no\n- really, no",
        "```sh\n# not a heading\nmake deploy\n```",
        "| env | owner |\n|-----|-------|\n| prod | ops |",
        "Setext\n------",
        "!!! warning\n    Mind the *queue*.\n\n    It is long.",
    ]


def test_the_heading_that_is_the_title_is_in_no_path() -> None:
    parsed = parse(PAGE)

    assert the(parsed, "Ask **before**").heading_path == ()
    assert the(parsed, "- no").heading_path == ("On Fridays",)


def test_anchors_are_githubs_unless_the_author_chose_one() -> None:
    parsed = parse("# What's new?\n\n## Über `x_y` & [z](u)\n\n## Same\n\n## Same\n\n## Other {#own}\n")

    assert [block.anchor for block in parsed.body.blocks] == ["whats-new", "über-x_y--z", "same", "same-1", "own"]


def test_a_headings_words_are_free_of_markup() -> None:
    parsed = parse("# T\n\n## **Run** `make` <b>now</b> [here](there) and [ref]\n\nText\n")

    assert the(parsed, "Text").heading_path == ("Run make now here and ref",)


@pytest.mark.parametrize(
    ("content", "path", "title"),
    [
        ("---\ntitle: Front\n---\n# Heading\n", "a.md", "Front"),
        ("## Second\n\n# First\n", "a.md", "First"),
        ('<h1 align="center">In HTML</h1>\n', "a.md", "In HTML"),
        ("text\n", "docs/on-call_guide.md", "On call guide"),
        ("text\n", "services/payment-api/README.md", "Payment api"),
        ("text\n", "manual/index.html.md", "Manual"),
    ],
)
def test_a_title_is_the_front_matters_or_the_first_heading_or_the_name_in_words(
    content: str, path: str, title: str
) -> None:
    assert parse(content, path).title == title


def test_front_matter_becomes_flat_attributes() -> None:
    team = "team: {name: Payments, channel: '#pay'}"

    assert parse(
        f"---\nLast-Reviewed On: 2024-05-01\n{team}\ntags: [a, 1]\ndone: true\nnone: null\n---\n"
    ).attributes == {
        "last_reviewed_on": "2024-05-01",
        "team.name": "Payments",
        "team.channel": "#pay",
        "tags": ("a", "1"),
        "done": "true",
    }


def test_toml_front_matter_is_read_too() -> None:
    assert parse('+++\ntitle = "T"\n+++\ntext').title == "T"


def test_invalid_front_matter_is_a_warning_and_read_line_by_line() -> None:
    parsed = parse("---\ntitle: Why: a question\nowner: ops\n---\n\nText\n")

    assert parsed.attributes == {"title": "Why: a question", "owner": "ops"}
    assert "front matter is invalid" in parsed.warnings[0]


def test_yaml_aliases_do_not_multiply() -> None:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))

    parsed = parse(f"---\na0: &a0 [x]\n{levels}---\ntext\n")

    assert sum(len(str(value)) for value in parsed.attributes.values()) < 10_000


def test_a_rule_is_not_front_matter() -> None:
    assert shown(parse("---\n\nJust text.\n\n---\n\nMore.\n")) == ["Just text.", "More."]


def test_what_readers_do_not_see_is_outside_of_blocks() -> None:
    page = "import X from './x'\n\n<!-- secret\n\nplan -->\n\nSeen.\n\n[link]: https://example.org\n\n<br/>\n\n---\n"

    assert shown(parse(page)) == ["Seen."]


def test_text_behind_a_comment_on_its_line_is_seen() -> None:
    assert shown(parse("<!-- hidden --> seen\n")) == ["seen"]


def test_a_comment_that_is_never_closed_is_a_warning() -> None:
    parsed = parse("Seen.\n\n<!-- oops\n\nlost\n")

    assert shown(parsed) == ["Seen."]
    assert parsed.warnings == ("the comment that begins at line 3 is never closed: the rest was left out",)


def test_a_docusaurus_admonition_is_read_with_its_first_words() -> None:
    assert shown(parse(":::tip Good to know\n\nUse it.\n\n:::\n\nAfter.\n")) == [
        ":::tip Good to know\n\nUse it.",
        "After.",
    ]


def test_code_in_a_long_list_is_a_block_of_its_own() -> None:
    code = "  ```\n  make\n  ```"
    page = f"- {'words ' * 150}\n\n{code}\n\n- second\n"

    assert [block.kind for block in parse(page).body.blocks] == [BlockKind.LIST, BlockKind.CODE, BlockKind.LIST]


def test_footnotes_diagrams_and_formulas_are_kept() -> None:
    page = "Text[^1].\n\n[^1]: The note.\n\n```mermaid\ngraph TD\n```\n\n$$\nx^2\n$$\n"

    assert shown(parse(page)) == ["Text[^1].", "[^1]: The note.", "```mermaid\ngraph TD\n```", "$$\nx^2\n$$"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("docs/architecture-decisions/adr003-exports.md", Kind.DECISION),
        ("docs/decisions/0001-use-markdown.md", Kind.DECISION),
        ("keps/sig-node/1234-name/README.md", Kind.DECISION),
        ("our-rfcs/rfc-012-split.md", Kind.DECISION),
        ("docs/decisions/README.md", Kind.PAGE),
        ("docs/decisions/template.md", Kind.PAGE),
        ("docs/rfc-process.md", Kind.PAGE),
        ("runbooks/database.md", Kind.RUNBOOK),
        ("docs/restore-runbook.md", Kind.RUNBOOK),
        ("docs/guide.md", Kind.PAGE),
    ],
)
def test_the_path_tells_the_kind(path: str, kind: Kind) -> None:
    assert parse("# T\n\ntext\n", path).kind is kind


@pytest.mark.parametrize(
    "page",
    [
        "# Use X\n\n* Status: superseded by [ADR-0005](0005-use-y.md)\n\n## Decision Outcome\n\nX.\n",
        "# Use X\n\n## Status\n\nSuperseded by [ADR-0005](0005-use-y.md)\n\n## Context\n\nX.\n",
    ],
)
def test_a_decision_tells_how_it_stands(page: str) -> None:
    parsed = parse(page, "adr/0001-use-x.md")

    assert parsed.attributes == {"status": "superseded", "superseded_by": "0005-use-y.md"}


def test_a_page_with_a_decided_status_is_a_decision() -> None:
    assert parse("---\nstatus: accepted\n---\n# T\n").kind is Kind.DECISION
    assert parse("# T\n\n- **Status**: proposed\n\n## Considered Options\n\nx\n").kind is Kind.DECISION


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "looks like a PNG image, not Markdown"),
        (b"%PDF-1.7\n", "looks like a PDF, not Markdown"),
        (b"PK\x03\x04\x14\x00", "looks like a ZIP archive or an Office document, not Markdown"),
        (b"\x00\x01\x02\x03 data", "looks like binary data, not Markdown"),
    ],
)
def test_what_is_not_text_is_refused_by_what_it_looks_like(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=message):
        parse(content)


def test_a_text_may_begin_with_letters_that_a_format_begins_with() -> None:
    assert parse("RIFF is a format.\n").body.text == "RIFF is a format.\n"


@pytest.mark.parametrize(
    "content",
    [
        "[" * 200_000,
        "> " * 50_000,
        "".join("  " * depth + "- a\n" for depth in range(500)),
        "[a]: /b\n" * 20_000,
        "# h\n" * 10_000,
        "`" * 200_000,
        "<!--" * 50_000,
        "---\na: " + "[" * 20_000 + "\n---\n",
        "x" * 1_000_000,
    ],
    ids=[
        "brackets",
        "quotes",
        "nested lists",
        "definitions",
        "headings",
        "backticks",
        "comments",
        "front matter",
        "one line",
    ],
)
def test_a_hostile_page_is_parsed(content: str) -> None:
    assert parse(content).body.text == content
