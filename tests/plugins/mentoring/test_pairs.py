"""指定联系人, 换联系人, 联系记录, 联系规矩: as a secretary says them."""

from datetime import date

import pytest

from core.actors import ConsentKind, Stage
from models import AuditLog, Consent, Delivery, Mentorship, ReadLog, StandIn
from models.enums import ConsentDecision, StandInState
from plugins.mentoring.unit_rules import RuleBook
from tests.plugins.mentoring.owed import words_to
from tests.plugins.mentoring.town import Town, at


async def test_given_a_person_when_the_secretary_appoints_then_the_first_talk_is_on_the_list(
    town: Town,
) -> None:
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)

    heard = await town.says("刘长河", "指定联系人 王建国 李秀兰")

    assert heard == "定好了：李秀兰从今天起联系王建国。11月30日前先谈一次，也告诉李秀兰了。"
    assert await words_to("李秀兰") == [
        "刘长河请您做王建国的联系人。11月30日前先谈一次，谈完记一笔就行。以前没有联系记录。"
    ]
    assert "联系王建国（还没联系过）" in await town.says("李秀兰", "待办")


async def test_given_a_mentor_away_when_he_is_appointed_then_his_deputy_hears_of_the_first_talk(
    town: Town,
) -> None:
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    await town.person("马小军")
    await StandIn.create(
        uid="s", mentor=town.people["李秀兰"], deputy=town.people["周德厚"],
        from_on=date(2026, 11, 20), until_on=date(2026, 12, 5), state=StandInState.AGREED,
        source_key="s", asked_at=town.clock.now(),
    )  # fmt: skip

    await town.says("刘长河", "指定联系人 马小军 李秀兰")

    assert len(await words_to("李秀兰")) == 1
    assert await words_to("周德厚") == [
        "支部请李秀兰做马小军的联系人。这几天您代李秀兰，请您11月30日前先谈一次，谈完记一笔就行。"
    ]


async def test_given_two_mentors_when_a_third_is_named_then_it_is_refused(town: Town) -> None:
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    await town.says("刘长河", "指定联系人 王建国 李秀兰")

    heard = await town.says("刘长河", "指定联系人 王建国 孙敏")

    assert heard == "王建国已有两位联系人：周德厚和李秀兰。最多两位，要换回「换联系人」。"
    assert await Mentorship.filter(person=town.people["王建国"]).count() == 2


async def test_given_no_full_member_when_named_then_a_named_person_has_to_say_so(
    town: Town,
) -> None:
    await town.person("李秀兰")

    heard = await town.says("刘长河", "指定联系人 王建国 李秀兰")
    assert heard.startswith("名单上李秀兰还不是正式党员，联系人要由正式党员做。\n1 我核过了，照定")
    assert await Mentorship.filter(mentor=town.people["李秀兰"]).count() == 0

    assert (await town.says("刘长河", "1")).startswith("定好了：李秀兰")
    row = await AuditLog.filter(action="mentoring.appointed").get()
    assert row.actor_id == town.people["刘长河"].id
    assert row.detail["member_on_record"] is False


async def test_given_a_mentor_of_three_when_a_fourth_is_given_then_the_secretary_is_warned(
    town: Town,
) -> None:
    await town.person("马小军")

    heard = await town.says("刘长河", "指定联系人 马小军 周德厚")
    assert heard.startswith("周德厚已带 3 人，一般带到 3 人。")

    assert await town.says("刘长河", "2") == "好，没动。"
    assert await Mentorship.filter(person=town.people["马小军"]).count() == 0


async def test_given_a_limit_of_the_township_when_a_mentor_is_named_then_it_is_the_limit(
    town: Town,
) -> None:
    await town.person("马小军")

    said = await town.says("孙敏", "联系规矩 柳河乡 人数 4 间隔 2")
    assert "平时 2 个月联系一次" in said
    rule = (await RuleBook.load()).of(town.units["王家村"].path)
    assert (rule.people_most, rule.cadence_months, rule.branch_days) == (4, 2, 3)

    assert (await town.says("刘长河", "指定联系人 马小军 周德厚")).startswith("定好了")


