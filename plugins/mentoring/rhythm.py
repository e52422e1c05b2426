"""Lets every pair say the rhythm that holds for it today: the unit's or its own, or a closer one.

The next day only ever comes nearer here; what moves it away is the outcome of a contact.
"""

from collections.abc import Iterable
from datetime import date, datetime

from core.clock import local_day
from core.config import settings
from core.database import require_tx, transactional
from models import Mentorship
from plugins.mentoring import cadence, silence
from plugins.mentoring.silence import Pair, Silence


@transactional
async def keep(*, now: datetime) -> int:
    """Write the rhythm of today into every pair whose row says another; return how many.

    Repeating it changes nothing.
    """
    return await _keep(await silence.load(local_day(now)))


async def keep_person(person_id: int, today: date) -> None:
    """Write the rhythm of today into the pairs of one person; joins the caller's transaction."""
    require_tx()
    await _keep(await silence.load(today, [person_id]))


async def _keep(people: Iterable[Silence]) -> int:
    changed = 0
    for one in people:
        for pair in one.pairs:
            changed += await _keep_pair(one, pair)
    return changed


async def _keep_pair(one: Silence, pair: Pair) -> bool:
    require_tx()
    rhythm = one.rule.rhythm
    months, next_on = None if pair.own.every else rhythm.months, pair.next_on
    if one.close_from is not None:
        months = min(rhythm.months, rhythm.close_months)
        heard = pair.last_on or pair.from_on
        next_on = min(next_on, cadence.close_due(heard, rhythm, one.close_from))
    ordinary = None if pair.own.every else settings().mentoring.cadence_months
    if (months, next_on) == (pair.months or ordinary, pair.next_on):
        return False
    await Mentorship.filter(id=pair.pair_id).update(cadence_months=months, next_contact_on=next_on)
    return True
