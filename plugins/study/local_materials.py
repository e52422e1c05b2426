"""Bringing in a local piece (加材料): put together bit by bit, then handed to a second person.

A draft is a row from its first message on. Whoever brought a piece in never passes it; he may take
it back at any time, and what is not sent yet of it is not sent.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

from tortoise.expressions import Q

from core import crypto
from core.actors import Actor
from core.clock import local_day
from core.database import require_tx, transactional
from core.errors import Refusal
from core.messages import Blob, OutPart, Text
from models import AuditLog, LocalMaterial, PushOrder, Unit
from models.enums import MaterialState, OrderState
from plugins.delivery import service as delivery
from plugins.study import local_notices, local_pieces, officers, orders
from plugins.study.library import LOCAL
from plugins.study.local_pieces import Brought, brought, reason_place

TITLE_MOST = 24
SOURCE_MOST = 120
WORDS_MOST = 2000
FILES_MOST = 9
# A piece may be used for two years at most; then somebody has to look at it again.
LONGEST = timedelta(days=731)
# A draft that nobody touched, and a piece whose last day is over, are thrown away after so long: by
# then nothing of them is on its way any more.
KEPT = timedelta(days=30)


@transactional
async def open_draft(*, actor: Actor, now: datetime, voice_of: str = "") -> Brought:
    """Return the draft somebody has, else a new one; raises Refusal ``study.push_no_unit``.

    ``voice_of`` asks for the draft of a recording of that piece; another draft stays as it is.
    """
    unit = officers.office(actor).unit_id
    row = await LocalMaterial.filter(
        proposed_by_id=actor.person_id or 0, state=MaterialState.DRAFT, voice_of=voice_of
    ).first()
    if row is not None:
        return await brought(row)
    uid = uuid4().hex
    made = await LocalMaterial.create(
        uid=uid, unit_id=unit, title="", body_sealed=local_pieces.seal_body((), uid=uid),
        effective_until=local_day(now) + LONGEST, state=MaterialState.DRAFT, voice_of=voice_of,
        proposed_by_id=actor.person_id or 0, proposed_at=now,
    )  # fmt: skip
    return await brought(made)


async def draft(actor: Actor, uid: str) -> Brought:
    """Return a draft of the actor's own; Refusal ``study.local_no_draft``."""
    return await brought(await _draft(actor, uid))


async def _draft(actor: Actor, uid: str) -> LocalMaterial:
    row = await LocalMaterial.get_or_none(
        uid=uid, proposed_by_id=actor.person_id or 0, state=MaterialState.DRAFT
    )
    if row is None:
        raise Refusal("study.local_no_draft")
    return row


@transactional
async def add(
    *, actor: Actor, uid: str, parts: Sequence[OutPart], link: str, now: datetime
) -> Brought:
    """Add words, files or a link to a draft; commits the row.

    Raises Refusal ``study.local_no_draft``, ``study.local_too_long``, ``study.local_too_many``.
    """
    row = await _draft(actor, uid)
    # There is one recording of a piece: a new one takes the place of the other.
    known = [*(() if row.voice_of else local_pieces.body_of(row)), *parts]
    if sum(len(part.text) for part in known if isinstance(part, Text)) > WORDS_MOST:
        raise Refusal("study.local_too_long", most=WORDS_MOST)
    if sum(isinstance(part, Blob) for part in known) > FILES_MOST:
        raise Refusal("study.local_too_many", most=FILES_MOST)
    row.body_sealed = local_pieces.seal_body(known, uid=uid)
    row.link, row.proposed_at = link or row.link, now
    await row.save(update_fields=["body_sealed", "link", "proposed_at"])
    return await brought(row)


@transactional
async def drop(*, actor: Actor, uid: str, now: datetime) -> list[str]:
    """Throw a draft away; return the ids of its files, to be removed after the commit."""
    row = await _draft(actor, uid)
    await _audit(actor, row, "study.local_dropped", now)
    return await _delete(row)


@transactional
async def prune(*, now: datetime) -> list[str]:
    """Throw away what nobody touched or used for a month; return the ids of its files."""
    left = Q(state=MaterialState.DRAFT, proposed_at__lt=now - KEPT)
    over = Q(effective_until__lt=local_day(now) - KEPT)
    return [blob for row in await LocalMaterial.filter(left | over) for blob in await _delete(row)]


async def _delete(row: LocalMaterial) -> list[str]:
    blobs = [blob.blob_id for blob in local_pieces.files_of(row)]
    await row.delete()
    return blobs


@transactional
async def propose(
    *,
    actor: Actor,
    uid: str,
    title: str,
    source: str,
    source_on: date | None,
    until: date,
    now: datetime,
) -> str:
    """Hand a draft to a second person; return that person's name.

    Raises Refusal ``study.local_no_draft``, ``study.local_empty``, ``study.local_nobody``. Commits
    the row, the notice to the second person and an audit row.
    """
    row = await _draft(actor, uid)
    if not local_pieces.body_of(row) and not row.link:
        raise Refusal("study.local_empty")
    row.title, row.source, row.source_on = title, source, source_on
    row.effective_until, row.proposed_at = until, now
    row.state, row.return_reason_sealed = MaterialState.WAITING, None
    await row.save()
    second = await local_notices.ask_second(actor, row, now)
    if second is None:
        raise Refusal("study.local_nobody")
    await _audit(actor, row, "study.local_proposed", now)
    return second.name


