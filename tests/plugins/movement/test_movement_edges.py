"""Journeys off the script: addresses, years, two at once, pauses, nights, strangers, scopes."""

from datetime import date

import pytest

from core import crypto
from core.actors import RoleKind, Stage
from models import Account, Delivery, Dialogue, Mentorship, Movement, Person, Role, Unit
from models.enums import DeliveryState, MovementState, UnitKind
from plugins import movement
from plugins.identity import service as identity
from plugins.movement import queries
from tests.plugins.movement.conftest import Away, at

NOT_FOR_YOU = "这个我不能给您看。看自己的，回「我的数据」。"


async def told_to(away: Away, name: str) -> list[str]:
    return [words for who, words in away.end.sent if who == name]


async def test_given_an_address_when_he_leaves_then_only_the_city_is_kept(away: Away) -> None:
    said = await away.says("王建国", "出发 南港市东城区幸福路12号 11月25日")

    assert said.splitlines()[:2] == [
        "记下了，11月25日（周三）去南港，周德厚会知道。",
        "只记城市，详细地址没留。",
    ]
    row = await Movement.get()
    assert (row.to_city, row.leaves_on) == ("南港", date(2026, 11, 25))


async def test_given_an_address_when_the_city_is_asked_then_it_is_refused(away: Away) -> None:
    await away.says("王建国", "出发")
    assert await away.says("王建国", "幸福路12号3栋") == (
        "详细地址不用给我，没存。只回城市名就行，比如「东莞」。"
    )
    assert "幸福路" not in str([row.body_sealed for row in await Dialogue.all()])
    assert (await away.says("王建国", "佛山")).startswith("哪天走？")


@pytest.mark.parametrize(
    ("said", "today", "first"),
    [
        ("出发 南港 腊月二十一", at(11, 23), "记下了，2027年1月28日（周四）去南港，"),
        ("出发 南港 12月30日", at(11, 23), "记下了，12月30日（周三）去南港，"),
        ("出发 12月30日 南港", at(2, 20, year=2027), "记下了，12月30日（周四）去南港，"),
        ("出发 1月2日去南港", at(12, 28), "记下了，2027年1月2日（周六）去南港，"),
        ("出发 南港 昨天", at(11, 23), "记下了，11月22日（周日）去了南港，"),
        ("出发 南港 正月初八", at(12, 31), "记下了，2027年2月13日（周六）去南港，"),
        (
            "出发 去东莞 11月25日 腊月二十回",
            at(11, 23),
            "记下了，11月25日（周三）去东莞，打算2027年1月27日回，",
        ),
    ],
)
async def test_given_a_day_near_the_turn_of_a_year_when_he_leaves_then_it_is_the_nearest(
    away: Away, said: str, today: object, first: str
) -> None:
    away.go(today)  # type: ignore[arg-type]
    answer = await away.says("王建国", said)
    assert answer.startswith(first + "周德厚会知道。"), answer
    assert (await Movement.get()).state is (
        MovementState.AWAY if "去了" in first else MovementState.PLANNED
    )


async def test_given_a_day_just_over_when_the_next_is_far_then_it_is_asked_which(
    away: Away,
) -> None:
    away.go(at(1, 6, year=2027))
    assert await away.says("王建国", "出发 南港 12月30日") == (
        "哪天走？1 2026年12月30日（周三），已经走了  2 12月30日（周四）  3 别的日子"
    )
    assert (await away.says("王建国", "1")).startswith("记下了，2026年12月30日（周三）去了南港，")
    row = await Movement.get()
    assert (row.state, row.asks_on) == (MovementState.AWAY, date(2027, 1, 7))


async def test_given_an_unclear_day_when_he_leaves_then_it_is_asked(away: Away) -> None:
    assert await away.says("王建国", "出发 南港 过完年") == (
        "哪天走？1 今天  2 明天  3 后天  4 别的日子"
    )
    assert await away.says("王建国", "说不好") == (
        "没看懂是哪天，还没记。回个日子就行，比如「11月25日」。不记了回「取消」。"
    )
    assert (await away.says("王建国", "2月20日")).startswith(
        "记下了，2027年2月20日（周六）去南港，"
    )


async def test_given_the_small_hours_when_he_says_today_then_it_is_asked_which_day(
    away: Away,
) -> None:
    away.go(at(11, 24, 1, 30))
    assert await away.says("王建国", "出发 南港 今天") == (
        "哪天走？1 11月24日（周二）  2 11月25日（周三）  3 别的日子"
    )


