"""Whom to ask when nobody was heard: the offices above a person, nearest first, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q

from core.actors import Actor, RoleKind
from core.workdays import add_workdays, is_workday
from models import Role
from models.enums import EscalationEnd, EscalationLevel
from plugins.mentoring.silence import Silence

STEPS = (EscalationLevel.SECRETARY, EscalationLevel.TOWNSHIP, EscalationLevel.COUNTY)
_BRANCH = (
    RoleKind.BRANCH_SECRETARY,
    RoleKind.DEPUTY_SECRETARY,
    RoleKind.ORGANIZATION_COMMISSIONER,
)
# In the order of preference within one unit.
OFFICES = {
    EscalationLevel.SECRETARY: _BRANCH,
    EscalationLevel.TOWNSHIP: (RoleKind.TOWNSHIP_CLERK,),
    EscalationLevel.COUNTY: (RoleKind.COUNTY_CLERK,),
    EscalationLevel.LONG: _BRANCH,
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One office: who holds it where, and after how many working days it is asked."""

    level: EscalationLevel
    unit_id: int
    unit: str
    holders: tuple[int, ...]
    days: int


@dataclass(frozen=True, slots=True)
class _Office:
    person_id: int
    kind: RoleKind
    unit_id: int
    unit: str
    path: str


@dataclass(frozen=True, slots=True)
class Asked:
    """That an office was asked in a silence, as far as it decides what comes next."""

    id: int
    level: EscalationLevel
    asked_on: date
    is_acknowledged: bool
    end_reason: EscalationEnd | None


class Offices:
    """Who holds which office today, read once."""

    def __init__(self, rows: Iterable[_Office]) -> None:
        self._rows = tuple(rows)

    @classmethod
    async def load(cls, today: date) -> "Offices":
        """Read all offices in force: one statement."""
        rows = await (
            Role.filter(
                Q(until_on__isnull=True) | Q(until_on__gte=today),
                from_on__lte=today,
                kind__in=[kind for kinds in OFFICES.values() for kind in kinds],
            )
            .order_by("id")
            .values_list("person_id", "kind", "unit_id", "unit__name", "unit__path")
        )
        return cls(_Office(row[0], RoleKind(row[1]), row[2], row[3], row[4]) for row in rows)

    def rung(
        self, level: EscalationLevel, path: str, *, days: int, but: Sequence[int]
    ) -> Rung | None:
        """Return the nearest office of ``level`` above ``path`` not held by one of ``but``.

        A mentor is not asked about his own silence: the office above is.
        """
        kinds = OFFICES[level]
        near = [
            row
            for row in self._rows
            if row.kind in kinds and path.startswith(row.path) and row.person_id not in but
        ]
        if not near:
            return None
        best = max(near, key=lambda row: (len(row.path), -kinds.index(row.kind)))
        same = (row for row in near if (row.unit_id, row.kind) == (best.unit_id, best.kind))
        holders = tuple(dict.fromkeys(row.person_id for row in same))
        return Rung(level, best.unit_id, best.unit, holders, days)

    def ladder(self, one: Silence) -> tuple[Rung, ...]:
        """Return the steps for one person; an office that is empty or set to never is left out."""
        mentors = [pair.mentor_id for pair in one.pairs]
        found = (
            self.rung(level, one.path, days=one.rule.days_to(level), but=mentors)
            for level in STEPS
            if one.rule.days_to(level) > 0
        )
        return tuple(rung for rung in found if rung is not None)


def next_rung(
    one: Silence, asked: Sequence[Asked], ladder: Sequence[Rung], today: date
) -> Rung | None:
    """Return the office whose day to be asked has come, None when there is none.

    ``asked`` is what was asked in this silence. An acknowledgement stops it for good; days are
    working days from the day contact was due, then from the last asking; a pause stops the clock.
    """
    steps = [row for row in asked if row.level in STEPS]
    if not one.is_over_due(today) or not is_workday(today):
        return None
    if any(row.is_acknowledged for row in steps):
        return None
    reached = max((STEPS.index(row.level) for row in steps), default=-1)
    rung = next((rung for rung in ladder if STEPS.index(rung.level) > reached), None)
    if rung is None:
        return None
    begin = max([one.owed_on, *(row.asked_on for row in steps)])
    return rung if add_workdays(begin, rung.days) <= today else None


def following(rung: Rung, ladder: Sequence[Rung]) -> Rung | None:
    """Return the step after ``rung``, None after the last."""
    place = STEPS.index(rung.level)
    return next((other for other in ladder if STEPS.index(other.level) > place), None)


def holds(actor: Actor, level: EscalationLevel, unit_id: int) -> bool:
    """Whether the actor holds the office that was asked."""
    kinds = OFFICES[level]
    return any(grant.role in kinds and grant.unit_id == unit_id for grant in actor.grants)


def units_of(actor: Actor, level: EscalationLevel) -> tuple[int, ...]:
    """Return the units in which the actor holds an office of ``level``."""
    return tuple(grant.unit_id for grant in actor.grants if grant.role in OFFICES[level])


def is_long(one: Silence, today: date, *, since: date) -> bool:
    """Whether nobody heard somebody from ``since`` on or longer, and he asked for no peace."""
    return one.since <= since and not one.is_paused(today)
