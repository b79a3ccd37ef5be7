"""What a page says of itself: where it leads, whose it is, whether robots may keep it, and when it is the same as before."""

import codecs
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html

from aika.connectors.web import linked_data
from aika.connectors.web.robots import AGENT
from aika.domain.documents import AttributeValue

_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "nav", "footer", "input", "head"})
_MAIN = "//main | //*[@role='main'] | //article"
# As the HTML parser has it: less than this share of the page's text is not its content.
_LEAST_SHARE = 0.25
_LOGIN_WORDS = 150
"""A page with a field for a password and more words than this also says something."""
_BLANKS = re.compile(r"\s+")
_AUTHOR_NAMES = frozenset(
    {"author", "dc.creator", "dcterms.creator", "article:author", "citation_author", "parsely-author"}
)
_MODIFIED_NAMES = frozenset(
    {"article:modified_time", "og:updated_time", "last-modified", "dcterms.modified", "docsearch:lastmod", "revised"}
)
_CREATED_NAMES = frozenset(
    {"article:published_time", "dcterms.created", "date", "dc.date", "citation_publication_date"}
)
_TAG_NAMES = frozenset({"article:tag"})
_PLAIN_NAMES = {"og:site_name": "site", "article:section": "section", "og:locale": "language"}


@dataclass(frozen=True, slots=True)
class Page:
    """One HTML page."""

    title: str
    fingerprint: str
    """Equal for pages that read the same: scripts, navigation and tokens do not count."""
    links: tuple[str, ...] = ()
    """Absolute, in the page's order, without those that robots may not follow."""
    canonical: str | None = None
    indexable: bool = True
    """Whether robots may keep it."""
    login: bool = False
    """Whether it asks for a password instead of saying something."""
    authors: tuple[str, ...] = ()
    created_at: datetime | None = None
    modified_at: datetime | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)


