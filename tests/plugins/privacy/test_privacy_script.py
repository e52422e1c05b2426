"""The script book 3.17 and section 4, through the real router; sentences are exact."""

from datetime import timedelta
from typing import Any

from models import AuditLog, Contact, Person, ReadLog, ThoughtReport
from plugins.privacy import rooms
from tests.plugins.privacy.conftest import at, owed

REPORT = "敬爱的党组织：到南港这阵子，白天跟师傅学焊接，晚上看学习材料，觉得自己还差得远。"


async def report(branch: Any, name: str = "王建国") -> None:
    await branch.says(name, "交汇报")
    await branch.says(name, REPORT)
    await branch.says(name, "", branch.picture(200), branch.picture(150))
    assert "交上了，3 页" in await branch.says(name, "完成")


async def test_given_a_worker_when_he_asks_what_is_held_then_it_is_said_with_numbers_to_answer(
    branch: Any,
) -> None:
    assert await branch.says("王建国", "我的数据") == (
        "我这里有您的姓名、村、阶段和日子、城市、联系人；同意书 2 份。\n"
        "1 看详细  2 更正  3 导出  4 删除  5 谁看过"
    )
    branch.go(at(12, 2, 18))
    await report(branch)
    await branch.says("周德厚", "昨天跟建国打电话了 挺好")
    assert (await branch.says("王建国", "你记了我啥")).startswith(
        "我这里有您的姓名、村、阶段和日子、城市、联系人；汇报 1 份，联系记录 1 条，同意书 2 份。"
    )
    assert await branch.says("王建国", "1") == (
        "姓名：王建国。支部：王家村。\n"
        "阶段：积极分子。\n"
        "城市：南港。\n"
        "定为积极分子：3月2日。\n"
        "账号：尾号 王建国。\n"
        "记基本资料：11月23日同意。\n"
        "存汇报和谈话记录：11月23日同意。\n"
        "给您发消息的记录：还留着 2 条，过一阵自己删。\n"
        "四季度汇报：12月2日交的，3 页。\n"
        "联系人：周德厚。\n"
        "12月1日 电话，通了，「挺好」。"
    )


async def test_given_a_worker_when_he_opens_the_menu_then_his_data_is_in_it(branch: Any) -> None:
    menu = await branch.says("王建国", "菜单")
    assert "我的数据" in menu
    number = menu[menu.index("我的数据") - 2]
    assert (await branch.says("王建国", number)).startswith("我这里有您的姓名")


async def test_given_a_stranger_when_he_asks_for_data_then_he_hears_what_a_stranger_hears(
    branch: Any,
) -> None:
    for word in ("我的数据", "更正", "导出", "删除", "谁看过", "确认删除"):
        assert (await branch.says("9999", word)).startswith("我是雁阵"), word


async def test_given_looks_when_he_asks_who_looked_then_day_name_role_and_what_are_said(
    branch: Any,
) -> None:
    assert await branch.says("王建国", "谁看过") == "近一年除了您自己，没人看过。"
    branch.go(at(12, 2, 18))
    await report(branch)
    branch.go(at(12, 21, 20))
    await branch.says("周德厚", "阅汇报")
    await branch.says("周德厚", "1")
    await branch.says("周德厚", "1")
    branch.go(at(12, 23, 10))
    await branch.says("刘长河", "阅汇报")
    await branch.says("刘长河", "1")
    assert await branch.says("王建国", "谁看过") == (
        "您自己以外，近一年看过的：\n"
        "12月21日 周德厚（联系人），四季度汇报\n"
        "12月23日 刘长河（支书），四季度汇报\n"
        "觉得不对，找支书或乡里问。"
    )
    branch.go(at(12, 22, 9, year=2027))
    assert "周德厚" not in await branch.says("王建国", "谁看了我")
    assert "刘长河" in await branch.says("王建国", "谁看了我")


async def test_given_a_look_of_a_kind_nobody_explains_when_asked_then_it_is_said_all_the_same(
    branch: Any,
) -> None:
    me = branch.people["王建国"].id
    reader = branch.people["孙敏"].id
    for role, what in (("township", "elsewhere:12"), ("nobody", "dossier"), ("mentor", "x")):
        await ReadLog.create(
            at=branch.clock.now(), person_id=me, reader_id=reader, reader_role=role, what=what
        )
    await ReadLog.create(
        at=branch.clock.now(), person_id=me, reader_id=me, reader_role="self", what="dossier"
    )
    said = await branch.says("王建国", "谁看过")
    assert "11月23日 孙敏（乡里），您的资料" in said
    assert "11月23日 孙敏，您的资料" in said
    assert said.count("11月23日") == 3


