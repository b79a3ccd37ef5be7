"""Sphinx sites: sections by the tables of contents, addresses by the builder's rules."""

import ast
import fnmatch
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from aika.connectors.trees.files import Tree, joined, text_of
from aika.connectors.trees.sites.site import Page, at, navigation_title

CONFIG = "conf.py"
_SUFFIXES = (".rst", ".md", ".txt", ".ipynb")
_ROOTS = ("index.rst", "index.md", "contents.rst")
_MOST_PAGES = 20_000
_TOCTREE = re.compile(r"(?P<indent>[ \t]*)(?:\.\.[ \t]+toctree::|(?P<fence>`{3,}|:{3,})\{toctree\})")
_NAMED = re.compile(r"(?P<title>[^<>]+)<(?P<target>[^<>]+)>")
_UNDERLINE = re.compile(r"([=\-~^#*+])\1{2,}")
_LONGEST_LINE = 1_000
_TITLE_LINES = 200
Settings = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Contents:
    """One table of contents."""

    caption: str | None
    entries: tuple[tuple[str | None, str], ...]
    """Titles, where they are given, and targets."""
    has_patterns: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    title: str | None
    section: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SphinxSite:
    """The pages below one ``conf.py``."""

    folder: str
    base: str | None
    suffix: str
    """Of pages' addresses: ``.html``, or ``/`` where every page is a folder."""
    edit: str | None
    excluded: tuple[str, ...]
    navigation: Mapping[str, _Entry]
    """By path without suffix, relative to the folder."""
    fingerprint: str = ""

    def page(self, path: str, content: bytes) -> Page | None:
        if (self.folder and not path.startswith(f"{self.folder}/")) or not path.endswith(_SUFFIXES):
            return None
        relative = path.removeprefix(f"{self.folder}/") if self.folder else path
        stem = posixpath.splitext(relative)[0]
        published = not _is_excluded(relative, self.excluded)
        entry = self.navigation.get(stem)
        section = entry.section if entry else ()
        return Page(
            title=navigation_title(entry.title, section) if entry and entry.title else None,
            section=section,
            url=at(self.base, self._place(stem)) if published else None,
            edit_url=at(self.edit, quote(relative)),
            published=published,
            in_navigation=entry is not None,
        )

    def _place(self, stem: str) -> str:
        if self.suffix == "/":
            folder, _, name = stem.rpartition("/")
            return quote((f"{folder}/" if folder else "") if name == "index" else f"{stem}/")
        return quote(stem) + self.suffix


def sphinx_site(tree: Tree, folder: str, *, site_url: str | None) -> SphinxSite | None:
    """Return the site that a folder's ``conf.py`` describes, ``None`` where the folder holds no Sphinx site."""
    names = tree.names(folder)
    if CONFIG not in names:
        return None
    settings = _settings(text_of(tree, joined(folder, CONFIG)) or "")
    root = next((name for name in _roots(settings) if name in names), None)
    if root is None:
        return None
    navigation = _navigation(tree, folder, posixpath.splitext(root)[0])
    base = site_url or _text(settings.get("html_baseurl"))
    return SphinxSite(
        folder=folder,
        base=base,
        suffix=_text(settings.get("html_link_suffix")) or _text(settings.get("html_file_suffix")) or ".html",
        edit=_edit_base(settings),
        excluded=tuple(_words(settings.get("exclude_patterns"))),
        navigation=navigation,
    )


def _settings(text: str) -> Settings:
    """Return what the configuration assigns as literals. It is not run: what is computed is not known."""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    settings: dict[str, object] = {}
    for statement in module.body:
        if not isinstance(statement, ast.Assign):
            continue
        try:
            value: object = ast.literal_eval(statement.value)
        except (ValueError, TypeError, RecursionError):
            continue
        settings.update({target.id: value for target in statement.targets if isinstance(target, ast.Name)})
    return settings


def _roots(settings: Settings) -> Iterator[str]:
    for key in ("root_doc", "master_doc"):
        if document := _text(settings.get(key)):
            yield from (f"{document}{suffix}" for suffix in _SUFFIXES)
    yield from _ROOTS


def _edit_base(settings: Settings) -> str | None:
    """What the themes of Read the Docs, Furo and PyData call it."""
    context, options = _mapping(settings.get("html_context")), _mapping(settings.get("html_theme_options"))
    user, repository = _text(context.get("github_user")), _text(context.get("github_repo"))
    if user and repository:
        branch = _text(context.get("github_version")) or "main"
        folder = _text(context.get("conf_py_path")) or _text(context.get("doc_path")) or ""
        return f"https://github.com/{user}/{repository}/edit/{branch}/{folder.strip('/')}"
    source = _text(options.get("source_repository")) or _text(options.get("repository_url"))
    if source is None:
        return None
    branch = _text(options.get("source_branch")) or _text(options.get("repository_branch")) or "main"
    folder = _text(options.get("source_directory")) or _text(options.get("path_to_docs")) or ""
    return f"{source.rstrip('/')}/edit/{branch}/{folder.strip('/')}"


