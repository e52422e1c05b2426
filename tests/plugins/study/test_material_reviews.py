"""Only what somebody in charge has read is shown or goes out; a review is of the words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
import pytest_asyncio

from core.actors import Actor, Stage
from core.clock import FrozenClock, at_local
from core.config import Settings
from core.errors import Refusal
from models import AuditLog, Delivery, Group, MaterialReview, Push, Role
from models.enums import DeliveryState, MaterialDecision, UnitKind
from plugins.study import demo_reviews, library, planning, review_notices, reviews, service
from plugins.study.library import Library
from tests.plugins.study.county import County, piece

MONDAY = date(2026, 11, 23)
HOUR = at_local(MONDAY, 20)
SHELF = (
    piece("wages", "工钱被拖，先做哪三步", 1, "工钱和合同"),
    piece("contract", "合同要写哪几条", 2, "工钱和合同"),
    piece("train", "坐车前看一眼", 1),
)


@pytest.fixture(autouse=True)
def shelf() -> Iterator[None]:
    library.use(Library(SHELF))
    yield
    library.use(Library.load(library.FOLDER))


@pytest_asyncio.fixture
async def county(
    database: str, keys: object, texts: object, clock: FrozenClock, settings: Settings
) -> County:
    made = County(clock, settings, database)
    await made.plant()
    return made


async def read_all(county: County, name: str) -> None:
    await county.tells(name, "审材料")
    for _ in SHELF:
        await county.tells(name, "1")


async def test_given_unread_pieces_when_reviewed_then_text_and_answers_stand_there(
    county: County,
) -> None:
    heard = await county.tells("孙敏", "审材料")
    assert heard == (
        "「坐车前看一眼」，出门在外。没人看过的还有 3 篇。\n"
        "出处：《某条例》，2020年1月1日起。用到2027年12月31日。\n"
        "群里发的：\n先留证据。\n"
        "正文第 1 段：\n第一句话。\n正文第 2 段：\n第二句话。\n"
        + "".join(f"第 {n} 题：能吗？对：能。不对：不能。能。\n" for n in (1, 2, 3))
        + "1 可以发  2 先不发  3 下一篇再说"
    )
    heard = await county.tells("孙敏", "1")
    assert heard.startswith("记下了，「坐车前看一眼」可以发。接着看：\n「工钱被拖，先做哪三步」")
    row = await MaterialReview.get()
    assert (row.slug, row.decision) == ("train", MaterialDecision.PASS)
    assert row.unit_id == county.units["柳河乡"].id
    assert (await AuditLog.filter(action="study.review_pass").get()).subject_id == row.id


async def test_given_a_review_when_asked_for_a_line_then_it_holds_there_and_below_alone(
    county: County,
) -> None:
    await county.tells("刘长河", "审材料 坐车")
    await county.tells("刘长河", "1")
    assert "坐车前看一眼" in await county.tells("王建国", "学习")
    assert "现在没有能看的" in await county.tells("李文斌", "学习")
    heard = await county.tells("刘长河", "审材料 剩多少")
    assert heard == "还有 2 篇没人看过，回数字接着看：\n1 工钱和合同，2 篇"
    assert "还有 3 篇" in await county.tells("李国民", "审材料 剩多少")
    await read_all(county, "孙敏")
    assert "都看过了" in await county.tells("李国民", "审材料")
    assert "坐车前看一眼" in await county.tells("李文斌", "学习")


async def test_given_a_hold_below_a_pass_when_shown_then_only_that_village_lacks_it(
    county: County,
) -> None:
    await read_all(county, "孙敏")
    heard = await county.tells("李国民", "审材料 坐车")
    assert "孙敏11月23日看过：可以发。" in heard
    assert "为什么，写一句就行" in await county.tells("李国民", "2")
    heard = await county.tells("李国民", "这里没有火车")
    assert heard.startswith("原因记下了。接着看：")
    assert "工钱被拖" in await county.tells("李文斌", "学习")
    assert "坐车前看一眼" in await county.tells("王建国", "学习")
    held = await county.tells("李国民", "审材料 先不发")
    assert held == "先不发的这几篇，回数字重新看：\n1 坐车前看一眼"
    assert "原因：这里没有火车" in await county.tells("李国民", "1")
    await county.tells("李国民", "1")
    assert "坐车前看一眼" in await county.tells("李文斌", "学习")


async def test_given_a_hold_above_when_a_village_passes_then_it_stays_back(county: County) -> None:
    await county.tells("孙敏", "审材料 坐车")
    await county.tells("孙敏", "2")
    await county.tells("刘长河", "审材料 坐车")
    await county.tells("刘长河", "1")
    assert "现在没有能看的" in await county.tells("王建国", "学习")


async def test_given_a_changed_text_when_shown_then_it_needs_a_new_review(county: County) -> None:
    await read_all(county, "孙敏")
    changed = replace(SHELF[2], sections=("第一句话。", "改过的话。"))
    library.use(Library([*SHELF[:2], changed]))
    assert "坐车" not in await county.tells("王建国", "搜 坐车")
    heard = await county.tells("孙敏", "审材料")
    assert "坐车前看一眼" in heard
    assert "改过的话。" in heard


async def test_given_a_text_changed_while_it_was_read_when_passed_then_nothing_is_written(
    county: County,
) -> None:
    await county.tells("孙敏", "审材料")
    library.use(Library([*SHELF[:2], replace(SHELF[2], push="别的话。")]))
    assert "文字改过了" in await county.tells("孙敏", "1")
    assert not await MaterialReview.all().exists()


async def test_given_one_put_off_when_reviewing_goes_on_then_it_comes_last(county: County) -> None:
    await county.tells("孙敏", "审材料")
    assert "「工钱被拖" in await county.tells("孙敏", "3")
    await county.restart()
    assert "「工钱被拖" in await county.tells("孙敏", "审材料")
    await county.tells("孙敏", "1")
    assert "「坐车前看一眼」可以" not in await county.tells("孙敏", "1")
    assert "都看过了" in await county.tells("孙敏", "1")


async def test_given_a_passed_piece_when_put_off_then_it_stays_passed(county: County) -> None:
    await read_all(county, "孙敏")
    await county.tells("孙敏", "审材料 坐车")
    await county.tells("孙敏", "3")
    assert "坐车前看一眼" in await county.tells("王建国", "学习")


async def test_given_a_series_when_reviewed_then_only_its_pieces_come(county: County) -> None:
    assert "「工钱被拖" in await county.tells("孙敏", "审材料 工钱系列")
    assert "「合同要写哪几条」" in await county.tells("孙敏", "1")
    assert await county.tells("孙敏", "1") == (
        "记下了，「合同要写哪几条」可以发。接着看：\n「工钱和合同」都看过了。看别的，回「审材料」。"
    )


async def test_given_a_piece_past_its_days_when_counted_then_nobody_has_to_read_it(
    county: County,
) -> None:
    library.use(Library([*SHELF[:2], replace(SHELF[2], effective_until=MONDAY)]))
    assert "还有 3 篇" in await county.tells("孙敏", "审材料 剩多少")
    county.later(days=1)
    assert "还有 2 篇" in await county.tells("孙敏", "审材料 剩多少")
    assert "「工钱被拖" in await county.tells("孙敏", "审材料")


async def test_given_nonsense_when_reviewing_then_nothing_happens(county: County) -> None:
    assert "没找到" in await county.tells("孙敏", "审材料 天上的云")
    await county.tells("孙敏", "审材料")
    assert "对不上" in await county.tells("孙敏", "9")
    assert "可以发" in await county.tells("孙敏", "啊啊啊")
    assert not await MaterialReview.all().exists()


async def test_given_a_worker_or_mentor_when_he_reviews_then_he_may_not(county: County) -> None:
    for name in ("王建国", "周德厚"):
        assert "不能给您看" in await county.tells(name, "审材料")


async def test_given_a_stranger_when_he_reads_then_he_gets_what_a_township_passed(
    county: County,
) -> None:
    await county.tells("刘长河", "审材料 坐车")
    await county.tells("刘长河", "1")
    assert "现在没有能看的" in await county.tells("生人", "学习")
    await county.tells("孙敏", "审材料 哪几条")
    await county.tells("孙敏", "1")
    assert "合同要写哪几条" in await county.tells("生人", "学习")
    await county.tells("钱进", "审材料 哪几条")
    await county.tells("钱进", "2")
    assert "现在没有能看的" in await county.tells("生人", "学习")


async def test_given_a_review_in_the_front_matter_when_shown_then_it_counts_everywhere(
    county: County,
) -> None:
    signed = replace(SHELF[0], reviewed_by="省委组织部", reviewed_on=MONDAY)
    library.use(Library([signed, *SHELF[1:]]))
    assert "工钱被拖" in await county.tells("王建国", "学习")
    assert "工钱被拖" in await county.tells("生人", "学习")
    assert "还有 2 篇" in await county.tells("孙敏", "审材料 剩多少")


async def test_given_somebody_away_when_his_home_holds_a_piece_then_he_lacks_it(
    county: County,
) -> None:
    await county.unit("驻南港", UnitKind.LIAISON_OFFICE, "别处乡")
    await county.person("赵磊", "李家村", inflow="驻南港")
    await county.tells("钱进", "审材料 坐车")
    await county.tells("钱进", "1")
    assert "坐车前看一眼" in await county.tells("赵磊", "学习")
    await county.tells("李国民", "审材料 坐车")
    await county.tells("李国民", "2")
    assert "现在没有能看的" in await county.tells("赵磊", "学习")


async def plan(county: County, weeks: int = 0) -> int:
    await planning.plan_digests(now=county.clock.now())
    county.go(HOUR + timedelta(weeks=weeks))
    return await planning.plan_digests(now=county.clock.now())


async def test_given_nothing_read_when_a_digest_is_due_then_one_clerk_hears_it_once_a_week(
    county: County,
) -> None:
    for n in range(3):
        await county.group(f"{n}号群", "王家村" if n else "李家村")
    assert await plan(county) == 0
    assert await planning.plan_digests(now=county.clock.now()) == 0
    assert not await Push.all().exists()
    (row,) = await Delivery.all()
    assert row.target == f"person:{county.people['孙敏'].id}"
    assert row.not_before == at_local(MONDAY + timedelta(days=1), 9)
    assert await county.told("孙敏") == (
        "这周的学习没发：有 3 篇还没人看过，看过才发。\n"
        "一篇两三分钟，乡里看过，各村都能用。回「审材料」。"
    )
    assert await review_notices.still_unread(row.reference or {})
    await plan(county, 1)
    assert await Delivery.all().count() == 2


async def test_given_a_township_without_a_clerk_when_nothing_is_read_then_the_branch_hears_it(
    county: County,
) -> None:
    await Role.filter(person=county.people["孙敏"]).delete()
    await county.group("王家村群", "王家村")
    await plan(county)
    assert (await Delivery.get()).target == f"person:{county.people['吴芳'].id}"


async def test_given_a_notice_when_something_was_read_meanwhile_then_it_is_not_owed(
    county: County,
) -> None:
    await county.group("王家村群", "王家村")
    await plan(county)
    await county.tells("孙敏", "审材料")
    await county.tells("孙敏", "1")
    reference = (await Delivery.get()).reference or {}
    assert not await review_notices.still_unread(reference)


async def test_given_a_group_of_each_village_when_one_holds_then_each_gets_its_own(
    county: County,
) -> None:
    here, there = await county.group("王群", "王家村"), await county.group("李群", "李家村")
    await read_all(county, "孙敏")
    await county.tells("李国民", "审材料 坐车")
    await county.tells("李国民", "2")
    assert await plan(county) == 2
    got = dict(await Push.all().values_list("group_id", "material"))
    assert got == {here.id: "train", there.id: "wages"}


async def test_given_a_planned_digest_when_its_piece_is_held_then_what_is_not_sent_is_taken_back(
    county: County,
) -> None:
    await county.group("王群", "王家村")
    there = await county.group("李群", "李家村")
    await read_all(county, "孙敏")
    assert await plan(county) == 2
    await county.tells("李国民", "审材料 坐车")
    heard = await county.tells("李国民", "2")
    assert heard == (
        "记下了，「坐车前看一眼」先不发，本单位和下面的群都不发。\n"
        "排着还没发出去的 1 条也收住了。\n为什么，写一句就行；不写就接着看。\n1 接着看"
    )
    taken = await Delivery.get(state=DeliveryState.CANCELLED)
    assert (taken.target, taken.reason) == (f"group:{there.id}", "held")
    assert await Delivery.filter(purpose="study.digest", state=DeliveryState.DUE).count() == 1


async def test_given_private_digests_and_a_push_when_held_then_both_are_taken_back(
    county: County,
) -> None:
    await read_all(county, "孙敏")
    assert await service.plan_private_digests(slot_at=HOUR, now=HOUR) == 4
    piece_of_week = (await Delivery.first()).reference["material"]  # type: ignore[union-attr,index]
    held = next(one for one in SHELF if one.slug == piece_of_week)
    await county.group("王群", "王家村")
    await county.tells("刘长河", f"推送 新建 {held.title} 今天晚上8点")
    await county.tells("刘长河", "1")
    await county.told("吴芳")
    await county.tells("吴芳", "1")
    await county.told("刘长河")
    assert "排上了" in await county.tells("刘长河", "确认发送")
    await county.tells("孙敏", f"审材料 {held.title}")
    assert "收住了" in await county.tells("孙敏", "2")
    left = Delivery.filter(state=DeliveryState.DUE).exclude(purpose="study.push_order")
    assert not await left.exists()
    assert await Delivery.filter(state=DeliveryState.CANCELLED).count() == 5


async def test_given_people_without_groups_when_planned_then_each_gets_what_his_home_read(
    county: County,
) -> None:
    await county.tells("刘长河", "审材料 坐车")
    await county.tells("刘长河", "1")
    assert await service.plan_private_digests(slot_at=HOUR, now=HOUR) == 3
    targets = set(await Delivery.all().values_list("target", flat=True))
    names = ("王建国", "陈玉梅", "李强")
    assert targets == {f"person:{county.people[name].id}" for name in names}


async def test_given_an_unread_piece_when_a_push_is_ordered_then_it_is_refused(
    county: County,
) -> None:
    await county.group("王家村群", "王家村")
    heard = await county.tells("孙敏", "推送 新建 坐车前看一眼")
    assert heard == "这条没人看过或过了日子，先不发，留着。回「审材料」。"
    await read_all(county, "孙敏")
    assert "发 1 个群" in await county.tells("孙敏", "推送 新建 坐车前看一眼")


async def test_given_a_village_that_holds_when_a_push_is_ordered_then_its_group_is_left_out(
    county: County,
) -> None:
    await county.group("王群", "王家村")
    await county.group("李群", "李家村")
    await read_all(county, "孙敏")
    await county.tells("李国民", "审材料 坐车")
    await county.tells("李国民", "2")
    assert "发 1 个群" in await county.tells("孙敏", "推送 新建 坐车前看一眼")


async def test_given_a_group_when_it_asks_then_it_gets_what_its_unit_read(county: County) -> None:
    group = await county.group("王群", "王家村")
    asked = await county.hear("王建国", "本周", group=group.chat_id)
    assert "没有能看的" in asked[0]
    await county.tells("刘长河", "审材料 坐车")
    await county.tells("刘长河", "1")
    asked = await county.hear("王建国", "本周", group=group.chat_id)
    assert "坐车前看一眼" in asked[0]
    await Group.all().update(is_active=False)
    asked = await county.hear("王建国", "本周", group=group.chat_id)
    assert "没有能看的" in asked[0]


async def test_given_a_long_reason_when_written_then_the_question_stays(county: County) -> None:
    await county.tells("孙敏", "审材料")
    await county.tells("孙敏", "2")
    assert "写短些" in await county.tells("孙敏", "长" * 201)
    assert "原因记下了" in await county.tells("孙敏", "有一处写错了")
    row = await MaterialReview.get()
    assert "写错" not in repr(row.reason_sealed)


async def test_given_a_review_by_nobody_in_charge_when_decided_then_it_is_refused(
    county: County,
) -> None:
    worker = Actor(person_id=county.people["王建国"].id, stage=Stage.ACTIVIST)
    with pytest.raises(Refusal, match=r"study\.push_no_unit"):
        await reviews.decide(
            actor=worker, slug="wages", sha256=reviews.fingerprint(SHELF[0]),
            decision=MaterialDecision.PASS, now=county.clock.now(),
        )  # fmt: skip


async def test_given_the_demo_when_planted_then_its_clerks_have_read_all_but_two(
    county: County,
) -> None:
    library.use(Library([piece(f"p{n}", f"第{n}篇", n) for n in range(6)]))
    assert await demo_reviews.plant(now=county.clock.now()) == 2 * 4
    assert await demo_reviews.plant(now=county.clock.now()) == 0
    assert "还有 2 篇" in await county.tells("孙敏", "审材料 剩多少")


def test_given_a_piece_when_any_word_people_read_changes_then_its_hash_does() -> None:
    one = SHELF[0]
    others = (
        replace(one, title="别的"), replace(one, push="别的"), replace(one, source="别的"),
        replace(one, source_date=MONDAY), replace(one, sections=("别的",)),
        replace(one, quiz=(one.quiz[0].model_copy(update={"answer": 2}), *one.quiz[1:])),
    )  # fmt: skip
    prints = {reviews.fingerprint(other) for other in (one, *others)}
    assert len(prints) == 7
    assert reviews.fingerprint(replace(one, order=9, tags=("x",))) == reviews.fingerprint(one)
