"""The ledger: two rows for every movement of money, never changed, never deleted."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg_pool import AsyncConnectionPool

LOCK_TIMEOUT_SECONDS = 5.0

INSERT = """
INSERT INTO ledger_entries (refund_id, account, amount_cents, payment_id)
VALUES (%(refund)s, 'refunds:pending', -%(amount)s, %(payment)s),
       (%(refund)s, 'provider:kontant', %(amount)s, %(payment)s)
ON CONFLICT (refund_id, account) DO NOTHING
"""


class LedgerLockTimeoutError(Exception):
    """Another transaction held the account for longer than five seconds. Trying again is right."""


@dataclass(frozen=True)
class Ledger:
    """Writes refunds. The two rows of a movement add up to zero, which ``ledger-check`` verifies every ten minutes."""

    pool: AsyncConnectionPool

    async def record_refund(self, refund_id: str, payment_id: str, amount_cents: int) -> None:
        """Record a refund once. A second call with the same id changes nothing.

        The account is locked first, because settlement-import locks accounts in the same order; the other way round the
        two met in a deadlock every Monday at 06:40.
        """
        async with self.pool.connection() as connection, connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'")
            try:
                await connection.execute("SELECT 1 FROM accounts WHERE name = 'refunds:pending' FOR UPDATE")
            except psycopg.errors.LockNotAvailable as error:
                message = f"could not lock account 'refunds:pending' after {LOCK_TIMEOUT_SECONDS}s"
                raise LedgerLockTimeoutError(message) from error
            await connection.execute(INSERT, {"refund": refund_id, "payment": payment_id, "amount": amount_cents})


def partial_amount(fare_cents: int, percent: int) -> int:
    """Return the share of a fare that is refunded, in cents, rounded **down** to a whole cent.

    80 % of €14.85 is 1188 cents. Down, not half up: checkout-api shows the same number in its preview with an integer
    division, and the two must never differ.
    """
    return fare_cents * percent // 100
