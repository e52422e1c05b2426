"""Somebody whom nothing reaches: on the mentor's list until he was heard, or a message arrives."""

from datetime import date, timedelta

from core.clock import at_local
from core.scheduling import Tick
from models import Delivery, Mentorship, Message, Person, Unreached
from plugins.delivery import bodies
from plugins.mentoring import jobs
from tests.plugins.mentoring.town import Town

MONDAY = at_local(date(2026, 11, 23), 9)
LATER = date(2027, 6, 1)


async def unreached(town: Town, name: str, count: int = 2) -> Unreached:
    return await Unreached.create(
        person=town.people[name], since=town.clock.now(), count=count, reason="not_friend"
    )


async def weekly(town: Town) -> dict[str, str]:
    await jobs.owe_weekly_lists(Tick(now=MONDAY, fire_at=MONDAY))
    found = {}
    for row in await Delivery.all():
        message = await Message.get(id=row.message_id)
        parts = bodies.unseal(message.body_sealed, uid=message.uid).parts
        found[row.target] = parts[0].text
    return found


async def test_given_nothing_else_due_when_monday_comes_then_the_mentor_still_gets_it(
    town: Town,
) -> None:
    await Mentorship.all().update(next_contact_on=LATER)
    await unreached(town, "陈玉梅")
    lists = await weekly(town)
    assert lists == {
        f"person:{town.people['周德厚'].id}": (
            "这周 1 件事：\n1 给陈玉梅的 2 条都送不到，存着，请打个电话\n回数字就办，办完不提醒。"
        )
    }
    reference = (await Delivery.get()).reference
    assert await jobs.still_due(reference or {})
    await Unreached.all().update(settled_at=town.clock.now())
    assert not await jobs.still_due(reference or {})


async def test_given_somebody_who_is_due_too_when_the_list_is_made_then_he_stands_there_once(
    town: Town,
) -> None:
    await unreached(town, "陈玉梅")
    expected = (
        "这周 2 件事：\n1 给陈玉梅的 2 条都送不到，存着，请打个电话  2 联系王建国（上次8月20日）\n"
        "回数字就办，办完不提醒。"
    )
    assert await town.says("周德厚", "待办") == expected
    assert list((await weekly(town)).values()) == [expected]


async def test_given_the_people_of_others_when_they_are_unreached_then_it_is_not_his(
    town: Town,
) -> None:
    await Mentorship.all().update(next_contact_on=LATER)
    await town.person("李秀兰", stage=town.people["周德厚"].stage)
    await town.person("马小军")
    await town.mentor("李秀兰", "马小军", due=LATER)
    await unreached(town, "马小军", 1)
    assert set(await weekly(town)) == {f"person:{town.people['李秀兰'].id}"}
    assert "马小军" not in await town.says("周德厚", "待办")
    assert "马小军" in await town.says("李秀兰", "待办")


async def test_given_one_who_paused_when_monday_comes_then_nobody_is_asked_to_phone(
    town: Town,
) -> None:
    await Mentorship.all().update(next_contact_on=LATER)
    await unreached(town, "陈玉梅")
    await Person.filter(name="陈玉梅").update(paused_until=date(2026, 12, 20))
    assert await weekly(town) == {}


async def test_given_his_people_when_they_are_listed_then_the_silent_one_has_a_line(
    town: Town,
) -> None:
    await unreached(town, "陈玉梅")
    lines = (await town.says("周德厚", "我带的人")).splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("陈玉梅"))
    assert lines[place + 1] == "给陈玉梅的 2 条都送不到，存着。请打个电话，记一笔。"
    assert len(lines) == 6


async def test_given_the_list_when_its_number_is_answered_and_he_was_heard_then_it_is_settled(
    town: Town,
) -> None:
    await unreached(town, "陈玉梅")
    await town.says("周德厚", "待办")
    assert (await town.says("周德厚", "1")).startswith("陈玉梅，哪天联系的？")
    await town.says("周德厚", "玉梅今天打电话没人接")
    assert (await Unreached.get()).settled_at is None
    await town.says("周德厚", "玉梅今天打电话挺好")
    row = await Unreached.get()
    assert (row.settled_at, row.settled_by) == (town.clock.now(), "contact")
    assert "送不到" not in await town.says("周德厚", "待办")


async def test_given_a_contact_before_it_began_when_it_is_logged_then_it_stays_open(
    town: Town,
) -> None:
    await unreached(town, "陈玉梅")
    await town.says("周德厚", "玉梅昨天打电话挺好")
    assert (await Unreached.get()).settled_at is None


async def test_given_the_line_taken_back_when_it_is_put_back_then_the_matter_follows(
    town: Town,
) -> None:
    await unreached(town, "陈玉梅")
    await town.says("周德厚", "玉梅今天打电话挺好")
    town.later(minutes=5)
    await town.says("周德厚", "撤销")
    assert (await Unreached.get()).settled_at is None
    await town.says("周德厚", "撤销")
    assert (await Unreached.get()).settled_by == "contact"
    await town.says("周德厚", "改 没人接")
    assert (await Unreached.get()).settled_at is None


async def test_given_a_message_that_arrived_when_the_line_is_taken_back_then_it_stays_settled(
    town: Town,
) -> None:
    row = await unreached(town, "陈玉梅")
    await Unreached.filter(id=row.id).update(
        settled_at=town.clock.now() + timedelta(seconds=1), settled_by="message"
    )
    await town.says("周德厚", "玉梅今天打电话挺好")
    await town.says("周德厚", "撤销")
    assert (await Unreached.get()).settled_by == "message"
