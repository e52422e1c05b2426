"""Looking into a dossier: one transaction that reads it and leaves the row of the look."""

from datetime import datetime

from core.actors import Actor
from core.clock import local_day
from core.database import transactional
from core.errors import Refusal
from models import AuditLog
from plugins.dossier import queries
from plugins.dossier.queries import Dossier
from plugins.identity import looks, reach


@transactional
async def look(*, actor: Actor, person_id: int, now: datetime) -> Dossier:
    """Return what is kept about a person, and note who looked (谁看过).

    Raises Refusal ``reception.not_allowed``: the same words whether nobody has that number, or
    somebody out of reach (dialogues 3.15). Commits the read row and the audit row.
    """
    today = local_day(now)
    person = await reach.person(actor, person_id, today)
    found = None if person is None else await queries.dossier(actor, person, today)
    if person is None or found is None:
        raise Refusal("reception.not_allowed")
    await looks.note(
        reader=actor, person_id=person_id, office=person.office, what=looks.DOSSIER, now=now
    )
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="dossier.look",
        subject_kind="person",
        subject_id=person_id,
        detail={"office": person.office.value},
    )
    return found
