"""The script book, word for word: binding, strangers, what must not be sent, danger, menus."""

from typing import Any

import pytest

from core.messages import ChatKind, Media, MediaKind, SendOutcome, SendResult
from models import Account, Consent, Dialogue, Group, Person, SeenEvent
from plugins.identity import service

CODE_IN_GROUP = "邀请码别发在群里，请先撤回那条，私聊发给我。"
NOTICE = (
    "有 2 件事要您点头，先说第 1 件：\n"
    "记姓名、支部、申请阶段、联系人、所在城市，用来发学习和提醒。"
    "联系人、支部和乡里管这事的人看得到，退出后 30 天删。\n"
    "不记身份证、银行卡、住址。随时能看、改、删。\n"
    "1 同意  2 不同意  3 看全文"
)
SECOND = (
    "记下了。第 2 件：存您的汇报和联系人的谈话记录。\n"
    "只有您、联系人、支部看得到，谁看过您查得到。\n"
    "不同意也行，汇报交纸的，一样算。\n"
    "1 同意  2 不同意  3 看全文"
)


async def invite(talk: Any, name: str) -> str:
    person = await Person.get(name=name)
    return await service.issue_invitation(person_id=person.id, issued_by=None, now=talk.clock.now())


async def test_given_a_stranger_when_he_binds_then_the_talk_goes_as_scripted(talk: Any) -> None:
    code = await invite(talk, "马小军")
    say = talk.say
    assert await say("2001", "你好") == (
        "您好，我是雁阵，帮支部跟在外的申请人联系。\n请发支部给您的 8 位邀请码，没有就找支书要。"
    )
    assert await say("2001", f"{code[:4]} {code[4:]}") == "码对上了。请回您的姓名，核对一下。"
    assert await say("2001", "马小军") == NOTICE
    assert await say("2001", "1") == SECOND
    assert await say("2001", "2") == (
        "好，这件不存。绑定好了。\n"
        "汇报写纸上交；联系人只记哪天联系过。想改，回「同意书」。\n"
        "每周一晚上8点有学习，不想收回「退订」。"
    )
    assert await Dialogue.all().count() == 0
    assert (await Account.get(account_id="2001")).person_id == (await Person.get(name="马小军")).id
    assert "1 学习  2 交汇报" in await say("2001", "你好")


async def test_given_a_stranger_when_he_gives_both_consents_then_he_is_bound(talk: Any) -> None:
    code = await invite(talk, "马小军")
    await talk.say("2001", f"绑定 {code}")
    await talk.say("2001", "我叫马小军")
    assert await talk.say("2001", "同意") == SECOND
    assert await talk.say("2001", "同意") == (
        "记下了，绑定好了。能做什么，回「菜单」看。\n每周一晚上8点有学习，不想收回「退订」。"
    )
    assert await Consent.all().count() == 2


async def test_given_a_stranger_when_he_refuses_the_first_consent_then_nothing_is_stored(
    talk: Any,
) -> None:
    code = await invite(talk, "马小军")
    await talk.say("2001", code)
    await talk.say("2001", "马小军")
    assert (await talk.say("2001", "3")).startswith("第 1 件，记基本资料。\n谁在记：")
    assert await talk.say("2001", "2") == "好，没存。申请照旧找支部办。"
    assert await Account.filter(account_id="2001").count() == 0
    assert await Consent.all().count() == 0
    assert await talk.say("2001", code) == "码对上了。请回您的姓名，核对一下。"


async def test_given_wrong_codes_when_typed_then_each_says_what_is_left(talk: Any) -> None:
    for left in (4, 3, 2, 1):
        said = await talk.say("2001", "00000000")
        assert said == f"码没对上，看看有没有输错。今天还能试 {left} 次。"
    over = "今天试的次数用完了，明天再来。拿不准就找支书看看码。"
    assert await talk.say("2001", "00000000") == over
    assert await talk.say("2001", "00000000") == over


async def test_given_a_used_or_old_code_when_typed_then_it_says_so(talk: Any) -> None:
    code = await invite(talk, "马小军")
    await talk.say("2001", code)
    await talk.say("2001", "马小军")
    await talk.say("2001", "1")
    assert await talk.say("2002", code) == (
        "这个码用过了。是您自己用的就回「菜单」；不是，请马上告诉支书。"
    )
    old = await invite(talk, "王建国")
    talk.later(days=31)
    assert await talk.say("2002", old) == "码过期了，找支书要个新的就行。"


