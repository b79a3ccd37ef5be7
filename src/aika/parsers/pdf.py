"""PDF: paragraphs, headings and lists, page by page."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from aika.domain.documents import AttributeValue, BlockKind, Kind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.pdf_layout import Paragraph, paragraphs
from aika.parsers.pdf_lines import Bookmark, PdfContent, read_pdf
from aika.parsers.properties import meaningful
from aika.parsers.titles import title_from_path
from aika.parsers.writing import BodyWriter


class PdfParser:
    """Reads the text of a PDF. A block's anchor opens its page: ``page=3``.

    Headings are the document's bookmarks where it has some, and else what is set in larger or bold letters.
    """

    suffixes = (".pdf",)
    media_types = ("application/pdf", "application/x-pdf")

    def parse(self, raw: RawDocument) -> Parsed:
        content = read_pdf(raw.content)
        silent = [page.number for page in content.pages if not page.lines and page.has_images]
        if not any(page.lines for page in content.pages):
            raise UnreadableDocumentError(
                "it holds no text, only scanned images: run it through OCR first"
                if silent
                else "its pages are empty: exclude it"
            )
        laid_out = paragraphs(content.pages)
        title = meaningful(content.title) or _first_heading(laid_out) or title_from_path(raw.path.removesuffix(".pdf"))
        body = _Writer(content.bookmarks, title).written(laid_out)
        warnings = [*_about_silent(silent), *_about_left_out(content)]
        author = meaningful(content.author)
        attributes: dict[str, AttributeValue] = {"author": author} if author else {}
        return Parsed(body.body(), title, Kind.PAGE, attributes, tuple(warnings))


class _Writer:
    def __init__(self, bookmarks: Sequence[Bookmark], title: str) -> None:
        self._title = _plain(title)
        self._writer = BodyWriter()
        self._bookmarks = {
            page: list(found)
            for page, found in groupby(sorted(bookmarks, key=lambda item: item.page), key=lambda item: item.page)
        }
        self._path: list[tuple[int, str]] = []

    def written(self, pages: Iterable[Sequence[Paragraph]]) -> BodyWriter:
        for number, page in enumerate(pages, 1):
            self._page(number, page)
        return self._writer

    def _page(self, number: int, page: Sequence[Paragraph]) -> None:
        marks = self._bookmarks.get(number, [])
        shown = {_plain(paragraph.text) for paragraph in page}
        for mark in marks:
            if not any(_names(text, mark) for text in shown):
                # Its words are not on the page: it stands above all of it.
                self._enter(mark.level + 1, mark.title)
        before = BlockKind.PARAGRAPH
        for paragraph in page:
            level = self._level(paragraph, marks)
            kind = _kind(paragraph, level)
            if level:
                self._leave(level)
            gap = "\n" if kind is before is BlockKind.LIST else "\n\n"
            path = tuple(title for _, title in self._path)
            self._writer.add(kind, paragraph.text, path=path, anchor=f"page={number}", gap=gap)
            if level:
                self._enter(level, paragraph.text)
            before = kind

    def _level(self, paragraph: Paragraph, marks: Sequence[Bookmark]) -> int:
        """Return a heading's level, 0 for other paragraphs. Bookmarks know better than sizes of letters."""
        if not self._bookmarks:
            return paragraph.level
        text = _plain(paragraph.text)
        return next((mark.level + 1 for mark in marks if _names(text, mark)), 0)

    def _leave(self, level: int) -> None:
        while self._path and self._path[-1][0] >= level:
            self._path.pop()

    def _enter(self, level: int, title: str) -> None:
        self._leave(level)
        # The title stands above all of the document, and is no part of the path.
        if _plain(title) != self._title:
            self._path.append((level, title))


def _kind(paragraph: Paragraph, level: int) -> BlockKind:
    if level:
        return BlockKind.HEADING
    return BlockKind.PARAGRAPH if paragraph.kind is BlockKind.HEADING else paragraph.kind


def _names(text: str, mark: Bookmark) -> bool:
    """Return whether a paragraph is a bookmark's heading: the same words, but for a number that only one of them has."""
    title = _plain(mark.title)
    return bool(title) and (text == title or text.lstrip("0123456789. ") == title.lstrip("0123456789. "))


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _first_heading(pages: Sequence[Sequence[Paragraph]]) -> str | None:
    headings = [item for item in (pages[0] if pages else ()) if item.kind is BlockKind.HEADING]
    largest = min((item.level for item in headings), default=0)
    return next((item.text for item in headings if item.level == largest), None)


def _about_silent(numbers: Sequence[int]) -> Iterator[str]:
    """Yield what to say of pages without text, runs of them together."""
    for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0]):
        pages = [number for _, number in run]
        which = f"page {pages[0]} holds" if len(pages) == 1 else f"pages {pages[0]} to {pages[-1]} hold"
        yield f"{which} only images, such as a scan: run the file through OCR to have their text"


def _about_left_out(content: PdfContent) -> list[str]:
    count = content.pages_left_out
    return [f"it has more than {len(content.pages):,} pages: the last {count:,} were left out"] if count else []
