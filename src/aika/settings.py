"""Settings: ``aika.toml``, one YAML file a source, and ``AIKA_*`` environment variables. Typed, checked, read once.

Only the application and the surfaces' start-up read this module; everything else is handed what it needs.
"""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from aika.domain.documents import Owner
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import PrincipalId, SourceId
from aika.domain.sources import Source
from aika.forms.digests import DigestSettings
from aika.forms.durations import duration
from aika.forms.insights import InsightsSettings
from aika.forms.mappings import read_mapping
from aika.forms.principals import principal
from aika.forms.rules import OwnRuleForm
from aika.forms.server import ServerSettings
from aika.forms.sign_in import SignInSettings
from aika.forms.slack import SlackSettings

SETTINGS_FILE = "aika.toml"

SHORTEST_REFRESH = timedelta(seconds=10)
VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}")
"""How options name an environment variable."""

SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ComponentSettings(_Strict):
    """An engine by name, with its own options."""

    engine: str = Field(description="Its name; see Components.")
    options: dict[str, Any] = Field(default={}, description="Its own options.")


class DatabaseSettings(_Strict):
    url: SecretStr | None = Field(
        default=None, description="``postgresql://user:password@host/name``. Unset: SQLite in the data directory."
    )


class ModelSettings(_Strict):
    """The language model. Without a name, answers are extracts of the documents."""

    name: str | None = Field(
        default=None, description='``"openai:…"``, ``"anthropic:…"``, ``"ollama:…"``, ``"gguf:…"``'
    )
    base_url: str | None = Field(default=None, description="Of an OpenAI-compatible server.")
    api_key: SecretStr | None = Field(
        default=None, description="Unset: the provider's own variable, such as OPENAI_API_KEY."
    )
    temperature: float = Field(default=0.0, ge=0, le=2, description="0 is the most predictable.")
    max_tokens: int = Field(default=800, ge=16, description="Of one answer.")
    timeout: float = Field(default=60, gt=0, description="Seconds to the first word, and between words.")
    general_questions: bool = Field(
        default=True,
        description="Answer questions that are not about the company from the model's own knowledge, marked.",
    )
    options: dict[str, Any] = Field(default={}, description="Further settings of the provider, or of a GGUF file.")


class RetrievalSettings(_Strict):
    candidates: int = Field(default=200, ge=10, le=1000, description="How many chunks each first-stage ranking has.")
    dense_weight: float = Field(default=0.5, ge=0, le=1, description="Share of the dense ranking in the fusion.")
    evidence: int = Field(default=6, ge=1, le=20, description="How many passages an answer is written from.")
    default_rules: bool = Field(
        default=True, description="Whether aika's own ranking rules hold, as `aika rules list` shows them."
    )


class RerankerSettings(_Strict):
    """The second stage, a closer look at the first hits. Without an engine, the first stage's order stands."""

    engine: str | None = Field(default=None, description="Its name; see Components.")
    depth: int = Field(default=20, ge=2, le=200, description="How many hits it looks at.")
    seconds: float = Field(default=1.5, gt=0, description="After this, the first stage's order stands.")
    options: dict[str, Any] = Field(
        default={}, description="Its own options. ``${NAME}`` in them is an environment variable."
    )


class AnswerSettings(_Strict):
    min_confidence: float = Field(default=0.25, ge=0, le=1, description="Below this, aika says that it does not know.")
    old_after_days: int = Field(default=365, ge=1, description="A cited document older than this is pointed out.")
    unsupported: Literal["drop", "mark", "abstain"] = Field(
        default="drop",
        description="What happens to a sentence that no document backs: it goes, it stays with a mark, or there is no answer.",
    )
    second_opinion: bool = Field(
        default=False,
        description="Whether the language model is asked about sentences that rules are unsure of: at most three short calls.",
    )


class ConfidenceSettings(_Strict):
    reader: bool = Field(
        default=True,
        description="Whether the nearest passages are read for the answer itself: about a tenth of a second.",
    )
    model_judgement: bool = Field(
        default=False,
        description="Whether the language model is asked about every answer: one call more, of about 1,000 tokens.",
    )


class SyncSettings(_Strict):
    parse_timeout: float = Field(default=120, gt=0, description="Seconds for one document.")
    max_removed_share: float = Field(
        default=0.5, ge=0, le=1, description="A sync that would remove more than this share removes nothing."
    )
    discovery_refresh: float = Field(
        default=60, ge=1, description="Seconds between two looks for sources that teams declare in their repositories."
    )


class TelemetrySettings(_Strict):
    """Export itself is configured by the standard ``OTEL_*`` variables."""

    capture_content: bool = Field(default=False, description="Whether questions and answers appear in traces.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Of the server's log.")


