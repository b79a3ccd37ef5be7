"""The last messages of channels, as far as this process saw them: what a message goes on with."""

from collections import OrderedDict, deque

from aika.domain.goalies import ChannelMessage, Place

MESSAGES = 30
"""Of a channel."""
CHANNELS = 500


class RecentMessages:
    """Remembers a few messages of each channel that was written in last, in memory only."""

    def __init__(self) -> None:
        self._messages: OrderedDict[Place, deque[ChannelMessage]] = OrderedDict()

    def before(self, message: ChannelMessage) -> tuple[ChannelMessage, ...]:
        """Return what is known of the message's channel, besides itself."""
        return tuple(one for one in self._messages.get(message.place, ()) if one.id != message.id)

    def add(self, message: ChannelMessage) -> None:
        messages = self._messages.setdefault(message.place, deque(maxlen=MESSAGES))
        for known in [one for one in messages if one.id == message.id]:
            messages.remove(known)
        messages.append(message)
        self._messages.move_to_end(message.place)
        while len(self._messages) > CHANNELS:
            self._messages.popitem(last=False)
