"""考察: the facts, the Word file, the two reminders, and that it was written."""

import io
from datetime import date

from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Cm

from core import files
from core.scheduling import Tick
from models import Delivery, Inspection, Person, ReadLog, StudyRecord
from models.enums import Evidence
from plugins.mentoring import inspection_reminders, keeping_jobs
from tests.plugins.mentoring.owed import opens, words_to
from tests.plugins.mentoring.town import Town, at


async def morning(town: Town, month: int, day: int, year: int = 2026) -> None:
    moment = at(month, day, 9, 5, year=year)
    town.go(moment)
    await keeping_jobs.remind_inspections(Tick(now=moment, fire_at=moment))


async def test_given_an_activist_of_half_a_year_when_days_pass_then_two_reminders_and_no_more(
    town: Town,
) -> None:
    await Person.filter(name="王建国").update(activist_on=date(2026, 7, 1))

    for month, day in ((11, 30), (12, 1), (12, 2), (12, 24), (12, 25), (12, 26), (12, 31)):
        await morning(town, month, day)
        await morning(town, month, day)
    await morning(town, 1, 5, 2027)

    rows = await Delivery.all().order_by("id")
    assert [row.occasion.rsplit(":", 1)[1] for row in rows] == ["first", "last"]
    assert (await words_to("周德厚"))[0] == (
        "王建国的半年考察2027年1月1日前要写。\n"
        "7月1日到12月2日：\n联系 0 次，通上话 0 次\n汇报 0 份，补交 0 份，看过 0 份\n"
        "学习：没有记录\n出门 0 次\n写什么您定。1 给我 Word 文件"
    )


async def test_given_a_reminder_when_it_is_written_before_it_goes_then_it_is_not_owed(
    town: Town,
) -> None:
    await Person.filter(name="王建国").update(activist_on=date(2026, 7, 1))
    await morning(town, 12, 2)
    reference = (await Delivery.get()).reference
    assert await inspection_reminders.waits(reference)

    heard = await town.says("周德厚", "考察已写 王建国 今天")

    assert heard == "记下了：王建国的考察12月2日写好了，下次2027年6月2日前。内容我不存。"
    assert not await inspection_reminders.waits(reference)
    await morning(town, 12, 26)
    assert await Delivery.all().count() == 1


async def test_given_it_is_told_twice_when_noted_then_it_is_one_row(town: Town) -> None:
    await town.says("周德厚", "考察已写 王建国", key="k1")
    await town.says("周德厚", "考察已写 王建国", key="k2")

    row = await Inspection.get()
    assert row.entered_by_id == town.people["周德厚"].id
    assert "这样说" in await town.says("周德厚", "考察已写 王建国 明天")
    assert "没有这个名字" in await town.says("周德厚", "考察已写 张三")


async def test_given_what_was_counted_when_asked_then_it_is_shown_with_a_word_file(
    town: Town,
) -> None:
    await Person.filter(name="王建国").update(activist_on=date(2026, 6, 20))
    await StudyRecord.create(
        person=town.people["王建国"], material="a", evidence=Evidence.QUIZ, hours_tenths=15,
        earned_at=town.clock.now(),
    )  # fmt: skip
    await town.says("周德厚", "王建国 昨天 电话 挺好")
    await town.says("周德厚", "王建国 今天 微信 没回")

    heard = await town.hear("周德厚", "考察 王建国")

    assert heard[-1] == (
        "王建国的考察素材，\n6月20日到11月23日：\n联系 2 次，通上话 1 次\n其中电话 1\n"
        "汇报 0 份，补交 0 份，看过 0 份\n学习：答题的 1.5 学时\n出门 0 次\n"
        "12月20日前写，写完回「考察已写 王建国」。\n1 给我 Word 文件"
    )
    assert not town.files
    looks = await ReadLog.filter(what="inspection").count()

    assert (await town.hear("周德厚", "1"))[-1] == "王建国的考察素材在这里，写什么您定。"
    assert await ReadLog.filter(what="inspection").count() == looks + 1
    paper = await taken_out(town)
    lines = [paragraph.text for paragraph in paper.paragraphs]
    assert lines[0] == "王家村 王建国 考察素材"
    assert "2026年6月20日到2026年11月23日：" in lines
    assert "联系 2 次，通上话 1 次" in lines
    assert "通上话的日子：2026年11月22日" in lines
    assert lines[-2:] == ["培养联系人的话（请手写）", "签名和日期"]


async def taken_out(town: Town) -> WordDocument:
    """The Word file that went out last."""
    assert town.files[-1].name.endswith("考察素材.docx")
    return Document(io.BytesIO(await files.read(town.files[-1].blob_id)))


async def test_given_the_word_file_when_it_is_opened_then_it_is_marked_and_has_room_to_write(
    town: Town,
) -> None:
    await Person.filter(name="王建国").update(activist_on=date(2026, 6, 20))

    await town.hear("周德厚", "考察 王建国")
    await town.hear("周德厚", "1")
    paper = await taken_out(town)

    mark = "周德厚 2026-11-23 09:00 取出，考察素材，只供支部查看"
    section = paper.sections[0]
    assert section.header.paragraphs[0].text == section.footer.paragraphs[0].text == mark
    assert f'string="{mark}"' in section.header._element.xml
    assert "通上话的日子：没有" in [paragraph.text for paragraph in paper.paragraphs]
    heights = [table.rows[0].height for table in paper.tables]
    assert len(heights) == 2
    assert all(height and height >= Cm(2) for height in heights)
    for name in ("Heading 1", "Heading 2"):
        look = paper.styles[name].element.rPr.xml
        assert "Theme" not in look
        assert "w:color" not in look


async def test_given_the_reminder_when_the_number_is_answered_then_the_file_comes(
    town: Town,
) -> None:
    await Person.filter(name="王建国").update(activist_on=date(2026, 7, 1))
    await morning(town, 12, 2)
    await opens(town, "周德厚", "mentoring.inspection")

    assert (await town.hear("周德厚", "1"))[-1].startswith("王建国的考察素材在这里")
    await taken_out(town)
