"""Reading what was handed in earlier (阅汇报 with a name): mentor and branch, a row for every look.

Nothing is decided here. A deputy reads what waits, not what was read before (dialogues 3.11).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.actors import Actor
from core.clock import local_day
from core.database import transactional
from core.errors import Refusal
from core.periods import Quarter
from models import Person, ThoughtReport
from models.enums import ReportState
from plugins.identity import looks, reach
from plugins.identity.reach import Reached
from plugins.thought_report import review, trail
from plugins.thought_report.review import ToRead
from plugins.thought_report.trail import Trail


@dataclass(frozen=True, slots=True)
class Opened:
    """A report that was opened to look at, and how it went."""

    report: ToRead
    trail: Trail


async def people_called(actor: Actor, name: str, day: date) -> Sequence[Reached]:
    """Return those called ``name`` whom the actor may look at.

    Raises Refusal ``reception.not_allowed`` when there is nobody: the same words whether nobody has
    that name, or somebody out of reach (dialogues 3.15).
    """
    found = await reach.people(actor, name, day)
    if not found:
        raise Refusal("reception.not_allowed")
    return found


async def reached(actor: Actor, person_id: int, day: date) -> Reached:
    """Return one person whom the actor may look at; Refusal ``reception.not_allowed`` otherwise."""
    found = await reach.person(actor, person_id, day)
    if found is None:
        raise Refusal("reception.not_allowed")
    return found


async def newest_of(person_id: int, quarter: Quarter | None) -> ThoughtReport | None:
    """Return the newest version of a person's report, of ``quarter`` or of the last one there is.

    Who asks was settled by ``people_called`` or ``reached``.
    """
    rows = ThoughtReport.filter(person_id=person_id).exclude(state=ReportState.SUPERSEDED)
    if quarter is not None:
        rows = rows.filter(quarter=str(quarter))
    found = await rows.order_by("id")
    return max(found, key=lambda row: (Quarter.parse(row.quarter), row.version), default=None)


@transactional
async def open_read(*, actor: Actor, uid: str, now: datetime, is_new_look: bool = True) -> Opened:
    """Open a report that was handed in to look at it; a new look is a row for its author.

    Raises Refusal ``reception.not_allowed``, whether there is such a report or not.
    """
    report = await ThoughtReport.filter(uid=uid).first()
    person = await reached(actor, report.person_id if report else 0, local_day(now))
    if report is None:
        raise Refusal("reception.not_allowed")
    if is_new_look:
        await looks.note(
            reader=actor,
            person_id=person.person_id,
            office=person.office,
            what=looks.at_report(report.quarter),
            now=now,
        )
    author = await Person.get(id=report.person_id)
    way = await trail.trail_of(author, Quarter.parse(report.quarter))
    return Opened(await review.shown(report, author), way)
