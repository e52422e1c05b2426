"""In which chat a delivery was tried, found again afterwards; and what else was said there.

The account of ours is the one that tried; whom it tried to reach is looked up as it was then.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from core.messages import Chat, ChatKind
from models import Account, Delivery, Group
from models.enums import DeliveryState as S
from plugins.delivery.sightings import FAR_OFF
from plugins.delivery.targets import TargetKind, parse

# Of a delivery, what evidence needs to know.
FIELDS = (
    "id", "message_id", "target", "state", "self_id", "reason", "platform_message_id",
    "written_at", "look_at", "looks", "shown", "recall_at", "recalled",
)  # fmt: skip


async def of(rows: Iterable[Delivery]) -> Mapping[int, Chat]:
    """Return the chat in which each delivery was tried, by its id; the unknowable are left out."""
    tried = [row for row in rows if row.self_id and row.written_at]
    kinds: dict[TargetKind, set[int]] = {kind: set() for kind in TargetKind}
    for row in tried:
        target = parse(row.target)
        kinds[target.kind].add(target.id)
    partners = {
        **await _groups(kinds[TargetKind.GROUP]),
        **await _accounts(kinds[TargetKind.ACCOUNT]),
        **await _people(kinds[TargetKind.PERSON]),
    }
    found = {}
    for row in tried:
        platform, _, self_id = (row.self_id or "").partition(":")
        partner = _at(partners.get(row.target, ()), row.written_at)
        if partner is not None and partner[0] == platform:
            is_group = row.target.startswith(f"{TargetKind.GROUP}:")
            kind = ChatKind.GROUP if is_group else ChatKind.PRIVATE
            found[row.id] = Chat(platform, self_id, kind, partner[1])
    return found


# Platform, id there, and since when it stands for the target (None: always).
_Partner = tuple[str, str, datetime | None]


def _at(partners: Sequence[_Partner], moment: datetime | None) -> _Partner | None:
    """Return who stood for the target at ``moment``: the account that was bound last."""
    then = [p for p in partners if moment is None or p[2] is None or p[2] <= moment]
    return then[-1] if then else None


async def _groups(ids: set[int]) -> dict[str, list[_Partner]]:
    if not ids:
        return {}
    rows = await Group.filter(id__in=ids).values_list("id", "platform", "chat_id")
    return {f"group:{row[0]}": [(row[1], row[2], None)] for row in rows}


async def _accounts(ids: set[int]) -> dict[str, list[_Partner]]:
    if not ids:
        return {}
    rows = await Account.filter(id__in=ids).values_list("id", "platform", "account_id")
    return {f"account:{row[0]}": [(row[1], row[2], None)] for row in rows}


async def _people(ids: set[int]) -> dict[str, list[_Partner]]:
    found: dict[str, list[_Partner]] = {}
    if not ids:
        return found
    known = Account.filter(person_id__in=ids).order_by("bound_at", "id")
    rows = await known.values_list("person_id", "platform", "account_id", "bound_at")
    for person_id, platform, account_id, bound_at in rows:
        found.setdefault(f"person:{person_id}", []).append((platform, account_id, bound_at))
    return found


async def names(chats: Iterable[Chat]) -> Mapping[str, set[tuple[ChatKind, str, str]]]:
    """Return every target that stands for one of ``chats``, with the chats it stands for."""
    found: dict[str, set[tuple[ChatKind, str, str]]] = {}
    by_kind: dict[ChatKind, set[str]] = {kind: set() for kind in ChatKind}
    for chat in chats:
        by_kind[chat.kind].add(chat.chat_id)
    if not any(by_kind.values()):
        return found
    groups = Group.filter(chat_id__in=list(by_kind[ChatKind.GROUP]))
    for number, platform, chat_id in await groups.values_list("id", "platform", "chat_id"):
        found.setdefault(f"group:{number}", set()).add((ChatKind.GROUP, platform, chat_id))
    accounts = Account.filter(account_id__in=list(by_kind[ChatKind.PRIVATE]))
    fields = ("id", "person_id", "platform", "account_id")
    for number, person_id, platform, account_id in await accounts.values_list(*fields):
        place = (ChatKind.PRIVATE, platform, account_id)
        found.setdefault(f"account:{number}", set()).add(place)
        if person_id is not None:
            found.setdefault(f"person:{person_id}", set()).add(place)
    return found


async def neighbours(chats: Sequence[Chat], *, since: datetime) -> Mapping[Chat, list[Delivery]]:
    """Return what was tried in ``chats`` since a day before ``since``: sent, unknown or going."""
    targets = await names(chats)
    found: dict[Chat, list[Delivery]] = {chat: [] for chat in chats}
    if not targets:
        return found
    wanted = {_key(chat): chat for chat in chats}
    rows = await Delivery.filter(
        target__in=list(targets),
        state__in=[S.SENT, S.UNKNOWN, S.SENDING],
        written_at__gte=since - FAR_OFF,
    ).only(*FIELDS)
    for row in rows:
        for kind, platform, chat_id in targets[row.target]:
            chat = wanted.get((row.self_id or "", kind, platform, chat_id))
            if chat is not None:
                found[chat].append(row)
    return found


def _key(chat: Chat) -> tuple[str, ChatKind, str, str]:
    return (f"{chat.platform}:{chat.self_id}", chat.kind, chat.platform, chat.chat_id)
