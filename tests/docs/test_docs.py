"""The documentation says what the code does."""

import re
import runpy
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_generated_pages_are_the_codes() -> None:
    pages: dict[Path, str] = runpy.run_path(str(ROOT / "docs" / "generate.py"))["pages"]()

    stale = [path.name for path, text in pages.items() if path.read_text(encoding="utf-8") != text]

    assert stale == [], "run: make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(without_code(page)) if "://" not in target]

    assert [target for target in targets if not (page.parent / target).exists()] == []


def without_code(page: Path) -> str:
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def code_blocks() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for number, block in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)):
            yield f"{page.relative_to(ROOT)}-{number}", block


@pytest.mark.parametrize("block", [block for _, block in code_blocks()], ids=[name for name, _ in code_blocks()])
def test_python_in_the_docs_runs(block: str, example_server: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block.replace("http://127.0.0.1:8400", example_server), "docs", "exec"), {})  # noqa: S102 - our own docs

    assert capsys.readouterr().out.strip()


def test_loopback_is_all_that_tests_can_reach() -> None:
    with pytest.raises(Exception, match=r"203\.0\.113\.1"):
        socket.create_connection(("203.0.113.1", 80), timeout=1)
