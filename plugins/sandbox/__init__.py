"""A simulated QQ (沙盒): an OneBot v11 end with people behind it, and a page to be one of them.

Knows nothing of NoneBot or of the other rooms, so that tests and a process of its own can use it
while the bot is killed and started again. ``Sandbox`` is the door.
"""

from plugins.sandbox.calendar_jumps import ClockControl
from plugins.sandbox.entities import (
    Chat,
    GroupSeed,
    MemberSeed,
    Message,
    NotPermitted,
    PersonSeed,
    Refusal,
    WorldSeed,
    group,
    private,
)
from plugins.sandbox.faults import Fault, Faults, Injected
from plugins.sandbox.room import Sandbox
from plugins.sandbox.segments import (
    At,
    Attachment,
    Face,
    Forward,
    Node,
    Part,
    Picture,
    Quote,
    Text,
    Voice,
)
from plugins.sandbox.sending import Send
from plugins.sandbox.world import World

__all__ = [
    "At",
    "Attachment",
    "Chat",
    "ClockControl",
    "Face",
    "Fault",
    "Faults",
    "Forward",
    "GroupSeed",
    "Injected",
    "MemberSeed",
    "Message",
    "Node",
    "NotPermitted",
    "Part",
    "PersonSeed",
    "Picture",
    "Quote",
    "Refusal",
    "Sandbox",
    "Send",
    "Text",
    "Voice",
    "World",
    "WorldSeed",
    "group",
    "private",
]
