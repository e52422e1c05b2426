"""Missed messages to one target become one (补发合并): complete after an outage, and gentle.

Only plain words without a question are merged, in the order in which they were owed; everything
else goes by itself. What was merged shares its fate: one message, one confirmation.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.config import settings
from core.messages import Chat, OutPart, Text
from core.texts import render
from plugins.delivery import ledger
from plugins.delivery.claims import Claimed
from plugins.delivery.judging import Judged, Verdict
from plugins.delivery.targets import voice

# What is later than this was missed: the bot was down, or the night held it.
MISSED = timedelta(minutes=30)
# More at once would be a wall of words on a phone; the rest follows in the next message.
MOST = 5
LONGEST = 1500


def is_missed(row: Claimed, now: datetime) -> bool:
    """Whether ``row`` should have gone out a good while ago."""
    return row.not_before < now - MISSED


async def gather(
    rows: Sequence[Claimed], *, owner: str, now: datetime, is_quiet: bool
) -> list[Claimed]:
    """Lease what else the targets of missed ``rows`` were owed meanwhile; return all of them."""
    found = {row.id: row for row in rows}
    for target in {row.target: row for row in rows if is_missed(row, now)}.values():
        others = await ledger.siblings(
            target, owner=owner, before=now - MISSED, now=now, most=MOST - 1, is_quiet=is_quiet
        )
        found.update({row.id: row for row in others})
    return sorted(found.values(), key=lambda row: row.place)


def merge(judged: Sequence[Judged], *, room: Mapping[str, int], now: datetime) -> list[Judged]:
    """Put missed words to one chat into one message; one message to a group a window at most.

    ``room`` is how many messages each voice may say in this window: what is left over waits.
    """
    by_chat: dict[Chat, list[Judged]] = {}
    done: list[Judged] = []
    for item in judged:
        if item.verdict is Verdict.GO and item.chat is not None:
            by_chat.setdefault(item.chat, []).append(item)
        else:
            done.append(item)
    left = Counter(room)
    for chat, items in by_chat.items():
        alone = len(items) == 1
        for item in items if alone else _one_by_one(chat, _merged(items, now), now):
            if item.verdict is Verdict.GO:
                left[voice(chat)] -= 1
            has_room = item.verdict is not Verdict.GO or left[voice(chat)] >= 0
            done += [item] if has_room else [Judged(row, Verdict.NO_ROOM) for row in item.rows]
    return done


def _merged(items: Sequence[Judged], now: datetime) -> list[Judged]:
    missed = sorted(
        (item for item in items if _is_mergeable(item, now)), key=lambda item: item.row.not_before
    )
    together: list[list[Judged]] = []
    for item in missed:
        if together and _has_room(together[-1], item):
            together[-1].append(item)
        else:
            together.append([item])
    rest = [item for item in items if not _is_mergeable(item, now)]
    return sorted([*map(_as_one, together), *rest], key=lambda item: item.row.place)


def _has_room(chosen: Sequence[Judged], item: Judged) -> bool:
    length = sum(len(_words(other.parts)) for other in (*chosen, item))
    return len(chosen) < MOST and length <= LONGEST


def _as_one(chosen: Sequence[Judged]) -> Judged:
    first, *others = chosen
    if not others:
        return first
    carried = tuple(item.row for item in others)
    return replace(first, parts=_together(chosen), carried=carried)


def _is_mergeable(item: Judged, now: datetime) -> bool:
    plain = all(isinstance(part, Text) for part in item.parts)
    return plain and item.ask is None and is_missed(item.row, now)


def _together(items: Sequence[Judged]) -> tuple[OutPart, ...]:
    chat = items[0].chat
    is_private = chat is not None and chat.is_private
    head = render("delivery.merged_private") if is_private else render("delivery.merged_group")
    return (Text("\n\n".join((head, *(_words(item.parts) for item in items)))),)


def _words(parts: Sequence[OutPart]) -> str:
    return "".join(part.text for part in parts if isinstance(part, Text))


def _one_by_one(chat: Chat, items: Sequence[Judged], now: datetime) -> list[Judged]:
    """Let only the first of several to a group go now: the others come after its pause."""
    limits = settings().delivery
    if chat.is_private or limits.max_interval_s == 0 or limits.group_gap_s == 0:
        return list(items)
    rest_until = now + timedelta(seconds=limits.group_gap_s)
    held = [Judged(item.row, Verdict.GROUP_GAP, rest_until=rest_until) for item in items[1:]]
    return [*items[:1], *held]