async def test_given_the_words_of_the_reads_in_the_house_when_explained_then_each_has_a_room(
    branch: Any,
) -> None:
    branch.go(at(12, 2, 18))
    await report(branch)
    await branch.says("周德厚", "阅汇报")
    await branch.says("周德厚", "1")
    known = {prefix for _, room in rooms.bottom_up() for prefix in room.looks}
    codes = await ReadLog.all().values_list("what", flat=True)
    assert {str(code).partition(":")[0] for code in codes} <= known


async def test_given_no_permission_when_a_worker_asks_for_others_then_he_is_led_to_his_own(
    branch: Any,
) -> None:
    assert await branch.says("陈玉梅", "未交") == "这个我不能给您看。看自己的，回「我的数据」。"


async def test_given_erase_when_confirmed_by_the_exact_word_then_the_script_is_said(
    branch: Any,
) -> None:
    asked = (
        "会删：汇报、联系记录、学时、城市、账号。\n"
        "不归我管：支部的纸质档案。我只留一条哪天删过。\n"
        "删了找不回，要留底先回「导出」。不影响申请。\n"
        "定了就回「确认删除」。"
    )
    first = "先回「删除」，看清楚删什么，再定。"
    assert await branch.says("王建国", "确认删除") == first
    await branch.says("王建国", "我的数据")
    assert await branch.says("王建国", "确认删除") == first
    assert await branch.says("王建国", "删除") == asked
    for other in ("好", "1", "确认", "删除吧", "确认删除吗", "是的"):
        await branch.says("王建国", other)
        assert (await Person.get(name="王建国")).erased_on is None
    await branch.says("王建国", "删除")
    assert await branch.says("王建国", "确认删除 汇报") == "要删全部，只回那几个字，后面别带别的。"
    await branch.says("王建国", "取消")
    assert await branch.says("王建国", "确认删除") == first
    await branch.says("王建国", "4")
    assert await branch.says("王建国", "删掉我") == asked
    branch.clock.advance_to(branch.clock.now() + timedelta(hours=25))
    assert await branch.says("王建国", "确认删除") == first
    await branch.says("王建国", "删除")
    assert await branch.says("王建国", "「确认删除」。") == (
        "删好了。以后我不再找您。想回来，找支书要新码。"
    )
    assert (await branch.says("王建国", "我的数据")).startswith("我是雁阵")


async def test_given_somebody_erased_when_the_day_comes_then_mentor_and_secretary_hear_the_day(
    branch: Any,
) -> None:
    await branch.says("王建国", "删除")
    await branch.says("王建国", "确认删除")
    said = (
        "王建国11月23日删了自己的数据，我这里什么都没有了，也不再找他。\n"
        "纸质档案照旧归支部。他想回来，给他新码。"
    )
    sent = await branch.deliver()
    assert sorted(sent) == sorted([("周德厚", said), ("刘长河", said)])
    assert "王建国" not in await branch.says("周德厚", "我带的人")
    assert "王建国" not in await branch.says("刘长河", "未交")
    assert (await branch.says("刘长河", "邀请 王建国")).startswith("您管的人里没有这个名字")


async def test_given_the_city_when_corrected_then_it_is_right_at_once(branch: Any) -> None:
    assert await branch.says("王建国", "更正") == (
        "哪一样写错了？\n1 姓名  2 城市  3 阶段或日子  4 村或支部  5 联系人  6 别的"
    )
    assert await branch.says("王建国", "2") == "城市：正确的怎么写？发一句就行。"
    assert await branch.says("王建国", " 东 港 ") == "改好了，城市记成「东 港」。"
    assert await branch.says("王建国", "更正 城市 东港") == "改好了，城市记成「东港」。"
    assert (await Person.get(name="王建国")).city == "东港"
    row = await AuditLog.filter(action="privacy.corrected").first()
    assert (row.subject_id, row.detail) == (branch.people["王建国"].id, {"item": "city"})


async def test_given_a_name_when_corrected_then_the_secretary_says_yes_by_a_number(
    branch: Any,
) -> None:
    assert await branch.says("王建国", "写错了") == (
        "哪一样写错了？\n1 姓名  2 城市  3 阶段或日子  4 村或支部  5 联系人  6 别的"
    )
    await branch.says("王建国", "1")
    assert await branch.says("王建国", "王健国") == "转给刘长河了，他看过我告诉您。"
    assert (await Person.get(id=branch.people["王建国"].id)).name == "王建国"
    asked = "王建国说他的姓名写错了，应该是「王健国」。改吗？\n1 改  2 不改"
    assert await branch.deliver() == [("刘长河", asked)]
    assert await branch.says("刘长河", "1") == "改好了：王建国的姓名。我告诉他了。"
    assert (await Person.get(id=branch.people["王建国"].id)).name == "王健国"
    assert await branch.deliver() == [("王建国", "刘长河看过了，您的姓名改好了。")]