async def test_given_a_wrong_name_when_typed_then_nobody_learns_whose_code_it_is(
    talk: Any,
) -> None:
    await talk.say("2001", await invite(talk, "马小军"))
    said = await talk.say("2001", "王建国")
    assert said == "名字和码对不上，请照支部登记的写。今天还能试 4 次。"
    assert await talk.say("2001", "马小军") == NOTICE


async def test_given_an_old_account_when_a_new_phone_comes_then_the_secretary_unbinds_by_a_word(
    talk: Any,
) -> None:
    code = await invite(talk, "王建国")
    await talk.say("2002", code)
    assert await talk.say("2002", "王建国") == (
        "您还有个旧号。换过来要联系人点头，我去问，有回音告诉您。"
    )
    assert await talk.say("s", "解绑 没有人") == "您能看的人里没有这个名字。"
    assert await talk.say("s", "解绑 王建国") == (
        "王建国（王家村）的号要解开吗？解开后用新码再绑，存着的都在。\n1 解开  2 先不动"
    )
    assert await talk.say("s", "1") == "解开了：王建国。他手里的码没用过就还能用。"
    await talk.say("2002", code)
    assert await talk.say("2002", "王建国") == NOTICE


async def test_given_a_bound_worker_when_he_unbinds_then_it_asks_once(talk: Any) -> None:
    asked = "解开以后这个号就收不到您的东西了，存着的都在。要解开吗？\n1 解开  2 先不动"
    assert await talk.say("w", "解绑") == asked
    assert await talk.say("w", "2") == "好，没动。"
    await talk.say("w", "换手机了")
    assert await talk.say("w", "1") == "解开了，存着的都在。再用找支书要个新码。"
    assert (await Account.get(account_id="w")).person_id is None


async def test_given_a_bound_worker_when_he_changes_his_consents_then_each_answer_fits(
    talk: Any,
) -> None:
    assert await talk.say("w", "同意书") == (
        "第 1 件，记基本资料：没同意。\n第 2 件，存汇报和谈话记录：没同意。\n"
        "1 改第 2 件，同意存  2 看全文  3 全撤，不用我了"
    )
    assert (await talk.say("w", "1")).startswith("存您的汇报和联系人的谈话记录。\n")
    assert await talk.say("w", "1") == "记下了，以后的汇报可以交给我。"
    assert "第 2 件，存汇报和谈话记录：11月23日同意的。" in await talk.say("w", "同意书")
    assert await talk.say("w", "1") == ("好，以后的不存了。汇报写纸上交，一样算。")


async def test_given_a_bound_worker_when_he_withdraws_everything_then_he_is_asked_and_let_go(
    talk: Any,
) -> None:
    assert await talk.say("w", "撤回同意") == "撤回哪一件？\n1 全撤，不用我了  2 先不动"
    assert await talk.say("w", "1") == (
        "撤了第 1 件就等于退出：号解开，我不再找您，存着的 30 天内删。不影响申请。\n1 撤  2 先不动"
    )
    assert await talk.say("w", "1") == ("撤回了，号也解开了。以后我不再找您。申请照旧找支部办。")
    assert (await talk.say("w", "学时")).startswith("我是雁阵")


async def test_given_a_group_when_an_invitation_code_is_said_there_then_it_is_not_taken(
    talk: Any,
) -> None:
    code = await invite(talk, "马小军")
    assert await talk.in_group("2001", code) == [("77", CODE_IN_GROUP)]
    assert await talk.in_group("2001", f"绑定 {code}") == [("77", CODE_IN_GROUP)]
    assert await talk.in_group("2001", "绑定") == [
        ("private", "请发支部给您的 8 位邀请码，没有就找支书要。"),
        ("77", "这个我私下回您。"),
    ]


async def test_given_a_group_when_the_secretary_binds_it_then_it_is_said_there(talk: Any) -> None:
    said = "这个群记在王家村名下了，每周发一次学习，下一次是11月23日（周一）晚上8点。"
    assert await talk.in_group("s", "绑定") == [("77", said)]
    assert (await Group.get(chat_id="77")).unit_id == 2
    assert await talk.in_group("s", "绑定 柳河乡") == [
        ("77", "您能看的单位里没有这个。您能看：王家村。")
    ]
    assert await talk.in_group("t", "绑定 王家村") == [("77", said)]


# 3.15


