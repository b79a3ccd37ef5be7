"""A company with a source that only its directors may read, in a Slack with guests and partners; and what of it gets out."""

import json
import logging
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from aika_in_slack import all_done, answer, shown
from slack_world.delivering import Delivery
from slack_world.world import NewChannel, Person, World

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.identifiers import PrincipalId, SourceId
from aika.settings import load_settings

OTHER_TEAM = "T0PARTNER1"
DIRECTORS = ("ann", "dot")
PEOPLE = [
    *("ann", "dot", "ben"),
    Person("gus", guest="multi"),
    Person("sid", guest="single"),
    Person("eve", external=OTHER_TEAM, email="ann@example.org"),
    Person("fay", email="ann+guest@example.org"),
    Person("hal", email_hidden=True),
]
"""ann and dot are directors, ben and fay are colleagues; the others are not the company, or nobody knows who they are."""

HANDBOOK = {
    "offices.md": "# Offices\n\nDesks are booked in the desk app. The office in Harbour Street has two floors.\n",
    "refunds.md": "# Refunds\n\nCustomers may claim a refund within 30 days of the sailing.\n",
    "expenses.md": "# Expenses\n\nExpenses are paid with the next salary. Keep the receipts of every purchase.\n",
}
SITE = {"timetable.md": "# Timetable\n\nThe morning ferry sails at nine o'clock from the north pier.\n"}
STRONGROOM = {
    "nightjar.md": "---\nowner: team-falconry\nslack_channel: '#falconry-inner'\n---\n# Project Nightjar\n\n"
    "Project Nightjar moves the head office to Turku in spring. The budget of the move is 4.2 million euros.\n\n"
    "## Who leads the move\n\nOttilie Brandvold leads Project Nightjar. Quillfeather Legal advises on the contracts.\n\n"
    "## Closing the warehouse\n\nThe Bergen warehouse closes in March and 37 people are let go.\n",
    "pay.md": "# Remuneration of executives\n\nThe chief executive earns 312,000 euros a year. "
    "The bonus of the chief executive is 88,000 euros.\n",
}
SECRETS = re.compile(
    r"nightjar|turku|4\.2 million|ottilie|brandvold|quillfeather|bergen|37 people|remuneration|312,000|88,000|falconry|"
    r"strongroom|pay\.md|heronry|let go|closes in march",
    re.IGNORECASE,
)
"""Words that stand nowhere but in the private source, in its name, and in the assistant that is made for it."""
_ASSISTANTS = {
    "heronry": "name: heronry\ngroups: ['group:directors']\npurpose: Nightjar.\ngreeting: Hello, I know Project Nightjar.\n"
    "examples: ['When do we move to Turku?']\n",
}


