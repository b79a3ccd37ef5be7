"""MkDocs sites, and TechDocs, which are MkDocs sites that Backstage publishes."""

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pathspec import GitIgnoreSpec

from aika.connectors.exclusions import spec_of
from aika.connectors.trees.catalog_owners import CatalogOwners
from aika.connectors.trees.files import Tree, joined, mapping_of
from aika.connectors.trees.sites.site import Page, at, navigation_title

CONFIGS = ("mkdocs.yml", "mkdocs.yaml")
_PAGES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
_INDEXES = ("index", "README")
_DEEPEST = 10
_MOST_ENTRIES = 50_000
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NOT_BUILT = (".*", "/templates/")
"""What MkDocs leaves out by itself (`exclude_docs`)."""


@dataclass(frozen=True, slots=True)
class _Entry:
    title: str | None
    section: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MkDocsSite:
    """One ``mkdocs.yml`` and the pages below its ``docs_dir``."""

    docs: str
    """The folder of the pages, relative to the tree's root."""
    base: str | None
    directory_urls: bool
    edit: str | None
    """A template with ``{path}``."""
    navigation: Mapping[str, _Entry]
    """By path relative to the folder of pages. Empty where the site has no ``nav``: then all pages are in it."""
    excluded: GitIgnoreSpec
    drafts: GitIgnoreSpec
    fingerprint: str = ""

    def page(self, path: str, content: bytes) -> Page | None:
        if self.docs and not path.startswith(f"{self.docs}/"):
            return None
        relative = path.removeprefix(f"{self.docs}/") if self.docs else path
        if not relative.endswith(_PAGES):
            return None
        published = not (self.excluded.match_file(relative) or self.drafts.match_file(relative))
        entry = self.navigation.get(relative)
        section = entry.section if entry else _folders(relative) if not self.navigation else ()
        return Page(
            title=navigation_title(entry.title, section) if entry and entry.title else None,
            section=section,
            url=at(self.base, self._place(relative)) if published else None,
            edit_url=self._edit_url(relative),
            published=published,
            in_navigation=entry is not None or not self.navigation,
        )

    def _place(self, relative: str) -> str:
        stem = posixpath.splitext(relative)[0]
        folder, _, name = stem.rpartition("/")
        above = f"{quote(folder)}/" if folder else ""
        if name in _INDEXES:
            return above if self.directory_urls else f"{above}index.html"
        return f"{above}{quote(name)}/" if self.directory_urls else f"{above}{quote(name)}.html"

    def _edit_url(self, relative: str) -> str | None:
        if self.edit is None:
            return None
        stem = quote(posixpath.splitext(relative)[0])
        return self.edit.replace("{path}", quote(relative)).replace("{path_noext}", stem)


def mkdocs_site(tree: Tree, folder: str, *, site_url: str | None, techdocs: bool | None) -> MkDocsSite | None:
    """Return the site that a folder's configuration describes. For TechDocs, ``site_url`` is Backstage's address.

    ``techdocs=None`` finds out whether it is one.
    """
    config = _configuration(tree, folder)
    if config is None:
        return None
    docs_dir = str(config.get("docs_dir") or "docs")
    docs = posixpath.normpath(joined(folder, docs_dir)).removeprefix("./")
    docs = "" if docs == "." else docs
    techdocs = _uses_techdocs(config) if techdocs is None else techdocs
    address = _techdocs_base(tree, folder, site_url) if techdocs else site_url
    address = address or _text(config.get("site_url"))
    return MkDocsSite(
        docs=docs,
        base=address,
        # TechDocs publishes folders, whatever the configuration says of them.
        directory_urls=techdocs or config.get("use_directory_urls") is not False,
        edit=_edit_template(config, docs_dir),
        navigation=_navigation(config.get("nav")),
        excluded=spec_of([*_NOT_BUILT, *_lines(config.get("exclude_docs"))]),
        drafts=spec_of(_lines(config.get("draft_docs"))),
    )


