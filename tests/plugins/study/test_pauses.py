"""推送 停到, 推送 停 with days and 推送 接着: what is paused, what comes after, who may."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
import pytest_asyncio

from core.clock import FrozenClock, at_local
from core.errors import Refusal
from core.periods import Span
from models import AuditLog, Delivery, Group, PlanPause, Push
from models.enums import DeliveryState, PauseKind
from plugins.study import library, pauses, planning
from plugins.study.library import Library
from tests.plugins.mentoring.town import at
from tests.plugins.study.place import PIECES, Place, planted
from tests.plugins.study.reading import reviewed

TODAY = date(2026, 11, 23)


@pytest_asyncio.fixture
async def town(
    database: str, keys: object, texts: object, clock: FrozenClock
) -> AsyncIterator[Place]:
    library.use(reviewed(PIECES))
    yield await planted(clock)
    library.use(Library.load(library.FOLDER))


@pytest.mark.parametrize(
    ("typed", "today", "span", "kind"),
    [
        ("3月1日", TODAY, Span(TODAY, date(2027, 3, 1)), PauseKind.OTHER),
        ("到3月1号", TODAY, Span(TODAY, date(2027, 3, 1)), PauseKind.OTHER),
        ("12-5", TODAY, Span(TODAY, date(2026, 12, 5)), PauseKind.OTHER),
        ("农忙 5月20日到6月15日", TODAY, Span(date(2027, 5, 20), date(2027, 6, 15)),
         PauseKind.HARVEST),
        ("5月20日到6月15日 收麦", date(2026, 6, 1), Span(date(2026, 6, 1), date(2026, 6, 15)),
         PauseKind.HARVEST),
        ("过年 腊月二十三到正月十五", TODAY, Span(date(2027, 1, 30), date(2027, 2, 20)),
         PauseKind.FEAST),
        ("12月20日-1月5日", TODAY, Span(date(2026, 12, 20), date(2027, 1, 5)), PauseKind.OTHER),
        ("12月20日到1月5日", date(2027, 1, 2), Span(date(2027, 1, 2), date(2027, 1, 5)),
         PauseKind.OTHER),
        ("农忙", TODAY, None, PauseKind.HARVEST),
        ("", TODAY, None, PauseKind.OTHER),
    ],
)  # fmt: skip
def test_given_days_in_words_when_read_then_they_are_those_days(
    typed: str, today: date, span: Span | None, kind: PauseKind
) -> None:
    line = pauses.read(typed, today)
    assert (line.span, line.kind) == (span, kind)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("啥时候算啥时候", "study.pause_when"),
        ("13月40日", "study.pause_when"),
        ("昨天", "study.pause_when"),
        ("2026年11月1日", "study.pause_when"),
        ("过完年", "study.pause_when"),
        ("6月15日到5月20日", "study.pause_long"),
        ("2028年3月1日", "study.pause_long"),
    ],
)
def test_given_days_that_cannot_be_when_read_then_they_are_refused(typed: str, key: str) -> None:
    with pytest.raises(Refusal) as caught:
        pauses.read(typed, TODAY)
    assert caught.value.key == key


async def test_given_a_day_when_paused_until_it_then_the_next_digest_is_said_and_kept(
    town: Place,
) -> None:
    assert await town.says("刘长河", "推送 停到 12月6日") == (
        "停下了：王家村，11月23日（周一）到12月6日（周日），有别的事，"
        "2 个群这些天不发每周的学习。\n"
        "下一份：12月7日（周一）晚上8点，「党章第一课」。\n"
        "各群进度不一样，这是1号群的。\n"
        "临时要发的还能「推送 新建」。要提前接着发，回「推送 接着」。"
    )
    row = await PlanPause.get()
    assert (row.unit_id, row.kind) == (town.units["王家村"].id, PauseKind.OTHER)
    for day in (23, 30):
        town.go(at(11, day, 20))
        await planning.plan_digests(now=town.clock.now())
    village = await Group.filter(unit=town.units["王家村"]).values_list("id", flat=True)
    assert not await Push.filter(group_id__in=list(village)).exists()
    town.go(at(12, 7, 20))
    await planning.plan_digests(now=town.clock.now())
    assert await Push.filter(group_id__in=list(village)).count() == 2


async def test_given_a_reason_without_days_when_paused_then_until_when_is_asked(
    town: Place,
) -> None:
    assert await town.says("孙敏", "推送 停 农忙") == (
        "柳河乡停到哪天？没有合适的，就发个日子来，比如「6月15日」。\n"
        "1 停一周  2 停两周  3 停一个月"
    )
    town.open()
    assert (await town.says("孙敏", "看情况")).startswith("是哪几天我没看懂")
    assert (await town.says("孙敏", "2")).startswith(
        "停下了：柳河乡，11月23日（周一）到12月6日（周日），农忙，3 个群"
    )
    assert (await PlanPause.get()).kind is PauseKind.HARVEST
    assert await AuditLog.filter(action="study.paused").count() == 1


async def test_given_a_digest_that_waits_when_paused_then_it_is_taken_back_and_comes_later(
    town: Place,
) -> None:
    town.go(at(11, 23, 20))
    await planning.plan_digests(now=town.clock.now())
    answer = await town.says("刘长河", "推送 停 农忙 11月23日到11月29日")
    assert "排着没发的 2 份也不发了，下回补上。" in answer
    states = await Delivery.filter(purpose=planning.PURPOSE).values_list("state", flat=True)
    assert sorted(states) == [DeliveryState.CANCELLED, DeliveryState.CANCELLED, DeliveryState.DUE]
    group = await Group.get(name="1号群")
    assert not await Push.filter(group=group).exists()
    town.go(at(11, 30, 20))
    await planning.plan_digests(now=town.clock.now())
    assert [push.material for push in await Push.filter(group=group)] == ["charter"]


async def test_given_a_digest_that_waits_when_a_pause_is_to_come_then_it_ends_before_it(
    town: Place,
) -> None:
    town.go(at(11, 23, 20))
    await planning.plan_digests(now=town.clock.now())
    await town.says("刘长河", "推送 停 11月25日到12月6日")
    group = await Group.get(name="1号群")
    row = await Delivery.get(target=f"group:{group.id}")
    assert (row.state, row.expires_at) == (DeliveryState.DUE, at_local(date(2026, 11, 25), 0))


async def test_given_one_pause_when_lifted_then_digests_come_again(town: Place) -> None:
    await town.says("刘长河", "推送 停到 3月1日")
    town.go(at(11, 26))
    assert await town.says("刘长河", "推送 接着") == (
        "接着发了，不停了：王家村，11月23日到2027年3月1日，有别的事。\n"
        "下一份：11月30日（周一）晚上8点，「党章第一课」。\n"
        "各群进度不一样，这是1号群的。"
    )
    assert (await PlanPause.get()).until_on == date(2026, 11, 25)
    assert await town.says("刘长河", "推送 接着") == (
        "没有停着的日子。停着的推送要接着发，回「继续发送」。"
    )


async def test_given_several_pauses_when_lifted_then_the_chosen_one_ends(town: Place) -> None:
    await town.says("孙敏", "推送 停 王家村 农忙 5月20日到6月15日")
    await town.says("孙敏", "推送 停 李家村 12月1日到12月10日")
    await town.talks("孙敏", "推送 计划 1号群 先不发", "1")
    assert await town.says("孙敏", "推送 接着") == (
        "停着的有这些，接着发哪一个？\n1 李家村，12月1日到12月10日，有别的事  "
        "2 王家村，2027年5月20日到2027年6月15日，农忙  3 1号群，没说停到哪天"
    )
    assert "1号群，没说停到哪天" in await town.says("孙敏", "3")
    assert "王家村，2027年5月20日" in await town.says("孙敏", "推送 接着 王家村")
    assert [row.unit_id for row in await PlanPause.all()] == [town.units["李家村"].id]


async def test_given_a_pause_from_above_when_a_village_lifts_it_then_it_hears_whose_it_is(
    town: Place,
) -> None:
    await town.says("孙敏", "推送 停到 12月6日")
    assert await town.says("刘长河", "推送 接着") == (
        "停着的是柳河乡定的（11月23日到12月6日），您这里接不了，请跟柳河乡说。"
    )
    assert "11月23日到12月6日不发：有别的事，柳河乡定的。" in await town.says("刘长河", "推送 计划")
    assert await PlanPause.all().count() == 1


async def test_given_another_branch_or_a_worker_when_they_pause_then_nothing_is_written(
    town: Place,
) -> None:
    assert await town.says("赵国强", "推送 停 王家村 到12月1日") == (
        "您能看的单位里没有这个。您能看：李家村。"
    )
    assert (
        await town.says("王建国", "推送 停到 12月1日")
        == "这个我不能给您看。看自己的，回「我的数据」。"
    )
    assert not await PlanPause.all().exists()
    await town.says("刘长河", "推送 停到 12月1日")
    row = await PlanPause.get()
    one = pauses.Standing(row.id, pauses.Target(town.units["王家村"]), None, row.kind)
    assert (await town.says("赵国强", "推送 接着")).startswith("没有停着的日子")
    assert one.pause_id == row.id


async def test_given_one_group_or_the_same_days_when_paused_then_it_is_said_kindly(
    town: Place,
) -> None:
    assert await town.says("刘长河", "推送 停 1号群 到12月1日") == (
        "按日子停是整个单位一起停。只停1号群，回「推送 计划 1号群 先不发」。"
    )
    said = " ".join(
        await town.at_once(("刘长河", "推送 停到 12月1日"), ("孙敏", "推送 停 王家村 到12月1日"))
    )
    assert said.count("停下了") == 1
    assert said.count("本来就停着") == 1
    assert await PlanPause.all().count() == 1


async def test_given_a_push_going_out_when_stopped_without_a_day_then_the_push_is_held(
    town: Place,
) -> None:
    town.go(at(11, 23, 20))
    await planning.plan_digests(now=town.clock.now())
    assert "3 个群" in await town.says("孙敏", "推送 进度")
    assert "停下了，3 个群先不发。" in await town.says("孙敏", "推送 停")
    assert await Delivery.filter(is_held=True).count() == 3
    assert not await PlanPause.all().exists()
    await town.says("孙敏", "继续发送")
    title = library.current().public(TODAY)[0].title
    assert "停下了，3 个群先不发。" in await town.says("孙敏", f"推送 停 {title}")
    assert not await PlanPause.all().exists()
