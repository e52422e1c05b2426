"""Our own messages as they were seen in chats, and which delivery each of them proves. Pure.

A message proves a delivery when it stands in the same chat, was said by the account that tried, at
about that time, and says the same. It proves one delivery only; but a message that several missed
ones were merged into proves them all.
"""

import re
from collections import Counter, OrderedDict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from core.messages import (
    Blob,
    Chat,
    Forward,
    InPart,
    Media,
    MediaKind,
    Mention,
    Other,
    OutPart,
    Text,
)

# The end stamps QQ's time, we our own: a clock that nobody sets is off by a minute or two. Nothing
# stands in a chat much before it was written, so the window is short on that side.
SKEW = timedelta(seconds=120)
# A window of 64 is written over minutes, and an end that lost QQ keeps a message until it is back.
LATEST = timedelta(minutes=15)

# A message of a delivery of so long ago is that delivery's, should it say the same.
FAR_OFF = timedelta(days=90)

# How long what was seen is remembered: as long as it can prove anything, and a look to spare.
KEPT = timedelta(minutes=20)
MOST_A_CHAT = 100
MOST_MESSAGES = 20_000
MOST_CHARACTERS = 4_000_000

# Words that stand above merged ones (delivery.merged_group), with room for a longer sentence.
_LONGEST_HEAD = 40
# So alike that it may be the same message, changed by the end: then nothing is certain.
_ALIKE = 0.9
_UNSEEN = re.compile(
    "[\\s\0\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]+"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What one message says, so that it can be compared: words without blanks, and what is with it.

    A mention of everybody is left out: it is dropped when there is none left today.
    """

    words: str
    things: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One message of ours in a chat."""

    message_id: str
    sent_at: datetime
    said: Said


@dataclass(frozen=True, slots=True)
class Wanted:
    """One delivery that evidence is looked for; ``messages`` is empty when nobody can read it."""

    id: int
    written_at: datetime
    is_sent: bool
    ids: tuple[str, ...]
    messages: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """What was found of a delivery: ids of its messages, and whether these are all of them.

    ``is_doubtful``: something stands there that may be it and may be something else.
    """

    ids: tuple[str, ...] = ()
    is_whole: bool = False
    is_doubtful: bool = False


def said(parts: Iterable[InPart | OutPart]) -> Said:
    """Return what a message says, the same for what went out and for what came back."""
    words: list[str] = []
    things: Counter[str] = Counter()
    for part in parts:
        match part:
            case Text(text=text):
                words.append(text)
            case Mention(account_id=account_id):
                things["mention"] += account_id != "all"
            case Blob(kind=kind) | Media(kind=kind):
                things[MediaKind(kind).value] += 1
            case Forward() | Other(kind="forward"):
                things["forward"] += 1
    plain = "".join(words).encode("utf-8", "replace").decode()
    return Said(_UNSEEN.sub("", plain), tuple(sorted((+things).items())))


class Buffer:
    """Own messages that were reported lately, by chat; bounded in time, number and size."""

    def __init__(self) -> None:
        self._chats: OrderedDict[Chat, deque[tuple[datetime, Seen]]] = OrderedDict()
        self._messages = self._characters = 0

    def add(self, chat: Chat, seen: Seen, now: datetime) -> None:
        """Remember a message; the oldest ones make room."""
        kept = self._chats.setdefault(chat, deque())
        self._chats.move_to_end(chat)
        kept.append((now, seen))
        self._count(seen, 1)
        if len(kept) > MOST_A_CHAT:
            self._count(kept.popleft()[1], -1)
        while self._messages > MOST_MESSAGES or self._characters > MOST_CHARACTERS:
            self._drop(next(iter(self._chats)))

    def at(self, chat: Chat) -> tuple[Seen, ...]:
        """Return what was seen in ``chat``, oldest first."""
        return tuple(seen for _, seen in self._chats.get(chat, ()))

    def prune(self, now: datetime) -> None:
        """Forget what is too old to prove anything."""
        for chat, kept in list(self._chats.items()):
            while kept and kept[0][0] < now - KEPT:
                self._count(kept.popleft()[1], -1)
            if not kept:
                del self._chats[chat]

    def __len__(self) -> int:
        """Return how many messages are remembered."""
        return self._messages

    def _drop(self, chat: Chat) -> None:
        for _, seen in self._chats.pop(chat):
            self._count(seen, -1)

    def _count(self, seen: Seen, sign: int) -> None:
        self._messages += sign
        self._characters += sign * len(seen.said.words)


def assign(
    wanted: Sequence[Wanted], seen: Iterable[Seen], *, taken: Collection[str] = ()
) -> Mapping[int, Match]:
    """Return what ``seen`` in one chat proves of each delivery; ``taken`` ids prove others."""
    by_id = {one.message_id: one for one in seen}
    found: dict[int, Match] = {}
    for item in wanted:
        if item.is_sent and item.ids and all(number in by_id for number in item.ids):
            found[item.id] = Match(item.ids, is_whole=True)
    used = {*taken, *(number for match in found.values() for number in match.ids)}
    free = sorted(
        (one for one in by_id.values() if one.message_id not in used), key=lambda one: one.sent_at
    )
    # What the platform confirmed has the first claim on what stands there.
    for item in sorted(wanted, key=lambda item: (not item.is_sent, item.written_at, item.id)):
        if item.id not in found:
            found[item.id] = _taken_from(free, item)
    _find_merged(free, [item for item in wanted if not found[item.id].ids], found)
    for item in wanted:
        if not found[item.id].is_whole and _is_doubtful(free, item):
            found[item.id] = Match(found[item.id].ids, is_doubtful=True)
    return found


def _in_time(one: Seen, item: Wanted) -> bool:
    return item.written_at - SKEW <= one.sent_at <= item.written_at + LATEST


def _taken_from(free: list[Seen], item: Wanted) -> Match:
    """Take the messages of a delivery out of ``free``, the first of each that fits."""
    ids: list[str] = []
    for message in item.messages:
        fitting = (one for one in free if one.said == message and _in_time(one, item))
        one = next(fitting, None)
        if one is not None:
            free.remove(one)
            ids.append(one.message_id)
    return Match(tuple(ids), is_whole=bool(ids) and len(ids) == len(item.messages))


def _find_merged(free: list[Seen], left: Sequence[Wanted], found: dict[int, Match]) -> None:
    """Find deliveries of one moment that stand together in one message."""
    by_moment: dict[datetime, list[Wanted]] = {}
    for item in left:
        if len(item.messages) == 1 and item.messages[0].words and not item.messages[0].things:
            by_moment.setdefault(item.written_at, []).append(item)
    for items in by_moment.values():
        for one in tuple(free):
            inside = _inside(one, [item for item in items if not found[item.id].ids])
            if inside:
                free.remove(one)
                found.update({i.id: Match((one.message_id,), is_whole=True) for i in inside})


def _inside(one: Seen, items: Sequence[Wanted]) -> list[Wanted]:
    """Return those of ``items`` that ``one`` consists of, at least two; none when it says more."""
    rest, inside = one.said.words, []
    for item in sorted(items, key=lambda item: -len(item.messages[0].words)):
        words = item.messages[0].words
        if words in rest and _in_time(one, item):
            rest = rest.replace(words, "", 1)
            inside.append(item)
    is_all = len(inside) > 1 and len(rest) <= _LONGEST_HEAD and not one.said.things
    return inside if is_all else []


def _is_doubtful(free: Sequence[Seen], item: Wanted) -> bool:
    if not item.messages:
        return True
    # The very words at another time: perhaps a clock that is quite wrong, or was put right since.
    if any(one.said in item.messages for one in free):
        return True
    around = [one.said for one in free if _in_time(one, item)]
    return any(_is_alike(one, message) for one in around for message in item.messages)


def _is_alike(one: Said, message: Said) -> bool:
    if not one.words or not message.words:
        return one.things == message.things
    if message.words in one.words or one.words == message.words:
        return True
    return SequenceMatcher(None, one.words, message.words).quick_ratio() >= _ALIKE
