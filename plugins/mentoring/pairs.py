"""Who is mentor of whom (指定联系人, 换联系人): appointed and handed over by a secretary, by name.

At most two mentors a person, each a full member (2026 细则 art. 9). A pair that ended keeps its row
and its log: the new mentor sees that there were contacts, the old one sees nothing any more.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.expressions import Q

from core.actors import LEARNER_STAGES, Actor, Stage
from core.clock import local_day
from core.conversation import Say
from core.database import require_tx, transactional
from core.errors import Refusal
from core.messages import Text
from core.texts import current
from models import AuditLog, Contact, Mentorship, Person
from models.enums import Priority
from plugins.delivery import service as delivery
from plugins.identity import reach
from plugins.identity.policy import named_units
from plugins.mentoring import escalation
from plugins.mentoring.cadence import FIRST_TALK
from plugins.mentoring.unit_rules import RuleBook

MOST_MENTORS = 2
APPOINTED = "mentoring.appointed"
HANDED_OVER = "mentoring.handed_over"
LIFE = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """A pair that is to be made.

    ``replaces`` is the pair that ends with it. ``is_member`` says whether the mentor is a full
    member on record, ``people`` how many he would look after, ``most`` what the unit thinks enough.
    """

    person_id: int
    person: str
    mentor_id: int
    mentor: str
    replaces: int | None
    is_member: bool
    people: int
    most: int

    @property
    def is_plain(self) -> bool:
        """Whether nothing needs to be asked first."""
        return self.is_member and self.people <= self.most


@dataclass(frozen=True, slots=True)
class Held:
    """One mentor somebody has now."""

    pair_id: int
    mentor: str
    mentor_id: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """A pair that was made, and by when its first talk is due."""

    person: str
    mentor: str
    before: str | None
    due_on: date


async def held(person_id: int, today: date) -> tuple[Held, ...]:
    """Return the mentors somebody has today, the older pair first."""
    rows = await (
        Mentorship.filter(
            Q(until_on__isnull=True) | Q(until_on__gte=today),
            person_id=person_id,
            from_on__lte=today,
        )
        .order_by("from_on", "id")
        .values_list("id", "mentor__name", "mentor_id")
    )
    return tuple(Held(*row) for row in rows)


async def plan(
    *, actor: Actor, person_id: int, mentor_id: int, replaces: int | None, now: datetime
) -> Plan:
    """Return the pair that would be made, with what speaks against it.

    Raises Refusal ``mentoring.pair_nobody``, ``.pair_self``, ``.pair_same``, ``.pair_third`` with
    the two names when there are two already.
    """
    return await _plan(actor, person_id, mentor_id, replaces, now)


async def _plan(
    actor: Actor, person_id: int, mentor_id: int, replaces: int | None, now: datetime
) -> Plan:
    today = local_day(now)
    person = await _own(actor, person_id)
    mentor = await _own(actor, mentor_id)
    if person.id == mentor.id:
        raise Refusal("mentoring.pair_self")
    have = await held(person.id, today)
    if any(one.mentor_id == mentor.id for one in have):
        raise Refusal("mentoring.pair_same", mentor=mentor.name, person=person.name)
    kept = [one for one in have if one.pair_id != replaces]
    if len(kept) >= MOST_MENTORS:
        raise Refusal(
            "mentoring.pair_third", person=person.name, first=kept[0].mentor, second=kept[1].mentor
        )
    rule = (await RuleBook.load()).of(mentor.home_unit.path)
    load = await Mentorship.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today),
        mentor_id=mentor.id,
        person__stage__in=list(LEARNER_STAGES),
    ).count()
    return Plan(
        person_id=person.id,
        person=person.name,
        mentor_id=mentor.id,
        mentor=mentor.name,
        replaces=replaces if any(one.pair_id == replaces for one in have) else None,
        is_member=mentor.stage is Stage.FULL_MEMBER,
        people=load + 1,
        most=rule.people_most,
    )


async def _own(actor: Actor, person_id: int) -> Person:
    """Return somebody of the secretary's branch; Refusal ``mentoring.pair_nobody`` else."""
    person = await Person.get(id=person_id).prefetch_related("home_unit")
    if not named_units(actor).covers(person.home_unit.path):
        raise Refusal("mentoring.pair_nobody", name=person.name)
    return person


