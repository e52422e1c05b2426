"""加材料: the look of a second person, who may, and what he says."""

from datetime import timedelta

import pytest

from core.clock import at_local
from core.errors import Refusal
from models import (
    Account,
    AuditLog,
    Delivery,
    LocalMaterial,
)
from models.enums import MaterialState
from plugins.study import local_materials, local_notices
from tests.plugins.study.county import County
from tests.plugins.study.local_pieces.bringing_in import WORDS, actor_of, bring_in


async def test_given_a_waiting_piece_when_its_proposer_looks_then_he_cannot_pass_it(
    county: County,
) -> None:
    await bring_in(county)
    assert "都看过了" in await county.tells("刘长河", "审材料")
    assert "没有等着" in await county.tells("刘长河", "推送 审核")
    row = await LocalMaterial.get()
    author = await actor_of(county, "刘长河")
    with pytest.raises(Refusal, match=r"study\.local_own"):
        await local_materials.approve(actor=author, uid=row.uid, now=county.clock.now())
    assert (await LocalMaterial.get()).state is MaterialState.WAITING


@pytest.mark.parametrize("name", ["李国民", "钱进"])
async def test_given_another_branch_or_township_when_it_looks_then_there_is_nothing(
    county: County, name: str
) -> None:
    await bring_in(county)
    assert "都看过了" in await county.tells(name, "审材料")
    row = await LocalMaterial.get()
    with pytest.raises(Refusal, match=r"study\.local_gone"):
        await local_materials.approve(
            actor=await actor_of(county, name), uid=row.uid, now=county.clock.now()
        )


async def test_given_the_township_when_it_passes_a_village_piece_then_the_village_reads_it(
    county: County,
) -> None:
    await bring_in(county)
    heard = await county.tells("孙敏", "推送 审核")
    assert heard == "等着的推送 1 件：\n1 讨薪窗口开了，等您看"
    heard = await county.tells("孙敏", "1")
    assert heard == (
        f"刘长河加的材料「讨薪窗口开了」：\n{WORDS}\n"
        "出处：县人社局的通知，11月20日的。用到2027年2月22日。"
        "退回的话，可以直接回：2 加一句为什么。\n"
        "1 可以发  2 退回  3 先看别的"
    )
    assert "可以用了" in await county.tells("孙敏", "1")
    assert (await AuditLog.filter(action="study.local_approved").get()).actor_id == (
        county.people["孙敏"].id
    )
    assert "孙敏看过了，「讨薪窗口开了」可以用了" in await county.told("刘长河")
    assert await county.tells("王建国", "学习") == "讨薪窗口开了，1 分钟看完。\n1 看"
    assert await county.tells("王建国", "1") == f"{WORDS}\n出处：县人社局的通知。"
    assert "没有题" in await county.tells("王建国", "答题")
    assert "1 讨薪窗口开了" in await county.tells("王建国", "搜 讨薪窗口")
    assert "没找到" in await county.tells("李文斌", "搜 讨薪窗口")
    assert "没找到" in await county.tells("生人", "搜 讨薪窗口")


async def test_given_a_return_with_a_reason_when_told_then_it_is_mended_and_looked_at_again(
    county: County,
) -> None:
    await bring_in(county)
    await county.tells("吴芳", "审材料")
    assert "原话转过去" in await county.tells("吴芳", "2")
    assert "退回了" in await county.tells("吴芳", "时间没写清楚")
    assert await county.told("刘长河") == (
        "吴芳看了「讨薪窗口开了」，想请您改一改：\n「时间没写清楚」\n"
        "东西都在，回「我的材料」接着改。"
    )
    county.later(minutes=5)
    assert "1 讨薪窗口开了，请您改" in await county.tells("刘长河", "我的材料")
    assert "原因：时间没写清楚" in await county.tells("刘长河", "1")
    assert "都在，接着发就行" in await county.tells("刘长河", "1")
    for words in ("上午九点到下午五点都有人值班。", "完成", "讨薪窗口", "1", "1"):
        await county.tells("刘长河", words)
    assert "请吴芳看了" in await county.tells("刘长河", "1")
    row = await LocalMaterial.get()
    assert (row.state, row.source) == (MaterialState.WAITING, "王家村自己写的")
    assert await Delivery.filter(target=f"person:{county.people['吴芳'].id}").count() == 2


async def test_given_a_piece_past_its_day_when_passed_then_it_is_refused(county: County) -> None:
    await bring_in(county)
    row = await LocalMaterial.get()
    county.go(at_local(row.effective_until + timedelta(days=1), 9))
    await county.tells("吴芳", "审材料")
    assert "过了日子" in await county.tells("吴芳", "1")


async def test_given_nobody_else_with_an_account_when_proposed_then_the_draft_stays(
    county: County,
) -> None:
    for name in ("吴芳", "孙敏"):
        await Account.filter(person=county.people[name]).delete()
    assert "还没有第二个人" in await bring_in(county)
    assert (await LocalMaterial.get()).state is MaterialState.DRAFT


async def test_given_a_notice_when_somebody_else_looked_first_then_it_is_not_owed(
    county: County,
) -> None:
    await bring_in(county)
    reference = (await Delivery.get(target=f"person:{county.people['吴芳'].id}")).reference or {}
    assert await local_notices.still_waiting(reference)
    await county.tells("孙敏", "审材料")
    await county.tells("孙敏", "1")
    assert not await local_notices.still_waiting(reference)


async def test_given_two_who_look_at_once_when_both_decide_then_the_second_hears_so(
    county: County,
) -> None:
    await bring_in(county)
    await county.tells("孙敏", "审材料")
    await county.tells("吴芳", "审材料")
    await county.tells("孙敏", "1")
    assert "已经有人看过" in await county.tells("吴芳", "2 不行")
    assert (await LocalMaterial.get()).state is MaterialState.APPROVED
