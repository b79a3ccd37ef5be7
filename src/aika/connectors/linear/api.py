"""Requests to Linear's GraphQL API: what it knows, pages, quotas, and what refusals mean."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from aika.connectors.linear.entities import PageInfo, Wire
from aika.domain.errors import ConfigurationError, NotFoundError, PermanentError, TransientError
from aika.http import HttpClient, Request, Response

_HANDLED = frozenset({400, 401, 403, 404})
_LONGEST_WAIT = 30.0
"""Seconds. What lasts longer is left to the next sync."""
_ATTEMPTS = 4
_USED_UP = "Linear's quota for this key is used up: the next sync goes on"
_TYPES = ("Query", "Team", "Issue", "Comment", "Project", "Document", "Initiative", "User")
_INPUTS = ("IssueFilter", "CommentFilter")
_NAME = re.compile(r"^\w+")

T = TypeVar("T", bound=BaseModel)
Fields = Sequence[str]
"""What is asked of an object: a field's name, with its arguments and its own fields behind it."""


class _Extensions(BaseModel):
    code: str = ""


class _Problem(BaseModel):
    message: str = ""
    extensions: _Extensions = _Extensions()


class _Answer(BaseModel):
    data: dict[str, Any] | None = None
    errors: tuple[_Problem, ...] = ()


class _Connection(Wire):
    nodes: tuple[dict[str, Any], ...] = ()
    page_info: PageInfo = PageInfo()


class _Field(BaseModel):
    name: str
    args: tuple["_Field", ...] = ()


class _Type(Wire):
    fields: tuple[_Field, ...] | None = None
    input_fields: tuple[_Field, ...] | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """What the API offers now: fields by type, and arguments by field of the query. Its schema changes all the time."""

    fields: Mapping[str, frozenset[str]]
    arguments: Mapping[str, frozenset[str]]

    def has(self, type: str, field: str) -> bool:
        return field in self.fields.get(type, frozenset())

    def select(self, type: str, fields: Fields) -> str:
        """Return those of the fields that there are, as a selection."""
        known = self.fields.get(type, frozenset())
        return " ".join(one for one in fields if (name := _NAME.match(one)) and name[0] in known)


