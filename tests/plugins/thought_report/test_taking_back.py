"""A message that its writer takes back on the platform leaves the draft, with its file."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from core.clock import FrozenClock
from core.config import Settings
from models import AuditLog, ReportPart
from plugins.gateway import signals
from plugins.thought_report import start, stop
from plugins.thought_report.taking_back import TAKEN_BACK
from tests.plugins.thought_report.conftest import Village, Wire, kept_files
from tests.plugins.thought_report.script import LONG
from tests.plugins.thought_report.talk import Talk, owed


@pytest.fixture
async def writing(village: Village, wire: Wire) -> AsyncIterator[Talk]:
    """王建国 has two pages in his draft: words and a photo."""
    village.go(date(2026, 12, 18), 9)
    talk = village.talks["王建国"]
    await talk.says("交汇报")
    await talk.says(LONG, key="words")
    await talk.says("", wire.photo(), key="photo")
    await start()
    yield talk
    await stop()


async def take_back(talk: Talk, *keys: str) -> None:
    await signals.recalls.tell(signals.Recall(talk.chat, frozenset(keys), talk.clock.now()))


async def test_given_a_photo_in_the_draft_when_it_is_taken_back_then_page_and_file_are_gone(
    writing: Talk, settings: Settings
) -> None:
    assert len(kept_files(settings)) == 1
    await take_back(writing, "another", "photo")
    assert kept_files(settings) == []
    assert [part.kind.value for part in await ReportPart.all()] == ["text"]
    assert await owed(TAKEN_BACK) == ["您撤回的那条，我这边也删了，汇报还剩 1 页。"]
    act = await AuditLog.get(action="thought_report.take_back")
    assert act.detail == {"quarter": "2026Q4", "pages": 1}


async def test_given_the_same_word_twice_when_it_comes_then_it_is_said_once(writing: Talk) -> None:
    await take_back(writing, "words")
    await take_back(writing, "words")
    assert len(await owed(TAKEN_BACK)) == 1


async def test_given_the_first_page_taken_back_when_one_looks_then_the_rest_has_moved_up(
    writing: Talk,
) -> None:
    await take_back(writing, "words")
    assert "第 1 页照片" in await writing.says("看看")


async def test_given_all_pages_taken_back_when_it_is_said_then_the_draft_is_called_empty(
    writing: Talk,
) -> None:
    await take_back(writing, "words", "photo")
    assert await owed(TAKEN_BACK) == ["您撤回的那条，我这边也删了，汇报现在是空的。"]


async def test_given_a_page_waiting_to_be_replaced_when_another_goes_then_it_still_waits(
    writing: Talk,
) -> None:
    await writing.says("换第1页")
    await take_back(writing, "photo")
    assert "第 1 页" in await writing.says(LONG + "改好了。")
    assert await ReportPart.filter(removed_in__isnull=True).count() == 1


async def test_given_a_report_handed_in_when_its_page_is_taken_back_then_it_stays_and_he_is_told(
    writing: Talk,
) -> None:
    await writing.says("完成")
    await take_back(writing, "photo")
    assert await ReportPart.all().count() == 2
    assert await owed(TAKEN_BACK) == [
        "您撤回的那条已经跟着汇报交上去了，我这边还留着。\n要换掉，回「补汇报」。"
    ]


async def test_given_another_person_or_message_when_taken_back_then_nothing_is_said(
    writing: Talk, village: Village, clock: FrozenClock
) -> None:
    await take_back(writing, "a greeting")
    await take_back(village.talks["周德厚"], "words")
    await take_back(Talk("999", clock), "words")
    assert await owed(TAKEN_BACK) == []
    assert await ReportPart.all().count() == 2
