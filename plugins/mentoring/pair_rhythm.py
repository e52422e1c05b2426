"""How often one pair talks (联系安排): the secretary's word, or the mentor's own, only tighter.

Which days it makes stands in ``cadence``; closer contact after a departure or an alarm goes on top.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.actors import Actor
from core.clock import local_day
from core.conversation import Say
from core.database import require_tx, transactional
from core.errors import Refusal
from core.messages import Text
from core.texts import current
from models import AuditLog, Contact, Mentorship
from models.enums import Every, Priority
from models.mentoring import REACHED_OUTCOMES
from plugins.delivery import service as delivery
from plugins.identity.policy import named_units
from plugins.mentoring import cadence, pairs, rhythm
from plugins.mentoring.cadence import FIRST_TALK, Own
from plugins.mentoring.pair_words import EVERY_LABELS
from plugins.mentoring.pairs import Held
from plugins.mentoring.unit_rules import RuleBook, UnitRule

ACTION = "mentoring.rhythm_set"
TOLD = "mentoring.rhythm_told"
LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Arranged:
    """How often a pair talks: its own rhythm, or the unit's ``months``; and the next day."""

    person: str
    mentor: str
    every: Every | None
    months: int
    next_on: date


async def mine(actor: Actor, person_id: int, today: date) -> tuple[Held, ...]:
    """Return the pairs of somebody that the actor may arrange: his own, or all of his branch's."""
    held = await pairs.held(person_id, today)
    rows = Mentorship.filter(id__in=[one.pair_id for one in held]).select_related(
        "person__home_unit"
    )
    may = {row.id for row in await rows if _is_branch(actor, row) or _is_own(actor, row)}
    return tuple(one for one in held if one.pair_id in may)


def _is_branch(actor: Actor, row: Mentorship) -> bool:
    return named_units(actor).covers(row.person.home_unit.path)


def _is_own(actor: Actor, row: Mentorship) -> bool:
    return actor.person_id is not None and row.mentor_id == actor.person_id


@transactional
async def show(*, actor: Actor, pair_id: int) -> Arranged:
    """Return how often a pair talks; Refusal ``mentoring.not_yours`` for somebody else's."""
    row, rule = await _pair(actor, pair_id)
    return _arranged(row, rule)


@transactional
async def arrange(*, actor: Actor, pair_id: int, every: Every | None, now: datetime) -> Arranged:
    """Let a pair talk ``every`` so often, None as its unit does; saying it twice changes nothing.

    Raises Refusal ``mentoring.not_yours``; ``mentoring.rhythm_looser`` for a mentor who would talk
    less often than holds, unless he takes back his own word. Commits pair, audit row and, when
    somebody else said it, the notice to the mentor.
    """
    row, rule = await _pair(actor, pair_id)
    if row.own_every == every:
        return _arranged(row, rule)
    if not _is_branch(actor, row) and not await _may_mentor(actor, row, every, rule):
        raise Refusal("mentoring.rhythm_looser", person=row.person.name)
    before, today = row.own_every, local_day(now)
    next_on = await _next_on(row, Own(every, today), rule)
    await Mentorship.filter(id=row.id).update(
        own_every=every, own_every_on=today, cadence_months=None, next_contact_on=next_on
    )
    await rhythm.keep_person(row.person_id, today)
    await row.refresh_from_db(fields=["own_every", "next_contact_on"])
    await _note(actor, row, before, now)
    found = _arranged(row, rule)
    if row.mentor_id != actor.person_id:
        await _tell_mentor(actor, row, found, now)
    return found


async def _pair(actor: Actor, pair_id: int) -> tuple[Mentorship, UnitRule]:
    require_tx()
    row = await Mentorship.get(id=pair_id).select_related("person__home_unit", "mentor")
    if not _is_branch(actor, row) and not _is_own(actor, row):
        raise Refusal("mentoring.not_yours")
    return row, (await RuleBook.load()).of(row.person.home_unit.path)


async def _may_mentor(actor: Actor, row: Mentorship, every: Every | None, rule: UnitRule) -> bool:
    """Whether a mentor may say it himself: tighter than what holds, or his own word taken back."""
    if every is not None and cadence.is_tighter(every, row.own_every, rule.cadence_months):
        return True
    last = (
        await AuditLog.filter(action=ACTION, subject_kind="mentorship", subject_id=row.id)
        .order_by("-id")
        .first()
    )
    return every is None and last is not None and last.actor_id == actor.person_id


async def _next_on(row: Mentorship, own: Own, rule: UnitRule) -> date:
    """Return the next day that the new rhythm makes; a first talk and a retry are not put off."""
    if row.last_contact_on is None:
        return row.next_contact_on
    due = cadence.own_due(
        row.last_contact_on,
        until_now=row.next_contact_on,
        own=own,
        rhythm=rule.rhythm,
    )
    last = (
        await Contact.filter(mentorship_id=row.id, withdrawn_at__isnull=True)
        .order_by("-id")
        .first()
    )
    in_vain = last is not None and last.outcome not in REACHED_OUTCOMES
    due = min(due, row.next_contact_on) if in_vain else due
    return max(due, own.on + FIRST_TALK) if own.on and due > row.next_contact_on else due


def _arranged(row: Mentorship, rule: UnitRule) -> Arranged:
    return Arranged(
        row.person.name, row.mentor.name, row.own_every, rule.cadence_months, row.next_contact_on
    )


async def _note(actor: Actor, row: Mentorship, before: Every | None, now: datetime) -> None:
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=ACTION,
        subject_kind="mentorship",
        subject_id=row.id,
        detail={
            "person": row.person_id,
            "every": row.own_every.value if row.own_every else None,
            "before": before.value if before else None,
        },
    )


async def _tell_mentor(actor: Actor, row: Mentorship, found: Arranged, now: datetime) -> None:
    say = Say(
        "mentoring.rhythm_told",
        secretary=actor.name,
        person=found.person,
        how=how(found.every, found.months),
        next=found.next_on,
        today=local_day(now),
    )
    await delivery.enqueue(
        purpose=TOLD,
        occasion=f"{row.id}:{now.timestamp():.0f}",
        target=f"person:{row.mentor_id}",
        parts=(Text(current().render(say)),),
        now=now,
        priority=Priority.NOTICE,
        expires_at=now + LIFE,
    )


def how(every: Every | None, months: int) -> Say | str:
    """Return how often in words: the pair's own rhythm, or the unit's months."""
    return Say("mentoring.rhythm_of_unit", months=months) if every is None else EVERY_LABELS[every]


async def of_pairs(ids: Sequence[int]) -> tuple[Arranged, ...]:
    """Return how often each of some pairs talks, where it is not the unit's rhythm."""
    rows = Mentorship.filter(id__in=list(ids), own_every__isnull=False).order_by("id")
    book = await RuleBook.load()
    return tuple(
        _arranged(row, book.of(row.person.home_unit.path))
        for row in await rows.select_related("person__home_unit", "mentor")
    )
