"""The rules of drafts: open one, add to a report that was handed in, drop one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from core import crypto, files
from core.actors import LEARNER_STAGES, Actor, ConsentKind
from core.clock import local_day
from core.database import transactional
from core.errors import Refusal
from core.periods import Quarter
from models import (
    AuditLog,
    Person,
    ReportCycle,
    ReportDraft,
    ReportPart,
    ThoughtReport,
)
from models.enums import DraftState, ReportState
from plugins.thought_report import duties, notices, pages, policy, schedules
from plugins.thought_report.policy import Window


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft that is open now. ``is_new`` is false when it was open before."""

    uid: str
    window: Window
    pages: int
    is_new: bool
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class WhichQuarter:
    """The quarter is not clear: the one before is missing, the present one has begun."""

    previous: Quarter
    current: Quarter


@dataclass(frozen=True, slots=True)
class Dropped:
    """What became of a draft that is not wanted."""

    had_version: bool


def writer(actor: Actor) -> int:
    """Return the id of somebody whose reports we may keep; Refusal says why not."""
    if actor.person_id is None:
        raise Refusal("thought_report.not_bound")
    if actor.stage not in LEARNER_STAGES:
        raise Refusal("thought_report.not_for_you")
    if ConsentKind.REPORTS not in actor.consents:
        raise Refusal("thought_report.paper")
    return actor.person_id


async def locked_person(person_id: int) -> Person:
    """Return the person, locked: two messages of one person open one draft, not two."""
    return await Person.filter(id=person_id).select_for_update().get()


async def newest(person_id: int, quarter: Quarter) -> ThoughtReport | None:
    """Return the newest version of a person's report for a quarter."""
    return (
        await ThoughtReport.filter(person_id=person_id, quarter=str(quarter))
        .order_by("-version")
        .first()
    )


@transactional
async def open_draft(
    *, actor: Actor, quarter: Quarter | None, now: datetime
) -> Opened | WhichQuarter:
    """Open a draft, or return the one that is open; ``quarter`` None means the usual one.

    Raises Refusal ``thought_report.not_bound``, ``.not_for_you``, ``.paper``, ``.quarter_out``,
    ``.already_in``.
    """
    person = await locked_person(writer(actor))
    today = local_day(now)
    standing = await open_one(person.id)
    if standing is not None and not await _is_blank(standing):
        return await _as_opened(person, standing, wanted=quarter)
    if quarter is None:
        quarter = await schedules.current(person.home_unit_id, today)
        before = await schedules.before(person.home_unit_id, quarter)
        if policy.has_just_begun(quarter, today) and await _is_missing(person, before):
            return WhichQuarter(before, quarter)
    await _check_cycle(person, quarter, today)
    if handed_in := await newest(person.id, quarter):
        raise Refusal(
            "thought_report.already_in",
            quarter=notices.quarter_say(quarter, today),
            on=local_day(handed_in.submitted_at),
            today=today,
        )
    if standing is not None and standing.quarter == str(quarter):
        return await _as_opened(person, standing)
    draft = await _blank_for(standing, person.id, quarter, now)
    return Opened(draft.uid, await duties.window_of(person, quarter), 0, is_new=True)


async def _check_cycle(person: Person, quarter: Quarter, today: date) -> None:
    if not policy.may_write(quarter, today):
        raise Refusal("thought_report.quarter_out")
    if not await schedules.collects(person.home_unit_id, quarter):
        now = await schedules.current(person.home_unit_id, today)
        said = notices.quarter_say(now, today)
        raise Refusal("thought_report.other_cycle", often=notices.often(now.months), quarter=said)


async def _is_blank(draft: ReportDraft) -> bool:
    return not await ReportPart.filter(draft_id=draft.id).exists()


async def _blank_for(
    standing: ReportDraft | None, person_id: int, quarter: Quarter, now: datetime
) -> ReportDraft:
    """Return an empty draft for ``quarter``: one left empty in another quarter, or a new one."""
    if standing is None:
        return await _create_draft(person_id, quarter, now)
    standing.quarter = str(quarter)
    standing.updated_at = now
    await standing.save(update_fields=["quarter", "updated_at"])
    return standing


async def open_one(person_id: int) -> ReportDraft | None:
    """Return a person's open draft, locked for this transaction; None when there is none."""
    return await ReportDraft.filter(open_key=person_id).select_for_update().first()


async def _as_opened(person: Person, draft: ReportDraft, wanted: Quarter | None = None) -> Opened:
    quarter = Quarter.parse(draft.quarter)
    live = await pages.live_pages(draft.id)
    is_other = wanted is not None and wanted != quarter
    window = await duties.window_of(person, quarter)
    return Opened(draft.uid, window, len(live), is_new=False, is_other=is_other)


async def _is_missing(person: Person, quarter: Quarter) -> bool:
    collected = ReportCycle.filter(unit_id=person.home_unit_id, quarter=str(quarter))
    return await collected.exists() and await newest(person.id, quarter) is None


