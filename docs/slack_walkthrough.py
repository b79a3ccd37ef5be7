"""Sets up the goalie of a channel with the commands of the guide, against the counterpart of Slack in tests/slack_world.

    PYTHONPATH=tests .venv/bin/python docs/slack_walkthrough.py FOLDER

Prints what each command printed, and writes what people then see in Slack as pages into the folder. The pictures in
``docs/images`` are screenshots of these pages. The company is the one in ``examples``; nothing leaves this machine.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from slack_world.block_html import Page
from slack_world.state import Json, Person
from slack_world.world import NewChannel, World, slack_world

HERE = Path(__file__).parent
AIKA = str(Path(sys.executable).parent / "aika")
CHANNEL = "ask-backend"
LOG = "backend-goalie-log"
GOALIE = f"""\
channel: "#{CHANNEL}"
mode: shadow
log_channel: "#{LOG}"
knowledge:
  assistant: Backend
humans:
  - petra@sundrell.example
  - leo@sundrell.example
reach: Petra and Leo look after this channel.
thresholds: {{medium: 0.4, high: 0.7}}
"""
PEOPLE = (
    Person("ann", "ann@sundrell.example", "Ann Lehto"),
    Person("petra", "petra@sundrell.example", "Petra Vesel"),
    Person("leo", "leo@sundrell.example", "Leo Backman"),
)
IN_SHADOW = "How long does the canary of a deployment take?"
SURE = "Who owns checkout-api?"
LESS_SURE = "Hi all, why did we replace RabbitMQ?"
CHATTER = "Thanks Leo, that worked!"


async def walk(folder: Path) -> None:
    """Go through the guide, and write the pages."""
    base = folder / "company"
    left_out = shutil.ignore_patterns(".aika", "goalies", "aika-docs.yaml")
    shutil.copytree(HERE.parent / "examples", base, ignore=left_out)
    (base / "goalies").mkdir()
    (base / "goalies" / f"{CHANNEL}.yaml").write_text(GOALIE, encoding="utf-8")
    channels = [NewChannel(CHANNEL, ("ann", "petra", "leo")), NewChannel(LOG, ("petra", "leo"))]
    async with slack_world(PEOPLE, channels) as world:
        environment = {
            "AIKA_SLACK__API_URL": world.api_url,
            "AIKA_SLACK__WORKSPACES__SUNDRELL__BOT_TOKEN": world.app.bot_token,
            "AIKA_SLACK__WORKSPACES__SUNDRELL__APP_TOKEN": world.app.app_token,
        }
        await told(["sync", "--dir", str(base)], environment)
        await told(["slack", "check", "--dir", str(base)], environment)
        file = base / "goalies" / f"{CHANNEL}.yaml"
        await told(["goalie", "check", str(file), "--dir", str(base)], environment)
        export = ["--export", str(base / "company" / "slack-export"), "--channel", "ask-platform", "--examples", "0"]
        await told(["goalie", "replay", str(file), "--dir", str(base), *export], environment)
        async with serving(base, environment):
            await world.wait_for(lambda: world.connections > 0, seconds=180, what="the connection of aika")
            await watched(world, folder)
            file.write_text(GOALIE.replace("mode: shadow", "mode: live"), encoding="utf-8")
            await asyncio.sleep(10)  # the file is read again within seconds
            await acted(world, folder)


async def watched(world: World, folder: Path) -> None:
    """Let somebody ask while the goalie is in shadow mode, and show what it writes in its log channel."""
    await world.say("ann", CHANNEL, IN_SHADOW)
    await world.wait_for(lambda: world.messages(LOG), seconds=120, what="the log of the goalie")
    await shown(world, folder / "shadow.html", f"# {LOG}", LOG)


async def acted(world: World, folder: Path) -> None:
    """Let people write, and show what the goalie does."""
    await world.say("ann", CHANNEL, CHATTER)
    asked = await world.say("ann", CHANNEL, SURE)
    await world.wait_for(lambda: replies(world, CHANNEL, asked), seconds=120, what="the answer of the goalie")
    await shown(world, folder / "answer.html", f"# {CHANNEL}", CHANNEL)
    proposed = await world.say("ann", CHANNEL, LESS_SURE)
    direct = await world.direct("petra")
    found = await world.wait_for(lambda: world.messages(direct), seconds=120, what="the proposal")
    await shown(world, folder / "proposal.html", "aika, direct message to Petra", direct)
    await world.click("petra", found[-1], "goalie_more", channel=direct)
    whole = await world.wait_for(lambda: looked_up(world), what="the whole draft")
    write(folder / "more.html", page(world).modal(whole))
    await world.click("petra", found[-1], "goalie_accept", channel=direct)
    await world.wait_for(lambda: replies(world, CHANNEL, proposed), seconds=120, what="the accepted answer")
    await shown(world, folder / "accepted.html", f"# {CHANNEL}", CHANNEL)
    mentioned = await world.say("ann", CHANNEL, f"{world.mention()} How do I roll back a release?")
    await world.wait_for(lambda: replies(world, CHANNEL, mentioned), seconds=120, what="the answer of the app")
    await shown(world, folder / "mention.html", f"# {CHANNEL}", CHANNEL)


def looked_up(world: World) -> Json | None:
    """Return the modal that Petra sees once there is more in it than that it is being looked up."""
    modals = world.modals("petra")
    return modals[-1] if modals and len(modals[-1]["blocks"]) > 1 else None


async def replies(world: World, channel: str, root: str) -> list[Json]:
    return [one for one in await world.messages(channel, thread=root) if one["ts"] != root]


async def shown(world: World, path: Path, title: str, channel: str) -> None:
    """Write a page of a channel with its threads."""
    messages = await world.messages(channel)
    threads = {one["ts"]: await replies(world, channel, one["ts"]) for one in messages}
    write(path, page(world).channel(title, messages, threads))


def write(path: Path, content: Page) -> None:
    path.write_text(content.html(), encoding="utf-8")
    sys.stdout.write(f"wrote {path.name}\n")


def page(world: World) -> Page:
    people = {person.id: person.real_name for person in world.workspace.people.values()}
    channels = {channel.id: channel.name for channel in world.workspace.channels.values()}
    return Page({**channels, **people, world.workspace.bot_user: "aika"}, app=world.workspace.bot_user)


async def told(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a command of aika's, and print it with what it prints."""
    sys.stdout.write(f"$ aika {' '.join(arguments)}\n")
    sys.stdout.flush()
    process = await asyncio.create_subprocess_exec(AIKA, *arguments, env={**os.environ, **environment})
    if await process.wait():
        raise SystemExit(f"`aika {' '.join(arguments)}` failed")


@asynccontextmanager
async def serving(base: Path, environment: Mapping[str, str]) -> AsyncIterator[None]:
    """Run `aika serve` as people do."""
    arguments = [AIKA, "serve", "--dir", str(base), "--port", "0"]
    process = await asyncio.create_subprocess_exec(*arguments, env={**os.environ, **environment})
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    asyncio.run(walk(Path(sys.argv[1]).resolve()))
