"""Undoes an import (撤销导入) as long as nobody acted on what it did: all or nothing."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise import Tortoise
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from core import crypto
from core.actors import Actor, Stage
from core.database import transactional
from core.errors import Refusal
from models import (
    AuditLog,
    Delivery,
    Invitation,
    Mentorship,
    Person,
    Role,
    RosterImport,
    Unit,
)
from models.rows import plain_value
from plugins.delivery import service as delivery
from plugins.roster import import_work, imports, queries
from plugins.roster.registry import in_batches

_ROWS: Mapping[str, type[Model]] = {"roles": Role, "pairs": Mentorship}


@dataclass(frozen=True, slots=True)
class Undoable:
    """An import that may be undone: when it was, and what it did."""

    uid: str
    applied_at: datetime
    added: int
    updated: int


async def last(actor: Actor) -> Undoable:
    """Return what somebody imported last. Refusal ``roster.undo_nothing``, ``roster.undo_late``."""
    imports.require_officer(actor)
    rows = await queries.last_imports(actor, 1)
    if not rows or rows[0].undone_at is not None or rows[0].applied_at is None:
        raise Refusal("roster.undo_nothing")
    row = rows[0]
    if row.before_sealed is None:
        raise Refusal("roster.undo_late")
    at = row.applied_at
    return Undoable(row.uid, at or row.received_at, row.counts["added"], row.counts["updated"])


async def undo(*, actor: Actor, uid: str, now: datetime) -> None:
    """Take back an import of one's own. Commits rows, audit row, and what is no longer owed.

    Raises Refusal ``roster.undo_nothing``, ``roster.undo_late``, ``roster.undo_touched``.
    """
    imports.require_officer(actor)
    await imports.forget(await _undo(uid, actor.person_id, now))


async def undo_at_console(*, now: datetime) -> Undoable:
    """Take back the last import that was made at the console. Raises as ``undo``."""
    rows = RosterImport.filter(asked_by_id__isnull=True, applied_at__isnull=False)
    row = await rows.order_by("-applied_at", "-id").first()
    if row is None or row.undone_at is not None or row.applied_at is None:
        raise Refusal("roster.undo_nothing")
    await imports.forget(await _undo(row.uid, None, now))
    return Undoable(row.uid, row.applied_at, row.counts["added"], row.counts["updated"])


@transactional
async def _undo(uid: str, asked_by: int | None, now: datetime) -> list[str]:
    row = await RosterImport.filter(uid=uid).select_for_update().first()
    if row is None or row.asked_by_id != asked_by or row.applied_at is None or row.undone_at:
        raise Refusal("roster.undo_nothing")
    if row.before_sealed is None:
        raise Refusal("roster.undo_late")
    held = json.loads(crypto.unseal_text(row.before_sealed, place=import_work.place_of(row.uid)))
    made = {kind: [int(one) for one in ids] for kind, ids in row.made.items()}
    await _refuse_acts(made)
    await _put_back(held["before"], held["after"])
    await _take_out(made)
    for number in range(1, len(row.codes) + 1):
        await delivery.cancel(
            purpose=import_work.CODES, occasion=f"{row.uid}:{number}", now=now, reason="undone"
        )
    gone = list(row.codes)
    row.undone_at, row.before_sealed, row.codes = now, None, []
    await row.save(update_fields=["undone_at", "before_sealed", "codes"])
    await AuditLog.create(
        at=now,
        actor_id=asked_by,
        action="roster.import_undone",
        subject_kind="roster_import",
        subject_id=row.id,
        detail=row.counts,
    )
    return gone


async def _refuse_acts(made: Mapping[str, list[int]]) -> None:
    """Refuse when anything was done about the new people since, or anything is owed to them."""
    since = made["last_act"][0]
    for some in in_batches(made["people"]):
        acts = AuditLog.filter(subject_kind="person", subject_id__in=some, id__gt=since)
        owed = Delivery.filter(target__in=[f"person:{number}" for number in some])
        if await acts.exists() or await owed.exists():
            raise Refusal("roster.undo_touched")


async def _put_back(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write what stood before; refuse where something else stands now than was imported."""
    people = before.get("people", {})
    for some in in_batches([int(number) for number in people]):
        for person in await Person.filter(id__in=some).order_by("id"):
            new = after["people"][str(person.id)]
            if {name: plain_value(getattr(person, name)) for name in new} != new:
                raise Refusal("roster.undo_touched")
            old = {name: _value(name, value) for name, value in people[str(person.id)].items()}
            await Person.filter(id=person.id).update(**old)
    for kind, model in _ROWS.items():
        for number, until in before.get(kind, {}).items():
            standing = model.filter(id=int(number), until_on=_day(after[kind][number]))
            if after[kind][number] is None:
                standing = model.filter(id=int(number), until_on__isnull=True)
            if not await standing.update(until_on=_day(until)):
                raise Refusal("roster.undo_touched")


def _value(name: str, held: Any) -> Any:
    if held is None or name in {"inflow_unit_id", "city"}:
        return held
    return Stage(held) if name == "stage" else _day(held)


def _day(held: str | None) -> date | None:
    return None if held is None else date.fromisoformat(held)


async def _take_out(made: Mapping[str, list[int]]) -> None:
    """Delete what the import made; refuse where anything refers to it that it did not make."""
    await _delete(Mentorship, made["pairs"])
    await _delete(Role, made["roles"])
    for some in in_batches(made["codes"]):
        await Invitation.filter(id__in=some).delete()
    await _delete(Person, made["people"])
    for number in reversed(made["units"]):
        await _delete(Unit, [number])


async def _delete(model: type[Model], ids: Collection[int]) -> None:
    for some in in_batches(ids):
        for other, column in _pointers(model):
            if await other.filter(**{f"{column}__in": some}).exists():
                raise Refusal("roster.undo_touched")
        await model.filter(pk__in=some).delete()


def _pointers(model: type[Model]) -> list[tuple[type[Model], str]]:
    """Return every column of every table that refers to rows of ``model``."""
    return [
        (other, f"{name}_id")
        for other in Tortoise.apps["models"].values()
        for name, field in other._meta.fields_map.items()  # noqa: SLF001  # Tortoise's own list
        if isinstance(field, ForeignKeyFieldInstance)
        and field.model_name == f"models.{model.__name__}"
    ]
