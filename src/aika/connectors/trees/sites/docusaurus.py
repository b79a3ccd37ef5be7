"""Docusaurus sites: addresses by slug and front matter, sections by the sidebars or the folders."""

import hashlib
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from aika.connectors.trees.files import Tree, joined, mapping_of, text_of
from aika.connectors.trees.sites.literals import Literal, NotALiteralError, literal_at, values_of
from aika.connectors.trees.sites.site import Front, Page, at, front_of

CONFIGS = tuple(f"docusaurus.config.{suffix}" for suffix in ("js", "ts", "mjs", "cjs", "mts"))
_SIDEBARS = tuple(f"sidebars.{suffix}" for suffix in ("js", "ts", "json", "mjs", "cjs"))
_CATEGORIES = ("_category_.json", "_category_.yml", "_category_.yaml")
_PAGES = (".md", ".mdx")
_MOST_CONFIGURATION = 300_000
"""Characters."""
_NUMBERED = re.compile(r"\d+\s*[-_.]+\s*(?=[^\d\s_.-])")
"""`01-intro` is the page `intro`: Docusaurus' default number prefixes; dates and versions are none."""


@dataclass(frozen=True, slots=True)
class _Docs:
    """One set of pages: the `docs` of the preset, or an instance of the plugin."""

    folder: str
    route: str
    edit: str | None
    sidebars: Mapping[str, tuple[str, ...]]
    """Sections by the id of a page."""
    folders: frozenset[str]
    """Folders whose pages are in a sidebar by themselves; empty where everything is listed by hand."""


@dataclass(frozen=True, slots=True)
class DocusaurusSite:
    """The pages of one ``docusaurus.config``."""

    fingerprint: str
    base: str | None
    trailing_slash: bool
    sets: tuple[_Docs, ...]
    tree: Tree

    def page(self, path: str, content: bytes) -> Page | None:
        docs = next((one for one in self.sets if path.startswith(f"{one.folder}/")), None)
        if docs is None or not path.endswith(_PAGES):
            return None
        relative = path.removeprefix(f"{docs.folder}/")
        front = front_of(content)
        # Docusaurus leaves out partials, which begin with an underscore, and builds no drafts.
        published = not (front.is_true("draft") or any(part.startswith("_") for part in relative.split("/")))
        section = self._section(docs, relative, front)
        return Page(
            section=section or (),
            url=self._url(docs, relative, front) if published else None,
            edit_url=self._edit_url(docs, relative, front),
            published=published,
            in_navigation=section is not None and not front.is_true("unlisted"),
        )

    def _section(self, docs: _Docs, relative: str, front: Front) -> tuple[str, ...] | None:
        folder = posixpath.dirname(_unnumbered(posixpath.splitext(relative)[0]))
        name = front.text("id") or posixpath.basename(_unnumbered(posixpath.splitext(relative)[0]))
        listed = docs.sidebars.get(joined(folder, name))
        if listed is not None:
            return listed
        generated = next((one for one in docs.folders if one in {"", "."} or relative.startswith(f"{one}/")), None)
        if generated is None:
            return None
        return tuple(self._folder_titles(docs, posixpath.dirname(relative)))

    def _folder_titles(self, docs: _Docs, folder: str) -> Iterator[str]:
        parts = [part for part in folder.split("/") if part]
        for depth, part in enumerate(parts, 1):
            place = joined(docs.folder, "/".join(parts[:depth]))
            label = next(
                (said for name in _CATEGORIES if (said := mapping_of(self.tree, joined(place, name)).get("label"))),
                None,
            )
            yield str(label) if label else _unnumbered(part)

    def _url(self, docs: _Docs, relative: str, front: Front) -> str | None:
        if self.base is None:
            return None
        stem = _unnumbered(posixpath.splitext(relative)[0])
        folder, name = posixpath.dirname(stem), posixpath.basename(stem)
        slug = front.text("slug")
        if slug is None:
            # A page named like its folder is the folder's page too.
            is_index = name.lower() in {"index", "readme"} or name.lower() == posixpath.basename(folder).lower()
            place = (
                f"{folder}/" if is_index and folder else "" if is_index else joined(folder, front.text("id") or name)
            )
        else:
            place = slug.lstrip("/") if slug.startswith("/") else posixpath.normpath(joined(folder, slug))
        ends = place.endswith("/") or self.trailing_slash or not place
        route = joined(docs.route, place.rstrip("/")).strip("/")
        return at(self.base, quote(route, safe="/:@") + ("/" if ends and route else ""))

    def _edit_url(self, docs: _Docs, relative: str, front: Front) -> str | None:
        if custom := front.text("custom_edit_url"):
            return custom
        return at(docs.edit, quote(relative))


