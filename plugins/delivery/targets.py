"""Whom a delivery is for (``person:12``, ``group:3``, ``account:7``), and in which chat just now.

A target names somebody for good; which account or group chat stands behind it is looked up at the
moment of sending: the account a person bound last, the account of ours that a group hears.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.errors import Fault
from core.messages import Chat, ChatKind
from models import Account, Group


class TargetKind(StrEnum):
    """What may be owed something."""

    PERSON = "person"
    GROUP = "group"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Target:
    """One target, taken apart."""

    kind: TargetKind
    id: int


# Our accounts that are connected now, by platform.
Reach = Mapping[str, tuple[str, ...]]


def parse(target: str) -> Target:
    """Return ``target`` taken apart; Fault when it is none."""
    kind, _, number = target.partition(":")
    if kind not in set(TargetKind) or not number.isascii() or not number.isdigit():
        raise Fault("not a target")
    return Target(TargetKind(kind), int(number))


def voice(chat: Chat) -> str:
    """Return the key of the account of ours that speaks in ``chat``: ``platform:account``."""
    return f"{chat.platform}:{chat.self_id}"


async def chats(targets: Iterable[str], *, reach: Reach) -> dict[str, Chat]:
    """Return the chat behind each target at this moment; those without one are left out."""
    wanted = {target: parse(target) for target in targets}
    people = await _of_people({t.id for t in wanted.values() if t.kind is TargetKind.PERSON})
    accounts = await _of_accounts({t.id for t in wanted.values() if t.kind is TargetKind.ACCOUNT})
    groups = await _of_groups({t.id for t in wanted.values() if t.kind is TargetKind.GROUP})
    found: dict[str, Chat] = {}
    for name, target in wanted.items():
        if target.kind is TargetKind.GROUP:
            chat = groups.get(target.id)
        else:
            account = (people if target.kind is TargetKind.PERSON else accounts).get(target.id)
            chat = None if account is None else _private(account, reach)
        if chat is not None:
            found[name] = chat
    return found


async def _of_people(ids: set[int]) -> dict[int, Account]:
    if not ids:
        return {}
    rows = await Account.filter(person_id__in=ids).order_by("bound_at", "id")
    return {row.person_id: row for row in rows if row.person_id is not None}


async def _of_accounts(ids: set[int]) -> dict[int, Account]:
    return {row.id: row for row in await Account.filter(id__in=ids)} if ids else {}


async def _of_groups(ids: set[int]) -> dict[int, Chat]:
    rows = await Group.filter(id__in=ids, is_active=True) if ids else []
    return {row.id: Chat(row.platform, row.self_id, ChatKind.GROUP, row.chat_id) for row in rows}


def _private(account: Account, reach: Reach) -> Chat:
    # An account that never wrote to us privately: whoever of ours is there may try.
    self_id = account.self_id or next(iter(reach.get(account.platform, ())), "")
    return Chat(account.platform, self_id, ChatKind.PRIVATE, account.account_id)
