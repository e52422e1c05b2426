"""Who hears of a report that is owed, when, and how often."""

from datetime import date

import pytest

from core.actors import ConsentKind, Stage
from models import Consent, Delivery, ReportOriginal, Unit
from models.enums import ConsentDecision, DeliveryState, UnitKind
from plugins.thought_report import cycle, jobs
from plugins.thought_report.cycle import REMINDER
from tests.plugins.thought_report.conftest import Village, at
from tests.plugins.thought_report.talk import owed

FIRST = date(2026, 12, 17)
LAST = date(2026, 12, 28)
LONG = "敬爱的党组织：到南港这阵子，我一边上班一边学习，" * 8


@pytest.fixture
async def collecting(village: Village) -> Village:
    """A branch that collects the fourth quarter."""
    await village.collects("2026Q4", date(2026, 12, 1), date(2026, 12, 31))
    return village


async def plan(village: Village, day: date, hour: int = 0, minute: int = 10) -> int:
    village.go(day, hour, minute)
    return await cycle.plan_reminders(now=village.clock.now())


async def test_given_the_days_when_they_come_then_two_reminders_are_owed_and_no_more(
    collecting: Village,
) -> None:
    planned = {}
    for day in range(1, 32):
        planned[day] = await plan(collecting, date(2026, 12, day))
        planned[day] += await cycle.plan_reminders(now=collecting.clock.now())
        await Delivery.filter(state=DeliveryState.DUE).update(state=DeliveryState.SENT)
    assert {day: count for day, count in planned.items() if count} == {17: 1, 28: 1}
    rows = await Delivery.filter(purpose=REMINDER).order_by("id")
    assert [(row.occasion, row.not_before, row.expires_at) for row in rows] == [
        ("2026Q4:14", at(FIRST, 19), at(date(2027, 1, 1), 0)),
        ("2026Q4:3", at(LAST, 19), at(date(2027, 1, 1), 0)),
    ]
    assert rows[0].check == "thought_report.still_owes"


async def test_given_the_last_days_when_the_follow_up_is_said_then_it_is_the_end_of_it(
    collecting: Village,
) -> None:
    await plan(collecting, LAST)
    (said,) = await owed(REMINDER)
    assert said == (
        "四季度汇报交到12月31日，手写拍照、打字都行。\n"
        "现在写，回「交汇报」；过了日子再交也收。\n"
        "这次说过就不再说了。"
    )


async def test_given_people_who_owe_nothing_or_cannot_hear_when_it_is_planned_then_none_hears(
    collecting: Village,
) -> None:
    other = await Unit.create(
        name="李家村", kind=UnitKind.VILLAGE_BRANCH, path="/2/", created_at=collecting.clock.now()
    )
    await collecting.person("申请人", Stage.APPLICANT)
    await collecting.person("没同意", consents=(ConsentKind.BASICS,))
    await collecting.person("没绑定", bound=False)
    await collecting.person("别村的", unit=other)
    for stage in (Stage.DEVELOPMENT_TARGET, Stage.PROBATIONARY_MEMBER):
        await collecting.person(stage.value, stage)
    assert await plan(collecting, FIRST) == 3
    targets = {row.target for row in await Delivery.all()}
    expected = {"王建国", "development_target", "probationary_member"}
    assert targets == {f"person:{collecting.people[name].id}" for name in expected}


async def test_given_a_report_handed_in_when_it_is_planned_then_its_author_hears_nothing(
    collecting: Village,
) -> None:
    collecting.go(date(2026, 12, 5), 10)
    wang = collecting.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    await wang.says("完成")
    assert await plan(collecting, FIRST) == 0


async def test_given_a_reminder_due_when_another_quarter_is_handed_in_then_it_stays(
    collecting: Village,
) -> None:
    await plan(collecting, FIRST)
    wang = collecting.talks["王建国"]
    await wang.says("交汇报 三季度")
    await wang.says(LONG)
    await wang.says("完成")
    assert len(await owed(REMINDER)) == 1


async def test_given_a_pause_when_it_ends_before_the_close_then_the_reminder_moves(
    collecting: Village,
) -> None:
    person = collecting.people["王建国"]
    person.paused_until = date(2026, 12, 20)
    await person.save()
    assert await plan(collecting, FIRST) == 0
    assert await plan(collecting, date(2026, 12, 20)) == 0
    assert await plan(collecting, date(2026, 12, 21)) == 1
    assert (await Delivery.get()).not_before == at(date(2026, 12, 21), 19)


async def test_given_a_pause_set_after_planning_when_it_ends_then_it_is_planned_again(
    collecting: Village,
) -> None:
    await plan(collecting, FIRST)
    person = collecting.people["王建国"]
    person.paused_until = date(2026, 12, 20)
    await person.save()
    collecting.go(FIRST, 19)
    row = await Delivery.get()
    assert row.reference is not None
    assert not await cycle.CHECKS[str(row.check)](row.reference)
    await Delivery.filter(id=row.id).update(state=DeliveryState.CANCELLED)
    assert await plan(collecting, date(2026, 12, 21)) == 1
    again = await Delivery.get(state=DeliveryState.DUE)
    assert again.occasion == "2026Q4:14:1"
    assert await cycle.CHECKS[str(again.check)](dict(again.reference or {}))


