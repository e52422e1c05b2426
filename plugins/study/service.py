"""The rules of study: whose digest is due, where a person stands, what a quiz is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from core.actors import LEARNER_STAGES, Actor, ConsentKind
from core.clock import at_local, local, local_day
from core.config import settings
from core.conversation import Say
from core.database import require_tx, run_tx, transactional
from core.errors import Fault, Refusal
from core.messages import Text
from core.texts import current
from models import (
    Account,
    AuditLog,
    Consent,
    Group,
    Person,
    Push,
    QuizAnswer,
    StudyProgress,
    StudyRecord,
)
from models.enums import ConsentDecision, Evidence, Priority
from plugins.delivery import service as delivery
from plugins.study import library
from plugins.study.library import Material

# A passed test counts half an hour (domain notes 4.2, local tables of study hours; 10 = one hour).
QUIZ_TENTHS = 5
# A digest is good until the next one: it does not go out later than six days after its hour.
DIGEST_LIFE = timedelta(days=6)
# Groups planned in one transaction: short enough not to hold up a worker's message.
BATCH = 100


@dataclass(frozen=True, slots=True)
class QuizResult:
    """What an answer was worth. ``newly_earned`` is true once per person and material."""

    is_right: bool
    newly_earned: bool


def slot_before(group: Group, now: datetime) -> datetime:
    """Return the latest weekly hour of ``group`` that is not after ``now``."""
    hours = settings().study
    weekday = hours.weekday if group.digest_weekday is None else group.digest_weekday
    hour = hours.hour if group.digest_hour is None else group.digest_hour
    minute = hours.minute if group.digest_minute is None else group.digest_minute
    day = local_day(now) - timedelta(days=(local(now).weekday() - weekday) % 7)
    slot = at_local(day, hour, minute)
    return slot if slot <= now else at_local(day - timedelta(days=7), hour, minute)


async def plan_group_digests(*, now: datetime) -> int:
    """Plan one digest for every group whose hour has come; return how many.

    Several hours missed while the bot was down become one digest: the latest. Each batch of groups
    commits on its own; the unique key of Push makes running it twice harmless.
    """
    planned = 0
    while True:
        due = await (
            Group.filter(is_active=True)
            .filter(Q(next_digest_at__lte=now) | Q(next_digest_at__isnull=True))
            .order_by("id")
            .limit(BATCH)
        )
        if not due:
            return planned
        planned += await run_tx(lambda batch=due: _plan_batch(batch, now))  # type: ignore[misc]


async def _plan_batch(groups: Sequence[Group], now: datetime) -> int:
    by_piece: dict[tuple[str, datetime], list[Group]] = {}
    for group in groups:
        slot = slot_before(group, now)
        if slot >= (group.next_digest_at or group.bound_at):
            pushes = await Push.filter(group_id=group.id).order_by("slot_at").only("material")
            pushed = [push.material for push in pushes]
            chosen = library.next_for_group(library.current(), local_day(slot), pushed)
            if chosen is not None:
                by_piece.setdefault((chosen.slug, slot), []).append(group)
        await Group.filter(id=group.id).update(next_digest_at=slot + timedelta(days=7))
    for (slug, slot), targets in by_piece.items():
        await _push(slug, slot, targets, now)
    return sum(map(len, by_piece.values()))


async def _push(slug: str, slot: datetime, groups: Sequence[Group], now: datetime) -> None:
    require_tx()
    await Push.bulk_create(
        [Push(group_id=group.id, slot_at=slot, material=slug, created_at=now) for group in groups],
        ignore_conflicts=True,
    )
    await delivery.broadcast(
        purpose="study.digest",
        occasion=slot.isoformat(),
        targets=[f"group:{group.id}" for group in groups],
        parts=(Text(digest_text(_material(slug))),),
        now=now,
        priority=Priority.DIGEST,
        not_before=slot,
        expires_at=slot + DIGEST_LIFE,
        title=_material(slug).title,
    )


def digest_text(material: Material) -> str:
    """Return the digest as a group sees it (dialogues 3.2)."""
    say = Say("study.digest", title=material.title, push=material.push, count=len(material.quiz))
    return current().render(say)


def _material(slug: str) -> Material:
    found = library.current().find(slug)
    if found is None:
        raise Fault("a material is gone from the library")
    return found


@transactional
async def plan_private_digests(*, slot_at: datetime, now: datetime) -> int:
    """Plan the digest for bound learners whose units have no group; return how many are new.

    Only with the first consent in force and without 退订. Commits all or nothing.
    """
    with_group = set(await Group.filter(is_active=True).values_list("unit_id", flat=True))
    rows = await (
        Person.filter(
            stage__in=list(LEARNER_STAGES),
            accounts__study_muted_at__isnull=True,
            accounts__bound_at__isnull=False,
        )
        .distinct()
        .values_list("id", "home_unit_id", "inflow_unit_id")
    )
    people = [person for person, *units in rows if with_group.isdisjoint(units)]
    consented = await _with_consent(people)
    pieces = library.current().effective(local_day(slot_at))
    if not consented or not pieces:
        return 0
    week = (local_day(slot_at).toordinal() // 7) % len(pieces)
    return await delivery.broadcast(
        purpose="study.private_digest",
        occasion=slot_at.isoformat(),
        targets=[f"person:{person}" for person in consented],
        parts=(Text(digest_text(pieces[week])),),
        now=now,
        priority=Priority.DIGEST,
        not_before=slot_at,
        expires_at=slot_at + DIGEST_LIFE,
    )


async def _with_consent(people: Sequence[object]) -> list[object]:
    rows = await (
        Consent.filter(person_id__in=list(people), kind=ConsentKind.BASICS)
        .order_by("id")
        .values_list("person_id", "decision")
    )
    latest = dict(rows)
    return [person for person in people if latest.get(person) == ConsentDecision.GIVEN]


@transactional
async def mark_read(*, actor: Actor, material: str, sections: int, now: datetime) -> None:
    """Remember how far a bound person has read; a stranger leaves no row."""
    if actor.person_id is None:
        return
    row = await StudyProgress.filter(person_id=actor.person_id, material=material).first()
    if row is None:
        await StudyProgress.create(
            person_id=actor.person_id, material=material, sections_read=sections, updated_at=now
        )
        return
    row.sections_read = max(row.sections_read, sections)
    row.updated_at = now
    await row.save(update_fields=["sections_read", "updated_at"])


@transactional
async def answer(
    *, actor: Actor, material: str, question: int, chosen: int, now: datetime
) -> QuizResult:
    """Take one answer (``question`` from 0, ``chosen`` from 1).

    The last question of a material earns its hours once, whatever the score: a quiz teaches, it
    does not judge. A stranger leaves no row.
    """
    piece = library.current().find(material)
    if piece is None or question >= len(piece.quiz):
        raise Refusal("study.piece_gone")
    is_right = piece.quiz[question].answer == chosen
    if actor.person_id is None:
        return QuizResult(is_right=is_right, newly_earned=False)
    await QuizAnswer.create(
        person_id=actor.person_id,
        material=material,
        question=question,
        chosen=chosen,
        is_right=is_right,
        answered_at=now,
    )
    newly = question == len(piece.quiz) - 1 and await _earn(actor.person_id, material, now)
    return QuizResult(is_right=is_right, newly_earned=newly)


async def _earn(person_id: int, material: str, now: datetime) -> bool:
    earned = StudyRecord.filter(person_id=person_id, material=material, evidence=Evidence.QUIZ)
    if await earned.exists():
        return False
    await StudyRecord.create(
        person_id=person_id,
        material=material,
        evidence=Evidence.QUIZ,
        hours_tenths=QUIZ_TENTHS,
        earned_at=now,
    )
    return True


@transactional
async def subscribe(*, actor: Actor, wanted: bool, now: datetime) -> None:
    """Switch the study material in private chat on or off for this account."""
    if actor.account_id is None:
        raise Refusal("study.not_bound")
    await Account.filter(id=actor.account_id).update(study_muted_at=None if wanted else now)
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="study.subscribe" if wanted else "study.unsubscribe",
        subject_kind="account",
        subject_id=actor.account_id,
        detail={},
    )
