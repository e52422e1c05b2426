"""What people call a period (三季度, 上半年): the same words wherever numbers are about one."""

from datetime import date

from core.conversation import Say
from core.named_periods import Period, PeriodKind
from core.periods import Quarter

_QUARTERS = {
    1: Say("period.quarter_1"),
    2: Say("period.quarter_2"),
    3: Say("period.quarter_3"),
    4: Say("period.quarter_4"),
}


def period_name(period: Period, today: date) -> Say:
    """Return what people call a period; another year is named."""
    if period.kind is PeriodKind.YEAR:
        return Say("period.year", year=period.first.year)
    if period.kind is PeriodKind.DAYS:
        return Say("period.days", first=period.first, last=period.last, today=today)
    name = _plain_name(period)
    if period.first.year == today.year:
        return name
    return Say("period.of_year", year=period.first.year, period=name)


def _plain_name(period: Period) -> Say:
    if period.kind is PeriodKind.QUARTER:
        return _QUARTERS[Quarter.of(period.first).number]
    if period.kind is PeriodKind.HALF:
        return Say("period.half_1") if period.first.month == 1 else Say("period.half_2")
    if period.first.month == period.last.month:
        return Say("period.month", month=period.first.month)
    return Say("period.months", first=period.first.month, last=period.last.month)
