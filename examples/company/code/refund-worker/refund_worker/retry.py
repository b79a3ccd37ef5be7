"""When a refund is tried again, and when it is given up.

A refund is tried **six times**: at once, and then after 30 seconds, 2 minutes, 8 minutes, 32 minutes and 2 hours 8 minutes.
After the sixth failure it goes to the subject ``refunds.dead`` and waits for a person. The whole takes about 2 h 51 min,
so that a refund which was claimed before lunch is either sent or on somebody's screen by the evening.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

MAX_ATTEMPTS = 6
FIRST_DELAY = timedelta(seconds=30)
FACTOR = 4
LONGEST_DELAY = timedelta(hours=3)

# A tenth up or down. Without it, the refunds of a cancelled sailing all come back in the same second and run into
# Kontant's limit of 5 a second again.
JITTER = 0.10

# Trying again cannot help: the account is closed, the payment is older than 540 days, or the amount is wrong. The first
# two go to Finance for a bank transfer; the third is a bug of ours and goes to the dead letters at once.
PERMANENT = frozenset({"PAY-2301", "PAY-2302", "PAY-2310"})
BANK_TRANSFER = frozenset({"PAY-2301", "PAY-2302"})


@dataclass(frozen=True)
class Retry:
    """Try again after ``delay``."""

    delay: timedelta


@dataclass(frozen=True)
class GiveUp:
    """Do not try again. ``manual`` says that Finance can pay it by bank transfer."""

    manual: bool


def decide(*, attempt: int, error_code: str | None, rng: random.Random) -> Retry | GiveUp:
    """Return what to do after the failure of the given attempt, counted from 1.

    A missing error code means that Kontant did not answer. That is always worth another attempt, because the idempotency
    key makes a second request harmless.
    """
    if error_code in PERMANENT:
        return GiveUp(manual=error_code in BANK_TRANSFER)
    if attempt >= MAX_ATTEMPTS:
        return GiveUp(manual=False)
    return Retry(delay_after(attempt, rng))


def delay_after(attempt: int, rng: random.Random) -> timedelta:
    """Return the delay before the next attempt: 30 s × 4^(attempt − 1), give or take a tenth, and never above three hours."""
    delay = FIRST_DELAY * FACTOR ** (attempt - 1) * rng.uniform(1 - JITTER, 1 + JITTER)
    return min(delay, LONGEST_DELAY)
