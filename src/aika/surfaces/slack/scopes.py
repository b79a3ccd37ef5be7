"""What aika's bot may do in a workspace, and what for. The manifest asks for it, and start-up compares."""

from collections.abc import Mapping

BOT_SCOPES: Mapping[str, str] = {
    "app_mentions:read": "to hear that it is mentioned",
    "assistant:write": "to answer in the assistant pane",
    "channels:history": "to read threads and what was missed in public channels it is in",
    "channels:read": "to know who is in a public channel, and so what may be shown there",
    "chat:write": "to answer",
    "commands": "for /aika and the shortcut of messages",
    "groups:history": "as channels:history, in private channels it is in",
    "groups:read": "as channels:read, for private channels it is in",
    "im:history": "to hear what it is told directly",
    "im:read": "to know direct messages from channels",
    "im:write": "to tell human goalies something directly",
    "mpim:history": "as im:history, among several people",
    "mpim:read": "as channels:read, among several people",
    "users:read": "to know who asks",
    "users:read.email": "to know what who asks may read: people are known by their addresses",
}
