"""A person's own rights as rules: take a consent back, leave, have everything erased (删除).

No reason is asked. What goes is gone in one transaction; its files go right after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import logs
from core.actors import Actor, ConsentKind
from core.clock import local_day
from core.conversation import Say
from core.database import forget_deleted, require_tx, transactional
from core.errors import Refusal
from core.messages import Text
from core.personal import Leaving
from core.texts import current
from models import AuditLog, Contact, Person, ThoughtReport
from models.enums import Priority
from plugins.delivery import rerouting
from plugins.delivery import service as delivery
from plugins.identity import consents
from plugins.privacy import deciders, doomed, rooms

ERASED = "privacy.erased"

log = logs.get("privacy")


@dataclass(frozen=True, slots=True)
class StillKept:
    """What was kept under a consent that is taken back now: reports, and notes of talks."""

    reports: int
    notes: int

    def __bool__(self) -> bool:
        return bool(self.reports or self.notes)


def own_id(actor: Actor) -> int:
    """Return whose rights are meant; Refusal ``identity.send_code`` for a stranger."""
    if actor.person_id is None:
        raise Refusal("identity.send_code")
    return actor.person_id


async def withdraw_reports(*, actor: Actor, now: datetime) -> StillKept:
    """Take the second consent back: from now on nothing is kept, and what is open is dropped.

    What was handed in before stays lawful (PIPL art. 15) and is returned, so that its owner may
    have it erased as well. Raises Refusal ``identity.send_code``. Commits decision, drafts and
    audit row together.
    """
    kept = await _withdraw_reports(actor=actor, now=now)
    await doomed.purge()
    return kept


@transactional
async def _withdraw_reports(*, actor: Actor, now: datetime) -> StillKept:
    person_id = own_id(actor)
    await consents.note(actor, ConsentKind.REPORTS, given=False, now=now)
    await _withdrawn(person_id, ConsentKind.REPORTS, now)
    notes = Contact.filter(person_id=person_id, note_sealed__isnull=False)
    return StillKept(await ThoughtReport.filter(person_id=person_id).count(), await notes.count())


async def _withdrawn(person_id: int, kind: ConsentKind, now: datetime) -> None:
    for room in rooms.top_down():
        if room.withdraw is not None:
            await doomed.doom(await room.withdraw(person_id, kind, now), now)


async def forget_reports(*, actor: Actor, now: datetime) -> None:
    """Erase what was kept under the second consent: reports, and the words of talks.

    Raises Refusal ``privacy.consent_in_force`` while the consent is given. Running it twice is
    harmless; commits rows and audit row together, files go after it.
    """
    await _forget_reports(actor=actor, now=now)
    await doomed.purge()


@transactional
async def _forget_reports(*, actor: Actor, now: datetime) -> None:
    person_id = own_id(actor)
    if ConsentKind.REPORTS in actor.consents:
        raise Refusal("privacy.consent_in_force")
    await Person.filter(id=person_id).select_for_update().get()
    for room in rooms.top_down():
        if room.forget is not None:
            await doomed.doom(await room.forget(person_id, ConsentKind.REPORTS), now)
    await note("privacy.forgotten", person_id, person_id, now)


async def leave(*, actor: Actor, now: datetime) -> None:
    """Take back every consent and fall silent: no account, nothing owed, nothing open.

    What is stored is erased when the days of ``[privacy] left_days`` are over. Commits all or
    nothing. Raises Refusal ``identity.send_code``.
    """
    await _leave(actor=actor, now=now)
    await doomed.purge()


@transactional
async def _leave(*, actor: Actor, now: datetime) -> None:
    person_id = own_id(actor)
    await rerouting.nothing_more(person_id=person_id, now=now)
    for kind in ConsentKind:
        await _withdrawn(person_id, kind, now)
    await consents.leave(actor, now)


async def erase(*, person_id: int, now: datetime) -> None:
    """Erase everything of a person (删除), on his word or because he left a while ago.

    Mentor and branch hear of the day, nothing else; a stub with that day stays, for the ids in the
    work of others. Commits all rooms together, files go after it; running it twice is harmless.
    """
    if await _erase(person_id=person_id, now=now):
        log.info("erased")
    await doomed.purge()
    await forget_deleted()


@transactional
async def _erase(*, person_id: int, now: datetime) -> bool:
    person = await Person.filter(id=person_id).select_for_update().get()
    if person.erased_on is not None:
        return False
    today = local_day(now)
    told = await _to_be_told(person, now)
    leaving = Leaving(
        person_id=person_id,
        name=person.name,
        near=await deciders.near(person),
        is_only_name=await Person.filter(name__contains=person.name).count() == 1,
        now=now,
    )
    for room in rooms.top_down():
        await doomed.doom(await room.erase(leaving), now)
    for holder in told:
        await _tell(person.id, person.name, holder, now)
    await note(ERASED, person_id, person_id, now, on=today.isoformat())
    return True


async def _to_be_told(person: Person, now: datetime) -> Sequence[int]:
    today = local_day(now)
    mentors = await deciders.mentors_of(person.id, today)
    branch = await deciders.branch_of(person, today)
    return list(dict.fromkeys([*mentors, *([branch] if branch is not None else [])]))


async def _tell(person_id: int, name: str, holder: int, now: datetime) -> None:
    """Owe one line with the day; its body is emptied once it was said (see retention)."""
    require_tx()
    said = current().render(Say("privacy.told_erased", name=name, on=local_day(now)))
    await delivery.enqueue(
        purpose=ERASED,
        occasion=str(person_id),
        target=f"person:{holder}",
        parts=(Text(said),),
        now=now,
        priority=Priority.NOTICE,
    )


async def note(
    action: str, actor_id: int | None, person_id: int, now: datetime, **detail: str
) -> None:
    """Leave an audit row about a person in the caller's transaction; ids and codes only."""
    require_tx()
    await AuditLog.create(
        at=now,
        actor_id=actor_id,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        detail=detail,
    )
