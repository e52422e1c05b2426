"""替人求助, 帮助汇总, the township beside the helper, and how long a case is kept."""

from datetime import timedelta

import pytest

from core.actors import RoleKind, Stage
from models import Account, AssistanceCase, AuditLog, Delivery
from models.enums import HelpKind, HelpState
from plugins.assistance import notices, queries
from plugins.assistance.personal import PERSONAL
from tests.plugins.assistance.conftest import HelpTown
from tests.plugins.assistance.test_help import asks, owed
from tests.plugins.mentoring.town import at

SAID = "老父亲一个人在家，想请人看看"


async def opened_for(town: HelpTown) -> AssistanceCase:
    await town.says("周德厚", "替人求助")
    for answer in ("2", "1", "4", SAID):
        await town.says("周德厚", answer)
    return await AssistanceCase.get(person=town.people["陈玉梅"])


async def test_given_a_mentor_when_he_asks_for_somebody_then_it_goes_by_numbers(
    town: HelpTown,
) -> None:
    assert await town.says("周德厚", "替人求助") == (
        "替谁求助？1 王建国  2 陈玉梅  3 李强。别人就回名字。"
    )
    assert await town.says("周德厚", "2") == "陈玉梅本人同意请人帮忙吗？1 同意  2 还没问"
    assert (await town.says("周德厚", "1")).startswith("哪方面的事？1 工钱")
    assert (await town.says("周德厚", "4")).startswith("说几句就行")
    assert await town.says("周德厚", SAID) == "替陈玉梅记下了。明天晚上6点前有人接。"

    row = await AssistanceCase.get(person=town.people["陈玉梅"])
    assert (row.kind, row.opened_by_id) == (HelpKind.ELDERS, town.people["周德厚"].id)
    assert queries.open_words(row) == SAID
    assert len(await owed(town, "刘长河", notices.NEW)) == 1
    assert len(await owed(town, "陈玉梅", notices.NEWS)) == 1


async def test_given_no_yes_of_the_person_when_it_is_asked_for_then_nothing_is_opened(
    town: HelpTown,
) -> None:
    await town.says("周德厚", "替人求助 陈玉梅")

    assert await town.says("周德厚", "2") == "好，先问问本人，同意了再来。"
    assert await AssistanceCase.all().count() == 0


async def test_given_somebody_elses_person_when_a_mentor_asks_for_him_then_it_says_nothing(
    town: HelpTown,
) -> None:
    await town.person("马小军")

    same = await town.says("周德厚", "替人求助 马小军")

    assert same == await town.says("周德厚", "替人求助 没有这人")
    assert (await town.says("刘长河", "替人求助 马小军")).startswith("马小军本人同意")


async def test_given_a_person_without_account_when_it_is_taken_then_the_mentor_hears_and_answers(
    town: HelpTown,
) -> None:
    await Account.filter(person=town.people["陈玉梅"]).delete()
    row = await opened_for(town)
    assert await owed(town, "陈玉梅", notices.NEWS) == []
    await town.says("刘长河", "受理")
    await town.says("刘长河", "1")

    sent = await town.until(at(11, 30, 19, 1))

    words = [said for whom, said in sent if whom == "周德厚"]
    assert words[0] == "这是陈玉梅的事，请您转告、替他回：刘长河接了您的事，会跟您联系。"
    assert words[-1].startswith("这是陈玉梅的事，请您转告、替他回：家里老人的事一周了，怎么样？")
    assert (await town.says("周德厚", "2")).startswith("好，那就再等等。办事的人说办好了")
    assert await town.says("刘长河", "办结 1") == "我去问本人，他说好了才算结。"
    await town.until(at(12, 1, 9))
    assert await town.says("周德厚", "1") == "那就好，这件结了。"
    await row.refresh_from_db()
    assert row.state is HelpState.CLOSED


async def test_given_a_person_with_account_when_his_mentor_answers_for_him_then_it_is_not_his(
    town: HelpTown,
) -> None:
    row = await opened_for(town)
    await town.says("刘长河", "受理")
    await town.says("刘长河", "1")
    await town.until(at(11, 30, 19, 1))

    await town.says("周德厚", "1")

    await row.refresh_from_db()
    assert row.state is HelpState.TAKEN


