"""Scoped reads of study. Every one is about the actor alone, or about a public piece."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tortoise.functions import Sum

from core.actors import Actor
from core.messages import Chat
from core.periods import Span
from models import Group, Push, StudyProgress, StudyRecord
from models.enums import Evidence
from plugins.study import library
from plugins.study.library import Material


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person stands in a piece: ``read`` sections of it so far."""

    piece: Material
    read: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Study hours in tenths, by kind of evidence."""

    declared: int
    quiz: int
    attended: int


async def piece_of_the_week(actor: Actor, chat: Chat, today: date) -> Material | None:
    """Return the piece last pushed to the actor's group (or this group), else one by the week."""
    if chat.is_private:
        units = [actor.home_unit_id] if actor.home_unit_id else []
        groups: Sequence[object] = await Group.filter(
            unit_id__in=units, is_active=True
        ).values_list("id", flat=True)
    else:
        groups = await Group.filter(platform=chat.platform, chat_id=chat.chat_id).values_list(
            "id", flat=True
        )
    pushes = (
        await Push.filter(group_id__in=list(groups)).order_by("-slot_at").limit(1) if groups else []
    )
    pieces = library.current().effective(today)
    for push in pushes:
        found = library.current().find(push.material)
        if found is not None and found in pieces:
            return found
    public = [piece for piece in pieces if piece.public]
    return public[(today.toordinal() // 7) % len(public)] if public else None


async def next_piece(actor: Actor, today: date) -> Place | None:
    """Return the piece to go on with: the unfinished, else the first not begun, else the oldest."""
    pieces = library.current().for_stage(actor.stage, today)
    if not pieces:
        return None
    if actor.person_id is None:
        return Place(pieces[0], 0)
    rows = await StudyProgress.filter(person_id=actor.person_id).order_by("-updated_at", "-id")
    read = {row.material: row.sections_read for row in rows}
    for row in rows:
        piece = library.current().find(row.material)
        if piece in pieces and row.sections_read < len(piece.sections):
            return Place(piece, row.sections_read)
    fresh = next((piece for piece in pieces if piece.slug not in read), None)
    if fresh is not None:
        return Place(fresh, 0)
    oldest = {row.material: place for place, row in enumerate(rows)}
    return Place(max(pieces, key=lambda piece: oldest[piece.slug]), 0)


async def last_piece(actor: Actor, today: date) -> Material | None:
    """Return the piece the actor opened last, if it may still be shown."""
    if actor.person_id is None:
        return None
    row = (
        await StudyProgress.filter(person_id=actor.person_id).order_by("-updated_at", "-id").first()
    )
    piece = library.current().find(row.material) if row else None
    return piece if piece is not None and piece.is_effective(today) else None


async def hours(actor: Actor, span: Span) -> Hours:
    """Return the actor's own study hours within ``span``, by kind of evidence."""
    rows = await (
        StudyRecord.filter(
            person_id=actor.person_id or 0,
            earned_at__gte=span.first_moment,
            earned_at__lt=span.end_moment,
        )
        .annotate(tenths=Sum("hours_tenths"))
        .group_by("evidence")
        .values_list("evidence", "tenths")
    )
    tenths = {Evidence(kind): int(total) for kind, total in rows}
    return Hours(
        declared=tenths.get(Evidence.DECLARED, 0),
        quiz=tenths.get(Evidence.QUIZ, 0),
        attended=tenths.get(Evidence.ATTENDED, 0),
    )
