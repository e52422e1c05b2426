"""Takes a case back for somebody without an account (取消求助): a reason is kept, he sees it later.

Whoever speaks for him may, and the branch he is at home in. Once he has an account of his own only
his own word counts.
"""

from collections.abc import Sequence
from datetime import date, datetime

from tortoise.expressions import Q

from core import crypto
from core.actors import Actor
from core.clock import local_day
from core.conversation import Say
from core.database import transactional
from core.errors import Refusal
from models import AssistanceCase, AuditLog, Person
from models.assistance import OPEN_HELP
from models.enums import HelpState
from plugins.assistance import notices, policy, queries, speaking, words
from plugins.assistance.queries import Case
from plugins.identity import reach
from plugins.identity.words import bare_name


async def for_others(actor: Actor, today: date, name: str = "") -> tuple[Case, ...]:
    """Return the open cases of people without an account that the actor may take back.

    Of those called ``name`` when it is given, the oldest first. Raises Refusal
    ``assistance.his_own_word`` when all of those for whom the actor asked joined meanwhile.
    """
    rows = await _open(actor, today, name)
    found = [row for row in rows if await _may(actor, row, today)]
    joined = [row for row in rows if row.opened_by_id == actor.person_id and row not in found]
    if not found and joined and await speaking.has_account(joined[-1].person_id):
        raise Refusal("assistance.his_own_word", name=joined[-1].person.name)
    return tuple(queries.case(row) for row in found)


async def _open(actor: Actor, today: date, name: str) -> Sequence[AssistanceCase]:
    """Return the open cases that may be the actor's matter; never his own."""
    mine = [actor.person_id or 0, *await reach.stood_for(actor, today)]
    near = [
        Q(opened_by_id=actor.person_id or 0),
        Q(person__mentorships__mentor_id__in=mine),
        *(Q(person__home_unit__path__startswith=path) for path in reach.branch_paths(actor)),
    ]
    rows = AssistanceCase.filter(Q(*near, join_type=Q.OR), state__in=list(OPEN_HELP))
    if name:
        rows = rows.filter(person__name__in=[name, bare_name(name)])
    rows = rows.exclude(person_id=actor.person_id or 0).distinct().order_by("id")
    return await rows.prefetch_related("person__home_unit")


async def _may(actor: Actor, row: AssistanceCase, today: date) -> bool:
    if row.opened_by_id == row.person_id or await speaking.has_account(row.person_id):
        return False
    if actor.person_id in await speaking.speakers(row, today):
        return True
    return any(row.person.home_unit.path.startswith(path) for path in reach.branch_paths(actor))


@transactional
async def withdraw(*, actor: Actor, case_id: int, reason: str, now: datetime) -> Case:
    """Take a case back for somebody without an account, and keep why; who helps and asked hears.

    Raises Refusal ``assistance.gone`` when it is over, not the actor's, or the person joined. What
    is not sent yet about the case is not sent any more. Commits the case with its audit row.
    """
    held = AssistanceCase.filter(id=case_id).select_for_update()
    row = await held.first().prefetch_related("person__home_unit")
    today = local_day(now)
    if row is None or row.state not in OPEN_HELP or not await _may(actor, row, today):
        raise Refusal("assistance.gone")
    said = reason.strip()[: policy.WORDS_MOST]
    row.state, row.confirmed_at, row.withdrawn_by_id = HelpState.CANCELLED, now, actor.person_id
    row.withdrawn_reason_sealed = crypto.seal_text(said, place=queries.reason_place(row.uid))
    await row.save(
        update_fields=["state", "confirmed_at", "withdrawn_by_id", "withdrawn_reason_sealed"]
    )
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="assistance.withdrawn",
        subject_kind="assistance",
        subject_id=row.id,
        detail={"kind": row.kind.value, "for": row.person_id},
    )
    await _tell(actor, row, said, now)
    return queries.case(row)


async def _tell(actor: Actor, row: AssistanceCase, reason: str, now: datetime) -> None:
    """Owe it to whoever took the case, and to who spoke for the person when it was another."""
    say = Say(
        "assistance.news_withdrawn",
        by=actor.name,
        name=(await Person.get(id=row.person_id)).name,
        kind=dict(words.KINDS)[row.kind],
        reason=reason,
    )
    speaker = await speaking.speaker(row, local_day(now))
    told = [one for one in (row.taken_by_id, speaker) if one not in (None, actor.person_id)]
    people = [int(one) for one in dict.fromkeys(told) if one is not None]
    await notices.owe(people, row, say, purpose=notices.NEWS, what="withdrawn", now=now)
