"""Finding the documentation site that a file belongs to."""

from aika.connectors.trees.files import Tree, folders_above
from aika.connectors.trees.sites import docusaurus, mkdocs, sphinx
from aika.connectors.trees.sites.site import Page, Site, SiteKind

_SOURCES = (".rst", ".md", ".txt")


class Sites:
    """The sites of a tree. Each configuration is read once, when its first page is asked for."""

    def __init__(self, tree: Tree, kind: SiteKind, site_url: str | None) -> None:
        self._tree = tree
        self._kind = kind
        self._site_url = site_url
        self._found: dict[str, tuple[Site, ...]] = {}

    def page(self, path: str, content: bytes) -> Page | None:
        """Return what the nearest site makes of a file, ``None`` where no site publishes it."""
        for site in self._above(path):
            page = site.page(path, content)
            if page is not None:
                return page
        return None

    def fingerprint(self, path: str) -> str:
        """Return what changes when a site says something else of the file, its own content aside."""
        for site in self._above(path):
            page = site.page(path, b"")
            if page is not None:
                return f"{page}{site.fingerprint}"
        return ""

    def governs(self, path: str) -> bool:
        """Return whether a change of this file may change what is said of others."""
        if self._kind == "none":
            return False
        name = path.rpartition("/")[2]
        if name in {*mkdocs.CONFIGS, *docusaurus.CONFIGS, sphinx.CONFIG} or name.startswith(
            ("sidebars.", "_category_.")
        ):
            return True
        # Any page of a Sphinx site may hold a table of contents.
        return path.endswith(_SOURCES) and any(isinstance(site, sphinx.SphinxSite) for site in self._above(path))

    def _above(self, path: str) -> list[Site]:
        if self._kind == "none":
            return []
        return [site for folder in folders_above(path) for site in self._at(folder)]

    def _at(self, folder: str) -> tuple[Site, ...]:
        if folder not in self._found:
            found: list[Site | None] = []
            if self._kind in {"auto", "mkdocs", "techdocs"}:
                techdocs = None if self._kind == "auto" else self._kind == "techdocs"
                found.append(mkdocs.mkdocs_site(self._tree, folder, site_url=self._site_url, techdocs=techdocs))
            if self._kind in {"auto", "docusaurus"}:
                found.append(docusaurus.docusaurus_site(self._tree, folder, site_url=self._site_url))
            if self._kind in {"auto", "sphinx"}:
                found.append(sphinx.sphinx_site(self._tree, folder, site_url=self._site_url))
            self._found[folder] = tuple(site for site in found if site is not None)
        return self._found[folder]
