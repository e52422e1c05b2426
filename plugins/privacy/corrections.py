"""Putting right what is written down wrongly (更正): the branch says yes or no, with one number.

The city is the person's own and is put right at once. A name is put right by a yes; what only the
branch may decide (stage and days, unit, mentor) is never changed by itself.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from core import crypto
from core.actors import Actor
from core.clock import local_day
from core.conversation import Say
from core.database import require_tx, transactional
from core.errors import Refusal
from core.messages import Text
from core.personal import CorrectionItem
from core.texts import current
from models import Correction, Person
from models.enums import Priority
from plugins.delivery import service as delivery
from plugins.privacy import deciders, notices
from plugins.privacy.service import note, own_id

ASKED = "privacy.correction_ask"
ANSWERED = "privacy.correction_answer"
CHECK = "privacy.correction_waits"

# What a column holds, and what a request may say.
MOST = {CorrectionItem.NAME: 32, CorrectionItem.CITY: 32}
MOST_OTHERWISE = 100


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a correction: done at once, or ``decider`` (a name) is asked."""

    item: CorrectionItem
    right: str
    decider: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it is put right already."""
        return not self.decider


@dataclass(frozen=True, slots=True)
class Decided:
    """What the branch said. ``is_applied`` says that the program has put it right by itself."""

    name: str
    item: CorrectionItem
    is_accepted: bool
    is_applied: bool


def right_place(uid: str) -> str:
    """Return the place to which what is right is sealed."""
    return f"correction.right:{uid}"


def right_of(row: Correction) -> str:
    """Return what the person says is right."""
    return crypto.unseal_text(row.right_sealed, place=right_place(row.uid))


@transactional
async def put(*, actor: Actor, item: CorrectionItem, right: str, now: datetime) -> Put:
    """Put the person's own city right, or ask the branch about anything else.

    A new request about an item takes the place of one that still waits. Raises Refusal
    ``identity.send_code``, ``privacy.correction_empty``, ``privacy.correction_long``,
    ``privacy.nobody_to_ask``. Commits row, audit row and the question together.
    """
    person_id = own_id(actor)
    right = " ".join(right.split())
    most = MOST.get(item, MOST_OTHERWISE)
    if not right:
        raise Refusal("privacy.correction_empty")
    if len(right) > most:
        raise Refusal("privacy.correction_long", most=most)
    person = await Person.filter(id=person_id).select_for_update().get()
    if item is CorrectionItem.CITY:
        person.city = right
        await person.save(update_fields=["city"])
        await note("privacy.corrected", person_id, person_id, now, item=item.value)
        return Put(item, right)
    decider_id = await deciders.branch_of(person, local_day(now))
    if decider_id is None:
        raise Refusal("privacy.nobody_to_ask")
    decider = await Person.get(id=decider_id)
    await _replace(person_id, item, now)
    uid = uuid4().hex
    row = await Correction.create(
        uid=uid,
        person_id=person_id,
        item=item,
        right_sealed=crypto.seal_text(right, place=right_place(uid)),
        asked_at=now,
    )
    await note("privacy.correction_asked", person_id, person_id, now, item=item.value)
    await _ask(row, person, decider_id, now)
    return Put(item, right, decider.name)


async def _replace(person_id: int, item: CorrectionItem, now: datetime) -> None:
    for row in await Correction.filter(person_id=person_id, item=item, decided_at__isnull=True):
        await _close(row, person_id, now, is_accepted=False)
        await delivery.cancel(purpose=ASKED, occasion=row.uid, now=now, reason="superseded")


async def _ask(row: Correction, person: Person, decider: int, now: datetime) -> None:
    say, ask = notices.ask_correction(row.uid, person.name, row.item, right_of(row))
    await delivery.enqueue(
        purpose=ASKED,
        occasion=row.uid,
        target=f"person:{decider}",
        parts=(Text(current().render(say)),),
        ask=ask,
        now=now,
        priority=Priority.NOTICE,
        check=CHECK,
        reference={"request": row.uid, "person": person.id},
    )


@transactional
async def decide(*, actor: Actor, uid: str, yes: bool, now: datetime) -> Decided:
    """Say yes or no for the branch; a yes to a name puts it right, other items stay the branch's.

    Raises Refusal ``privacy.not_yours``, ``privacy.settled``. Commits the change, the audit row
    and the answer to the person together.
    """
    row = await Correction.filter(uid=uid).select_for_update().first()
    person = None if row is None else await Person.get(id=row.person_id)
    if (
        row is None
        or person is None
        or not await deciders.may_decide(actor, person, local_day(now), as_mentor=False)
    ):
        raise Refusal("privacy.not_yours")
    if row.decided_at is not None:
        raise Refusal("privacy.settled")
    name = person.name
    is_applied = yes and row.item is CorrectionItem.NAME
    if is_applied:
        person.name = right_of(row)
        await person.save(update_fields=["name"])
    await _close(row, actor.person_id, now, is_accepted=yes)
    await note(
        "privacy.corrected" if yes else "privacy.correction_declined",
        actor.person_id,
        person.id,
        now,
        item=row.item.value,
    )
    answer = notices.correction_answer(
        row.item, is_accepted=yes, is_applied=is_applied, decider=actor.name
    )
    await _tell(row, answer, now)
    return Decided(name, row.item, yes, is_applied)


async def _close(row: Correction, by: int | None, now: datetime, *, is_accepted: bool) -> None:
    row.decided_at, row.decided_by_id, row.is_accepted = now, by, is_accepted
    await row.save(update_fields=["decided_at", "decided_by_id", "is_accepted"])


async def _tell(row: Correction, say: Say, now: datetime) -> None:
    require_tx()
    await delivery.enqueue(
        purpose=ANSWERED,
        occasion=row.uid,
        target=f"person:{row.person_id}",
        parts=(Text(current().render(say)),),
        now=now,
        priority=Priority.NOTICE,
    )


async def still_waits(reference: dict[str, Any]) -> bool:
    """Whether the branch has not decided yet what it is about to be asked."""
    return await Correction.filter(uid=reference["request"], decided_at__isnull=True).exists()


CHECKS = {CHECK: still_waits}
