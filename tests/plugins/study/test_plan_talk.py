"""推送 计划 through the real router: shown, changed in a line or by numbers, inherited, refused."""

from collections.abc import AsyncIterator
from datetime import date, datetime

import pytest
import pytest_asyncio

from core import config
from core.actors import Actor, Grant, RoleKind
from core.clock import FrozenClock, at_local
from core.errors import Refusal
from models import AuditLog, Delivery, Group, Push, Role, StudyPlan, Unit
from models.enums import Form
from plugins.study import library, plan_changes, plan_targets, planning, plans
from plugins.study.library import Library
from tests.plugins.mentoring.town import at
from tests.plugins.study.place import PIECES, Place, planted
from tests.plugins.study.reading import reviewed

LINE = "推送 计划 王家村 周三晚上7点 工钱和合同系列 一次2篇 两周一次 长图"
YES, LOOK, LEAVE, MORE = "1", "2", "3", "4"


@pytest_asyncio.fixture
async def town(
    database: str, keys: object, texts: object, clock: FrozenClock
) -> AsyncIterator[Place]:
    library.use(reviewed(PIECES))
    yield await planted(clock)
    library.use(Library.load(library.FOLDER))


async def next_hours() -> dict[str, datetime | None]:
    return {group.name: group.next_digest_at for group in await Group.all()}


async def test_given_no_plan_when_asked_then_the_default_is_said_in_plain_words(
    town: Place,
) -> None:
    assert await town.says("刘长河", "推送 计划") == (
        "王家村：每周一晚上8点发，一次 1 件，文字。\n"
        "内容：所有系列轮着来。\n"
        "碰上放假，挪到上班头一天。\n"
        "还没人定过，照一开始的设置。\n"
        "下一份：11月23日（周一）晚上8点，「党章第一课」。\n"
        "各群进度不一样，这是1号群的。\n"
        "1 改  2 看下一份  3 看别的单位和群"
    )


async def test_given_a_line_when_said_then_it_is_shown_first_and_holds_after_the_word(
    town: Place,
) -> None:
    assert await town.says("孙敏", LINE) == (
        "改了就是这样，您定了才算：\n"
        "王家村：每 2 周一次，周三晚上7点发，一次 2 件，长图。\n"
        "内容：工钱和合同。\n"
        "碰上放假，挪到上班头一天。\n"
        "下一份：11月25日（周三）晚上7点，「工钱被拖先做三步、合同要写哪几样」。\n"
        "各群进度不一样，这是1号群的。\n"
        "1 就这样  2 看样子  3 不改  4 再改一样"
    )
    assert not await StudyPlan.all().exists()
    assert (await town.says("孙敏", LOOK)).startswith(
        "本周学习：工钱被拖先做三步；合同要写哪几样。"
    )
    assert not await StudyPlan.all().exists()
    assert (await town.says("孙敏", YES)).startswith("定好了：王家村，2 个群照这个发。")
    row = await StudyPlan.get()
    assert (row.weekday, row.hour, row.pieces, row.every_weeks) == (2, 19, 2, 2)
    assert (row.form, row.series) == (Form.PICTURE, ["工钱和合同"])
    hours = await next_hours()
    assert hours["1号群"] == at_local(date(2026, 11, 25), 19)
    assert hours["李家村群"] is None
    audit = await AuditLog.get(action="study.plan_changed")
    assert (audit.subject_kind, audit.subject_id) == ("unit", town.units["王家村"].id)


async def test_given_numbers_alone_when_answered_then_a_plan_is_set_question_by_question(
    town: Place,
) -> None:
    assert await town.talks("刘长河", "推送 计划", "1") == (
        "改哪样？\n1 周几几点  2 发什么  3 一次几件  4 几周一次  5 什么样子  6 放假和停发"
    )
    assert "1 周一晚上8点  2 周三晚上7点" in await town.says("刘长河", "1")
    assert "每周三晚上7点发" in await town.says("刘长河", "2")
    town.open()  # a restart between question and answer: nothing was kept in memory
    assert (await town.talks("刘长河", MORE, "3")).endswith("1 一次 1 件  2 一次 2 件  3 一次 3 件")
    assert "一次 2 件" in await town.says("刘长河", "2")
    assert "6 再看几个" in await town.talks("刘长河", MORE, "2")
    assert "身体和安全" in await town.says("刘长河", "再看几个")
    assert "内容：工钱和合同、身体和安全。" in await town.says("刘长河", "工钱、身体")
    town.open()
    await town.says("刘长河", YES)
    row = await StudyPlan.get()
    assert (row.weekday, row.hour, row.pieces) == (2, 19, 2)
    assert row.series == ["工钱和合同", "身体和安全"]


