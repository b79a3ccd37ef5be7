"""What the server says of whoever asks it: `/v1/me`, signing in and out, and sessions."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from aika.client.models import Wire

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
