"""Dialogues 3.13: the page of numbers, the villages, the group, and who still owes."""

from datetime import date

import pytest

from core.actors import RoleKind
from core.texts import render
from models import Delivery, Group, Mentorship, Message, Push
from models.enums import Outcome, Priority, ReportState, UnitKind
from plugins.delivery import bodies
from tests.plugins.mentoring.town import GROUP, Town, at
from tests.plugins.stats.conftest import contact, report

PAGE = (
    "柳河乡 三季度\n申请人 41  积极分子 23  发展对象 4  预备党员 3\n"
    "汇报：该交 30，交了 26（补交 2），看过 22，请补 1\n联系：30 人里 27 人有记录，最长 96 天\n"
    "1 分村  2 跟上季比  3 图  4 明细"
)


async def test_given_a_township_when_a_quarter_is_asked_then_it_is_the_page_of_the_script(
    township: Town,
) -> None:
    assert await township.says("孙敏", "统计 三季度") == PAGE
    assert await township.says("孙敏", "汇总 三季度 柳河乡") == PAGE


async def test_given_the_page_when_villages_are_chosen_then_they_are_listed_without_names(
    township: Town,
) -> None:
    await township.says("孙敏", "统计 三季度")

    assert await township.says("孙敏", "1") == (
        "1 王家村，8 份交了 7 份  2 李家村，12 份交了 11 份  3 赵家村，10 份交了 8 份\n"
        "回数字看一个村。姓名在支部那里。"
    )
    assert (await township.says("孙敏", "3")).startswith(
        "赵家村 三季度\n申请人 0  积极分子 3  发展对象 4  预备党员 3\n汇报：该交 10，交了 8"
    )


async def test_given_the_page_when_the_quarter_before_is_chosen_then_both_are_shown(
    township: Town,
) -> None:
    await report(township.people["王家村0"], ReportState.DONE, quarter="2026Q2")
    await township.says("孙敏", "统计 三季度")

    assert await township.says("孙敏", "2") == (
        "柳河乡 三季度和二季度：\n汇报：三季度该交 30，交了 26；二季度该交 30，交了 1\n"
        "联系：三季度 30 人里 27 人有记录；二季度 30 人里 0 人\n"
        "最长没联系：三季度 96 天，二季度 180 天"
    )


async def test_given_a_secretary_when_he_asks_then_he_gets_his_branch_alone(township: Town) -> None:
    assert await township.says("刘长河", "统计 三季度") == (
        "王家村 三季度\n申请人 0  积极分子 8  发展对象 0  预备党员 0\n"
        "汇报：该交 8，交了 7，看过 7，请补 0\n联系：8 人里 8 人有记录，最长 29 天\n"
        "1 跟上季比  2 图  3 明细"
    )


async def test_given_a_liaison_officer_when_he_asks_then_those_in_his_city_are_counted(
    township: Town,
) -> None:
    answer = await township.says("何志远", "统计 三季度")

    assert answer.startswith("驻东莞 三季度\n申请人 0  积极分子 7  发展对象 0  预备党员 0\n")


async def test_given_a_place_away_when_the_township_names_it_then_its_own_people_there_count(
    township: Town,
) -> None:
    answer = await township.says("孙敏", "统计 三季度 只看驻东莞")

    assert answer.startswith("驻东莞 三季度\n申请人 0  积极分子 7  发展对象 0  预备党员 0\n")


async def test_given_neighbours_in_the_same_city_when_the_township_names_it_then_only_its_own_count(
    township: Town,
) -> None:
    await township.unit("青山乡", UnitKind.TOWNSHIP, "县")
    await township.person("外乡人", "青山乡", consents=(), inflow="驻东莞")

    answer = await township.says("孙敏", "统计 三季度 驻东莞")
    for_the_city = await township.says("何志远", "统计 三季度")

    assert "积极分子 7 " in answer
    assert "积极分子 8 " in for_the_city


@pytest.mark.parametrize("unit", ["李家村", "无此村", "县"])
async def test_given_a_unit_out_of_scope_when_it_is_named_then_the_words_are_the_same(
    township: Town, unit: str
) -> None:
    assert (
        await township.says("刘长河", f"统计 {unit}") == "您能看的单位里没有这个。您能看：王家村。"
    )


async def test_given_a_township_when_an_unknown_unit_is_named_then_it_hears_what_it_can_see(
    township: Town,
) -> None:
    assert await township.says("孙敏", "统计 无此村") == (
        "您能看的单位里没有这个。您能看：柳河乡和下面 3 个村。"
    )


