"""HTML as a tree: what comes from documents can be text and attribute values, and nothing else."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

Child = "Element | str | None | Iterable[Child]"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SAFE_LINK = re.compile(r"https?://[^\s\"'<>]+\Z", re.IGNORECASE)


def el(
    tag: str, *children: "Element | str | Iterable[Element | str] | None", **attributes: str | float | None
) -> Element:
    """Return an element. ``class_`` is the attribute ``class``; other underscores are hyphens; ``None`` leaves one out."""
    element = Element(tag)
    for name, value in attributes.items():
        if value is not None:
            written = f"{value:g}" if isinstance(value, float) else str(value)
            element.set(name.rstrip("_").replace("_", "-"), _CONTROL.sub("", written))
    for child in children:
        if child is not None:
            add(element, *([child] if isinstance(child, Element | str) else child))
    return element


def add(parent: Element, *children: Element | str) -> Element:
    """Append children, and return the parent."""
    for child in children:
        if isinstance(child, Element):
            parent.append(child)
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + _CONTROL.sub("", child)
        else:
            parent.text = (parent.text or "") + _CONTROL.sub("", child)
    return parent


def link(text: str, url: str | None) -> Element:
    """Return a link where the address is one of the web, and the text alone where it is anything else."""
    if url is None or not _SAFE_LINK.match(url):
        return el("span", text)
    return el("a", text, href=url, rel="noopener noreferrer nofollow")


def document(root: Element) -> str:
    """Return the page's text."""
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"
