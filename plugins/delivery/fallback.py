"""Who gets nothing on one account is tried on the others; who gets nothing at all is phoned.

Everything here joins the transaction that writes down what became of a window.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core.clock import local_day
from core.conversation import Say
from core.database import require_tx
from core.messages import Text
from core.texts import current
from models import Account, Delivery, Mentorship, Person, Unreached
from models.enums import DeliveryState, Priority
from plugins.delivery import bell, service
from plugins.delivery.targets import Target, TargetKind, parse
from plugins.delivery.tried import Tried
from plugins.identity import consents, reach

# Refusals that say: not on this account. Others say something about the body, or pass.
FOR_GOOD = frozenset(
    {"not_friend", "removed", "no_account", "refused", "unsupported", "tries_used"}
)
PURPOSE = "delivery.unreached"
CHECK = "delivery.still_unreached"
TOLD_LIFE = timedelta(days=6)


async def after_rejection(item: Tried, *, now: datetime) -> None:
    """Owe what one account refused for good to another of the person, else note him unreached.

    Only private targets; an account without a person is nobody's matter. Inside the caller's
    transaction, repeatable by the ledger's unique key.
    """
    require_tx()
    if item.outcome.reason not in FOR_GOOD:
        return
    row = await Delivery.get_or_none(id=item.row.id)
    person_id = None if row is None else await _person(parse(row.target))
    if row is None or person_id is None:
        return
    account_id = await _next_account(row, item, person_id)
    if account_id is not None and (row.expires_at is None or row.expires_at > now):
        await _owe_again(row, account_id, now)
    else:
        await _unreached(row, person_id, item.outcome.reason, now)


async def _person(target: Target) -> int | None:
    if target.kind is TargetKind.PERSON:
        return target.id
    if target.kind is TargetKind.GROUP:
        return None
    account = await Account.get_or_none(id=target.id)
    return None if account is None else account.person_id


async def _next_account(row: Delivery, item: Tried, person_id: int) -> int | None:
    """Return the account bound last of those this occasion was not tried on yet."""
    accounts = await Account.filter(person_id=person_id).order_by("-bound_at", "-id")
    targets = {f"account:{account.id}": account.id for account in accounts}
    same = Delivery.filter(purpose=row.purpose, occasion=row.occasion)
    tried = {
        targets[str(target)]
        for target in await same.filter(target__in=list(targets)).values_list("target", flat=True)
    }
    refused = (item.chat.platform, item.chat.chat_id)
    tried |= {one.id for one in accounts if (one.platform, one.account_id) == refused}
    as_person = await same.filter(target=f"person:{person_id}").first()
    if as_person is not None:
        tried |= _meant(accounts, as_person)
    return next((one.id for one in accounts if one.id not in tried), None)


def _meant(accounts: Sequence[Account], row: Delivery) -> set[int]:
    """Return the account that stood for the person when ``row`` was tried: the one bound last."""
    then = [one for one in accounts if one.bound_at is None or one.bound_at <= row.updated_at]
    return {then[0].id} if then else set()


async def _owe_again(row: Delivery, account_id: int, now: datetime) -> None:
    again = Delivery(
        message_id=row.message_id,
        purpose=row.purpose,
        occasion=row.occasion,
        target=f"account:{account_id}",
        priority=row.priority,
        state=DeliveryState.DUE,
        check=row.check,
        reference=row.reference,
        in_quiet_hours=row.in_quiet_hours,
        not_before=now,
        order_at=now,
        expires_at=row.expires_at,
        created_at=now,
        updated_at=now,
    )
    await Delivery.bulk_create([again], ignore_conflicts=True)
    bell.ring()


async def _unreached(row: Delivery, person_id: int, reason: str, now: datetime) -> None:
    if not await Person.exists(id=person_id) or await consents.has_left(person_id):
        return
    found = await Unreached.filter(person_id=person_id, settled_at__isnull=True).first()
    if found is None:
        found = await Unreached.create(person_id=person_id, since=now, count=1, reason=reason)
    else:
        found.count += 1
        await found.save(update_fields=["count"])
    if row.priority == Priority.NOTICE and row.purpose != PURPOSE:
        await _tell_mentor(found, now)


async def _tell_mentor(found: Unreached, now: datetime) -> None:
    """Owe one line to the mentor; the weekly list carries everything that is no notice."""
    today = local_day(now)
    pairs = Mentorship.filter(person_id=found.person_id, from_on__lte=today)
    running = [pair for pair in await pairs.order_by("from_on", "id") if _lasts(pair.until_on, now)]
    if not running:
        return
    mentor = running[0].mentor_id
    # Who stands in for him (代班) does what waits meanwhile.
    reader = (await reach.deputies_of([mentor], today)).get(mentor, mentor)
    person = await Person.get(id=found.person_id)
    say = Say("delivery.unreached", name=person.name, count=found.count)
    await service.enqueue(
        purpose=PURPOSE,
        occasion=f"{found.person_id}:{found.since.isoformat(timespec='seconds')}",
        target=f"person:{reader}",
        parts=(Text(current().render(say)),),
        now=now,
        priority=Priority.NOTICE,
        expires_at=now + TOLD_LIFE,
        check=CHECK,
        reference={"person": found.person_id},
    )


def _lasts(until_on: Any, now: datetime) -> bool:
    return until_on is None or until_on >= local_day(now)


async def after_arrival(items: Sequence[Tried], *, now: datetime) -> None:
    """Settle what was open about those whom a window reached; in the caller's transaction."""
    await arrived([item.row.target for item in items], now=now)


async def arrived(names: Sequence[str], *, now: datetime) -> None:
    """Settle what was open about the people behind ``names``; in the caller's transaction."""
    require_tx()
    targets = [parse(name) for name in names]
    people = {target.id for target in targets if target.kind is TargetKind.PERSON}
    accounts = {target.id for target in targets if target.kind is TargetKind.ACCOUNT}
    if accounts:
        known = Account.filter(id__in=list(accounts), person_id__isnull=False)
        people |= {int(str(one)) for one in await known.values_list("person_id", flat=True)}
    if people:
        waiting = Unreached.filter(person_id__in=list(people), settled_at__isnull=True)
        await waiting.update(settled_at=now, settled_by="message")


async def still_unreached(reference: dict[str, Any]) -> bool:
    """Whether still nothing reached the person of whom the mentor is about to hear."""
    rows = Unreached.filter(person_id=int(reference["person"]), settled_at__isnull=True)
    return await rows.exists()


CHECKS = {CHECK: still_unreached}
