"""Scoped reads of study. Every one is about the actor alone, or about a public piece."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.expressions import Q
from tortoise.functions import Count, Sum
from tortoise.queryset import QuerySet

from core.actors import Actor
from core.clock import local_day
from core.messages import Chat
from core.periods import Span
from models import Account, Delivery, Group, Person, Push, StudyProgress, StudyRecord
from models.enums import DeliveryState, Evidence, Form
from plugins.study import library, search, shelves
from plugins.study.library import Library, Material

# How far 补学 looks back: two months, what a tired worker can still catch up with.
MISSED_WEEKS = timedelta(weeks=8)
# Pushes that are looked through for one that is still in force.
_LAST = 8
# What was ordered for later is not shown before its hour; rows of one hour lie within a minute.
_SAME_DIGEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person stands in a piece: ``read`` sections of it so far."""

    piece: Material
    read: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Tenths of hours by kind of evidence: as declared or attended, before any factor.

    ``quizzes`` is how many were done; ``quiz`` is what they counted when they were.
    """

    declared: int
    quiz: int
    attended: int
    quizzes: int = 0


async def piece_of_the_week(actor: Actor, chat: Chat, now: datetime) -> Material | None:
    """Return the piece last pushed to the actor's group (or this group), else one by the week."""
    today = local_day(now)
    shelf = await shelves.of_chat(actor, chat, today)
    groups = await (
        _groups_of(actor)
        if chat.is_private
        else Group.filter(platform=chat.platform, chat_id=chat.chat_id)
    ).values_list("id", flat=True)
    pushes = (
        await Push.filter(group_id__in=list(groups), slot_at__lte=now + _SAME_DIGEST)
        .order_by("-slot_at", "id")
        .limit(_LAST)
        if groups
        else []
    )
    for push in sorted(pushes, key=_newest_day_first):
        found = shelf.find(push.material)
        if found is not None and found.is_effective(today):
            return found
    return library.of_the_week(shelf, today)


def _newest_day_first(push: Push) -> tuple[int, bool, int]:
    """Order pushes: of one day a digest before an ordered push, its first piece before others."""
    return -local_day(push.slot_at).toordinal(), push.is_ordered, push.id


def _groups_of(actor: Actor) -> QuerySet[Group]:
    """Return the groups of the unit at home and of the one that looks after somebody away."""
    paths = (path for path in (actor.home_path, actor.inflow_path) if path)
    units = {int(path.strip("/").rpartition("/")[2]) for path in paths}
    return Group.filter(unit_id__in=list(units), is_active=True)


async def city_of(actor: Actor) -> str:
    """Return the city somebody is in, as far as it is known and any piece asks for it."""
    if actor.person_id is None or not library.current().names_cities:
        return ""
    found = await Person.filter(id=actor.person_id).values_list("city", flat=True)
    return str(found[0] or "") if found else ""


async def wants_pictures(actor: Actor) -> bool:
    """Whether the actor's account likes pieces as long pictures (学习 长图)."""
    if actor.account_id is None:
        return False
    return await Account.filter(id=actor.account_id, study_form=Form.PICTURE).exists()


async def next_piece(actor: Actor, today: date) -> Place | None:
    """Return the piece to go on with: the unfinished, else the first not begun, else the oldest."""
    shelf = await shelves.of_actor(actor, today)
    pieces = shelf.for_person(actor.stage, await city_of(actor), today)
    if not pieces:
        return None
    if actor.person_id is None:
        return Place(pieces[0], 0)
    rows = await StudyProgress.filter(person_id=actor.person_id).order_by("-updated_at", "-id")
    read = {row.material: row.sections_read for row in rows}
    for row in rows:
        piece = shelf.find(row.material)
        if piece in pieces and row.sections_read < len(piece.sections):
            return Place(piece, row.sections_read)
    fresh = next((piece for piece in pieces if piece.slug not in read), None)
    if fresh is not None:
        return Place(fresh, 0)
    oldest = {row.material: place for place, row in enumerate(rows)}
    return Place(max(pieces, key=lambda piece: oldest[piece.slug]), 0)


