"""Confluence's storage format as plain HTML: macros that hold knowledge become elements, those that only decorate are dropped."""

import html
import re
from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from aika.domain.errors import UnreadableDocumentError

_AC = "http://atlassian.com/content"
_RI = "http://atlassian.com/resource/identifier"
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(\w{2,31};)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

_CODE = frozenset({"code", "noformat", "code-block", "paste-code-macro"})
_PANELS = {
    "info": "Info",
    "note": "Note",
    "warning": "Warning",
    "tip": "Tip",
    "panel": "",
    "success": "Success",
    "error": "Error",
}
_TITLED = frozenset(
    {
        "expand",
        "ui-expand",
        "details",
        "section",
        "column",
        "excerpt",
        "ui-tab",
        "ui-tabs",
        "div",
        "span",
        "multiexcerpt",
    }
)
_INCLUDES = frozenset({"include", "excerpt-include", "multiexcerpt-include-macro"})
_DIAGRAMS = frozenset({"drawio", "gliffy", "inc-drawio", "lucidchart", "mermaid-cloud", "plantumlcloud"})
_FILES = frozenset({"view-file", "viewpdf", "viewdoc", "viewxls", "viewppt", "multimedia"})
_ACCOUNTS = ("account-id", "userkey", "username")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

Names = Mapping[str, str]
"""Accounts' display names, by account id or user key."""


def mentioned(storage: str) -> frozenset[str]:
    """Return the accounts that a page mentions."""
    return frozenset(found[1] for found in re.finditer(r'ri:(?:account-id|userkey|username)="([^"]+)"', storage))


def to_html(storage: str, *, names: Names, anchor: Callable[[str], str]) -> str:
    """Return a page's storage format as HTML. ``anchor`` gives the fragment that opens a heading.

    Raises `UnreadableDocumentError` where it is no storage format.
    """
    source = f'<body xmlns:ac="{_AC}" xmlns:ri="{_RI}">{_readable(storage)}</body>'
    # A page is written by anyone: no entities, no network; and one wrong tag must not lose the page.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(source.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableDocumentError(f"its storage format cannot be read: {error}") from error
    if root is None:
        raise UnreadableDocumentError("its storage format cannot be read")
    try:
        body = _Writer(names, anchor).element(root)
    except RecursionError as error:
        raise UnreadableDocumentError("its parts are nested too deeply") from error
    return f"<html>{etree.tostring(body, method='html', encoding='unicode')}</html>"


