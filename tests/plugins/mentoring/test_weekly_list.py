"""The list on Monday: owed once, kept quiet when nothing waits, right through a whole year."""

from datetime import date, datetime, timedelta

import pytest

from core.clock import at_local, local_day
from core.scheduling import Tick
from models import Delivery, Mentorship, Message, Person, ReportDraft, ThoughtReport
from models.enums import DeliveryState, DraftState, Priority, ReportState
from plugins.delivery import bodies
from plugins.mentoring import jobs
from tests.plugins.mentoring.town import Town

MONDAY = at_local(date(2026, 11, 23), 9)


async def fire(moment: datetime = MONDAY, now: datetime | None = None) -> None:
    await jobs.owe_weekly_lists(Tick(now=now or moment, fire_at=moment))


async def body_of(delivery: Delivery) -> bodies.Body:
    message = await Message.get(id=delivery.message_id)
    return bodies.unseal(message.body_sealed, uid=message.uid)


async def waiting_report(town: Town, name: str) -> None:
    now = town.clock.now()
    draft = await ReportDraft.create(
        uid=f"d{name}", person=town.people[name], quarter="2026Q4", state=DraftState.SUBMITTED,
        opened_at=now, updated_at=now,
    )  # fmt: skip
    await ThoughtReport.create(
        uid=f"r{name}", person=town.people[name], draft=draft, quarter="2026Q4",
        state=ReportState.WAITING_MENTOR, pages=1, submitted_at=now,
    )  # fmt: skip


async def test_given_a_monday_when_the_clock_strikes_then_the_mentor_is_owed_the_list(
    town: Town,
) -> None:
    await waiting_report(town, "陈玉梅")

    await fire()

    delivery = await Delivery.get()
    body = await body_of(delivery)
    assert body.parts[0].text == (
        "这周 3 件事：\n"
        "1 联系王建国（上次8月20日）  2 联系陈玉梅（上次8月26日）  3 看陈玉梅的汇报\n"
        "回数字就办，办完不提醒。"
    )
    assert [option.run for option in body.ask.options] == [None, None, "阅汇报"]
    assert (delivery.purpose, delivery.occasion) == ("mentoring.weekly", "2026-W48")
    assert delivery.target == f"person:{town.people['周德厚'].id}"
    assert (delivery.priority, delivery.check) == (Priority.REMINDER, "mentoring.still_due")
    assert delivery.expires_at == MONDAY + timedelta(days=6)


async def test_given_the_job_when_it_runs_twice_then_the_list_is_owed_once(town: Town) -> None:
    await fire()
    await fire(now=MONDAY + timedelta(hours=20))

    assert await Delivery.all().count() == 1


async def test_given_nothing_due_when_the_clock_strikes_then_nobody_is_owed_anything(
    town: Town,
) -> None:
    await Mentorship.all().update(next_contact_on=date(2027, 3, 1))

    await fire()

    assert await Delivery.all().count() == 0


async def test_given_everybody_paused_or_gone_when_the_clock_strikes_then_nothing_is_owed(
    town: Town,
) -> None:
    await Person.filter(name__in=["王建国", "李强"]).update(paused_until=date(2026, 12, 20))
    await Mentorship.filter(person=town.people["陈玉梅"]).update(until_on=date(2026, 11, 22))

    await fire()

    assert await Delivery.all().count() == 0


async def test_given_downtime_of_a_week_when_the_clock_strikes_late_then_the_old_list_is_left(
    town: Town,
) -> None:
    await fire(now=MONDAY + timedelta(days=6))

    assert await Delivery.all().count() == 0


async def test_given_the_owed_list_when_all_is_done_before_it_goes_then_it_is_no_longer_owed(
    town: Town,
) -> None:
    await fire()
    reference = (await Delivery.get()).reference
    assert await jobs.still_due(reference)

    await town.says("周德厚", "今天跟建国打电话 挺好")
    assert await jobs.still_due(reference)
    await town.says("周德厚", "今天跟玉梅打电话 挺好")

    assert not await jobs.still_due(reference)


async def test_given_another_mentor_when_the_clock_strikes_then_each_hears_of_his_own(
    town: Town,
) -> None:
    await town.person("李秀兰", stage=town.people["周德厚"].stage)
    await town.person("马小军")
    await town.mentor("李秀兰", "马小军", due=date(2026, 11, 25))

    await fire()

    texts = {d.target: (await body_of(d)).parts[0].text for d in await Delivery.all()}
    own = texts[f"person:{town.people['李秀兰'].id}"]
    assert "马小军" in own
    assert "王建国" not in own
    assert "马小军" not in texts[f"person:{town.people['周德厚'].id}"]


@pytest.mark.parametrize("answers", [True, False])
async def test_given_a_year_of_mondays_when_the_mentor_answers_or_not_then_the_lists_follow(
    town: Town, *, answers: bool
) -> None:
    """He who talks to all three in time hears four times a year of each; who never does, weekly."""
    days = [date(2026, 11, 23) + timedelta(weeks=week) for week in range(52)]
    for day in days:
        monday = at_local(day, 9)
        town.go(max(monday, town.clock.now()))
        await fire(monday)
        await fire(monday)
        if answers and "联系" in await town.says("周德厚", "待办"):
            for name in ("建国", "玉梅", "李强"):
                await town.says("周德厚", f"{name} 今天 电话 挺好")

    owed = await Delivery.all().order_by("id")
    weeks = {delivery.occasion for delivery in owed}
    assert len(weeks) == len(owed) == (5 if answers else 52)
    assert all(local_day(delivery.not_before).weekday() == 0 for delivery in owed)
    assert {delivery.state for delivery in owed} == {DeliveryState.DUE}