async def missed(actor: Actor, now: datetime) -> tuple[Material, ...]:
    """Return what was pushed to somebody in the last eight weeks and not read, the oldest first.

    Pushed to a group of one's own, or sent in private. A piece counts as read when its last bubble
    was, or when its questions were answered.
    """
    since = now - MISSED_WEEKS
    groups = await _groups_of(actor).values_list("id", flat=True)
    pushed = await (
        Push.filter(group_id__in=list(groups), slot_at__gte=since, slot_at__lte=now)
        .order_by("slot_at", "id")
        .values_list("slot_at", "material")
    )
    sent = await Delivery.filter(
        target=f"person:{actor.person_id}",
        state=DeliveryState.SENT,
        purpose="study.private_digest",
        not_before__gte=since,
    ).values_list("not_before", "reference")
    private = [(at, str(reference["material"])) for at, reference in sent if reference]
    slugs = dict.fromkeys(slug for _, slug in sorted([*pushed, *private]))
    today = local_day(now)
    shelf = await shelves.of_actor(actor, today)
    done = await _finished(actor, shelf)
    found = (shelf.find(slug) for slug in slugs if slug not in done)
    return tuple(piece for piece in found if piece is not None and piece.is_effective(today))


async def _finished(actor: Actor, shelf: Library) -> set[str]:
    person = actor.person_id or 0
    answered = await StudyRecord.filter(person_id=person, evidence=Evidence.QUIZ).values_list(
        "material", flat=True
    )
    read = await StudyProgress.filter(person_id=person).values_list("material", "sections_read")
    pieces = ((shelf.find(slug), count) for slug, count in read)
    return {str(slug) for slug in answered} | {
        piece.slug for piece, count in pieces if piece and count >= len(piece.sections)
    }


async def found_by(actor: Actor, chat: Chat, said: str, today: date) -> tuple[Material, ...]:
    """Return the pieces that hold the words, the best first; in a group public ones only."""
    shelf = await shelves.of_chat(actor, chat, today)
    stage = actor.stage if chat.is_private else None

    def may_be_shown(slug: str) -> bool:
        piece = shelf.find(slug)
        if piece is None or not piece.is_effective(today):
            return False
        return piece.public or (stage is not None and stage in piece.audience)

    local = [piece for piece in shelf.all if piece.is_local]
    keys = [
        *search.index_of(local).find(said, may_be_shown),
        *search.current(library.current()).find(said, may_be_shown),
    ]
    found = (piece for piece in map(shelf.find, keys) if piece is not None)
    return tuple(found)[: search.RESULTS_MOST]


async def shown(actor: Actor, chat: Chat, slug: str, today: date) -> Material | None:
    """Return a piece if it may still be shown in this chat."""
    piece = (await shelves.of_chat(actor, chat, today)).find(slug)
    return piece if piece is not None and piece.is_effective(today) else None


async def last_piece(actor: Actor, today: date) -> Material | None:
    """Return the piece the actor opened last, if it may still be shown."""
    if actor.person_id is None:
        return None
    row = (
        await StudyProgress.filter(person_id=actor.person_id).order_by("-updated_at", "-id").first()
    )
    shelf = await shelves.of_actor(actor, today)
    piece = shelf.find(row.material) if row else None
    return piece if piece is not None and piece.is_effective(today) else None


async def hours(actor: Actor, span: Span) -> Hours:
    """Return the actor's own study hours within ``span``, by kind of evidence.

    What has a day of its own counts on that day, everything else when it was earned.
    """
    within = Q(happened_on__gte=span.first, happened_on__lte=span.last) | Q(
        happened_on__isnull=True, earned_at__gte=span.first_moment, earned_at__lt=span.end_moment
    )
    rows = await (
        StudyRecord.filter(within, person_id=actor.person_id or 0)
        .annotate(tenths=Sum("hours_tenths"), lessons=Count("id"))
        .group_by("evidence")
        .values_list("evidence", "tenths", "lessons")
    )
    found = {Evidence(kind): (int(tenths), int(lessons)) for kind, tenths, lessons in rows}
    return Hours(
        declared=found.get(Evidence.DECLARED, (0, 0))[0],
        quiz=found.get(Evidence.QUIZ, (0, 0))[0],
        attended=found.get(Evidence.ATTENDED, (0, 0))[0],
        quizzes=found.get(Evidence.QUIZ, (0, 0))[1],
    )
