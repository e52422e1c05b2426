"""Who was last heard when, and by when he should be heard again: one row a person, three reads.

A person heard by any mentor, deputy or secretary was heard: the silence is the person's, the older
pair carries it. A pause by the person moves the day on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tortoise.expressions import Q
from tortoise.functions import Max

from core.actors import LEARNER_STAGES, Stage
from core.clock import local_day
from models import Contact, Escalation, Mentorship
from models.mentoring import REACHED_OUTCOMES
from plugins.mentoring import cadence
from plugins.mentoring.cadence import Facts, Own
from plugins.mentoring.unit_rules import RuleBook, UnitRule

# A talk longer ago made no next day that could still be to come.
_LOOK_BACK = timedelta(days=800)
_COLUMNS = (
    "id",
    "mentor_id",
    "mentor__name",
    "from_on",
    "last_contact_on",
    "next_contact_on",
    "cadence_months",
    "own_every",
    "own_every_on",
    "person_id",
    "person__name",
    "person__stage",
    "person__activist_on",
    "person__probation_on",
    "person__left_on",
    "person__paused_until",
    "person__city",
    "person__home_unit_id",
    "person__home_unit__name",
    "person__home_unit__path",
    "person__inflow_unit_id",
    "person__inflow_unit__name",
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
    pairs = Mentorship.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today),
        from_on__lte=today,
        person__stage__in=list(LEARNER_STAGES),
    )
    if person_ids is not None:
        pairs = pairs.filter(person_id__in=list(person_ids))
    rows = await pairs.order_by("person_id", "from_on", "id").values(*_COLUMNS)
    by_person: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_person.setdefault(row["person_id"], []).append(row)
    talks = await _talks(today, person_ids)
    alarms = await _alarms(person_ids)
    book = await RuleBook.load()
    return tuple(
        _silence(found, talks.get(person_id), alarms.get(person_id), book, today)
        for person_id, found in by_person.items()
    )


async def _talks(
    today: date, person_ids: Iterable[int] | None
) -> dict[int, tuple[date, date | None]]:
    """Return for each person the day last heard and the next day which that talk made."""
    query = Contact.filter(
        outcome__in=list(REACHED_OUTCOMES),
        withdrawn_at__isnull=True,
        contacted_on__gte=today - _LOOK_BACK,
        contacted_on__lte=today,
    )
    if person_ids is not None:
        query = query.filter(person_id__in=list(person_ids))
    rows = await query.order_by("contacted_on", "id").values_list(
        "person_id", "contacted_on", "next_on"
    )
    return {person: (heard, said) for person, heard, said in rows}


async def _alarms(person_ids: Iterable[int] | None) -> dict[int, date]:
    query = Escalation.all()
    if person_ids is not None:
        query = query.filter(person_id__in=list(person_ids))
    rows = await (query.annotate(newest=Max("asked_at")).group_by("person_id")).values_list(
        "person_id", "newest"
    )
    return {person: local_day(newest) for person, newest in rows}


def _silence(
    rows: list[dict[str, Any]],
    talk: tuple[date, date | None] | None,
    alarmed_on: date | None,
    book: RuleBook,
    today: date,
) -> Silence:
    pairs, row = tuple(_pair(one) for one in rows), rows[0]
    known = [pair.last_on for pair in pairs if pair.last_on and pair.last_on <= today]
    heard = max([*known, *([talk[0]] if talk else [])], default=None)
    rule = book.of(row["person__home_unit__path"])
    facts = Facts(
        stage=Stage(row["person__stage"]),
        activist_on=row["person__activist_on"],
        probation_on=row["person__probation_on"],
        left_on=row["person__left_on"],
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
    paused = row["person__paused_until"]
    return Silence(
        person_id=row["person_id"],
        name=row["person__name"],
        pairs=pairs,
        facts=facts,
        heard_on=heard,
        owed_on=max(owed, paused) if paused else owed,
        close_from=begun,
        paused_until=paused,
        city=row["person__city"],
        unit_id=row["person__home_unit_id"],
        unit=row["person__home_unit__name"],
        path=row["person__home_unit__path"],
        inflow_id=row["person__inflow_unit_id"],
        inflow=row["person__inflow_unit__name"],
        rule=rule,
    )


def _pair(row: Mapping[str, Any]) -> Pair:
    return Pair(
        pair_id=row["id"],
        mentor_id=row["mentor_id"],
        mentor=row["mentor__name"],
        from_on=row["from_on"],
        last_on=row["last_contact_on"],
        next_on=row["next_contact_on"],
        months=row["cadence_months"],
        own=Own(row["own_every"], row["own_every_on"]),
    )
