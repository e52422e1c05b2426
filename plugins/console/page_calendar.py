"""The calendar of what goes out: digests by the plans, and pushes that wait for their hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from starlette.responses import Response

from core.clock import local_day
from plugins.console import rendering
from plugins.console.visits import Visit
from plugins.delivery import pushes
from plugins.study import orders, outlook, slots
from plugins.study.outlook import Paused

WEEKS = 6
_WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that goes out at a moment. ``title`` is empty for a digest not chosen yet."""

    at: datetime
    title: str
    groups: Sequence[str]
    count: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar."""

    on: date
    is_holiday: bool
    entries: tuple[Entry, ...]
    paused: tuple[str, ...]


async def show(visit: Visit) -> Response:
    """Show the coming weeks, day by day."""
    entries = [
        Entry(one.at, "", one.groups, len(one.groups))
        for one in await outlook.coming(visit.actor, now=visit.now, weeks=WEEKS)
    ]
    entries += await _waiting(visit)
    by_day: dict[date, list[Entry]] = {}
    for entry in sorted(entries, key=lambda one: one.at):
        by_day.setdefault(local_day(entry.at), []).append(entry)
    groups = await orders.groups_of(visit.actor)
    first = slots.week_of(visit.today)
    last = first + timedelta(days=WEEKS * _WEEK_DAYS - 1)
    pauses = await outlook.paused(visit.actor, first=first, last=last)
    return rendering.page(
        visit,
        "calendar.html",
        days=_days(first, by_day, pauses),
        groups=len(groups),
        weeks=WEEKS,
    )


async def _waiting(visit: Visit) -> list[Entry]:
    """Return the pushes of which nothing has gone out and whose hour is to come."""
    found = []
    for push in await pushes.of(visit.actor):
        if push.is_recent(visit.now) and push.count(*pushes.WAITING):
            come = await pushes.progress(visit.actor, push, now=visit.now)
            if come.starts_at is not None:
                found.append(Entry(come.starts_at, push.title, (), come.waiting))
    return found


def _days(
    first: date, by_day: Mapping[date, Sequence[Entry]], pauses: Sequence[Paused]
) -> list[Day]:
    days = (first + timedelta(days=place) for place in range(WEEKS * _WEEK_DAYS))
    return [
        Day(
            on,
            slots.is_holiday(on),
            tuple(by_day.get(on, ())),
            tuple(dict.fromkeys(one.unit for one in pauses if one.from_on <= on <= one.until_on)),
        )
        for on in days
    ]
