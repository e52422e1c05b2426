"""Whom a delivery is for (``person:12``, ``group:3``, ``account:7``), and in which chat just now.

A target names somebody for good; which account or group chat stands behind it is looked up at the
moment of sending: the account a person bound last, the account of ours that speaks in a group.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from core import clock
from core.errors import Fault
from core.messages import Chat, ChatKind
from models import Account
from plugins.delivery import ledger, seating
from plugins.delivery.seating import Sitting
from plugins.identity import statements


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


class _Group(NamedTuple):
    id: int
    platform: str
    chat_id: str
    regular: str
    sittings: list[Sitting]

    @property
    def is_shared(self) -> bool:
        """Whether another account than the regular one sits in it."""
        return any(one.self_id != self.regular for one in self.sittings)


# Groups asked for by one statement.
_BATCH = 500

_GROUPS = """
SELECT g.id AS group_id, g.platform, g.chat_id, g.self_id AS regular,
    s.id, s.self_id, s.is_member, s.silent_until, s.checked_at
FROM chat_group AS g LEFT JOIN seat AS s ON s.group_id = g.id
WHERE g.is_active AND g.id IN (%s) ORDER BY g.id, s.id
"""
_ELSEWHERE = """
SELECT platform, self_id FROM bot_account
WHERE speaker_until > clock_timestamp() AND breaker = 'closed'
"""

# Our accounts that are connected now, by platform.
Reach = Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=65_536)
def parse(target: str) -> Target:
    """Return ``target`` taken apart; Fault when it is none."""
    kind, _, number = target.partition(":")
    if kind not in set(TargetKind) or not number.isascii() or not number.isdigit():
        raise Fault("not a target")
    return Target(TargetKind(kind), int(number))


def voice(chat: Chat) -> str:
    """Return the key of the account of ours that speaks in ``chat``: ``platform:account``."""
    return f"{chat.platform}:{chat.self_id}"


async def chats(
    targets: Iterable[str], *, reach: Reach, now: datetime | None = None
) -> dict[str, Chat]:
    """Return the chat behind each target at ``now`` (by the clock unless told otherwise).

    Those without one are left out.
    """
    wanted = {target: parse(target) for target in targets}
    people = await _of_people({t.id for t in wanted.values() if t.kind is TargetKind.PERSON})
    accounts = await _of_accounts({t.id for t in wanted.values() if t.kind is TargetKind.ACCOUNT})
    ids = {t.id for t in wanted.values() if t.kind is TargetKind.GROUP}
    groups = await _of_groups(ids, reach, now or clock.now())
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


async def _of_groups(ids: set[int], reach: Reach, now: datetime) -> dict[int, Chat]:
    known = [group for part in _parts(sorted(ids)) for group in await _groups(part)]
    beyond = await _connected_elsewhere({group.platform for group in known if group.is_shared})
    found = {}
    for group in known:
        speaker = group.regular
        if group.sittings:
            up = {*reach.get(group.platform, ()), *beyond.get(group.platform, ())}
            speaker = seating.choose(group.regular, group.sittings, up=up, now=now)
        found[group.id] = Chat(group.platform, speaker, ChatKind.GROUP, group.chat_id)
    return found


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


async def _groups(ids: Sequence[int]) -> Collection[_Group]:
    """Return active groups with the accounts of ours that sit in each."""
    holes = ", ".join(f"${number}" for number in range(1, len(ids) + 1))
    found: dict[int, _Group] = {}
    for row in await statements.rows(_GROUPS % holes, *ids):
        number = int(row["group_id"])
        if number not in found:
            regular = str(row["regular"])
            found[number] = _Group(number, row["platform"], row["chat_id"], regular, [])
        if row["id"] is not None:
            found[number].sittings.append(seating.sitting(row))
    return found.values()


async def _connected_elsewhere(platforms: Collection[str]) -> dict[str, list[str]]:
    """Return accounts that other processes speak for now, by platform."""
    found: dict[str, list[str]] = {}
    if platforms and ledger.is_shared():
        for row in await statements.rows(_ELSEWHERE):
            found.setdefault(row["platform"], []).append(row["self_id"])
    return found


def _private(account: _Account, reach: Reach) -> Chat:
    # An account that never wrote to us privately: whoever of ours is there may try.
    self_id = account.self_id or next(iter(reach.get(account.platform, ())), "")
    return Chat(account.platform, self_id, ChatKind.PRIVATE, account.account_id)
