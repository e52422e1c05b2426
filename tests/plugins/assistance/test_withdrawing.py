"""取消求助 for somebody without an account, and who speaks for him while his mentor is away."""

from datetime import date

import pytest
import pytest_asyncio

from core.actors import RoleKind, Stage
from core.clock import local_day
from core.texts import current
from models import Account, AssistanceCase, AuditLog, Mentorship, StandIn
from models.enums import HelpState, StandInState, UnitKind
from plugins.assistance import queries
from plugins.assistance.personal import PERSONAL
from tests.plugins.assistance.conftest import HelpTown
from tests.plugins.assistance.test_asking_for import opened_for
from tests.plugins.mentoring.town import at

WHY = "陈玉梅的求助（家里老人）为什么不用办了？写一句，我存着，本人以后看得到。"
DONE = "好，陈玉梅的求助（家里老人）不办了，您写的存着。再要帮忙，回「替人求助」。"
REASON = "邻居答应照看了"
NONE = "眼下没有在办的求助。要帮忙，回「求助」。"


@pytest_asyncio.fixture
async def mute(town: HelpTown) -> HelpTown:
    """陈玉梅 has no account; 周德厚 asked for help for her."""
    await Account.filter(person=town.people["陈玉梅"]).delete()
    await opened_for(town)
    return town


async def joins(town: HelpTown) -> None:
    now = town.clock.now()
    await Account.create(
        platform="onebot11", account_id="陈玉梅", person=town.people["陈玉梅"], self_id="10001",
        bound_at=now,
    )  # fmt: skip


