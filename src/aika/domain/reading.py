"""What a reader finds in a passage."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """Whether a passage answers a question, and the words that would be the answer."""

    log_odds: float
    """That the passage answers: positive where it rather does. Comparable between questions and passages."""
    start: int
    end: int
    """Character offsets into the passage of the likeliest answer, whatever the odds; equal where there is none to show."""

    @property
    def answered(self) -> float:
        """The odds as a probability, 0..1, where as many passages answer as do not."""
        if self.log_odds >= 0:
            return 1 / (1 + math.exp(-self.log_odds))
        raised = math.exp(self.log_odds)
        return raised / (1 + raised)
