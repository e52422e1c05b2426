"""Somebody erased among others: what they have, count and read goes on without him."""

from datetime import timedelta
from typing import Any

from core.clock import local_day
from models import (
    Account,
    Contact,
    Delivery,
    Mentorship,
    Person,
    ReportReview,
    ThoughtReport,
)
from models.enums import DeliveryState
from plugins.privacy import service
from tests.conftest import HOUSE
from tests.plugins.privacy.conftest import at, body_of, owed
from tests.plugins.privacy.rich_life import everything, naming, numbered, rich, tick
from tests.plugins.privacy.test_privacy_script import REPORT


async def test_given_what_others_count_when_one_is_erased_then_the_rest_is_as_before(
    branch: Any,
) -> None:
    await rich(branch)
    branch.go(at(12, 8, 18))
    await branch.says("陈玉梅", "交汇报")
    await branch.says("陈玉梅", REPORT)
    await branch.says("陈玉梅", "", branch.picture(77))
    await branch.says("陈玉梅", "完成")
    await branch.says("王建国", "删除")
    await branch.says("王建国", "确认删除")
    other = branch.people["陈玉梅"].id
    assert await ThoughtReport.filter(person_id=other).count() == 1
    assert (await branch.says("陈玉梅", "我的数据")).startswith("我这里有您的姓名")
    assert "1 陈玉梅，2 页" in await branch.says("刘长河", "阅汇报")
    totals = await branch.says("刘长河", "统计")
    assert "积极分子 1" in totals


async def test_given_somebody_erased_when_a_mentor_asks_then_the_list_is_without_him(
    branch: Any,
) -> None:
    await rich(branch)
    await branch.says("王建国", "删除")
    await branch.says("王建国", "确认删除")
    for word in ("待办", "阅汇报", "等点头", "我带的人"):
        assert "王建国" not in await branch.says("周德厚", word), word
        assert "王建国" not in await branch.says("刘长河", word), word
    branch.go(at(12, 17, 19, 1))
    for door in ("thought_report", "mentoring"):
        for job in HOUSE.doors[door].JOBS:
            await job.run(tick(branch, job))
    sent = [text for to, text in await branch.deliver() if "删了自己的数据" not in text]
    assert naming(numbered(sent), "王建国") == set()
    assert not [to for to, _ in branch.end.sent if to == "王建国" and "12月17日" in _]


async def test_given_a_mentor_when_he_is_erased_then_his_peoples_log_stays_without_his_name(
    branch: Any,
) -> None:
    await rich(branch)
    mentor = branch.people["周德厚"]
    await branch.says("周德厚", "删除")
    assert (await branch.says("周德厚", "确认删除")).startswith("删好了。")
    assert await Contact.all().count() == 1
    assert await ReportReview.all().count() == 1
    pair = await Mentorship.get(mentor_id=mentor.id)
    assert pair.until_on == local_day(branch.clock.now()) - timedelta(days=1)
    assert "一位已退出的人（联系人），四季度汇报" in await branch.says("王建国", "谁看过")
    left = naming(await everything(), "周德厚")
    assert left <= {f"message.body:{service.ERASED}", "message.body:thought_report.reviewed"}
    assert "交汇报" in await branch.says("王建国", "菜单")


async def test_given_two_of_one_name_when_one_is_erased_then_nothing_of_the_other_is_emptied(
    branch: Any,
) -> None:
    twin = await branch.person("王建国二", unit=2)
    await Person.filter(id=twin.id).update(name="王建国")
    branch.people["二"] = twin
    await branch.mentors("周德厚", "王建国二")
    branch.go(at(12, 7, 9, 1))
    for job in HOUSE.doors["mentoring"].JOBS:
        await job.run(tick(branch, job))
    target = f"person:{branch.people['周德厚'].id}"
    before = await owed(target)
    assert "王建国" in before[0]
    await service.erase(person_id=twin.id, now=branch.clock.now())
    assert (await owed(target))[0] == before[0]
    row = await Delivery.filter(target=target).order_by("id").first()
    assert row is not None
    assert row.state is DeliveryState.DUE
    assert "王建国" in await body_of(row.message_id)


async def test_given_somebody_who_comes_back_when_he_has_a_new_code_then_he_begins_anew(
    branch: Any,
) -> None:
    await rich(branch)
    await branch.says("王建国", "删除")
    await branch.says("王建国", "确认删除")
    again = await branch.person("王建国", bound=False)
    await branch.says("王建国", await branch.code("王建国"))
    assert "有 2 件事要您点头" in await branch.says("王建国", "王建国")
    await branch.says("王建国", "1")
    await branch.says("王建国", "2")
    assert (await Account.get(account_id="王建国")).person_id == again.id
    assert await ThoughtReport.all().count() == 0
