"""Links into the web pages of a Git host."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlsplit

Hosting = Literal["auto", "github", "gitlab", "bitbucket", "gitea", "none"]

_TEMPLATES = {
    "github": ("{web}/blob/{ref}/{path}", "{web}/edit/{ref}/{path}"),
    "gitlab": ("{web}/-/blob/{ref}/{path}", "{web}/-/edit/{ref}/{path}"),
    "bitbucket": ("{web}/src/{ref}/{path}", "{web}/src/{ref}/{path}?mode=edit&at={ref}"),
    "gitea": ("{web}/src/branch/{ref}/{path}", "{web}/_edit/{ref}/{path}"),
}
_WIKI = ".wiki"
_WIKI_TEMPLATES = {
    "github": ("{web}/wiki/{page}", "{web}/wiki/{page}/_edit"),
    "gitlab": ("{web}/-/wikis/{page}", "{web}/-/wikis/{page}/edit"),
}
_BY_NAME = {
    "github": "github",
    "gitlab": "gitlab",
    "bitbucket": "bitbucket",
    "gitea": "gitea",
    "forgejo": "gitea",
    "codeberg": "gitea",
}


@dataclass(frozen=True, slots=True)
class Links:
    """Templates with ``{path}``, or ``{page}`` for a path without its suffix; the reference is filled in."""

    view: str | None = None
    edit: str | None = None

    def view_of(self, path: str) -> str | None:
        return _filled(self.view, path)

    def edit_of(self, path: str) -> str | None:
        return _filled(self.edit, path)


def links_to(remote: str | None, ref: str, hosting: Hosting) -> Links:
    """Return the links to files of a remote repository at a reference; empty ones where the host is not known."""
    web = web_address(remote) if remote else None
    if web is None or hosting == "none":
        return Links()
    name = _guessed(web) if hosting == "auto" else hosting
    if name is None:
        return Links()
    is_wiki = web.endswith(_WIKI) and name in _WIKI_TEMPLATES
    templates = _WIKI_TEMPLATES[name] if is_wiki else _TEMPLATES[name]
    web = web.removesuffix(_WIKI) if is_wiki else web
    view, edit = (template.replace("{web}", web).replace("{ref}", quote(ref, safe="/")) for template in templates)
    return Links(view, edit)


def web_address(remote: str) -> str | None:
    """Return a repository's page: ``git@github.com:acme/docs.git`` is ``https://github.com/acme/docs``."""
    if "://" not in remote and ":" in remote and not remote.startswith("/"):
        host, _, path = remote.partition(":")
        remote = f"ssh://{host}/{path}"
    try:
        parts = urlsplit(remote)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https", "ssh", "git"} or not parts.hostname:
        return None
    web_port = port if parts.scheme in {"http", "https"} else None
    scheme = parts.scheme if parts.scheme == "http" else "https"
    host = parts.hostname if web_port is None else f"{parts.hostname}:{web_port}"
    return f"{scheme}://{host}/{parts.path.strip('/').removesuffix('.git')}"


def _guessed(web: str) -> str | None:
    host = urlsplit(web).hostname or ""
    return next((kind for name, kind in _BY_NAME.items() if name in host), None)


def _filled(template: str | None, path: str) -> str | None:
    if template is None:
        return None
    page = path.rpartition(".")[0] or path
    return template.replace("{path}", quote(path, safe="/")).replace("{page}", quote(page, safe="/"))
