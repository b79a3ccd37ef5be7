"""Requests to Confluence: authorized, page by page, with errors that say what to do."""

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from typing import TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

from pydantic import BaseModel, ValidationError

from aika.connectors.confluence.options import ConfluenceOptions
from aika.connectors.confluence.wire import Listed
from aika.domain.errors import ConfigurationError, PermanentError
from aika.http import HttpClient, Request, Response

Answer = TypeVar("Answer", bound=BaseModel)
Params = Mapping[str, str | int]

_MOST_PAGES = 100_000
"""Of one list. A server that goes on for ever is wrong."""


class Api:
    """The API of one site."""

    def __init__(self, http: HttpClient, options: ConfluenceOptions) -> None:
        self._http = http
        self._base = options.api_url or options.url
        self._headers = {"Authorization": _authorization(options), "Accept": "application/json"}

    async def get(self, path: str, answer: type[Answer], params: Params | None = None) -> Answer:
        return _checked(answer, await self._json(path, urlencode(params or {})), path)

    async def post(self, path: str, answer: type[Answer], body: object) -> Answer:
        request = Request("POST", f"{self._base}{path}", json=body, headers=self._headers)
        return _checked(answer, (await self._send(request)).json(), path)

    async def rows(self, path: str, params: Params | None = None) -> list[object]:
        """Return an answer that is a whole list."""
        found = await self._json(path, urlencode(params or {}))
        return found if isinstance(found, list) else []

    async def list(self, path: str, row: type[Answer], params: Params | str) -> AsyncIterator[Answer]:
        """Yield a list's rows, all pages of it. ``params`` as text are a query as it is sent."""
        query = params if isinstance(params, str) else urlencode(params)
        asked = {query}
        for _ in range(_MOST_PAGES):
            listed = _checked(Listed, await self._json(path, query), path)
            for found in listed.results:
                yield _checked(row, found, path)
            if listed.next is None:
                return
            # Only the query is taken from the link, so that it cannot lead anywhere else.
            query = urlsplit(listed.next).query
            if query in asked:
                raise PermanentError(f"Confluence gives the same page of {path} again and again")
            asked.add(query)

    async def download(self, link: str) -> bytes:
        """Return an attachment. ``link`` is as the API gave it, within the site."""
        url = urljoin(f"{self._base}/", link.lstrip("/"))
        if not url.startswith(f"{self._base}/"):
            raise PermanentError("the attachment's link leads out of the site")
        return (await self._send(Request("GET", url, headers={**self._headers, "Accept": "*/*"}))).content

    async def _json(self, path: str, query: str) -> object:
        url = f"{self._base}{path}{'?' if query else ''}{query}"
        found: object = (await self._send(Request("GET", url, headers=self._headers))).json()
        return found

    async def _send(self, request: Request) -> Response:
        try:
            return await self._http.send(request)
        except ConfigurationError as error:
            raise ConfigurationError(
                f"Confluence refuses the token ({error}). It may have expired, or its account may not see this. Cloud needs "
                "user and an API token, Data Center a personal access token; the docs page connect-confluence lists the scopes"
            ) from error


def _authorization(options: ConfluenceOptions) -> str:
    token = options.token.get_secret_value()
    if options.user is None:
        return f"Bearer {token}"
    return "Basic " + b64encode(f"{options.user}:{token}".encode()).decode()


def _checked(answer: type[Answer], found: object, path: str) -> Answer:
    try:
        return answer.model_validate(found)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['type']}" for problem in error.errors()[:3])
        raise PermanentError(f"Confluence answered {path} in a way that is not understood: {wrong}") from error