async def test_given_strangers_and_no_permission_when_asked_then_the_script_holds(
    talk: Any,
) -> None:
    assert await talk.say("2001", "你是谁") == (
        "我是雁阵，帮支部跟在外的申请人联系。\n有邀请码就发来。公开的学习回「本周」就能看。"
    )
    assert await talk.say("w", "查档 王建国") == ("这个我不能给您看。看自己的，回「我的数据」。")


# 3.16


ID_NUMBER = "11010519491231002X"


async def test_given_an_id_number_when_it_is_sent_then_it_is_refused_and_not_stored(
    talk: Any,
) -> None:
    await talk.say("w", "交汇报")
    assert await talk.say("w", f"我身份证 {ID_NUMBER}") == (
        "里面像有证件号，我没存。请长按撤回；过了时间就删掉。\n我用不着证件号，去掉再发就行。"
    )
    assert await SeenEvent.all().count() == 2


async def test_given_a_document_when_it_is_sent_then_it_is_refused(talk: Any) -> None:
    photo = Media(MediaKind.IMAGE, "1.jpg")
    assert await talk.say("w", "乡里的红头文件，内部的，大家学学", photo) == (
        "这像是内部文件，我没存。请马上撤回，别再转发。\n发过别处的，请告诉支书。"
    )
    assert (await talk.say("w", "今天开会传达了乡里的红头文件精神")).startswith("这句我没看懂")


async def test_given_a_number_in_a_group_when_it_is_sent_to_the_bot_then_nothing_is_named(
    talk: Any,
) -> None:
    assert await talk.in_group("w", f"我的证 {ID_NUMBER}") == [
        ("77", "刚才那条里有不该发在群里的内容，请撤回。")
    ]


async def test_given_phone_and_card_when_sent_then_each_is_named(talk: Any) -> None:
    assert (await talk.say("w", "打我 138 0013 8000")).startswith("里面像有手机号，我没存。")
    assert (await talk.say("w", "卡 6222 0212 3456 7890 128")).startswith("里面像有银行卡号")


# 2.1, danger


async def test_given_danger_when_it_is_said_then_help_comes_first(talk: Any) -> None:
    danger = "现在有危险，先打 110、120 或 119。心里难受打 12356，有人听。"
    assert await talk.say("w", "我不想活了") == f"{danger}\n哪方面的事？"
    assert await talk.say("m", "宿舍着火了") == danger
    assert await talk.say("2001", "救命") == danger
    assert await talk.in_group("w", "救命啊") == [("77", danger)]
    await talk.say("w", "交汇报")
    assert await talk.say("w", "最近不想活了") == f"{danger}\n收到 1 页，6 字。"


async def test_given_a_figure_of_speech_when_it_is_said_then_nobody_is_alarmed(talk: Any) -> None:
    assert "110" not in await talk.say("w", "党的救命之恩永远不忘")


# 2.5, menus


@pytest.mark.parametrize("words", ["帮助", "菜单", "怎么用", "你好", "在吗", "0", "０"])
async def test_given_a_worker_when_he_asks_for_the_menu_then_what_exists_is_numbered(
    talk: Any, words: str
) -> None:
    assert await talk.say("w", words) == (
        "1 学习  2 交汇报  3 求助  4 换地方\n0 回到这里。要帮忙，回「求助」。"
    )
    assert await talk.say("w", "2") == "开好了，四季度汇报。"


async def test_given_a_mentor_when_he_asks_for_the_menu_then_the_rest_is_its_last_number(
    talk: Any,
) -> None:
    assert await talk.say("m", "帮助") == "1 待办  2 记联系  3 代班  4 别的\n0 回到这里。"
    assert await talk.say("m", "4") == (
        "1 解绑  2 同意书  3 撤回同意  4 学习  5 本周  6 学时  7 别的\n0 回到这里。"
    )
    assert await talk.say("m", "7") == ("1 通过  2 拒绝  3 坏了  4 看图\n0 回到这里。")
    assert await talk.say("m", "1") == "学习开始。"


async def test_given_nobody_to_reach_when_the_private_answer_is_unsure_then_it_is_not_denied(
    talk: Any, wire: Any
) -> None:
    wire.outcomes[ChatKind.PRIVATE] = SendOutcome(SendResult.UNKNOWN, reason="timeout")
    assert (await talk.in_group("w", "学时"))[-1] == ("77", "这个我私下回您。")
