"""Several people of one branch in one city not heard at once (成片没联系上): one notice for all."""

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


@transactional
async def tell(*, now: datetime) -> int:
    """Owe the branch one notice for every city where enough of its people went silent.

    Counted are those whose day has passed. The ledger keeps one notice a city and quarter, so that
    repeating it adds nothing. Returns how many are new.
    """
    today = local_day(now)
    if not is_workday(today):
        return 0
    groups: dict[tuple[int, str], list[Silence]] = {}
    for one in await silence.load(today):
        if one.city and one.is_over_due(today):
            groups.setdefault((one.unit_id, one.city), []).append(one)
    offices, owed = await Offices.load(today), 0
    for (unit_id, city), people in sorted(groups.items()):
        rung = offices.rung(EscalationLevel.SECRETARY, people[0].path, days=0, but=())
        if len(people) < settings().mentoring.cluster_people or rung is None:
            continue
        where = Say("mentoring.cluster_city", unit=people[0].unit, city=city)
        owed += await notices.owe_cluster(
            people, rung, where=where, group=f"{unit_id}:{city}", now=now
        )
    return owed
