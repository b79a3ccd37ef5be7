"""How people sign in: the table ``[sign_in]`` of aika.toml."""

from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from aika.domain.identifiers import PrincipalId
from aika.forms.durations import duration
from aika.forms.principals import principal

_SHORTEST = timedelta(minutes=5)
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class SignInSettings(BaseModel):
    """The identity provider, which speaks OpenID Connect, and what its groups are here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(description="The provider's own address, as it writes it: ``https://login.example.org``.")
    client_id: str = Field(min_length=1, description="What aika is called there.")
    client_secret: SecretStr | None = Field(
        default=None,
        description="Best as ``${NAME}``, an environment variable. Unset: aika is a public client there, with PKCE alone.",
    )
    name: str | None = Field(default=None, description="What people call the provider: ``Okta``. Unset: its host.")
    scopes: list[str] = Field(default=["openid", "email", "profile"], description="What aika asks the provider for.")
    client_authentication: Literal["basic", "post"] | None = Field(
        default=None, description="How the secret is sent. Unset: as the provider says that it takes it."
    )
    email_claim: str = Field(default="email", description="The claim with the e-mail address.")
    name_claim: str = Field(default="name", description="The claim with the name.")
    groups_claim: str = Field(default="groups", description="The claim with the names of the person's groups.")
    verified_claim: str = Field(
        default="email_verified", description="The claim that says that the address is the person's own."
    )
    trust_emails: bool = Field(
        default=False,
        description="Take addresses that the provider does not say are verified. Only where nobody can choose their own there.",
    )
    email_domains: list[str] = Field(
        default=[], description='The domains whose addresses may sign in: ``["example.org"]``. Empty: all.'
    )
    required_claims: dict[str, str] = Field(
        default={},
        description='Claims without whose values nobody may sign in: ``{hd = "example.org"}`` for a Google Workspace.',
    )
    groups: dict[str, str] = Field(
        default={},
        description='What a group of the provider is here: ``{"8a1c-…" = "group:platform"}``. '
        "Others are ``group:NAME``, in lower case with hyphens for spaces.",
    )
    only_named_groups: bool = Field(default=False, description="Leave out the groups that ``groups`` does not name.")
    allowed: list[str] = Field(
        default=[], description='Who may sign in: ``["group:staff"]``. Empty: whoever the provider lets in.'
    )
    admins: list[str] = Field(
        default=[], description='Who is an administrator: ``["group:aika-admins", "user:ada@example.org"]``.'
    )
    session_idle: timedelta = Field(
        default=timedelta(hours=12), description="After this long without a request, one signs in again."
    )
    session_lifetime: timedelta = Field(
        default=timedelta(days=1),
        description="After this long in any case. As long do the groups hold that the provider named.",
    )

    @field_validator("issuer")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
            raise ValueError("must begin with https://")
        if not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an address without ? and #, as the provider writes it in its discovery document")
        return value

    @field_validator("scopes")
    @classmethod
    def _asks_for_identity(cls, value: list[str]) -> list[str]:
        if "openid" not in value:
            raise ValueError('must have "openid", without which a provider does not say who signed in')
        return value

    @field_validator("allowed", "admins")
    @classmethod
    def _principals(cls, value: list[str]) -> list[str]:
        return [principal(one) for one in value]

    @field_validator("groups")
    @classmethod
    def _named_groups(cls, value: dict[str, str]) -> dict[str, str]:
        named = {name: principal(group) for name, group in value.items()}
        people = [name for name, group in named.items() if group.startswith("user:")]
        if people:
            raise ValueError(f"{people[0]!r} is a person: a group is written as group:platform")
        return {name: str(group) for name, group in named.items()}

    @field_validator("email_domains")
    @classmethod
    def _domains(cls, value: list[str]) -> list[str]:
        return [domain.strip().lower().removeprefix("@") for domain in value]

    @field_validator("session_idle", "session_lifetime", mode="before")
    @classmethod
    def _in_units(cls, value: object) -> object:
        return duration(value) if isinstance(value, str) else value

    @field_validator("session_idle", "session_lifetime")
    @classmethod
    def _not_too_short(cls, value: timedelta) -> timedelta:
        if value < _SHORTEST:
            raise ValueError(f"must be at least {_SHORTEST.total_seconds() / 60:g} minutes")
        return value

    @property
    def label(self) -> str:
        """What people call the provider."""
        return self.name or urlsplit(self.issuer).hostname or self.issuer

    @property
    def administrators(self) -> frozenset[PrincipalId]:
        return frozenset(PrincipalId(one) for one in self.admins)

    def group(self, name: str) -> PrincipalId | None:
        """Return what a group of the provider's is here; ``None`` for one that counts for nothing."""
        if name in self.groups:
            return PrincipalId(self.groups[name])
        # As the source `people` calls teams, so that both mean the same one. Keycloak writes groups as paths.
        bare = "-".join(name.lower().removeprefix("/").split())
        return None if self.only_named_groups or not bare else PrincipalId(f"group:{bare}")
