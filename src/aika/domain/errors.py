"""The two kinds of failure, and the few that callers tell apart by name.

A message says what went wrong, with which thing, and what to do now. It is shown to people.
"""


class AikaError(Exception):
    """The root of every error that aika raises on purpose."""


class TransientError(AikaError):
    """Trying the same again later can succeed."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds to wait before the next try, where the other side named them."""


class TooManyAtOnceError(TransientError):
    """The asker has as much under way as one may have at once."""


class PermanentError(AikaError):
    """Trying the same again fails again: something has to change first."""


class ConfigurationError(PermanentError):
    """A setting, a source's file or an option is wrong."""


class MissingExtraError(ConfigurationError):
    """An optional engine is configured but its packages are not installed."""

    def __init__(self, what: str, *, extra: str) -> None:
        super().__init__(
            f"{what} needs packages that are not installed. Install them with: pip install 'aika[{extra}]'"
        )


class UnreadableDocumentError(PermanentError):
    """One document cannot be read: corrupt, too large, encrypted, or not what its name says."""


class InvalidRequestError(PermanentError):
    """What was asked for is malformed or out of bounds."""


class InvalidFormError(InvalidRequestError):
    """A form was filled in wrongly."""

    def __init__(self, errors: tuple[str, ...]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors
        """One a field: ``options.url: is missing``."""


class NotFoundError(PermanentError):
    """The thing does not exist, or the asker may not know that it does."""


class AuthenticationError(PermanentError):
    """The caller did not show who they are."""


class AccessDeniedError(PermanentError):
    """The caller is known and may not do this."""


class ConflictError(PermanentError):
    """The thing is in a state that rules this out, such as a sync that already runs."""


class AmbiguousNameError(ConflictError):
    """A name means several things that are equally near."""

    def __init__(self, message: str, *, candidates: tuple[str, ...]) -> None:
        super().__init__(message)
        self.candidates = candidates
        """Their ids, of those that the asker may know of."""


class StoreLockedError(ConflictError):
    """Another process holds the data directory."""