def _uses_techdocs(config: Mapping[str, Any]) -> bool:
    plugins = config.get("plugins")
    names = plugins if isinstance(plugins, list | dict) else []
    return any("techdocs-core" in (name if isinstance(name, dict) else [name]) for name in names)


def _configuration(tree: Tree, folder: str) -> dict[str, Any] | None:
    name = next((name for name in CONFIGS if name in tree.names(folder)), None)
    if name is None:
        return None
    path: str | None = joined(folder, name)
    layers: list[dict[str, Any]] = []
    while path is not None and len(layers) < _DEEPEST:
        layers.append(mapping_of(tree, path))
        parent = _text(layers[-1].get("INHERIT"))
        path = posixpath.normpath(joined(path.rpartition("/")[0], parent)) if parent else None
    return {key: value for layer in reversed(layers) for key, value in layer.items()} or None


def _techdocs_base(tree: Tree, folder: str, backstage: str | None) -> str | None:
    """Return ``BACKSTAGE/docs/NAMESPACE/KIND/NAME``, which is where Backstage shows the entity's documentation."""
    if backstage is None:
        return None
    entity = CatalogOwners(tree).entity_of(joined(folder, CONFIGS[0]))
    if entity is None:
        return None
    kind, _, rest = entity.reference.partition(":")
    namespace, _, name = rest.partition("/")
    return f"{backstage.rstrip('/')}/docs/{namespace}/{kind}/{name}"


def _navigation(items: object) -> dict[str, _Entry]:
    """Return the pages of a ``nav``. The first place where a page is listed is its place."""
    pages: dict[str, _Entry] = {}
    waiting: list[tuple[object, str | None, tuple[str, ...]]] = [(items, None, ())]
    # Counted, because YAML's aliases let a few lines stand for more entries than there is memory.
    for _ in range(_MOST_ENTRIES):
        if not waiting:
            break
        item, title, section = waiting.pop()
        if isinstance(item, str):
            if _is_page(item):
                pages.setdefault(posixpath.normpath(item), _Entry(title, section))
            continue
        inside = section if title is None else (*section, title)
        if isinstance(item, list):
            waiting += [(below, None, inside) for below in reversed(item)]
        elif isinstance(item, dict):
            waiting += [(below, str(name), inside) for name, below in reversed(item.items())]
    return pages


def _is_page(target: str) -> bool:
    """Other sites' addresses and the ``!include`` of the monorepo plugin are no pages of this site."""
    return not _SCHEME.match(target) and not target.startswith(("!", "/", "#"))


def _folders(relative: str) -> tuple[str, ...]:
    """Without a ``nav``, MkDocs makes sections of folders, with names as words."""
    return tuple(
        words[:1].upper() + words[1:]
        for part in relative.split("/")[:-1]
        if (words := part.replace("-", " ").replace("_", " "))
    )


def _edit_template(config: Mapping[str, Any], docs_dir: str) -> str | None:
    """MkDocs' defaults of ``edit_uri``, by the host of ``repo_url``."""
    repository = _text(config.get("repo_url"))
    if repository is None:
        return None
    template, uri = _text(config.get("edit_uri_template")), _text(config.get("edit_uri"))
    if template is not None:
        return _absolute(repository, template)
    if uri is None:
        host = repository.partition("://")[2].partition("/")[0].lower()
        folder = docs_dir.strip("/")
        known = {
            "github": f"edit/master/{folder}/",
            "gitlab": f"edit/master/{folder}/",
            "bitbucket": f"src/default/{folder}/",
        }
        uri = known.get(host.removesuffix(".com").removesuffix(".org"))
    return None if uri is None else f"{_absolute(repository, uri).rstrip('/')}/{{path}}"


def _absolute(repository: str, uri: str) -> str:
    if _SCHEME.match(uri):
        return uri
    return repository.rstrip("/") + uri if uri.startswith(("?", "#")) else f"{repository.rstrip('/')}/{uri.lstrip('/')}"


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _lines(value: object) -> Sequence[str]:
    return value.splitlines() if isinstance(value, str) else []