async def waiting_for(actor: Actor) -> tuple[Brought, ...]:
    """Return what waits for the actor's look, oldest first: of units in his charge, never his."""
    rows = (
        await LocalMaterial.filter(state=MaterialState.WAITING)
        .exclude(proposed_by_id=actor.person_id or 0)
        .order_by("proposed_at", "id")
        .prefetch_related("unit")
    )
    mine = [row for row in rows if officers.looks_after(actor, row.unit.path)]
    return tuple([await brought(row) for row in mine])


async def to_review(actor: Actor, uid: str) -> Brought:
    """Return what the actor may pass or send back.

    Raises Refusal ``study.local_own`` for his own, ``study.local_gone`` otherwise.
    """
    return await brought(await _to_review(actor, uid))


async def _to_review(actor: Actor, uid: str) -> LocalMaterial:
    row = await LocalMaterial.get_or_none(uid=uid, state=MaterialState.WAITING)
    if row is not None and row.proposed_by_id == actor.person_id:
        raise Refusal("study.local_own")
    if row is None or not officers.looks_after(actor, (await Unit.get(id=row.unit_id)).path):
        raise Refusal("study.local_gone")
    return row


@transactional
async def approve(*, actor: Actor, uid: str, now: datetime) -> Brought:
    """Take the second person's yes; commits it, the word to the proposer, an audit row."""
    row = await _to_review(actor, uid)
    if row.effective_until < local_day(now):
        raise Refusal("study.local_past")
    await _decide(actor, row, MaterialState.APPROVED, now)
    await local_notices.tell_approved(actor, row, now)
    return await brought(row)


@transactional
async def send_back(*, actor: Actor, uid: str, reason: str, now: datetime) -> Brought:
    """Take the second person's no with its reason; the proposer hears it word by word.

    Raises Refusal ``study.local_why`` without a reason or with a very long one.
    """
    row = await _to_review(actor, uid)
    if not 0 < len(reason) <= local_notices.REASON_MOST:
        raise Refusal("study.local_why", most=local_notices.REASON_MOST)
    await _decide(actor, row, MaterialState.RETURNED, now)
    row.return_reason_sealed = crypto.seal_text(reason, place=reason_place(uid))
    await row.save(update_fields=["return_reason_sealed"])
    await local_notices.tell_returned(actor, row, reason, now)
    return await brought(row)


async def _decide(actor: Actor, row: LocalMaterial, state: MaterialState, now: datetime) -> None:
    require_tx()
    waiting = LocalMaterial.filter(id=row.id, state=MaterialState.WAITING)
    if not await waiting.update(state=state, reviewed_by_id=actor.person_id, reviewed_at=now):
        raise Refusal("study.local_gone")
    row.state, row.reviewed_by_id, row.reviewed_at = state, actor.person_id, now
    await _audit(actor, row, f"study.local_{state.value}", now)


async def mine(actor: Actor, today: date) -> tuple[Brought, ...]:
    """Return what the actor brought in, still valid and not taken back, the newest first."""
    rows = LocalMaterial.filter(
        proposed_by_id=actor.person_id or 0, effective_until__gte=today
    ).exclude(state=MaterialState.WITHDRAWN)
    return tuple([await brought(row) for row in await rows.order_by("-proposed_at", "-id")])


async def own(actor: Actor, uid: str) -> Brought:
    """Return a piece the actor brought in; Refusal ``study.local_gone``."""
    return await brought(await _own(actor, uid))


async def _own(actor: Actor, uid: str) -> LocalMaterial:
    row = await LocalMaterial.get_or_none(uid=uid, proposed_by_id=actor.person_id or 0)
    if row is None or row.state is MaterialState.WITHDRAWN:
        raise Refusal("study.local_gone")
    return row


@transactional
async def reopen(*, actor: Actor, uid: str, now: datetime) -> Brought:
    """Make a draft of a piece that was sent back. Raises Refusal ``study.local_gone``."""
    row = await _own(actor, uid)
    if row.state is not MaterialState.RETURNED:
        raise Refusal("study.local_gone")
    other = LocalMaterial.filter(
        proposed_by_id=actor.person_id or 0, state=MaterialState.DRAFT, voice_of=row.voice_of
    )
    if await other.exists():
        raise Refusal("study.local_other_draft")
    row.state, row.proposed_at = MaterialState.DRAFT, now
    await row.save(update_fields=["state", "proposed_at"])
    return await brought(row)


@transactional
async def withdraw(*, actor: Actor, uid: str, now: datetime) -> Brought:
    """Take a piece back; raises Refusal ``study.local_gone``.

    Commits the row and an audit row; pushes of it are dropped, and what is owed and not written yet
    is cancelled. What was sent stays where it is (撤回 takes it back).
    """
    row = await _own(actor, uid)
    if row.state is MaterialState.DRAFT:
        raise Refusal("study.local_gone")
    row.state, row.effective_until = (
        MaterialState.WITHDRAWN,
        min(row.effective_until, local_day(now)),
    )
    await row.save(update_fields=["state", "effective_until"])
    pushes = PushOrder.filter(material=f"{LOCAL}{uid}")
    for order in await pushes.filter(state=OrderState.CONFIRMED):
        await delivery.cancel(
            purpose=orders.PURPOSE, occasion=order.uid, now=now, reason="withdrawn"
        )
    unsent = pushes.filter(state__in=[OrderState.WAITING, OrderState.APPROVED])
    await unsent.update(state=OrderState.DROPPED)
    await _audit(actor, row, "study.local_withdrawn", now)
    return await brought(row)


async def _audit(actor: Actor, row: LocalMaterial, action: str, now: datetime) -> None:
    require_tx()
    await AuditLog.create(
        at=now, actor_id=actor.person_id, action=action, subject_kind="local_material",
        subject_id=row.id, detail={},
    )  # fmt: skip
