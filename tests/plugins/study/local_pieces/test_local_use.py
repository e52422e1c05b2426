"""加材料: what is passed is read, pushed and spoken in its unit, until its day, or taken back."""

from datetime import date, timedelta

import pytest

from core import files
from core.clock import at_local
from core.config import Settings
from core.errors import Refusal
from core.messages import Blob, Media, MediaKind, Text
from models import (
    Delivery,
    FeedItem,
    LocalMaterial,
    Message,
    PushOrder,
    StudyPlan,
)
from models.enums import DeliveryState, FeedItemState, Form, MaterialState, OrderState
from plugins.delivery import bodies
from plugins.study import local_materials, planning
from tests.plugins.study.county import County
from tests.plugins.study.local_pieces.bringing_in import (
    AMR,
    MONDAY,
    PDF,
    WORDS,
    Sent,
    actor_of,
    approved,
)


async def test_given_an_approved_piece_when_pushed_then_groups_get_words_link_and_files(
    county: County, sent: Sent
) -> None:
    await county.group("王群", "王家村")
    said: list[str | Media] = [
        "加材料", WORDS, "https://www.example.gov.cn/1", sent.media("通知.pdf", PDF),
        sent.media("a.amr", AMR, MediaKind.VOICE), "完成", "讨薪窗口", "县里", "2", "1", "1",
    ]  # fmt: skip
    for one in said:
        await county.tells("刘长河", one)
    await county.tells("吴芳", "审材料")
    assert {blob.kind for _, blob in county.given} == {MediaKind.FILE, MediaKind.VOICE}
    await county.tells("吴芳", "1")
    assert "发 1 个群" in await county.tells("刘长河", "推送 新建 讨薪窗口")
    assert "请吴芳看了" in await county.tells("刘长河", "1")
    await county.told("吴芳")
    assert "可以发" in await county.tells("吴芳", "1")
    await county.told("刘长河")
    assert "排上了" in await county.tells("刘长河", "确认发送")
    order = await PushOrder.get()
    row = await LocalMaterial.get()
    assert order.material == f"local:{row.uid}"
    owed = await Delivery.get(purpose="study.push")
    assert owed.expires_at is not None
    assert owed.expires_at <= at_local(row.effective_until + timedelta(days=1), 0)
    message = await Message.get(id=owed.message_id)
    parts = bodies.unseal(message.body_sealed, uid=message.uid).parts
    assert parts[0] == Text(
        f"讨薪窗口。\n{WORDS}\n原文：https://www.example.gov.cn/1\n出处：县里。\n这条不用回。"
    )
    names = [part.name for part in parts[1:] if isinstance(part, Blob)]
    assert names == ["通知.pdf", "voice.amr"]
    assert await files.read(parts[1].blob_id) == PDF  # type: ignore[union-attr]
    county.go(at_local(MONDAY + timedelta(days=2), 9))
    assert "1 讨薪窗口" in await county.tells("王建国", "补学")
    assert "现在没有" not in await county.tells("王建国", "1")


async def test_given_a_piece_when_its_last_day_is_over_then_it_is_nowhere(county: County) -> None:
    row = await approved(county)
    assert "讨薪" in await county.tells("王建国", "学习")
    county.go(at_local(row.effective_until, 9))
    assert "讨薪" in await county.tells("王建国", "搜 讨薪窗口")
    county.go(at_local(row.effective_until + timedelta(days=1), 9))
    assert "讨薪" not in await county.tells("王建国", "学习")
    assert "没找到" in await county.tells("王建国", "搜 讨薪窗口")
    assert "没找到" in await county.tells("刘长河", "推送 新建 讨薪窗口开了")
    assert "没有加过材料" in await county.tells("刘长河", "我的材料")


async def test_given_a_pushed_piece_when_withdrawn_then_nothing_more_of_it_goes_out(
    county: County,
) -> None:
    await county.group("王群", "王家村")
    row = await approved(county)
    await county.tells("刘长河", "推送 新建 讨薪窗口开了 今天晚上8点")
    await county.tells("刘长河", "1")
    await county.told("吴芳")
    await county.tells("吴芳", "1")
    await county.told("刘长河")
    await county.tells("刘长河", "确认发送")
    assert (await PushOrder.get()).state is OrderState.CONFIRMED
    await county.tells("吴芳", "我的材料")
    await county.tells("刘长河", "我的材料")
    await county.tells("刘长河", "1")
    assert "撤下来了" in await county.tells("刘长河", "1")
    assert (await LocalMaterial.get()).state is MaterialState.WITHDRAWN
    owed = await Delivery.get(purpose="study.push")
    assert (owed.state, owed.reason) == (DeliveryState.CANCELLED, "withdrawn")
    assert "讨薪" not in await county.tells("王建国", "学习")
    other = await actor_of(county, "吴芳")
    with pytest.raises(Refusal, match=r"study\.local_gone"):
        await local_materials.withdraw(actor=other, uid=row.uid, now=county.clock.now())


