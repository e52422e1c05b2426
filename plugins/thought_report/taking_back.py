"""What its writer takes back on the platform (long press, 撤回) leaves the draft too, for good.

A page of a report that was handed in stays: others may have read it. Its author is told how to
hand in another version instead.
"""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from core import clock
from core.actors import Actor
from core.conversation import Say
from core.database import transactional
from models import ReportPart
from models.enums import DraftState, Priority
from plugins.delivery import service as delivery
from plugins.gateway.signals import Recall
from plugins.identity.queries import who_is
from plugins.thought_report import notices, pages, service

TAKEN_BACK = "thought_report.taken_back"
# What is said about it is said soon or not at all.
_WORD_LIFE = timedelta(hours=1)


async def hear(recall: Recall) -> None:
    """Take back here what somebody took back on the platform (hook of the gateway)."""
    now = clock.now()
    actor = (await who_is(recall.chat, recall.chat.chat_id, now)).actor
    if actor.person_id is not None:
        await take_back(actor=actor, keys=recall.keys, now=now)


async def take_back(*, actor: Actor, keys: AbstractSet[str], now: datetime) -> None:
    """Erase the pages that came in under ``keys`` from the actor's open draft, and tell him.

    Commits pages, audit row and the sentence owed; the same ``keys`` again find nothing. Files go
    after the commit.
    """
    await service.forget_files(await _take_back(actor, keys, now))


@transactional
async def _take_back(actor: Actor, keys: AbstractSet[str], now: datetime) -> list[str]:
    draft = await service.open_one(actor.person_id or 0)
    parts = await ReportPart.filter(draft_id=draft.id).order_by("id") if draft else []
    mine = [part for part in parts if _came_with(part, keys)]
    if draft is None or not mine:
        await _say_it_stays(actor, keys, now)
        return []
    strays = await service.delete_parts(draft, mine)
    left = await pages.live_pages(draft.id)
    await pages.arrange(left)
    waits = draft.replacing if pages.place_of(left, draft.replacing) else None
    await pages.changed(draft, now, replacing=waits)
    await pages.hush_receipt(actor, now)
    detail = {"quarter": draft.quarter, "pages": len(mine)}
    await service.note(
        "take_back", actor=actor, now=now, kind="report_draft", subject=draft.id, detail=detail
    )
    key = "thought_report.taken_back" if left else "thought_report.taken_back_last"
    await _tell(actor, f"{draft.uid}:{draft.revision}", Say(key, left=len(left)), now)
    return strays


async def _say_it_stays(actor: Actor, keys: AbstractSet[str], now: datetime) -> None:
    """Tell somebody who took a page back after handing it in; say nothing about other messages."""
    parts = await ReportPart.filter(
        draft__person_id=actor.person_id or 0,
        draft__state=DraftState.SUBMITTED,
        added_at__gte=now - _WORD_LIFE,
    ).order_by("id")
    part = next((part for part in parts if _came_with(part, keys)), None)
    if part is not None:
        await _tell(actor, part.uid, Say("thought_report.taken_back_late"), now)


def _came_with(part: ReportPart, keys: AbstractSet[str]) -> bool:
    return part.source_key.rpartition(":")[0] in keys


async def _tell(actor: Actor, occasion: str, say: Say, now: datetime) -> None:
    await delivery.enqueue(
        purpose=TAKEN_BACK,
        occasion=occasion,
        target=f"account:{actor.account_id}",
        parts=notices.body((say,)),
        now=now,
        priority=Priority.NOTICE,
        expires_at=now + _WORD_LIFE,
        in_quiet_hours=True,
    )
