"""What assistance keeps of a person: what he asked help with, and who took it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core.clock import local_day
from core.config import settings
from core.conversation import Say
from core.database import require_tx
from core.personal import Copied, Held, Keeping, Leaving, PersonalData
from models import AssistanceCase
from models.enums import HelpState
from models.rows import as_json
from plugins.assistance import queries
from plugins.identity import looks, trail


async def _describe(person_id: int, today: date) -> Held:
    rows = await _rows(person_id)
    details = tuple(
        Say(
            "assistance.detail_case",
            on=local_day(row.opened_at),
            words=queries.open_words(row),
            today=today,
        )
        for row in rows
    )
    counts = (Say("assistance.held_cases", count=len(rows)),) if rows else ()
    return Held(counts=counts, details=details)


async def _rows(person_id: int) -> list[AssistanceCase]:
    return await AssistanceCase.filter(person_id=person_id).order_by("id")


async def _export(person_id: int, today: date) -> Copied:
    rows = await _rows(person_id)
    data = {"help": [as_json(row) | {"words": queries.open_words(row)} for row in rows]}
    return Copied(data, (await _describe(person_id, today)).details)


async def _erase(leaving: Leaving) -> Sequence[str]:
    require_tx()
    mine = AssistanceCase.filter(person_id=leaving.person_id)
    ids = [int(str(number)) for number in await mine.values_list("id", flat=True)]
    await mine.delete()
    await trail.blank("assistance", ids)
    return ()


def _look(_code: str, _today: date) -> Say:
    return Say("assistance.looked_at")


def _over(now: datetime) -> QuerySet[AssistanceCase]:
    """Return the cases that were over so long ago that their words have done their work."""
    before = now - timedelta(days=settings().privacy.case_days)
    over = AssistanceCase.filter(state__in=[HelpState.CLOSED, HelpState.CANCELLED])
    # A case that was taken back before its day was noted counts from when it was opened.
    return over.filter(
        Q(confirmed_at__lt=before) | Q(confirmed_at__isnull=True, opened_at__lt=before)
    )


PERSONAL = PersonalData(
    title=Say("assistance.personal_title"),
    tables=frozenset({"assistance_case"}),
    describe=_describe,
    export=_export,
    erase=_erase,
    rank=50,
    looks={looks.ASSISTANCE: _look},
    keepings=(Keeping("cases", _over),),
)
