"""The page of numbers shows what 统计 says in chat: figures, hours, deadlines, periods in words."""

import html
import re
from datetime import date

from core.actors import UnitScope
from models import AssistanceCase, Movement, Person, ReportCycle, StudyRecord
from models.enums import Evidence, HelpKind, HelpState, MovementSource, MovementState, UnitKind
from plugins.stats import deadlines, periods, queries
from plugins.stats.counts import Area, People
from plugins.stats.deadlines import DeadlineKind, Due
from tests.plugins.console.conftest import Pages
from tests.plugins.mentoring.town import at

_TAG = re.compile(r"<[^>]*>")


def words_of(text: str) -> str:
    """The words of a page, a blank between them."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


async def furnish(pages: Pages) -> None:
    """In 王家村 two left and one arrived, one asked for help, hours were learned, days are due."""
    people = pages.county.town.people
    for name, state in (("王建国", MovementState.ARRIVED), ("李强", MovementState.AWAY)):
        arrived = at(11, 12) if state is MovementState.ARRIVED else None
        await Movement.create(
            uid=name, person=people[name], state=state, source=MovementSource.DEPARTURE,
            to_city="南港", leaves_on=date(2026, 11, 10), reported_at=at(11, 9), source_key=name,
            arrived_at=arrived,
        )  # fmt: skip
    await AssistanceCase.create(
        uid="h", person=people["李强"], kind=HelpKind.WAGES, words_sealed=b"", source_key="h",
        state=HelpState.OPEN, opened_by_id=people["李强"].id, opened_at=at(11, 20),
    )  # fmt: skip
    for name, kind, tenths in (
        ("王建国", Evidence.ATTENDED, 20), ("陈玉梅", Evidence.ATTENDED, 15),
        ("王建国", Evidence.QUIZ, 5),
    ):  # fmt: skip
        await StudyRecord.create(
            person=people[name], material="m", evidence=kind, hours_tenths=tenths,
            earned_at=at(11, 5), title="", happened_on=date(2026, 11, 5),
        )  # fmt: skip
    await Person.filter(name="李强").update(activist_on=date(2026, 3, 1))
    await Person.filter(name="陈玉梅").update(activist_on=date(2026, 7, 1))


async def test_given_all_kinds_of_figures_when_the_page_is_opened_then_they_stand_as_in_chat(
    pages: Pages,
) -> None:
    await furnish(pages)
    branch = pages.county.town.units["王家村"]
    scope = UnitScope((branch.path,), names=True)
    people = People(scope, Area(branch.name, branch.path))
    today = date(2026, 11, 23)
    found = await queries.overview(scope, people.area, periods.current_quarter(today), today)
    due = await deadlines.totals(people, today)

    shown = words_of((await (await pages.enter("刘长河")).get("/units")).text)

    assert (found.figures.left_home, found.figures.arrived) == (2, 1)
    assert "走了的人 2 0 到了的人 1 0" in shown
    assert (found.figures.help_asked, found.figures.help_open) == (1, 1)
    assert "来的求助 1 0 办好的求助 0 0 手上的求助 1 -" in shown
    # One person's quiz is his own; what people attended is known to the branch.
    assert "学时，到场 2 人，3.5 小时 - 学时，做题 - - 学时，自己说的 - -" in shown
    assert "有一样不到 5 个人，总数就不说了" in shown
    assert due[DeadlineKind.INSPECTION] == Due(soon=1, past=1)
    assert "半年考察 1 1" in shown
    assert "半年考察，2 人 李强 2026年9月1日就到了 陈玉梅 到2027年1月1日" in shown
    assert "图里是汇报和联系：3 份交了 2 份；2 人里 0 人有记录。" in shown
    assert "汇报：3 份交了 2 份 联系：2 人里 0 人有记录" in shown


async def test_given_the_same_figures_when_the_clerk_looks_then_nobody_is_named(
    pages: Pages,
) -> None:
    await furnish(pages)
    browser = await pages.enter("孙敏")
    path = pages.county.town.units["王家村"].path

    whole = words_of((await browser.get("/units")).text)
    village = words_of((await browser.get(f"/units?unit={path}")).text)

    for shown in (whole, village):
        assert "走了的人 2 0" in shown
        assert "来的求助 1 0" in shown
        assert "半年考察 1 1" in shown
        assert "学时，到场 - -" in shown
        assert not any(name in shown for name in ("王建国", "陈玉梅", "李强"))
    # From the village the way leads up, no further than her own township.
    above = (await browser.get(f"/units?unit={path}")).text
    assert re.findall(r'<a data-slow href="[^"]*">([^<]*)</a>', above) == ["柳河乡"]


async def test_given_words_as_in_chat_when_they_are_typed_then_period_and_place_are_theirs(
    pages: Pages,
) -> None:
    town = pages.county.town
    away = await town.unit("驻南港", UnitKind.LIAISON_OFFICE, "青山县")
    await Person.filter(name="王建国").update(inflow_unit_id=away.id)
    browser = await pages.enter("刘长河")

    months = words_of((await browser.get("/units?words=3月到5月")).text)
    place = words_of((await browser.get("/units?words=上半年 只看驻南港")).text)
    picked = (await browser.get("/units?period=month:2026-11-01:2026-11-30")).text
    strange = await browser.get("/units?words=上半年 <石桥乡>")

    assert "王家村，3月到5月" in months
    assert "驻南港，上半年" in place
    assert "积极分子 1 -" in place
    assert re.search(r'<option value="month:2026-11-01:2026-11-30" selected>11月</option>', picked)
    assert strange.status == 200
    assert "您能看的单位里没有这个" in strange.text
    assert "王家村，四季度" in words_of(strange.text)
    assert "&lt;石桥乡&gt;" in strange.text


async def test_given_a_branch_that_collects_monthly_when_it_is_opened_then_the_month_is_owed(
    pages: Pages,
) -> None:
    unit = pages.county.town.units["王家村"]
    await ReportCycle.create(
        unit=unit, quarter="202611", opens_on=date(2026, 11, 1), closes_on=date(2026, 11, 30)
    )
    browser = await pages.enter("刘长河")

    shown = words_of((await browser.get("/units?period=month:2026-11-01:2026-11-30")).text)

    assert "11月还没交的 3 人" in shown
    assert "四季度还没交" not in shown
    assert "汇报还没交 3 0" in shown