async def test_given_a_village_plan_when_given_back_then_the_township_s_holds_again(
    town: Place,
) -> None:
    await town.talks("孙敏", "推送 计划 周五下午3点 一次2篇", YES)
    await town.talks("刘长河", "推送 计划 周三晚上7点", YES)
    assert "周几、几点是自己定的，别的跟柳河乡一样。" in await town.says("刘长河", "推送 计划")
    assert "下面自己定的：王家村。" in await town.says("孙敏", "推送 计划")
    assert "每周三晚上7点发，一次 2 件" in await town.says("刘长河", "推送 计划")
    await town.talks("刘长河", "推送 计划 王家村 跟乡里一样", YES)
    assert await StudyPlan.all().count() == 1
    answer = await town.says("刘长河", "推送 计划")
    assert "王家村：每周五下午3点发，一次 2 件" in answer
    assert "都跟柳河乡一样。" in answer
    assert set((await next_hours()).values()) == {at_local(date(2026, 11, 27), 15)}


async def test_given_one_group_when_changed_then_the_other_keeps_the_village_s(
    town: Place,
) -> None:
    await Group.filter(name="1号群").update(digest_weekday=4, digest_hour=18, digest_minute=15)
    assert "1号群：每周五晚上6点15分发" in await town.says("刘长河", "推送 计划 1号群")
    await town.talks("刘长河", "推送 计划 1号群 周六上午10点", YES)
    hours = await next_hours()
    assert hours["1号群"] == at_local(date(2026, 11, 28), 10)
    assert hours["2号群"] is None
    await town.talks("刘长河", "推送 计划 1号群 跟村里一样", YES)
    group = await Group.get(name="1号群")
    assert group.digest_weekday is None
    assert group.next_digest_at == at_local(date(2026, 11, 23), 20)


@pytest.mark.parametrize(
    ("who", "line"),
    [
        ("赵国强", "推送 计划 王家村 周三晚上7点"),
        ("赵国强", "推送 计划 柳河乡 周三晚上7点"),
        ("赵国强", "推送 计划 没有这个村 周三晚上7点"),
    ],
)
async def test_given_a_secretary_of_another_branch_when_he_names_it_then_nothing_is_told(
    town: Place, who: str, line: str
) -> None:
    assert await town.says(who, line) == "您能看的单位里没有这个。您能看：李家村。"
    assert await town.says("王建国", line) == "这个我不能给您看。看自己的，回「我的数据」。"


async def test_given_an_office_that_ended_when_the_question_is_answered_then_nothing_changes(
    town: Place,
) -> None:
    await town.says("刘长河", "推送 计划 周三晚上7点")
    village = town.units["王家村"]
    await Role.filter(unit=village).update(unit_id=town.units["李家村"].id)
    assert await town.says("刘长河", YES) == (
        "这个单位或群现在不归您管了，没动。回「推送 计划」看您管的。"
    )
    assert not await StudyPlan.all().exists()


async def test_given_a_group_of_another_branch_when_its_id_is_forged_then_it_is_refused(
    town: Place,
) -> None:
    village = town.units["李家村"]
    actor = Actor(
        person_id=town.people["赵国强"].id,
        grants=(Grant(RoleKind.BRANCH_SECRETARY, village.id, village.path),),
    )
    other = await Group.get(name="1号群")
    for key in (
        {"unit": village.id, "group": other.id},
        {"unit": other.unit_id, "group": other.id},
        {"unit": other.unit_id, "group": None},
        {},
    ):
        with pytest.raises(Refusal, match=r"study\.plan_gone"):
            await plan_changes.change(
                actor=actor, key=key, changes={"hour": 10}, seen="", now=town.clock.now()
            )


async def test_given_two_people_at_once_when_both_say_yes_then_the_second_hears_of_it(
    town: Place,
) -> None:
    await town.says("刘长河", "推送 计划 周三晚上7点")
    await town.says("孙敏", "推送 计划 王家村 周四晚上7点")
    said = " ".join(await town.at_once(("刘长河", YES), ("孙敏", YES)))
    assert said.count("定好了") == 1
    assert said.count("刚才有人改过") == 1
    assert await StudyPlan.all().count() == 1


async def test_given_the_same_again_when_said_then_nothing_is_asked(town: Place) -> None:
    await town.talks("刘长河", "推送 计划 周三晚上7点", YES)
    assert await town.says("刘长河", "推送 计划 周三晚上7点") == "王家村本来就是这样，没动。"
    assert await town.talks("刘长河", "推送 计划 周四", LEAVE) == "好，王家村的计划没动。"
    assert (await StudyPlan.get()).weekday == 2


