"""What a list or a form would hold, and the order for it: confirmed by a word, noted, then made."""

from dataclasses import dataclass
from datetime import date, datetime

from core.actors import Actor
from core.clock import local_day
from core.database import transactional
from core.errors import Fault, Refusal
from core.periods import Span
from models import AuditLog
from models.enums import ExportKind
from plugins.delivery import exports
from plugins.identity import looks
from plugins.ledgers import making, scoping, templates
from plugins.ledgers.making import FORMS, LISTS, MAKER

__all__ = ["ExportKind", "Proposed", "Wanted", "begin", "confirm", "propose"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants taken out.

    A list needs ``span``; ``unit_id`` narrows it. A form is that of ``person_id``, or those of
    everybody in a unit.
    """

    kind: ExportKind
    span: Span | None = None
    unit_id: int | None = None
    person_id: int | None = None

    @property
    def days(self) -> Span:
        """The days of a list; Fault without them."""
        if self.span is None:
            raise Fault("a list without its days")
        return self.span


@dataclass(frozen=True, slots=True)
class Proposed:
    """What would be taken out, before somebody confirms it.

    ``name`` is the person or unit, empty for everything in reach; ``people`` are how many stand in
    it, ``lines`` how many lines a list has. ``unknown`` are names in the template nobody knows.
    """

    wanted: Wanted
    name: str
    people: int
    lines: int = 0
    has_names: bool = True
    unknown: tuple[str, ...] = ()


async def propose(*, actor: Actor, wanted: Wanted, today: date) -> Proposed:
    """Count what a file would hold; nothing is written.

    Raises Refusal ``reception.not_allowed`` for a person who is none of the actor's branch,
    ``ledgers.nothing``, and for a form ``ledgers.template_missing`` or ``template_broken``.
    """
    if wanted.kind in LISTS:
        area = await scoping.area_at(actor, wanted.unit_id, wanted.days)
        found = await making.listed(actor, wanted.kind, area, today)
        if not found.lines:
            raise Refusal("ledgers.nothing")
        return Proposed(wanted, area.name, len(found.people), len(found.lines), area.names)
    _, unknown = await templates.load(wanted.kind)
    people = await _people(actor, wanted)
    name = people[0][1] if wanted.person_id is not None else await _unit_name(actor, wanted)
    return Proposed(wanted, name, len(people), unknown=unknown)


async def _people(actor: Actor, wanted: Wanted) -> tuple[tuple[int, str], ...]:
    people = await making.people_of_forms(
        actor, wanted.kind, person_id=wanted.person_id, unit_id=wanted.unit_id
    )
    if not people:
        one = wanted.person_id is not None
        raise Refusal("reception.not_allowed" if one else "ledgers.nothing")
    return people


async def _unit_name(actor: Actor, wanted: Wanted) -> str:
    day = date(1950, 1, 1)
    return (await scoping.area_at(actor, wanted.unit_id, Span(day, day))).name


@transactional
async def confirm(*, actor: Actor, wanted: Wanted, key: str, now: datetime) -> str:
    """Owe a file to the account that confirmed it; return its uid, the same for the same ``key``.

    Commits the order, the audit row and a read row for everybody who stands in it by name. Raises
    Refusal ``reception.not_allowed`` or ``ledgers.nothing``.
    """
    if (known := await exports.known(key)) is not None:
        return known
    people = await _named(actor, wanted, local_day(now))
    order = await exports.owe(
        actor=actor,
        kind=wanted.kind,
        key=key,
        now=now,
        about_id=wanted.person_id,
        unit_id=wanted.unit_id,
        days=(wanted.span.first, wanted.span.last) if wanted.span else None,
    )
    what = looks.FORM if wanted.kind in FORMS else looks.LEDGER
    for person_id in people:
        await looks.note(
            reader=actor, person_id=person_id, office=looks.Office.SECRETARY, what=what, now=now
        )
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="ledgers.export",
        subject_kind="report_export",
        subject_id=order.id,
        detail={
            "kind": wanted.kind.value,
            "about": wanted.person_id,
            "unit": wanted.unit_id,
            "people": len(people),
        },
    )
    return order.uid


async def _named(actor: Actor, wanted: Wanted, today: date) -> tuple[int, ...]:
    """Return who stands by name in what is wanted."""
    if wanted.kind in FORMS:
        return tuple(person_id for person_id, _ in await _people(actor, wanted))
    area = await scoping.area_at(actor, wanted.unit_id, wanted.days)
    found = await making.listed(actor, wanted.kind, area, today)
    if not found.lines:
        raise Refusal("ledgers.nothing")
    return found.people


async def begin(uid: str) -> bool:
    """Begin to make a confirmed file; return whether it was ready within two seconds."""
    return await exports.begin(uid, MAKER)