class _Writer:
    """Builds the HTML tree. What a macro becomes is a list of elements or text."""

    def __init__(self, names: Names, anchor: Callable[[str], str]) -> None:
        self._names = names
        self._anchor = anchor

    def element(self, source: etree._Element) -> etree._Element:
        """Return a copy of a plain element with what its children become."""
        made = etree.Element(etree.QName(source).localname)
        for name, value in source.attrib.items():
            if name in {"class", "colspan", "rowspan", "href", "id", "datetime"}:
                made.set(name, value)
        _append(made, source.text)
        for child in source:
            self._add(made, child)
            _append(made, child.tail)
        if made.tag in _HEADINGS:
            made.set("id", self._anchor(_text(made)))
        return made

    def _add(self, parent: etree._Element, child: etree._Element) -> None:
        if not isinstance(child.tag, str):
            return
        for made in self._become(child):
            _append(parent, made)

    def _become(self, source: etree._Element) -> Iterator[etree._Element | str]:
        name = etree.QName(source)
        if name.namespace not in {_AC, _RI}:
            if name.localname == "time":
                yield source.get("datetime", "")
            elif name.localname not in {"script", "style"}:
                yield self.element(source)
            return
        match name.localname:
            case "structured-macro" | "macro":
                yield from self._macro(source)
            case "link":
                yield from self._link(source)
            case "image":
                alt = source.get(f"{{{_AC}}}alt") or source.get(f"{{{_AC}}}title") or _named(source)
                yield _element("img", alt=alt)
            case "task-list":
                yield self._tasks(source)
            case "emoticon":
                yield source.get(f"{{{_AC}}}emoji-fallback", "")
            case "adf-extension":
                yield from self._inside(source.find(f"{{{_AC}}}adf-fallback"))
            case "placeholder" | "parameter" | "task-id" | "task-status":
                return
            case "layout" | "layout-section" | "layout-cell" | "rich-text-body":
                made = _element("div")
                self._fill(made, source)
                yield made
            case _:
                yield from self._inside(source)

    def _macro(self, source: etree._Element) -> Iterator[etree._Element | str]:
        name = source.get(f"{{{_AC}}}name", "").lower()
        said = {
            parameter.get(f"{{{_AC}}}name", ""): _text(parameter) for parameter in source.findall(f"{{{_AC}}}parameter")
        }
        rich = source.find(f"{{{_AC}}}rich-text-body")
        plain = source.find(f"{{{_AC}}}plain-text-body")
        if name in _CODE:
            yield from _code(said, _raw(plain))
        elif name in _PANELS:
            yield self._panel(": ".join(filter(None, (_PANELS[name], said.get("title", "")))), rich)
        elif name == "status":
            yield said.get("title", "")
        elif name in {"jira", "jiraissues"}:
            yield f"Jira {said['key']}" if "key" in said else ""
        elif name == "anchor":
            yield _element("span", id=said.get("", ""))
        elif name in _INCLUDES | _DIAGRAMS | _FILES:
            yield from _reference(name, said, source)
        elif rich is not None:
            # Also macros that are not known here: what they hold was written by somebody.
            if said.get("title") and name in _TITLED:
                yield _element("p", said["title"])
            yield from self._inside(rich)
        elif plain is not None:
            yield _element("pre", _raw(plain))

    def _panel(self, label: str, rich: etree._Element | None) -> etree._Element:
        quote = _element("blockquote")
        if label:
            quote.append(_element("p", label))
        if rich is not None:
            self._fill(quote, rich)
        return quote

    def _link(self, source: etree._Element) -> Iterator[etree._Element | str]:
        user = source.find(f"{{{_RI}}}user")
        if user is not None:
            account = next((found for name in _ACCOUNTS if (found := user.get(f"{{{_RI}}}{name}"))), "")
            yield f"@{self._names.get(account, 'someone')}"
            return
        body = source.find(f"{{{_AC}}}link-body")
        plain = source.find(f"{{{_AC}}}plain-text-link-body")
        made = _element("a")
        if body is not None:
            self._fill(made, body)
        else:
            made.text = _raw(plain) or _named(source) or source.get(f"{{{_AC}}}anchor", "")
        yield made

    def _tasks(self, source: etree._Element) -> etree._Element:
        made = _element("ul")
        for task in source.findall(f"{{{_AC}}}task"):
            done = _text(task.find(f"{{{_AC}}}task-status")) == "complete"
            item = _element("li", "[x] " if done else "[ ] ")
            body = task.find(f"{{{_AC}}}task-body")
            if body is not None:
                self._fill(item, body)
            made.append(item)
        return made

    def _inside(self, source: etree._Element | None) -> Iterator[etree._Element | str]:
        if source is None:
            return
        holder = _element("div")
        self._fill(holder, source)
        yield holder.text or ""
        for child in list(holder):
            tail = child.tail or ""
            child.tail = None
            yield child
            yield tail

    def _fill(self, parent: etree._Element, source: etree._Element) -> None:
        _append(parent, source.text)
        for child in source:
            self._add(parent, child)
            _append(parent, child.tail)


def _readable(storage: str) -> str:
    """Return the storage format with HTML's named entities as characters, which XML does not know; code is left alone."""
    parts = _CDATA.split(_CONTROL.sub("", storage))
    return "".join(
        part if part.startswith("<![CDATA[") else _ENTITY.sub(lambda found: _character(found[0]), part)
        for part in parts
    )


def _character(entity: str) -> str:
    character = html.unescape(entity)
    return "" if character == entity else character


def _code(said: Mapping[str, str], text: str) -> Iterator[etree._Element]:
    if said.get("title"):
        yield _element("p", said["title"])
    pre = _element("pre")
    code = _element("code", text)
    if said.get("language"):
        code.set("class", f"language-{said['language']}")
    pre.append(code)
    yield pre


def _reference(name: str, said: Mapping[str, str], source: etree._Element) -> Iterator[etree._Element]:
    what = _named(source) or said.get("name") or said.get("diagramName") or said.get("filename") or ""
    kind = "See" if name in _INCLUDES else "Diagram:" if name in _DIAGRAMS else "File:"
    if what:
        yield _element("p", f"{kind} {what}")


def _named(source: etree._Element) -> str:
    """Return the name of the page, file or space that an element points to."""
    for element in source.iter(f"{{{_RI}}}page", f"{{{_RI}}}blog-post", f"{{{_RI}}}attachment", f"{{{_RI}}}space"):
        for attribute in ("content-title", "filename", "space-key"):
            if found := element.get(f"{{{_RI}}}{attribute}"):
                return str(found)
    return ""


def _element(tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    made = etree.Element(tag, {name: value for name, value in attributes.items() if value})
    made.text = text
    return made


def _append(parent: etree._Element, part: etree._Element | str | None) -> None:
    if isinstance(part, str):
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + part
        else:
            parent.text = (parent.text or "") + part
    elif part is not None:
        parent.append(part)


def _text(element: etree._Element | None) -> str:
    return " ".join(_raw(element).split())


def _raw(element: etree._Element | None) -> str:
    return "".join(str(text) for text in element.itertext()) if element is not None else ""