def _navigation(tree: Tree, folder: str, root: str) -> dict[str, _Entry]:
    """Follow the tables of contents from the root. The first place where a page is listed is its place."""
    navigation = {root: _Entry(None, ())}
    waiting = [root]
    while waiting and len(navigation) < _MOST_PAGES:
        stem = waiting.pop(0)
        text = _source(tree, folder, stem)
        if text is None:
            continue
        own = navigation[stem]
        above = own.section if stem == root else (*own.section, own.title or _title(text) or stem.rpartition("/")[2])
        for contents in _tables(text):
            section = (*above, contents.caption) if contents.caption else above
            for title, target in _targets(tree, folder, posixpath.dirname(stem), contents):
                if target not in navigation:
                    navigation[target] = _Entry(title, section)
                    waiting.append(target)
    return navigation


def _source(tree: Tree, folder: str, stem: str) -> str | None:
    place, _, name = joined(folder, stem).rpartition("/")
    names = tree.names(place)
    found = next((f"{name}{suffix}" for suffix in _SUFFIXES[:3] if f"{name}{suffix}" in names), None)
    return text_of(tree, joined(place, found)) if found else None


def _targets(tree: Tree, folder: str, place: str, contents: _Contents) -> Iterator[tuple[str | None, str]]:
    for title, written in contents.entries:
        if "://" in written or written in {"self", "genindex", "modindex", "search"}:
            continue
        target = written.lstrip("/") if written.startswith("/") else posixpath.normpath(joined(place, written))
        target = posixpath.splitext(target)[0] if target.endswith(_SUFFIXES) else target
        if contents.has_patterns and any(sign in target for sign in "*?["):
            within, _, pattern = target.rpartition("/")
            names = sorted(tree.names(joined(folder, within) if within else folder))
            stems = (posixpath.splitext(name)[0] for name in names if name.endswith(_SUFFIXES))
            yield from ((None, joined(within, stem)) for stem in stems if fnmatch.fnmatch(stem, pattern))
        else:
            yield title, target


def _tables(text: str) -> Iterator[_Contents]:
    lines = [line for line in text.splitlines() if len(line) <= _LONGEST_LINE]
    for number, line in enumerate(lines):
        if found := _TOCTREE.match(line):
            yield _contents(_body(lines[number + 1 :], len(found["indent"].expandtabs()), fenced=found["fence"]))


def _contents(lines: Sequence[str]) -> _Contents:
    options = {line.split(":")[1]: line.split(":", 2)[2].strip() for line in lines if re.match(r":[\w-]+:", line)}
    entries = [line for line in lines if not line.startswith((":", "---"))]
    named = [
        (match["title"].strip(), match["target"].strip()) if (match := _NAMED.fullmatch(line)) else (None, line)
        for line in entries
    ]
    return _Contents(options.get("caption") or None, tuple(named), "glob" in options)


def _body(lines: Sequence[str], indent: int, *, fenced: str | None) -> list[str]:
    """Return the directive's own lines: up to the closing fence, or as far as they are indented."""
    own: list[str] = []
    for line in lines:
        stripped = line.strip()
        if fenced and stripped.startswith(fenced):
            break
        if not fenced and stripped and len(line.expandtabs()) - len(line.expandtabs().lstrip()) <= indent:
            break
        if stripped:
            own.append(stripped)
    return own


def _title(text: str) -> str | None:
    """Return the first heading: underlined, or with a number sign."""
    lines = [line.strip() for line in text.splitlines()[:_TITLE_LINES]]
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("# "):
            return line.strip("# ") or None
        if line and _UNDERLINE.fullmatch(below) and not _UNDERLINE.fullmatch(line):
            return line
    return None


def _is_excluded(relative: str, patterns: Sequence[str]) -> bool:
    """Sphinx' own patterns: `**` crosses folders, and the name of a folder excludes what is in it."""
    return any(_pattern(pattern).fullmatch(relative) for pattern in patterns)


def _pattern(pattern: str) -> re.Pattern[str]:
    pieces = re.findall(r"\*\*|.", pattern.strip("/"), re.DOTALL)
    translated = (
        ".*" if piece == "**" else "[^/]*" if piece == "*" else "[^/]" if piece == "?" else re.escape(piece)
        for piece in pieces
    )
    return re.compile("".join(translated) + r"(?:/.*)?")


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _words(value: object) -> Sequence[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []
