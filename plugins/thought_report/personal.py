"""What thought reports keep of their author: drafts, pages, versions, and what readers said."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from tortoise.expressions import RawSQL
from tortoise.queryset import QuerySet

from core.actors import ConsentKind
from core.clock import local_day
from core.config import settings
from core.conversation import Say
from core.database import require_tx
from core.periods import Quarter
from core.personal import Attached, Copied, Held, Keeping, Leaving, PersonalData
from models import (
    ReportAllowance,
    ReportDraft,
    ReportOriginal,
    ReportPart,
    ReportReview,
    ThoughtReport,
)
from models.enums import DraftState, PartKind
from models.rows import as_json
from plugins.identity import looks, trail
from plugins.thought_report import allowances, fingerprints, pages, service
from plugins.thought_report.cases import reason_of
from plugins.thought_report.notices import quarter_say


async def _describe(person_id: int, today: date) -> Held:
    newest = await _newest(person_id)
    draft = await ReportDraft.filter(open_key=person_id).first()
    details = [_report_say("thought_report.detail_report", row, today) for row in newest]
    if draft is not None:
        live = len(await pages.live_pages(draft.id))
        quarter = quarter_say(Quarter.parse(draft.quarter), today)
        details.append(Say("thought_report.detail_draft", quarter=quarter, pages=live))
    counts = (Say("thought_report.held_reports", count=len(newest)),) if newest else ()
    return Held(counts=counts, details=tuple(details))


async def _newest(person_id: int) -> list[ThoughtReport]:
    """Return the newest version for every quarter, the last quarter first."""
    rows = ThoughtReport.filter(person_id=person_id).order_by("-quarter", "-version")
    found: dict[str, ThoughtReport] = {}
    for row in await rows:
        found.setdefault(row.quarter, row)
    return list(found.values())


def _report_say(key: str, row: ThoughtReport, today: date) -> Say:
    quarter = quarter_say(Quarter.parse(row.quarter), today)
    on = local_day(row.submitted_at)
    return Say(key, quarter=quarter, version=row.version, pages=row.pages, on=on, today=today)


async def _export(person_id: int, today: date) -> Copied:
    reports = await ThoughtReport.filter(person_id=person_id).order_by("id")
    drafts = await ReportDraft.filter(person_id=person_id).order_by("id")
    parts = await ReportPart.filter(draft__person_id=person_id).order_by(
        "draft_id", "position", "id"
    )
    reviews = await ReportReview.filter(report__person_id=person_id).order_by("id")
    files = {part.id: _file_name(part) for part in parts if part.blob_id}
    data = {
        "reports": [as_json(row) for row in reports],
        "drafts": [as_json(row) for row in drafts],
        "pages": [
            as_json(row)
            | {"text": pages.text_of(row) or pages.extract_of(row), "file": files.get(row.id)}
            for row in parts
        ],
        "reviews": [as_json(row) | {"reason": reason_of(row)} for row in reviews],
        "allowances": [
            as_json(row) | {"reason": allowances.reason_of(row)}
            for row in await ReportAllowance.filter(person_id=person_id).order_by("id")
        ],
        "originals": [
            as_json(row) for row in await ReportOriginal.filter(person_id=person_id).order_by("id")
        ],
    }
    lines: list[Say] = []
    for report in reports:
        own = [part for part in parts if part.draft_id == report.draft_id]
        said = [row for row in reviews if row.report_id == report.id]
        lines.append(_report_say("thought_report.line_report", report, today))
        lines += _page_says(own, files) + _review_says(said)
    handed_in = {report.draft_id for report in reports}
    loose = [part for part in parts if part.draft_id not in handed_in]
    if loose:
        lines += [Say("thought_report.line_draft"), *_page_says(loose, files)]
    attached = [Attached(files[part.id], part.blob_id) for part in parts if part.blob_id]
    return Copied(data, tuple(lines), tuple(attached))


def _file_name(part: ReportPart) -> str:
    suffix = f".{part.suffix}" if part.suffix else ""
    return f"{part.draft_id}-{part.position:02d}-{part.id}{suffix}"


def _page_says(parts: Sequence[ReportPart], files: dict[int, str]) -> list[Say]:
    return [
        Say("thought_report.line_text", number=number, text=pages.text_of(part))
        if part.kind is PartKind.TEXT
        else Say("thought_report.line_file", number=number, file=files.get(part.id, ""))
        for number, part in enumerate(parts, 1)
    ]


def _review_says(rows: Sequence[ReportReview]) -> list[Say]:
    return [
        Say("thought_report.line_review", at=row.decided_at, reason=reason)
        for row in rows
        if (reason := reason_of(row))
    ]


async def erase_reports(person_id: int) -> Sequence[str]:
    """Delete every draft, page, version, fingerprint and review of a person; return the files.

    Inside the caller's transaction; running it twice is harmless.
    """
    require_tx()
    reports = [int(i) for i in await _ids(ThoughtReport.filter(person_id=person_id))]
    drafts = [int(i) for i in await _ids(ReportDraft.filter(person_id=person_id))]
    blobs = await ReportPart.filter(draft__person_id=person_id, blob_id__isnull=False).values_list(
        "blob_id", flat=True
    )
    sheets = await ReportDraft.filter(id__in=drafts, sheet_blob_id__isnull=False).values_list(
        "sheet_blob_id", flat=True
    )
    await ReportReview.filter(report_id__in=reports).delete()
    await fingerprints.forget(reports)
    await ThoughtReport.filter(person_id=person_id).delete()
    await ReportPart.filter(draft_id__in=drafts).delete()
    await ReportDraft.filter(person_id=person_id).delete()
    await trail.blank("thought_report", reports)
    await trail.blank("report_draft", drafts)
    return sorted({str(blob) for blob in (*blobs, *sheets)})


async def _ids(rows: QuerySet[Any]) -> Sequence[Any]:
    return list(await rows.values_list("id", flat=True))


async def _erase(leaving: Leaving) -> Sequence[str]:
    """Delete his reports and their originals' marks."""
    person_id = leaving.person_id
    blobs = list(await erase_reports(person_id))
    await ReportOriginal.filter(person_id=person_id).delete()
    await ReportAllowance.filter(person_id=person_id).delete()
    return sorted(set(blobs))


