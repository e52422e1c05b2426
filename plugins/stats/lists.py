"""Scoped lists (未交, 谁没联系): who owes a report, who was not talked to; names or numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from core.actors import Actor, UnitScope
from core.periods import Cycle
from models.enums import DeliveryState
from models.mentoring import REACHED_OUTCOMES
from plugins.identity import statements
from plugins.stats import counts, owed
from plugins.stats.counts import Area, People, Statement
from plugins.stats.owed import Cycles
from plugins.stats.periods import Period
from plugins.stats.queries import units_below

REMINDER_PURPOSE = "thought_report.reminder"
# A chat is no place for longer lists of names; a branch has a few dozen people.
MOST_NAMES = 500
_LAST_OUTCOME = (
    "(SELECT c.outcome FROM contact c WHERE c.person_id = p.id AND c.withdrawn_at IS NULL"
    " ORDER BY c.contacted_on DESC, c.id DESC LIMIT 1)"
)


@dataclass(frozen=True, slots=True)
class Tally:
    """One unit right below an area, and how many people there."""

    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Owing:
    """Somebody who still owes a report, of ``cycles``, and was ``reminded`` of it so often.

    ``unheard`` says that the last try to reach him came to nothing.
    """

    person_id: int
    name: str
    reminded: int
    unheard: bool
    cycles: tuple[Cycle, ...] = ()

    def and_also(self, other: "Owing") -> "Owing":
        """Return the same person with what he owes besides."""
        return replace(
            self, reminded=self.reminded + other.reminded, cycles=(*self.cycles, *other.cycles)
        )


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody not talked to for ``days``; ``unheard`` says that the last try came to nothing."""

    person_id: int
    name: str
    days: int
    unheard: bool


async def owing(scope: UnitScope, area: Area, *cycles: Cycle) -> tuple[Owing, ...]:
    """Return who still owes a report of ``cycles``; nobody when the scope shows no names."""
    if not scope.names:
        return ()
    return await _owing(partial(counts.people_in, people=People(scope, area)), cycles)


async def cycles_of_mentees(actor: Actor, period: Period, today: date) -> Cycles:
    """Return the cycles whose reports the actor's own people owe in ``period``."""
    return await owed.cycles_where(partial(_own_people, actor=actor, today=today), period)


async def owing_mentees(actor: Actor, today: date, *cycles: Cycle) -> tuple[Owing, ...]:
    """Return who of the actor's own people still owes a report of ``cycles``, by name."""
    return await _owing(partial(_own_people, actor=actor, today=today), cycles)


async def _owing(inside: Callable[[Statement], str], cycles: Sequence[Cycle]) -> tuple[Owing, ...]:
    """Return who owes, a statement a cycle: a branch collects by some of them, not by all."""
    found: dict[int, Owing] = {}
    for cycle in cycles:
        for one in await _owing_one(inside, cycle):
            known = found.get(one.person_id)
            found[one.person_id] = one if known is None else known.and_also(one)
    return tuple(found[key] for key in sorted(found)[:MOST_NAMES])


async def _owing_one(inside: Callable[[Statement], str], cycle: Cycle) -> list[Owing]:
    sql = Statement()
    people = inside(sql)
    purpose, state = sql.add(REMINDER_PURPOSE), sql.add(DeliveryState.SENT.value)
    rows = await statements.rows(
        "SELECT p.id, p.name, (SELECT COUNT(*) FROM delivery d"  # noqa: S608
        f" WHERE d.target = 'person:' || CAST(p.id AS TEXT) AND d.state = {state}"
        f" AND d.purpose = {purpose} AND d.occasion LIKE {sql.add(f'{cycle}%')}) AS reminded,"
        f" {_LAST_OUTCOME} AS outcome"
        f" FROM person p WHERE {people} AND {owed.owing(sql, cycle)}"
        f" ORDER BY p.id LIMIT {sql.add(MOST_NAMES)}",
        *sql.values,
    )
    return [
        Owing(row["id"], row["name"], int(row["reminded"]), _is_vain(row["outcome"]), (cycle,))
        for row in rows
    ]


