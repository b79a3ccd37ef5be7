"""A browser that signs in: it keeps cookies, follows redirects, and says where its requests come from."""

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

import httpx
from identity_provider.provider import IdentityProvider

from aika.application.aika import Aika
from aika.surfaces.api.app import create_app

HOME = "http://localhost:8400"
_MOST_STEPS = 10


@dataclass(slots=True)
class Browser:
    """Speaks to an application in this process, and to everything else over the network."""

    app: httpx.ASGITransport
    home: str = HOME
    jar: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)
    """The headers that set cookies, as they came."""

    @classmethod
    def of(cls, aika: Aika, home: str = HOME) -> "Browser":
        return cls(httpx.ASGITransport(create_app(aika), raise_app_exceptions=False), home)

    async def ask(self, method: str, path: str, **parts: object) -> httpx.Response:
        """Send what a page of aika's own sends."""
        headers = {"Sec-Fetch-Site": "same-origin", **_headers(parts.pop("headers", None))}
        return await self._sent(method, urljoin(self.home, path), headers, parts)

    async def open(self, url: str) -> httpx.Response:
        """Go to an address and follow where it leads, as long as it leads somewhere."""
        for _ in range(_MOST_STEPS):
            reply = await self._sent(
                "GET", urljoin(self.home, url), {"Accept": "text/html", "Sec-Fetch-Site": "none"}, {}
            )
            if not reply.has_redirect_location:
                return reply
            url = urljoin(str(reply.url), reply.headers["location"])
        raise AssertionError("the browser was sent around in circles")

    async def sign_in(self, then: str = "/") -> httpx.Response:
        return await self.open(f"/v1/sign-in/start?then={then}")

    async def me(self) -> dict[str, object] | None:
        """Return who one is, ``None`` for nobody."""
        reply = await self.ask("GET", "/v1/me")
        return reply.json() if reply.status_code == 200 else None

    @property
    def session(self) -> str | None:
        return next((value for name, value in self.jar.items() if name.endswith("aika_session")), None)

    async def _sent(self, method: str, url: str, headers: dict[str, str], parts: dict[str, object]) -> httpx.Response:
        own = url.startswith(self.home)
        if own and self.jar:
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items()), **headers}
        async with httpx.AsyncClient(transport=self.app if own else None) as http:
            reply = await http.request(method, url, headers=headers, **parts)  # type: ignore[arg-type]  # passed on
        if own:
            self._keep(reply)
        return reply

    def _keep(self, reply: httpx.Response) -> None:
        for line in reply.headers.get_list("set-cookie"):
            self.set_cookies.append(line)
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.jar.pop(name, None)
                else:
                    self.jar[name] = morsel.value


@dataclass(frozen=True, slots=True)
class Company:
    """An application, and the provider that people sign in at."""

    aika: Aika
    provider: IdentityProvider

    def browser(self) -> Browser:
        return Browser.of(self.aika)


def place(reply: httpx.Response) -> str:
    """Return where a browser ended, without the host."""
    parts = urlsplit(str(reply.url))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _headers(value: object) -> dict[str, str]:
    return value if isinstance(value, dict) else {}
