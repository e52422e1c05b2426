"""What lies behind the page of 统计: help and journeys, study hours, deadlines, the picture."""

import io
from datetime import date, timedelta
from itertools import count

import pytest
from PIL import Image

from core import files
from core.actors import ConsentKind, Stage
from core.periods import add_months
from core.pictures.charts import DONE, LEFT
from core.texts import render
from models import (
    AssistanceCase,
    Consent,
    Inspection,
    Movement,
    Person,
    ReportAllowance,
    ReportCycle,
    StudyRecord,
)
from models.enums import (
    AllowanceKind,
    ConsentDecision,
    Evidence,
    HelpKind,
    HelpState,
    MovementSource,
    MovementState,
    ReportState,
)
from plugins.stats.deadlines import last_basis
from tests.plugins.mentoring.town import GROUP, Town, at
from tests.plugins.stats.conftest import report

_serial = count(1)


async def help_case(person: Person, state: HelpState, opened: date, closed: date | None) -> None:
    await AssistanceCase.create(
        uid=f"h{next(_serial)}", person=person, kind=HelpKind.WAGES, words_sealed=b"", state=state,
        opened_by_id=person.id, opened_at=at(opened.month, opened.day),
        confirmed_at=at(closed.month, closed.day) if closed else None,
        source_key=f"h{next(_serial)}",
    )  # fmt: skip


async def journey(
    person: Person, state: MovementState, leaves_on: date, *, arrived: date | None = None,
    source: MovementSource = MovementSource.DEPARTURE,
) -> None:  # fmt: skip
    await Movement.create(
        uid=f"v{next(_serial)}", person=person, to_city="东莞", leaves_on=leaves_on, state=state,
        source=source, source_key=f"v{next(_serial)}", reported_at=at(7, 1),
        arrived_at=at(arrived.month, arrived.day) if arrived else None,
    )  # fmt: skip


async def hours(person: Person, kind: Evidence, tenths: int, day: date) -> None:
    await StudyRecord.create(
        person=person, material=f"m{next(_serial)}", evidence=kind, hours_tenths=tenths,
        earned_at=at(day.month, day.day),
        happened_on=day if kind is Evidence.ATTENDED else None,
    )  # fmt: skip


async def test_given_help_and_journeys_when_the_page_is_asked_then_each_has_one_line(
    township: Town,
) -> None:
    one, two, three = (township.people[f"王家村{n}"] for n in range(3))
    await help_case(one, HelpState.CLOSED, date(2026, 7, 2), date(2026, 9, 1))
    await help_case(two, HelpState.TAKEN, date(2026, 8, 2), None)
    await help_case(two, HelpState.CANCELLED, date(2026, 8, 3), None)
    await help_case(three, HelpState.CLOSED, date(2026, 6, 30), date(2026, 7, 1))
    await journey(one, MovementState.ARRIVED, date(2026, 7, 1), arrived=date(2026, 7, 3))
    await journey(one, MovementState.AWAY, date(2026, 9, 30))
    await journey(two, MovementState.CANCELLED, date(2026, 8, 1))
    await journey(two, MovementState.PLANNED, date(2026, 8, 1))
    await journey(three, MovementState.AWAY, date(2026, 10, 1))
    await journey(
        three, MovementState.ARRIVED, date(2026, 7, 9), arrived=date(2026, 7, 9),
        source=MovementSource.CITY,
    )  # fmt: skip

    answer = await township.says("孙敏", "统计 三季度")

    assert answer.split("\n")[4:] == [
        "求助：来 2，办好 2，手上还有 1",
        "流动：走了 1 人，到了 1 人",
        "1 分村  2 跟上季比  3 图  4 明细",
    ]
    assert "求助：来 1，办好 0，手上还有 1" in await township.says("孙敏", "统计 8月")
    assert "流动：走了 1 人，到了 0 人" in await township.says("孙敏", "统计 四季度")


