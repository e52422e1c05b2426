"""The rules of the roster: who comes in, who gets a code, who wants to be left alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import uuid4

from core.actors import Actor, RoleKind, Stage
from core.clock import local_day
from core.database import run_tx, transactional
from core.errors import Refusal
from models import Account, AuditLog, Person, Role, Unit
from models.enums import UnitKind
from plugins.identity import service as identity
from plugins.roster import carrying, queries, words
from plugins.roster.importing import RosterRow
from plugins.roster.plans import Plan, Reach
from plugins.roster.units import UnitTree

# Nobody works nights for longer than a year on end; a typed year is a slip.
LONGEST_PAUSE = timedelta(days=366)

_OFFICES = {
    UnitKind.COUNTY: RoleKind.COUNTY_CLERK,
    UnitKind.TOWNSHIP: RoleKind.TOWNSHIP_CLERK,
}


@dataclass(frozen=True, slots=True)
class Invited:
    """A code for one person. Never logged; shown once to whoever hands it over.

    ``has_account`` says that it is for a new phone, beside an account that is still bound.
    """

    name: str
    unit: str
    code: str
    has_account: bool = False


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did; a code for everybody who is new."""

    added: int
    updated: int
    unchanged: int
    units: int
    invited: tuple[Invited, ...]


async def import_roster(
    rows: Sequence[RosterRow], *, now: datetime, actor: int | None
) -> ImportResult:
    """Write a roster with a code for everybody who is new, in one transaction.

    Written again it changes what differs and adds nobody. ``actor`` is the person id of whoever
    does it, None at the console. Raises Refusal naming the row; then nothing is written.
    """
    ready = await carrying.prepare(rows, reach=Reach(), doubt=None, now=now, actor=actor)
    plan, _ = await run_tx(partial(carrying.carry_out, ready, now=now, actor=actor))
    await carrying.settle_in(plan)
    return result_of(plan, ready.codes)


def result_of(plan: Plan, codes: Mapping[int, str]) -> ImportResult:
    """Return what a plan that was carried out did, with the codes by line."""
    return ImportResult(
        added=len(plan.added),
        updated=plan.updated,
        unchanged=plan.unchanged,
        units=len(plan.tree.made),
        invited=tuple(
            Invited(item.row.name, item.unit.name, codes[item.row.line]) for item in plan.added
        ),
    )


async def _invite(person: Person, *, issued_by: int | None, now: datetime) -> Invited:
    unit = await Unit.get(id=person.home_unit_id)
    code = await identity.issue_invitation(person_id=person.id, issued_by=issued_by, now=now)
    return Invited(person.name, unit.name, code)


async def add_first_administrator(*, name: str, unit_name: str, now: datetime) -> str:
    """Put in office whoever runs the bot, by the name of his unit; return his code.

    He becomes operator, and clerk of the county or township. Doing it again gives a new code and
    adds nobody. Raises Refusal ``roster.admin_name``, ``roster.admin_unit``.
    """
    plain, path = words.bare(name), words.path(unit_name)
    if not words.is_name(plain):
        raise Refusal("roster.admin_name")
    if not path:
        raise Refusal("roster.admin_unit")
    person_id = await _administrator(plain, path, now)
    return await identity.issue_invitation(person_id=person_id, issued_by=None, now=now)


@transactional
async def _administrator(name: str, path: tuple[str, ...], now: datetime) -> int:
    tree = await UnitTree.load()
    unit = tree.at(path, line=1)
    await tree.write(now=now)
    person = await Person.filter(name=name, home_unit_id=unit.id).first()
    if person is None:
        person = await Person.create(
            uid=uuid4().hex,
            name=name,
            home_unit_id=unit.id,
            stage=Stage.FULL_MEMBER,
            created_at=now,
        )
    today = local_day(now)
    office = _OFFICES.get(unit.kind, RoleKind.BRANCH_SECRETARY)
    for kind in (RoleKind.OPERATOR, office):
        held = Role.filter(person_id=person.id, kind=kind, until_on__isnull=True)
        if not await held.exists():
            await Role.create(person_id=person.id, unit_id=unit.id, kind=kind, from_on=today)
    await _audit("roster.administrator", None, person.id, now)
    return person.id


async def invite(*, actor: Actor, person_id: int, now: datetime) -> Invited:
    """Make a code for one of the asker's people.

    For somebody who has an account it is good for a new phone: his mentor is asked before it takes
    the old one's place. Raises Refusal ``roster.name_not_found`` out of scope.
    """
    person = await _in_scope(actor, person_id)
    made = await _invite(person, issued_by=actor.person_id, now=now)
    return replace(made, has_account=await Account.filter(person_id=person_id).exists())


async def invite_unbound(*, person_id: int, now: datetime) -> Invited:
    """Make a code for somebody, for the console. Raises Refusal ``roster.has_account``."""
    person = await Person.get(id=person_id)
    if await Account.filter(person_id=person_id).exists():
        raise Refusal("roster.has_account", name=person.name)
    return await _invite(person, issued_by=None, now=now)


async def invite_all_unbound(*, now: datetime) -> tuple[Invited, ...]:
    """Make a code for everybody without an account; earlier codes lapse. For the console."""
    people = await queries.unbound(queries.EVERYWHERE)
    return tuple(
        [
            await _invite(await Person.get(id=person.person_id), issued_by=None, now=now)
            for person in people
        ]
    )


async def change_account(*, actor: Actor, person_id: int, now: datetime) -> Invited:
    """Take the old account off one of the asker's people and make a code for the new phone.

    Raises Refusal ``roster.name_not_found`` out of scope.
    """
    person = await _in_scope(actor, person_id)
    if await Account.filter(person_id=person_id).exists():
        await identity.unbind_person(actor=actor, person_id=person_id, now=now)
    return await _invite(person, issued_by=actor.person_id, now=now)


async def _in_scope(actor: Actor, person_id: int) -> Person:
    person = await Person.filter(id=person_id).prefetch_related("home_unit", "inflow_unit").first()
    if person is None or not _is_near(actor, person):
        raise Refusal("roster.name_not_found")
    return person


def _is_near(actor: Actor, person: Person) -> bool:
    scope = queries.inviting_scope(actor)
    inflow = person.inflow_unit
    return scope.covers(person.home_unit.path) or (inflow is not None and scope.covers(inflow.path))


@transactional
async def pause(*, actor: Actor, until: date, now: datetime) -> None:
    """Leave somebody alone until the end of the day ``until``; commits an audit row along.

    Raises Refusal ``roster.not_bound``, ``roster.pause_too_long``.
    """
    if actor.person_id is None:
        raise Refusal("roster.not_bound")
    if until - local_day(now) > LONGEST_PAUSE:
        raise Refusal("roster.pause_too_long")
    await Person.filter(id=actor.person_id).update(paused_until=until)
    await _audit("roster.pause", actor.person_id, actor.person_id, now, until=until.isoformat())


@transactional
async def resume(*, actor: Actor, now: datetime) -> bool:
    """End a pause; return whether there was one. Raises Refusal ``roster.not_bound``."""
    if actor.person_id is None:
        raise Refusal("roster.not_bound")
    paused = Person.filter(id=actor.person_id, paused_until__gte=local_day(now))
    if not await paused.update(paused_until=None):
        return False
    await _audit("roster.resume", actor.person_id, actor.person_id, now)
    return True


async def _audit(
    action: str, actor_id: int | None, person_id: int, now: datetime, **detail: str
) -> None:
    await AuditLog.create(
        at=now,
        actor_id=actor_id,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        detail=detail,
    )
