"""Scoped reads of mentoring (培养联系): who one looks after, what is due, what was written last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core import crypto
from core.actors import LEARNER_STAGES, ROLE_WHO, Actor, UnitScope, Who
from core.clock import at_local
from core.config import settings
from models import Contact, Mentorship, ThoughtReport, Unreached
from models.enums import Direction, Every, ReportState
from plugins.identity import reach
from plugins.identity.policy import named_units
from plugins.mentoring import policy

EVERYWHERE = UnitScope(("/",))
_COLUMNS = (
    "id",
    "person_id",
    "person__name",
    "person__home_unit__name",
    "mentor_id",
    "last_contact_on",
    "next_contact_on",
    "person__paused_until",
    "person__city",
    "own_every",
)


@dataclass(frozen=True, slots=True)
class Mentee:
    """One pair of mentor and person, as the mentor or the branch sees it."""

    pair_id: int
    person_id: int
    name: str
    unit: str
    mentor_id: int
    last_on: date | None
    next_on: date
    paused_until: date | None
    city: str | None = None
    own_every: Every | None = None


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody whom so many messages reached on no account; the mentor is asked to phone."""

    mentee: Mentee
    count: int


@dataclass(frozen=True, slots=True)
class Todo:
    """What waits for somebody.

    People whom nothing reaches, contacts by their day, and names whose reports wait to be read.
    """

    contacts: tuple[Mentee, ...] = ()
    reports: tuple[str, ...] = ()
    silent: tuple[Silent, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.contacts or self.reports or self.silent)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log, opened for the one who wrote it."""

    contact_id: int
    name: str
    contacted_on: date
    channel: str
    outcome: str
    note: str
    is_withdrawn: bool
    entered_at: datetime
    is_incoming: bool = False
    person_id: int = 0


def note_place(uid: str) -> str:
    """Return the place under which the note of contact ``uid`` is sealed."""
    return f"contact.note:{uid}"


def open_note(contact: Contact) -> str:
    """Return the note of a line; empty when none was kept."""
    if contact.note_sealed is None:
        return ""
    return crypto.unseal_text(contact.note_sealed, place=note_place(contact.uid))


def _in_force(today: date) -> QuerySet[Mentorship]:
    return Mentorship.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today),
        from_on__lte=today,
        person__stage__in=list(LEARNER_STAGES),
    )


def _mentee(row: Sequence[Any]) -> Mentee:
    return Mentee(*row)


async def mentees(actor: Actor, today: date) -> tuple[Mentee, ...]:
    """Return the people the actor is mentor of today, in the order in which they became his.

    Those whose mentor he stands in for today are among them (代班).
    """
    if actor.person_id is None:
        return ()
    return await _mentees([actor.person_id, *await reach.stood_for(actor, today)], actor, today)


async def own_mentees(actor: Actor, today: date) -> tuple[Mentee, ...]:
    """Return the people the actor himself is mentor of today."""
    return () if actor.person_id is None else await _mentees([actor.person_id], actor, today)


async def _mentees(mentors: Sequence[int], actor: Actor, today: date) -> tuple[Mentee, ...]:
    rows = await (
        _in_force(today)
        .filter(mentor_id__in=list(mentors))
        .exclude(person_id=actor.person_id)
        .order_by("from_on", "id")
        .values_list(*_COLUMNS)
    )
    return tuple(_mentee(row) for row in rows)


async def own_people(actor: Actor, today: date) -> tuple[Mentee, ...]:
    """Return whom the actor may log a contact with: his own people, and those of his branch.

    Of a person with two mentors the actor's own pair comes, else the older one.
    """
    found = {mentee.person_id: mentee for mentee in await mentees(actor, today)}
    for one in await branch_people(actor, today):
        found.setdefault(one.person_id, one)
    return tuple(found.values())


async def branch_people(actor: Actor, today: date) -> tuple[Mentee, ...]:
    """Return the pairs of those in the units whose people the actor may see by name."""
    scope = named_units(actor)
    if not scope.paths:
        return ()
    rows = await (
        _in_force(today)
        .filter(_lives_in(scope))
        .exclude(person_id=actor.person_id or 0)
        .order_by("from_on", "id")
        .values_list(*_COLUMNS)
    )
    return tuple(_mentee(row) for row in rows)


def _lives_in(scope: UnitScope) -> Q:
    return Q(
        *(Q(person__home_unit__path__startswith=path) for path in scope.paths),
        *(Q(person__inflow_unit__path__startswith=path) for path in scope.paths),
        join_type=Q.OR,
    )


async def todo(actor: Actor, today: date, people: Sequence[Mentee] | None = None) -> Todo:
    """Return what waits for the actor: as a mentor, and as the branch that reads after him.

    ``people`` are those whom he looks after in this list, his own and a mentor's he stands in for.
    """
    own = await mentees(actor, today) if people is None else people
    due = sorted(
        (one for one in own if policy.is_due(one.next_on, one.paused_until, today)),
        key=lambda one: (one.next_on, one.pair_id),
    )
    waiting = Q(person_id__in=[one.person_id for one in own], state=ReportState.WAITING_MENTOR)
    paths = tuple(g.unit_path for g in actor.grants if ROLE_WHO[g.role] is Who.SECRETARY)
    if paths:
        # Reports of those who came from elsewhere are read by their own branch (dialogues 3.10).
        home = Q(*(Q(person__home_unit__path__startswith=path) for path in paths), join_type=Q.OR)
        waiting |= Q(home, state=ReportState.WAITING_SECRETARY)
        # What a mentor has not read in its usual time waits for the branch as well.
        late = at_local(today - timedelta(days=settings().thought_report.review_days), 0)
        waiting |= Q(home, state=ReportState.WAITING_MENTOR, submitted_at__lt=late)
    rows = await (
        ThoughtReport.filter(waiting)
        .exclude(person_id=actor.person_id or 0)
        .order_by("submitted_at", "id")
        .values_list("person_id", "person__name")
    )
    return _todo(due, tuple(dict(rows).values()), await _silent(own, today))


def _todo(contacts: Sequence[Mentee], reports: Sequence[str], mute: Sequence[Silent]) -> Todo:
    """Return what waits; whom nothing reaches stands there once, the call is the same one."""
    named = {one.mentee.pair_id for one in mute}
    left = tuple(one for one in contacts if one.pair_id not in named)
    return Todo(left, tuple(reports), tuple(mute))


async def silent(actor: Actor, today: date) -> tuple[Silent, ...]:
    """Return those of the actor's people whom nothing reached; who paused is left in peace."""
    return await _silent(await mentees(actor, today), today)


