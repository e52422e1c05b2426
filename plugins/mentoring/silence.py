"""Who was last heard when, and by when he should be heard again: one row a person, three reads.

A person heard by any mentor, deputy or secretary was heard: the silence is the person's, the older
pair carries it. A pause by the person moves the day on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tortoise.functions import Max

from core.actors import LEARNER_STAGES, Stage
from core.clock import local_day
from models import Escalation
from models.enums import Every
from models.mentoring import REACHED_OUTCOMES
from plugins.identity import statements
from plugins.mentoring import cadence
from plugins.mentoring.cadence import Facts, Own
from plugins.mentoring.unit_rules import RuleBook, UnitRule

# A talk longer ago made no next day that could still be to come.
_LOOK_BACK = timedelta(days=800)
# One row a pair in force. Plain SQL: this is read for everybody, several times a day.
_PAIRS = (
    "SELECT m.id, m.mentor_id, k.name AS mentor, m.from_on, m.last_contact_on AS last_on,"
    " m.next_contact_on AS next_on, m.cadence_months AS months,"
    " m.own_every, m.own_every_on, p.id AS person_id, p.name,"
    " p.stage, p.activist_on, p.probation_on, p.left_on, p.paused_until, p.city,"
    " h.id AS unit_id, h.name AS unit, h.path, i.id AS inflow_id, i.name AS inflow"
    " FROM mentorship m JOIN person p ON p.id = m.person_id JOIN person k ON k.id = m.mentor_id"
    " JOIN unit h ON h.id = p.home_unit_id LEFT JOIN unit i ON i.id = p.inflow_unit_id"
    " WHERE (m.until_on IS NULL OR m.until_on >= $1) AND m.from_on <= $1"
    " AND p.stage IN ({stages}){who} ORDER BY p.id, m.from_on, m.id"
)
# The newest talk of each, with the next day that it made.
_TALKS = (
    "SELECT person_id, contacted_on, next_on FROM (SELECT c.person_id, c.contacted_on, c.next_on,"
    " ROW_NUMBER() OVER (PARTITION BY c.person_id ORDER BY c.contacted_on DESC, c.id DESC) AS place"
    " FROM contact c WHERE c.withdrawn_at IS NULL AND c.contacted_on >= $1"
    " AND c.contacted_on <= $2 AND c.outcome IN ({outcomes}){who}) newest WHERE place = 1"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One mentor of somebody, with what stands in the pair's row."""

    pair_id: int
    mentor_id: int
    mentor: str
    from_on: date
    last_on: date | None
    next_on: date
    months: int | None
    own: Own


@dataclass(frozen=True, slots=True)
class Silence:
    """Where contact with one person stands. ``pairs`` are those in force, the older first.

    ``since`` is the day last heard, or the first mentor's first day; ``owed_on`` the day by which
    the person should be heard, after any pause.
    """

    person_id: int
    name: str
    pairs: tuple[Pair, ...]
    facts: Facts
    heard_on: date | None
    owed_on: date
    close_from: date | None
    paused_until: date | None
    city: str | None
    unit_id: int
    unit: str
    path: str
    inflow_id: int | None
    inflow: str | None
    rule: UnitRule = field(repr=False)

    @property
    def carrier(self) -> Pair:
        """The pair that the silence is counted for."""
        return self.pairs[0]

    @property
    def since(self) -> date:
        """The day from which the silence is counted."""
        return self.heard_on or self.carrier.from_on

    def is_paused(self, today: date) -> bool:
        """Whether the person asked to be left alone today."""
        return self.paused_until is not None and self.paused_until >= today

    def is_over_due(self, today: date) -> bool:
        """Whether the day has passed by which the person should have been heard."""
        return self.owed_on < today and not self.is_paused(today)


async def load(today: date, person_ids: Iterable[int] | None = None) -> tuple[Silence, ...]:
    """Return where contact stands with everybody who has a mentor, or with ``person_ids``."""
    stages = [stage.value for stage in Stage if stage in LEARNER_STAGES]
    ids = None if person_ids is None else [int(one) for one in person_ids]
    values: list[Any] = [today]
    rows = await statements.rows(
        _PAIRS.format(stages=_each(values, stages), who=_only(values, "p.id", ids)), *values
    )
    by_person: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_person.setdefault(row["person_id"], []).append(row)
    talks, alarms = await _talks(today, ids), await _alarms(ids)
    book = await RuleBook.load()
    return tuple(
        _silence(found, talks.get(person_id), alarms.get(person_id), book, today)
        for person_id, found in by_person.items()
    )


