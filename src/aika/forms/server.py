"""Where the server listens, and for whom: the table ``[server]`` of aika.toml."""

import re
from ipaddress import ip_address

from pydantic import BaseModel, ConfigDict, Field, field_validator

_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(:(\d{1,5}|\*))?")


class ServerSettings(BaseModel):
    """Where the server listens, and who may ask."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", description="Where to listen. Other machines reach only other addresses.")
    port: int = Field(default=8400, ge=0, le=65535, description="0 takes any free one.")
    require_key: bool | None = Field(
        default=None, description="Whether requests need an API key. Unset: not on loopback, always elsewhere."
    )
    anonymous_principals: list[str] = Field(
        default=["everyone"], description="Who a request without a key is, where keys are not required."
    )
    max_question_chars: int = Field(default=8_000, ge=100, description="Longer questions are refused.")
    answers_at_once: int = Field(
        default=8,
        ge=1,
        description="How many answers one person may have under way at once, on each process. Keys that are no one person's "
        "have no limit.",
    )
    max_body_bytes: int = Field(default=1_000_000, ge=10_000, description="Larger requests are refused.")
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#\s]+/?$",
        description="Where browsers reach this server: ``https://aika.example.org``. Needed for ``[sign_in]`` save on loopback.",
    )
    embedded_in: list[str] = Field(
        default=[],
        description="Whose pages may show aika's widget, as origins: ``https://wiki.example.org``, ``https://*.example.org``. "
        "Empty: nobody's.",
    )

    @field_validator("embedded_in")
    @classmethod
    def _origins(cls, value: list[str]) -> list[str]:
        for origin in value:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"{origin!r} is no origin: write https://wiki.example.org or https://*.example.org, without a path"
                )
        return value

    @property
    def key_required(self) -> bool:
        """Whether requests need an API key: never by default on loopback, always by default elsewhere."""
        return not self.is_loopback if self.require_key is None else self.require_key

    @property
    def is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False
