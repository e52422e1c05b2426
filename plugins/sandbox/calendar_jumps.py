"""The moments the page can jump to, computed from the present one. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

# The whole mainland keeps one legal time, and QQ counts its days by it.
LOCAL_ZONE = ZoneInfo("Asia/Shanghai")

_MORNING = time(9)
_REMINDERS = time(19)
_DIGEST = time(20)
_MONTHS_A_QUARTER = 3


class ClockControl(Protocol):
    """The clock of the bot, as far as the page may turn it."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    async def jump(self, to: datetime) -> None:
        """Move forward to ``to`` and let everything due by then happen."""
        ...


def targets(now: datetime) -> dict[str, datetime]:
    """Compute every jump's moment in UTC; each lies later than ``now``."""
    here = now.astimezone(LOCAL_ZONE)
    return {name: jump(here).astimezone(UTC) for name, jump in _JUMPS.items()}


def quarter_end(day: date) -> date:
    """Find the last day of the quarter in which ``day`` lies."""
    last_month = ((day.month - 1) // _MONTHS_A_QUARTER + 1) * _MONTHS_A_QUARTER
    return _first_of_next_month(day.year, last_month) - timedelta(days=1)


def _first_of_next_month(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, tzinfo=LOCAL_ZONE)


def _next_morning(here: datetime) -> datetime:
    return _at(here.date() + timedelta(days=1), _MORNING)


def _next_monday(here: datetime, moment: time) -> datetime:
    # "Next Monday" said on a Monday before the hour still means today's digest to a visitor who
    # wants to see it; afterwards it means the coming week's.
    monday = here.date() + timedelta(days=-here.weekday() % 7)
    first = _at(monday, moment)
    return first if first > here else _at(monday + timedelta(days=7), moment)


def _before_quarter_end(here: datetime, days: int, moment: time) -> datetime:
    end = quarter_end(here.date())
    first = _at(end - timedelta(days=days), moment)
    if first > here:
        return first
    return _at(quarter_end(end + timedelta(days=1)) - timedelta(days=days), moment)


_JUMPS: Mapping[str, Callable[[datetime], datetime]] = {
    "hour": lambda here: here + timedelta(hours=1),
    "day": lambda here: here + timedelta(days=1),
    "next-morning": _next_morning,
    "monday-morning": lambda here: _next_monday(here, _MORNING),
    "monday-evening": lambda here: _next_monday(here, _DIGEST),
    "quarter-14": lambda here: _before_quarter_end(here, 14, _REMINDERS),
    "quarter-3": lambda here: _before_quarter_end(here, 3, _REMINDERS),
    "quarter-last-evening": lambda here: _before_quarter_end(here, 0, _DIGEST),
}