async def test_given_a_piece_taken_back_a_month_ago_when_the_clock_comes_by_then_it_is_gone(
    county: County, sent: Sent, settings: Settings
) -> None:
    for one in ("加材料", sent.media("通知.pdf", PDF), "完成", "讨薪窗口", "1", "3", "1"):
        await county.tells("刘长河", one)
    await county.tells("刘长河", "我的材料")
    await county.tells("刘长河", "1")
    await county.tells("刘长河", "1")
    assert (await LocalMaterial.get()).state is MaterialState.WITHDRAWN
    for days, left in ((30, 1), (31, 0)):
        blobs = await local_materials.prune(now=county.clock.now() + timedelta(days=days))
        assert (len(blobs), await LocalMaterial.all().count()) == (1 - left, left)


async def test_given_a_recording_when_passed_then_it_is_the_voice_of_the_piece_there(
    county: County, sent: Sent
) -> None:
    here, there = await county.group("王群", "王家村"), await county.group("李群", "李家村")
    await StudyPlan.create(
        unit=county.units["柳河乡"], form=Form.VOICE, changed_at=county.clock.now()
    )
    assert "给「工钱被拖，先做哪三步」录音" in await county.tells("刘长河", "加材料 录音 工钱被拖")
    assert "只收一条语音" in await county.tells("刘长河", "我念一段")
    await county.tells("刘长河", sent.media("a.amr", AMR, MediaKind.VOICE))
    again = AMR + b"\x3c" + b"\0" * 31
    heard = await county.tells("刘长河", sent.media("b.amr", again, MediaKind.VOICE))
    assert "0 字、1 个文件" in heard
    assert "请吴芳看了" in await county.tells("刘长河", "完成")
    assert "听听念得对不对" in await county.tells("吴芳", "审材料")
    assert county.given[-1][1].kind is MediaKind.VOICE
    await county.tells("吴芳", "1")
    assert "录音可以用了" in await county.told("刘长河")
    await planning.plan_digests(now=county.clock.now())
    county.go(at_local(MONDAY, 20))
    assert await planning.plan_digests(now=county.clock.now()) == 2
    heard = {}
    for group in (here, there):
        row = await Delivery.get(target=f"group:{group.id}")
        message = await Message.get(id=row.message_id)
        heard[group.id] = bodies.unseal(message.body_sealed, uid=message.uid).parts
    assert len(heard[there.id]) == 1
    assert await files.read(heard[here.id][1].blob_id) == again  # type: ignore[union-attr]
    assert "录音" not in await county.tells("王建国", "搜 录音")


async def test_given_a_recording_of_no_such_piece_when_begun_then_it_asks_which(
    county: County,
) -> None:
    assert "是给哪一篇" in await county.tells("刘长河", "加材料 录音 天上的云")
    assert "是给哪一篇" in await county.tells("刘长河", "加材料 录音")
    assert not await LocalMaterial.all().exists()


async def test_given_a_title_of_a_feed_when_summed_up_and_passed_then_it_is_pushed_with_its_link(
    county: County,
) -> None:
    await FeedItem.create(
        source="县政府网", key="1", title="冬天用电", link="https://a.example/1",
        published_on=date(2026, 11, 20), found_at=county.clock.now(), state=FeedItemState.NEW,
    )  # fmt: skip
    await county.group("王群", "王家村")
    assert "1 冬天用电" in await county.tells("刘长河", "来稿")
    assert "https://a.example/1" in await county.tells("刘长河", "1")
    assert "请用自己的话写" in await county.tells("刘长河", "1")
    assert "等另一位看过再发" in await county.tells("刘长河", WORDS)
    assert "「冬天用电」，等您看一眼" in await county.told("吴芳")
    heard = await county.tells("吴芳", "1")
    assert f"{WORDS}\n原文：https://a.example/1\n出处：县政府网，11月20日的。" in heard
    assert "可以用了" in await county.tells("吴芳", "1")
    assert "「冬天用电」，发 1 个群" in await county.tells("刘长河", "推送 新建 冬天用电")
    heard = await county.tells("刘长河", "2")
    assert heard.startswith(
        f"冬天用电。\n{WORDS}\n原文：https://a.example/1\n出处：县政府网。\n这条不用回。"
    )
