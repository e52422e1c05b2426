"""When the half-yearly inspection (考察) is due. Pure.

2026 细则 art. 11: the branch inspects every half-year; domain notes 1.4 INSPECT_6M: six months
after the last one, or after becoming an activist.
"""

from datetime import date, timedelta

from core.periods import add_months

MONTHS = 6


def mark(begun: date, today: date, ahead: timedelta) -> date:
    """Return the half-year after ``begun`` whose inspection counts on ``today``.

    What was not written, or not noted here, stays due until the reminders of the next one begin,
    ``ahead`` of its day: then only the next one counts.
    """
    count = 1
    while add_months(begun, MONTHS * (count + 1)) - ahead <= today:
        count += 1
    return add_months(begun, MONTHS * count)
