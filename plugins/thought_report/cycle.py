"""The quarterly round: windows open, those who still owe hear of it twice at most.

Planning only, safe to run twice; the checks here are asked again at the moment of sending.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from tortoise.expressions import Q

from core import clock
from core.actors import ConsentKind
from core.clock import local_day
from core.config import settings
from core.database import require_tx, run_tx, transactional
from core.periods import Quarter
from models import Consent, Delivery, Person, ReportCycle, ReportDraft, ThoughtReport, Unit
from models.enums import ConsentDecision, DeliveryState, DraftState, Priority, UnitKind
from models.report import OWING_STAGES, owes_report
from plugins.delivery import service as delivery
from plugins.thought_report import notices, policy, service
from plugins.thought_report.policy import Nudge, Window

REMINDER = "thought_report.reminder"

# Branches collect; committees and liaison offices only see totals.
_COLLECTING = (UnitKind.VILLAGE_BRANCH, UnitKind.MOBILE_PARTY_ORG)
# Units planned in one transaction: some hundred people, short enough not to hold anybody up.
_BATCH = 50


@transactional
async def open_cycles(*, now: datetime) -> int:
    """Open the window of this quarter for every branch that has none yet; return how many.

    Nothing before the first day of the window (config.toml). The unique key makes it repeatable.
    """
    today = local_day(now)
    window = service.window(Quarter.of(today))
    if today < window.opens_on:
        return 0
    quarter = str(window.quarter)
    known: Sequence[Any] = await ReportCycle.filter(quarter=quarter).values_list(
        "unit_id", flat=True
    )
    units: Sequence[Any] = await Unit.filter(kind__in=list(_COLLECTING)).values_list(
        "id", flat=True
    )
    fresh = sorted(set(units) - set(known))
    rows = [
        ReportCycle(
            unit_id=unit, quarter=quarter, opens_on=window.opens_on, closes_on=window.closes_on
        )
        for unit in fresh
    ]
    if rows:
        await ReportCycle.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def _days(window: Window) -> dict[Nudge, date]:
    chosen = settings().thought_report
    return policy.nudge_days(
        window, first=chosen.first_reminder_days, last=chosen.last_reminder_days
    )


def _occasion(window: Window, nudge: Nudge) -> str:
    return f"{window.quarter}:{(window.closes_on - _days(window)[nudge]).days}"


async def plan_reminders(*, now: datetime) -> int:
    """Plan today's reminder for those who still owe; return how many are new.

    The first is given up once the day of the last has come. Commits batch by batch.
    """
    today = local_day(now)
    window = service.window(Quarter.of(today))
    nudge = policy.nudge_today(_days(window), today)
    if nudge is None:
        return 0
    if nudge is Nudge.LAST:
        await _give_up_first(window, now)
    units: Sequence[Any] = await (
        ReportCycle.filter(quarter=str(window.quarter))
        .order_by("unit_id")
        .values_list("unit_id", flat=True)
    )
    planned = 0
    for start in range(0, len(units), _BATCH):
        batch = units[start : start + _BATCH]
        planned += await run_tx(partial(_plan_units, batch, window, nudge, now))
    return planned


@transactional
async def _give_up_first(window: Window, now: datetime) -> None:
    await delivery.cancel(
        purpose=REMINDER, occasion=_occasion(window, Nudge.FIRST), now=now, reason="superseded"
    )


async def _plan_units(units: Sequence[Any], window: Window, nudge: Nudge, now: datetime) -> int:
    require_tx()
    days = _days(window)
    today = local_day(now)
    people = await _owing(units, str(window.quarter), today)
    tried = await _tried(people, _occasion(window, nudge))
    body = notices.body(notices.reminder(window, nudge, days=days))
    moment = policy.nudge_moment(
        days[nudge], hour=settings().thought_report.reminder_hour, today=today
    )
    planned = 0
    for person in people:
        earlier = tried.get(f"person:{person}", [])
        if any(state is not DeliveryState.CANCELLED for state in earlier):
            continue
        again = f":{len(earlier)}" if earlier else ""
        planned += await delivery.enqueue(
            purpose=REMINDER,
            occasion=_occasion(window, nudge) + again,
            target=f"person:{person}",
            parts=body,
            now=now,
            priority=Priority.REMINDER,
            not_before=moment,
            expires_at=window.end,
            check="thought_report.still_owes",
            reference={"person": person, "quarter": str(window.quarter)},
        )
    return planned


async def _owing(units: Sequence[Any], quarter: str, today: date) -> list[int]:
    """Return who owes, may be written to, and wants to be reminded today."""
    rows: Sequence[Any] = await (
        Person.filter(
            Q(paused_until__isnull=True) | Q(paused_until__lt=today),
            stage__in=list(OWING_STAGES),
            home_unit_id__in=list(units),
            accounts__bound_at__isnull=False,
        )
        .distinct()
        .order_by("id")
        .values_list("id", flat=True)
    )
    handed_in = set(
        await ThoughtReport.filter(quarter=quarter, person_id__in=list(rows)).values_list(
            "person_id", flat=True
        )
    )
    consenting = await _consenting(rows)
    return [int(person) for person in rows if person in consenting and person not in handed_in]


async def _consenting(people: Sequence[Any]) -> set[Any]:
    rows: Sequence[tuple[Any, ...]] = await (
        Consent.filter(person_id__in=list(people), kind=ConsentKind.REPORTS)
        .order_by("id")
        .values_list("person_id", "decision")
    )
    newest = dict(rows)
    return {person for person, said in newest.items() if said == ConsentDecision.GIVEN}


async def _tried(people: Sequence[int], occasion: str) -> dict[str, list[DeliveryState]]:
    """Return what became of earlier plannings; one cancelled by a pause may be planned again."""
    rows: Sequence[tuple[Any, ...]] = await Delivery.filter(
        Q(occasion=occasion) | Q(occasion__startswith=f"{occasion}:"),
        purpose=REMINDER,
        target__in=[f"person:{person}" for person in people],
    ).values_list("target", "state")
    tried: dict[str, list[DeliveryState]] = defaultdict(list)
    for target, state in rows:
        tried[target].append(DeliveryState(state))
    return tried


async def still_owes(reference: dict[str, Any]) -> bool:
    """Whether a person owes the report of a quarter and may be reminded of it now. Reads only."""
    person = await Person.filter(id=reference["person"]).first()
    today = local_day(clock.now())
    if person is None or not owes_report(person.stage):
        return False
    if person.paused_until is not None and person.paused_until >= today:
        return False
    if await ThoughtReport.filter(person_id=person.id, quarter=reference["quarter"]).exists():
        return False
    return person.id in await _consenting([person.id])


async def receipt_is_newest(reference: dict[str, Any]) -> bool:
    """Whether a receipt still says how the draft stands. Reads only."""
    return await ReportDraft.filter(
        uid=reference["draft"], revision=reference["revision"], state=DraftState.OPEN
    ).exists()


CHECKS: dict[str, Callable[[dict[str, Any]], Awaitable[bool]]] = {
    "thought_report.still_owes": still_owes,
    "thought_report.receipt_is_newest": receipt_is_newest,
}
