"""What waits for those who answer for the groups: deliveries that are unsure, or were refused.

Group names are shown to everybody in charge of the group; a person's name only where names may be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from core.actors import Actor, UnitScope, Who
from models import Group, Person
from plugins.delivery.targets import TargetKind, parse
from plugins.identity import policy, statements

# A refusal older than a week is nobody's matter any more: the next push went out meanwhile.
RECENT = timedelta(days=7)
# The platform said it sent, and its own history does not have it.
VANISHED = "vanished"

# The state stands there as a literal, so that SQLite uses the partial index; the CASE and the
# order keep it from preferring a wider one. What somebody took back is nobody's matter any more.
NOT_TAKEN_BACK = "CASE WHEN recall_at IS NULL AND recalled IS NULL THEN 1 ELSE 0 END = 1"
_UNSURE = f"""
SELECT id, target, reason, message_id, 1 AS unsure FROM delivery
WHERE state = 'unknown' AND {NOT_TAKEN_BACK} ORDER BY updated_at
"""  # noqa: S608  # no values in it
_REFUSED = f"""
SELECT id, target, reason, message_id, 0 AS unsure FROM delivery
WHERE state = 'rejected' AND updated_at >= $1 AND target LIKE 'group:%' AND {NOT_TAKEN_BACK}
ORDER BY reason, updated_at
"""  # noqa: S608  # no values in it


@dataclass(frozen=True, slots=True)
class Open:
    """A delivery that waits for a person: unsure, or refused. ``name`` is its target's."""

    delivery_id: int
    name: str
    is_group: bool
    is_unsure: bool
    reason: str | None
    message_id: int = 0

    @property
    def is_vanished(self) -> bool:
        """Whether the platform said it sent, and the group does not show it."""
        return self.is_unsure and self.reason == VANISHED


@dataclass(frozen=True, slots=True)
class Place:
    """A group: what it is called, and the voice of ours that speaks there."""

    name: str
    voice: str


def scope_of(actor: Actor) -> UnitScope:
    """Return the units for whose groups somebody answers; the operator's are all of them."""
    if Who.OPERATOR in actor.roles:
        return UnitScope(("/",), names=False)
    return policy.visible_units(actor)


async def groups(actor: Actor) -> dict[str, Place]:
    """Return the groups for which somebody answers, by target."""
    scope = scope_of(actor)
    if not scope.paths:
        return {}
    inside = Q(*(Q(unit__path__startswith=path) for path in scope.paths), join_type=Q.OR)
    rows = await Group.filter(inside).values_list("id", "name", "unit__name", "platform", "self_id")
    return {
        f"group:{number}": Place(str(name or unit), f"{platform}:{self_id}")
        for number, name, unit, platform, self_id in rows
    }


async def open_items(actor: Actor, *, now: datetime) -> tuple[Open, ...]:
    """Return what waits for somebody's word: all that is unsure, and groups that refused lately."""
    names = {target: place.name for target, place in (await groups(actor)).items()}
    unsure = await statements.rows(_UNSURE)
    people = [row["target"] for row in unsure if row["target"].startswith("person:")]
    names |= await _people(scope_of(actor), people)
    refused = await statements.rows(_REFUSED, (now - RECENT).astimezone(UTC)) if names else ()
    found = sorted((*unsure, *refused), key=lambda row: int(row["id"]))
    return tuple(_open(row, names[row["target"]]) for row in found if row["target"] in names)


def _open(row: Mapping[str, Any], name: str) -> Open:
    is_group = parse(row["target"]).kind is TargetKind.GROUP
    unsure = bool(row["unsure"])
    return Open(row["id"], name, is_group, unsure, row["reason"], row["message_id"])


async def _people(scope: UnitScope, targets: list[str]) -> dict[str, str]:
    """Return those of ``targets`` whom the scope may name: target → name."""
    if not scope.names or not scope.paths or not targets:
        return {}
    fields = ("home_unit__path__startswith", "inflow_unit__path__startswith")
    near = Q(*(Q(**{field: path}) for path in scope.paths for field in fields), join_type=Q.OR)
    ids = [parse(target).id for target in targets]
    rows = await Person.filter(near, id__in=ids).values_list("id", "name")
    return {f"person:{number}": str(name) for number, name in rows}
