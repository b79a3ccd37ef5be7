"""Cuts a channel without threads into conversations: each message is linked to the one it replies to, or begins a new one."""
