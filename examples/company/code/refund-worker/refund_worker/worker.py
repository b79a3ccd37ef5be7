"""Takes refunds from NATS, sends them to Kontant Pay and writes the ledger."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from refund_worker.ledger import Ledger
from refund_worker.retry import GiveUp, Retry, decide

# Kontant counts over all our keys. payments-gateway makes no refunds since RFC-006, so the whole limit is ours.
REFUNDS_PER_SECOND = 5

# One message stays with us for this long before NATS gives it to another replica. Longer than the timeout of the HTTP
# client (60 s) plus the ledger's lock (5 s), or two replicas would work on the same refund.
ACK_WAIT_SECONDS = 300


@dataclass(frozen=True)
class Refund:
    """A claim on money back. ``amount_cents`` is positive."""

    id: str
    payment_id: str
    amount_cents: int
    attempt: int

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt. Kontant remembers it for 30 days, longer than any refund lives here."""
        return f"rf-{self.id}"


class Provider(Protocol):
    """Kontant Pay, or a fake."""

    async def refund(self, refund: Refund) -> str | None:
        """Return None on success, else the error code; raise TimeoutError when there was no answer."""


class Queue(Protocol):
    """A stream of refunds that remembers what was not acknowledged."""

    def refunds(self) -> AsyncIterator[Refund]: ...
    async def acknowledge(self, refund: Refund) -> None: ...
    async def again(self, refund: Refund, *, seconds: float) -> None: ...
    async def bury(self, refund: Refund, *, manual: bool) -> None: ...


async def run(queue: Queue, provider: Provider, ledger: Ledger, rng: random.Random) -> None:
    """Work until cancelled. One refund after the other: the limit of the provider makes more of no use."""
    async for refund in queue.refunds():
        await send(refund, queue, provider, ledger, rng)
        await asyncio.sleep(1 / REFUNDS_PER_SECOND)


async def send(refund: Refund, queue: Queue, provider: Provider, ledger: Ledger, rng: random.Random) -> None:
    """Try one refund once and settle with the queue what comes next."""
    try:
        error_code = await provider.refund(refund)
    except TimeoutError:
        failed, error_code = True, None
    else:
        failed = error_code is not None

    if not failed:
        # The ledger first. If we die in between, the message comes again, Kontant answers the same and the ledger's
        # unique index on the refund id ignores the second entry.
        await ledger.record_refund(refund.id, refund.payment_id, refund.amount_cents)
        await queue.acknowledge(refund)
        return

    match decide(attempt=refund.attempt, error_code=error_code, rng=rng):
        case Retry(delay):
            await queue.again(refund, seconds=delay.total_seconds())
        case GiveUp(manual):
            await queue.bury(refund, manual=manual)


def main() -> None:
    """Start the worker with the settings from the environment. Wiring lives in the deployment's package."""
    raise SystemExit("start with: slipway run refund-worker --env stage")