def _each(values: list[Any], more: Sequence[object]) -> str:
    """Add values to a statement; return their placeholders."""
    values.extend(more)
    return ", ".join(f"${number}" for number in range(len(values) - len(more) + 1, len(values) + 1))


def _only(values: list[Any], column: str, ids: Sequence[int] | None) -> str:
    """Return the condition that only the people ``ids`` count; everybody when it is None."""
    if ids is None:
        return ""
    return f" AND {column} IN ({_each(values, ids)})" if ids else " AND 1 = 0"


async def _talks(today: date, ids: Sequence[int] | None) -> dict[int, tuple[date, date | None]]:
    """Return for each person the day last heard and the next day which that talk made."""
    outcomes = sorted(outcome.value for outcome in REACHED_OUTCOMES)
    values: list[Any] = [today - _LOOK_BACK, today]
    rows = await statements.rows(
        _TALKS.format(outcomes=_each(values, outcomes), who=_only(values, "c.person_id", ids)),
        *values,
    )
    return {row["person_id"]: (as_day(row["contacted_on"]), _maybe(row["next_on"])) for row in rows}


def as_day(value: object) -> date:
    """Return a day from a column, which SQLite gives as text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _maybe(value: object) -> date | None:
    return None if value is None else as_day(value)


async def _alarms(ids: Sequence[int] | None) -> dict[int, date]:
    query = Escalation.all()
    if ids is not None:
        query = query.filter(person_id__in=list(ids))
    rows = await (query.annotate(newest=Max("asked_at")).group_by("person_id")).values_list(
        "person_id", "newest"
    )
    return {person: local_day(newest) for person, newest in rows}


def _silence(
    rows: Sequence[Mapping[str, Any]],
    talk: tuple[date, date | None] | None,
    alarmed_on: date | None,
    book: RuleBook,
    today: date,
) -> Silence:
    pairs, row = tuple(_pair(one) for one in rows), rows[0]
    known = [pair.last_on for pair in pairs if pair.last_on and pair.last_on <= today]
    heard = max([*known, *([talk[0]] if talk else [])], default=None)
    rule = book.of(row["path"])
    facts = Facts(
        stage=Stage(row["stage"]),
        activist_on=_maybe(row["activist_on"]),
        probation_on=_maybe(row["probation_on"]),
        left_on=_maybe(row["left_on"]),
        alarmed_on=alarmed_on,
    )
    begun = cadence.close_from(facts, rule.rhythm, today)
    owed = cadence.owed_on(
        heard,
        said=talk[1] if talk and talk[0] == heard else None,
        begun=begun,
        newest_from=max(pair.from_on for pair in pairs),
        rhythm=rule.rhythm,
        owns=[pair.own for pair in pairs],
    )
    paused = _maybe(row["paused_until"])
    return Silence(
        person_id=row["person_id"],
        name=row["name"],
        pairs=pairs,
        facts=facts,
        heard_on=heard,
        owed_on=max(owed, paused) if paused else owed,
        close_from=begun,
        paused_until=paused,
        city=row["city"],
        unit_id=row["unit_id"],
        unit=row["unit"],
        path=row["path"],
        inflow_id=row["inflow_id"],
        inflow=row["inflow"],
        rule=rule,
    )


def _own(row: Mapping[str, Any]) -> Own:
    every = row["own_every"]
    return Own(None if every is None else Every(every), _maybe(row["own_every_on"]))


def _pair(row: Mapping[str, Any]) -> Pair:
    return Pair(
        pair_id=row["id"],
        mentor_id=row["mentor_id"],
        mentor=row["mentor"],
        from_on=as_day(row["from_on"]),
        last_on=_maybe(row["last_on"]),
        next_on=as_day(row["next_on"]),
        months=row["months"],
        own=_own(row),
    )
