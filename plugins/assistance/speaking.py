"""Who hears and answers about a case: the person, or who asked for somebody without an account."""

from core.conversation import Say
from core.database import require_tx
from models import Account, AssistanceCase, Person


async def has_account(person_id: int) -> bool:
    """Whether somebody may be written to here at all."""
    return await Account.filter(person_id=person_id, bound_at__isnull=False).exists()


async def speaker(row: AssistanceCase) -> int:
    """Return whose word counts: the person's, else of whoever asked for him."""
    if row.opened_by_id == row.person_id or await has_account(row.person_id):
        return row.person_id
    return row.opened_by_id


async def passed_on(row: AssistanceCase, say: Say) -> tuple[int, Say]:
    """Return who hears ``say``, and how: through another it names whose case it is."""
    require_tx()
    whom = await speaker(row)
    if whom == row.person_id:
        return whom, say
    person = await Person.get(id=row.person_id)
    return whom, Say("assistance.passed_on", name=person.name, said=say)