@dataclass(slots=True)
class LinearApi:
    """Linear as one key sees it."""

    http: HttpClient
    url: str
    authorization: str = field(repr=False)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], float] = time.time
    _schema: Schema | None = None
    _closed_until: float = 0.0

    async def schema(self) -> Schema:
        """Return what the API offers, asked for once."""
        if self._schema is None:
            ask = " ".join(
                [f'{name}: __type(name: "{name}") {{ fields {{ name args {{ name }} }} }}' for name in _TYPES]
                + [f'{name}: __type(name: "{name}") {{ inputFields {{ name }} }}' for name in _INPUTS]
            )
            data = await self.ask(f"query {{ {ask} }}", {})
            types = {name: _Type.model_validate(told) for name, told in data.items() if told is not None}
            self._schema = Schema(
                fields={
                    name: frozenset(one.name for one in (*(told.fields or ()), *(told.input_fields or ())))
                    for name, told in types.items()
                },
                arguments={
                    one.name: frozenset(argument.name for argument in one.args)
                    for one in types.get("Query", _Type()).fields or ()
                },
            )
        return self._schema

    async def nodes(
        self, name: str, model: type[T], selection: str, *, size: int, arguments: Mapping[str, tuple[str, object]]
    ) -> AsyncIterator[T]:
        """Yield what a connection of the query holds, page by page. ``arguments`` have their GraphQL type first."""
        known = (await self.schema()).arguments.get(name, frozenset())
        used = {key: typed for key, typed in arguments.items() if key in known}
        declared = "".join(f", ${key}: {typed[0]}" for key, typed in used.items())
        passed = "".join(f", {key}: ${key}" for key in used)
        query = (
            f"query ($first: Int, $after: String{declared}) {{ {name}(first: $first, after: $after{passed}) "
            f"{{ nodes {{ {selection} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )
        variables: dict[str, object] = {key: typed[1] for key, typed in used.items()}
        after: str | None = None
        while True:
            data = await self.ask(query, {**variables, "first": size, "after": after})
            page = _valid(_Connection, data.get(name), name)
            for node in page.nodes:
                yield _valid(model, node, name)
            after = page.page_info.end_cursor
            if not page.page_info.has_next_page or after is None:
                return

    async def one(self, name: str, id: str, model: type[T], selection: str, **variables: object) -> T | None:
        """Return an entity by its id, ``None`` where there is none or the key may not see it."""
        declared = "".join(f", ${key}: String" for key in variables)
        query = f"query ($id: String!{declared}) {{ {name}(id: $id) {{ {selection} }} }}"
        try:
            data = await self.ask(query, {"id": id, **variables})
        except NotFoundError:
            return None
        found = data.get(name)
        return None if found is None else _valid(model, found, name)

    async def ask(self, query: str, variables: Mapping[str, object]) -> dict[str, Any]:
        """Return the data of an answer.

        Raises `NotFoundError` for an entity that is not there, `ConfigurationError` where the key is refused, and
        `TransientError` where the quota stays exceeded.
        """
        if self.now() < self._closed_until:
            # Asking on would only be refused, thousands of times in a first sync.
            raise TransientError(_USED_UP, retry_after=self._closed_until - self.now())
        body = {"query": query, "variables": variables}
        headers = {"Authorization": self.authorization}
        for attempt in range(_ATTEMPTS):
            response = await self.http.send(
                Request("POST", self.url, json=body, headers=headers, accept=_HANDLED, follow=False)
            )
            answer = _answered(response)
            codes = {problem.extensions.code for problem in answer.errors}
            if "RATELIMITED" not in codes:
                return _data(response, answer, codes)
            wait = self._wait(response)
            if attempt + 1 == _ATTEMPTS or wait > _LONGEST_WAIT:
                break
            await self.sleep(wait)
        self._closed_until = self.now() + wait
        raise TransientError(_USED_UP, retry_after=wait)

    def _wait(self, response: Response) -> float:
        """Return the seconds until there is quota again: of requests or of complexity, whichever ran out."""
        resets = [
            int(value) / 1000 - self.now()
            for kind in ("requests", "complexity", "endpoint-requests")
            if response.headers.get(f"x-ratelimit-{kind}-remaining") in {"0", None}
            and (value := response.headers.get(f"x-ratelimit-{kind}-reset", "")).isdigit()
        ]
        return max([1.0, *resets])


def _answered(response: Response) -> _Answer:
    try:
        return _Answer.model_validate_json(response.content)
    except ValidationError as error:
        if response.status in {401, 403}:
            return _Answer(errors=(_Problem(extensions=_Extensions(code="AUTHENTICATION_ERROR")),))
        raise PermanentError(
            f"Linear answered {response.status} with something that is no GraphQL: check api_url"
        ) from error


def _data(response: Response, answer: _Answer, codes: set[str]) -> dict[str, Any]:
    if "AUTHENTICATION_ERROR" in codes or response.status == 401:
        raise ConfigurationError("Linear refuses the token: it has expired or was revoked; create a new one")
    if "FORBIDDEN" in codes or response.status == 403:
        raise ConfigurationError("Linear's token may not read this: it needs the scope read and access to the teams")
    messages = "; ".join(problem.message for problem in answer.errors)
    if answer.errors and all(problem.message.startswith("Entity not found") for problem in answer.errors):
        raise NotFoundError(messages)
    if answer.errors or answer.data is None:
        raise PermanentError(f"Linear could not answer: {messages or response.status}")
    return answer.data


def _valid(model: type[T], told: object, what: str) -> T:
    try:
        return model.model_validate(told)
    except ValidationError as error:
        raise PermanentError(f"Linear answered the request for {what} with something else: {error}") from error
