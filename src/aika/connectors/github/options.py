"""What a team writes to have GitHub read."""

import re
from datetime import timedelta
from fnmatch import fnmatchcase
from hashlib import blake2b
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, PositiveInt, SecretStr, field_validator, model_validator

from aika.connectors.github.wire import Repository
from aika.domain.access import EVERYONE
from aika.registry import Options

Content = Literal["issues", "pull_requests", "discussions", "releases"]

PUBLIC_API = "https://api.github.com"
_NAME = re.compile(r"[A-Za-z0-9_.*?-]+/[A-Za-z0-9_.*?-]+")
_RENDERING = "1"
"""Raised when the same thread is written differently, so that everything is read again."""


class AppOptions(Options):
    """A GitHub App, which needs no person's token and has higher limits."""

    app_id: str = Field(description="The App's ID or client ID, from its settings page.", coerce_numbers_to_str=True)
    installation_id: PositiveInt = Field(
        description="The number at the end of the address of the App's installation in your organization."
    )
    private_key: SecretStr | None = Field(
        default=None, description="The App's private key, the whole PEM text, usually ${GITHUB_APP_KEY}."
    )
    private_key_file: Path | None = Field(
        default=None,
        description="A file with the private key instead. Relative to the configuration file's folder.",
    )

    @model_validator(mode="after")
    def _has_one_key(self) -> Self:
        if (self.private_key is None) == (self.private_key_file is None):
            raise ValueError("needs either private_key or private_key_file")
        return self


class GitHubOptions(Options):
    """Which repositories, what of them, and how to sign in."""

    repositories: tuple[str, ...] = Field(
        default=(),
        description="Repositories as OWNER/NAME. The name may hold * and ?, such as acme/api-*.",
    )
    organizations: tuple[str, ...] = Field(
        default=(), description="Organizations of which every repository is read that the credentials may see."
    )
    topics: tuple[str, ...] = Field(
        default=(), description="Where there are any, only repositories with one of these topics are read."
    )
    exclude: tuple[str, ...] = Field(
        default=(), description="Repositories to leave out, as OWNER/NAME with * and ?, such as acme/*-archive."
    )
    archived: bool = Field(default=False, description="Whether to read archived repositories too.")
    forks: bool = Field(
        default=False, description="Whether to read forks too. A repository named in full is always read."
    )
    content: tuple[Content, ...] = Field(
        default=("issues", "pull_requests", "discussions", "releases"),
        description="What to read of each repository.",
    )
    exclude_authors: tuple[str, ...] = Field(
        default=("dependabot[bot]", "renovate[bot]"),
        description="Accounts whose issues and pull requests are left out.",
    )
    changed_files: bool = Field(
        default=True, description="Whether a pull request's document lists the files that it changes."
    )
    token: SecretStr | None = Field(
        default=None,
        description="A personal access token, usually ${GITHUB_TOKEN}. Not needed for public repositories, but far faster.",
    )
    app: AppOptions | None = Field(default=None, description="A GitHub App to sign in as, instead of a token.")
    api_url: str = Field(
        default=PUBLIC_API,
        description="The address of the API. Of GitHub Enterprise Server: https://HOST/api/v3.",
    )
    public_readers: tuple[str, ...] = Field(
        default=(EVERYONE,),
        description="Who may read what comes from public repositories. Internal ones are readable for everyone in the company.",
    )
    single_sign_on: bool = Field(
        default=False,
        description="Whether to learn from an organization's SAML single sign-on whose accounts are whose. Only an owner's token "
        "may. Otherwise accounts are known by the e-mail addresses on their profiles.",
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="The secret of the webhook on GitHub, usually ${GITHUB_WEBHOOK_SECRET}."
    )
    full_every: timedelta = Field(
        default=timedelta(hours=12),
        description="How often everything is listed to see what is gone, such as 12:00:00. Other runs ask for changes only.",
    )
    requests_a_minute: PositiveInt = Field(
        default=800,
        description="The most requests in a minute. GitHub objects to more than 900; a server of your own may allow more.",
    )
    longest_wait: timedelta = Field(
        default=timedelta(hours=1),
        description="How long a sync waits when GitHub's rate limit is used up. A longer wait ends the sync with an error.",
    )

    @field_validator("repositories", "exclude")
    @classmethod
    def _are_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is not OWNER/NAME")
        return names

    @field_validator("api_url")
    @classmethod
    def _ends_without_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if not self.repositories and not self.organizations:
            raise ValueError("needs repositories or organizations: nothing is read otherwise")
        if self.token is not None and self.app is not None:
            raise ValueError("needs a token or an app, not both")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """The repositories that are named in full."""
        return tuple(name for name in self.repositories if not _is_pattern(name))

    @property
    def owners(self) -> tuple[str, ...]:
        """The accounts whose repositories have to be listed."""
        patterns = (name.split("/", 1)[0] for name in self.repositories if _is_pattern(name))
        return tuple(dict.fromkeys((*self.organizations, *patterns)))

    def admits(self, repository: Repository) -> bool:
        """Return whether a repository is one of those to read."""
        name = repository.full_name.lower()
        if any(fnmatchcase(name, pattern.lower()) for pattern in self.exclude):
            return False
        if self.topics and not set(self.topics) & set(repository.topics):
            return False
        if name in (one.lower() for one in self.named):
            return True
        if (repository.archived and not self.archived) or (repository.fork and not self.forks):
            return False
        owner = name.split("/", 1)[0]
        return owner in (one.lower() for one in self.organizations) or any(
            fnmatchcase(name, pattern.lower()) for pattern in self.repositories
        )

    @property
    def fingerprint(self) -> str:
        """Changes when a cursor of other options would miss something."""
        said = self.model_dump_json(
            include={
                *("repositories", "organizations", "topics", "exclude", "archived", "forks", "content"),
                *("exclude_authors", "changed_files", "api_url", "public_readers", "single_sign_on"),
            }
        )
        return blake2b((_RENDERING + said).encode(), digest_size=8).hexdigest()


def _is_pattern(name: str) -> bool:
    return "*" in name or "?" in name
