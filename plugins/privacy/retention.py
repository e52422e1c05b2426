"""How long things are kept: every rule of every room, a small batch at a time, safe to run twice.

Before anything goes a line with counts says how much is past its time; never whose.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from core import logs
from core.actors import ConsentKind
from core.config import settings
from core.database import run_tx
from core.personal import Keeping
from models import Account, Consent, Delivery, Message
from models.enums import ConsentDecision
from plugins.delivery import bodies, states
from plugins.privacy import doomed, rooms, service

log = logs.get("privacy")

# Rows of one transaction: short enough not to hold up a message.
_BATCH = 200


def rules() -> tuple[tuple[str, Keeping], ...]:
    """Return every rule with the room it belongs to: whoever refers to others lets go first."""
    down = reversed(rooms.bottom_up())
    return tuple((name, rule) for name, room in down for rule in room.keepings)


async def counts(*, now: datetime) -> dict[str, int]:
    """Return how many rows are past their time, by rule: what a run would take away."""
    found = {f"{name}.{rule.name}": await rule.past(now).count() for name, rule in rules()}
    return found | {"privacy.left": len(await _left(now))}


async def run(*, now: datetime) -> dict[str, int]:
    """Take away what is past its time; return how many rows, by rule.

    Commits a batch at a time; files go after the batch that let go of them.
    """
    for name, count in (await counts(now=now)).items():
        if count:
            log.info("past_its_time", rule=name, count=count)
    gone = {f"{name}.{rule.name}": await _keep(rule, now) for name, rule in rules()}
    gone["privacy.left"] = await _erase_left(now)
    gone["privacy.told"] = await _empty_told()
    for name, count in gone.items():
        if count:
            log.info("let_go", rule=name, count=count)
    return gone


async def _keep(rule: Keeping, now: datetime) -> int:
    gone = 0
    while ids := await _ids(rule, now):
        await run_tx(partial(_let_go, rule, ids, now))
        await doomed.purge()
        gone += len(ids)
        if len(ids) < _BATCH:
            break
    return gone


async def _ids(rule: Keeping, now: datetime) -> list[int]:
    rows = rule.past(now).order_by("id").limit(_BATCH)
    return [int(str(number)) for number in await rows.values_list("id", flat=True)]


async def _let_go(rule: Keeping, chosen: Sequence[int], now: datetime) -> None:
    # Asked again inside the transaction: somebody may have come back in between.
    still = await rule.past(now).filter(id__in=list(chosen)).values_list("id", flat=True)
    ids = sorted({int(str(number)) for number in still})
    if rule.let_go is not None:
        await doomed.doom(await rule.let_go(ids), now)
    elif ids:
        await rule.past(now).model.filter(id__in=ids).delete()


async def _left(now: datetime) -> list[int]:
    """Return those who took the first consent back a while ago and have no account since."""
    before = now - timedelta(days=settings().privacy.left_days)
    basics = Consent.filter(kind=ConsentKind.BASICS, person__erased_on__isnull=True)
    over = basics.filter(decision=ConsentDecision.WITHDRAWN, decided_at__lte=before)
    people = await over.order_by("person_id").distinct().values_list("person_id", flat=True)
    bound = Account.filter(person_id__in=list(people))
    back = set(await bound.values_list("person_id", flat=True)) if people else set()
    return [int(str(one)) for one in people if one not in back and await _is_gone(one)]


async def _is_gone(person_id: object) -> bool:
    newest = Consent.filter(person_id=person_id, kind=ConsentKind.BASICS).order_by("-id")
    row = await newest.first()
    return row is not None and row.decision is ConsentDecision.WITHDRAWN


async def _erase_left(now: datetime) -> int:
    people = await _left(now)
    for person_id in people:
        await service.erase(person_id=person_id, now=now)
    return len(people)


async def _empty_told() -> int:
    """Empty what mentors and branch were told of an erasure once it was said."""
    return await run_tx(_empty_told_rows)


async def _empty_told_rows() -> int:
    said = Delivery.filter(purpose=service.ERASED, state__in=list(states.FINAL))
    rows = await said.filter(reference__isnull=True).prefetch_related("message").limit(_BATCH)
    for row in rows:
        sealed = bodies.seal((), None, uid=row.message.uid)
        await Message.filter(id=row.message_id).update(body_sealed=sealed)
        await Delivery.filter(id=row.id).update(reference={"emptied": True})
    return len(rows)