async def test_given_a_pause_past_the_close_when_it_is_planned_then_nothing_is_said(
    collecting: Village,
) -> None:
    person = collecting.people["王建国"]
    person.paused_until = date(2027, 1, 15)
    await person.save()
    assert [await plan(collecting, date(2026, 12, day)) for day in range(14, 32)] == [0] * 18


async def test_given_a_bot_that_was_down_when_it_is_back_then_the_first_is_said_late(
    collecting: Village,
) -> None:
    assert await plan(collecting, date(2026, 12, 19), 20) == 1
    row = await Delivery.get()
    assert (row.occasion, row.not_before) == ("2026Q4:14", at(date(2026, 12, 19), 19))


async def test_given_a_first_never_sent_when_the_last_is_planned_then_only_the_last_is_said(
    collecting: Village,
) -> None:
    await plan(collecting, FIRST)
    await plan(collecting, LAST)
    rows = await Delivery.filter(state=DeliveryState.DUE)
    assert [row.occasion for row in rows] == ["2026Q4:3"]


@pytest.mark.parametrize("change", ["handed in", "stage", "consent", "paused", "none"])
async def test_given_a_reminder_about_to_be_sent_when_it_is_owed_no_more_then_the_check_says_so(
    collecting: Village, change: str
) -> None:
    await plan(collecting, FIRST)
    collecting.go(FIRST, 19)
    person, wang = collecting.people["王建国"], collecting.talks["王建国"]
    if change == "handed in":
        await wang.says("交汇报")
        await wang.says(LONG)
        await wang.says("完成")
    elif change == "stage":
        person.stage = Stage.FULL_MEMBER
    elif change == "paused":
        person.paused_until = FIRST
    elif change == "consent":
        await Consent.create(
            person=person, kind=ConsentKind.REPORTS, version="1",
            decision=ConsentDecision.WITHDRAWN, decided_at=collecting.clock.now(),
        )  # fmt: skip
    await person.save()
    owes = await cycle.still_owes({"person": person.id, "quarter": "2026Q4"})
    assert owes is (change == "none")


async def test_given_a_receipt_when_the_draft_went_on_then_it_is_not_said(
    collecting: Village,
) -> None:
    collecting.go(FIRST, 20)
    wang = collecting.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    receipt = await Delivery.get(purpose="thought_report.receipt")
    assert receipt.not_before == at(FIRST, 20, 0, 10)
    reference = dict(receipt.reference or {})
    assert await cycle.receipt_is_newest(reference)
    await wang.says(LONG)
    assert not await cycle.receipt_is_newest(reference)
    states = await Delivery.filter(purpose="thought_report.receipt").order_by("id")
    assert [row.state for row in states] == [DeliveryState.CANCELLED, DeliveryState.DUE]
    assert await owed("thought_report.receipt") == [
        "收到 2 段文字，共 2 页。\n顺序不对就说，比如「第2页放最后」。"
    ]


async def test_given_units_when_the_window_opens_then_branches_and_mobile_organizations_collect(
    village: Village,
) -> None:
    kinds = [kind for kind in UnitKind if kind is not UnitKind.VILLAGE_BRANCH]
    for number, kind in enumerate(kinds, 2):
        await Unit.create(
            name=kind.value, kind=kind, path=f"/{number}/", created_at=village.clock.now()
        )
    village.go(date(2026, 12, 1), 0, 5)
    assert await cycle.open_cycles(now=village.clock.now()) == 2


def test_given_the_jobs_when_they_are_listed_then_the_window_opens_before_the_planning() -> None:
    names = [job.name for job in jobs.JOBS]
    assert names[:2] == ["thought_report.open_cycles", "thought_report.plan_reminders"]
    first, second = (job.when.latest(at(FIRST, 12)) for job in jobs.JOBS[:2])
    assert first < second


async def test_given_a_report_on_paper_when_it_came_in_then_nothing_is_owed_until_taken_back(
    collecting: Village,
) -> None:
    await collecting.person("陈玉梅")
    liu = collecting.talks["刘长河"]
    assert await plan(collecting, FIRST) == 2
    (row,) = await Delivery.filter(target=f"person:{collecting.people['王建国'].id}")
    assert row.reference is not None

    collecting.go(FIRST, 10)
    assert (await liu.says("原件已收 王建国 四季度")).startswith("记下了：")

    assert not await cycle.still_owes(row.reference)
    assert await plan(collecting, LAST) == 1
    await ReportOriginal.all().update(standing_key=None)
    assert await cycle.still_owes(row.reference)
    assert await plan(collecting, LAST) == 1