async def _pushes(town: Town, unit: str, number: int) -> None:
    group = await Group.create(
        platform="onebot11", chat_id="9", self_id="1", unit=town.units[unit], bound_at=at(10, 1)
    )
    for place in range(number):
        await Push.create(
            group=group, slot_at=at(10, 5 + place, 20), material=f"m{place}", created_at=at(10, 5)
        )


async def test_given_enough_people_when_it_is_asked_in_a_group_then_totals_are_said(
    township: Town,
) -> None:
    await _pushes(township, "王家村", 8)
    for pair in (await _pairs(township))[:24]:
        await contact(pair, date(2026, 10, 10))

    heard = await township.hear("孙敏", "统计", group=GROUP)

    assert heard == [
        "group:柳河乡本季：学习发了 8 次；30 人里 24 人和联系人通过话。别的我私下发您。"
    ]
    delivery = await Delivery.get(purpose="stats.answer")
    assert (delivery.target, delivery.priority) == (
        f"person:{township.people['孙敏'].id}",
        Priority.NOTICE,
    )
    message = await Message.get(id=delivery.message_id)
    text = bodies.unseal(message.body_sealed, uid=message.uid).parts[0].text
    assert text.startswith("柳河乡 四季度\n申请人 41")
    assert text.endswith("1 分村  2 跟上季比  3 图  4 明细")


async def _pairs(town: Town) -> list[Mentorship]:
    return await Mentorship.all().order_by("id")


@pytest.mark.parametrize("reached", [3, 4, 26, 29])
async def test_given_a_figure_or_its_rest_below_five_when_asked_in_a_group_then_nothing_is_said(
    township: Town, reached: int
) -> None:
    for pair in (await _pairs(township))[:reached]:
        await contact(pair, date(2026, 10, 10))

    heard = await township.hear("孙敏", "统计", group=GROUP)

    assert heard == ["group:人数少，群里不说，我私下回您。"]
    assert await Delivery.filter(purpose="stats.answer").count() == 1


@pytest.mark.parametrize("reached", [0, 5, 25, 30])
async def test_given_a_figure_and_its_rest_of_nobody_or_five_when_asked_then_it_is_said(
    township: Town, reached: int
) -> None:
    for pair in (await _pairs(township))[:reached]:
        await contact(pair, date(2026, 10, 10))

    heard = await township.hear("孙敏", "统计", group=GROUP)

    assert heard == [
        f"group:柳河乡本季：学习发了 0 次；30 人里 {reached} 人和联系人通过话。别的我私下发您。"
    ]


async def test_given_vain_tries_and_lines_taken_back_when_counted_then_only_talks_are_talks(
    township: Town,
) -> None:
    pairs = await _pairs(township)
    for pair in pairs[:10]:
        await contact(pair, date(2026, 10, 10), Outcome.NO_ANSWER)
    for pair in pairs[10:20]:
        await contact(pair, date(2026, 10, 10), taken_back=True)

    heard = await township.hear("孙敏", "统计", group=GROUP)

    assert "30 人里 0 人和联系人通过话" in heard[0]
    assert "30 人里 10 人有记录" in await township.says("孙敏", "统计")


async def test_given_two_who_owe_when_the_secretary_asks_then_they_are_named(town: Town) -> None:
    town.go(at(12, 18, 9))
    await report(town.people["王建国"], ReportState.WAITING_MENTOR, quarter="2026Q4")
    await _reminded(town, "陈玉梅", "2026Q4:14")
    await contact(await town.pair("李强"), date(2026, 11, 25), Outcome.NUMBER_DEAD)

    assert await town.says("刘长河", "未交") == (
        "王家村 四季度还没交的 2 人，到12月31日：\n"
        "1 陈玉梅，提醒过 1 次  2 李强，没联系上，没提醒\n"
        "回数字看能做什么。名单别转到群里。"
    )
    assert await town.says("刘长河", "2") == (
        "李强：问问家里人、同去的老乡。有音信了回「记联系 李强」。"
    )


async def _reminded(town: Town, name: str, occasion: str) -> None:
    now = town.clock.now()
    message = await Message.create(
        uid="m1", purpose="thought_report.reminder", body_sealed=b"x", created_at=now
    )
    await Delivery.create(
        message=message, purpose="thought_report.reminder", occasion=occasion,
        target=f"person:{town.people[name].id}", priority=20, state="sent", not_before=now,
        created_at=now, updated_at=now,
    )  # fmt: skip