@transactional
async def make(
    *, actor: Actor, person_id: int, mentor_id: int, replaces: int | None, now: datetime
) -> Made:
    """Make the pair, end the one it replaces, and tell both mentors. Raises what ``plan`` does.

    The audit row names who confirmed that the mentor may be one. The first talk is due within a
    week and stands on the mentor's list from now on; the old mentor's sight ends at once.
    """
    today = local_day(now)
    found = await _plan(actor, person_id, mentor_id, replaces, now)
    before = None
    if found.replaces is not None:
        before = await _end(found, today, now)
    due_on = await _begin(found, today)
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="mentoring.appointed",
        subject_kind="person",
        subject_id=found.person_id,
        detail={
            "mentor": found.mentor_id,
            "replaces": found.replaces,
            "member_on_record": found.is_member,
            "people": found.people,
        },
    )
    await _tell_mentor(found, actor, due_on, now)
    await _tell_deputy(found, due_on, now)
    return Made(found.person, found.mentor, before, due_on)


async def _begin(found: Plan, today: date) -> date:
    """Write the pair; one that ended today goes on. Return the day of the first talk."""
    due_on = today + FIRST_TALK
    same = Mentorship.filter(person_id=found.person_id, mentor_id=found.mentor_id, from_on=today)
    if not await same.update(until_on=None, next_contact_on=due_on):
        await Mentorship.create(
            person_id=found.person_id,
            mentor_id=found.mentor_id,
            from_on=today,
            next_contact_on=due_on,
        )
    return due_on


async def _end(found: Plan, today: date, now: datetime) -> str:
    """End the pair that is replaced, with what was asked about it; return the mentor's name."""
    require_tx()
    pair = await Mentorship.get(id=found.replaces).prefetch_related("mentor")
    pair.until_on = today - _DAY
    await pair.save(update_fields=["until_on"])
    await escalation.end_for_pair(pair_id=pair.id, now=now)
    say = Say("mentoring.handed_over", person=found.person, mentor=found.mentor)
    await _owe(HANDED_OVER, f"{pair.id}:{today}", pair.mentor_id, say, now)
    return str(pair.mentor.name)


async def _owe(purpose: str, occasion: str, person_id: int, say: Say, now: datetime) -> None:
    """Owe somebody a notice, once for its occasion."""
    await delivery.enqueue(
        purpose=purpose,
        occasion=occasion,
        target=f"person:{person_id}",
        parts=(Text(current().render(say)),),
        now=now,
        priority=Priority.NOTICE,
        expires_at=now + LIFE,
    )


async def _tell_deputy(found: Plan, due_on: date, now: datetime) -> None:
    """Owe whoever stands in for the new mentor (代班) that the first talk is his; none, nothing."""
    today = local_day(now)
    deputy = (await reach.deputies_of([found.mentor_id], today)).get(found.mentor_id)
    if deputy is None or deputy == found.person_id:
        return
    say = Say(
        "mentoring.appointed_deputy",
        mentor=found.mentor,
        person=found.person,
        due=due_on,
        today=today,
    )
    await _owe(APPOINTED, f"{found.person_id}:{found.mentor_id}:{today}", deputy, say, now)


async def _tell_mentor(found: Plan, actor: Actor, due_on: date, now: datetime) -> None:
    today = local_day(now)
    lines = Contact.filter(person_id=found.person_id, withdrawn_at__isnull=True)
    count, last = await lines.count(), await lines.order_by("-contacted_on", "-id").first()
    history = Say("mentoring.appointed_new")
    if last is not None:
        history = Say(
            "mentoring.appointed_history",
            count=count,
            last=last.contacted_on,
            person=found.person,
            today=today,
        )
    say = Say(
        "mentoring.appointed",
        secretary=actor.name,
        person=found.person,
        due=due_on,
        history=history,
        today=today,
    )
    await _owe(APPOINTED, f"{found.person_id}:{today}", found.mentor_id, say, now)
