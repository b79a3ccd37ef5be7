"""HTML pages as readable text.

Our own walk over lxml's tree: of a page of documentation, trafilatura lost headings, tables and the line ends of code, and
kept a paragraph that ``display:none`` hides.
"""

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from aika.domain.documents import AttributeValue, Body, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.html_pruning import content_of, prune
from aika.parsers.html_text import HtmlWriter
from aika.parsers.kinds import kind_by_path
from aika.parsers.outline import blocks_of, first_title
from aika.parsers.textfile import TextFile, read_text
from aika.parsers.titles import title_from_path

_META_CHARSET = re.compile(rb"<meta[^<>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"\s*<\?xml[^<>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
# Browsers look for the declaration in the first 1,024 bytes; generators are not always so quick.
_DECLARED_WITHIN = 4096
_SITE_NAME = re.compile(r"\s+[|·•–—»]\s+|\s+::?\s+|\s+-\s+")

_ATTRIBUTES = {
    "description": "description",
    "og:description": "description",
    "author": "author",
    "keywords": "keywords",
    "article:modified_time": "modified",
    "last-modified": "modified",
    "article:published_time": "published",
    "date": "published",
}


class HtmlParser:
    """Keeps a page's content with headings, lists, tables and code; drops navigation, scripts and what is hidden.

    Anchors are the ids of the page's elements. The title is the first ``h1``, else the ``title`` without the site's name.
    """

    suffixes = frozenset({".html", ".htm", ".xhtml"})
    media_types = frozenset({"text/html", "application/xhtml+xml"})

    def parse(self, raw: RawDocument) -> Parsed:
        file = _read(raw)
        root = _tree(file.text)
        if root is None:
            return Parsed(
                body=Body("", ()), title=title_from_path(raw.path), warnings=(*file.warnings, "holds no text")
            )
        attributes = _attributes(root)
        page_title = _page_title(root)
        hidden = prune(root)
        writer = HtmlWriter()
        writer.write(content_of(root))
        title = first_title(writer.items) or page_title or title_from_path(raw.path)
        return Parsed(
            body=Body(writer.text, blocks_of(writer.items, title=title)),
            title=title,
            kind=kind_by_path(raw.path),
            attributes=attributes,
            warnings=(*file.warnings, *_warnings(hidden, writer.text)),
        )


def _read(raw: RawDocument) -> TextFile:
    head = raw.content[:_DECLARED_WITHIN]
    declared = _META_CHARSET.search(head) or _XML_CHARSET.match(head)
    media_type = raw.media_type or ""
    if declared and "charset" not in media_type:
        media_type = f"{media_type}; charset={declared[1].decode('ascii', errors='replace')}"
    return read_text(raw.content, expected="HTML", media_type=media_type)


def _tree(text: str) -> lxml_html.HtmlElement | None:
    """Return ``None`` for a page without any element."""
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8"), parser=parser)
    except etree.ParserError:
        return None
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableDocumentError(f"is not readable as HTML: {error}") from error
    return root


def _attributes(root: lxml_html.HtmlElement) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {}
    for meta in root.iter("meta"):
        name = _ATTRIBUTES.get(str(meta.get("name") or meta.get("property") or meta.get("http-equiv") or "").lower())
        value = " ".join(str(meta.get("content") or "").split())[:2_000]
        if name is None or not value or name in attributes:
            continue
        keywords = tuple(word for part in value.split(",") if (word := part.strip()))
        attributes[name] = keywords if name == "keywords" else value
    return attributes


def _page_title(root: lxml_html.HtmlElement) -> str | None:
    """Return the ``title``; the site's name stands behind or before a separator, the page's own name first."""
    found = next(root.iter("title"), None)
    words = " ".join((found.text or "").split()) if found is not None else ""
    return _SITE_NAME.split(words)[0][:300] or None


def _warnings(hidden: int, text: str) -> Iterator[str]:
    if hidden:
        yield f"{hidden} hidden parts were left out"
    if not text:
        yield "holds no text: its content may be loaded by a script"
