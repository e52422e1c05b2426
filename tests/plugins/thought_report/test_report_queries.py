"""What is counted of reports that went through the rooms, and whose turn they are."""

from datetime import date

import pytest

from core.actors import Stage, UnitScope
from core.errors import Refusal
from core.named_periods import quarter_period
from core.periods import Quarter
from models import ThoughtReport, Unit
from models.enums import UnitKind
from models.report import OWING_STAGES, owes_report
from plugins.identity.queries import who_is
from plugins.stats import lists
from plugins.stats import queries as stats
from plugins.stats.counts import Area
from plugins.thought_report import archive, cycle, originals, review
from tests.plugins.thought_report.conftest import Village

LONG = "敬爱的党组织：到南港这阵子，我一边上班一边学习，" * 8
QUARTER = Quarter(2026, 4)


async def hand_in(village: Village, name: str) -> None:
    talk = village.talks[name]
    await talk.says("交汇报 四季度")
    await talk.says(LONG)
    assert (await talk.says("完成")).startswith("交上了")


def test_given_the_stages_when_it_is_asked_who_owes_then_three_do() -> None:
    assert [stage for stage in Stage if owes_report(stage)] == list(OWING_STAGES)
    assert not owes_report(None)
    assert not owes_report(Stage.APPLICANT)


async def test_given_reports_in_every_state_when_they_are_counted_then_each_counts_where_it_is(
    village: Village,
) -> None:
    other = await Unit.create(
        name="李家村", kind=UnitKind.VILLAGE_BRANCH, path="/2/", created_at=village.clock.now()
    )
    for name in ("陈玉梅", "李强", "马小军"):
        await village.person(name, Stage.DEVELOPMENT_TARGET)
        await village.mentor(name, "周德厚")
    await village.person("申请人", Stage.APPLICANT)
    await village.person("别村的", unit=other)
    village.go(date(2026, 12, 18), 0, 5)
    await cycle.open_cycles(now=village.clock.now())
    zhou = village.talks["周德厚"]
    for name, number in (("王建国", "1"), ("陈玉梅", "2")):
        await hand_in(village, name)
        await zhou.says("阅汇报")
        await zhou.says("1")
        await zhou.says("通过" if number == "1" else "请补充 写两句")
    await hand_in(village, "申请人")
    village.go(date(2027, 1, 5), 9)
    await hand_in(village, "李强")
    await village.person("只交纸的", Stage.ACTIVIST)
    await village.talks["刘长河"].says("原件已收 只交纸的 四季度")
    period = quarter_period(QUARTER)
    seen = UnitScope(("/1/", "/2/"))
    found = (await stats.overview(seen, Area(""), period, date(2027, 1, 5))).figures
    assert (found.expected, found.handed_in, found.late) == (6, 4, 1)
    assert (found.reviewed, found.returned) == (1, 1)
    owing = await lists.owing(seen, Area(""), QUARTER)
    assert [one.name for one in owing] == ["马小军", "别村的"]


async def test_given_a_second_version_when_it_is_counted_then_its_author_counts_once(
    village: Village,
) -> None:
    village.go(date(2026, 12, 18), 0, 5)
    await cycle.open_cycles(now=village.clock.now())
    await hand_in(village, "王建国")
    wang, zhou = village.talks["王建国"], village.talks["周德厚"]
    await zhou.says("阅汇报")
    await zhou.says("1")
    await zhou.says("请补充 写两句")
    await wang.says("补汇报")
    await wang.says(LONG)
    await wang.says("完成")
    period = quarter_period(QUARTER)
    overview = await stats.overview(UnitScope(("/1/",)), Area(""), period, date(2026, 12, 18))
    found = overview.figures
    assert (found.handed_in, found.returned, found.reviewed) == (1, 0, 0)


async def test_given_an_author_who_is_a_secretary_when_the_list_is_asked_for_then_his_own_is_not_in(
    village: Village,
) -> None:
    await village.person("书记本人", Stage.PROBATIONARY_MEMBER)
    await village.office("书记本人")
    village.go(date(2026, 12, 18), 9)
    await hand_in(village, "书记本人")
    assert await village.talks["书记本人"].says("阅汇报") == "现在没有等您看的汇报。"
    assert (await village.talks["刘长河"].says("阅汇报")).startswith("等您看的 1 份")
    own = await ThoughtReport.get()
    talk, now = village.talks["书记本人"], village.clock.now()
    actor = (await who_is(talk.chat, talk.account_id, now)).actor
    with pytest.raises(Refusal) as refusal:
        await review.open_report(actor=actor, uid=own.uid, now=now)
    assert refusal.value.key == "thought_report.not_waiting"


async def test_given_a_branch_that_went_over_to_months_when_the_last_is_asked_for_then_time_decides(
    village: Village,
) -> None:
    person = village.people["王建国"]
    # The key of a month, 202612, stands before that of a quarter, 2026Q3, as text.
    for day, key in ((18, "2026Q3"), (30, "202612")):
        village.go(date(2026, 12, day), 9)
        await hand_in(village, "王建国")
        await ThoughtReport.filter(quarter="2026Q4").update(quarter=key)
    last = await ThoughtReport.get(quarter="202612")
    newest = await archive.newest_of(person.id, None)
    assert newest is not None
    assert newest.id == last.id
    assert (await review.shown(newest, person)).since_last == 12
    assert [str(quarter) for quarter in await originals.outstanding_of(person.id)] == [
        "2026Q3",
        "202612",
    ]
    zhou = village.talks["周德厚"]
    actor = (await who_is(zhou.chat, zhou.account_id, village.clock.now())).actor
    waiting = await originals.outstanding(actor, date(2026, 12, 30))
    assert [str(one.quarter) for one in waiting] == ["2026Q3", "202612"]
