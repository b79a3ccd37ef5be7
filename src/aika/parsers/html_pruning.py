"""Takes out of a page what its reader does not see, or does not come for."""

import re

from lxml import etree
from lxml import html as lxml_html

_DROPPED = frozenset(
    {
        *(
            "script",
            "style",
            "template",
            "noscript",
            "svg",
            "canvas",
            "iframe",
            "object",
            "embed",
            "video",
            "audio",
            "map",
        ),
        *("select", "textarea", "button", "input", "nav", "footer", "dialog", "menu", "head"),
    }
)
_DROPPED_ROLES = frozenset(
    {"navigation", "contentinfo", "search", "menu", "menubar", "toolbar", "dialog", "alertdialog", "tablist"}
)
_AROUND_CONTENT = frozenset({"aside", "header"})
_CONTENT = frozenset({"main", "article"})

# Letters of three pixels, nearly transparent ones, and what stands far beside the page, are there for machines alone.
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|"
    r"font-size\s*:\s*(?:0*\.\d+|0+|[1-3](?:\.\d+)?)(?:px|pt)\b|font-size\s*:\s*0*(?:\.[0-2]\d*)?(?:em|rem|%)?\s*(?:;|!|$)|"
    r"opacity\s*:\s*0*(?:\.0\d*)?\s*(?:;|!|$)|(?:left|right|top|text-indent)\s*:\s*-\d{3,}|"
    r"clip-path\s*:\s*inset\(\s*(?:50|100)%|clip\s*:\s*rect\(\s*[01](?:px)?[ ,]+[01](?:px)?[ ,]+[01](?:px)?[ ,]+[01]|"
    r"(?<![-\w])color\s*:\s*transparent",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?<![-\w])(background(?:-color)?|color)\s*:\s*(#[0-9a-f]{3,8}|\w+)", re.IGNORECASE)
_WHITE = frozenset({"white", "#fff", "#ffffff", "#ffff", "#ffffffff"})
_HIDING_CLASSES = frozenset({"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "d-none"})
_BOILERPLATE = re.compile(
    r"(?:^|[\s_-])(?:sidebar|navbar|breadcrumbs?|toc|table-of-contents|cookie|skip-?link|pagination|linenos|linenodiv|lineno)(?=$|[\s_-])",
    re.IGNORECASE,
)
_HEADING_LINKS = frozenset(
    {"headerlink", "anchor", "hash-link", "anchor-link", "heading-anchor", "header-anchor", "anchorjs-link"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_WORD = re.compile(r"\w")

_CONTENT_PATHS = (
    "//main",
    "//*[@role='main']",
    "//*[@id='main-content' or @id='mw-content-text' or @id='bodyContent']",
    "//article",
    "//*[@id='content' or @id='main']",
)
# A "main" with less than this share of the page's text is something else, such as an empty shell.
_LEAST_SHARE = 0.25


def prune(root: lxml_html.HtmlElement) -> int:
    """Empty scripts, navigation and hidden elements of the tree; return how many hidden ones held words."""
    hidden = 0
    doomed: list[lxml_html.HtmlElement] = []
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if not isinstance(element.tag, str) or element is root or element.tag == "body":
            continue
        concealed = _is_hidden(element)
        if concealed or _is_boilerplate(element):
            doomed.append(element)
            walk.skip_subtree()
            hidden += concealed and element.get("aria-hidden") != "true" and bool(_WORD.search(element.text_content()))
        elif _is_heading_link(element):
            _keep_fragment(element)
            doomed.append(element)
            walk.skip_subtree()
    for element in doomed:
        # Not `drop_tree`, which writes the text behind the element anew and fails on the control characters that lxml has read.
        element.clear(keep_tail=True)
        element.tag = "span"
    return hidden


def content_of(root: lxml_html.HtmlElement) -> lxml_html.HtmlElement:
    """Return the element that holds what the page is about. Call it on a pruned tree."""
    body = next(root.iter("body"), root)
    whole = len(body.text_content())
    for path in _CONTENT_PATHS:
        found = body.xpath(path)
        # Several articles are a listing: none of them is the page.
        if isinstance(found, list) and len(found) == 1 and len(found[0].text_content()) >= whole * _LEAST_SHARE:
            content: lxml_html.HtmlElement = found[0]
            return content
    return body


def _is_hidden(element: lxml_html.HtmlElement) -> bool:
    attributes = element.attrib
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    style = attributes.get("style", "")
    if attributes.get("aria-hidden") == "true" or _HIDING_STYLE.search(style) or _is_unseen(style):
        return True
    classes = set(attributes.get("class", "").split())
    # Tailwind's "hidden md:block" hides on small screens only.
    return not classes.isdisjoint(_HIDING_CLASSES) or ("hidden" in classes and not any(":" in name for name in classes))


def _is_unseen(style: str) -> bool:
    """Whether the letters have the colour of what is behind them. A page that says nothing of its ground is white."""
    said = {name.lower().removesuffix("-color"): value.lower() for name, value in _COLOUR.findall(style)}
    colour, ground = said.get("color"), said.get("background", "white")
    return colour is not None and (colour == ground or (colour in _WHITE and ground in _WHITE))


def _is_boilerplate(element: lxml_html.HtmlElement) -> bool:
    if element.tag in _DROPPED or element.get("role") in _DROPPED_ROLES:
        return True
    if element.tag in _CONTENT or element.tag in _HEADINGS:
        return False
    if element.tag in _AROUND_CONTENT:
        # Inside the content an aside is a note, and a header holds the title.
        return next(element.iterancestors("main", "article"), None) is None and not _holds_content(element)
    named = f"{element.get('class', '')} {element.get('id', '')}"
    return bool(_BOILERPLATE.search(named)) and not _holds_content(element)


def _holds_content(element: lxml_html.HtmlElement) -> bool:
    return next(element.iter("main", "article", "h1"), None) is not None


def _is_heading_link(element: lxml_html.HtmlElement) -> bool:
    """The sign beside a heading that links to the heading itself."""
    if element.tag != "a":
        return False
    named = not _HEADING_LINKS.isdisjoint(element.get("class", "").split())
    words = element.text_content().strip()
    in_heading = next(element.iterancestors(*_HEADINGS), None) is not None
    return (named or in_heading) and len(words) <= 2 and not words.isalnum()


def _keep_fragment(link: lxml_html.HtmlElement) -> None:
    heading = next(link.iterancestors(*_HEADINGS), None)
    href = link.get("href", "")
    fragment = href[1:] if href.startswith("#") else link.get("id") or link.get("name")
    # lxml refuses control characters in an attribute that it is given, though it reads them.
    if heading is not None and fragment and fragment.isprintable() and not heading.get("id"):
        heading.set("id", fragment)
