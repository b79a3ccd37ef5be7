"""Records batches without end, and prints the number of each once it is recorded. A test kills it."""

import asyncio
import sys
from itertools import count

from aika.stores.database.database import Database
from aika.testing.makers import make_document, make_entry

BATCH = 8
TEXT = "A text of some length. " * 400


async def main(url: str) -> None:
    async with Database.open(url) as database:
        for number in count():
            documents = [make_document(f"{number}/{n}") for n in range(BATCH)]
            await database.catalogue.record([make_entry(TEXT, document=document) for document in documents])
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
