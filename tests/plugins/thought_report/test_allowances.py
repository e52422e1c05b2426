"""More time, none owed this time: what a secretary says, who hears of it, what reminders do."""

from datetime import date

import pytest

from core.actors import RoleKind, Stage
from models import AuditLog, Delivery, Person, ReportAllowance, ThoughtReport, Unit
from models.enums import AllowanceKind, DeliveryState, UnitKind
from plugins.thought_report import cycle
from plugins.thought_report.allowances import ALLOWED, TAKEN_BACK
from plugins.thought_report.cycle import REMINDER
from tests.plugins.thought_report.conftest import Village
from tests.plugins.thought_report.script import LONG
from tests.plugins.thought_report.talk import owed
from tests.plugins.thought_report.test_readers import stand_in

FIRST = date(2026, 12, 17)
LAST = date(2026, 12, 28)


@pytest.fixture
async def december(village: Village) -> Village:
    """The tenth of December, the window open, nobody reminded yet."""
    village.go(date(2026, 12, 1), 0, 5)
    await cycle.open_cycles(now=village.clock.now())
    village.go(date(2026, 12, 10), 10)
    return village


async def plan(village: Village, day: date) -> int:
    village.go(day, 0, 10)
    return await cycle.plan_reminders(now=village.clock.now())


async def test_given_a_secretary_when_he_gives_more_time_then_author_and_mentor_hear_kindly(
    december: Village,
) -> None:
    liu = december.talks["刘长河"]
    assert await liu.says("延期 王建国 1月10日 夜班多") == (
        "记下了：王建国的四季度汇报宽到2027年1月10日。我告诉他和联系人，不说为什么。"
    )
    assert await owed(ALLOWED) == [
        "支部知道您忙，四季度汇报宽到2027年1月10日。\n有空了回「交汇报」，照样收。",
        "王建国的四季度汇报宽到2027年1月10日，支部定的，不用做什么。",
    ]
    row = await ReportAllowance.get()
    assert (row.quarter, row.kind, row.until_on) == (
        "2026Q4", AllowanceKind.EXTENSION, date(2027, 1, 10),
    )  # fmt: skip
    assert "夜班".encode() not in bytes(row.reason_sealed)
    audit = await AuditLog.get(action="thought_report.allow")
    assert audit.actor_id == december.people["刘长河"].id
    assert "夜班" not in str(audit.detail)


async def test_given_a_mentor_away_when_more_time_is_given_then_his_deputy_hears(
    december: Village,
) -> None:
    await december.person("李秀兰", Stage.FULL_MEMBER)
    await stand_in(december, date(2026, 12, 1), date(2026, 12, 20))
    await december.talks["刘长河"].says("延期 王建国 1月10日 夜班多")

    told = await Delivery.filter(purpose=ALLOWED).order_by("id").values_list("target", flat=True)
    assert told == [f"person:{december.people[name].id}" for name in ("王建国", "李秀兰")]


async def test_given_more_time_when_the_days_pass_then_reminders_follow_the_new_day(
    december: Village,
) -> None:
    await december.talks["刘长河"].says("延期 王建国 1月20日 夜班多")
    planned = {}
    days = [date(2026, 12, day) for day in range(11, 32)]
    days += [date(2027, 1, day) for day in range(1, 25)]
    for day in days:
        planned[day] = await plan(december, day)
        await Delivery.filter(state=DeliveryState.DUE).update(state=DeliveryState.SENT)
    assert [day for day, count in planned.items() if count] == [
        date(2027, 1, 6), date(2027, 1, 17),
    ]  # fmt: skip
    rows = await Delivery.filter(purpose=REMINDER).order_by("id")
    assert [row.occasion for row in rows] == ["2026Q4:14", "2026Q4:3"]


async def test_given_a_reminder_that_is_due_when_more_time_is_given_then_it_is_not_said(
    december: Village,
) -> None:
    assert await plan(december, LAST) == 1
    await december.talks["刘长河"].says("延期 王建国 1月20日 夜班多")
    assert await owed(REMINDER) == []
    assert await plan(december, date(2026, 12, 29)) == 0
    assert await plan(december, date(2027, 1, 17)) == 1
    (said,) = await owed(REMINDER)
    assert said.startswith("四季度汇报交到1月20日")


async def test_given_more_time_when_the_report_comes_within_it_then_it_is_not_late(
    december: Village,
) -> None:
    await december.talks["刘长河"].says("延期 王建国 1月10日 夜班多")
    december.go(date(2027, 1, 10), 20)
    wang = december.talks["王建国"]
    await wang.says("交汇报 四季度")
    await wang.says(LONG)
    assert "补交" not in await wang.says("完成")
    assert not (await ThoughtReport.get()).is_late


async def test_given_more_time_when_it_is_over_then_a_report_is_taken_and_marked_late(
    december: Village,
) -> None:
    await december.talks["刘长河"].says("延期 王建国 1月10日 夜班多")
    december.go(date(2027, 1, 11), 20)
    wang = december.talks["王建国"]
    await wang.says("交汇报 四季度")
    await wang.says(LONG)
    assert "注明补交" in await wang.says("完成")


