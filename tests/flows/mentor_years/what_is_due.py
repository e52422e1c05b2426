"""Who has to be asked about whom on which day, reckoned plainly from the words of the rules.

Knows nothing of the rooms. The rules: contact once in three months; once a month for thirty days
after a departure, before a step or after an alarm, with a week to begin; a week for the first talk
of a new mentor; a pause moves the day. Three working days later the secretary is asked, seven later
the township, ten later the county, each once, until somebody takes it on or somebody was heard.
After half a year the branch is told apart, and so it is when three people of one city are over
due at once. Monday's list of a mentor who is away goes to whoever said yes to stand in for him,
from the first day to the last; on the morning after the mentor hears what was done.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar  # type: ignore[import-untyped]  # ships no types

DAY = timedelta(days=1)
MONTH, QUARTER, HALF, YEAR = 1, 3, 6, 12
AFTER = {"secretary": 3, "township": 7, "county": 10}
LEVELS = tuple(AFTER)


def months_on(day: date, months: int) -> date:
    """Return the same day so many months on (or back), the month's last when there is none."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def works(day: date) -> bool:
    """Whether people work on a day."""
    return bool(chinese_calendar.is_workday(day))


def workdays_on(day: date, count: int) -> date:
    """Return the so-manieth working day after a day."""
    while count:
        day += DAY
        count -= works(day)
    return day


@dataclass
class Absence:
    """A mentor is away, with somebody in his place who said yes, or nobody."""

    mentor: int
    deputy: int | None
    first: date
    last: date
    is_called_off: bool = False

    def holds(self, day: date) -> bool:
        """Whether he is away on a day."""
        return self.first <= day <= self.last


def reader(mentor: int, day: date, absences: list[Absence]) -> int | None:
    """Return who does a mentor's work on a day; nobody when he is away without a deputy."""
    for absence in absences:
        if absence.mentor == mentor and absence.holds(day):
            return absence.deputy
    return mentor


def on_list(mentor: int, day: date, absences: list[Absence]) -> int:
    """Return who gets Monday's list for a mentor's people: the mentor where nobody stands in."""
    found = reader(mentor, day, absences)
    return mentor if found is None else found


@dataclass
class Life:
    """One person as the dice had it, and what was asked about him so far."""

    mentor_from: date
    changed: date
    activist_on: date | None
    turn: int = 0
    city: str | None = None
    left_on: date | None = None
    paused_until: date | None = None
    heard: date | None = None
    next_on: date | None = None
    asked: dict[tuple[int, date], list[tuple[str, date]]] = field(default_factory=dict)
    taken: set[tuple[int, date]] = field(default_factory=set)
    last_alarm: date | None = None

    @property
    def since(self) -> date:
        """The day the silence counts from."""
        return self.heard or self.mentor_from

    def begins(self, today: date) -> date | None:
        """Return since when contact is closer today."""
        step = None if self.activist_on is None else months_on(self.activist_on, YEAR) - 30 * DAY
        reasons = (self.left_on, self.last_alarm, step)
        return min((day for day in reasons if day and 0 <= (today - day).days < 30), default=None)

    def talk(self, today: date, night: date | None) -> None:
        """Note a talk; ``night`` is since when contact was closer last night."""
        months = QUARTER if night is None else MONTH
        self.heard, self.next_on = today, months_on(today, months)

    def due(self, today: date) -> date:
        """Return the day by which he should be heard."""
        week = self.changed + 7 * DAY
        if self.heard is None or self.next_on is None:
            due = week
        else:
            due, begins = self.next_on, self.begins(today)
            if begins is not None:
                due = min(due, max(months_on(self.heard, MONTH), begins + 7 * DAY))
            if self.changed > self.heard:
                due = max(due, week)
        return max(due, self.paused_until) if self.paused_until else due

    def is_paused(self, today: date) -> bool:
        """Whether he asked to be left alone today."""
        return self.paused_until is not None and self.paused_until >= today

    def is_listed(self, today: date) -> bool:
        """Whether he is to stand on Monday's list: due within seven days, or before."""
        return not self.is_paused(today) and self.due(today) <= today + 7 * DAY

    def is_over_due(self, today: date) -> bool:
        """Whether his day has passed."""
        return not self.is_paused(today) and self.due(today) < today

    def morning(self, today: date) -> list[str]:
        """Return who is asked this morning, and remember it."""
        if not works(today) or self.is_paused(today):
            return []
        key = (self.turn, self.since)
        before, found = self.asked.setdefault(key, []), []
        steps = [(level, day) for level, day in before if level in AFTER]
        due = self.due(today)
        if due < today and key not in self.taken and len(steps) < len(LEVELS):
            level = LEVELS[len(steps)]
            begin = max([due, *(day for _, day in steps)])
            if workdays_on(begin, AFTER[level]) <= today:
                found.append(level)
        told = any(level == "long" for level, _ in before)
        if not told and self.since <= months_on(today, -HALF):
            found.append("long")
        before += [(level, today) for level in found]
        if found:
            self.last_alarm = today
        return found