async def _create_draft(person_id: int, quarter: Quarter, now: datetime) -> ReportDraft:
    return await ReportDraft.create(
        uid=uuid4().hex,
        person_id=person_id,
        quarter=str(quarter),
        state=DraftState.OPEN,
        open_key=person_id,
        opened_at=now,
        updated_at=now,
    )


@transactional
async def open_supplement(*, actor: Actor, quarter: Quarter | None, now: datetime) -> Opened:
    """Open a draft with the pages of the report handed in last; a returned one goes first.

    Raises Refusal ``thought_report.not_bound``, ``.not_for_you``, ``.paper``,
    ``.nothing_to_supplement``.
    """
    person = await locked_person(writer(actor))
    if standing := await open_one(person.id):
        return await _as_opened(person, standing, wanted=quarter)
    report = await _to_supplement(person.id, quarter)
    if report is None:
        raise Refusal("thought_report.nothing_to_supplement")
    draft = await _create_draft(person.id, Quarter.parse(report.quarter), now)
    live = await pages.live_pages(report.draft_id)
    for part in live:
        await _copy(part, draft, now)
    window = await duties.window_of(person, Quarter.parse(report.quarter))
    return Opened(draft.uid, window, len(live), is_new=True)


async def _to_supplement(person_id: int, quarter: Quarter | None) -> ThoughtReport | None:
    if quarter is not None:
        return await newest(person_id, quarter)
    current = ThoughtReport.filter(person_id=person_id).order_by("-submitted_at", "-id")
    returned = await current.filter(state=ReportState.RETURNED).first()
    return returned or await current.first()


async def _copy(part: ReportPart, draft: ReportDraft, now: datetime) -> None:
    uid = uuid4().hex
    text = pages.text_of(part)
    await ReportPart.create(
        uid=uid,
        draft_id=draft.id,
        position=part.position,
        kind=part.kind,
        source_key=part.source_key,
        text_sealed=crypto.seal_text(text, place=pages.text_place(uid)) if text else None,
        characters=part.characters,
        blob_id=part.blob_id,
        sha256=part.sha256,
        size_bytes=part.size_bytes,
        suffix=part.suffix,
        extract_sealed=pages.sealed_extract(uid, pages.extract_of(part)),
        look=part.look,
        added_at=now,
    )


async def drop(*, actor: Actor, now: datetime) -> Dropped:
    """Drop the open draft with its pages; an earlier version stays.

    Raises Refusal ``thought_report.no_draft``. Files go after the commit.
    """
    dropped, strays = await _drop(actor=actor, now=now)
    await forget_files(strays)
    return dropped


@transactional
async def _drop(*, actor: Actor, now: datetime) -> tuple[Dropped, list[str]]:
    draft = await pages.locked_draft(actor)
    await close(draft, DraftState.DROPPED, now)
    strays = await delete_parts(draft, await ReportPart.filter(draft_id=draft.id))
    await pages.hush_receipt(actor, now)
    detail = {"quarter": draft.quarter}
    await note("drop", actor=actor, now=now, kind="report_draft", subject=draft.id, detail=detail)
    had_version = await newest(draft.person_id, Quarter.parse(draft.quarter)) is not None
    return Dropped(had_version), strays


async def forget_files(blob_ids: Sequence[str]) -> None:
    """Remove files that no page refers to any more. Never inside a transaction."""
    for blob_id in blob_ids:
        await files.delete(blob_id)


async def close(draft: ReportDraft, state: DraftState, now: datetime) -> None:
    """Close a draft inside the caller's transaction; its person may open another."""
    draft.state = state
    draft.open_key = None
    draft.closed_at = now
    draft.replacing = None
    await draft.save(update_fields=["state", "open_key", "closed_at", "replacing"])


async def delete_parts(draft: ReportDraft, parts: Sequence[ReportPart]) -> list[str]:
    """Delete pages and the sheet; return the files that no other version of the person shows."""
    await ReportPart.filter(id__in=[part.id for part in parts]).delete()
    blob_ids = {part.blob_id for part in parts if part.blob_id}
    if draft.sheet_blob_id is not None:
        blob_ids.add(draft.sheet_blob_id)
        draft.sheet_blob_id = draft.sheet_revision = None
        await draft.save(update_fields=["sheet_blob_id", "sheet_revision"])
    shared = await ReportPart.filter(
        draft__person_id=draft.person_id, blob_id__in=list(blob_ids)
    ).values_list("blob_id", flat=True)
    return sorted(blob_ids - {str(blob_id) for blob_id in shared})


async def note(
    act: str, *, actor: Actor, now: datetime, kind: str, subject: int, detail: dict[str, Any]
) -> None:
    """Leave an audit row in the caller's transaction; ids and codes only."""
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=f"thought_report.{act}",
        subject_kind=kind,
        subject_id=subject,
        detail=detail,
    )
