"""Sitemaps, as sitemaps.org describes them: lists of pages, lists of lists, compressed or plain text."""

import zlib
from dataclasses import dataclass

from lxml import etree

from aika.domain.errors import PermanentError

_MOST_BYTES = 64_000_000
"""Unpacked; the protocol allows 50 MB."""
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    url: str
    modified: str | None
    """As the site wrote it."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    pages: tuple[SitemapEntry, ...] = ()
    sitemaps: tuple[str, ...] = ()


def read_sitemap(content: bytes) -> Sitemap:
    """Raises `PermanentError` for what is no sitemap."""
    if content.startswith(_GZIP):
        content = _unpacked(content)
    if not content.strip():
        # A site that lists nothing writes an empty list; a broken one would seem to have lost all its pages.
        raise PermanentError("is empty")
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        lines = (line.strip() for line in content.decode("utf-8-sig", errors="replace").splitlines())
        return Sitemap(pages=tuple(SitemapEntry(line, None) for line in lines if line))
    # A sitemap is written by outsiders: no entities, no network, no documents of unlimited depth.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise PermanentError(f"is not readable as a sitemap: {error}") from error
    if root is None or _name(root) not in {"urlset", "sitemapindex"}:
        raise PermanentError("is not a sitemap: its first element is neither urlset nor sitemapindex")
    entries = [entry for entry in (_entry(element) for element in root) if entry is not None]
    if _name(root) == "sitemapindex":
        return Sitemap(sitemaps=tuple(entry.url for entry in entries))
    return Sitemap(pages=tuple(entries))


def _entry(element: etree._Element) -> SitemapEntry | None:
    said = {_name(child): (child.text or "").strip() for child in element if isinstance(child.tag, str)}
    return SitemapEntry(said["loc"], said.get("lastmod") or None) if said.get("loc") else None


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _unpacked(content: bytes) -> bytes:
    unpacking = zlib.decompressobj(_GZIP_WINDOW)
    try:
        unpacked = unpacking.decompress(content, _MOST_BYTES)
    except zlib.error as error:
        raise PermanentError(f"is a damaged gzip file: {error}") from error
    if unpacking.unconsumed_tail:
        raise PermanentError(f"is larger than {_MOST_BYTES:,} bytes when unpacked")
    return unpacked
