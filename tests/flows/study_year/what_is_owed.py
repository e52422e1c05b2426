"""What the plans of a year owe, reckoned day by day, plainly and slowly, from the test's own facts.

Knows nothing of the rooms: holidays come straight from the calendar, plans from ``Facts``.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import chinese_calendar  # type: ignore[import-untyped]  # ships no types

from core.clock import LOCAL_ZONE

DAY = timedelta(days=1)
NIGHT_BEGINS, NIGHT_ENDS = 21, 8


@dataclass(frozen=True)
class Facts:
    """One group as the test planted it. ``plan`` gives the columns in force on a day."""

    plan: Callable[[date], Mapping[str, Any]]
    pauses: Sequence[tuple[date, date]] = ()
    a_month: int = 99


def is_holiday(day: date) -> bool:
    """Whether the State Council's notice names ``day`` as a day off."""
    is_off, name = chinese_calendar.get_holiday_detail(day)
    return bool(is_off and name)


def moved(day: date, plan: Mapping[str, Any]) -> date:
    """Return the day on which a digest of ``day`` comes."""
    if plan["skips_holidays"] and is_holiday(day):
        while not chinese_calendar.is_workday(day):
            day += DAY
    return day


def owed(facts: Facts, first: date, last: date, down: tuple[datetime, datetime]) -> list[datetime]:
    """Return the moments at which one group gets a digest between two days, in order.

    ``down`` is when the bot stood still; it caught up what its own week still owed, when it came
    back.
    """
    got: list[datetime] = []
    weeks: list[date] = []
    months: Counter[tuple[int, int]] = Counter()
    day = first
    while day <= last:
        plan = facts.plan(day)
        comes = any(
            (day - n * DAY).weekday() == plan["weekday"] and moved(day - n * DAY, plan) == day
            for n in range(20)
        )
        week = day - day.weekday() * DAY
        rests = weeks and week < weeks[-1] + plan["every_weeks"] * 7 * DAY
        is_full = months[day.year, day.month] >= facts.a_month
        if comes and not rests and not is_full and not _is_paused(facts, day):
            slot = datetime.combine(day, time(plan["hour"], plan["minute"]), LOCAL_ZONE)
            at = _heard(slot, facts, down, plan)
            if at is not None:
                got.append(at)
                weeks.append(week)
                months[day.year, day.month] += 1
        day += DAY
    return got


def _heard(
    slot: datetime, facts: Facts, down: tuple[datetime, datetime], plan: Mapping[str, Any]
) -> datetime | None:
    """Return when a digest of ``slot`` is heard: at once, after the night, or after the outage."""
    if down[0] <= slot < down[1]:
        back = down[1].date()
        is_over = slot.date() - slot.weekday() * DAY != back - back.weekday() * DAY
        if is_over or _is_paused(facts, back) or (plan["skips_holidays"] and is_holiday(back)):
            return None
        slot = down[1]
    if slot.hour >= NIGHT_BEGINS:
        return datetime.combine(slot.date() + DAY, time(NIGHT_ENDS), LOCAL_ZONE)
    return slot


def _is_paused(facts: Facts, day: date) -> bool:
    return any(begin <= day <= end for begin, end in facts.pauses)
