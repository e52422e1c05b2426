"""What assistance keeps of a person: what he asked help with, and who took it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core.clock import local_day
from core.config import settings
from core.conversation import Say
from core.database import require_tx
from core.personal import Copied, Held, Keeping, Leaving, PersonalData
from models import AssistanceCase, Person
from models.enums import HelpState
from models.rows import as_json
from plugins.assistance import queries
from plugins.identity import looks, trail


async def _describe(person_id: int, today: date) -> Held:
    rows = await _rows(person_id)
    ids = [row.withdrawn_by_id for row in rows if row.withdrawn_by_id is not None]
    names = dict(await Person.filter(id__in=ids).values_list("id", "name")) if ids else {}
    details = tuple([line for row in rows for line in _lines(row, names, today)])
    counts = (Say("assistance.held_cases", count=len(rows)),) if rows else ()
    return Held(counts=counts, details=details)


def _lines(row: AssistanceCase, names: Mapping[int, str], today: date) -> Iterator[Say]:
    """Yield a case in the person's own words, and that somebody took it back for him."""
    yield Say(
        "assistance.detail_case",
        on=local_day(row.opened_at),
        words=queries.open_words(row),
        today=today,
    )
    if row.withdrawn_by_id is not None and row.confirmed_at is not None:
        yield Say(
            "assistance.detail_withdrawn",
            by=names.get(row.withdrawn_by_id, ""),
            on=local_day(row.confirmed_at),
            reason=queries.open_reason(row),
            today=today,
        )


async def _rows(person_id: int) -> list[AssistanceCase]:
    return await AssistanceCase.filter(person_id=person_id).order_by("id")


async def _export(person_id: int, today: date) -> Copied:
    rows = await _rows(person_id)
    opened = [
        as_json(row) | {"words": queries.open_words(row), "reason": queries.open_reason(row)}
        for row in rows
    ]
    data = {"help": opened}
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
