"""What a deputy did, told to the mentor once on the morning after (代班)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tortoise.expressions import Q

from core.clock import at_local, local_day
from core.conversation import Say
from core.database import require_tx, run_tx
from core.messages import Text
from core.periods import Span
from core.texts import current
from models import Contact, Mentorship, Movement, ReportReview, StandIn
from models.enums import MovementState, Priority, StandInState
from plugins.delivery import service as delivery
from plugins.mentoring import words
from plugins.mentoring.standing_in import LIST_HOUR, LIST_LIFE, LISTED


async def stand_in_waits(reference: dict[str, Any]) -> bool:
    """Whether the deputy who is about to be asked still is to be asked. Reads only."""
    return await StandIn.filter(uid=reference["stand_in"], state=StandInState.ASKED).exists()


async def owe_lists(*, now: datetime) -> int:
    """Owe every mentor whose deputy's last day is over the list of it; return how many are new.

    Safe to run twice: the unique key of the ledger is the stand-in itself.
    """
    today = local_day(now)
    over = StandIn.filter(
        state=StandInState.AGREED, until_on__lt=today, until_on__gte=today - LIST_LIFE
    )
    rows = await over.order_by("id").prefetch_related("deputy")
    return sum([await run_tx(partial(_owe, row, now)) for row in rows])


async def _owe(row: StandIn, now: datetime) -> int:
    require_tx()
    span = Span(row.from_on, row.until_on)
    contacts = await _contacts(row, span)
    reports = await _reports(row, span)
    moves = await _moves(row, span)
    if not contacts and not reports and not moves:
        say = Say("mentoring.stand_in_list_nothing", deputy=row.deputy.name, last=row.until_on)
    else:
        say = Say(
            "mentoring.stand_in_list",
            deputy=row.deputy.name,
            last=row.until_on,
            contacts=_counted(
                contacts, "mentoring.stand_in_contacts", "mentoring.stand_in_contacts_none"
            ),
            reports=_counted(
                reports, "mentoring.stand_in_reports", "mentoring.stand_in_reports_none"
            ),
            moves=_counted(moves, "mentoring.stand_in_moves"),
        )
    morning = at_local(row.until_on + timedelta(days=1), LIST_HOUR)
    return await delivery.enqueue(
        purpose=LISTED,
        occasion=row.uid,
        target=f"person:{row.mentor_id}",
        parts=(Text(current().render(say)),),
        now=now,
        priority=Priority.REMINDER,
        not_before=morning,
        expires_at=morning + LIST_LIFE,
    )


def _counted(names: Sequence[str], key: str, without: str = "") -> Say | str:
    if not names:
        return Say(without) if without else ""
    unique = words.LIST_MARK.join(dict.fromkeys(names))
    return Say(key, count=len(names), names=unique)


async def _moves(row: StandIn, span: Span) -> list[str]:
    """Return which of the mentor's people told where they went meanwhile: the deputy heard it."""
    pairs: Sequence[Any] = await Mentorship.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=span.first),
        from_on__lte=span.last,
        mentor_id=row.mentor_id,
    ).values_list("person_id", flat=True)
    first, end = span.first_moment, span.end_moment
    told: Sequence[Any] = await (
        Movement.filter(
            Q(reported_at__gte=first, reported_at__lt=end)
            | Q(arrived_at__gte=first, arrived_at__lt=end),
            person_id__in=list(pairs),
        )
        .exclude(state=MovementState.CANCELLED)
        .order_by("id")
        .values_list("person_id", "person__name", "to_city")
    )
    last = {
        int(person): Say("mentoring.stand_in_move", name=name, city=city)
        for person, name, city in told
    }
    return [current().render(say) for say in last.values()]


async def _contacts(row: StandIn, span: Span) -> list[str]:
    """Return with whom of the mentor's people the deputy wrote a contact, a name a line."""
    found: Sequence[Any] = await (
        Contact.filter(
            mentorship__mentor_id=row.mentor_id,
            entered_by_id=row.deputy_id,
            entered_at__gte=span.first_moment,
            entered_at__lt=span.end_moment,
            withdrawn_at__isnull=True,
        )
        .order_by("id")
        .values_list("person__name", flat=True)
    )
    return [str(name) for name in found]


async def _reports(row: StandIn, span: Span) -> list[str]:
    """Return whose reports the deputy read in the mentor's place, a name a report."""
    found: Sequence[Any] = await (
        ReportReview.filter(
            for_mentor_id=row.mentor_id,
            reviewer_id=row.deputy_id,
            decided_at__gte=span.first_moment,
            decided_at__lt=span.end_moment,
        )
        .order_by("id")
        .values_list("report__person__name", flat=True)
    )
    return [str(name) for name in found]