async def _withdraw(person_id: int, kind: ConsentKind, now: datetime) -> Sequence[str]:
    """Close what is open with its pages: nothing more is kept without the consent."""
    if kind is not ConsentKind.REPORTS:
        return ()
    draft = await service.open_one(person_id)
    if draft is None:
        return ()
    await service.close(draft, DraftState.DROPPED, now)
    return await service.delete_parts(draft, await ReportPart.filter(draft_id=draft.id))


async def _forget(person_id: int, kind: ConsentKind) -> Sequence[str]:
    return await erase_reports(person_id) if kind is ConsentKind.REPORTS else ()


def _look(code: str, today: date) -> Say:
    return Say("thought_report.looked_at", quarter=quarter_say(Quarter.parse(code), today))


def _export_look(code: str, today: date) -> Say:
    return Say("thought_report.taken_out", quarter=quarter_say(Quarter.parse(code), today))


def _overlap_look(code: str, today: date) -> Say:
    return Say("thought_report.looked_beside", quarter=quarter_say(Quarter.parse(code), today))


def _dropped(now: datetime) -> QuerySet[ReportDraft]:
    before = now - timedelta(days=settings().privacy.draft_keep_days)
    return ReportDraft.filter(state=DraftState.DROPPED, closed_at__lt=before, reports__isnull=True)


async def _let_go_drafts(ids: Sequence[int]) -> Sequence[str]:
    parts = ReportPart.filter(draft_id__in=list(ids))
    blobs = await parts.filter(blob_id__isnull=False).values_list("blob_id", flat=True)
    await parts.delete()
    await ReportDraft.filter(id__in=list(ids)).delete()
    return sorted({str(blob) for blob in blobs})


def filed_before(day: date) -> QuerySet[ThoughtReport]:
    """Return the reports whose signed original was received before ``day`` (原件已收)."""
    received = f"""EXISTS (SELECT 1 FROM report_original o
        WHERE o.person_id = thought_report.person_id AND o.quarter = thought_report.quarter
        AND o.standing_key IS NOT NULL AND o.received_on < '{day.isoformat()}')"""  # noqa: S608  # a day
    return ThoughtReport.annotate(is_filed=RawSQL(received)).filter(is_filed=True)


def _copies(now: datetime) -> QuerySet[ThoughtReport]:
    """Return the reports whose pages may go: the signed original is in the archive (notes 6.4)."""
    before = local_day(now) - timedelta(days=settings().privacy.report_copy_days)
    return filed_before(before).filter(draft__parts__id__isnull=False).distinct()


async def _let_go_pages(ids: Sequence[int]) -> Sequence[str]:
    """Delete the pages of reports; the rows stay: handed in, when, read by whom.

    Versions of one report share pages, so a file goes only when no page left refers to it.
    """
    await fingerprints.forget(ids)
    drafts = await ThoughtReport.filter(id__in=list(ids)).values_list("draft_id", flat=True)
    parts = ReportPart.filter(draft_id__in=list(drafts))
    blobs = set(await parts.filter(blob_id__isnull=False).values_list("blob_id", flat=True))
    await parts.delete()
    left = ReportPart.filter(blob_id__in=list(blobs))
    shared = set(await left.values_list("blob_id", flat=True))
    return sorted(str(blob) for blob in blobs - shared)


PERSONAL = PersonalData(
    title=Say("thought_report.personal_title"),
    tables=frozenset(
        {"report_draft", "report_part", "thought_report", "report_review", "report_original"}
        | {"report_allowance", "report_fingerprint", "report_clause"}
    ),
    describe=_describe,
    export=_export,
    erase=_erase,
    rank=10,
    withdraw=_withdraw,
    forget=_forget,
    looks={
        looks.REPORT_PREFIX.rstrip(":"): _look,
        looks.EXPORT_PREFIX.rstrip(":"): _export_look,
        looks.OVERLAP_PREFIX.rstrip(":"): _overlap_look,
    },
    keepings=(
        Keeping("dropped_drafts", _dropped, _let_go_drafts),
        Keeping("report_copies", _copies, _let_go_pages),
    ),
)
