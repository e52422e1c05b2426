"""Takes back at the far end what somebody asked to be taken back (撤回), a few at a time.

QQ lets an ordinary member take back a message of his own for two minutes; owners and admins of a
group may whenever they like. So the first try comes at once, and a refusal is final.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.conversation import Say
from core.database import require_tx, transactional
from core.messages import Chat, ChatKind, Text
from core.texts import current
from models import AuditLog, Delivery, Group, Message
from models.enums import DeliveryState as S
from models.enums import Priority
from plugins.delivery import ledger, service, words
from plugins.delivery.recall_orders import ASKED, REASON
from plugins.delivery.targets import parse
from plugins.gateway import outbound

PURPOSE = "delivery.recalled"
# At most so many a beat: a burst of recalls looks like a machine to the platform.
MOST = 5
# Our account was off line: tried again so long after the order, and no more after GIVE_UP.
RETRIES = (timedelta(minutes=1), timedelta(minutes=30))
GIVE_UP = timedelta(hours=1)
# While we ask the far end nobody else does; a process that dies in between leaves it to the others.
LEASE = timedelta(minutes=2)
# What is just being sent, or whose id evidence may still bring, is looked at again after this.
LATER = timedelta(seconds=20)
TOLD_LIFE = timedelta(days=3)
# Orders older than this are over, whatever happened to us meanwhile.
REMEMBERED = timedelta(days=7)
# So many groups that kept it are named, the others counted.
_NAMED = 6


class FarEnd(Protocol):
    """Where messages are taken back: the gateway's ``outbound``."""

    def can_reach(self, platform: str, /) -> tuple[str, ...]:
        """Return our accounts on ``platform`` that are connected now."""
        ...

    async def recall(self, chat: Chat, message_id: str, /) -> bool:
        """Take one message back; False when the platform does not."""
        ...


@dataclass(frozen=True, slots=True)
class _Item:
    """One delivery to be taken back; ``chat`` None when nobody can any more."""

    row: Delivery
    chat: Chat | None
    ordered_at: datetime


async def work(*, now: datetime, far_end: FarEnd = outbound) -> int:
    """Take back what is asked for, at most ``MOST``; return how many rows ended.

    Two transactions with the calls between them; whoever ordered it hears of it once, when the last
    row of his order has ended.
    """
    items = await _claim(now)
    results = [(item, await _taken_back(item, far_end, now)) for item in items]
    return await _record(results, now) if results else 0


@transactional
async def _claim(now: datetime) -> list[_Item]:
    rows = await Delivery.filter(recall_at__lte=now).order_by("recall_at", "id").limit(MOST)
    if not rows:
        return []
    ordered = {number: order.at for order in await _orders(now) for number in _ids(order)}
    chats = await _chats(rows)
    claimed = []
    for row in rows:
        ordered_at = ordered.get(row.id, row.updated_at)
        until = now + (LATER if _is_early(row, ordered_at, now) else LEASE)
        same = Delivery.filter(id=row.id, recall_at=row.recall_at)
        if await same.update(recall_at=until) and until == now + LEASE:
            row.recall_at = until
            claimed.append(_Item(row, chats.get(row.target), ordered_at))
    return claimed


def _is_early(row: Delivery, ordered_at: datetime, now: datetime) -> bool:
    """Whether what became of the send is not known yet, and may still be soon."""
    if row.state in {S.LEASED, S.SENDING}:
        return True
    may_still = row.state is S.UNKNOWN and row.look_at is not None
    return may_still and not row.platform_message_id and now < ordered_at + GIVE_UP


async def _orders(now: datetime) -> list[AuditLog]:
    rows = AuditLog.filter(action=ASKED, at__gte=now - REMEMBERED)
    return await rows.order_by("id")


def _ids(order: AuditLog) -> list[int]:
    return [int(number) for number in order.detail["deliveries"]]


