"""Somebody does a mentor's work while he is away (代班): asked, answered, listed afterwards.

Each use case is one transaction. The deputy sees names and days and what waits, never what was said
before (dialogues 3.11); whatever he does stands under his own name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from core.actors import Actor, RoleKind, Stage
from core.clock import at_local, local_day
from core.conversation import Ask, Option, Say
from core.database import transactional
from core.errors import Refusal
from core.messages import Text
from core.periods import Span
from core.texts import current
from models import AuditLog, Person, Role, StandIn
from models.enums import Priority, StandInState
from plugins.delivery import service as delivery
from plugins.identity import reach
from plugins.mentoring import queries

ASKED = "mentoring.stand_in_asked"
ANSWERED = "mentoring.stand_in_answered"
LISTED = "mentoring.stand_in_listed"
CHECK = "mentoring.stand_in_waits"
ANSWER = "mentoring.stand_in_answer"
# A season at most; whoever is away longer needs another mentor, and that is the branch's to decide.
MOST_DAYS = 92
# The list of what was done comes on the morning after; so late it is of no use any more.
LIST_HOUR = 9
LIST_LIFE = timedelta(days=14)

_STANDING = (StandInState.ASKED, StandInState.AGREED)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who would stand in, when, and for how many people."""

    deputy_id: int
    deputy: str
    span: Span
    people: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A stand-in that is asked for or agreed, as the mentor sees it."""

    uid: str
    deputy: str
    until_on: date
    is_agreed: bool


async def propose(*, actor: Actor, name: str, span: Span, now: datetime) -> Proposal:
    """Return what would be asked.

    Only a full member of the mentor's own branch may stand in, as only one may be a mentor (细则
    2026 art. 9). Raises Refusal ``mentoring.stand_in_nobody``, the same words whether there is no
    such name or it is somebody else, ``.stand_in_days``, ``.stand_in_there``, ``.nobody_yet``.
    """
    if (span.last - span.first).days >= MOST_DAYS:
        raise Refusal("mentoring.stand_in_days", most=MOST_DAYS)
    own = await queries.own_mentees(actor, local_day(now))
    if not own:
        raise Refusal("mentoring.nobody_yet")
    deputy = await _deputy(actor, name)
    await _refuse_twice(actor, span)
    return Proposal(deputy.id, deputy.name, span, len(own))


async def _deputy(actor: Actor, name: str) -> Person:
    found = await (
        Person.filter(
            name=name.strip(),
            stage=Stage.FULL_MEMBER,
            home_unit__path__startswith=actor.home_path or "-",
            accounts__bound_at__isnull=False,
        )
        .exclude(id=actor.person_id or 0)
        .distinct()
        .order_by("id")
    )
    if len(found) != 1:
        raise Refusal("mentoring.stand_in_nobody")
    return found[0]


async def _refuse_twice(actor: Actor, span: Span) -> None:
    other = (
        await StandIn.filter(
            mentor_id=actor.person_id,
            state__in=list(_STANDING),
            from_on__lte=span.last,
            until_on__gte=span.first,
        )
        .first()
        .prefetch_related("deputy")
    )
    if other is not None:
        raise Refusal(
            "mentoring.stand_in_there",
            deputy=other.deputy.name,
            first=other.from_on,
            last=other.until_on,
        )


@transactional
async def ask(*, actor: Actor, deputy_id: int, span: Span, key: str, now: datetime) -> str:
    """Ask somebody to stand in; return his name. The same ``key`` asks once.

    Commits the row, the audit row and the question to the deputy. Raises what ``propose`` does.
    """
    known = await StandIn.filter(source_key=key).first().prefetch_related("deputy")
    if known is not None:
        return str(known.deputy.name)
    deputy = await Person.get(id=deputy_id)
    found = await propose(actor=actor, name=deputy.name, span=span, now=now)
    row = await StandIn.create(
        uid=uuid4().hex,
        mentor_id=actor.person_id or 0,
        deputy_id=found.deputy_id,
        from_on=span.first,
        until_on=span.last,
        state=StandInState.ASKED,
        source_key=key,
        asked_at=now,
    )
    await _audit(actor, "asked", row, now)
    say, question = _question(row, actor.name, found.people)
    await delivery.enqueue(
        purpose=ASKED,
        occasion=row.uid,
        target=f"person:{found.deputy_id}",
        parts=(Text(current().render(say)),),
        ask=question,
        now=now,
        priority=Priority.NOTICE,
        expires_at=at_local(span.last + timedelta(days=1), 0),
        check=CHECK,
        reference={"stand_in": row.uid},
    )
    return found.deputy


def _question(row: StandIn, mentor: str, people: int) -> tuple[Say, Ask]:
    options = (
        Option(Say("mentoring.option_agree"), value="agree"),
        Option(Say("mentoring.option_decline"), value="decline"),
    )
    say = Say(
        "mentoring.stand_in_question",
        mentor=mentor,
        first=row.from_on,
        last=row.until_on,
        days=(row.until_on - row.from_on).days + 1,
        people=people,
        options=current().options(options),
    )
    return say, Ask(ANSWER, options, data={"stand_in": row.uid}, listed=True)


@transactional
async def answer(*, actor: Actor, uid: str, agrees: bool, now: datetime) -> tuple[bool, str]:
    """Take what the deputy says, tell the mentor, and the branch when it is no.

    Returns the answer that stands and the mentor's name. Said again it changes nothing. Raises
    Refusal ``mentoring.stand_in_over``.
    """
    row = await StandIn.filter(uid=uid, deputy_id=actor.person_id or 0).select_for_update().first()
    over = row is None or row.state is StandInState.ENDED or row.until_on < local_day(now)
    if row is None or over:
        raise Refusal("mentoring.stand_in_over")
    mentor = await Person.get(id=row.mentor_id)
    if row.state is not StandInState.ASKED:
        return row.state is StandInState.AGREED, mentor.name
    row.state = StandInState.AGREED if agrees else StandInState.DECLINED
    row.answered_at = now
    await row.save(update_fields=["state", "answered_at"])
    await _audit(actor, row.state.value, row, now)
    await _tell(row, actor.name, mentor, now)
    return agrees, mentor.name


async def _tell(row: StandIn, deputy: str, mentor: Person, now: datetime) -> None:
    if row.state is StandInState.AGREED:
        lists = row.until_on + timedelta(days=1)
        said = {mentor.id: Say("mentoring.stand_in_agreed", deputy=deputy, lists=lists)}
    else:
        said = {mentor.id: Say("mentoring.stand_in_declined", deputy=deputy)}
        for secretary in await _secretaries(mentor, local_day(now)):
            fields = {"mentor": mentor.name, "deputy": deputy}
            said.setdefault(
                secretary,
                Say(
                    "mentoring.stand_in_declined_branch",
                    first=row.from_on,
                    last=row.until_on,
                    **fields,
                ),
            )
    for person_id, say in said.items():
        await delivery.enqueue(
            purpose=ANSWERED,
            occasion=row.uid,
            target=f"person:{person_id}",
            parts=(Text(current().render(say)),),
            now=now,
            priority=Priority.NOTICE,
        )


async def _secretaries(mentor: Person, day: date) -> list[int]:
    rows: Sequence[Any] = await Role.filter(
        reach.in_force(day), unit_id=mentor.home_unit_id, kind=RoleKind.BRANCH_SECRETARY
    ).values_list("person_id", flat=True)
    return [int(row) for row in rows]


async def standing_of(actor: Actor, today: date) -> Standing | None:
    """Return who stands in, or was asked to, for the actor now or soon; None when nobody is."""
    row = await (
        StandIn.filter(
            mentor_id=actor.person_id or 0, state__in=list(_STANDING), until_on__gte=today
        )
        .order_by("from_on", "id")
        .first()
        .prefetch_related("deputy")
    )
    if row is None:
        return None
    return Standing(row.uid, row.deputy.name, row.until_on, row.state is StandInState.AGREED)


@transactional
async def end(*, actor: Actor, uid: str, now: datetime) -> str:
    """Let the mentor take his work back from now on; return the deputy's name.

    Raises Refusal ``mentoring.stand_in_over`` when it is not his, or over already.
    """
    row = await (
        StandIn.filter(uid=uid, mentor_id=actor.person_id or 0, state__in=list(_STANDING))
        .select_for_update()
        .first()
        .prefetch_related("deputy")
    )
    if row is None:
        raise Refusal("mentoring.stand_in_over")
    row.state = StandInState.ENDED
    await row.save(update_fields=["state"])
    await _audit(actor, "ended", row, now)
    return str(row.deputy.name)


async def _audit(actor: Actor, act: str, row: StandIn, now: datetime) -> None:
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=f"mentoring.stand_in_{act}",
        subject_kind="stand_in",
        subject_id=row.id,
        detail={"mentor": row.mentor_id, "deputy": row.deputy_id},
    )