async def _silent(people: Sequence[Mentee], today: date) -> tuple[Silent, ...]:
    awake = [one for one in people if one.paused_until is None or one.paused_until < today]
    ids = [one.person_id for one in awake]
    rows = Unreached.filter(person_id__in=ids, settled_at__isnull=True) if ids else None
    counts = {} if rows is None else dict(await rows.values_list("person_id", "count"))
    return tuple(Silent(one, counts[one.person_id]) for one in awake if one.person_id in counts)


async def mentors_due(scope: UnitScope, today: date) -> dict[int, Todo]:
    """Return what waits for every mentor of people in ``scope``, by mentor; four statements."""
    pairs = _in_force(today).filter(_lives_in(scope))
    rows = await (
        pairs.filter(next_contact_on__lte=today + timedelta(days=policy.LIST_DAYS))
        .filter(Q(person__paused_until__isnull=True) | Q(person__paused_until__lt=today))
        .order_by("next_contact_on", "id")
        .values_list(*_COLUMNS)
    )
    contacts: dict[int, list[Mentee]] = {}
    for row in rows:
        contacts.setdefault(row[4], []).append(_mentee(row))
    waiting = await (
        pairs.filter(person__thought_reports__state=ReportState.WAITING_MENTOR)
        .order_by("person__thought_reports__submitted_at", "id")
        .values_list("mentor_id", "person_id", "person__name")
    )
    reports: dict[int, dict[int, str]] = {}
    for mentor_id, person_id, name in waiting:
        reports.setdefault(mentor_id, {})[person_id] = name
    mute = await _silent_by_mentor(pairs, today)
    return {
        mentor: _todo(
            contacts.get(mentor, ()),
            tuple(reports.get(mentor, {}).values()),
            mute.get(mentor, ()),
        )
        for mentor in dict.fromkeys([*mute, *contacts, *reports])
    }


async def _silent_by_mentor(pairs: QuerySet[Mentorship], today: date) -> dict[int, list[Silent]]:
    rows = await (
        pairs.filter(person__unreached__isnull=False, person__unreached__settled_at__isnull=True)
        .order_by("from_on", "id")
        .values_list(*_COLUMNS)
    )
    by_mentor: dict[int, list[Silent]] = {}
    for one in await _silent([_mentee(row) for row in dict.fromkeys(rows)], today):
        by_mentor.setdefault(one.mentee.mentor_id, []).append(one)
    return by_mentor


async def last_line(actor: Actor) -> LogLine | None:
    """Return the line the actor wrote last, taken back or not."""
    row = await (
        Contact.filter(entered_by_id=actor.person_id).order_by("-id").prefetch_related("person")
    ).first()
    return None if row is None else log_line(row)


async def own_line(actor: Actor, contact_id: int) -> LogLine | None:
    """Return a line that the actor wrote and did not take back."""
    mine = Contact.filter(id=contact_id, entered_by_id=actor.person_id, withdrawn_at__isnull=True)
    row = await mine.prefetch_related("person").first()
    return None if row is None else log_line(row)


def log_line(row: Contact) -> LogLine:
    """Return a row with its person at hand as the one who wrote it may see it."""
    return LogLine(
        contact_id=row.id,
        name=row.person.name,
        contacted_on=row.contacted_on,
        channel=row.channel.value,
        outcome=row.outcome.value,
        note=open_note(row),
        is_withdrawn=row.withdrawn_at is not None,
        entered_at=row.entered_at,
        is_incoming=row.direction is Direction.INCOMING,
        person_id=row.person_id,
    )
