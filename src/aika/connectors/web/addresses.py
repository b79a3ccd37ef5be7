"""URLs: one spelling for each page, and which of them belong to a source."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from aika.domain.errors import ConfigurationError

_TRACKING = re.compile(r"^(?:utm_\w+|gclid|fbclid|msclkid|mc_[ce]id|_hs\w+|igshid|ref_src)$", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_INDEX = re.compile(r"/index\.html?$")

_LOGIN_HOSTS = re.compile(
    r"(?:^|\.)(?:login|signin|sso|accounts|auth|idp|adfs)\.|\.(?:okta|oktapreview|auth0|onelogin)\.com$|(?:^|\.)microsoftonline\.com$",
    re.IGNORECASE,
)
_LOGIN_PATHS = re.compile(
    r"/(?:login|log-in|signin|sign-in|sign_in|sso|saml2?|oauth2?|openid-connect|adfs)(?:[/.]|$)", re.IGNORECASE
)
_LOGIN_QUERY = re.compile(r"(?:^|&)(?:SAMLRequest|response_type)=", re.IGNORECASE)

_NEVER_DOCUMENTS = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|tiff?|css|m?js|map|woff2?|ttf|eot|otf|mp[34]|webm|mov|avi|wav|ogg|zip|gz|tgz"
    r"|bz2|xz|7z|rar|tar|jar|whl|deb|rpm|exe|msi|dmg|iso|apk|bin|rss|atom)$",
    re.IGNORECASE,
)
"""Suffixes of what a link may lead to and nobody reads."""


@dataclass(frozen=True, slots=True)
class Territory:
    """Which URLs belong to a source. ``http`` and ``https`` are the same place."""

    prefixes: tuple[str, ...]
    """Normal URLs; one that ends with ``/`` is a folder, any other a page and what is below it."""
    excluded: tuple[str, ...] = ()
    """Patterns with ``*`` and ``?`` for whole URLs."""
    ignored_parameters: frozenset[str] = frozenset()

    def place(self, link: str, base: str) -> str | None:
        """Return the normal URL of a link on a page, ``None`` where it leads out or to what is no document."""
        url = normal(link, base, ignored=self.ignored_parameters)
        return url if url is not None and self.admits(url) else None

    def admits(self, url: str) -> bool:
        if _NEVER_DOCUMENTS.search(urlsplit(url).path):
            return False
        if any(fnmatchcase(url, pattern) for pattern in self.excluded):
            return False
        return any(_is_below(_bare(url), _bare(prefix)) for prefix in self.prefixes)


def normal(link: str, base: str = "", *, ignored: Collection[str] = ()) -> str | None:
    """Return the one spelling of a link, absolute and without fragment; ``None`` where it is no web address."""
    try:
        parts = urlsplit(urljoin(base, link.strip()))
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _DEFAULT_PORTS or not host or parts.username is not None:
        return None
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return None
    shown = f"[{host}]" if ":" in host else host
    place = shown if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{shown}:{port}"
    return urlunsplit((parts.scheme, place, _escaped(parts.path) or "/", _query(parts.query, ignored), ""))


def required(url: str) -> str:
    """Return the normal spelling of a URL of the configuration. Raises `ConfigurationError`."""
    found = normal(url)
    if found is None:
        raise ConfigurationError(f"{url!r} is not a URL that aika can fetch: it needs http:// or https:// and a host")
    return found


def folder_of(url: str) -> str:
    """Return the folder that a page is in, as a prefix for its neighbours."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rpartition("/")[0] + "/", "", ""))


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def origins(urls: Iterable[str]) -> frozenset[str]:
    return frozenset(origin_of(url) for url in urls)


def without_index(url: str) -> str | None:
    """Return the folder's URL for its ``index.html``, ``None`` for every other page."""
    folder = _INDEX.sub("/", url)
    return folder if folder != url else None


def asks_for_login(url: str) -> bool:
    """Return whether the address is that of a login page, as far as an address can tell."""
    parts = urlsplit(url)
    return bool(
        _LOGIN_HOSTS.search(parts.hostname or "") or _LOGIN_PATHS.search(parts.path) or _LOGIN_QUERY.search(parts.query)
    )


def _is_below(url: str, prefix: str) -> bool:
    if prefix.endswith("/"):
        return url.startswith(prefix) or url == prefix[:-1]
    return url == prefix or url.startswith((prefix + "/", prefix + "?"))


def _bare(url: str) -> str:
    return url.partition("://")[2]


def _escaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: found[0].upper(), quote(text, safe=_PATH_SAFE))


def _query(query: str, ignored: Collection[str]) -> str:
    kept = [
        pair
        for pair in query.split("&")
        if pair and not _TRACKING.match(name := pair.partition("=")[0]) and name not in ignored
    ]
    return _escaped("&".join(kept).replace("?", "%3F"))
