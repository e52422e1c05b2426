"""The only caller of the system time. Everybody else asks here, or is handed ``now``."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

# The whole mainland keeps one legal time; units do not carry a zone of their own.
LOCAL_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's present moment in UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock with an offset that only grows: the demo's clock.

    ``offset`` is kept by whoever persists it; jumping backwards is refused with ValueError, since
    rows already written would lie in the future.
    """

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Return the shifted present moment in UTC."""
        return datetime.now(UTC) + self.offset

    def advance_to(self, moment: datetime) -> None:
        """Jump forward to ``moment``; ValueError when it is not later than now."""
        step = moment - self.now()
        if step <= timedelta():
            raise ValueError("a clock never goes backwards")
        self.offset += step


class FrozenClock:
    """A clock that stands still until it is moved: tests and simulations."""

    def __init__(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError("naive moment")
        self.moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self.moment

    def advance_to(self, moment: datetime) -> None:
        """Stand at ``moment`` from now on; ValueError when it is earlier."""
        if moment < self.moment:
            raise ValueError("a clock never goes backwards")
        self.moment = moment.astimezone(UTC)


_clock: Clock = SystemClock()


def use(clock: Clock) -> None:
    """Make ``clock`` the clock of this process."""
    global _clock
    _clock = clock


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _clock.now()


def local(moment: datetime) -> datetime:
    """Return ``moment`` in the units' legal time."""
    return moment.astimezone(LOCAL_ZONE)


def local_day(moment: datetime) -> date:
    """Return the calendar day on which ``moment`` falls for people."""
    return local(moment).date()


def at_local(day: date, hour: int, minute: int = 0) -> datetime:
    """Return ``hour:minute`` of ``day`` in legal time, as UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL_ZONE).astimezone(UTC)
