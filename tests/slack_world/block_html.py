"""Shows messages, modals and Home tabs as people see them, as one HTML page: for looking at and for screenshots."""

import html
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from slack_world.mrkdwn import Names, mrkdwn_html
from slack_world.state import Json

_STYLE = (Path(__file__).parent / "block_html.css").read_text(encoding="utf-8")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
_COLORS = ("#4a154b", "#2f6f4f", "#8a5a00", "#1d5fa8", "#9b2c2c", "#3b3f8f")


class Page:
    """Collects what is to be seen, part after part."""

    def __init__(self, names: Mapping[str, str], *, app: str = "") -> None:
        """``names`` are those of people and channels by their ids; ``app`` is the id of the app's user."""
        self._names = Names(names)
        self._app = app
        self._parts: list[str] = []

    def channel(
        self, name: str, messages: Sequence[Json], threads: Mapping[str, Sequence[Json]] | None = None
    ) -> "Page":
        """Show a channel's messages, each with the replies that are given for its ts."""
        shown = []
        for message in messages:
            shown.append(self._message(message))
            replies = (threads or {}).get(message["ts"], [])
            if replies:
                inner = "".join(self._message(reply) for reply in replies if reply["ts"] != message["ts"])
                shown.append(f'<div class="thread">{inner}</div>')
        self._parts.append(f'<section class="channel"><h1>{html.escape(name)}</h1>{"".join(shown)}</section>')
        return self

    def ephemeral(self, messages: Sequence[Json]) -> "Page":
        """Show what one person alone sees."""
        shown = "".join(self._message(message, note="Only visible to you") for message in messages)
        self._parts.append(f'<section class="channel">{shown}</section>')
        return self

    def modal(self, view: Mapping[str, Any]) -> "Page":
        """Show a modal as it opens, or with the errors that the app answered."""
        errors = view.get("errors", {})
        title = html.escape(view["title"]["text"])
        close = html.escape((view.get("close") or {"text": "Cancel"})["text"])
        submit = view.get("submit")
        buttons = f'<span class="button">{close}</span>'
        if submit:
            buttons += f'<span class="button primary">{html.escape(submit["text"])}</span>'
        inner = self._blocks(view["blocks"], errors)
        self._parts.append(
            f'<section class="modal"><header>{title}<span class="x">&times;</span></header>'
            f'<div class="inside">{inner}</div><footer>{buttons}</footer></section>'
        )
        return self

    def home(self, view: Mapping[str, Any]) -> "Page":
        """Show a Home tab."""
        self._parts.append(f'<section class="home">{self._blocks(view["blocks"], {})}</section>')
        return self

    def html(self) -> str:
        parts = "".join(self._parts)
        return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Slack</title><style>{_STYLE}</style>{parts}</html>'

    def write(self, path: Path) -> Path:
        path.write_text(self.html(), encoding="utf-8")
        return path

    # Messages

    def _message(self, message: Mapping[str, Any], *, note: str = "") -> str:
        author = str(message.get("user", ""))
        name = self._names.of(author)
        color = _COLORS[sum(map(ord, author)) % len(_COLORS)]
        is_app = "bot_id" in message or author == self._app
        badge = '<span class="badge">APP</span>' if is_app else ""
        at = datetime.fromtimestamp(float(message["ts"]), UTC).strftime("%H:%M")
        body = self._body(message)
        edited = '<span class="edited">(edited)</span>' if "edited" in message and not is_app else ""
        reactions = "".join(
            f'<span class="reaction">:{html.escape(one["name"])}: {one["count"]}</span>'
            for one in message.get("reactions", [])
        )
        above = f'<div class="note">{html.escape(note)}</div>' if note else ""
        return (
            f'<article class="message{" only" if note else ""}"><div class="face" style="background:{color}">'
            f'{html.escape(name[:1].upper())}</div><div class="body">{above}<b>{html.escape(name)}</b>{badge}'
            f"<time>{at}</time>{body}{edited}{reactions}</div></article>"
        )

    def _body(self, message: Mapping[str, Any]) -> str:
        blocks = self._blocks(message.get("blocks") or [], {})
        text = "" if blocks else f'<div class="block">{mrkdwn_html(str(message.get("text", "")), self._names)}</div>'
        attached = "".join(
            f'<div class="attachment" style="border-color:{html.escape(str(one.get("color", "#ddd")))}">'
            f"{self._blocks(one.get('blocks') or [], {})}{mrkdwn_html(str(one.get('text', '')), self._names)}</div>"
            for one in message.get("attachments") or []
        )
        return f"{text}{blocks}{attached}"

    # Blocks

    def _blocks(self, blocks: Sequence[Mapping[str, Any]], errors: Mapping[str, str]) -> str:
        shown = []
        for block in blocks:
            error = errors.get(str(block.get("block_id", "")))
            wrong = f'<div class="error">{html.escape(error)}</div>' if error else ""
            shown.append(f'<div class="block {block["type"]}">{self._block(block)}{wrong}</div>')
        return "".join(shown)

    def _block(self, block: Mapping[str, Any]) -> str:
        shows: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
            "actions": lambda it: "".join(map(self._element, it["elements"])),
            "context": lambda it: " ".join(map(self._context, it["elements"])),
            "context_actions": lambda it: "".join(map(self._element, it["elements"])),
            "divider": lambda _: "<hr>",
            "header": lambda it: html.escape(it["text"]["text"]),
            "image": lambda it: f'<div class="picture">{html.escape(it["alt_text"])}</div>',
            "input": self._input,
            "markdown": lambda it: _MARKDOWN.render(it["text"]),
            "rich_text": self._rich_text,
            "section": self._section,
            "table": self._table,
        }
        show = shows.get(str(block["type"]))
        return show(block) if show else f"<code>{html.escape(str(block['type']))}</code>"

    def _section(self, block: Mapping[str, Any]) -> str:
        text = self._text(block["text"]) if "text" in block else ""
        fields = "".join(f"<div>{self._text(field)}</div>" for field in block.get("fields", []))
        grid = f'<div class="fields">{fields}</div>' if fields else ""
        beside = f'<div class="accessory">{self._element(block["accessory"])}</div>' if "accessory" in block else ""
        return f'<div class="words">{text}{grid}</div>{beside}'

    def _text(self, text: Mapping[str, Any]) -> str:
        if text["type"] == "mrkdwn":
            return mrkdwn_html(str(text["text"]), self._names)
        return html.escape(str(text["text"])).replace("\n", "<br>")

    def _context(self, element: Mapping[str, Any]) -> str:
        return self._text(element) if element["type"] != "image" else f"<i>{html.escape(element['alt_text'])}</i>"

    def _input(self, block: Mapping[str, Any]) -> str:
        optional = ' <span class="optional">(optional)</span>' if block.get("optional") else ""
        hint = f'<div class="hint">{self._text(block["hint"])}</div>' if "hint" in block else ""
        label = f"<label>{html.escape(block['label']['text'])}{optional}</label>"
        return f"{label}{self._element(block['element'])}{hint}"

    def _element(self, element: Mapping[str, Any]) -> str:
        kind = str(element["type"])
        if kind == "button":
            return f'<span class="button {element.get("style", "")}">{html.escape(element["text"]["text"])}</span>'
        if kind == "feedback_buttons":
            pair = (element["positive_button"], element["negative_button"])
            return "".join(f'<span class="button small">{html.escape(one["text"]["text"])}</span>' for one in pair)
        if kind == "icon_button":
            return f'<span class="button small">{html.escape(element["text"]["text"])}</span>'
        if kind in {"checkboxes", "radio_buttons"}:
            mark = "&#9744;" if kind == "checkboxes" else "&#9675;"
            return "".join(f'<div class="choice">{mark} {self._text(one["text"])}</div>' for one in element["options"])
        return self._field(element)

    def _field(self, element: Mapping[str, Any]) -> str:
        kind = str(element["type"])
        if kind == "overflow":
            return '<span class="button">&middot;&middot;&middot;</span>'
        if kind == "image":
            return f'<div class="picture small">{html.escape(element["alt_text"])}</div>'
        if kind.endswith("_input"):
            value, empty = str(element.get("initial_value", "")), element.get("placeholder", {}).get("text", "")
            inner = html.escape(value) if value else f'<span class="empty">{html.escape(empty)}</span>'
            tall = " tall" if element.get("multiline") else ""
            return f'<div class="field{tall}">{inner}</div>'
        chosen = element.get("initial_option", {}).get("text", {}).get("text")
        shown = chosen or element.get("placeholder", {}).get("text", "Choose")
        return f'<div class="field menu">{html.escape(shown)}<span>&#9662;</span></div>'

    def _table(self, block: Mapping[str, Any]) -> str:
        rows = []
        for number, row in enumerate(block["rows"]):
            tag = "th" if number == 0 else "td"
            cells = (f"<{tag}>{self._cell(cell)}</{tag}>" for cell in row)
            rows.append(f"<tr>{''.join(cells)}</tr>")
        return f"<table>{''.join(rows)}</table>"

    def _cell(self, cell: Mapping[str, Any]) -> str:
        return (
            self._rich_text(cell)
            if cell["type"] == "rich_text"
            else html.escape(str(cell.get("text", cell.get("value"))))
        )

    # Rich text

    def _rich_text(self, block: Mapping[str, Any]) -> str:
        return "".join(self._part(part) for part in block["elements"])

    def _part(self, part: Mapping[str, Any]) -> str:
        kind = part["type"]
        if kind == "rich_text_list":
            tag = "ol" if part["style"] == "ordered" else "ul"
            items = "".join(f"<li>{self._inline(item['elements'])}</li>" for item in part["elements"])
            return f'<{tag} style="margin-left:{part.get("indent", 0) * 20}px">{items}</{tag}>'
        inner = self._inline(part["elements"])
        tag = {"rich_text_preformatted": "pre", "rich_text_quote": "blockquote"}.get(kind, "div")
        return f"<{tag}>{inner}</{tag}>"

    def _inline(self, elements: Sequence[Mapping[str, Any]]) -> str:
        return "".join(map(self._inline_element, elements))

    def _inline_element(self, element: Mapping[str, Any]) -> str:
        shows: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
            "text": lambda it: html.escape(it["text"]).replace("\n", "<br>"),
            "link": lambda it: f'<a href="{html.escape(it["url"])}">{html.escape(it.get("text") or it["url"])}</a>',
            "user": lambda it: f'<span class="mention">@{html.escape(self._names.of(it["user_id"]))}</span>',
            "channel": lambda it: f'<span class="mention">#{html.escape(self._names.of(it["channel_id"]))}</span>',
            "usergroup": lambda it: f'<span class="mention">@{html.escape(self._names.of(it["usergroup_id"]))}</span>',
            "broadcast": lambda it: f'<span class="mention loud">@{html.escape(it["range"])}</span>',
            "emoji": lambda it: f":{html.escape(it['name'])}:",
            "date": lambda it: html.escape(it.get("fallback", "")),
            "color": lambda it: f"<code>{html.escape(it['value'])}</code>",
        }
        shown = shows[str(element["type"])](element)
        style = element.get("style") or {}
        for name, tag in (("code", "code"), ("strike", "s"), ("italic", "em"), ("bold", "strong")):
            if isinstance(style, dict) and style.get(name):
                shown = f"<{tag}>{shown}</{tag}>"
        return shown
