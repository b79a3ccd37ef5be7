"""What the server says of whoever asks it: `/v1/me`, signing in and out, and sessions."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from aika.client.models import Wire, WireRequest

CallerRole = Literal["asker", "owner", "admin"]


class MeView(Wire):
    """Who one is, and what one may do."""

    name: str = Field(description="What people call one: the name of a person, of a key, or `This machine`.")
    person: str | None = Field(
        default=None, description="`user:` and the e-mail address. Unset for who is no particular person."
    )
    email: str | None = None
    roles: list[CallerRole] = Field(
        description="Everyone may ask; owners manage sources; administrators manage all of their sources."
    )
    operator: bool = Field(default=False, description="Whether one is an administrator of everything.")
    manages: list[str] = Field(default=[], description="The ids of the sources that one may change and sync.")
    signed_in_by: Literal["local", "key", "session"] = Field(
        description="By being on this machine, by an API key, or by a session that began with signing in."
    )
    session_expires_at: datetime | None = Field(
        default=None, description="When one has to sign in again at the latest."
    )


class SignInView(Wire):
    """How one signs in here."""

    required: bool = Field(description="Whether who has not signed in gets no further, save with an API key.")
    methods: list[Literal["openid-connect", "key"]] = Field(
        description="At an identity provider; by entering an API key. Empty where nothing has to be shown."
    )
    provider: str | None = Field(default=None, description="What people call the identity provider.")
    start: str | None = Field(
        default=None,
        description="Where a browser goes to sign in at the provider. Takes `?then=` with a place in the app.",
    )


class KeyEntry(WireRequest):
    """An API key that a person enters in a browser."""

    key: str = Field(min_length=1, max_length=500)


class SignOutRequest(WireRequest):
    everywhere: bool = Field(default=False, description="Sign out of all browsers.")


class SignOutView(Wire):
    """That one has signed out."""

    url: str | None = Field(
        default=None, description="Where the browser goes to sign out of the identity provider too."
    )


class SessionView(Wire):
    """A browser that one is signed in with."""

    id: str
    created_at: datetime
    seen_at: datetime = Field(description="When it was last used, to the minute.")
    expires_at: datetime
    current: bool = Field(description="Whether this request came with it.")


class PersonsSessionView(Wire):
    """A browser that somebody is signed in with, as administrators see it."""

    person: str | None = Field(description="Their address. Unset where the session began with a key.")
    name: str = Field(description="As the identity provider says, or the key's.")
    created_at: datetime
    seen_at: datetime = Field(description="When it was last used, to the minute.")
    expires_at: datetime


class RevokedView(Wire):
    sessions: int = Field(description="How many sessions ended.")
