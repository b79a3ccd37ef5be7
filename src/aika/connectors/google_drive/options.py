"""What a team says about its part of Google Drive."""

from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr, field_validator

from aika.registry import Options


class GoogleDriveOptions(Options):
    """Which drives and folders to read, as whom, and who counts as the company."""

    drives: tuple[str, ...] = Field(
        default=(), description="Ids of shared drives: what follows /drive/folders/ in the drive's address."
    )
    folders: tuple[str, ...] = Field(default=(), description="Ids of folders, read with everything below them.")
    company_domains: tuple[str, ...] = Field(
        default=(),
        description="The company's domains, such as example.org. What is shared with one of them, everyone may read.",
    )
    link_sharing: Literal["none", "domain", "anyone"] = Field(
        default="domain",
        description="Which 'anyone with the link' counts as everyone: none, those of company_domains, or all.",
    )
    expand_groups: bool = Field(
        default=False,
        description="Whether to ask the Directory API who is in a group. Else another source must say, such as people.",
    )
    service_account_key: SecretStr | None = Field(
        default=None, description="The JSON key of a service account, as text."
    )
    service_account_file: Path | None = Field(
        default=None, description="The same as a file, relative to the configuration file's folder."
    )
    subject: str | None = Field(
        default=None, description="The user that the service account acts for, by domain-wide delegation."
    )
    client_id: str | None = Field(default=None, description="The OAuth client that the refresh token was issued to.")
    client_secret: SecretStr | None = Field(default=None, description="That client's secret.")
    refresh_token: SecretStr | None = Field(default=None, description="A user's refresh token, instead of a key.")
    include: tuple[str, ...] = Field(
        default=(),
        description="Patterns as in .gitignore on folders and names. Where there are any, only matches are read.",
    )
    exclude: tuple[str, ...] = Field(
        default=(), description="Patterns as in .gitignore of what to leave out, such as 'Archive/'."
    )
    default_excludes: bool = Field(
        default=True, description="Whether to leave out images, archives, programs, lock files and keys."
    )
    max_file_bytes: PositiveInt = Field(default=32 * 1024 * 1024, description="Larger files are reported, not read.")
    full_every: PositiveFloat = Field(
        default=24,
        description="Hours after which everything is listed again. Before that, only what Drive says has changed.",
    )
    api_url: str = Field(default="https://www.googleapis.com", description="Where Drive's API is. It may be private.")
    directory_url: str = Field(default="https://admin.googleapis.com", description="Where the Directory API is.")
    token_url: str = Field(default="https://oauth2.googleapis.com/token", description="Where access tokens come from.")

    @field_validator("company_domains")
    @classmethod
    def _lower(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(domain.lower() for domain in domains)
