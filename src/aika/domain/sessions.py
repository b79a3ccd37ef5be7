"""People who signed in, and the sessions that their browsers hold."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aika.domain.errors import AuthenticationError
from aika.domain.identifiers import ApiKeyId, PrincipalId, SessionId, SourceId

SIGN_IN = SourceId("@sign-in")
"""What the directory knows the identity provider's groups by. No source can be called so."""


class SignInProblem(StrEnum):
    """Why somebody is not signed in, as far as they can do something about it."""

    EXPIRED = "expired"
    """It took too long, or was begun in another browser."""
    REFUSED = "refused"
    """The provider did not let them in, or they changed their mind there."""
    UNVERIFIED = "unverified"
    """The provider does not say that they have an e-mail address that is their own."""
    NOT_ALLOWED = "not-allowed"
    """They may not use this aika."""
    PROVIDER = "provider"
    """The provider's answer cannot be trusted, or aika is set up wrongly there."""
    UNREACHABLE = "unreachable"


class SignInError(AuthenticationError):
    """Somebody is not signed in. The message is for whoever runs aika: it may say what a stranger need not know."""

    def __init__(self, problem: SignInProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as the identity provider knows them."""

    issuer: str
    subject: str
    """The provider's own name for the person: it stays when their address changes."""
    person: PrincipalId
    """``user:`` and a verified e-mail address in lower case."""
    name: str
    groups: frozenset[PrincipalId]
    session: str | None = None
    """The provider's session that it vouched in."""
    token: str = field(default="", repr=False)
    """What it vouched with. Shown to it again when signing out."""


@dataclass(frozen=True, slots=True)
class Session:
    """That a browser signed in, without what it shows for it."""

    id: SessionId
    name: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    """Whatever is done with it until then."""
    person: PrincipalId | None = None
    key: ApiKeyId | None = None
    """The API key that was entered, where nobody in particular signed in. Its rights are the session's."""
    subject: str | None = None
    provider_session: str | None = None
    id_token: bytes | None = field(default=None, repr=False)
    """Sealed."""