async def test_given_study_hours_when_they_are_few_then_only_the_branch_hears_what_it_entered(
    township: Town,
) -> None:
    members = [township.people[f"王家村{n}"] for n in range(6)]
    for person in members:
        await Consent.create(
            person=person, kind=ConsentKind.BASICS, version="1", decision=ConsentDecision.GIVEN,
            decided_at=at(7, 1),
        )  # fmt: skip
        await hours(person, Evidence.QUIZ, 5, date(2026, 9, 30))
    await hours(members[0], Evidence.ATTENDED, 20, date(2026, 7, 1))
    await hours(members[1], Evidence.DECLARED, 10, date(2026, 7, 1))
    await hours(members[1], Evidence.QUIZ, 99, date(2026, 10, 1))
    # Nobody answers for somebody who has not agreed that anything is kept.
    await hours(township.people["王家村7"], Evidence.ATTENDED, 70, date(2026, 7, 1))

    assert (await township.says("孙敏", "统计 三季度")).endswith("4 明细  5 学时")
    assert await township.says("孙敏", "5") == (
        "柳河乡 三季度学时，按凭据分开：\n做题：6 人，3 小时\n"
        "有一样不到 5 个人，总数就不说了，免得看出是谁的。"
    )
    await township.says("刘长河", "统计 三季度")
    assert await township.says("刘长河", "4") == (
        "王家村 三季度学时，按凭据分开：\n到场：1 人，2 小时\n做题：6 人，3 小时\n"
        "有一样不到 5 个人，总数就不说了，免得看出是谁的。"
    )


async def test_given_hours_of_a_neighbour_when_the_rest_is_few_then_the_unit_is_not_said_either(
    township: Town,
) -> None:
    members = [township.people[f"王家村{n}"] for n in range(5)]
    for person in (*members, township.people["李家村0"]):
        await Consent.create(
            person=person, kind=ConsentKind.BASICS, version="1", decision=ConsentDecision.GIVEN,
            decided_at=at(7, 1),
        )  # fmt: skip
        await hours(person, Evidence.QUIZ, 5, date(2026, 9, 1))
    await township.says("孙敏", "统计 三季度 王家村")
    assert "做题" not in await township.says("孙敏", "4")
    await township.says("孙敏", "统计 三季度")
    assert "做题：6 人，3 小时" in await township.says("孙敏", "5")


async def _deadlines(town: Town) -> None:
    """23 November: talks, inspections, a year, a probation and two reports; 60 days: 22 January."""
    people = [town.people[f"王家村{n}"] for n in range(8)]
    for person in people:
        person.activist_on = date(2026, 7, 22)
        await person.save()
    people[0].activist_on = date(2025, 11, 22)
    people[1].activist_on = date(2026, 1, 22)
    people[2].activist_on = date(2026, 1, 23)
    for person in people[:3]:
        await person.save()
        await Inspection.create(
            person=person, inspected_on=date(2026, 7, 23), entered_by=person, entered_at=at(7, 23),
            source_key=f"i{person.id}",
        )  # fmt: skip
    await Inspection.create(
        person=people[3], inspected_on=date(2026, 5, 22), entered_by=people[3],
        entered_at=at(5, 22), source_key="late",
    )  # fmt: skip
    for name, applied, talked in (
        ("新来一", date(2026, 10, 22), None),
        ("新来二", date(2026, 10, 23), None),
        ("谈过的", date(2026, 10, 1), date(2026, 10, 9)),
    ):
        fresh = await town.person(name, "王家村", Stage.APPLICANT, consents=())
        fresh.applied_on, fresh.talk_on = applied, talked
        await fresh.save()
    new = await town.person("预备一", "王家村", Stage.PROBATIONARY_MEMBER, consents=())
    new.probation_on = date(2026, 1, 22)
    await new.save()


async def test_given_days_in_the_rows_when_deadlines_are_asked_then_they_are_counted_and_named(
    township: Town,
) -> None:
    await _deadlines(township)

    assert (await township.says("刘长河", "统计")).endswith("3 明细  4 期限")
    assert await township.says("刘长河", "4") == (
        "王家村的期限，看到2027年1月22日：\n"
        "1 申请后一个月内谈话，快到 1 人，过了 1 人  2 半年考察，快到 4 人，过了 1 人  "
        "3 培养满一年还没定，快到 1 人，过了 1 人  4 预备期满，快到 1 人"
    )
    assert await township.says("刘长河", "1") == (
        "王家村 申请后一个月内谈话，2 人：\n新来一，11月22日就到了\n新来二，到11月23日\n"
        "名单别转到群里。"
    )
    await township.says("刘长河", "统计")
    await township.says("刘长河", "4")
    assert "王家村3，11月22日就到了\n王家村4，到2027年1月22日" in await township.says("刘长河", "2")


async def test_given_a_township_when_it_asks_for_deadlines_then_it_gets_numbers_and_no_names(
    township: Town,
) -> None:
    await _deadlines(township)

    await township.says("孙敏", "统计")

    assert await township.says("孙敏", "5") == (
        "柳河乡的期限，看到2027年1月22日：\n申请后一个月内谈话，快到 1 人，过了 1 人\n"
        "半年考察，快到 4 人，过了 1 人\n培养满一年还没定，快到 1 人，过了 1 人\n"
        "预备期满，快到 1 人\n姓名在支部那里。"
    )