def _is_vain(outcome: str | None) -> bool:
    return outcome is not None and outcome not in REACHED_OUTCOMES


def _own_people(sql: Statement, actor: Actor, today: date) -> str:
    mentor = sql.add(-1 if actor.person_id is None else actor.person_id)
    pairs = counts.with_mentor(sql, today, today)
    return (
        "EXISTS (SELECT 1 FROM mentorship m WHERE m.person_id = p.id"  # noqa: S608
        f" AND m.mentor_id = {mentor} AND {pairs})"
    )


async def owing_tally(scope: UnitScope, area: Area, *cycles: Cycle) -> tuple[Tally, ...]:
    """Return how many still owe a report of ``cycles``, by the units right below the area."""
    sql = Statement()
    people = counts.people_in(sql, People(scope, area))
    either = " OR ".join(f"({owed.owing(sql, cycle)})" for cycle in cycles)
    rows = await statements.rows(
        "SELECT p.home_unit_id AS unit_id, COUNT(*) AS people FROM person p"  # noqa: S608
        f" WHERE {people} AND ({either}) GROUP BY p.home_unit_id",
        *sql.values,
    )
    return await _tally(scope, area, rows)


async def _tally(
    scope: UnitScope, area: Area, rows: Sequence[Mapping[str, Any]]
) -> tuple[Tally, ...]:
    homes = {int(row["unit_id"]): int(row["people"]) for row in rows}
    below = await units_below(scope, area, homes)
    found: dict[str, int] = {}
    # In the order in which the units were made, whatever the database's own order is.
    for unit_id, people in sorted(homes.items()):
        name = below[unit_id].name if unit_id in below else area.name
        found[name] = found.get(name, 0) + people
    return tuple(Tally(name, people) for name, people in found.items())


async def silent(scope: UnitScope, area: Area, days: int, today: date) -> tuple[Silent, ...]:
    """Return who was not talked to for ``days``, longest first; nobody without names."""
    if not scope.names:
        return ()
    sql = Statement()
    return await _silent(sql, counts.people_in(sql, People(scope, area)), days, today)


async def silent_mentees(actor: Actor, days: int, today: date) -> tuple[Silent, ...]:
    """Return who of the actor's own people was not talked to for ``days``, the longest first."""
    sql = Statement()
    return await _silent(sql, _own_people(sql, actor, today), days, today)


async def _silent(sql: Statement, people: str, days: int, today: date) -> tuple[Silent, ...]:
    inner = _heard_of(sql, people, today)
    rows = await statements.rows(
        f"SELECT id, name, heard, outcome FROM ({inner}) each_person"  # noqa: S608
        f" WHERE heard <= {sql.add(today - timedelta(days=days))}"
        f" ORDER BY heard, id LIMIT {sql.add(MOST_NAMES)}",
        *sql.values,
    )
    return tuple(
        Silent(
            row["id"],
            row["name"],
            (today - counts.as_day(row["heard"])).days,
            _is_vain(row["outcome"]),
        )
        for row in rows
    )


def _heard_of(sql: Statement, people: str, today: date) -> str:
    pairs, heard = counts.with_mentor(sql, today, today), counts.heard_on(sql, today)
    return (
        f"SELECT p.id, p.name, p.home_unit_id AS unit_id, {heard} AS heard,"  # noqa: S608
        f" {_LAST_OUTCOME} AS outcome"
        " FROM person p JOIN mentorship m ON m.person_id = p.id"
        f" WHERE {people} AND {counts.learning(sql)} AND {pairs} GROUP BY p.id"
    )


async def silent_tally(scope: UnitScope, area: Area, days: int, today: date) -> tuple[Tally, ...]:
    """Return how many were not talked to for ``days``, by the units right below the area."""
    sql = Statement()
    inner = _heard_of(sql, counts.people_in(sql, People(scope, area)), today)
    rows = await statements.rows(
        f"SELECT unit_id, COUNT(*) AS people FROM ({inner}) each_person"  # noqa: S608
        f" WHERE heard <= {sql.add(today - timedelta(days=days))} GROUP BY unit_id",
        *sql.values,
    )
    return await _tally(scope, area, rows)
