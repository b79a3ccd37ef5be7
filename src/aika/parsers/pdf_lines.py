"""The lines of a PDF's pages, with where and how large they stand: the only module that calls PDFium.

PDFium is not safe for threads, not even for different documents. Everything here happens under one lock.
"""

import ctypes
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import pypdfium2  # type: ignore[import-untyped]  # the package carries no types
from pypdfium2 import raw as pdfium

from aika.domain.errors import UnreadableDocumentError
from aika.parsers.textfile import storable

_lock = threading.Lock()
_MOST_PAGES = 5_000
_OBJECTS_LOOKED_AT = 200
_HYPHENS = frozenset({0x02, 0xFFFE, 0xAD})
"""What PDFium puts in place of a hyphen at a line's end, and the soft hyphen."""
_BOLD = 600
"""A font's weight, of 100 to 900, from which on it looks bold."""


_FONT_NAME = 128
"""Bytes; longer names are not looked at."""


@dataclass(frozen=True, slots=True)
class Line:
    """Coordinates are in points from the page's lower left corner."""

    text: str
    left: float
    right: float
    baseline: float
    height: float
    """Of the font, from its lowest to its highest letter."""
    bold: bool
    broken: bool
    """Whether its last word goes on in the next line; the hyphen is not in the text."""


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    """From 1."""
    lines: tuple[Line, ...]
    has_images: bool


@dataclass(frozen=True, slots=True)
class Bookmark:
    title: str
    level: int
    """From 0."""
    page: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class PdfContent:
    pages: tuple[Page, ...]
    pages_left_out: int
    bookmarks: tuple[Bookmark, ...]
    title: str
    author: str


def read_pdf(content: bytes) -> PdfContent:
    """Return what PDFium reads. Raises `UnreadableDocumentError` for damaged and for encrypted files."""
    document = _opened(content)
    try:
        return _content(document)
    except pypdfium2.PdfiumError as error:
        raise UnreadableDocumentError(f"it is damaged: {error}") from error
    finally:
        with _lock:
            document.close()


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        with _lock:
            return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise UnreadableDocumentError("it is encrypted: save it without a password") from error
        raise UnreadableDocumentError(f"it is damaged, or not a PDF: {error}") from error


def _content(document: pypdfium2.PdfDocument) -> PdfContent:
    with _lock:
        count = len(document)
        title, author = document.get_metadata_value("Title"), document.get_metadata_value("Author")
        bookmarks = tuple(_bookmarks(document))
    pages: list[Page] = []
    for place in range(min(count, _MOST_PAGES)):
        # The lock goes from page to page, so that a short document need not wait for a long one.
        with _lock:
            pages.append(_page(document, place))
    return PdfContent(tuple(pages), max(0, count - _MOST_PAGES), bookmarks, storable(title), storable(author))


def _bookmarks(document: pypdfium2.PdfDocument) -> Iterator[Bookmark]:
    for item in document.get_toc(max_depth=4):
        target = item.get_dest()
        page = target.get_index() if target is not None else None
        title = storable(" ".join(item.get_title().split()))
        if page is not None and title:
            yield Bookmark(title, item.level, page + 1)


def _page(document: pypdfium2.PdfDocument, place: int) -> Page:
    try:
        page = document[place]
    except pypdfium2.PdfiumError:
        # One page's damage is that page's loss: it counts as one without text, and is reported so.
        return Page(place + 1, (), has_images=True)
    text = page.get_textpage()
    lines = tuple(_lines(text))
    has_images = not lines and _has_images(page)
    text.close()
    page.close()
    return Page(place + 1, lines, has_images)


def _has_images(page: pypdfium2.PdfPage) -> bool:
    count = min(pdfium.FPDFPage_CountObjects(page), _OBJECTS_LOOKED_AT)
    kinds = (pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, place)) for place in range(count))
    return any(kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM) for kind in kinds)


def _lines(text: pypdfium2.PdfTextPage) -> Iterator[Line]:
    first = 0
    letters: list[str] = []
    for place in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, place)
        broken = code in _HYPHENS
        if broken or code in (0x0A, 0x0D):
            if letters:
                yield from _line(text, first, letters, broken)
            letters, first = [], place + 1
        else:
            letters.append(chr(code) if code else "\ufffd")
    if letters:
        yield from _line(text, first, letters, broken=False)


def _line(text: pypdfium2.PdfTextPage, first: int, letters: list[str], broken: bool) -> Iterator[Line]:
    written = "".join(letters)
    shown = _joined_surrogates(written).strip()
    if not shown:
        return
    start = first + len(written) - len(written.lstrip())
    end = first + len(written.rstrip()) - 1
    # Three letters decide, because a bullet or a piece of code at one end may be set in another font.
    places = (start, (start + end) // 2, end)
    boxes = [_box(text, place) for place in places]
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text, start, x, y)
    yield Line(
        text=" ".join(shown.split()),
        left=boxes[0].left,
        right=boxes[-1].right,
        baseline=y.value,
        height=median(abs(box.top - box.bottom) for box in boxes),
        bold=all(_is_bold(text, place) for place in places),
        broken=broken,
    )


def _is_bold(text: pypdfium2.PdfTextPage, place: int) -> bool:
    if pdfium.FPDFText_GetFontWeight(text, place) >= _BOLD:
        return True
    # The standard fonts carry no weight, only a name.
    name = ctypes.create_string_buffer(_FONT_NAME)
    pdfium.FPDFText_GetFontInfo(text, place, name, _FONT_NAME, ctypes.c_int())
    return b"Bold" in name.value or b"Black" in name.value


def _box(text: pypdfium2.PdfTextPage, place: int) -> pdfium.FS_RECTF:
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(text, place, box)
    return box


def _joined_surrogates(text: str) -> str:
    """PDFium gives letters beyond the basic plane as two halves."""
    return storable(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
