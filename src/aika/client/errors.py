"""What can go wrong when aika is asked over HTTP."""

from aika.client.models import Problem


class AikaClientError(Exception):
    """The root of the client's errors."""


class AikaUnreachableError(AikaClientError):
    """The server did not answer. Trying again later can succeed."""


class AikaRequestError(AikaClientError):
    """The server answered with a problem."""

    def __init__(self, problem: Problem, *, retry_after: float | None = None) -> None:
        super().__init__(f"{problem.title}: {problem.detail}")
        self.problem = problem
        self.retry_after = retry_after
        """Seconds to wait before the next try, where the server named them."""
