"""A website on loopback that a test can change. It keeps entity tags as RFC 9110 has them, and notes who asked for what."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from wire import Asked, Told


@dataclass(slots=True)
class Site:
    """Pages by path. Whoever does not call itself aika is turned away."""

    pages: dict[str, str] = field(default_factory=dict)
    """HTML, or where the path ends otherwise, that."""
    files: dict[str, Told] = field(default_factory=dict)
    """Whole answers, served as they are."""
    asked: list[Asked] = field(default_factory=list)
    answered: list[tuple[str, int]] = field(default_factory=list)
    token: str | None = None
    url: str = ""

    def __call__(self, asked: Asked) -> Told:
        told = self._told(asked)
        self.asked.append(asked)
        self.answered.append((asked.target, told.status))
        return told

    def statuses(self) -> Counter[int]:
        """Return how often each status was given, robots.txt aside, and begin to count anew."""
        counted = Counter(status for target, status in self.answered if target != "/robots.txt")
        self.answered.clear()
        return counted

    def requests(self, path: str) -> int:
        return sum(target == path for target, _ in self.answered)

    def _told(self, asked: Asked) -> Told:
        if asked.headers.get("user-agent") != "aika":
            return Told(400, b"who are you?")
        if asked.target in self.files:
            return self.files[asked.target]
        if self.token is not None and asked.headers.get("authorization") != f"Bearer {self.token}":
            return Told(401, b"sign in first")
        if asked.target not in self.pages:
            return Told(404, b"<h1>Not found</h1>", {"Content-Type": "text/html"})
        body = self.pages[asked.target].replace("SITE", self.url).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if asked.headers.get("if-none-match") == tag:
            return Told(304, headers={"ETag": tag})
        media_type = "application/xml" if asked.target.endswith(".xml") else "text/html; charset=utf-8"
        return Told(200, body, {"ETag": tag, "Content-Type": media_type})


def page(text: str, *links: str, title: str = "", head: str = "") -> str:
    anchors = "".join(f'<a href="{link}">more</a> ' for link in links)
    return (
        f"<!doctype html><html><head><title>{title or text}</title>{head}</head><body><nav>Home</nav>"
        f"<main><h1>{title or text}</h1><p>{text}</p>{anchors}</main></body></html>"
    )


def sitemap(*urls: str, modified: str | None = None) -> str:
    date = f"<lastmod>{modified}</lastmod>" if modified else ""
    entries = "".join(f"<url><loc>{url}</loc>{date}</url>" for url in urls)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def redirect(to: str, status: int = 302) -> Told:
    return Told(status, headers={"Location": to})