async def test_given_a_plan_of_the_night_when_said_then_the_quiet_hours_are_named(
    town: Place,
) -> None:
    await Unit.filter(name="柳河乡").update(quiet_from=20 * 60, quiet_until=9 * 60)
    assert await town.says("刘长河", "推送 计划 晚上8点半") == (
        "晚上8点到第二天上午9点是休息时间，那会儿不发。换个钟点吧。"
    )
    assert (await town.says("刘长河", "推送 计划 晚上11点")).startswith("晚上9点到第二天早上8点")
    assert not await StudyPlan.all().exists()


async def test_given_nonsense_to_a_question_when_said_then_it_stays_open(town: Place) -> None:
    await town.talks("刘长河", "推送 计划", "1", "1")
    assert (await town.says("刘长河", "哪天都行吧")).startswith("「哪天行」我没看懂")
    assert (await town.says("刘长河", "9")).startswith("「9」我没看懂")
    assert "每周四晚上7点半发" in await town.says("刘长河", "周四晚上7点半")


async def test_given_the_digest_of_this_week_was_sent_when_the_day_moves_then_it_is_next_week_s(
    town: Place,
) -> None:
    town.go(at(11, 23, 20))
    assert await planning.plan_digests(now=town.clock.now()) == 3
    town.go(at(11, 24, 9))
    assert "下一份：12月2日（周三）晚上7点" in await town.says("刘长河", "推送 计划 周三晚上7点")
    await town.says("刘长河", YES)
    town.go(at(11, 25, 19))
    await planning.plan_digests(now=town.clock.now())
    group = await Group.get(name="1号群")
    assert await Push.filter(group=group).count() == 1
    assert group.next_digest_at == at_local(date(2026, 12, 2), 19)


async def test_given_a_platform_with_a_quota_when_changed_then_it_is_said_and_kept(
    town: Place,
) -> None:
    await town.group("官方群", platform="qq")
    answer = await town.says("刘长河", "推送 计划 周三晚上7点")
    assert "其中 1 个群，平台一个月最多让我发 4 条，发满了就留到下个月。" in answer
    group = await Group.get(name="官方群")
    for day in (2, 4, 9, 11):
        await Push.create(
            group=group, slot_at=at(11, day, 20), material="road", is_ordered=True,
            created_at=at(11, day, 20),
        )  # fmt: skip
    assert "下一份：12月7日（周一）晚上8点" in await town.says("刘长河", "推送 计划 官方群")
    assert config.settings().delivery.per_month == {"qq": 4}


async def test_given_the_turn_of_the_year_when_planned_then_the_next_digest_has_its_year(
    town: Place,
) -> None:
    town.go(at(12, 30, 9))
    assert "下一份：2027年1月4日（周一）晚上8点" in await town.says("刘长河", "推送 计划")
    town.go(at(2, 3, 9, year=2027))
    answer = await town.says("刘长河", "推送 计划 周六晚上7点")
    # 6 February 2027 is the new year: the holiday moves it to the first working day after.
    assert "下一份：2月9日（周二）晚上7点" in answer


async def test_given_other_units_and_groups_when_chosen_by_number_then_that_one_is_shown(
    town: Place,
) -> None:
    await town.talks("孙敏", "推送 计划 2号群 一次2篇", YES)
    answer = await town.talks("孙敏", "推送 计划", "看别的单位和群")
    assert answer.startswith("看哪一个？自己定过的排在前面。\n1 群：2号群")
    assert (await town.says("孙敏", "1")).startswith("2号群：每周一晚上8点发，一次 2 件")


async def test_given_a_county_wide_name_twice_when_said_then_it_is_asked(town: Place) -> None:
    await town.group("1号群", "李家村")
    answer = await town.says("孙敏", "推送 计划 1号群 周三")
    assert answer.startswith("叫这个名字的有几个：王家村 1号群、李家村 1号群。")


async def test_given_a_stopped_plan_when_its_hour_comes_then_nothing_is_owed(town: Place) -> None:
    await town.talks("刘长河", "推送 计划 先不发", YES)
    town.go(at(11, 23, 20))
    assert await planning.plan_digests(now=town.clock.now()) == 1
    assert await Delivery.all().count() == 1
    assert "接着发了" in await town.says("刘长河", "推送 接着")
    today = date(2026, 11, 23)
    outlook = await plans.outlook(town.units["王家村"], None, today=today)
    assert not outlook.plan().is_stopped


async def test_given_an_empty_scope_when_asked_then_it_is_refused(town: Place) -> None:
    with pytest.raises(Refusal, match=r"study\.push_no_unit"):
        await plan_targets.find(Actor(person_id=1), "")
