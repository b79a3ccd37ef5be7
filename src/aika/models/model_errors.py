"""pydantic-ai's failures as aika's: what went wrong, with which model, and what to do now."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic_ai.exceptions import (
    AgentRunError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestTimeout,
    ModelServerError,
    ModelTimeoutError,
    ModelUnavailableError,
    UserError,
)

from aika.domain.errors import AikaError, ConfigurationError, PermanentError, TransientError

TRANSIENT_STATUSES = {408, 409, 425, 429}
"""Beside 500 and above."""
DETAIL_CHARS = 300
LLAMA_CPP_TOO_LONG = "exceed_context_size_error"
"""llama.cpp's word, which pydantic-ai does not know."""
TOO_LONG = "cannot read that much text at once: {detail}. Lower retrieval.evidence, or give the model a larger context"

EXPLANATIONS: tuple[tuple[tuple[type[ModelAPIError], ...], type[AikaError], str], ...] = (
    (
        (ModelAuthenticationError,),
        ConfigurationError,
        "refused the key: {detail}. Check model.api_key in aika.toml, AIKA_MODEL__API_KEY, or the provider's own variable",
    ),
    (
        (ModelQuotaExceededError,),
        ConfigurationError,
        "has no quota left: {detail}. Check the provider's billing page",
    ),
    (
        (ModelNotFoundError,),
        ConfigurationError,
        "does not exist there: {detail}. Check model.name and model.base_url",
    ),
    (
        (ModelContextWindowExceededError,),
        ConfigurationError,
        TOO_LONG,
    ),
    (
        (ModelTimeoutError, ModelRequestTimeout),
        TransientError,
        "did not reply in time. Try again, or raise model.timeout",
    ),
    (
        (ModelConnectionError,),
        TransientError,
        "cannot be reached: {detail}. Check that it runs and that the address is right",
    ),
    ((ModelRateLimitError,), TransientError, "takes no more requests for now. Try again later"),
    ((ModelUnavailableError, ModelServerError), TransientError, "is not available for now: {detail}"),
)
"""By pydantic-ai's classes; the first that fits counts."""


@contextmanager
def translated_errors(name: str, where: str) -> Iterator[None]:
    """Raise what pydantic-ai raises inside as an `AikaError`. ``where`` tells people which server was asked."""
    try:
        yield
    except ModelAPIError as error:
        raise _translated(error, name, where) from error
    except (AgentRunError, UserError) as error:
        raise PermanentError(f"the language model {name} ({where}) gave no usable reply: {_short(error)}") from error


def _translated(error: ModelAPIError, name: str, where: str) -> AikaError:
    subject = f"the language model {name} ({where})"
    if error.provider_error_type == LLAMA_CPP_TOO_LONG:
        return ConfigurationError(f"{subject} {TOO_LONG.format(detail=_short(error))}")
    for kinds, failure, explanation in EXPLANATIONS:
        if isinstance(error, kinds):
            return _made(failure, f"{subject} {explanation.format(detail=_short(error))}", error)
    status = error.status_code if isinstance(error, ModelHTTPError) else None
    if status is None or status >= 500 or status in TRANSIENT_STATUSES:
        return _made(TransientError, f"{subject} failed: {_short(error)}. Try again", error)
    return PermanentError(f"{subject} refused the request: {_short(error)}")


def _made(failure: type[AikaError], message: str, error: ModelAPIError) -> AikaError:
    if issubclass(failure, TransientError):
        return failure(message, retry_after=error.retry_after)
    return failure(message)


def _short(error: Exception) -> str:
    # A provider's message can quote the request; its beginning says what is wrong.
    text = " ".join(str(error).split()).rstrip(".")
    return text if len(text) <= DETAIL_CHARS else f"{text[:DETAIL_CHARS]}…"
