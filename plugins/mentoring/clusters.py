"""Several people of one branch and one city or employer not heard at once (成片没联系上)."""

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from core.clock import local_day
from core.config import settings
from core.conversation import Say
from core.database import transactional
from core.workdays import is_workday
from models.enums import EscalationLevel
from plugins.mentoring import escalation_notices as notices
from plugins.mentoring import silence
from plugins.mentoring.ladder import Offices
from plugins.mentoring.silence import Silence

Employers = Callable[[Collection[int]], Awaitable[dict[int, str]]]


async def _nobody(person_ids: Collection[int]) -> dict[int, str]:
    """Return no employers: no room handed a reader over."""
    del person_ids
    return {}


_employers: Employers = _nobody


def use_employers(reader: Employers) -> None:
    """Take the reader of employers from the room that keeps them."""
    global _employers  # handed over once when the house is built
    _employers = reader


@transactional
async def tell(*, now: datetime) -> int:
    """Owe the branch one notice for every city or employer where enough people went silent.

    Counted are those whose day has passed; people of one employer are not told of again by their
    city. The ledger keeps one notice a group and quarter, so that repeating it adds nothing.
    Returns how many are new.
    """
    today = local_day(now)
    if not is_workday(today):
        return 0
    silent = [one for one in await silence.load(today) if one.is_over_due(today)]
    offices, owed = await Offices.load(today), 0
    for group, where, people in await _groups(silent):
        rung = offices.rung(EscalationLevel.SECRETARY, people[0].path, days=0, but=())
        if rung is not None:
            owed += await notices.owe_cluster(people, rung, where=where, group=group, now=now)
    return owed


async def _groups(silent: list[Silence]) -> list[tuple[str, Say, list[Silence]]]:
    """Return the groups that are large enough: by employer first, then by city, by key."""
    named = await _employers([one.person_id for one in silent])
    at_work: dict[tuple[int, str], list[Silence]] = {}
    in_city: dict[tuple[int, str], list[Silence]] = {}
    for one in silent:
        if employer := named.get(one.person_id, "").strip():
            at_work.setdefault((one.unit_id, employer), []).append(one)
        if one.city:
            in_city.setdefault((one.unit_id, one.city), []).append(one)
    most = settings().mentoring.cluster_people
    found: list[tuple[str, Say, list[Silence]]] = []
    told: set[int] = set()
    for (unit_id, _employer), people in sorted(at_work.items()):
        if len(people) >= most:
            where = Say("mentoring.cluster_employer", unit=people[0].unit)
            # The employer's name stands nowhere in the ledger: the group goes by its first person.
            first = min(one.person_id for one in people)
            found.append((f"{unit_id}:employer:{first}", where, people))
            told.update(one.person_id for one in people)
    for (unit_id, city), people in sorted(in_city.items()):
        if len(people) >= most and not told.issuperset(one.person_id for one in people):
            where = Say("mentoring.cluster_city", unit=people[0].unit, city=city)
            found.append((f"{unit_id}:{city}", where, people))
    return found
