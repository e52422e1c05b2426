"""Who hears and answers about a case: the person, or who speaks for somebody without an account.

That is whoever asked for him while he looks after him; his deputy (代班) hears in his place. When
he does not look after him any more, today's mentor does, and without one the branch.
"""

from datetime import date

from core.conversation import Say
from core.database import require_tx
from models import Account, AssistanceCase, Mentorship, Person
from plugins.assistance import who_helps
from plugins.identity import reach


async def has_account(person_id: int) -> bool:
    """Whether somebody may be written to here at all."""
    return await Account.filter(person_id=person_id, bound_at__isnull=False).exists()


async def speakers(row: AssistanceCase, today: date) -> tuple[int, ...]:
    """Return whose word counts on ``today``: the person's alone, else of those who speak for him.

    The first hears; a mentor who is away may answer as well as his deputy.
    """
    if row.opened_by_id == row.person_id or await has_account(row.person_id):
        return (row.person_id,)
    mentors = await _mentors(row.person_id, today)
    if row.opened_by_id in mentors:
        acting = await reach.acting_for([row.opened_by_id], today)
        return tuple(dict.fromkeys((*acting, row.opened_by_id)))
    branch = await who_helps.branch(await _home(row.person_id), today)
    if row.opened_by_id in branch:
        return (row.opened_by_id,)
    others = (*await reach.acting_for(mentors, today), *branch, row.opened_by_id)
    return tuple(one for one in others if one != row.person_id)[:1]


async def _mentors(person_id: int, today: date) -> list[int]:
    rows = Mentorship.filter(reach.in_force(today), person_id=person_id).order_by("from_on", "id")
    return [int(str(one)) for one in await rows.values_list("mentor_id", flat=True)]


async def _home(person_id: int) -> str:
    person = await Person.get(id=person_id).prefetch_related("home_unit")
    return person.home_unit.path


async def speaker(row: AssistanceCase, today: date) -> int:
    """Return who hears about a case on ``today``."""
    return (await speakers(row, today))[0]


async def passed_on(row: AssistanceCase, say: Say, today: date) -> tuple[int, Say]:
    """Return who hears ``say`` on ``today``, and how: through another it names whose case it is."""
    require_tx()
    whom = await speaker(row, today)
    if whom == row.person_id:
        return whom, say
    person = await Person.get(id=row.person_id)
    return whom, Say("assistance.passed_on", name=person.name, said=say)