async def test_given_words_that_are_no_city_when_he_leaves_then_they_are_asked_back(
    away: Away,
) -> None:
    assert await away.says("王建国", "出发 哈哈哈 明天") == ("「哈哈哈」是城市名吗？1 是  2 不是")
    assert await away.says("王建国", "2") == "去哪座城市？1 南港  2 别的城市"
    assert await away.says("王建国", "?? 123") == (
        "没看出是哪座城市，还没记。只要城市名，比如「东莞」。不记了回「取消」。"
    )
    assert (await away.says("王建国", "乐清")).startswith("记下了，11月24日（周二）去乐清，")
    assert await away.says("陈玉梅", "出发 白云县 明天") == "「白云县」是城市名吗？1 是  2 不是"
    assert (await away.says("陈玉梅", "1")).startswith("记下了，11月24日（周二）去白云县，")


async def test_given_a_journey_when_another_is_reported_then_it_takes_its_place(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 11月25日")
    await away.until(at(11, 23, 9, 30))
    answer = await away.says("王建国", "出发 东莞 12月1日")

    assert answer.splitlines()[:2] == [
        "记下了，12月1日（周二）去东莞，周德厚会知道。",
        "原来说的11月25日去南港，不算了。",
    ]
    await away.until(at(12, 2, 19))
    assert await told_to(away, "王建国") == []
    await away.until(at(12, 8, 19))
    assert await told_to(away, "王建国") == ["到东莞了吗？1 到了  2 还在路上  3 没去"]
    assert [row.state for row in await Movement.all().order_by("id")] == [
        MovementState.CANCELLED,
        MovementState.AWAY,
    ]
    assert (await Person.get(name="王建国")).city == "东莞"


async def test_given_somebody_on_the_way_when_he_goes_on_then_he_goes_on_from_there(
    away: Away,
) -> None:
    await Person.filter(name="王建国").update(city="苏州")
    await away.says("王建国", "出发 南港 今天")
    assert (await Person.get(name="王建国")).city == "南港"

    await away.says("王建国", "出发 东莞 11月30日")
    assert (await Person.get(name="王建国")).city == "南港"
    assert (await away.says("王建国", "不走了")).startswith("好，11月30日去东莞不算了。")
    assert (await Person.get(name="王建国")).city == "南港"


async def test_given_two_people_when_both_leave_then_each_is_asked_of_his_own(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 11月25日")
    await away.says("陈玉梅", "出发 苏州 11月25日")
    sent = await away.until(at(12, 2, 19))
    assert sorted(one for one in sent if one[0] in {"王建国", "陈玉梅"}) == [
        ("王建国", "到南港了吗？1 到了  2 还在路上  3 没去"),
        ("陈玉梅", "到苏州了吗？1 到了  2 还在路上  3 没去"),
    ]
    assert await away.says("陈玉梅", "1") == "记下了，您到苏州了。周德厚会知道。"
    assert (await Person.get(name="王建国")).city == "南港"
    assert (await Movement.get(to_city="南港")).state is MovementState.AWAY


async def test_given_a_pause_when_the_day_comes_then_the_question_waits_for_its_end(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 11月25日")
    await away.says("王建国", "夜班到12月5日")
    for day in (2, 4, 5):
        await away.until(at(12, day, 19))
    assert await told_to(away, "王建国") == []
    await away.until(at(12, 6, 19))
    assert await told_to(away, "王建国") == ["到南港了吗？1 到了  2 还在路上  3 没去"]


async def test_given_a_planned_question_when_he_pauses_that_day_then_it_comes_after(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 11月25日")
    await away.until(at(12, 2, 0, 30))
    await away.says("王建国", "夜班到12月3日")
    await away.until(at(12, 2, 19))
    assert await told_to(away, "王建国") == []
    await away.until(at(12, 4, 0, 30))
    await away.until(at(12, 4, 19))
    assert len(await told_to(away, "王建国")) == 1
    await away.until(at(12, 12, 19))
    assert len(await told_to(away, "王建国")) == 1


async def test_given_downtime_over_the_hour_when_it_runs_at_night_then_it_is_quiet_till_eight(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 11月25日")
    await away.until(at(12, 3, 23))
    assert await told_to(away, "王建国") == []
    await away.until(at(12, 4, 8, 1))
    assert await told_to(away, "王建国") == ["到南港了吗？1 到了  2 还在路上  3 没去"]


async def test_given_he_said_that_he_arrived_when_the_day_comes_then_he_is_not_asked(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 11月25日")
    away.go(at(11, 26, 20))
    assert (await away.says("王建国", "到南港了")).startswith("好。南港有联络点，")
    await away.until(at(12, 5, 19))
    assert await told_to(away, "王建国") == []


async def test_given_a_restart_when_the_answer_comes_then_it_is_taken(away: Away) -> None:
    await away.says("王建国", "出发")
    again = Away(away.clock)
    assert await again.says("王建国", "1") == "哪天走？1 今天  2 明天  3 后天  4 别的日子"
    again = Away(away.clock)
    assert (await again.says("王建国", "2")).startswith("记下了，11月24日（周二）去南港，")


async def test_given_an_old_question_when_the_journey_ended_meanwhile_then_nothing_moves(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 11月25日")
    await away.until(at(12, 2, 19))
    await Movement.all().update(state=MovementState.CANCELLED)
    assert await away.says("王建国", "1") == (
        "这一趟前面已经变了，这次没动。要说新的，回「出发」或「到了」。"
    )


async def test_given_no_journey_when_he_arrives_then_the_city_is_asked(away: Away) -> None:
    assert await away.says("王建国", "到了") == "到哪座城市了？1 南港  2 别的城市"
    assert (await away.says("王建国", "1")).startswith("好。南港有联络点，")
    assert (await Person.get(name="王建国")).left_on == date(2026, 11, 23)
    assert await away.says("陈玉梅", "到了 东莞长安镇") == "记下了，您到东莞了。周德厚会知道。"


async def test_given_a_plan_for_later_when_he_arrives_elsewhere_then_the_plan_stays(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 12月30日")
    assert await away.says("王建国", "到了 佛山") == "记下了，您到佛山了。周德厚会知道。"
    assert (await Movement.get(to_city="南港")).state is MovementState.PLANNED
    assert (await Person.get(name="王建国")).city == "佛山"


async def test_given_another_city_when_he_changes_then_it_is_kept_and_told(away: Away) -> None:
    await Person.filter(name="王建国").update(city="苏州", left_on=date(2026, 3, 1))
    assert await away.says("王建国", "换地方") == "还在苏州吗？1 还在  2 换城市了"
    assert await away.says("王建国", "2") == "换到哪座城市了？1 苏州  2 南港  3 别的城市"
    assert await away.says("王建国", "东莞") == "记下了，换到东莞。周德厚会知道。"
    person = await Person.get(name="王建国")
    assert (person.city, person.left_on) == ("东莞", date(2026, 3, 1))
    await away.until(at(11, 23, 9, 30))
    assert await told_to(away, "周德厚") == ["王建国换到东莞了。这条不用回。"]
    assert (await away.says("王建国", "换城市 南港")).startswith("好。南港有联络点，")


async def test_given_an_employer_when_it_is_offered_then_it_is_sealed_and_told_once(
    away: Away,
) -> None:
    await Person.filter(name="王建国").update(city="南港")
    await away.says("王建国", "换厂了")
    await away.says("王建国", "还在")
    assert await away.says("王建国", "南港市东城区幸福路12号") == (
        "里面像有地址，没存。只发厂名，不想留回「不说」。"
    )
    assert await away.says("王建国", "海星电子厂") == "留下了，锁好存着，只告诉周德厚。"
    row = await Movement.get()
    assert row.employer_sealed is not None
    assert "海星".encode() not in row.employer_sealed
    assert queries.open_employer(row) == "海星电子厂"
    assert await movement.employers([row.person_id]) == {row.person_id: "海星电子厂"}
    with pytest.raises(Exception, match="sealed"):
        crypto.unseal_text(row.employer_sealed, place="movement.employer:other")
    await away.until(at(11, 23, 9, 30))
    assert await told_to(away, "周德厚") == [
        "王建国换厂了，还在南港，厂名是「海星电子厂」。\n本人愿意说的，别往外传。这条不用回。"
    ]


async def test_given_other_words_when_the_employer_may_be_told_then_they_are_not_kept(
    away: Away,
) -> None:
    await Person.filter(name="王建国").update(city="南港")
    await away.says("王建国", "换厂了")
    await away.says("王建国", "1")
    assert (
        await away.says("王建国", "今天好累")
        == "「今天好累」是厂名吗？是就留下。1 是  2 不是，不留"
    )
    assert await away.says("王建国", "2") == "好，不留。"
    await away.says("王建国", "换厂了")
    await away.says("王建国", "1")
    away.later(hours=5)
    assert (await away.says("王建国", "海星电子厂")).startswith("问厂名是好一阵前的事了")
    assert await Movement.filter(employer_sealed__isnull=False).count() == 0


async def test_given_no_city_on_record_when_he_changes_employer_then_the_city_is_asked(
    away: Away,
) -> None:
    assert await away.says("王建国", "换厂了") == "您现在在哪座城市？1 南港  2 别的城市"
    assert (await away.says("王建国", "1")).startswith("记下了，换厂，还在南港。")


async def test_given_cards_when_numbers_are_sent_then_each_opens_and_one_comes_as_a_picture(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 11月25日")
    first = await away.says("王建国", "1")
    assert first.startswith(
        "出门在外，有事找谁\n家里这头找周德厚，他跟您联系；再找王家村支书刘长河。"
    )
    assert first.endswith("1 找谁  2 学什么  3 何时汇报  4 工钱工伤  5 手机防骗  6 存成图片")
    report = await away.says("王建国", "3")
    assert "走的这个季度到12月31日，下个季度到3月31日。" in report
    assert await away.says("王建国", "6") == (
        "这是「什么时候汇报，汇报什么」的图，存手机里，没网也能看。"
    )
    away.later(hours=30)
    assert (await away.says("王建国", "5")).startswith("那张单子隔天了，给您张新的")
    assert (await away.says("王建国", "5")).startswith("手机上，记住五句\n")
    assert await Movement.all().count() == 1


async def test_given_nobody_in_charge_with_an_account_when_he_leaves_then_nothing_is_promised(
    away: Away,
) -> None:
    await Account.filter(account_id__in=["周德厚", "刘长河"]).update(person_id=None, bound_at=None)
    assert (await away.says("王建国", "出发 南港 11月25日")).startswith(
        "记下了，11月25日（周三）去南港。走之前也跟支书说一声。\n"
    )
    assert await Delivery.all().count() == 0


async def test_given_no_mentor_when_he_leaves_then_the_secretary_knows(away: Away) -> None:
    await Mentorship.filter(person=away.people["王建国"]).update(until_on=date(2026, 11, 1))
    assert "刘长河会知道" in await away.says("王建国", "出发 南港 11月25日")
    await away.until(at(11, 23, 9, 30))
    assert len(await told_to(away, "刘长河")) == 1


async def test_given_an_account_released_when_the_day_comes_then_nobody_is_asked(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 11月25日")
    await identity.unbind_person(
        actor=await away.actor("刘长河"),
        person_id=away.people["王建国"].id,
        now=away.clock.now(),
    )
    await away.until(at(12, 2, 19))
    assert await told_to(away, "王建国") == []
    assert await Delivery.filter(purpose="movement.arrival").count() == 0


async def test_given_a_person_erased_when_a_planned_question_comes_then_it_is_not_owed(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 11月25日")
    await away.until(at(12, 2, 0, 30))
    await Movement.all().delete()
    await away.until(at(12, 2, 19))
    assert await told_to(away, "王建国") == []
    row = await Delivery.get(purpose="movement.arrival")
    assert row.state is DeliveryState.CANCELLED


async def test_given_a_full_member_by_now_when_the_day_comes_then_he_is_not_asked(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 11月25日")
    await Person.filter(name="王建国").update(stage=Stage.FULL_MEMBER)
    await away.until(at(12, 2, 19))
    assert await told_to(away, "王建国") == []


async def test_given_a_stranger_or_a_group_when_a_word_is_said_then_nothing_is_kept(
    away: Away,
) -> None:
    assert (await away.says("陌生人", "出发 南港 明天")).startswith("我是雁阵")
    assert sorted(await away.hear("王建国", "出发", group="77")) == [
        "group:这个我私下回您。",
        "去哪座城市？1 南港  2 别的城市",
    ]
    assert await Movement.all().count() == 0
    assert await away.says("刘长河", "出发 南港 明天") == (NOT_FOR_YOU)


async def test_given_the_branch_when_the_sheet_is_asked_then_talks_are_ticked_by_number(
    away: Away,
) -> None:
    assert await away.says("刘长河", "行前清单") == "近来没有人说要出发。"
    await away.says("陈玉梅", "出发 东莞 11月28日")
    await away.says("王建国", "出发 南港 11月25日")
    sheet = (
        "近来说要出发的 2 人：\n"
        "1 王建国，11月25日（周三）去南港，还没谈\n"
        "2 陈玉梅，11月28日（周六）去东莞，还没谈\n"
        "走之前谈过了，回数字记上。"
    )
    assert await away.says("刘长河", "行前清单") == sheet
    assert await away.says("刘长河", "1") == (
        "记上了：王建国，走之前谈过了。接着记，回「行前清单」。"
    )
    row = await Movement.get(to_city="南港")
    assert (row.talk_by_id, row.talk_at) == (away.people["刘长河"].id, away.clock.now())
    assert (await away.says("刘长河", "行前清单")).splitlines()[1:3] == [
        "1 陈玉梅，11月28日（周六）去东莞，还没谈",
        "2 王建国，11月25日（周三）去南港，11月23日记的谈过",
    ]
    assert await away.says("刘长河", "2") == "王建国11月23日记过谈过了。1 留着  2 记错了，拿掉"
    assert await away.says("刘长河", "2") == "拿掉了：王建国，还没谈。"
    assert await away.says("刘长河", "行前清单") == sheet


async def test_given_another_branch_when_the_sheet_is_asked_then_its_people_are_not_there(
    away: Away,
) -> None:
    await away.unit("李家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await away.person("李国民", "李家村", Stage.FULL_MEMBER)
    await away.office("李国民", RoleKind.BRANCH_SECRETARY, "李家村")
    await away.says("王建国", "出发 南港 11月25日")
    assert await away.says("李国民", "行前清单") == "近来没有人说要出发。"
    await away.says("刘长河", "行前清单")
    await Person.filter(name="王建国").update(home_unit=away.units["李家村"])
    assert await away.says("刘长河", "1") == "您能看的人里没有这一位，什么都没动。"
    assert (await Movement.get()).talk_at is None
    for name in ("王建国", "周德厚", "孙敏"):
        assert await away.says(name, "行前清单") == (NOT_FOR_YOU)


async def test_given_a_menu_when_it_is_opened_then_only_what_exists_is_listed(away: Away) -> None:
    assert (await away.says("王建国", "菜单")).startswith("1 出发、到了、换地方\n")
    assert (await away.says("王建国", "1")).startswith("1 出发  2 到了  3 换地方\n")
    assert await away.says("王建国", "1") == "去哪座城市？1 南港  2 别的城市"
    assert (await away.says("刘长河", "菜单")).startswith("1 行前清单")


async def test_given_an_office_of_another_county_when_he_arrives_then_it_is_not_offered(
    away: Away,
) -> None:
    await away.unit("外县", UnitKind.COUNTY)
    await away.unit("外县驻东莞", UnitKind.LIAISON_OFFICE, "外县")
    await Unit.filter(name="外县驻东莞").update(city="东莞")
    await away.person("罗春梅", "外县驻东莞", Stage.FULL_MEMBER)
    await away.office("罗春梅", RoleKind.LIAISON_OFFICER, "外县驻东莞")
    assert await away.says("王建国", "到东莞了") == "记下了，您到东莞了。周德厚会知道。"


async def test_given_the_officer_left_when_he_is_to_be_told_then_it_is_said(away: Away) -> None:
    await away.says("王建国", "到南港了")
    await Role.filter(person=away.people["何志远"]).update(until_on=date(2026, 11, 1))
    assert await away.says("王建国", "1") == "南港眼下没有联络点的人，没告诉别人。"
    assert await Delivery.filter(purpose="movement.office").count() == 0


@pytest.mark.parametrize("said", ["到时候了", "到现在工钱还没发了", "到底去哪了", "他到了没有"])
async def test_given_a_sentence_that_only_looks_like_it_when_it_is_said_then_nobody_moves(
    away: Away, said: str
) -> None:
    assert not (await away.says("王建国", said)).startswith(("记下了", "好。"))
    assert await Movement.all().count() == 0


@pytest.mark.parametrize("is_erased", [True, False])
async def test_given_a_journey_gone_when_its_news_is_due_then_nobody_hears_of_it(
    away: Away, is_erased: bool
) -> None:
    away.go(at(11, 23, 22))
    await away.says("王建国", "出发 南港 11月25日")
    if is_erased:
        await Movement.all().delete()
    else:
        await Movement.all().update(state=MovementState.CANCELLED)
    assert await away.until(at(11, 24, 8, 1)) == []
    assert (await Delivery.get()).state is DeliveryState.CANCELLED