async def test_given_a_mentor_when_he_asks_who_owes_then_only_his_people_are_named(
    town: Town,
) -> None:
    await town.person("马小军")

    answer = await town.says("周德厚", "谁没交")

    assert answer.startswith("您带的人 四季度还没交的 3 人，到12月31日：\n1 王建国，没提醒")
    assert "马小军" not in answer
    assert "4 马小军，没提醒" in await town.says("刘长河", "未交")


async def test_given_a_township_when_it_asks_who_owes_then_it_gets_numbers(township: Town) -> None:
    assert await township.says("孙敏", "未交 三季度") == (
        "柳河乡 三季度还没交的 4 人：\n王家村 1 人，李家村 1 人，赵家村 2 人\n姓名在支部那里。"
    )


async def test_given_everybody_handed_in_when_it_is_asked_then_that_is_said(town: Town) -> None:
    for name in ("王建国", "陈玉梅", "李强"):
        await report(town.people[name], ReportState.DONE, quarter="2026Q4")

    assert await town.says("刘长河", "未交") == "王家村 四季度的都交了。"


async def test_given_a_long_silence_when_it_is_asked_then_the_longest_stands_first(
    town: Town,
) -> None:
    assert await town.says("刘长河", "谁没联系") == (
        "王家村 90 天没联系上的 1 人：\n1 王建国，95 天\n回数字看能做什么。名单别转到群里。"
    )
    assert (await town.says("周德厚", "谁没联系 80")).startswith(
        "您带的人 80 天没联系上的 3 人：\n1 王建国，95 天  2 陈玉梅，89 天  3 李强，82 天\n"
    )
    assert await town.says("孙敏", "多久没联系") == (
        "柳河乡 90 天没联系上的 1 人：\n王家村 1 人\n姓名在支部那里。"
    )
    assert await town.says("刘长河", "谁没联系 120天") == "王家村 120 天里都联系过。"


async def test_given_more_than_six_when_they_are_listed_then_the_sixth_number_turns_the_page(
    town: Town,
) -> None:
    for number in range(6):
        await town.person(f"周{number}民")

    first = await town.says("刘长河", "未交")
    second = await town.says("刘长河", "6")

    assert "9 人" in first
    assert "5 周1民，没提醒  6 下一页" in first
    assert "1 周2民，没提醒  2 周3民" in second


async def test_given_the_list_when_it_is_asked_in_a_group_then_it_goes_to_private_chat(
    town: Town,
) -> None:
    heard = await town.hear("刘长河", "未交", group=GROUP)

    assert heard[0].startswith("王家村 四季度还没交的 3 人")
    assert heard[1] == "group:这个我私下回您。"


async def test_given_a_worker_when_he_asks_for_numbers_then_he_may_not(town: Town) -> None:
    assert await town.says("王建国", "统计") == render("reception.not_allowed")


async def test_given_an_office_over_nothing_when_it_asks_then_there_is_nothing_to_see(
    town: Town,
) -> None:
    await town.unit("李家村", town.units["王家村"].kind, "柳河乡")
    await town.person("吴芳", "李家村", town.people["刘长河"].stage)
    await town.office("吴芳", RoleKind.ORGANIZATION_COMMISSIONER, "李家村")

    assert await town.says("吴芳", "统计") == (
        "李家村 四季度\n申请人 0  积极分子 0  发展对象 0  预备党员 0\n"
        "汇报：该交 0，交了 0，看过 0，请补 0\n联系：还没有定联系人。\n1 跟上季比  2 图  3 明细"
    )


async def test_given_a_second_version_when_it_is_counted_then_the_newest_says_where_it_stands(
    town: Town,
) -> None:
    person = town.people["王建国"]
    await report(person, ReportState.RETURNED, quarter="2026Q4", late=True)
    assert "交了 1（补交 1），看过 0，请补 1" in await town.says("刘长河", "统计")

    await report(person, ReportState.DONE, quarter="2026Q4", version=2)

    assert "交了 1（补交 1），看过 1，请补 0" in await town.says("刘长河", "统计")


async def test_given_two_questions_in_a_group_when_they_are_asked_then_each_is_answered_once(
    township: Town,
) -> None:
    await township.hear("孙敏", "统计", group=GROUP)
    await township.hear("孙敏", "统计 三季度", group=GROUP, key="again")
    await township.hear("孙敏", "统计 三季度", group=GROUP, key="again")

    assert await Delivery.filter(purpose="stats.answer").count() == 2
