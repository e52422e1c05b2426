"""The rules of study: private digests, where a person stands, what a quiz is worth."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actors import LEARNER_STAGES, Actor, ConsentKind
from core.clock import local_day
from core.config import settings
from core.database import run_tx, transactional
from core.errors import Refusal
from core.messages import OutPart, Text
from models import (
    Account,
    AuditLog,
    Consent,
    Group,
    Person,
    QuizAnswer,
    StudyProgress,
    StudyRecord,
)
from models.enums import ConsentDecision, Evidence, Form, Priority
from plugins.delivery import service as delivery
from plugins.study import forms, library

# A digest is good until the next one: it does not go out later than six days after its hour.
DIGEST_LIFE = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class QuizResult:
    """What an answer was worth. ``earned`` are tenths of an hour, once per person and material."""

    is_right: bool
    earned: int = 0


async def plan_private_digests(*, slot_at: datetime, now: datetime) -> int:
    """Plan the digest for bound learners whose units have no group; return how many are new.

    Only with the first consent in force and without 退订; as a long picture to whoever likes that
    better. Pictures are drawn before the transaction, which commits all or nothing.
    """
    piece = library.of_the_week(library.current(), local_day(slot_at))
    if piece is None:
        return 0
    bodies: dict[Form, Sequence[OutPart]] = {Form.TEXT: (Text(forms.digest_text(piece)),)}
    if await Account.filter(study_form=Form.PICTURE, bound_at__isnull=False).exists():
        bodies[Form.PICTURE] = await forms.parts((piece,), Form.PICTURE)
    return await run_tx(functools.partial(_owe_digests, piece.slug, bodies, slot_at, now))


async def _owe_digests(
    slug: str, bodies: Mapping[Form, Sequence[OutPart]], slot_at: datetime, now: datetime
) -> int:
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
    likes = Account.filter(study_form=Form.PICTURE, bound_at__isnull=False)
    pictured = (
        set(await likes.values_list("person_id", flat=True)) if Form.PICTURE in bodies else set()
    )
    planned = 0
    for form, parts in bodies.items():
        wanted = [one for one in consented if (one in pictured) == (form is Form.PICTURE)]
        if wanted:
            planned += await delivery.broadcast(
                purpose="study.private_digest",
                occasion=slot_at.isoformat(),
                targets=[f"person:{person}" for person in wanted],
                parts=parts,
                reference={"material": slug},
                now=now,
                priority=Priority.DIGEST,
                not_before=slot_at,
                expires_at=slot_at + DIGEST_LIFE,
            )
    return planned


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
        return QuizResult(is_right=is_right)
    await QuizAnswer.create(
        person_id=actor.person_id,
        material=material,
        question=question,
        chosen=chosen,
        is_right=is_right,
        answered_at=now,
    )
    if question < len(piece.quiz) - 1:
        return QuizResult(is_right=is_right)
    return QuizResult(is_right=is_right, earned=await _earn(actor.person_id, material, now))


async def _earn(person_id: int, material: str, now: datetime) -> int:
    tenths = settings().study.quiz_tenths
    earned = StudyRecord.filter(person_id=person_id, material=material, evidence=Evidence.QUIZ)
    if await earned.exists():
        return 0
    await StudyRecord.create(
        person_id=person_id,
        material=material,
        evidence=Evidence.QUIZ,
        hours_tenths=tenths,
        earned_at=now,
    )
    return tenths


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
