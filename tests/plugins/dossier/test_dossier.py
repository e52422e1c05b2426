"""查档: one page about one person, the row of every look, and the same no for everybody else."""

from datetime import date

import pytest

from core.actors import RoleKind, Stage
from core.texts import current
from models import AuditLog, Inspection, ReadLog, StandIn, StudyRecord
from models.enums import Evidence, StandInState, UnitKind
from plugins import mentoring
from tests.plugins.mentoring.town import Town, at

LONG = "敬爱的党组织：到南港这阵子，我一边上班一边学习，" * 8
NO = "这个我不能给您看。看自己的，回「我的数据」。"
EMPTY = (
    "陈玉梅，王家村，入党积极分子\n日子：还没登记\n联系人：周德厚\n汇报：这里还没收到\n"
    "联系：还没记过\n学时：还没有\n半年考察：这里还没记过，看支部的纸质档案\n"
    "这次查看记了一笔，本人查得到。"
)


async def test_given_a_report_on_paper_alone_when_it_came_in_then_dossier_pack_and_author_say_so(
    town: Town,
) -> None:
    town.go(at(12, 18))
    await town.says("刘长河", "原件已收 王建国 四季度")
    assert "汇报：2026年四季度只交了纸质，12月18日收到" in await town.says("周德厚", "查档 王建国")
    assert "汇报 1 份（只交纸质 1 份），补交 0 份，看过 0 份" in await town.says(
        "周德厚", "考察 王建国"
    )
    assert await town.says("王建国", "我的汇报") == "四季度：纸质的12月18日收到了，一样算。"
    await write(town)
    assert "只交纸质" not in await town.says("周德厚", "考察 王建国")
    assert "一样算" not in await town.says("王建国", "我的汇报")


async def write(town: Town, name: str = "王建国") -> None:
    town.go(at(12, 18))
    await town.says(name, "交汇报")
    await town.says(name, LONG)
    await town.says(name, "完成")


async def test_given_a_person_when_his_mentor_looks_then_one_page_tells_and_opens_his_report(
    town: Town,
) -> None:
    person = town.people["王建国"]
    person.applied_on, person.activist_on = date(2025, 2, 11), date(2026, 1, 5)
    await person.save()
    await write(town)
    await town.says("周德厚", "昨天跟王建国打电话了 挺好")
    await town.says("刘长河", "原件已收 王建国")
    for evidence, tenths in ((Evidence.QUIZ, 15), (Evidence.ATTENDED, 40)):
        await StudyRecord.create(
            person=person, material="m", evidence=evidence, hours_tenths=tenths,
            earned_at=town.clock.now(),
        )  # fmt: skip
    assert await town.says("周德厚", "查档 王建国") == (
        "王建国，王家村，入党积极分子\n"
        "日子：2025年2月11日递交申请，1月5日积极分子\n"
        "联系人：周德厚\n"
        "汇报：2026年四季度第 1 版，12月18日交，1 页，等联系人看，原件12月18日收到\n"
        "联系：记了 1 次，最近12月17日通了\n"
        "学时：到场 4，做题 1.5\n"
        "半年考察：这里还没记过，看支部的纸质档案\n"
        "这次查看记了一笔，本人查得到。\n"
        "1 看2026年四季度"
    )
    opened = await town.says("周德厚", "1")
    assert opened.startswith(f"第 1 页：\n{LONG}\n王建国 四季度。")
    rows = await ReadLog.all().order_by("id").values_list("person_id", "reader_role", "what")
    assert rows == [
        (person.id, "mentor", "dossier"), (person.id, "mentor", "thought_report:2026Q4"),
    ]  # fmt: skip


async def test_given_the_same_look_twice_when_it_is_counted_then_each_left_its_row(
    town: Town,
) -> None:
    for _ in range(2):
        assert await town.says("刘长河", "查档 陈玉梅") == EMPTY
    looks = await ReadLog.all()
    reader = town.people["刘长河"].id
    assert [(one.reader_id, one.reader_role, one.at) for one in looks] == [
        (reader, "secretary", town.clock.now())
    ] * 2
    assert await AuditLog.filter(action="dossier.look", actor_id=reader).count() == 2


