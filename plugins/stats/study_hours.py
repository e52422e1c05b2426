"""Study hours of people together, by kind of evidence (学时): never of few, never by person.

What somebody did in private is his own: hours of quizzes, and hours that people declared, are said
only of five people and more (privacy.group_total_min), with the rest of the scope nobody or as
many. What people attended is known to the branch that entered it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.actors import ConsentKind
from core.config import settings
from models.enums import ConsentDecision, Evidence
from plugins.identity import statements
from plugins.stats.counts import Area, People, Statement, people_in
from plugins.stats.periods import Period


@dataclass(frozen=True, slots=True)
class Hours:
    """Tenths of study hours of one kind of evidence, and of how many people."""

    tenths: int
    people: int


@dataclass(frozen=True, slots=True)
class Study:
    """What may be said; kinds of evidence are never added up. ``withheld`` are of too few."""

    kinds: Mapping[Evidence, Hours]
    withheld: bool

    @property
    def is_empty(self) -> bool:
        """Whether nobody has any hours."""
        return not self.kinds and not self.withheld


async def study(people: People, period: Period) -> Study:
    """Return the hours of ``people`` in ``period`` that may be said: one or two statements."""
    found = await _hours(people, period)
    if not found:
        return Study({}, withheld=False)
    is_all = people.area.path in {"", *people.scope.paths} and len(people.scope.paths) == 1
    everybody = People(people.scope, Area(""))
    whole = found if is_all else await _hours(everybody, period)
    kinds = {
        kind: hours
        for kind, hours in found.items()
        if _is_enough(hours.people, whole[kind].people - hours.people)
        or (kind is Evidence.ATTENDED and people.scope.names)
    }
    return Study(kinds, withheld=len(kinds) < len(found))


async def has_any(people: People, period: Period) -> bool:
    """Whether anybody has study hours in ``period``, said or not."""
    sql = Statement()
    inside = people_in(sql, people)
    rows = await statements.rows(
        f"SELECT 1 AS one FROM study_record r JOIN person p ON p.id = r.person_id WHERE {inside}"  # noqa: S608
        f" AND ({_within(sql, period)}) AND {_consenting(sql)} LIMIT 1",
        *sql.values,
    )
    return bool(rows)


def _is_enough(people: int, rest: int) -> bool:
    least = settings().privacy.group_total_min
    return people >= least and (rest == 0 or rest >= least)


async def _hours(people: People, period: Period) -> dict[Evidence, Hours]:
    sql = Statement()
    inside = people_in(sql, people)
    rows = await statements.rows(
        "SELECT r.evidence, SUM(r.hours_tenths) AS tenths,"  # noqa: S608
        " COUNT(DISTINCT r.person_id) AS people FROM study_record r"
        f" JOIN person p ON p.id = r.person_id WHERE {inside} AND ({_within(sql, period)})"
        f" AND {_consenting(sql)} GROUP BY r.evidence ORDER BY r.evidence",
        *sql.values,
    )
    return {
        Evidence(row["evidence"]): Hours(int(row["tenths"]), int(row["people"])) for row in rows
    }


def _within(sql: Statement, period: Period) -> str:
    span = period.span
    return (
        f"(r.happened_on >= {sql.add(span.first)} AND r.happened_on <= {sql.add(span.last)})"
        f" OR (r.happened_on IS NULL AND r.earned_at >= {sql.add(span.first_moment)}"
        f" AND r.earned_at < {sql.add(span.end_moment)})"
    )


def _consenting(sql: Statement) -> str:
    """Return the condition that the newest decision of ``p`` about the first consent is yes.

    Asked of each person alone: as a join PostgreSQL reads every consent of a county for a branch.
    """
    return (
        "(SELECT c.decision FROM consent c WHERE c.person_id = p.id"  # noqa: S608
        f" AND c.kind = {sql.add(ConsentKind.BASICS.value)} ORDER BY c.id DESC LIMIT 1)"
        f" = {sql.add(ConsentDecision.GIVEN.value)}"
    )
