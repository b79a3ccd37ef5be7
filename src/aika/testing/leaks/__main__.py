"""``python -m aika.testing.leaks --url https://aika.example.org`` audits a running server."""

import argparse
import asyncio
import os
import secrets
import sys
from collections.abc import Sequence

import httpx

from aika.testing.leaks.audit import Report, audit
from aika.testing.leaks.company import generate
from aika.testing.leaks.speaking import Deployment, DeploymentError

SOURCE = "leak-audit"
SOURCE_FILE = "connector: push\npurpose: Canaries of the leak audit. Empty between two audits.\n"
"""What the file of the source holds. It names no readers, so that nobody reads what the audit does not say they may."""
SETTLE_SECONDS = 2.5
"""Other processes of a deployment may remember a group for two seconds."""
_TIMEOUT = 120.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the audit and print what it found. Return 0 where nothing leaks, 1 where something does, 2 where it cannot run."""
    given = _parser().parse_args(arguments)
    try:
        report = asyncio.run(_run(given))
    except (DeploymentError, httpx.HTTPError) as error:
        sys.stderr.write(f"The audit could not be run: {error}\n{_needed(given.source)}")
        return 2
    sys.stdout.write(told(report))
    return 0 if report.passed else 1


def told(report: Report) -> str:
    """Return a report as text."""
    lines = [f"  {finding}" for finding in report.findings]
    verdict = "Nothing leaks." if report.passed else f"{len(lines)} findings:"
    about = f"{report.requests:,} requests, {report.shown:,} times a reader found what is theirs, seed {report.seed}"
    return "\n".join((verdict, *lines, about)) + "\n"


def fresh_seed() -> int:
    """Return a seed that nobody can guess, so that nobody can guess the canaries."""
    return secrets.randbits(64)


async def _run(given: argparse.Namespace) -> Report:
    async with httpx.AsyncClient(base_url=given.url, timeout=_TIMEOUT) as http:
        deployment = Deployment(http, given.source, given.admin_key, settle=SETTLE_SECONDS)
        seed = fresh_seed() if given.seed is None else given.seed
        return await audit(deployment, generate(seed, people=given.people, documents=given.documents))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m aika.testing.leaks", description=__doc__)
    parser.add_argument("--url", required=True, help="Where the server answers.")
    parser.add_argument(
        "--admin-key", default=os.environ.get("AIKA_TOKEN"), help="An API key made with --admin. Unset: AIKA_TOKEN."
    )
    parser.add_argument("--source", default=SOURCE, help="A source with the connector 'push' and no readers.")
    parser.add_argument("--people", type=int, default=3)
    parser.add_argument("--documents", type=int, default=6)
    parser.add_argument("--seed", type=int, default=None, help="Brings an earlier audit's company back.")
    return parser


def _needed(source: str) -> str:
    return f"It needs a key made with --admin, and a source in sources/{source}.yaml that says:\n{SOURCE_FILE}"


if __name__ == "__main__":
    sys.exit(main())
