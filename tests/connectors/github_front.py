"""What stands before the emulated GitHub and does what GitHub does and the emulator does not.

It answers conditional requests, counts requests against a limit, pages listings, lists the comments of a whole repository,
refuses expired tokens, lists organizations' repositories, deletes and blocks issues, and has discussions.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from wire import Asked, Told

_COMMENTS = re.compile(r"/repos/([^/]+/[^/]+)/(issues|pulls)/comments")
_ISSUE = re.compile(r"/repos/([^/]+/[^/]+/issues/\d+)(/comments)?")
_ISSUES = re.compile(r"/repos/([^/]+/[^/]+)/issues")
_OWNED = re.compile(r"/orgs/([^/]+)/repos")
_PASSED_ON = ("authorization", "content-type", "accept")
_KEPT = ("content-type", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-resource")


@dataclass(slots=True)
class GitHubFront:
    """Answers as GitHub would, from an emulator behind it."""

    upstream: httpx.Client
    """To the emulator."""
    page_size: int = 100
    refusals: list[Told] = field(default_factory=list)
    """Given to the next requests, in order."""
    expired: set[str] = field(default_factory=set)
    """Tokens that are not taken any more."""
    deleted: set[str] = field(default_factory=set)
    """Issues as OWNER/NAME/issues/NUMBER."""
    blocked: set[str] = field(default_factory=set)
    discussions: dict[int, dict[str, Any]] = field(default_factory=dict)
    identities: list[tuple[str | None, str]] | None = None
    """Accounts and names of the organization's single sign-on."""
    refuses_queries: bool = False
    asked: list[Asked] = field(default_factory=list)
    unchanged: int = 0
    """Requests that were answered with 304, which count against no limit."""

    def __call__(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if self.refusals:
            return self.refusals.pop(0)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") in self.expired:
            return Told.json({"message": "Bad credentials"}, 401)
        if asked.path == "/graphql":
            return self._queried(json.loads(asked.body))
        if asked.headers.get("x-github-api-version") != "2022-11-28" and asked.method == "GET":
            return Told.json({"message": "the version header is missing"}, 400)
        return self._conditional(asked, self._answered(asked))

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def _answered(self, asked: Asked) -> Told:
        issue = _ISSUE.fullmatch(asked.path)
        if issue is not None and issue[1] in self.deleted:
            return Told.json({"message": "This issue was deleted"}, 410)
        if issue is not None and issue[1] in self.blocked:
            return Told.json({"message": "Repository access blocked"}, 451)
        if comments := _COMMENTS.fullmatch(asked.path):
            return self._all_comments(asked, comments[1], comments[2])
        if owned := _OWNED.fullmatch(asked.path):
            # The emulator lists no organization's repositories, but finds them.
            found = self._passed_on(Asked("GET", f"/search/repositories?q=org:{owned[1]}", asked.headers, b""))
            return Told(200, json.dumps(json.loads(found.body)["items"]).encode(), found.headers)
        told = self._passed_on(asked)
        if (issues := _ISSUES.fullmatch(asked.path)) and told.status == 200:
            left = [
                item for item in json.loads(told.body) if f"{issues[1]}/issues/{item['number']}" not in self.deleted
            ]
            return Told(200, json.dumps(left).encode(), told.headers)
        return told

    def _passed_on(self, asked: Asked) -> Told:
        query = dict(asked.query)
        if "per_page" in query:
            query["per_page"] = str(min(int(query["per_page"]), self.page_size))
        answer = self.upstream.request(
            asked.method,
            asked.path,
            params=query,
            content=asked.body,
            headers={
                **{name: value for name, value in asked.headers.items() if name in _PASSED_ON},
                # The emulator writes the addresses of further pages from this.
                "Host": asked.headers["host"],
            },
        )
        kept = {name: value for name, value in answer.headers.items() if name in _KEPT}
        if "link" in answer.headers:
            kept["link"] = answer.headers["link"]
        return Told(answer.status_code, answer.content, {**kept, "Date": _http_date(datetime.now(UTC))})

    def _all_comments(self, asked: Asked, repository: str, threads: str) -> Told:
        """List the comments of all threads, the newest first. The emulator has the listing and cannot be asked for it."""
        assert (asked.query["sort"], asked.query["direction"]) == ("updated", "desc")
        listing = self._passed_on(
            Asked("GET", f"/repos/{repository}/{threads}?state=all&per_page=100", asked.headers, b"")
        )
        comments: list[dict[str, Any]] = []
        for thread in json.loads(listing.body):
            one = Asked(
                "GET", f"/repos/{repository}/{threads}/{thread['number']}/comments?per_page=100", asked.headers, b""
            )
            comments += json.loads(self._passed_on(one).body)
        comments.sort(key=lambda comment: str(comment["updated_at"]), reverse=True)
        return Told(200, json.dumps(comments).encode(), listing.headers)

    def _conditional(self, asked: Asked, told: Told) -> Told:
        if asked.method != "GET" or told.status != 200:
            return told
        etag = f'W/"{hashlib.sha256(told.body).hexdigest()}"'
        if asked.headers.get("if-none-match") == etag:
            self.unchanged += 1
            return Told(304, b"", {**_without_body(told.headers), "ETag": etag})
        return Told(200, told.body, {**told.headers, "ETag": etag})

    def _queried(self, said: Mapping[str, Any]) -> Told:
        if self.refuses_queries:
            message = "Resource not accessible by integration"
            return Told.json({"data": None, "errors": [{"type": "FORBIDDEN", "message": message}]})
        variables = said["variables"]
        if "samlIdentityProvider" in said["query"]:
            return Told.json({"data": {"organization": {"samlIdentityProvider": self._identities_after(variables)}}})
        assert variables["owner"], "a query names the owner"
        if "discussions(first" in said["query"]:
            return Told.json({"data": {"repository": {"discussions": self._listed(variables)}}})
        discussion = self.discussions.get(variables["number"])
        if discussion is None:
            error = {"type": "NOT_FOUND", "message": "Could not resolve to a Discussion"}
            return Told.json({"data": {"repository": {"discussion": None}}, "errors": [error]})
        return Told.json({"data": {"repository": {"discussion": discussion}}})

    def _identities_after(self, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        if self.identities is None or variables["login"] != "acme":
            return None
        start = int(variables["after"] or 0)
        end = start + self.page_size
        nodes = [
            {"user": login and {"login": login}, "samlIdentity": {"nameId": name}}
            for login, name in self.identities[start:end]
        ]
        page = {"hasNextPage": end < len(self.identities), "endCursor": str(end)}
        return {"externalIdentities": {"nodes": nodes, "pageInfo": page}}

    def _listed(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        field_ = {"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt"}[variables["field"]]
        newest_first = {"ASC": False, "DESC": True}[variables["direction"]]
        nodes = sorted(self.discussions.values(), key=lambda one: str(one[field_]), reverse=newest_first)
        start = int(variables["after"] or 0)
        end = start + self.page_size
        listed = [
            {
                **{name: node[name] for name in ("number", "title", "updatedAt", "author")},
                "comments": {"totalCount": len(node["comments"]["nodes"])},
            }
            for node in nodes[start:end]
        ]
        return {"nodes": listed, "pageInfo": {"hasNextPage": end < len(nodes), "endCursor": str(end)}}


def used_up(*, resets_at: float) -> Told:
    """The answer of a primary rate limit."""
    headers = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(resets_at))}
    return Told.json({"message": "API rate limit exceeded for user ID 1."}, 403, **headers)


def too_fast(seconds: int) -> Told:
    """The answer of a secondary rate limit."""
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    return Told.json({"message": message}, 403, **{"Retry-After": str(seconds)})


def make_discussion(number: int, title: str, body: str, **more: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {
        "number": number,
        "title": title,
        "body": body,
        "url": f"https://github.example/alice/orders/discussions/{number}",
        "createdAt": now,
        "updatedAt": now,
        "closed": False,
        "isAnswered": False,
        "author": {"login": "carol"},
        "category": {"name": "Q&A"},
        "labels": {"nodes": []},
        "comments": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []},
        **more,
    }


def make_reply(
    login: str, body: str, *, answer: bool = False, replies: tuple[dict[str, Any], ...] = ()
) -> dict[str, Any]:
    return {
        "body": body,
        "createdAt": datetime.now(UTC).isoformat(),
        "url": "https://github.example/alice/orders/discussions/1#discussioncomment-7",
        "isAnswer": answer,
        "author": {"login": login},
        "replies": {"nodes": list(replies)},
    }


def _without_body(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() != "content-type"}


def _http_date(moment: datetime) -> str:
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
