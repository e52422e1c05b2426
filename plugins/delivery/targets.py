"""Whom a delivery is for (``person:12``, ``group:3``, ``account:7``), and in which chat just now.

A target names somebody for good; which account or group chat stands behind it is looked up at the
moment of sending: the account a person bound last, the account of ours that a group hears.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

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


class _Account(NamedTuple):
    platform: str
    account_id: str
    self_id: str


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


async def _of_people(ids: set[int]) -> dict[int, _Account]:
    if not ids:
        return {}
    known = Account.filter(person_id__in=ids).order_by("bound_at", "id")
    rows = await known.values_list("person_id", "platform", "account_id", "self_id")
    return {row[0]: _Account(*row[1:]) for row in rows}


async def _of_accounts(ids: set[int]) -> dict[int, _Account]:
    if not ids:
        return {}
    known = Account.filter(id__in=ids)
    rows = await known.values_list("id", "platform", "account_id", "self_id")
    return {row[0]: _Account(*row[1:]) for row in rows}


async def _of_groups(ids: set[int]) -> dict[int, Chat]:
    if not ids:
        return {}
    known = Group.filter(id__in=ids, is_active=True)
    rows = await known.values_list("id", "platform", "self_id", "chat_id")
    return {row[0]: Chat(row[1], row[2], ChatKind.GROUP, row[3]) for row in rows}


def _private(account: _Account, reach: Reach) -> Chat:
    # An account that never wrote to us privately: whoever of ours is there may try.
    self_id = account.self_id or next(iter(reach.get(account.platform, ())), "")
    return Chat(account.platform, self_id, ChatKind.PRIVATE, account.account_id)