@asynccontextmanager
async def company(base: Path, graphs: Path, *, private: bool = True) -> AsyncIterator[Aika]:
    """Open the company, everything synced. ``private=False`` is the same company without its private source."""
    documents = {"docs": HANDBOOK, "site": SITE, "strongroom": STRONGROOM, "assistants": {}}
    for folder, texts in documents.items():
        (base / folder).mkdir(parents=True)
        for key, text in texts.items():
            (base / folder / key).write_text(text, encoding="utf-8")
    for name, text in _ASSISTANTS.items():
        (base / "assistants" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (base / ".aika").mkdir()
    (base / ".aika" / "models").symlink_to(graphs)
    sources = {
        "handbook": _source("docs", "everyone"),
        "site": _source("site", "guests"),
        "strongroom": _source("strongroom", "group:directors"),
    }
    if not private:
        del sources["strongroom"]
    async with open_aika(load_settings(base, sources=sources)) as opened:
        for source in opened.sources:
            await opened.sync(source)
        await opened.generations.catch_up()
        members = [PrincipalId(f"user:{name}@example.org") for name in DIRECTORS]
        await opened.database.directory.record(SourceId("people"), {PrincipalId("group:directors"): members})
        yield opened


def _source(path: str, readers: str) -> dict[str, object]:
    return {"connector": "filesystem", "options": {"path": path}, "readers": [readers]}


@dataclass(frozen=True, slots=True)
class Told:
    """Something that aika sent to Slack, and who sees it."""

    to: str
    """A channel's id, or a person's."""
    what: str = field(repr=False)
    """All of it, whether people see it or not."""


@dataclass
class Scene:
    """One way to ask, in a workspace with aika at work: what people say in it, and all that aika says."""

    world: World
    aika: Aika
    typed: defaultdict[str, str] = field(default_factory=lambda: defaultdict(str))
    """What people wrote themselves, by channel and by person."""
    readers: tuple[str, ...] = DIRECTORS
    """Who may read it."""
    _calls: int = 0
    _shown: int = 0
    _deliveries: int = 0

    def __post_init__(self) -> None:
        self.watch_anew()

    def watch_anew(self) -> None:
        """Forget what was said so far: what directors are told among themselves stays in the channel, which is Slack's."""
        self._calls, self._shown = len(self.world.slack.calls), len(self.world.workspace.ephemerals)
        self._deliveries = len(self.world.deliveries)

    # What people do

    async def channel(self, *members: str, private: bool = True, partner: bool = False) -> str:
        """Make a channel that aika is in."""
        shared = frozenset({OTHER_TEAM} if partner else ())
        number = len(self.world.workspace.channels)
        return await self.world.add_channel(NewChannel(f"room-{number}", members, private, shared_with=shared))

    async def say(self, who: str, channel: str, text: str, *, thread: str | None = None, **more: Any) -> str:
        self._typed(who, channel, text)
        return await self.world.say(who, channel, text, thread=thread, **more)

    async def mention(self, who: str, channel: str, text: str, *, thread: str | None = None, **more: Any) -> str:
        return await self.say(who, channel, f"{self.world.mention()} {text}", thread=thread, **more)

    async def ask(self, who: str, channel: str, text: str, *, thread: str | None = None, **more: Any) -> str:
        """Mention aika and wait for its answer; return the thread."""
        asked = await self.mention(who, channel, text, thread=thread, **more)
        await self.settled()
        return thread or asked

    async def ask_directly(self, who: str, text: str, *, thread: str | None = None) -> str:
        """Ask in a direct message and return what aika answers."""
        direct = await self.world.direct(who)
        asked = await self.say(who, direct, text, thread=thread)
        await self.settled()
        return shown(await answer(self.world, direct, thread or asked))

    async def command(self, who: str, channel: str, text: str) -> None:
        self._typed(who, channel, text, alone=True)
        await self.world.command(who, channel, "/aika", text)
        await self.settled()

    async def shortcut(self, who: str, channel: str, ts: str) -> None:
        """Use "Ask aika about this" on a message."""
        messages = await self.world.messages(channel, thread=ts)
        message = next(one for one in messages if one["ts"] == ts)
        self._typed(who, channel, str(message["text"]), alone=True)
        await self.world.shortcut(who, "aika_ask_about", channel=channel, message=message)
        await self.settled()

    async def press(
        self, who: str, action: str, *, message: Mapping[str, Any] | None = None, channel: str = ""
    ) -> None:
        """Press a button, of the last thing that only this person was shown where no message is given."""
        pressed = self.world.ephemeral(who)[-1] if message is None else message
        await self.world.click(who, pressed, action, channel=channel)
        await self.settled()

    async def settled(self) -> None:
        await all_done(self.world, self.aika)

    # What aika does

    def told(self) -> list[Told]:
        """Return everything that aika sent since the scene began."""
        world = self.world
        calls = [Told(_target(call.arguments), _text(call.arguments)) for call in world.calls[self._calls :]]
        alone = [Told(str(one["to"]), _text(one)) for one in world.workspace.ephemerals[self._shown :]]
        views = [Told(str(view["user"]), _text(view)) for view in world.workspace.views.values()]
        homes = [Told(user, _text(view)) for user, view in world.workspace.homes.items()]
        answers = [Told(_sender(one), _text(one.answer)) for one in world.deliveries[self._deliveries :] if one.answer]
        return [*calls, *alone, *views, *homes, *answers]

    def public(self) -> list[Told]:
        """Return what somebody sees who is no director."""
        return [told for told in self.told() if not self._is_for_directors(told.to)]

    def leaks(self) -> list[str]:
        """Return the private words that reached somebody who may not read them, save what was written there by people."""
        found = []
        for told in self.public():
            said = self.typed[told.to].lower()
            found += [f"{word} → {told.to}" for word in SECRETS.findall(told.what) if word.lower() not in said]
        return found

    def answered(self) -> bool:
        """Whether aika said anything at all."""
        return any(SPOKEN.search(told.what) for told in self.told())

    def _is_for_directors(self, place: str) -> bool:
        names = {self.world.user(name) for name in self.readers}
        if place in names:
            return True
        members = self._members(place)
        return bool(members) and members <= names | {self.world.workspace.bot_user}

    def _members(self, place: str) -> set[str]:
        storage: Any = self.world.workspace.storage
        channel = storage._channels.get(place)
        return set() if channel is None else {one for one in channel["members"] if one != "keeper"}

    def _typed(self, who: str, channel: str, text: str, *, alone: bool = False) -> None:
        self.typed[self.world.user(who)] += f"\n{text}"
        if not alone:
            self.typed[self.world.channel(channel)] += f"\n{text}"


SPOKEN = re.compile('"(?:blocks|text)"')


def _target(arguments: Mapping[str, Any]) -> str:
    """Return who sees what a call does; of ephemeral messages their reader."""
    user, channel = arguments.get("user") or arguments.get("user_id"), arguments.get("channel")
    if user and "blocks" in arguments:
        return str(user)
    return str(channel or arguments.get("channel_id") or user or "")


def _sender(delivery: Delivery) -> str:
    body = delivery.body
    return str(body.get("user_id") or (body.get("user") or {}).get("id") or "")


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


# What is recorded beside Slack


class Records(logging.Handler):
    """Keeps every log record, fields and all, as words."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.words.append(f"{record.getMessage()} {record.exc_info!r} {_text(vars(record))}")


@asynccontextmanager
async def logging_kept() -> AsyncIterator[Records]:
    """Keep what is logged: by aika everything, by the libraries what they log unless somebody asks for more."""
    records, root, ours = Records(), logging.getLogger(), logging.getLogger("aika")
    before = (root.level, ours.level)
    root.addHandler(records)
    root.setLevel(logging.INFO)
    ours.setLevel(logging.DEBUG)
    try:
        yield records
    finally:
        root.removeHandler(records)
        root.setLevel(before[0])
        ours.setLevel(before[1])


@dataclass
class Exported:
    """What was exported of traces and metrics, as it went over the wire."""

    address: str = ""
    bodies: list[bytes] = field(default_factory=list)

    @property
    def words(self) -> str:
        return b"\n".join(self.bodies).decode("utf-8", "replace")


@contextmanager
def exporting() -> Iterator[Exported]:
    """Receive what is exported over OTLP."""
    exported = Exported()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            exported.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    exported.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield exported
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def renamed(world: World, name: str, **changes: Any) -> None:
    """Change what Slack knows of a person without telling the app."""
    user = world.user(name)
    world.workspace.people[user] = replace(world.workspace.people[user], **changes)
