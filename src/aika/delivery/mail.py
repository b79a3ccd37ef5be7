"""A digest as an e-mail: plain text, and the same as HTML."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from aika.delivery.wording import (
    cost_of,
    edit_of,
    ending_of,
    link_of,
    plain,
    questions_of,
    show_command,
    subject_of,
)
from aika.domain.digests import Digest, DigestEntry, Mention
from aika.domain.errors import PermanentError

_STYLE = "font-family:sans-serif;font-size:15px;line-height:1.45;color:#1a1a1a;max-width:46em"
_QUOTE = "margin:.4em 0;padding:.1em .8em;border-left:3px solid #bbb;color:#444;white-space:pre-wrap"


def message_of(digest: Digest, *, sender: str) -> EmailMessage:
    """Return the e-mail. Raises `PermanentError` where an address is not one."""
    message = EmailMessage()
    message["Subject"] = subject_of(digest)
    message["From"] = _address(sender, "aika")
    message["To"] = _address(digest.recipient.address, "")
    message["Date"] = format_datetime(digest.composed_at)
    # The same for the same digest, so that a server that gets it twice can tell.
    message["Message-ID"] = f"<{digest.id}@{sender.rpartition('@')[2]}>"
    # RFC 3834: nobody's absence note answers it.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text_of(digest))
    message.add_alternative(html_of(digest), subtype="html")
    return message


def text_of(digest: Digest) -> str:
    """Return the digest as plain text."""
    parts = [f"New about documents of {plain(digest.owner)}:"]
    parts += [_entry_text(number, entry) for number, entry in enumerate(digest.entries, start=1)]
    parts.append("\n".join(ending_of(digest)))
    return "\n\n".join(parts) + "\n"


def html_of(digest: Digest) -> str:
    """Return the digest as HTML without scripts, images or styles from elsewhere."""
    entries = "".join(_entry_html(entry) for entry in digest.entries)
    ending = "".join(f"<p style='color:#555'>{escape(line)}</p>" for line in ending_of(digest))
    heading = escape(f"New about documents of {plain(digest.owner)}")
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'></head><body style='{_STYLE}'>"
        f"<h2>{heading}</h2><ol>{entries}</ol>{ending}</body></html>"
    )


def _entry_text(number: int, entry: DigestEntry) -> str:
    lines = [f"{number}. {plain(entry.title)}", f"   {plain(entry.reason)}"]
    if cost := cost_of(entry):
        lines.append(f"   {cost}.")
    if entry.quote:
        lines.append(f"   It says: “{plain(entry.quote)}”")
    lines += [f"   Asked: {question}" for question in questions_of(entry)]
    if entry.suggestion is not None:
        if entry.suggestion.before:
            lines.append(f"   Instead of: {plain(edit_of(entry.suggestion.before))}")
        lines.append(f"   Suggested: {plain(edit_of(entry.suggestion.after))}")
    lines += [f"   See also: {_mention_text(mention)}" for mention in entry.mentions]
    if (url := link_of(entry.url)) is not None:
        lines.append(f"   {url}")
    lines.append(f"   {show_command(entry)}")
    return "\n".join(lines)


def _mention_text(mention: Mention) -> str:
    url = link_of(mention.url)
    return plain(mention.title, 200) if url is None else f"{plain(mention.title, 200)} ({url})"


def _entry_html(entry: DigestEntry) -> str:
    parts = [f"<p><strong>{_linked(entry.title, entry.url)}</strong><br>{escape(plain(entry.reason))}</p>"]
    if cost := cost_of(entry):
        parts.append(f"<p>{escape(cost)}.</p>")
    if entry.quote:
        parts.append(f"<blockquote style='{_QUOTE}'>{escape(plain(entry.quote))}</blockquote>")
    if questions := questions_of(entry):
        asked = "".join(f"<li>{escape(question)}</li>" for question in questions)
        parts.append(f"<ul>{asked}</ul>")
    if entry.suggestion is not None:
        if entry.suggestion.before:
            parts.append(f"<p>Instead of:</p><div style='{_QUOTE}'>{escape(edit_of(entry.suggestion.before))}</div>")
        parts.append(f"<p>Suggested:</p><div style='{_QUOTE}'>{escape(edit_of(entry.suggestion.after))}</div>")
    parts += [f"<p>See also: {_linked(mention.title, mention.url)}</p>" for mention in entry.mentions]
    parts.append(f"<p><code>{escape(show_command(entry))}</code></p>")
    return f"<li>{''.join(parts)}</li>"


def _linked(text: str, url: str | None) -> str:
    shown, target = escape(plain(text, 300)), link_of(url)
    return shown if target is None else f"<a href='{escape(target)}'>{shown}</a>"


def _address(text: str, name: str) -> Address:
    try:
        return Address(display_name=name, addr_spec=text)
    except ValueError as error:
        raise PermanentError(f"{text!r} is not an e-mail address: correct it in [digests] of aika.toml") from error
