"""Who may look for somebody whom his mentor cannot reach: the place away from home (驻外点).

The place is the one on record, else the one in the city where relatives say he is. It is asked by
the mentor, after his yes, once in a silence; the branch's own step stands in ``escalation``.
"""

from dataclasses import dataclass
from datetime import date, datetime

from core.actors import Actor
from core.clock import local_day
from core.database import transactional
from core.errors import Refusal
from models import AuditLog, Unit
from models.enums import Outcome, UnitKind
from plugins.mentoring import escalation_notices as notices
from plugins.mentoring import queries, silence
from plugins.mentoring.queries import LogLine
from plugins.mentoring.silence import Silence

ACTION = "contact.inflow_asked"
# Said by the branch at its own step; the same silence is not asked about twice.
_BRANCH_ACTION = "escalation.inflow_asked"
# The person himself cannot be reached by what the mentor has.
_LOST = frozenset({Outcome.NUMBER_DEAD.value, Outcome.THROUGH_OTHERS.value})
_KINDS = (UnitKind.LIAISON_OFFICE, UnitKind.MOBILE_PARTY_ORG)


@dataclass(frozen=True, slots=True)
class Away:
    """A place away from home where somebody is in office."""

    unit_id: int
    name: str


async def place_for(line: LogLine, city: str, today: date) -> Away | None:
    """Return the place that may look for the person of a line; None when nobody need or may.

    A dead number and word from relatives ask at once, a vain try only when the person is over due.
    """
    vain = line.outcome == Outcome.NO_ANSWER.value
    if line.outcome not in _LOST and not vain:
        return None
    found = await silence.load(today, [line.person_id])
    if not found or found[0].is_paused(today) or (vain and not found[0].is_over_due(today)):
        return None
    place = await _place(found[0], city)
    if place is None or await _was_asked(found[0]):
        return None
    return place if await notices.officers_away(place.unit_id, today) else None


async def _place(one: Silence, city: str) -> Away | None:
    if one.inflow_id is not None:
        return Away(one.inflow_id, str(one.inflow))
    if not city:
        return None
    # The highest unit above the branch: a place of another county is nobody to be told names.
    top = "/".join(one.path.split("/")[:2]) + "/"
    rows = Unit.filter(path__startswith=top, kind__in=list(_KINDS), name__contains=city)
    unit = await rows.order_by("id").first()
    return None if unit is None else Away(unit.id, unit.name)


async def _was_asked(one: Silence) -> bool:
    rows = AuditLog.filter(
        action__in=[ACTION, _BRANCH_ACTION], subject_kind="person", subject_id=one.person_id
    )
    newest = await rows.order_by("-id").first()
    return newest is not None and local_day(newest.at) >= one.since


@transactional
async def ask(*, actor: Actor, contact_id: int, unit_id: int, now: datetime) -> str:
    """Ask a place to look for the person of the actor's own line; return its name.

    Raises Refusal ``mentoring.away_gone`` when the place is no longer one that may be asked, or
    was asked. Commits what is owed to its officers with the audit row.
    """
    today = local_day(now)
    line = await queries.own_line(actor, contact_id)
    place = None if line is None else await place_for(line, await _city(unit_id), today)
    if line is None or place is None or place.unit_id != unit_id:
        raise Refusal("mentoring.away_gone")
    one = (await silence.load(today, [line.person_id]))[0]
    holders = await notices.officers_away(unit_id, today)
    await notices.owe_search(one, holders, asker=actor.name, now=now)
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=ACTION,
        subject_kind="person",
        subject_id=line.person_id,
        detail={"unit": unit_id, "contact": contact_id},
    )
    return place.name


async def _city(unit_id: int) -> str:
    return (await Unit.get(id=unit_id)).name
