"""Webhooks of Git hosts that say what was pushed."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, SecretStr, ValidationError

from aika.domain.errors import AuthenticationError, InvalidRequestError
from aika.domain.sources import Notification

_HEADS = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Push:
    """One branch was moved."""

    branch: str
    before: str
    """The commit that the branch was at."""
    default_branch: str | None


class _Repository(BaseModel):
    default_branch: str | None = None


class _BitbucketTarget(BaseModel):
    hash: str = ""


class _BitbucketBranch(BaseModel):
    name: str = ""
    target: _BitbucketTarget = _BitbucketTarget()


class _BitbucketChange(BaseModel):
    new: _BitbucketBranch | None = None
    old: _BitbucketBranch | None = None


class _BitbucketPush(BaseModel):
    changes: list[_BitbucketChange] = []


class _Body(BaseModel):
    """What the hosts' bodies have of interest. GitHub, GitLab and Gitea share one form, Bitbucket has its own."""

    ref: str = ""
    before: str = ""
    repository: _Repository = _Repository()
    project: _Repository = _Repository()
    push: _BitbucketPush | None = None


def pushed(notification: Notification, secret: SecretStr | None) -> Push | None:
    """Return what a notification says was pushed, ``None`` where it is about something else.

    Raises `AuthenticationError` where it is not signed with the secret, and `InvalidRequestError` for a body that makes no
    sense.
    """
    _verify(notification, secret)
    try:
        body = _Body.model_validate_json(notification.body)
    except ValidationError as error:
        raise InvalidRequestError("the notification is not the body of a push webhook") from error
    if body.push is not None:
        changes = [change for change in body.push.changes if change.new is not None]
        if not changes:
            return None
        new, old = changes[0].new, changes[0].old
        return Push(new.name if new else "", old.target.hash if old else "", None)
    if not body.ref.startswith(_HEADS):
        return None
    default = body.repository.default_branch or body.project.default_branch
    return Push(body.ref.removeprefix(_HEADS), body.before, default)


def _verify(notification: Notification, secret: SecretStr | None) -> None:
    if secret is None or not secret.get_secret_value():
        raise AuthenticationError("this source takes no notifications: set the option webhook_secret")
    key = secret.get_secret_value().encode()
    expected = hmac.new(key, notification.body, hashlib.sha256).hexdigest()
    if not _is_signed(notification.headers, key, expected):
        raise AuthenticationError("the notification is not signed with the source's webhook_secret")


def _is_signed(headers: Mapping[str, str], key: bytes, expected: str) -> bool:
    # GitLab sends the secret itself; the others sign the body: GitHub and Bitbucket with a prefix, Gitea without.
    token = headers.get("x-gitlab-token")
    if token is not None:
        return hmac.compare_digest(token.encode(), key)
    for name in ("x-hub-signature-256", "x-hub-signature", "x-gitea-signature"):
        signature = headers.get(name, "").removeprefix("sha256=")
        if hmac.compare_digest(signature.lower().encode(), expected.encode()):
            return True
    return False
