"""Consents after binding: given, refused, taken back. Decisions are only added, never changed."""

from datetime import datetime

from core.actors import Actor, ConsentKind
from core.database import transactional
from core.errors import Refusal
from models import Account
from models.enums import ConsentDecision
from plugins.identity import service


@transactional
async def decide(*, actor: Actor, kind: ConsentKind, given: bool, now: datetime) -> None:
    """Note a yes or a no; a no to what was given before is a withdrawal.

    Raises Refusal ``identity.send_code`` for somebody who is not bound. Withdrawing the first
    consent goes through ``leave``. Commits decision and audit row.
    """
    if actor.person_id is None:
        raise Refusal("identity.send_code")
    decision = ConsentDecision.GIVEN if given else _no(actor, kind)
    await service.note_consent(actor.person_id, kind, decision, now)
    await service.audit(actor.person_id, f"identity.consent_{decision.value}", actor.person_id, now)


def _no(actor: Actor, kind: ConsentKind) -> ConsentDecision:
    was_given = kind in actor.consents
    return ConsentDecision.WITHDRAWN if was_given else ConsentDecision.REFUSED


@transactional
async def leave(*, actor: Actor, now: datetime) -> None:
    """Take back both consents and take every account off the person: the bot goes silent.

    Commits decisions, accounts, dialogues and audit row. What is stored is for privacy to erase.
    """
    if actor.person_id is None:
        raise Refusal("identity.send_code")
    for kind in ConsentKind:
        if kind in actor.consents:
            await service.note_consent(actor.person_id, kind, ConsentDecision.WITHDRAWN, now)
    await service.release(Account.filter(person_id=actor.person_id))
    await service.audit(actor.person_id, "identity.leave", actor.person_id, now)
