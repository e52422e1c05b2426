"""The rules of study: private digests, where a person stands, what a quiz is worth."""

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

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
from plugins.study import forms, library, shelves
from plugins.study.library import Material

# A digest is good until the next one: it does not go out later than six days after its hour.
DIGEST_LIFE = timedelta(days=6)
PRIVATE_DIGEST = "study.private_digest"


@dataclass(frozen=True, slots=True)
class QuizResult:
    """What an answer was worth. ``earned`` are tenths of an hour, once per person and material."""

    is_right: bool
    earned: int = 0


async def plan_private_digests(*, slot_at: datetime, now: datetime) -> int:
    """Plan the digest for bound learners whose units have no group; return how many are new.

    Only with the first consent in force and without 退订; each gets what the home unit has read,
    nothing where it has read nothing, as a long picture whoever likes that better. Pictures are
    drawn before the transaction, which commits all or nothing.
    """
    targets = await _who_gets_what(local_day(slot_at), now)
    bodies = {one: await _body(*one) for one in targets}
    return await run_tx(functools.partial(_owe_digests, targets, bodies, slot_at, now))


_Body = tuple[Material, Form]


async def _who_gets_what(day: date, now: datetime) -> Mapping[_Body, Sequence[str]]:
    with_group = set(await Group.filter(is_active=True).values_list("unit_id", flat=True))
    rows = await (
        Person.filter(
            stage__in=list(LEARNER_STAGES),
            accounts__study_muted_at__isnull=True,
            accounts__bound_at__isnull=False,
        )
        .distinct()
        .values_list("id", "home_unit__path", "home_unit_id", "inflow_unit_id")
    )
    paths = {person: path for person, path, *units in rows if with_group.isdisjoint(units)}
    targets: dict[_Body, list[str]] = defaultdict(list)
    consented = await _with_consent(list(paths))
    if not consented:
        return targets
    likes = Account.filter(study_form=Form.PICTURE, bound_at__isnull=False)
    pictured = set(await likes.values_list("person_id", flat=True))
    known = await shelves.of_all_units(local_day(now))
    for person in consented:
        piece = library.of_the_week(known.of(str(paths[person])), day)
        if piece is not None:
            form = Form.PICTURE if person in pictured else Form.TEXT
            targets[piece, form].append(f"person:{person}")
    return targets


async def _body(piece: Material, form: Form) -> Sequence[OutPart]:
    if form is Form.TEXT:
        return (Text(forms.digest_text(piece)),)
    return await forms.parts((piece,), form)


async def _owe_digests(
    targets: Mapping[_Body, Sequence[str]],
    bodies: Mapping[_Body, Sequence[OutPart]],
    slot_at: datetime,
    now: datetime,
) -> int:
    return sum(
        [
            await delivery.broadcast(
                purpose=PRIVATE_DIGEST,
                occasion=slot_at.isoformat(),
                targets=people,
                parts=bodies[piece, form],
                reference={"material": piece.slug},
                now=now,
                priority=Priority.DIGEST,
                not_before=slot_at,
                expires_at=min(slot_at + DIGEST_LIFE, piece.ends_at),
            )
            for (piece, form), people in targets.items()
        ]
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