async def test_given_nothing_moved_when_the_person_says_so_then_the_township_may_be_asked(
    town: HelpTown,
) -> None:
    row = await asks(town)
    await town.says("何志远", "受理")
    await town.says("何志远", "1")
    await town.until(at(11, 30, 19, 1))

    assert (await town.says("王建国", "3")).endswith("要请柳河乡也管吗？1 请  2 先不用")
    assert await town.says("王建国", "1") == "好，也请柳河乡看了。"

    sent = await town.until(at(12, 1, 9))
    assert [said for whom, said in sent if whom == "孙敏"] == [
        "王家村王建国说工钱的事还没动静，本人请您也管。现在是何志远在办，请跟他对一下。"
    ]
    assert await AuditLog.filter(action="assistance.asked_above", subject_id=row.id).count() == 1


async def test_given_nothing_moved_when_he_would_rather_wait_then_the_township_hears_nothing(
    town: HelpTown,
) -> None:
    await asks(town)
    await town.says("何志远", "受理")
    await town.says("何志远", "1")
    await town.until(at(11, 30, 19, 1))
    await town.says("王建国", "3")

    assert await town.says("王建国", "2") == "好，先等他回话。"
    assert await Delivery.filter(occasion__contains="above").count() == 0


async def test_given_cases_when_offices_ask_for_the_numbers_then_each_sees_its_own(
    town: HelpTown,
) -> None:
    await asks(town)
    await opened_for(town)
    await town.says("王建国", "取消求助")

    said = (
        "{}本季求助：来 2 件，等人接 1 件，在办 0 件，办好 0 件，不用办了 1 件。\n"
        "分开看：工钱 1 件办好 0 件，家里老人 1 件办好 0 件。"
    )
    assert await town.says("孙敏", "帮助汇总") == said.format("柳河乡")
    assert await town.says("刘长河", "帮助汇总") == said.format("王家村")
    assert (await town.says("何志远", "帮助汇总")).startswith("驻南港本季求助：来 1 件")
    for name in ("王建国", "陈玉梅"):
        assert name not in await town.says("孙敏", "帮助汇总 王家村")


async def test_given_a_group_when_the_numbers_are_asked_for_there_then_they_come_in_private(
    town: HelpTown,
) -> None:
    await asks(town)

    heard = await town.hear("孙敏", "/帮助汇总", group="77")

    assert not any(said.startswith("group:") and "求助" in said for said in heard)


async def test_given_another_branch_when_its_secretary_asks_then_none_is_counted(
    town: HelpTown,
) -> None:
    await asks(town)
    await town.unit("李家村", town.units["王家村"].kind, "柳河乡")
    await town.person("李支书", "李家村", stage=Stage.FULL_MEMBER)
    await town.office("李支书", RoleKind.BRANCH_SECRETARY, "李家村")

    assert await town.says("李支书", "帮助汇总") == "李家村本季没有求助。"


async def test_given_cases_that_are_over_when_their_time_has_passed_then_only_they_may_go(
    town: HelpTown,
) -> None:
    old = await asks(town)
    await town.says("王建国", "取消求助")
    await opened_for(town)
    rule = next(one for one in PERSONAL.keepings if one.name == "cases")
    later = town.clock.now() + timedelta(days=366)

    assert await rule.past(later - timedelta(days=2)).count() == 0
    assert [row.id for row in await rule.past(later)] == [old.id]


@pytest.mark.parametrize(
    ("said", "name", "came"),
    [
        ("", "本季", 2),
        ("本季", "本季", 2),
        ("上季度", "三季度", 1),
        ("三季度", "三季度", 1),
        ("8月到9月", "8月到9月", 1),
        ("下半年", "下半年", 3),
        ("上半年", "上半年", 0),
        ("2026年", "2026年", 3),
        ("去年三季度", "2025年三季度", 0),
        ("本月", "11月", 2),
        ("近30天", "10月25日到11月23日", 2),
    ],
)
async def test_given_a_period_when_the_numbers_are_asked_for_then_only_its_cases_count(
    town: HelpTown, said: str, name: str, came: int
) -> None:
    await asks(town)
    await opened_for(town)
    await AssistanceCase.create(
        uid="old", person=town.people["李强"], kind=HelpKind.WAGES, state=HelpState.CLOSED,
        words_sealed=b"", opened_by_id=1, opened_at=at(9, 30, 23, 59), source_key="old",
    )  # fmt: skip

    for unit in ("王家村", ""):
        heard = await town.says("刘长河", f"帮助汇总 {said} {unit}")
        start = f"王家村{name}求助：来 {came} 件" if came else f"王家村{name}没有求助。"
        assert heard.startswith(start)