async def test_given_windows_of_reports_when_deadlines_are_asked_then_more_time_counts(
    township: Town,
) -> None:
    for quarter, opens, closes in (
        ("2026Q4", date(2026, 11, 1), date(2026, 12, 31)),
        ("2026Q3", date(2026, 9, 1), date(2026, 9, 30)),
        ("2026Q2", date(2026, 6, 1), date(2026, 6, 30)),
    ):
        await ReportCycle.create(
            unit=township.units["赵家村"], quarter=quarter, opens_on=opens, closes_on=closes
        )
    lazy = township.people["赵家村9"]
    for number in range(7):
        await report(township.people[f"赵家村{number}"], ReportState.DONE, quarter="2026Q4")
    await township.says("孙敏", "统计 赵家村")
    assert "汇报还没交，快到 3 人，过了 2 人" in await township.says("孙敏", "4")
    await ReportAllowance.create(
        uid="x", person=lazy, quarter="2026Q3", kind=AllowanceKind.EXTENSION,
        until_on=date(2026, 11, 30), reason_sealed=b"", granted_by=lazy, granted_at=at(9, 20),
    )  # fmt: skip
    await township.says("孙敏", "统计 赵家村")
    assert "汇报还没交，快到 4 人，过了 1 人" in await township.says("孙敏", "4")


@pytest.mark.parametrize("months", [1, 6, 12])
def test_given_any_day_when_the_last_basis_is_computed_then_the_calendar_agrees(
    months: int,
) -> None:
    for offset in range(800):
        day = date(2027, 1, 1) + timedelta(days=offset)
        basis = last_basis(day, months)
        assert add_months(basis, months) <= day < add_months(basis + timedelta(days=1), months)


async def picture(town: Town, who: str, words: str) -> tuple[str, Image.Image]:
    """Return the words beside the one picture that is sent back, and the picture."""
    said = await town.says(who, words)
    blob = town.files.pop()
    assert not town.files
    assert blob.name == f"{render('stats.chart_name')}-1.png"
    return said, Image.open(io.BytesIO(await files.read(blob.blob_id)))


def has(image: Image.Image, colour: tuple[int, int, int]) -> bool:
    """Whether something of nearly that colour stands in a picture."""
    return any(
        count > 200 and all(abs(a - b) < 16 for a, b in zip(found, colour, strict=True))
        for count, found in image.convert("RGB").getcolors(1 << 20) or ()
    )


async def test_given_villages_when_the_picture_is_asked_then_its_words_stand_beside_it(
    township: Town,
) -> None:
    await township.says("孙敏", "统计 三季度")
    await township.says("孙敏", "1")
    said, image = await picture(township, "孙敏", "图")
    assert said == "图里是各村该交和交了的份数，赵家村差 2 份，另两村差 1 份。"
    assert image.width == 1080
    assert has(image, DONE)
    assert has(image, LEFT)
    # The page stays open: its numbers still count.
    assert (await township.says("孙敏", "3")).startswith("赵家村 三季度")
    said, _ = await picture(township, "孙敏", "画图 三季度 柳河乡")
    assert said.startswith("图里是各村该交和交了的份数")


async def test_given_one_branch_when_the_picture_is_asked_by_number_then_it_has_two_bars(
    township: Town,
) -> None:
    await township.says("刘长河", "统计 三季度")
    said, image = await picture(township, "刘长河", "2")
    assert said == "图里是汇报和联系：8 份交了 7 份；8 人里 8 人有记录。"
    assert has(image, DONE)


async def test_given_nothing_to_draw_when_the_picture_is_asked_then_that_is_said(
    township: Town,
) -> None:
    await Person.filter(name__startswith="王家村").delete() if False else None
    assert await township.says("孙敏", "图 三季度 县") == (
        "您能看的单位里没有这个。您能看：柳河乡和下面 3 个村。"
    )
    assert await township.says("王家村0", "图") == render("reception.not_allowed")


async def test_given_a_group_when_the_picture_is_asked_there_then_it_comes_in_private(
    township: Town,
) -> None:
    heard = await township.hear("孙敏", "图", group=GROUP)
    assert heard[-1] == "group:这个我私下回您。"
    assert heard[0].startswith("图里是各村")


async def test_given_a_day_to_come_when_journeys_are_counted_then_it_has_not_left_yet(
    township: Town,
) -> None:
    await journey(township.people["王家村0"], MovementState.AWAY, date(2026, 11, 24))
    await journey(township.people["王家村1"], MovementState.AWAY, date(2026, 11, 23))
    assert "流动：走了 1 人，到了 0 人" in await township.says("孙敏", "统计 四季度")
