"""Consents after binding: given, refused, taken back. Decisions are only added, never changed."""

from datetime import datetime

from core.actors import Actor, ConsentKind
from core.database import require_tx, transactional
from core.errors import Refusal
from models import Account, Consent, Person
from models.enums import ConsentDecision
from plugins.identity import service


@transactional
async def decide(*, actor: Actor, kind: ConsentKind, given: bool, now: datetime) -> None:
    """Note a yes or a no; a no to what was given before is a withdrawal.

    Raises Refusal ``identity.send_code`` for somebody who is not bound. A withdrawal of what was
    given is more than a note: see ``handed``. Commits decision and audit row.
    """
    await note(actor, kind, given=given, now=now)


async def note(actor: Actor, kind: ConsentKind, *, given: bool, now: datetime) -> None:
    """Do what ``decide`` does, inside the caller's transaction."""
    if actor.person_id is None:
        raise Refusal("identity.send_code")
    decision = ConsentDecision.GIVEN if given else _no(actor, kind)
    await service.note_consent(actor.person_id, kind, decision, now)
    await service.audit(actor.person_id, f"identity.consent_{decision.value}", actor.person_id, now)


def _no(actor: Actor, kind: ConsentKind) -> ConsentDecision:
    was_given = kind in actor.consents
    return ConsentDecision.WITHDRAWN if was_given else ConsentDecision.REFUSED


async def leave(actor: Actor, now: datetime) -> None:
    """Take back both consents and take every account off the person: the bot goes silent.

    Inside the caller's transaction. What is stored is for the room privacy to erase.
    """
    require_tx()
    if actor.person_id is None:
        raise Refusal("identity.send_code")
    for kind in ConsentKind:
        if kind in actor.consents:
            await service.note_consent(actor.person_id, kind, ConsentDecision.WITHDRAWN, now)
    await service.release(Account.filter(person_id=actor.person_id), now)
    await service.audit(actor.person_id, "identity.leave", actor.person_id, now)


async def has_left(person_id: int) -> bool:
    """Whether somebody took the first consent back and did not come again, or was erased."""
    newest = await Consent.filter(person_id=person_id, kind=ConsentKind.BASICS).order_by("-id")
    if newest:
        return newest[0].decision is ConsentDecision.WITHDRAWN
    return await Person.filter(id=person_id, erased_on__isnull=False).exists()
