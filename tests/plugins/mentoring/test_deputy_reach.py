"""What somebody may do who stands in for a mentor (代班), on which days, and what stays closed."""

from datetime import date

import pytest
import pytest_asyncio

from core.actors import RoleKind, Stage
from core.clock import at_local
from core.scheduling import Tick
from models import Contact, Delivery, Inspection, Mentorship, Person, ReadLog, StandIn
from models.enums import StandInState, UnitKind
from plugins.mentoring import jobs
from tests.plugins.mentoring.owed import words_to
from tests.plugins.mentoring.test_weekly_list import waiting_report
from tests.plugins.mentoring.town import Town, at

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 15)
NOBODY = "您名下没有这个名字。您带的和支部里的才看得到。"
NOT_HIS = "这个我不能给您看。看自己的，回「我的数据」。"


@pytest_asyncio.fixture
async def two(town: Town) -> Town:
    """李秀兰, nobody's mentor, does 周德厚's work from 1 to 15 December."""
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    await StandIn.create(
        uid="s", mentor=town.people["周德厚"], deputy=town.people["李秀兰"], from_on=FIRST,
        until_on=LAST, state=StandInState.AGREED, source_key="s", asked_at=town.clock.now(),
    )  # fmt: skip
    return town


async def monday(town: Town, day: date) -> None:
    nine = at_local(day, 9)
    town.go(nine)
    await jobs.owe_weekly_lists(Tick(now=nine, fire_at=nine))


async def test_given_his_days_when_something_waits_then_the_deputy_does_it_from_his_list(
    two: Town,
) -> None:
    await waiting_report(two, "陈玉梅")
    assert await two.says("李秀兰", "待办") == NOT_HIS

    two.go(at(12, 3))
    assert (await two.says("李秀兰", "待办")).splitlines()[:2] == [
        "这周 4 件事：",
        (
            "1 联系王建国（上次8月20日）  2 联系陈玉梅（上次8月26日）  3 联系李强（上次9月2日）  "
            "4 看陈玉梅的汇报"
        ),
    ]
    assert "哪天" in await two.says("李秀兰", "1")
    assert (await two.says("李秀兰", "记联系 王建国 今天 电话 通了 挺好")).startswith("记下了")
    assert (await two.says("李秀兰", "玉梅昨天微信聊了 都好")).startswith("记下了")
    rows = await Contact.all().order_by("id").prefetch_related("mentorship")
    assert {(row.entered_by_id, row.mentorship.mentor_id) for row in rows} == {
        (two.people["李秀兰"].id, two.people["周德厚"].id)
    }
    assert "联系王建国" not in await two.says("周德厚", "待办")


async def test_given_mondays_when_somebody_stands_in_then_the_list_goes_to_him_alone(
    two: Town,
) -> None:
    await Person.filter(name="王建国").update(activist_on=date(2026, 6, 20))
    for day in (date(2026, 11, 30), date(2026, 12, 7), date(2026, 12, 14), date(2026, 12, 21)):
        await monday(two, day)

    own = [words.splitlines()[1] for words in await words_to("周德厚", "mentoring.weekly")]
    contacts = "1 联系王建国（上次8月20日）  2 联系陈玉梅（上次8月26日）  3 联系李强（上次9月2日）"
    inspection = "写王建国的半年考察（12月20日前）"
    assert own == [
        f"{contacts}  4 {inspection}", f"1 {inspection}", f"1 {inspection}",
        f"{contacts}  4 补王建国的半年考察（12月20日那份）",
    ]  # fmt: skip
    theirs = [words.splitlines()[1] for words in await words_to("李秀兰", "mentoring.weekly")]
    assert theirs == [contacts, contacts]


async def test_given_a_list_owed_when_the_last_day_is_over_then_it_is_not_sent_any_more(
    two: Town,
) -> None:
    await monday(two, date(2026, 12, 14))
    row = await Delivery.get(target=f"person:{two.people['李秀兰'].id}")
    assert await jobs.still_due(dict(row.reference or {}))

    two.go(at(12, 16))
    assert not await jobs.still_due(dict(row.reference or {}))


@pytest.mark.parametrize("office", [False, True])
async def test_given_a_deputy_when_he_asks_what_was_before_then_it_stays_closed(
    two: Town, *, office: bool
) -> None:
    """Not even when he looks after others away from home: these are not among them."""
    if office:
        await two.unit("驻南港", UnitKind.LIAISON_OFFICE, "柳河乡")
        await two.office("李秀兰", RoleKind.LIAISON_OFFICER, "驻南港")
    await two.says("周德厚", "昨天跟建国打电话了 挺好")
    two.go(at(12, 3))

    for words in ("联系记录 王建国", "考察 王建国", "考察已写 王建国"):
        assert "没有这个名字" in await two.says("李秀兰", words), words
    assert await two.says("李秀兰", "联系记录 查无此人") == await two.says(
        "李秀兰", "联系记录 王建国"
    )
    assert await Inspection.all().count() == await ReadLog.all().count() == 0


async def test_given_his_days_are_over_when_he_goes_on_then_nothing_is_his_any_more(
    two: Town,
) -> None:
    two.go(at(12, 15, 20))
    assert (await two.says("李秀兰", "建国今天打电话了 挺好")).startswith("记下了")

    two.go(at(12, 16, 8))
    assert await Contact.all().count() == 1
    for words in ("待办", "记联系 王建国 今天 电话 通了", "我带的人", "改 昨天", "撤销"):
        assert await two.says("李秀兰", words) == NOT_HIS, words
    await two.says("李秀兰", "建国今天又打电话了 挺好")
    assert await Contact.filter(withdrawn_at__isnull=True).count() == 1


async def test_given_a_deputy_with_people_of_his_own_when_a_day_is_over_then_he_mends_only_those(
    two: Town,
) -> None:
    await two.person("马小军")
    await two.mentor("李秀兰", "马小军")
    two.go(at(12, 15, 20))
    await two.says("李秀兰", "建国今天打电话了 挺好")
    two.go(at(12, 16, 8))
    assert "记下了" not in await two.says("李秀兰", "建国今天又打电话了 挺好")
    assert (await two.says("李秀兰", "改 微信")).startswith("改好了")

    two.go(at(12, 18))
    assert "没记" in await two.says("李秀兰", "改 视频")
    await two.says("李秀兰", "小军今天打电话了 挺好")
    two.go(at(12, 20))
    assert "视频" in await two.says("李秀兰", "改 视频")


async def test_given_what_a_deputy_wrote_when_the_person_is_handed_over_then_it_is_all_there(
    two: Town,
) -> None:
    await two.person("吴守田", stage=Stage.FULL_MEMBER)
    two.go(at(12, 3))
    await two.says("李秀兰", "建国今天打电话了 挺好")
    await two.says("刘长河", "换联系人 王建国 吴守田")
    await two.says("刘长河", "1")

    pairs = await Mentorship.filter(person=two.people["王建国"]).order_by("id")
    assert [pair.mentor_id for pair in pairs] == [
        two.people["周德厚"].id, two.people["吴守田"].id,
    ]  # fmt: skip
    assert "王建国" not in await two.says("李秀兰", "我带的人")
    assert "没有这个名字" in await two.says("周德厚", "联系记录 王建国")
    assert "李秀兰，「挺好」" in await two.says("吴守田", "联系记录 王建国")
    assert (await Contact.get()).mentorship_id == pairs[0].id