def read_page(content: bytes, *, url: str, charset: str | None, told: str | None = None) -> Page:
    """Return what a page says. A page without any element says nothing.

    ``told`` is its header ``X-Robots-Tag``; with ``None`` nothing is heeded that is meant for robots.
    """
    parser = lxml_html.HTMLParser(encoding=_known(charset), remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(content, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return Page(title="", fingerprint=_digest([content.hex()]))
    metas = _metas(root)
    directives = frozenset[str]() if told is None else _directives(metas, told)
    data = linked_data.read(script.text or "" for script in root.iter("script") if _is_linked_data(script))
    authors = data.authors or tuple(name for name in metas.of(_AUTHOR_NAMES) if "://" not in name)
    base = urljoin(url, next((element.get("href", "") for element in root.iter("base")), ""))
    title = _title(root)
    attributes = _attributes(root, metas, data)
    return Page(
        title=title,
        fingerprint=_digest([title, *authors, repr(sorted(attributes.items())), *_seen(root)]),
        links=() if "nofollow" in directives else tuple(_links(root, base, heed=told is not None)),
        canonical=_canonical(root, base),
        indexable="noindex" not in directives,
        login=_is_login(root),
        authors=authors,
        created_at=date_of(data.created or next(metas.of(_CREATED_NAMES), None)),
        modified_at=date_of(data.modified or next(metas.of(_MODIFIED_NAMES), None)),
        attributes=attributes,
    )


def date_of(text: str | None) -> datetime | None:
    """Return a date as sites write them (ISO 8601, or as in HTTP), in UTC; ``None`` where it is none."""
    if not text:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text.strip())
        except ValueError:
            continue
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    return None


@dataclass(frozen=True, slots=True)
class _Metas:
    """The ``meta`` elements, in order: lower-case names and contents."""

    pairs: tuple[tuple[str, str], ...]

    def of(self, names: frozenset[str]) -> Iterator[str]:
        return (content for name, content in self.pairs if name in names)


def _metas(root: lxml_html.HtmlElement) -> _Metas:
    pairs = []
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("http-equiv") or ""
        content = _BLANKS.sub(" ", element.get("content", "")).strip()
        if name and content:
            pairs.append((name.lower(), content[:500]))
    return _Metas(tuple(pairs))


def _directives(metas: _Metas, header: str) -> frozenset[str]:
    """Return what robots are told. Words for one robot stand behind its name and a colon in the header."""
    told = [content.lower() for content in metas.of(frozenset({"robots", AGENT}))]
    for part in header.lower().split(","):
        agent, colon, said = part.strip().rpartition(":")
        if not colon or agent.strip() == AGENT:
            told.append(said)
    words: frozenset[str] = frozenset(word for text in told for word in text.replace(",", " ").split())
    return words | {"noindex", "nofollow"} if "none" in words else words


def _attributes(root: lxml_html.HtmlElement, metas: _Metas, data: linked_data.LinkedData) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {}
    for name, content in metas.pairs:
        if name in _PLAIN_NAMES:
            attributes.setdefault(_PLAIN_NAMES[name], content)
    if root.get("lang"):
        attributes["language"] = str(root.get("lang"))
    if tags := tuple(dict.fromkeys((*metas.of(_TAG_NAMES), *data.keywords))):
        attributes["tags"] = tags
    if data.breadcrumbs:
        attributes["path"] = data.breadcrumbs
    return attributes


def _links(root: lxml_html.HtmlElement, base: str, *, heed: bool) -> Iterator[str]:
    seen: set[str] = set()
    for element in root.iter("a", "area"):
        href = (element.get("href") or "").strip()
        closed = heed and "nofollow" in (element.get("rel") or "").lower().split()
        if not href or href.startswith("#") or closed:
            continue
        try:
            link = urljoin(base, href).partition("#")[0]
        except ValueError:
            continue
        if link not in seen:
            seen.add(link)
            yield link


def _canonical(root: lxml_html.HtmlElement, base: str) -> str | None:
    for element in root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
            try:
                return urljoin(base, str(element.get("href")).strip())
            except ValueError:
                return None
    return None


def _title(root: lxml_html.HtmlElement) -> str:
    found = next(root.iter("title"), None)
    return _BLANKS.sub(" ", found.text or "").strip() if found is not None else ""


def _seen(root: lxml_html.HtmlElement) -> Iterator[str]:
    """Yield the words and headings of the page's content."""
    body = next(root.iter("body"), root)
    found = body.xpath(_MAIN)
    content = body
    if isinstance(found, list) and len(found) == 1:
        whole = len(body.text_content())
        content = found[0] if len(found[0].text_content()) >= whole * _LEAST_SHARE else body
    walk = etree.iterwalk(content, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            if element is not content and element.tail and element.tail.strip():
                yield _BLANKS.sub(" ", element.tail)
        elif element.tag in _UNSEEN:
            walk.skip_subtree()
        else:
            yield f"<{element.tag}{' ' + element.get('id', '') if element.tag in {'h1', 'h2', 'h3', 'h4'} else ''}>"
            if element.text and element.text.strip():
                # The line ends of code are content.
                yield element.text if element.tag in {"pre", "code"} else _BLANKS.sub(" ", element.text)


def _is_login(root: lxml_html.HtmlElement) -> bool:
    asks = any((element.get("type") or "").lower() == "password" for element in root.iter("input"))
    if not asks:
        return False
    words = sum(len(text.split()) for text in _seen(root) if not text.startswith("<"))
    return words <= _LOGIN_WORDS


def _is_linked_data(script: lxml_html.HtmlElement) -> bool:
    return (script.get("type") or "").lower().strip() == "application/ld+json"


def _known(charset: str | None) -> str | None:
    """Return the charset, ``None`` where no such is known: then the page's own declaration decides."""
    try:
        return codecs.lookup(charset).name if charset else None
    except LookupError:
        return None


def _digest(parts: list[str]) -> str:
    said = "\0".join(parts).encode("utf-8", errors="replace")
    return hashlib.blake2b(said, digest_size=16, person=b"aika-page").hexdigest()