def docusaurus_site(tree: Tree, folder: str, *, site_url: str | None) -> DocusaurusSite | None:
    """Return the site that a folder's configuration describes."""
    name = next((name for name in CONFIGS if name in tree.names(folder)), None)
    text = text_of(tree, joined(folder, name)) if name else None
    if text is None or len(text) > _MOST_CONFIGURATION:
        return None
    address, base_url = _first_text(text, "url"), _first_text(text, "baseUrl") or "/"
    base = site_url or at(address, base_url)
    sets = tuple(_sets(tree, folder, text))
    said = (text, site_url, [(one.folder, sorted(one.sidebars.items()), sorted(one.folders)) for one in sets])
    return DocusaurusSite(
        fingerprint=hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest(),
        base=base,
        trailing_slash=next(iter(values_of(text, "trailingSlash")), None) is True,
        sets=sets,
        tree=tree,
    )


def _sets(tree: Tree, folder: str, text: str) -> Iterator[_Docs]:
    found = [options for options in values_of(text, "docs") if isinstance(options, dict)]
    for plugin in re.finditer(r"plugin-content-docs['\"]\s*,\s*(?=\{)", text):
        try:
            options = literal_at(text, plugin.end())
        except NotALiteralError:
            continue
        if isinstance(options, dict):
            found.append(options)
    for options in found or [{}]:
        docs = posixpath.normpath(joined(folder, str(options.get("path") or "docs")))
        route = options.get("routeBasePath")
        edit = options.get("editUrl")
        sidebars, folders = _sidebars(tree, folder, options.get("sidebarPath"))
        yield _Docs(
            folder=docs,
            route="docs" if not isinstance(route, str) else route.strip("/"),
            # Docusaurus adds the path from the site's folder to the page.
            edit=at(edit, posixpath.relpath(docs, folder or ".")) if isinstance(edit, str) else None,
            sidebars=sidebars,
            folders=folders,
        )


def _sidebars(tree: Tree, folder: str, path: Literal) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    names = [path] if isinstance(path, str) else list(_SIDEBARS)
    text = next((said for name in names if (said := text_of(tree, posixpath.normpath(joined(folder, name))))), None)
    sidebars: dict[str, tuple[str, ...]] = {}
    folders: set[str] = set()
    if text is None:
        # Without a file of sidebars, Docusaurus makes one of all folders.
        return {}, frozenset({""})
    for items in _written(text[:_MOST_CONFIGURATION]).values():
        _collect(items, (), sidebars, folders)
    return sidebars, frozenset(folders)


def _written(text: str) -> dict[str, Literal]:
    try:
        loaded = json.loads(text)
        return loaded if isinstance(loaded, dict) else {}
    except ValueError:
        pass  # not JSON: a module, whose longest literal is the sidebars
    found: list[dict[str, Literal]] = []
    for start in re.finditer(r"(?:=|export\s+default|return)\s*(?=\{)", text):
        try:
            value = literal_at(text, start.end())
        except NotALiteralError:
            continue
        if isinstance(value, dict):
            found.append(value)
    return max(found, key=lambda value: len(repr(value)), default={})


def _collect(items: Literal, section: tuple[str, ...], sidebars: dict[str, tuple[str, ...]], folders: set[str]) -> None:
    if isinstance(items, str):
        sidebars.setdefault(items, section)
    elif isinstance(items, list):
        for item in items:
            _collect(item, section, sidebars, folders)
    elif isinstance(items, dict):
        match items.get("type"):
            case "doc" | "ref" if isinstance(items.get("id"), str):
                sidebars.setdefault(str(items["id"]), section)
            case "autogenerated":
                folders.add(posixpath.normpath(str(items.get("dirName") or ".")).removeprefix("."))
            case "category":
                inside = (*section, str(items.get("label") or ""))
                link = items.get("link")
                if isinstance(link, dict) and isinstance(link.get("id"), str):
                    sidebars.setdefault(str(link["id"]), section)
                _collect(items.get("items"), inside, sidebars, folders)
            case None:
                # The short form: a mapping of labels to items.
                for label, below in items.items():
                    _collect(below, (*section, label), sidebars, folders)


def _unnumbered(path: str) -> str:
    return "/".join(_NUMBERED.sub("", part, count=1) if _NUMBERED.match(part) else part for part in path.split("/"))


def _first_text(text: str, key: str) -> str | None:
    return next((value for value in values_of(text, key) if isinstance(value, str) and value), None)