class DiscoverySettings(_Strict):
    """A place whose files ``aika-sources/NAME.yaml`` declare sources, such as a team's repository."""

    connector: str = Field(description="The kind of place; see Components.")
    options: dict[str, Any] = Field(default={}, description="The connector's own options.")
    connectors: list[str] = Field(
        default=[],
        description="The connectors that sources declared there may use, with all their options. Empty: all but ``filesystem`` "
        "and ``people``, and no option that names a file or uses a key of the server.",
    )
    secrets: list[str] = Field(
        default=[], description="The environment variables that sources declared there may name as ``${NAME}``."
    )
    hosts: list[str] = Field(
        default=[], description="The hosts with private addresses that sources declared there may read."
    )
    groups: bool = Field(
        default=False,
        description="Whether sources declared there may say who is in which group. Such a source could be a server that makes "
        "anybody a member of any group, so only places whose every change an operator reviews should.",
    )


class SourceSettings(_Strict):
    """One source: what a file ``sources/NAME.yaml`` holds."""

    connector: str = Field(description="The kind of place; see Components.")
    options: dict[str, Any] = Field(default={}, description="The connector's own options.")
    purpose: str = Field(default="", description="What is in it and what it is for, for people.")
    owner: str | None = Field(default=None, description="Who answers for documents that name no owner.")
    contact: str | None = Field(default=None, description="How to reach the owner: a channel, an address, a link.")
    readers: list[str] | None = Field(
        default=None,
        description='Who may read what the connector cannot tell: ``["everyone"]`` or ``["group:payments", …]``. '
        "Unset: nobody may, and the source says so.",
    )
    managers: list[str] = Field(
        default=[],
        description='Who may change and sync the source, beside administrators: ``["group:platform", "user:ada@example.org"]``. '
        "It is no right to read its documents.",
    )
    refresh: timedelta | None = Field(
        default=None, description='How often it is synced by itself: ``"15m"``, ``"1h"``, ``"1d"``. Unset: never.'
    )
    promise: timedelta | None = Field(
        default=None, description="How far it may lag behind at most, as its owner promises. Written as ``refresh``."
    )

    webhook_secret: str | None = Field(
        default=None,
        description="A signed request to ``/v1/hooks/NAME`` starts a sync. Best as ``${NAME}``, an environment variable.",
    )
    rules: list[OwnRuleForm] = Field(
        default=[], max_length=50, description="Ranking rules for the source's own documents."
    )

    @field_validator("managers")
    @classmethod
    def _principals(cls, value: list[str]) -> list[str]:
        return [principal(manager) for manager in value]

    @field_validator("refresh", "promise", mode="before")
    @classmethod
    def _in_units(cls, value: object) -> object:
        return duration(value) if isinstance(value, str) else value

    @field_validator("refresh")
    @classmethod
    def _not_too_often(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value < SHORTEST_REFRESH:
            raise ValueError(f"must be at least {SHORTEST_REFRESH.total_seconds():g} seconds")
        return value


class Settings(BaseSettings):
    """Everything that can be configured. Relative paths are relative to the folder of ``aika.toml``."""

    model_config = SettingsConfigDict(env_prefix="AIKA_", env_nested_delimiter="__", extra="forbid", frozen=True)

    base_dir: Path = Path()
    data_dir: Path = Field(default=Path(".aika"), description="For everything that aika keeps.")
    sources_dir: Path = Field(default=Path("sources"), description="One YAML file a source.")
    rules_dir: Path = Field(default=Path("rules"), description="YAML files with ranking rules of the company.")
    assistants_dir: Path = Field(default=Path("assistants"), description="One YAML file an assistant.")
    goalies_dir: Path = Field(default=Path("goalies"), description="One YAML file a goalie.")
    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    index: ComponentSettings = ComponentSettings(engine="qdrant-edge")
    embedder: ComponentSettings = ComponentSettings(engine="minilm")
    model: ModelSettings = ModelSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    reranker: RerankerSettings = RerankerSettings()
    answers: AnswerSettings = AnswerSettings()
    confidence: ConfidenceSettings = ConfidenceSettings()
    sync: SyncSettings = SyncSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    digests: DigestSettings = DigestSettings()
    slack: SlackSettings = SlackSettings()
    sign_in: SignInSettings | None = None
    insights: InsightsSettings = InsightsSettings()
    sources: dict[SourceName, SourceSettings] = {}
    discovery: dict[SourceName, DiscoverySettings] = {}
    models: dict[SourceName, ModelSettings] = {}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # Arguments (of the command line and of tests) win over the environment, which wins over the file.
        base_dir = Path(init_settings().get("base_dir", "."))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, base_dir / SETTINGS_FILE)

    @field_validator("base_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.resolve()

    @property
    def credentials_required(self) -> bool:
        """Whether whoever asks has to show who they are: with a key, or by having signed in."""
        return self.server.key_required or self.sign_in is not None

    @property
    def data_path(self) -> Path:
        return self.base_dir / self.data_dir


def load_settings(base_dir: Path, **overrides: Any) -> Settings:
    """Read the settings of a folder. Raises `ConfigurationError` that names every wrong setting."""
    try:
        return Settings(base_dir=base_dir, **overrides)
    except ValidationError as error:
        raise ConfigurationError(f"{base_dir / SETTINGS_FILE}: {_in_words(error)}") from error
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{base_dir / SETTINGS_FILE} cannot be read: {error}") from error


def load_sources(settings: Settings) -> tuple[list[Source], list[ConfigurationError]]:
    """Return the sources of ``aika.toml`` and of the files beside it, and what is wrong with the files that are wrong.

    One bad file does not keep the other sources from working.
    """
    sources = {name: _source(name, spec, declared_in=SETTINGS_FILE) for name, spec in settings.sources.items()}
    errors: list[ConfigurationError] = []
    folder = settings.base_dir / settings.sources_dir
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        try:
            source = read_source_file(path)
            if source.id in sources:
                first = sources[source.id].declared_in
                raise ConfigurationError(f"{path}: a source named {source.id!r} is already declared in {first}")
            sources[source.id] = source
        except ConfigurationError as error:
            errors.append(error)
    return list(sources.values()), errors


def read_source_file(path: Path) -> Source:
    """Read one source's YAML file; its name without the suffix is the source's id. Raises `ConfigurationError`."""
    content = read_mapping(path, expected="a mapping with at least 'connector'")
    try:
        return parse_source(path.stem, content, declared_in=str(path))
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {_in_words(error, below='spec')}") from error


def parse_source(name: str, content: Mapping[str, object], *, declared_in: str) -> Source:
    """Return the source that a file of this name and content declares. Raises ``ValidationError``."""
    named = _NamedSource.model_validate({"name": name, "spec": content})
    return _source(named.name, named.spec, declared_in=declared_in)


class _NamedSource(_Strict):
    name: SourceName
    spec: SourceSettings


def _source(name: str, spec: SourceSettings, *, declared_in: str) -> Source:
    return Source(
        id=SourceId(name),
        connector=spec.connector,
        options=spec.options,
        readers=None if spec.readers is None else frozenset(PrincipalId(reader) for reader in spec.readers),
        owner=None if spec.owner is None else Owner(name=spec.owner, contact=spec.contact, found_in=declared_in),
        purpose=spec.purpose,
        declared_in=declared_in,
        refresh=spec.refresh,
        promise=spec.promise,
        webhook_secret=spec.webhook_secret,
        rules=tuple(rule.own_rule(SourceId(name), declared_in=declared_in) for rule in spec.rules),
        managers=frozenset(PrincipalId(manager) for manager in spec.managers),
    )


def webhook_secret(source: Source) -> str | None:
    """Return the secret itself, ``None`` where the source has none. Raises `ConfigurationError` as `with_secrets` does."""
    return None if source.webhook_secret is None else str(_filled(source.webhook_secret, source))


def sign_in_secret(settings: SignInSettings) -> str | None:
    """Return the secret itself, ``None`` for a public client. Raises `ConfigurationError` for a variable that is not set."""
    if settings.client_secret is None:
        return None
    place = Source(id=SourceId("sign-in"), connector="", declared_in=f"[sign_in] of {SETTINGS_FILE}")
    return str(_filled(settings.client_secret.get_secret_value(), place))


def with_secrets(source: Source) -> Mapping[str, object]:
    """Return a source's options with every ``${NAME}`` replaced by that environment variable, so that files in a repository
    hold no secrets. Raises `ConfigurationError` for a variable that is not set, or that the source may not use.
    """
    return {name: _filled(value, source) for name, value in source.options.items()}


def _filled(value: object, source: Source) -> object:
    if isinstance(value, str):
        return VARIABLE.sub(lambda match: _variable(match["name"], source), value)
    if isinstance(value, Mapping):
        return {name: _filled(item, source) for name, item in value.items()}
    return [_filled(item, source) for item in value] if isinstance(value, list) else value


def _variable(name: str, source: Source) -> str:
    if source.lent is not None and name not in source.lent.secrets:
        raise ConfigurationError(
            f"{source.declared_in} asks for the environment variable {name}, which [discovery] does not lend to it: "
            f"add it to 'secrets' there"
        )
    value = os.environ.get(name)
    if value is None:
        raise ConfigurationError(
            f"{source.declared_in} needs the environment variable {name}: set it where aika runs, and try again"
        )
    return value


def _in_words(error: ValidationError, *, below: str | None = None) -> str:
    problems = []
    for problem in error.errors(include_url=False, include_input=False):
        where = ".".join(str(part) for part in problem["loc"] if part != below)
        message = "is not a known setting" if problem["type"] == "extra_forbidden" else problem["msg"]
        problems.append(f"{where}: {message}")
    return "; ".join(problems)