@pytest.mark.parametrize(
    ("said", "steps"),
    [
        ("书记 0", "7 个工作日转乡里，再 10 个转县里"),
        ("乡里 0", "3 个工作日问书记，再 10 个转县里"),
        ("书记 0 乡里 0 县里 0", "不往上问"),
    ],
)
async def test_given_an_office_that_is_never_asked_when_the_rule_is_shown_then_it_is_left_out(
    town: Town, said: str, steps: str
) -> None:
    heard = await town.says("孙敏", f"联系规矩 王家村 {said}")

    assert heard.splitlines()[-1] == f"没联系上：{steps}"


async def test_given_a_secretary_when_he_wants_another_rule_then_it_is_not_his(town: Town) -> None:
    heard = await town.says("刘长河", "联系规矩 王家村 书记 0")

    assert heard == "这个单位的规矩由乡里或县里定，没改。"
    assert "3 个工作日问书记" in await town.says("刘长河", "联系规矩")
    assert await town.says("孙敏", "联系规矩 柳河乡 间隔 0") == "这个数要在 1 到 12 之间，没改。"


async def test_given_a_hand_over_when_it_is_done_then_the_new_one_sees_and_the_old_one_does_not(
    town: Town,
) -> None:
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    await town.says("周德厚", "王建国 今天 电话 挺好 想换班")

    heard = await town.says("刘长河", "换联系人 王建国 李秀兰")

    assert heard == (
        "换好了：王建国从今天起由李秀兰联系，周德厚那边不再看得到。11月30日前先谈一次。"
    )
    assert "以前联系过 1 次，最近11月23日" in (await words_to("李秀兰"))[0]
    assert await words_to("周德厚") == ["王建国从今天起由李秀兰联系，您不用再惦记，谢谢您这一程。"]
    assert "王建国" not in await town.says("周德厚", "我带的人")
    assert "王建国" not in await town.says("周德厚", "联系记录 王建国")
    seen = await town.says("李秀兰", "联系记录 王建国")
    assert seen.startswith("王建国的联系记录，共 1 次：\n11月23日（周一），电话，通了，周德厚，「")
    assert await ReadLog.filter(person_id=town.people["王建国"].id).count() == 1


async def test_given_no_consent_any_more_when_the_new_mentor_looks_then_there_are_no_notes(
    town: Town,
) -> None:
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    await town.says("周德厚", "王建国 今天 电话 挺好 想换班")
    await town.says("刘长河", "换联系人 王建国 李秀兰")
    await Consent.create(
        person=town.people["王建国"], kind=ConsentKind.REPORTS, version="1",
        decision=ConsentDecision.WITHDRAWN, decided_at=town.clock.now(),
    )  # fmt: skip

    seen = await town.says("李秀兰", "联系记录 王建国")

    assert "「" not in seen
    assert seen.endswith("本人没让存谈话，只有日子和结果。")


async def test_given_two_mentors_when_one_is_changed_then_it_is_asked_which(town: Town) -> None:
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    await town.says("刘长河", "指定联系人 王建国 李秀兰")

    heard = await town.says("刘长河", "换联系人 王建国 孙敏")
    assert heard == "孙敏接谁的手？\n1 周德厚  2 李秀兰"

    assert "周德厚那边不再看得到" in await town.says("刘长河", "1")


async def test_given_names_that_do_not_fit_when_appointed_then_it_is_said_kindly(
    town: Town,
) -> None:
    assert "没有张三" in await town.says("刘长河", "指定联系人 张三 周德厚")
    assert "已经是王建国的联系人" in await town.says("刘长河", "指定联系人 王建国 周德厚")
    assert "这样说" in await town.says("刘长河", "指定联系人 王建国")
    assert await Delivery.all().count() == 0


async def test_given_a_pair_ended_today_when_made_again_then_it_goes_on(town: Town) -> None:
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    town.go(at(11, 23, 10))
    await town.says("刘长河", "换联系人 王建国 李秀兰")
    await town.says("刘长河", "换联系人 王建国 周德厚")

    heard = await town.says("刘长河", "换联系人 王建国 李秀兰")

    assert heard.startswith("换好了")
    open_pairs = await Mentorship.filter(person=town.people["王建国"], until_on__isnull=True)
    assert [pair.mentor_id for pair in open_pairs] == [town.people["李秀兰"].id]
    assert date(2026, 11, 23) in {pair.from_on for pair in open_pairs}
