"""The rules of parcels (邮寄教育): asked for, sent, come or not. No address: who sends it knows it.

Each function is one transaction with its audit row, and with what somebody is owed to hear.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from core.actors import Actor, Who
from core.clock import at_local, local_day
from core.conversation import Say
from core.database import transactional
from core.errors import Refusal
from core.messages import Text
from core.texts import current
from models import AuditLog, Parcel, Person
from models.enums import Priority
from plugins.delivery import service as delivery
from plugins.identity.policy import named_units
from plugins.study import parcel_queries, parcel_words
from plugins.study.parcel_lines import Sent
from plugins.study.parcel_queries import ParcelFound

WAITS = "study.parcel_waits"
NEWS = "study.parcel_news"
LIFE = timedelta(days=30)
# A first wish is told after a moment, so that what is added at once is told with it.
_TOGETHER = timedelta(minutes=5)
# The hour at which somebody who paused hears what happened meanwhile.
_MORNING = 9


@transactional
async def ask(*, actor: Actor, items: Sequence[str], now: datetime) -> tuple[ParcelFound, bool]:
    """Write down what somebody would like to have sent; more of it joins what still waits.

    Returns the parcel, and whether a secretary is told of it. Raises Refusal
    ``study.parcel_not_bound``.
    """
    person = await _person(actor)
    mine = parcel_queries.open_rows().filter(person_id=person.id, sent_on__isnull=True)
    row = await mine.order_by("-id").first()
    before = tuple(row.items) if row else ()
    wanted = list(dict.fromkeys([*before, *items]))
    if row is None:
        row = await Parcel.create(person_id=person.id, items=wanted, asked_at=now)
    else:
        row.items = wanted
        await row.save(update_fields=["items"])
    secretary = await parcel_queries.secretary_of(actor, person.home_unit_id, local_day(now))
    if tuple(wanted) != before:
        await _audit("study.parcel_asked", actor, row, now)
        await delivery.cancel(purpose=WAITS, occasion=_wish(row, before), now=now, reason="more")
        say = Say("study.parcel_wanted", name=person.name, items=listed(wanted))
        await _tell(
            secretary,
            say,
            row,
            purpose=WAITS,
            occasion=_wish(row, wanted),
            now=now,
            not_before=now + _TOGETHER,
        )
    return parcel_queries.found(row), secretary is not None


def _wish(row: Parcel, items: Sequence[str]) -> str:
    return f"{row.id}:{len(items)}"


def listed(items: Sequence[str]) -> str:
    """Return the things in a parcel as a sentence has them."""
    return parcel_words.LIST_MARK.join(items)


async def _person(actor: Actor) -> Person:
    person = await Person.get_or_none(id=actor.person_id or 0)
    if person is None:
        raise Refusal("study.parcel_not_bound")
    return person


@transactional
async def call_off(*, actor: Actor, now: datetime) -> ParcelFound:
    """Drop what the actor asked for and nobody sent. Raises Refusal ``study.parcel_none``."""
    mine = parcel_queries.open_rows().filter(person_id=actor.person_id or 0, sent_on__isnull=True)
    row = await mine.order_by("-id").first()
    if row is None:
        raise Refusal("study.parcel_none")
    await _end(actor, row, now)
    return parcel_queries.found(row)


async def _end(actor: Actor, row: Parcel, now: datetime) -> None:
    row.cancelled_at = now
    await row.save(update_fields=["cancelled_at"])
    await _audit("study.parcel_called_off", actor, row, now)


@transactional
async def register(*, actor: Actor, sent: Sent, now: datetime) -> ParcelFound:
    """Write that a parcel was sent; it is the one that was asked for, if one was.

    Raises Refusal ``study.parcel_what`` when it is not known what, ``study.parcel_twice``.
    """
    person_id = sent.person.person_id
    asked = parcel_queries.open_rows().filter(person_id=person_id, sent_on__isnull=True)
    row = await asked.order_by("id").first()
    items = list(sent.items or (row.items if row else ()))
    if not items:
        raise Refusal("study.parcel_what", name=sent.person.name)
    same = await parcel_queries.open_rows().filter(person_id=person_id, sent_on=sent.on)
    if any(set(other.items) == set(items) for other in same):
        raise Refusal("study.parcel_twice", name=sent.person.name)
    if row is None:
        row = await Parcel.create(person_id=person_id, items=items, asked_at=now)
    return await _sent(actor, row, items, sent.on, now)


async def _sent(
    actor: Actor, row: Parcel, items: list[str], on: date, now: datetime
) -> ParcelFound:
    row.items, row.sent_on, row.sent_by_id = items, on, actor.person_id
    await row.save(update_fields=["items", "sent_on", "sent_by_id"])
    person = await Person.get(id=row.person_id)
    await _audit("study.parcel_sent", actor, row, now)
    say = Say("study.parcel_sent_to_you", items=listed(items), on=on, today=local_day(now))
    told = {"purpose": NEWS, "occasion": f"{row.id}:sent"}
    await _tell(person.id, say, row, now=now, not_before=_awake(person, now), **told)
    return parcel_queries.found(row, person.name)


def _awake(person: Person, now: datetime) -> datetime:
    """Return when somebody may be told: now, or the morning after a pause."""
    until = person.paused_until
    if until is None or until < local_day(now):
        return now
    return at_local(until + timedelta(days=1), _MORNING)


@transactional
async def send_waiting(*, actor: Actor, parcel_id: int, on: date, now: datetime) -> ParcelFound:
    """Write that a parcel of the list was sent. Raises Refusal ``study.parcel_over``."""
    row = await _of_branch(actor, parcel_id)
    if row.sent_on is not None:
        raise Refusal("study.parcel_over")
    return await _sent(actor, row, list(row.items), on, now)


@transactional
async def not_sent(*, actor: Actor, parcel_id: int, now: datetime) -> ParcelFound:
    """Take back that a parcel was sent: it waits again. Raises Refusal ``study.parcel_over``."""
    row = await _of_branch(actor, parcel_id)
    row.sent_on, row.sent_by_id, row.missing_at = None, None, None
    await row.save(update_fields=["sent_on", "sent_by_id", "missing_at"])
    await delivery.cancel(purpose=NEWS, occasion=f"{row.id}:sent", now=now, reason="not_sent")
    await _audit("study.parcel_not_sent", actor, row, now)
    return parcel_queries.found(row, row.person.name)


@transactional
async def drop(*, actor: Actor, parcel_id: int, now: datetime) -> ParcelFound:
    """Call off a parcel of the branch. Raises Refusal ``study.parcel_over``."""
    row = await _of_branch(actor, parcel_id)
    await _end(actor, row, now)
    return parcel_queries.found(row, row.person.name)


@transactional
async def confirm(*, actor: Actor, parcel_id: int, now: datetime) -> ParcelFound:
    """Write for somebody of the branch that a parcel came. Raises Refusal ``study.parcel_over``."""
    row = await _of_branch(actor, parcel_id)
    await _received(actor, row, now)
    return parcel_queries.found(row, row.person.name)


async def _of_branch(actor: Actor, parcel_id: int) -> Parcel:
    row = await (
        parcel_queries.open_rows()
        .filter(id=parcel_id)
        .prefetch_related("person__home_unit", "person__inflow_unit")
        .first()
    )
    scope = named_units(actor)
    if row is None or Who.SECRETARY not in actor.roles:
        raise Refusal("study.parcel_over")
    inflow = row.person.inflow_unit
    near = scope.covers(row.person.home_unit.path) or (inflow and scope.covers(inflow.path))
    if not near:
        raise Refusal("study.parcel_over")
    return row


@transactional
async def receive(
    *, actor: Actor, parcel_ids: Sequence[int], now: datetime
) -> tuple[ParcelFound, ...]:
    """Write that parcels of the actor came. Raises Refusal ``study.parcel_over``."""
    rows = await parcel_queries.open_rows().filter(
        id__in=list(parcel_ids), person_id=actor.person_id or 0
    )
    if not rows:
        raise Refusal("study.parcel_over")
    for row in rows:
        await _received(actor, row, now)
    return tuple(parcel_queries.found(row) for row in rows)


async def _received(actor: Actor, row: Parcel, now: datetime) -> None:
    row.received_at = now
    await row.save(update_fields=["received_at"])
    await _audit("study.parcel_received", actor, row, now)


@transactional
async def miss(*, actor: Actor, parcel_id: int, now: datetime) -> tuple[ParcelFound, bool]:
    """Write that a parcel did not come, and tell a secretary once.

    Returns the parcel and whether somebody is told. Raises Refusal ``study.parcel_over``.
    """
    person = await _person(actor)
    row = await parcel_queries.open_rows().filter(id=parcel_id, person_id=person.id).first()
    if row is None:
        raise Refusal("study.parcel_over")
    row.missing_at = row.missing_at or now
    await row.save(update_fields=["missing_at"])
    await _audit("study.parcel_missing", actor, row, now)
    today = local_day(now)
    secretary = await parcel_queries.secretary_of(actor, person.home_unit_id, today)
    say = Say(
        "study.parcel_missed",
        name=person.name,
        items=listed(row.items),
        on=row.sent_on or today,
        today=today,
    )
    told = {"purpose": NEWS, "occasion": f"{row.id}:missing"}
    await _tell(secretary, say, row, now=now, not_before=now, **told)
    return parcel_queries.found(row), secretary is not None


async def _tell(
    person_id: int | None,
    say: Say,
    row: Parcel,
    *,
    purpose: str,
    occasion: str,
    now: datetime,
    not_before: datetime,
) -> None:
    if person_id is None:
        return
    await delivery.enqueue(
        purpose=purpose,
        occasion=occasion,
        target=f"person:{person_id}",
        parts=(Text(current().render(say)),),
        now=now,
        priority=Priority.NOTICE,
        not_before=not_before,
        expires_at=not_before + LIFE,
        check=purpose,
        reference={"parcel": row.id},
    )


async def _audit(action: str, actor: Actor, row: Parcel, now: datetime) -> None:
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=action,
        subject_kind="person",
        subject_id=row.person_id,
        detail={"parcel": row.id},
    )
