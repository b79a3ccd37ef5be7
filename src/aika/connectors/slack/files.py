"""The text of files that messages share."""

from collections.abc import Sequence

from aika.connectors.slack.api import SlackApi
from aika.connectors.slack.messages import File, Message

LARGEST = 200_000
"""Bytes. The beginning of a longer text is in what Slack sends with the message."""
_TEXTS = ("text/", "application/json", "application/x-yaml", "application/xml")


async def with_file_texts(api: SlackApi, messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return the messages with what their text files hold, where it can be had."""
    return tuple([await _told(api, message) if message.files else message for message in messages])


async def _told(api: SlackApi, message: Message) -> Message:
    files = [await _read(api, file) for file in message.files or ()]
    return message.model_copy(update={"files": tuple(files)})


async def _read(api: SlackApi, file: File) -> File:
    is_text = (file.mimetype or "").startswith(_TEXTS)
    if not is_text or file.url_private_download is None or (file.size or 0) > LARGEST:
        return file
    content = await api.download(file.url_private_download)
    if content is None or b"\x00" in content:
        return file
    return file.model_copy(update={"preview": content[:LARGEST].decode("utf-8", "replace")})
