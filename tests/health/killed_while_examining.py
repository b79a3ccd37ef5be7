"""Asks a question in a folder's deployment, and is killed at the moment when the answer is examined."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from test_loop_to_owners import BRAKE, asked, configured

from aika.application.wiring import open_aika
from aika.domain.findings import Complaint, Verdict


class Kills:
    """An adjudicator that does not come back."""

    async def judge(self, complaint: Complaint) -> Verdict | None:
        os.kill(os.getpid(), signal.SIGKILL)
        return None


async def main(folder: Path) -> None:
    async with open_aika(configured(folder)) as aika:
        await asked(aika, BRAKE)
        aika.health.examiner = replace(aika.health.examiner, adjudicator=Kills())
        async with aika.background(), aika.upkeep():
            await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