async def test_given_a_person_let_off_when_the_days_pass_then_nothing_is_said_but_all_is_taken(
    december: Village,
) -> None:
    liu, wang = december.talks["刘长河"], december.talks["王建国"]
    assert await liu.says("免交 王建国 住院") == (
        "记下了：王建国的四季度汇报这次不用交。我告诉他和联系人，不说为什么。"
    )
    assert (await owed(ALLOWED))[0].startswith("四季度汇报这次您不用交，支部记下了。")
    assert [await plan(december, day) for day in (FIRST, LAST)] == [0, 0]
    assert not await cycle.still_owes({"person": december.people["王建国"].id, "quarter": "2026Q4"})
    await wang.says("交汇报")
    await wang.says(LONG)
    assert "交上了" in await wang.says("完成")


async def test_given_an_allowance_when_it_is_listed_then_it_can_be_taken_back(
    december: Village,
) -> None:
    liu = december.talks["刘长河"]
    assert await liu.says("延期") == ("现在一个也没有。\n要宽几天，回「延期 姓名 到哪天 为什么」。")
    await liu.says("延期 王建国 1月10日 夜班多")
    assert await liu.says("延期") == (
        "现在有 1 个，回数字看一个：\n要宽几天，回「延期 姓名 到哪天 为什么」。\n"
        "1 王建国 四季度 到2027年1月10日"
    )
    assert await liu.says("1") == (
        "王建国 四季度 到2027年1月10日，刘长河定的：「夜班多」\n1 收回  2 放着"
    )
    assert await liu.says("1") == "收回了，王建国的四季度汇报照常交，我告诉他和联系人。"
    assert (await owed(TAKEN_BACK))[0].startswith("四季度汇报还是照常交，晚几天也收。")
    assert (await ReportAllowance.get()).withdrawn_by_id == december.people["刘长河"].id
    assert await plan(december, FIRST) == 1
    await liu.says("免交")
    assert "一个也没有" in await liu.says("延期")


async def test_given_a_second_allowance_when_it_is_given_then_the_first_gives_way(
    december: Village,
) -> None:
    liu = december.talks["刘长河"]
    await liu.says("延期 王建国 1月10日 夜班多")
    await liu.says("免交 王建国 住院")
    live = await ReportAllowance.filter(withdrawn_at__isnull=True)
    assert [row.kind for row in live] == [AllowanceKind.EXEMPTION]


async def test_given_something_missing_when_more_time_is_given_then_one_thing_is_asked_at_a_time(
    december: Village,
) -> None:
    liu = december.talks["刘长河"]
    assert await liu.says("延期 王建国") == "宽到哪天？比如「1月10日」。"
    assert await liu.says("1月10日") == "写一句为什么，只有支部看得到。"
    assert (await liu.says("夜班多")).startswith("记下了：王建国的四季度汇报宽到2027年1月10日。")
    assert await liu.says("免交 王建国") == "写一句为什么，只有支部看得到。"


async def test_given_two_of_one_name_when_one_is_meant_then_it_is_asked(
    december: Village,
) -> None:
    below = await Unit.create(
        name="一组", kind=UnitKind.VILLAGE_BRANCH, path="/1/2/", parent=december.unit,
        created_at=december.clock.now(),
    )  # fmt: skip
    twin = await Person.create(
        uid="twin", name="王建国", home_unit=below, stage=Stage.ACTIVIST,
        created_at=december.clock.now(),
    )  # fmt: skip
    liu = december.talks["刘长河"]
    assert await liu.says("免交 王建国 住院") == "是哪一位？\n1 王家村的王建国  2 一组的王建国"
    await liu.says("2")
    assert (await ReportAllowance.get()).person_id == twin.id
    # Nobody behind an account: only a mentor would hear, and he has none.
    assert await owed(ALLOWED) == []


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("延期 李四 1月10日 忙", "您支部里没有这个名字"),
        ("延期 王建国 12月20日 忙", "四季度汇报交到12月31日，宽要宽到那天以后"),
        ("延期 王建国 2027年6月1日 忙", "最晚2027年4月2日"),
        ("延期 刘长河 1月10日 忙", "刘长河现在不用交汇报"),
    ],
)
async def test_given_what_cannot_be_when_it_is_said_then_a_sentence_says_why(
    december: Village, said: str, answer: str
) -> None:
    assert answer in await december.talks["刘长河"].says(said)
    assert await ReportAllowance.all().count() == 0


async def test_given_a_report_handed_in_when_more_time_is_given_then_it_is_not_needed(
    december: Village,
) -> None:
    wang = december.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    await wang.says("完成")
    assert "交过了" in await december.talks["刘长河"].says("免交 王建国 住院")


async def test_given_another_branch_when_its_secretary_tries_then_nobody_is_there(
    december: Village,
) -> None:
    other = await Unit.create(
        name="李家村", kind=UnitKind.VILLAGE_BRANCH, path="/2/", created_at=december.clock.now()
    )
    await december.person("外村支书", Stage.FULL_MEMBER, unit=other)
    home, december.unit = december.unit, other
    await december.office("外村支书", RoleKind.BRANCH_SECRETARY)
    december.unit = home
    stranger = december.talks["外村支书"]
    assert "没有这个名字" in await stranger.says("免交 王建国 住院")
    await december.talks["刘长河"].says("免交 王建国 住院")
    assert "一个也没有" in await stranger.says("免交")


async def test_given_the_first_days_of_a_quarter_when_more_time_is_given_then_it_is_for_the_last(
    december: Village,
) -> None:
    december.go(date(2027, 1, 5), 10)
    assert "四季度汇报宽到1月20日" in await december.talks["刘长河"].says(
        "延期 王建国 1月20日 刚到家"
    )