async def away(town: HelpTown) -> None:
    """李秀兰 stands in for 周德厚 for three weeks."""
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    await StandIn.create(
        uid="s", mentor=town.people["周德厚"], deputy=town.people["李秀兰"],
        from_on=date(2026, 11, 20), until_on=date(2026, 12, 10), state=StandInState.AGREED,
        source_key="s", asked_at=town.clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize("who", ["周德厚", "刘长河"])
async def test_given_no_account_when_asker_or_secretary_takes_it_back_then_the_reason_is_kept(
    mute: HelpTown, who: str
) -> None:
    assert await mute.says(who, "取消求助") == WHY
    assert await mute.says(who, REASON) == DONE

    row = await AssistanceCase.get()
    assert (row.state, row.withdrawn_by_id) == (HelpState.CANCELLED, mute.people[who].id)
    assert queries.open_reason(row) == REASON
    assert REASON.encode() not in bytes(row.withdrawn_reason_sealed or b"")
    audit = await AuditLog.get(action="assistance.withdrawn")
    assert REASON not in str(audit.detail)
    assert await mute.says(who, "取消求助") == NONE


async def test_given_it_was_taken_when_it_is_taken_back_then_helper_and_asker_hear_why(
    mute: HelpTown,
) -> None:
    await mute.person("吴芳", stage=Stage.FULL_MEMBER)
    await mute.office("吴芳", RoleKind.DEPUTY_SECRETARY, "王家村")
    await mute.says("刘长河", "受理")
    await mute.says("刘长河", "1")
    await mute.until(at(11, 23, 9, 30))

    await mute.says("吴芳", "取消求助 陈玉梅")
    await mute.says("吴芳", REASON)

    said = "陈玉梅的求助（家里老人）不用办了，吴芳说的：「邻居答应照看了」"
    assert sorted(await mute.until(at(11, 23, 10))) == [("刘长河", said), ("周德厚", said)]
    assert await mute.until(at(12, 2, 9)) == []


async def test_given_it_was_taken_back_when_the_person_joins_then_she_sees_who_and_why(
    mute: HelpTown,
) -> None:
    await mute.says("周德厚", "取消求助 陈玉梅")
    await mute.says("周德厚", REASON)
    await joins(mute)

    assert await mute.says("陈玉梅", "取消求助") == NONE
    held = await PERSONAL.describe(mute.people["陈玉梅"].id, local_day(mute.clock.now()))
    assert current().render(held.details[1]) == "11月23日周德厚替您收回了这件：「邻居答应照看了」"
    copied = await PERSONAL.export(mute.people["陈玉梅"].id, local_day(mute.clock.now()))
    assert copied.data["help"][0]["reason"] == REASON


async def test_given_the_person_joined_when_her_mentor_takes_it_back_then_it_is_her_own_word(
    mute: HelpTown,
) -> None:
    await mute.says("刘长河", "取消求助")
    await joins(mute)

    assert await mute.says("刘长河", REASON) != DONE
    assert await mute.says("周德厚", "取消求助") == (
        "陈玉梅自己在我这里绑定了，要取消，请本人回「取消求助」。"
    )
    assert await mute.says("陈玉梅", "取消求助") == "好，家里老人的事不办了。再要帮忙，回「求助」。"


@pytest.mark.parametrize("who", ["李支书", "孙敏", "赵永福"])
async def test_given_somebody_else_when_he_takes_it_back_then_there_is_nothing(
    mute: HelpTown, who: str
) -> None:
    await mute.unit("李家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await mute.person("李支书", "李家村", Stage.FULL_MEMBER)
    await mute.office("李支书", RoleKind.BRANCH_SECRETARY, "李家村")
    await mute.person("赵永福", stage=Stage.FULL_MEMBER)
    await mute.mentor("赵永福", "王建国")

    assert await mute.says(who, "取消求助 陈玉梅") == await mute.says(who, "取消求助 没有这人")
    assert (await AssistanceCase.get()).state is HelpState.OPEN


async def test_given_two_cases_when_one_is_taken_back_then_it_is_chosen_by_number(
    mute: HelpTown,
) -> None:
    await Account.filter(person=mute.people["李强"]).delete()
    for answer in ("替人求助 李强", "1", "1", "欠两个月"):
        await mute.says("周德厚", answer)

    assert await mute.says("周德厚", "取消求助") == (
        "谁的求助不用办了？1 陈玉梅，家里老人  2 李强，工钱"
    )
    assert (await mute.says("周德厚", "2")).startswith("李强的求助（工钱）为什么")
    await mute.says("周德厚", REASON)
    assert (await AssistanceCase.get(person=mute.people["李强"])).state is HelpState.CANCELLED


async def test_given_the_asker_away_when_there_is_news_then_his_deputy_hears_and_answers(
    mute: HelpTown,
) -> None:
    await away(mute)
    await mute.says("刘长河", "受理")
    await mute.says("刘长河", "1")
    await mute.says("刘长河", "办结 1")

    sent = await mute.until(at(11, 23, 9, 30))
    assert {whom for whom, said in sent if "陈玉梅的事" in said} == {"李秀兰"}
    assert await mute.says("李秀兰", "1") == "那就好，这件结了。"
    assert (await AssistanceCase.get()).state is HelpState.CLOSED


async def test_given_the_deputy_back_home_when_news_comes_later_then_the_mentor_hears(
    mute: HelpTown,
) -> None:
    await away(mute)
    await StandIn.all().update(until_on=date(2026, 11, 25))
    await mute.says("刘长河", "受理")
    await mute.says("刘长河", "1")
    await mute.until(at(11, 29, 9))

    sent = await mute.until(at(11, 30, 19, 1))
    assert [whom for whom, said in sent if "一周了" in said] == ["周德厚"]


async def test_given_the_asker_no_mentor_any_more_when_there_is_news_then_the_new_one_hears(
    mute: HelpTown,
) -> None:
    await mute.person("李秀兰", stage=Stage.FULL_MEMBER)
    await Mentorship.filter(person=mute.people["陈玉梅"]).update(until_on=date(2026, 11, 22))
    await mute.mentor("李秀兰", "陈玉梅", from_on=date(2026, 11, 23))
    await mute.says("刘长河", "受理")
    await mute.says("刘长河", "1")

    sent = await mute.until(at(11, 23, 9, 30))
    assert {whom for whom, said in sent if "陈玉梅的事" in said} == {"李秀兰"}
    assert await mute.says("周德厚", "取消求助 陈玉梅") == NONE
