"""Tells those in charge, unasked and once, that of a push at rest some groups are unsure (3.14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from core.actors import RoleKind
from core.clock import local_day
from core.database import require_tx, transactional
from core.messages import Text
from core.texts import current
from models import Delivery, Group, Message, Role, Unit
from models.enums import Priority
from plugins.delivery import service, views
from plugins.delivery.queries import NOT_TAKEN_BACK, Open
from plugins.identity import statements

PURPOSE = "delivery.unsure"
CHECK = "delivery.still_unsure"
TOLD_LIFE = timedelta(days=3)

_UNSURE = f"""
SELECT id, message_id, purpose, occasion, target, reason, look_at FROM delivery
WHERE state = 'unknown' AND target LIKE 'group:%' AND {NOT_TAKEN_BACK} ORDER BY updated_at
"""  # noqa: S608  # no values in it
_MOVING = """
SELECT 1 AS one FROM delivery WHERE purpose = $1 AND occasion = $2 AND message_id = $3
AND state IN ('due', 'leased', 'sending') LIMIT 1
"""
# Who answers for the groups of a unit, the first one there is.
_OFFICES = (
    RoleKind.BRANCH_SECRETARY,
    RoleKind.DEPUTY_SECRETARY,
    RoleKind.ORGANIZATION_COMMISSIONER,
    RoleKind.TOWNSHIP_CLERK,
    RoleKind.COUNTY_CLERK,
)


@dataclass(frozen=True, slots=True)
class _Group:
    """A group whose delivery is unsure: what it is called, and the path of its unit."""

    name: str
    path: str


async def owe(*, now: datetime) -> int:
    """Owe one message for each push at rest with unsure groups; return how many are new.

    At rest: nothing of it is due or under way, and evidence is not looked for any more. Whoever
    ordered the push hears of the groups he answers for, else the secretary of the group's unit, or
    of the nearest unit above. Each push commits on its own; running it again is harmless.
    """
    by_push: dict[int, list[Mapping[str, Any]]] = {}
    for row in await statements.rows(_UNSURE):
        by_push.setdefault(int(row["message_id"]), []).append(row)
    told = 0
    for message_id in sorted(set(by_push) - await _told(set(by_push))):
        rows = sorted(by_push[message_id], key=lambda row: int(row["id"]))
        if all(row["look_at"] is None for row in rows) and not await _moves(rows[0]):
            told += await _owe(message_id, rows, now)
    return told


async def _told(messages: set[int]) -> set[int]:
    if not messages:
        return set()
    occasions = [str(message) for message in messages]
    rows = Delivery.filter(purpose=PURPOSE, occasion__in=occasions)
    return {int(str(one)) for one in await rows.values_list("occasion", flat=True)}


async def _moves(row: Mapping[str, Any]) -> bool:
    keys = (row["purpose"], row["occasion"], row["message_id"])
    return bool(await statements.rows(_MOVING, *keys))


@transactional
async def _owe(message_id: int, rows: Sequence[Mapping[str, Any]], now: datetime) -> int:
    message = await Message.get(id=message_id)
    groups = await _groups([str(row["target"]) for row in rows])
    by_person: dict[int, list[Open]] = {}
    for row in rows:
        group = groups.get(str(row["target"]))
        person = None if group is None else await _in_charge(group.path, message.asked_by_id, now)
        if group is not None and person is not None:
            item = Open(row["id"], group.name, True, True, row["reason"], message_id)
            by_person.setdefault(person, []).append(item)
    told = 0
    for person, items in by_person.items():
        told += await _tell(person, message, items, now)
    return told


async def _groups(targets: Sequence[str]) -> dict[str, _Group]:
    ids = [int(target.partition(":")[2]) for target in targets]
    rows = await Group.filter(id__in=ids).values_list("id", "name", "unit__name", "unit__path")
    return {f"group:{n}": _Group(str(name or unit), str(path)) for n, name, unit, path in rows}


async def _in_charge(path: str, asked_by: int | None, now: datetime) -> int | None:
    """Return the one person who is told about the groups of the unit with tree path ``path``."""
    ids = [int(piece) for piece in path.split("/") if piece]
    paths = {unit.id: unit.path for unit in await Unit.filter(id__in=ids).only("id", "path")}
    roles = await _roles(list(paths), local_day(now))
    if any(role.person_id == asked_by for role in roles):
        return asked_by
    here = [role for role in roles if role.kind is not RoleKind.OPERATOR]
    here.sort(key=lambda role: (-len(paths[role.unit_id]), _OFFICES.index(role.kind), role.id))
    chosen = next(iter(here or roles), None)
    return None if chosen is None else chosen.person_id


async def _roles(units: list[int], today: date) -> list[Role]:
    """Return who answers today for one of ``units``, and the operators, who answer for all."""
    offices = Q(unit_id__in=units, kind__in=list(_OFFICES)) | Q(kind=RoleKind.OPERATOR)
    lasting = Q(until_on__isnull=True) | Q(until_on__gte=today)
    return await Role.filter(offices, lasting, from_on__lte=today).order_by("id")


async def _tell(person: int, message: Message, items: Sequence[Open], now: datetime) -> bool:
    require_tx()
    reply = views.unsure_notice(message.title, tuple(items))
    return await service.enqueue(
        purpose=PURPOSE,
        occasion=str(message.id),
        target=f"person:{person}",
        parts=(Text("\n".join(current().render(say) for say in reply.says)),),
        ask=reply.ask,
        now=now,
        priority=Priority.NOTICE,
        expires_at=now + TOLD_LIFE,
        check=CHECK,
        reference={"delivery": items[0].delivery_id},
    )


async def still_unsure(reference: dict[str, Any]) -> bool:
    """Whether the delivery about which somebody is about to be asked is still unsure."""
    row = await Delivery.get_or_none(id=int(reference["delivery"]))
    return row is not None and row.state == "unknown" and row.recalled is None


CHECKS = {CHECK: still_unsure}
