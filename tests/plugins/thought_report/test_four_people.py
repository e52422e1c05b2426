"""Two authors, a mentor and a secretary: twelve photos in the wrong order, a photo twice, a
screenshot, a PDF, a return and a second version. The pages are drawn by tests/core/handwriting.py.

The same words and the same end when the process is gone between any two messages.
"""

import hashlib
import io
from collections.abc import Awaitable, Callable
from datetime import date
from functools import cache
from typing import Any

from PIL import Image, ImageDraw

from core import crypto, files, inspection
from core import database as db
from core.config import Settings
from core.messages import MediaKind
from core.pictures.fonts import sized
from models import (
    AuditLog,
    Delivery,
    Dialogue,
    Message,
    ReadLog,
    ReportDraft,
    ReportPart,
    ReportReview,
    ThoughtReport,
)
from plugins.thought_report import cycle, pages
from tests.core import handwriting, hostile
from tests.plugins.thought_report.conftest import Village, Wire, at
from tests.plugins.thought_report.talk import words_of

SIZE = (600, 800)
TEXT = "敬爱的党组织：这阵子在南港学焊接，白天跟师傅，晚上看材料，觉得还差得远，下面是手写的几页。"

Between = Callable[[], Awaitable[None]]


@cache
def paper(seed: int) -> bytes:
    return handwriting.photo(handwriting.page(seed, size=SIZE, pen=2))


def screenshot() -> bytes:
    """What a phone shows of a text somebody wrote in it."""
    shown = Image.new("RGB", (540, 1170), "#f4f4f4")
    pen = ImageDraw.Draw(shown)
    for line in range(18):
        pen.text((30, 90 + 54 * line), TEXT[line % 7 : line % 7 + 16], "#222222", sized(28))
    held = io.BytesIO()
    shown.save(held, "PNG")
    return held.getvalue()


async def play(village: Village, wire: Wire, between: Between) -> list[str]:
    """Let the four talk; give every answer."""
    said: list[str] = []
    talks = village.talks

    async def says(name: str, words: str = "", *photos: bytes, key: str = "") -> str:
        await between()
        media = [wire.photo(f"{n}.jpg", data) for n, data in enumerate(photos)]
        answer = await talks[name].says(words, *media, key=key)
        said.append(f"{name}: {answer}")
        return answer

    village.go(date(2026, 12, 17), 20)
    await says("王建国", "交汇报")
    await says("陈玉梅", "交汇报")
    await says("王建国", TEXT)
    # Eight of Wang's pages, the third before the first two; Chen's come in between.
    await says("王建国", "", paper(3), paper(1), paper(2))
    await says("陈玉梅", "", paper(21), paper(22))
    await says("王建国", "", paper(4), key="twice")
    await says("王建国", "", paper(4), key="twice")
    assert await says("王建国", "", paper(1)) == (
        "第 6 页和第 3 页像是同一张。不要了回「删第6页」，要留不用管。"
    )
    await says("王建国", "删第6页")
    await says("王建国", "第2页放第4页")
    await says("陈玉梅", "", paper(23), paper(24))
    await says("王建国", "", screenshot())
    await between()
    printed = wire.media("汇报.pdf", hostile.pdf_of("My report"), MediaKind.FILE)
    said.append(await talks["王建国"].says("", printed))
    await says("王建国", "", paper(5), paper(6))
    assert "第 1 页文字，第 2 到 6 页照片，第 7 页文件，第 8 到 9 页照片" in await says(
        "王建国", "看看"
    )
    assert "交上了，9 页" in await says("王建国", "完成")
    assert "交上了，4 页" in await says("陈玉梅", "完成")
    village.go(date(2026, 12, 19), 20)
    assert "1 王建国，9 页" in await says("周德厚", "阅汇报")
    await says("周德厚", "1")
    await says("周德厚", "请补充 落款少个日期")
    await says("王建国", "补汇报")
    await says("王建国", "换第9页")
    await says("王建国", "", paper(7))
    await says("王建国", "", paper(8))
    assert "第 2 版，10 页" in await says("王建国", "完成")
    for _ in range(2):
        await says("周德厚", "阅汇报")
        await says("周德厚", "1")
        await says("周德厚", "通过")
    assert "等您看的 2 份" in await says("刘长河", "阅汇报")
    await says("刘长河", "1")
    await says("刘长河", "1")
    return said


async def kept() -> dict[str, Any]:
    """Everything that is kept, without what differs by chance."""
    reports = []
    for report in await ThoughtReport.all().order_by("id").prefetch_related("person"):
        parts = await pages.live_pages(report.draft_id)
        contents = [
            (
                part.position, part.kind.value, pages.text_of(part), pages.extract_of(part),
                part.size_bytes, part.sha256, part.look,
                hashlib.sha256(await files.read(part.blob_id)).hexdigest() if part.blob_id else "",
            )
            for part in parts
        ]  # fmt: skip
        reports.append((report.person.name, report.version, report.state.value, contents))
    reviews = await ReportReview.all().order_by("id").values_list("reviewer_id", "decision")
    looks = await ReadLog.all().order_by("id").values_list("person_id", "reader_id", "what")
    acts = await AuditLog.all().order_by("id").values_list("actor_id", "action")
    told = [
        (row.target, row.state.value, await words_of(row))
        for row in await Delivery.all().order_by("id")
    ]
    return {"reports": reports, "reviews": reviews, "looks": looks, "acts": acts, "told": told}


async def _people(village: Village) -> None:
    await village.person("陈玉梅")
    await village.mentor("陈玉梅", "周德厚")
    village.go(date(2026, 12, 1), 0, 5)
    await cycle.open_cycles(now=village.clock.now())


async def test_given_four_people_and_twelve_photos_when_killed_between_any_two_then_all_is_the_same(
    village: Village, strict_wire: Wire, settings: Settings, database: str
) -> None:
    await _people(village)

    async def at_once() -> None:
        return None

    async def restart() -> None:
        await db.close_database()
        crypto.use(None)
        await db.open_database(database, kind=db.PRODUCTION, data_dir=settings.data_dir)
        crypto.open_keys(settings.data_dir)

    said = await play(village, strict_wire, at_once)
    found = await kept()
    await _check_kept(found)
    await _forget(village)
    assert await play(village, strict_wire, restart) == said
    assert await kept() == found


async def _check_kept(found: dict[str, Any]) -> None:
    versions = [(name, version, state, len(parts)) for name, version, state, parts in
                found["reports"]]  # fmt: skip
    assert versions == [
        ("王建国", 1, "superseded", 9), ("陈玉梅", 1, "done", 4),
        ("王建国", 2, "waiting_secretary", 10),
    ]  # fmt: skip
    wang = found["reports"][0][3]
    order = [await _digest(data) for data in (paper(1), paper(2), paper(3), paper(4))]
    assert [part[5] for part in wang[1:5]] == order
    assert wang[6][3] == "My report"
    second = found["reports"][2][3]
    assert [part[5] for part in second[:8]] == [part[5] for part in wang[:8]]
    assert [part[5] for part in second[8:]] == [await _digest(paper(7)), await _digest(paper(8))]


async def _forget(village: Village) -> None:
    """Take away all that was written; the people and the window stay, and the clock goes back."""
    for table in (Delivery, Message, ReportReview, ThoughtReport, ReportPart, ReportDraft, ReadLog,
                  AuditLog, Dialogue):  # fmt: skip
        await table.all().delete()
    village.clock.moment = at(date(2026, 12, 17), 10)


async def _digest(data: bytes) -> str:
    return hashlib.sha256((await inspection.inspect(data, name="a.jpg")).data).hexdigest()
