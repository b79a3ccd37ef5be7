"""What is kept of a page's content, by aika's HTML parser and by trafilatura: a table in Markdown.

    uv run --with trafilatura python benchmarks/main_content.py --pages mdBook book //main --pages DocBook manual //body //table

``--pages`` takes a name, a folder of HTML files, the XPath of the content, and, where needed, the XPath of what in it is
navigation. Twenty-five pages of each are drawn.
"""

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import trafilatura
from lxml import html as lxml_html

from aika.domain.documents import RawDocument
from aika.parsers.html import HtmlParser

PAGES = 25
MEASURES = ("headings", "table rows", "code lines", "words", "foreign words")
BESIDE = (
    ".//script|.//style|.//button|.//nav|.//*[contains(@class,'headerlink') or contains(@class,'copiable')]"
    "|.//a[@class='anchor' or @class='doc-anchor']"
)
NOT_WORDS = re.compile(r"[^\w]+")


@dataclass
class Tally:
    """Of each measure, how many there were and how many were kept."""

    kept: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    pages: int = 0

    def note(self, measure: str, *, kept: int, all: int) -> None:
        self.kept[measure] += kept
        self.all[measure] += all

    def row(self) -> str:
        cells = [
            f"{100 * self.kept[name] / self.all[name]:.1f} % of {self.all[name]:,}" if self.all[name] else "–"
            for name in MEASURES
        ]
        return " | ".join([*cells, f"{1000 * self.seconds / max(1, self.pages):.0f}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", nargs="+", action="append", required=True, metavar="WHAT")
    print(f"| pages made by | by | {' | '.join(MEASURES)} | ms a page |")
    print("|---" * (len(MEASURES) + 3) + "|")
    for name, folder, content, *navigation in parser.parse_args().pages:
        files = sorted(Path(folder).rglob("*.html"))
        random.Random(7).shuffle(files)
        for reader, read in (("aika", by_aika), ("trafilatura", by_trafilatura)):
            tally = Tally()
            for file in files[:PAGES]:
                measure(file.read_bytes(), read, content, navigation, tally)
            print(f"| {name}, {tally.pages} | {reader} | {tally.row()} |", flush=True)


def by_aika(page: bytes) -> str:
    return HtmlParser().parse(RawDocument(key="page", content=page, path="page.html")).body.text


def by_trafilatura(page: bytes) -> str:
    return trafilatura.extract(page, output_format="markdown", include_tables=True, include_formatting=True) or ""


def measure(page: bytes, read: Callable[[bytes], str], content: str, navigation: list[str], tally: Tally) -> None:
    found = lxml_html.document_fromstring(page).xpath(content)
    if not found:
        return
    begun = time.process_time()
    written = read(page)
    tally.seconds += time.process_time() - begun
    tally.pages += 1
    body = found[0]
    for beside in (BESIDE, *(f".{path}" for path in navigation)):
        for element in body.xpath(beside):
            element.drop_tree()
    lines = written.split("\n")
    headings = {plain(line) for line in lines if line.startswith("#")}
    wanted = [text for text in (plain(element.text_content()) for element in body.iter("h1", "h2", "h3", "h4")) if text]
    tally.note("headings", kept=sum(text in headings for text in wanted), all=len(wanted))
    rows, flat = list(rows_of(body)), [plain(line) for line in lines]
    kept = sum(any(all(cell in line for cell in row) for line in flat) for row in rows)
    tally.note("table rows", kept=kept, all=len(rows))
    code = [line.rstrip() for pre in body.iter("pre") for line in pre.text_content().split("\n") if line.strip()]
    stripped = {line.rstrip() for line in lines}
    tally.note("code lines", kept=sum(line in stripped for line in code), all=len(code))
    there, here = Counter(plain(body.text_content()).split()), Counter(plain(written).split())
    tally.note("words", kept=(there & here).total(), all=there.total())
    tally.note("foreign words", kept=(here - there).total(), all=here.total())


def rows_of(body: lxml_html.HtmlElement) -> Iterator[list[str]]:
    for table in body.iter("table"):
        if next(table.iter("pre", "ul"), None) is not None:
            continue
        for row in table.iter("tr"):
            cells = [text for cell in row if (text := plain(cell.text_content()))]
            if len(cells) > 1:
                yield cells


def plain(text: str) -> str:
    return NOT_WORDS.sub(" ", text).strip().lower()


if __name__ == "__main__":
    main()
