"""What people do in a workspace: write, edit, join, press, fill in, command."""

from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from slack_world.asking import Refused
from slack_world.block_kit import elements_of
from slack_world.delivering import Delivery
from slack_world.payloads import as_typed, interaction, rich_text_of
from slack_world.showing import checked_view, made_view, public, replaced
from slack_world.state import Json, Person, ResponseUrl, Trigger, Workspace, made_up

if TYPE_CHECKING:
    from slack_world.slack import Slack

T = TypeVar("T")
RESPONSE_SECONDS = 1800


class Acting:
    """The half of a world in which people act. All names are of people and channels; ids are taken too."""

    slack: "Slack"
    workspace: Workspace

    async def there(self, doing: Coroutine[Any, Any, T]) -> T:
        raise NotImplementedError

    def channel(self, name: str) -> str:
        raise NotImplementedError

    def _id(self, user: str) -> str:
        if user in self.workspace.people:
            return user
        return next(person.id for person in self.workspace.people.values() if person.name == user)

    def _person(self, user: str) -> Person:
        return self.workspace.people[self._id(user)]

    # Writing

    async def say(self, user: str, channel: str, text: str, *, thread: str | None = None, **more: Any) -> str:
        """Write as a person; return the message's ts. Mentions are written ``<@ID>``: see `mention`.

        ``more`` goes into the message: ``bot_id`` and ``app_id`` where another app writes, a ``subtype``, ``files``.
        """
        typed = as_typed(text)
        content = {"text": typed, "blocks": rich_text_of(typed), **more}
        place = self.workspace.channels[self.channel(channel)]
        posted = await self.there(self.slack.post(self.workspace, place, self._id(user), content, thread=thread))
        return str(posted["ts"])

    async def direct(self, user: str, *others: str) -> str:
        """Return the id of the direct messages between a person and others: with none, between them and the app."""
        ids = [self._id(user), *([self._id(other) for other in others] or [self.workspace.bot_user])]
        return (await self.there(self.slack.direct(self.workspace, ids))).id

    async def say_to_app(self, user: str, text: str, *, thread: str | None = None) -> str:
        """Write to the app directly; return the message's ts."""
        return await self.say(user, await self.direct(user), text, thread=thread)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        typed = as_typed(text)
        place = self.workspace.channels[self.channel(channel)]
        content = {"text": typed, "blocks": rich_text_of(typed)}
        await self.there(self.slack.change(self.workspace, place, self._id(user), ts, content))

    async def delete(self, user: str, channel: str, ts: str) -> None:
        place = self.workspace.channels[self.channel(channel)]
        await self.there(self.slack.delete(self.workspace, place, self._id(user), ts))

    async def react(self, user: str, channel: str, ts: str, name: str) -> None:
        place = self.workspace.channels[self.channel(channel)]
        await self.there(self.slack.react(self.workspace, place, self._id(user), ts, name, add=True))

    async def join(self, user: str, channel: str) -> None:
        place = self.workspace.channels[self.channel(channel)]
        await self.there(self.slack.join(self.workspace, place, self._id(user)))

    async def leave(self, user: str, channel: str) -> None:
        place = self.workspace.channels[self.channel(channel)]
        await self.there(self.slack.leave(self.workspace, place, self._id(user)))

    # The assistant pane and the Home tab

    async def open_pane(self, user: str, *, looking_at: str | None = None) -> tuple[str, str]:
        """Open the assistant pane anew, while looking at a channel; return the thread's channel and ts."""
        return await self.there(self._open_pane(self._id(user), looking_at))

    async def _open_pane(self, user: str, looking_at: str | None) -> tuple[str, str]:
        channel = await self.slack.direct(self.workspace, [user, self.workspace.bot_user])
        content = {"text": "New Assistant Thread", "subtype": "assistant_app_thread"}
        root = await self.slack.post(self.workspace, channel, self.workspace.bot_user, content, app=True)
        self.workspace.panes[channel.id, root["ts"]] = user
        self._tell_pane("assistant_thread_started", (channel.id, root["ts"]), looking_at)
        return channel.id, root["ts"]

    async def look_at(self, pane: tuple[str, str], channel: str) -> None:
        """Go to another channel while the pane is open."""

        async def tell() -> None:
            self._tell_pane("assistant_thread_context_changed", pane, channel)

        await self.there(tell())

    def _tell_pane(self, kind: str, pane: tuple[str, str], looking_at: str | None) -> None:
        context: Json = {"team_id": self.workspace.id, "enterprise_id": None} if looking_at else {}
        if looking_at:
            context["channel_id"] = self.channel(looking_at)
        thread = {
            "user_id": self.workspace.panes[pane],
            "context": context,
            "channel_id": pane[0],
            "thread_ts": pane[1],
        }
        self.slack.tell(self.workspace, {"type": kind, "assistant_thread": thread, "event_ts": self.slack.stamp()})

    async def open_home(self, user: str, tab: str = "home") -> None:
        await self.there(self._open_home(self._id(user), tab))

    async def _open_home(self, user: str, tab: str) -> None:
        channel = await self.slack.direct(self.workspace, [user, self.workspace.bot_user])
        event: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab}
        if tab == "home" and user in self.workspace.homes:
            event["view"] = public(self.workspace.homes[user])
        self.slack.tell(self.workspace, {**event, "event_ts": self.slack.stamp()})

    # Interactions

    async def click(
        self, user: str, message: Mapping[str, Any], action_id: str, *, channel: str = "", value: Any = None
    ) -> Delivery:
        """Press a button, or choose in a menu, of a message that `messages` or `ephemeral` gave.

        ``value`` is the chosen option's value, where it is a menu; for feedback buttons it is that of the button.
        """
        return await self.there(self._click(self._person(user), message, action_id, channel=channel, value=value))

    async def _click(
        self, person: Person, message: Mapping[str, Any], action_id: str, *, channel: str, value: Any
    ) -> Delivery:
        ephemeral = "to" in message
        place = self.workspace.channels[str(message["channel"]) if ephemeral else self.channel(channel)]
        thread = {"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}
        container = {"type": "message", "message_ts": message["ts"], "channel_id": place.id, "is_ephemeral": ephemeral}
        url = self._response_url(place.id, person.id, str(message["ts"]), ephemeral=ephemeral)
        body = {
            **interaction(self.workspace, "block_actions", person),
            "container": {**container, **thread},
            "trigger_id": self._trigger(person),
            "channel": {"id": place.id, "name": place.name or "directmessage"},
            **({} if ephemeral else {"message": dict(message)}),
            "state": {"values": {}},
            "response_url": url,
            "actions": [_action(message.get("blocks", []), action_id, value)],
        }
        return await self._send("interactive", body)

    async def click_in_view(self, user: str, view: Mapping[str, Any], action_id: str, *, value: Any = None) -> Delivery:
        """Press a button of a modal or of the Home tab."""
        return await self.there(self._click_in_view(self._person(user), view, action_id, value))

    async def _click_in_view(self, person: Person, view: Mapping[str, Any], action_id: str, value: Any) -> Delivery:
        shown = public(dict(view))
        body = {
            **interaction(self.workspace, "block_actions", person),
            "container": {"type": "view", "view_id": view["id"]},
            "trigger_id": self._trigger(person, view=str(view["id"])),
            "view": shown,
            "actions": [_action(view["blocks"], action_id, value)],
        }
        return await self._send("interactive", body)

    async def submit(self, user: str, view: Mapping[str, Any], values: Mapping[str, Any]) -> Delivery:
        """Submit a modal with what was filled in, by action id. What the app answers is done to the modal.

        Raises `Refused` where the app's answer is not one that Slack takes.
        """
        return await self.there(self._submit(self._person(user), view, values))

    async def _submit(self, person: Person, view: Mapping[str, Any], values: Mapping[str, Any]) -> Delivery:
        body = {
            **interaction(self.workspace, "view_submission", person),
            "trigger_id": self._trigger(person, view=str(view["id"])),
            "view": {**public(dict(view)), "state": {"values": _state(view["blocks"], values)}},
            "response_urls": [],
        }
        delivery = await self._send("interactive", body)
        if delivery.acknowledged:
            self._after_submission(dict(view), delivery.answer or {})
        return delivery

    def _after_submission(self, view: Json, answer: Json) -> None:
        views = self.workspace.views
        match answer.get("response_action"):
            case None:
                views.pop(view["id"], None)
            case "clear":
                for other in [other for other in views.values() if other["user"] == view["user"]]:
                    del views[other["id"]]
            case "errors":
                inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
                if not answer.get("errors") or set(answer["errors"]) - inputs:
                    raise Refused("invalid_arguments", ["[ERROR] errors must be by the block_id of input blocks"])
                views[view["id"]]["errors"] = answer["errors"]
            case "update":
                views[view["id"]] = replaced(self.workspace, views[view["id"]], checked_view(answer["view"], "modal"))
            case "push":
                pushed = made_view(self.workspace, checked_view(answer["view"], "modal"), view["user"], previous=view)
                views[pushed["id"]] = pushed
            case other:
                raise Refused("invalid_arguments", [f"[ERROR] response_action: {other}"])

    async def close(self, user: str, view: Mapping[str, Any]) -> Delivery | None:
        """Close a modal without submitting it. The app hears of it where it asked to."""
        return await self.there(self._close(self._person(user), view))

    async def _close(self, person: Person, view: Mapping[str, Any]) -> Delivery | None:
        self.workspace.views.pop(str(view["id"]), None)
        if not view["notify_on_close"]:
            return None
        body = {**interaction(self.workspace, "view_closed", person), "view": public(dict(view)), "is_cleared": False}
        return await self._send("interactive", body)

    async def shortcut(
        self, user: str, callback_id: str, *, channel: str = "", message: Mapping[str, Any] | None = None
    ) -> Delivery:
        """Use a shortcut of the app: of a message, or a global one."""
        return await self.there(self._shortcut(self._person(user), callback_id, channel, message))

    async def _shortcut(
        self, person: Person, callback_id: str, channel: str, message: Mapping[str, Any] | None
    ) -> Delivery:
        kind = "shortcut" if message is None else "message_action"
        body = {
            **interaction(self.workspace, kind, person),
            "callback_id": callback_id,
            "trigger_id": self._trigger(person),
            "action_ts": self.slack.stamp(),
        }
        if message is not None:
            place = self.workspace.channels[self.channel(channel)]
            body |= {
                "channel": {"id": place.id, "name": place.name or "directmessage"},
                "message_ts": message["ts"],
                "message": dict(message),
                "response_url": self._response_url(place.id, person.id, None, ephemeral=False),
            }
        return await self._send("interactive", body)

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Delivery:
        """Type a slash command. What the app answers with its acknowledgement is shown."""
        return await self.there(self._command(self._person(user), channel, command, text))

    async def _command(self, person: Person, channel: str, command: str, text: str) -> Delivery:
        place = self.workspace.channels[self.channel(channel)]
        body = {
            "token": self.workspace.app.verification_token,
            "team_id": self.workspace.id,
            "team_domain": self.workspace.domain,
            "channel_id": place.id,
            "channel_name": place.name or "directmessage",
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": self.workspace.app.id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(place.id, person.id, None, ephemeral=False),
            "trigger_id": self._trigger(person),
        }
        delivery = await self._send("slash_commands", body)
        if delivery.answer and (delivery.answer.get("text") or delivery.answer.get("blocks")):
            url = ResponseUrl(place.id, person.id, None, ephemeral=False, expires_at=0)
            await self.slack.respond(self.workspace, url, delivery.answer)
        return delivery

    async def _send(self, kind: Any, body: Json) -> Delivery:
        """Tell the app of an interaction, once: Slack shows people an error where it is not acknowledged."""
        delivery = Delivery(self.workspace, kind, body)
        self.slack.courier.log.append(delivery)
        await self.slack.courier.attempt(delivery)
        return delivery

    def _trigger(self, person: Person, *, view: str | None = None) -> str:
        id = made_up("1.2.")  # noqa: A001  # Slack's word
        expires = self.slack.clock.now() + self.slack.options.trigger_seconds
        self.workspace.triggers[id] = Trigger(person.id, expires, view)
        return id

    def _response_url(self, channel: str, user: str, message: str | None, *, ephemeral: bool) -> str:
        id = made_up("r")  # noqa: A001  # Slack's word
        expires = self.slack.clock.now() + RESPONSE_SECONDS
        self.workspace.response_urls[id] = ResponseUrl(channel, user, message, ephemeral, expires)
        return f"{self.slack.sockets.base.replace('ws:', 'http:')}/response/{id}"


def _action(blocks: Any, action_id: str, value: Any) -> Json:
    """Return the action of pressing something in some blocks."""
    for block in blocks:
        for element in elements_of([block]):
            if element.get("action_id") == action_id:
                acted = {
                    "action_id": action_id,
                    "block_id": block["block_id"],
                    "type": element["type"],
                    "action_ts": "1.0",
                }
                return {**acted, **_chosen(element, value)}
    known = [element.get("action_id") for element in elements_of(blocks)]
    raise AssertionError(f"there is nothing called {action_id!r} to press (there are: {known})")


def _chosen(element: Mapping[str, Any], value: Any) -> Json:
    kind = element["type"]
    if kind == "button":
        return {name: element[name] for name in ("text", "value", "style") if name in element}
    if kind == "feedback_buttons":
        buttons = [element["positive_button"], element["negative_button"]]
        return {name: button[name] for button in buttons if button["value"] == value for name in ("text", "value")}
    if kind == "icon_button":
        return {name: element[name] for name in ("text", "value", "icon") if name in element}
    if kind in {"static_select", "radio_buttons", "overflow"}:
        return {"selected_option": _option(element, value)}
    if kind in {"multi_static_select", "checkboxes"}:
        return {"selected_options": [_option(element, each) for each in value or []]}
    return _VALUES[kind](value)


def _option(element: Mapping[str, Any], value: Any) -> Any:
    groups = [group["options"] for group in element.get("option_groups", [])] or [element.get("options", [])]
    options = [option for group in groups for option in group]
    if value is None:
        return element.get("initial_option")
    found = next((option for option in options if option["value"] == value), None)
    assert found is not None, f"there is no option {value!r} (there are: {[option['value'] for option in options]})"
    return found


_VALUES: Mapping[str, Any] = {
    "plain_text_input": lambda value: {"value": value},
    "email_text_input": lambda value: {"value": value},
    "url_text_input": lambda value: {"value": value},
    "number_input": lambda value: {"value": value},
    "rich_text_input": lambda value: {"rich_text_value": value},
    "users_select": lambda value: {"selected_user": value},
    "multi_users_select": lambda value: {"selected_users": value or []},
    "conversations_select": lambda value: {"selected_conversation": value},
    "multi_conversations_select": lambda value: {"selected_conversations": value or []},
    "channels_select": lambda value: {"selected_channel": value},
    "multi_channels_select": lambda value: {"selected_channels": value or []},
    "datepicker": lambda value: {"selected_date": value},
    "timepicker": lambda value: {"selected_time": value},
    "datetimepicker": lambda value: {"selected_date_time": value},
}


def _state(blocks: Any, values: Mapping[str, Any]) -> Json:
    """Return what a modal's inputs hold when it is submitted. Raises `AssertionError` where it cannot be yet."""
    state: Json = {}
    asked = set(values)
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        action = element["action_id"]
        value = values.get(action, element.get("initial_value"))
        asked.discard(action)
        assert value is not None or block.get("optional") or "initial_option" in element, f"{action} must be filled in"
        longest = element.get("max_length", 3000)
        assert not isinstance(value, str) or len(value) <= longest, f"{action} takes {longest} characters"
        state[block["block_id"]] = {action: {"type": element["type"], **_chosen(element, value)}}
    assert not asked, f"there is nothing called {sorted(asked)} to fill in"
    return state