async def _chats(rows: Sequence[Delivery]) -> dict[str, Chat]:
    """Return the group chat of each row as the account sees it that spoke there."""
    ids = {parse(row.target).id: row for row in rows}
    chats = {}
    for group in await Group.filter(id__in=list(ids)):
        row = ids[group.id]
        platform, _, self_id = (row.self_id or "").partition(":")
        chats[row.target] = Chat(
            platform or group.platform, self_id or group.self_id, ChatKind.GROUP, group.chat_id
        )
    return chats


async def _taken_back(item: _Item, far_end: FarEnd, now: datetime) -> bool | None:
    """Return whether everything of a delivery is gone; None when our account is off line."""
    names = (item.row.platform_message_id or "").split(",")
    if item.chat is None or item.row.state is S.DUE or not all(names):
        return False
    if now >= item.ordered_at + GIVE_UP:
        return False
    if item.chat.self_id not in far_end.can_reach(item.chat.platform):
        return None
    gone = [await far_end.recall(item.chat, name) for name in names]
    return all(gone)


@transactional
async def _record(results: Sequence[tuple[_Item, bool | None]], now: datetime) -> int:
    ended = 0
    for item, is_gone in results:
        mine = Delivery.filter(id=item.row.id, recall_at=item.row.recall_at)
        again = (item.ordered_at + rest for rest in RETRIES)
        next_at = None if is_gone is not None else next((at for at in again if at > now), None)
        if next_at is not None:
            await mine.update(recall_at=next_at)
        elif item.row.state is S.DUE:
            # It came back unsent after it was taken back: it does not go out again.
            await ledger.move(
                [item.row.id], old=S.DUE, new=S.CANCELLED, now=now, reason=REASON, recall_at=None
            )
            ended += 1
        else:
            ended += await mine.update(recall_at=None, recalled=bool(is_gone), look_at=None)
    await _tell({item.row.id for item, _ in results}, now)
    return ended


async def _tell(touched: set[int], now: datetime) -> None:
    """Owe the outcome of every order about ``touched`` that is done to whoever gave it; once."""
    require_tx()
    for order in await _orders(now):
        ids = _ids(order)
        if order.actor_id is None or touched.isdisjoint(ids):
            continue
        rows = await _rows(ids)
        if any(row.recall_at for row in rows):
            continue
        says = [*await _title(order.subject_id), *await _outcome(rows)]
        await service.enqueue(
            purpose=PURPOSE,
            occasion=str(order.id),
            target=f"person:{order.actor_id}",
            parts=(Text("\n".join(current().render(say) for say in says)),),
            now=now,
            priority=Priority.NOTICE,
            expires_at=now + TOLD_LIFE,
            in_quiet_hours=True,
        )


async def _rows(ids: Sequence[int]) -> list[Delivery]:
    found: list[Delivery] = []
    for start in range(0, len(ids), 500):
        rows = Delivery.filter(id__in=list(ids[start : start + 500])).order_by("id")
        found += await rows.only("id", "target", "state", "recall_at", "recalled")
    return found


async def _title(message_id: int | None) -> list[Say]:
    message = await Message.get_or_none(id=message_id)
    if message is None or not message.title:
        return []
    return [Say("delivery.title", title=message.title)]


async def _outcome(rows: Sequence[Delivery]) -> list[Say]:
    kept = [row.target for row in rows if row.recalled is False]
    says = []
    if gone := sum(row.recalled is True for row in rows):
        says.append(Say("delivery.recalled_some", count=gone))
    if unsent := sum(row.state is S.CANCELLED for row in rows):
        says.append(Say("delivery.recalled_unsent", count=unsent))
    if kept:
        names = await _names(kept)
        shown = words.LIST_MARK.join(names[target] for target in kept[:_NAMED] if target in names)
        key = "delivery.recall_kept" if len(kept) <= _NAMED else "delivery.recall_kept_many"
        says.append(Say(key, count=len(kept), groups=shown))
    return says


async def _names(targets: Sequence[str]) -> Mapping[str, str]:
    ids = [parse(target).id for target in targets]
    rows = await Group.filter(id__in=ids).values_list("id", "name", "unit__name")
    return {f"group:{number}": str(name or unit) for number, name, unit in rows}
