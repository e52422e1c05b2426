"""The cycles of reports: windows open, those who still owe hear of it twice at most.

Planning only, safe to run twice; the checks here are asked again at the moment of sending.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from core import clock
from core.clock import local_day
from core.config import settings
from core.database import require_tx, run_tx, transactional
from core.periods import Cycle
from models import Delivery, Person, ReportAllowance, ReportCycle, ReportDraft, Unit
from models.enums import AllowanceKind, DeliveryState, DraftState, Priority, UnitKind
from plugins.delivery import once
from plugins.delivery import service as delivery
from plugins.thought_report import duties, notices, policy, schedules
from plugins.thought_report.policy import Nudge, Window

REMINDER = "thought_report.reminder"

# Branches collect; committees and liaison offices only see totals.
_COLLECTING = (UnitKind.VILLAGE_BRANCH, UnitKind.MOBILE_PARTY_ORG)
# Units planned in one transaction: some hundred people, short enough not to hold anybody up.
_BATCH = 50


@transactional
async def open_cycles(*, now: datetime) -> int:
    """Open the window of the present cycle for every branch that has none yet; return how many.

    Each branch by its schedule, nothing before the first day of its window. A window that reaches
    beyond its cycle is opened late too, while it lasts. The unique key makes it repeatable.
    """
    today = local_day(now)
    units: Sequence[tuple[Any, ...]] = await Unit.filter(kind__in=list(_COLLECTING)).values_list(
        "id", "path"
    )
    found = await _windows(units, today)
    known = set(
        await ReportCycle.filter(
            quarter__in=list({str(window.quarter) for window in found.values()})
        ).values_list("unit_id", "quarter")
    )
    rows = [
        ReportCycle(
            unit_id=unit,
            quarter=str(window.quarter),
            opens_on=window.opens_on,
            closes_on=window.closes_on,
        )
        for (unit, _), window in sorted(found.items())
        if (unit, str(window.quarter)) not in known
    ]
    if rows:
        await ReportCycle.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


async def _windows(units: Sequence[tuple[Any, ...]], today: date) -> dict[tuple[int, str], Window]:
    """Return the windows that contain ``today``, by unit and cycle."""
    found = {}
    paths = [path for _, path in units]
    schedule_at = await schedules.in_force(paths, today)
    earlier: dict[date, dict[str, policy.Schedule]] = {}
    for unit, path in units:
        cycle = Cycle.of(today, schedule_at[path].months)
        windows = [schedules.usual_window(cycle, schedule_at[path])]
        first = cycle.previous.first_day
        if first not in earlier:
            earlier[first] = await schedules.in_force(paths, first)
        before = earlier[first][path]
        if before.closes_after and before.months == cycle.months:
            windows.append(schedules.usual_window(cycle.previous, before))
        for window in windows:
            if window.opens_on <= today <= window.closes_on:
                found[unit, str(window.quarter)] = window
    return found


def _days(window: Window) -> dict[Nudge, date]:
    chosen = settings().thought_report
    return policy.nudge_days(
        window, first=chosen.first_reminder_days, last=chosen.last_reminder_days
    )


def _occasion(window: Window, nudge: Nudge) -> str:
    chosen = settings().thought_report
    days = chosen.first_reminder_days if nudge is Nudge.FIRST else chosen.last_reminder_days
    return f"{window.quarter}:{days}"


async def plan_reminders(*, now: datetime) -> int:
    """Plan today's reminder for those who still owe; return how many are new.

    The first is given up once the day of the last has come. Whoever was given more time is reminded
    before the end of that instead. Commits batch by batch.
    """
    today = local_day(now)
    planned = 0
    for window, units in (await _open_windows(today)).items():
        for start in range(0, len(units), _BATCH):
            people = partial(duties.reminded, units[start : start + _BATCH], window.quarter, today)
            planned += await run_tx(partial(_plan, people, window, now))
    for window in await _extended_windows(today):
        people = partial(duties.extended, window.quarter, window.closes_on, today)
        planned += await run_tx(partial(_plan, people, window, now))
    return planned


async def _open_windows(today: date) -> dict[Window, list[int]]:
    rows: Sequence[tuple[Any, ...]] = await (
        ReportCycle.filter(opens_on__lte=today, closes_on__gte=today)
        .order_by("quarter", "unit_id")
        .values_list("unit_id", "quarter", "opens_on", "closes_on")
    )
    found: dict[Window, list[int]] = defaultdict(list)
    for unit, quarter, opens_on, closes_on in rows:
        found[Window(Cycle.parse(quarter), opens_on, closes_on)].append(int(unit))
    return found


async def _extended_windows(today: date) -> list[Window]:
    rows: Sequence[tuple[Any, ...]] = await (
        ReportAllowance.filter(
            kind=AllowanceKind.EXTENSION, until_on__gte=today, withdrawn_at__isnull=True
        )
        .order_by("quarter", "until_on")
        .values_list("quarter", "until_on")
    )
    cycles = [(Cycle.parse(str(quarter)), until) for quarter, until in dict.fromkeys(rows)]
    return [Window(cycle, schedules.usual_window(cycle).opens_on, until) for cycle, until in cycles]


async def _plan(
    people_of: Callable[[], Awaitable[list[int]]], window: Window, now: datetime
) -> int:
    require_tx()
    days, today = _days(window), local_day(now)
    nudge = policy.nudge_today(days, today)
    if nudge is None:
        return 0
    people = await people_of()
    if nudge is Nudge.LAST:
        await _give_up_first(people, window, now)
    targets = {f"person:{person}": person for person in people}
    occasions = await once.open_occasions(
        purpose=REMINDER, occasion=_occasion(window, nudge), targets=tuple(targets)
    )
    body = notices.body(notices.reminder(window, nudge, days=days))
    moment = policy.nudge_moment(
        days[nudge], hour=settings().thought_report.reminder_hour, today=today
    )
    planned = 0
    for target, occasion in occasions.items():
        planned += await delivery.enqueue(
            purpose=REMINDER,
            occasion=occasion,
            target=target,
            parts=body,
            now=now,
            priority=Priority.REMINDER,
            not_before=moment,
            expires_at=window.end,
            check="thought_report.still_owes",
            reference={"person": targets[target], "quarter": str(window.quarter)},
        )
    return planned


async def _give_up_first(people: Sequence[int], window: Window, now: datetime) -> None:
    first = _occasion(window, Nudge.FIRST)
    for person in await _due(people, f"{first}"):
        await take_back_reminders(person, str(window.quarter), now=now, reason="superseded")


async def _due(people: Sequence[int], occasion: str) -> list[int]:
    rows: Sequence[Any] = await (
        Delivery.filter(
            purpose=REMINDER,
            state=DeliveryState.DUE,
            occasion__startswith=occasion,
            target__in=[f"person:{person}" for person in people],
        )
        .order_by("id")
        .values_list("target", flat=True)
    )
    return [int(str(target).removeprefix("person:")) for target in dict.fromkeys(rows)]


async def take_back_reminders(person_id: int, quarter: str, *, now: datetime, reason: str) -> None:
    """Cancel what is due to be said to somebody about a cycle, in the caller's transaction."""
    target = f"person:{person_id}"
    due = await Delivery.filter(
        purpose=REMINDER,
        target=target,
        state=DeliveryState.DUE,
        occasion__startswith=f"{quarter}:",
    ).values_list("occasion", flat=True)
    for occasion in due:
        await delivery.cancel(
            purpose=REMINDER, occasion=str(occasion), target=target, now=now, reason=reason
        )


async def still_owes(reference: dict[str, Any]) -> bool:
    """Whether a person owes the report of a cycle and may be reminded of it now. Reads only."""
    person = await Person.filter(id=reference["person"]).first()
    if person is None:
        return False
    cycle = Cycle.parse(str(reference["quarter"]))
    return await duties.owes_and_listens(person, cycle, local_day(clock.now()))


async def receipt_is_newest(reference: dict[str, Any]) -> bool:
    """Whether a receipt still says how the draft stands. Reads only."""
    return await ReportDraft.filter(
        uid=reference["draft"], revision=reference["revision"], state=DraftState.OPEN
    ).exists()


CHECKS: dict[str, Callable[[dict[str, Any]], Awaitable[bool]]] = {
    "thought_report.still_owes": still_owes,
    "thought_report.receipt_is_newest": receipt_is_newest,
}