@pytest.mark.parametrize("name", ["陈玉梅", "查无此人", "赵小红", "刘长河"])
async def test_given_a_worker_when_he_asks_for_anybody_then_the_words_are_the_same(
    town: Town, name: str
) -> None:
    await town.unit("赵家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await town.person("赵小红", "赵家村")
    assert await town.says("王建国", f"查档 {name}") == NO
    assert await ReadLog.all().count() == 0


@pytest.mark.parametrize("name", ["赵小红", "查无此人", "周德厚"])
async def test_given_a_mentor_when_he_asks_for_somebody_elses_then_the_words_are_the_same(
    town: Town, name: str
) -> None:
    await town.unit("赵家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await town.person("赵小红", "赵家村")
    assert await town.says("周德厚", f"查档 {name}") == NO
    assert await ReadLog.all().count() == 0


async def test_given_a_secretary_when_he_names_himself_then_it_is_not_for_this_word(
    town: Town,
) -> None:
    assert await town.says("刘长河", "查档 刘长河") == NO


async def test_given_the_township_when_it_asks_then_names_are_not_for_it(town: Town) -> None:
    assert await town.says("孙敏", "查档 王建国") == NO


async def test_given_a_mentorship_that_ended_when_he_asks_then_he_sees_nothing(town: Town) -> None:
    pair = await town.pair("陈玉梅")
    pair.until_on = date(2026, 11, 22)
    await pair.save()
    assert await town.says("周德厚", "查档 陈玉梅") == NO


async def test_given_a_deputy_when_he_asks_then_earlier_things_are_not_for_him(
    town: Town,
) -> None:
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    await StandIn.create(
        uid="s", mentor=town.people["周德厚"], deputy=town.people["李秀兰"],
        from_on=date(2026, 11, 1), until_on=date(2026, 12, 31), state=StandInState.AGREED,
        source_key="s", asked_at=town.clock.now(),
    )  # fmt: skip
    assert await town.says("李秀兰", "查档 陈玉梅") == NO
    assert "陈玉梅" in await town.says("李秀兰", "我带的人")


async def test_given_two_of_a_name_when_one_is_chosen_then_only_his_look_is_noted(
    town: Town,
) -> None:
    await town.unit("李家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await town.person("陈玉梅", "李家村", key="陈玉梅二")
    await town.office("刘长河", RoleKind.BRANCH_SECRETARY, "李家村")
    assert await town.says("刘长河", "查档 陈玉梅") == "有两位陈玉梅：\n1 王家村的  2 李家村的"
    assert await ReadLog.all().count() == 0
    assert (await town.says("刘长河", "2")).startswith("陈玉梅，李家村，")
    assert (await ReadLog.get()).person_id == town.people["陈玉梅二"].id


async def test_given_a_pause_when_his_mentor_looks_then_its_last_day_is_said(town: Town) -> None:
    person = town.people["陈玉梅"]
    person.paused_until = date(2026, 11, 30)
    await person.save()
    assert "\n到11月30日不提醒他\n" in await town.says("周德厚", "查档 陈玉梅")
    town.go(at(12, 1))
    assert "不提醒他" not in await town.says("周德厚", "查档 陈玉梅")


async def test_given_no_name_when_it_is_asked_for_then_the_name_alone_is_taken(town: Town) -> None:
    assert await town.says("刘长河", "查档") == "看谁的？回名字就行，比如「查档 王建国」。"
    assert await town.says("刘长河", "陈玉梅") == EMPTY


async def test_given_an_original_entered_last_when_undone_then_the_contact_before_it_stays(
    town: Town,
) -> None:
    await write(town)
    await town.says("周德厚", "昨天跟王建国打电话了 挺好")
    town.later(minutes=1)
    await town.says("周德厚", "原件已收 王建国")
    town.later(minutes=1)
    assert await town.says("周德厚", "撤销") == (
        "拿掉了：王建国的四季度手写原件。要放回去，再回「撤销」。"
    )
    await town.says("周德厚", "今天跟陈玉梅打电话了 挺好")
    assert (await town.says("周德厚", "撤销")).startswith("拿掉了：陈玉梅，今天，电话")


async def test_given_a_mentor_who_is_late_when_the_secretary_asks_then_it_is_on_his_list(
    town: Town,
) -> None:
    await write(town)
    town.go(at(1, 1, year=2027))
    assert await town.says("刘长河", "待办") == "眼下没有要办的，您歇着。有事下周一告诉您。"
    town.go(at(1, 2, year=2027))
    assert "看王建国的汇报" in await town.says("刘长河", "待办")
    assert "王建国，1 页，等了 15 天，周德厚还没看" in await town.says("刘长河", "1")


async def test_given_inspections_when_a_dossier_is_opened_then_days_and_writers_stand_there(
    town: Town,
) -> None:
    days = [date(2024, 11, 20), date(2025, 5, 18), date(2025, 11, 16), date(2026, 5, 20)]
    for day in days:
        writer = town.people["周德厚" if day.year > 2024 else "刘长河"]
        await Inspection.create(
            person=town.people["陈玉梅"], inspected_on=day, entered_by=writer,
            entered_at=town.clock.now(), source_key=f"i{day}",
        )  # fmt: skip

    assert (await town.says("刘长河", "查档 陈玉梅")).splitlines()[-3:] == [
        (
            "半年考察：5月20日（周德厚记），2025年11月16日（周德厚记），2025年5月18日（周德厚记），"
            "写的内容在支部的纸质档案"
        ),
        "再早的考察还有 1 次",
        "这次查看记了一笔，本人查得到。",
    ]
    assert await ReadLog.filter(person_id=town.people["陈玉梅"].id, what="dossier").count() == 1
    assert await town.says("王建国", "查档 陈玉梅") == NO


async def test_given_an_inspection_when_its_person_asks_for_his_data_then_he_reads_of_it(
    town: Town,
) -> None:
    await Inspection.create(
        person=town.people["陈玉梅"], inspected_on=date(2026, 5, 20),
        entered_by=town.people["周德厚"], entered_at=town.clock.now(), source_key="i",
    )  # fmt: skip

    held = await mentoring.PERSONAL.describe(town.people["陈玉梅"].id, date(2026, 11, 23))

    assert current().render(held.details[-1]) == "5月20日 写了半年考察，周德厚记的。"