async def test_given_what_the_branch_decides_when_it_agrees_then_nothing_changes_by_itself(
    branch: Any,
) -> None:
    await branch.says("王建国", "更正 阶段 3月5日定的")
    await branch.deliver()
    before = await Person.get(id=branch.people["王建国"].id)
    assert await branch.says("刘长河", "1") == (
        "好，王建国的阶段或日子您同意改。这一样我不动，请在名册里改好再导入。"
    )
    after = await Person.get(id=branch.people["王建国"].id)
    assert (after.stage, after.activist_on) == (before.stage, before.activist_on)
    assert await branch.deliver() == [
        ("王建国", "刘长河看过了，您的阶段或日子同意改，支部在名册里改。")
    ]


async def test_given_a_request_when_refused_or_answered_twice_then_it_is_settled_once(
    branch: Any,
) -> None:
    await branch.says("王建国", "更正 联系人 想换个人")
    await branch.deliver()
    assert await branch.says("刘长河", "2") == "好，王建国的联系人没动。我告诉他了。"
    assert await owed(f"person:{branch.people['王建国'].id}") == [
        "刘长河看过了，您的联系人先没改。不明白的直接问他。"
    ]
    assert await branch.says("刘长河", "等点头") == "眼下没有等您点头的事。"


async def test_given_a_newer_request_when_the_older_still_waits_then_only_the_newer_is_asked(
    branch: Any,
) -> None:
    await branch.says("王建国", "更正 姓名 王健国")
    await branch.says("王建国", "更正 姓名 王剑国")
    sent = await branch.deliver()
    assert [text for _, text in sent] == [
        "王建国说他的姓名写错了，应该是「王剑国」。改吗？\n1 改  2 不改"
    ]


async def test_given_a_day_passed_when_the_secretary_answers_then_he_is_asked_anew(
    branch: Any,
) -> None:
    await branch.says("王建国", "更正 姓名 王健国")
    await branch.deliver()
    branch.clock.advance_to(branch.clock.now() + timedelta(hours=25))
    assert await branch.says("刘长河", "1") == (
        "那张单子隔天了，给您张新的。\n"
        "王建国说他的姓名写错了，应该是「王健国」。改吗？\n1 改  2 不改"
    )
    assert await branch.says("刘长河", "1") == "改好了：王建国的姓名。我告诉他了。"


async def test_given_the_secretary_himself_when_he_corrects_his_name_then_the_township_decides(
    branch: Any,
) -> None:
    assert await branch.says("刘长河", "更正 姓名 刘常河") == "转给孙敏了，他看过我告诉您。"
    assert await branch.says("刘长河", "等点头") == "眼下没有等您点头的事。"
    assert "刘长河说他的姓名写错了" in await branch.says("孙敏", "等点头")


async def test_given_reports_when_the_consent_is_taken_back_then_drafts_go_and_the_rest_is_offered(
    branch: Any,
) -> None:
    branch.go(at(12, 2, 18))
    await report(branch)
    await branch.says("周德厚", "昨天跟建国打电话了 挺好")
    await branch.says("王建国", "补汇报")
    await branch.says("王建国", "", branch.picture(90))
    await branch.says("王建国", "撤回同意")
    assert await branch.says("王建国", "1") == (
        "好，以后的不存了，没写完的也删了。汇报写纸上交，一样算。\n"
        "以前存的汇报 1 份、谈话记录 1 条还在。这些也删吗？\n1 也删掉  2 先留着"
    )
    assert await ThoughtReport.all().count() == 1
    assert "现在没有在写的汇报" in await branch.says("王建国", "看看")
    assert await branch.says("王建国", "1") == "删好了。联系记录只剩哪天联系过。"
    assert await ThoughtReport.all().count() == 0
    assert (await Contact.get()).note_sealed is None
    assert "请写纸上交支部" in await branch.says("王建国", "交汇报")


async def test_given_reports_when_kept_then_they_stay_for_the_reader(branch: Any) -> None:
    branch.go(at(12, 2, 18))
    await report(branch)
    await branch.says("王建国", "撤回同意")
    await branch.says("王建国", "1")
    assert await branch.says("王建国", "2") == "好，先留着。哪天想全删，回「删除」。"
    assert "1 王建国，3 页" in await branch.says("周德厚", "阅汇报")
