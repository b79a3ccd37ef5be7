"""From a model's name and options to a pydantic-ai model."""

import inspect
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic_ai.exceptions import UserError
from pydantic_ai.models import Model, infer_model, parse_model_id
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers import Provider, infer_provider_class
from pydantic_ai.providers.ollama import OllamaProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from aika.domain.errors import ConfigurationError, MissingExtraError

OLLAMA_URL = "http://localhost:11434/v1"
"""Where Ollama listens unless it is told otherwise."""
CHAT_COMPLETIONS = {"openai", "openai-chat"}
"""Providers whose name, with a ``base_url``, means any server that speaks OpenAI's chat completions."""


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How a language model is asked."""

    base_url: str | None = None
    """Of an OpenAI-compatible server, with its ``/v1``. ``None`` is the provider's own address."""
    api_key: str | None = field(default=None, repr=False)
    """``None`` leaves it to the provider's own environment variable."""
    temperature: float = 0.0
    max_tokens: int = 800
    timeout: float = 60
    """Seconds to the first word, and between words."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """For ``gguf:`` those of `aika.models.gguf.GgufOptions`; for others the settings of pydantic-ai's `ModelSettings`."""


@asynccontextmanager
async def provider_model(name: str, options: ChatOptions) -> AsyncIterator[Model]:
    """Open the model that a name stands for. Raises `ConfigurationError` where there is none or its key is missing."""
    try:
        model = _model(name, options)
    except UserError as error:
        # Its first sentence says what is missing; the others are about pydantic-ai.
        reason = str(error).split(". ", 1)[0]
        raise ConfigurationError(
            f"the language model {name!r} cannot be used: {reason}. A key belongs into model.api_key of aika.toml, "
            "AIKA_MODEL__API_KEY, or the provider's own variable"
        ) from error
    except ImportError as error:
        raise MissingExtraError(f"the language model {name!r}", extra="providers") from error
    async with model:
        yield model


def _model(name: str, options: ChatOptions) -> Model:
    provider_name, model_name = parse_model_id(name)
    if not _is_provider(provider_name):
        if options.base_url is None:
            raise ConfigurationError(
                f"the language model {name!r} names no provider that aika knows. Write 'openai:…', 'anthropic:…', "
                "'ollama:…' or 'gguf:…', or set model.base_url to the address of an OpenAI-compatible server"
            )
        provider_name, model_name = "openai", name
    if options.base_url is not None and provider_name in CHAT_COMPLETIONS:
        # OpenAI-compatible servers speak its chat completions; the newer responses are OpenAI's own.
        return OpenAIChatModel(model_name, provider=OpenAIProvider(options.base_url, options.api_key))
    return infer_model(f"{provider_name}:{model_name}", lambda provider: _provider(provider, options))


def _is_provider(name: str | None) -> bool:
    if name is None:
        return False
    try:
        infer_provider_class(name)
    except ValueError:
        return False
    return True


def _provider(name: str, options: ChatOptions) -> Provider[Any]:
    provider = infer_provider_class(name)
    base_url = _ollama_url(options.base_url) if issubclass(provider, OllamaProvider) else options.base_url
    given = {
        option: value for option, value in (("base_url", base_url), ("api_key", options.api_key)) if value is not None
    }
    taken = inspect.signature(provider.__init__).parameters
    if superfluous := sorted(given.keys() - taken.keys()):
        raise ConfigurationError(
            f"the provider {name!r} takes no {' and no '.join(superfluous)}: remove it from [model] in aika.toml"
        )
    opened: Provider[Any] = provider(**given)
    return opened


def _ollama_url(base_url: str | None) -> str:
    if base_url is None:
        return OLLAMA_URL
    return base_url if base_url.rstrip("/").endswith("/v1") else f"{base_url.rstrip('/')}/v1"


def checked_settings(name: str, options: Mapping[str, Any]) -> ModelSettings:
    """Return a model's further settings. Raises `ConfigurationError` for one that pydantic-ai does not know."""
    provider = name.split(":", 1)[0].replace("-", "_")
    unknown = [
        option
        for option in options
        if option not in ModelSettings.__annotations__ and not option.startswith(f"{provider}_")
    ]
    if unknown:
        known = ", ".join(sorted(ModelSettings.__annotations__))
        raise ConfigurationError(f"model.options: {', '.join(sorted(unknown))} unknown to {name} (known: {known})")
    return cast("ModelSettings", dict(options))
