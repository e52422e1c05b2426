"""Who reads in whose place: deputies, the second of two, the branch when a mentor is late."""

from datetime import date, timedelta

import pytest

from core.actors import Stage
from core.errors import Refusal
from models import AuditLog, Delivery, ReadLog, ReportReview, StandIn, ThoughtReport
from models.enums import DeliveryState, ReportState, StandInState
from plugins.identity.queries import who_is
from plugins.thought_report import due, reading_views, review
from plugins.thought_report.review import REVIEWED
from tests.plugins.thought_report.conftest import Village, Wire
from tests.plugins.thought_report.script import LONG
from tests.plugins.thought_report.talk import owed

HANDED_IN = date(2026, 12, 18)
OPTIONS = "1 通过  2 请补充  3 退回  4 放着"


@pytest.fixture
async def handed_in(village: Village, wire: Wire) -> Village:
    """王建国 handed in on the 18th; 李秀兰 is nobody's mentor yet."""
    await village.person("李秀兰", Stage.FULL_MEMBER)
    village.go(HANDED_IN, 9, 24)
    await hand_in(village)
    return village


async def hand_in(village: Village, name: str = "王建国") -> None:
    talk = village.talks[name]
    await talk.says("交汇报")
    await talk.says(LONG)
    assert (await talk.says("完成")).startswith("交上了")


async def stand_in(
    village: Village, since: date, until: date, state: StandInState = StandInState.AGREED
) -> None:
    await StandIn.create(
        uid="s1", mentor=village.people["周德厚"], deputy=village.people["李秀兰"], from_on=since,
        until_on=until, state=state, source_key="s1", asked_at=village.clock.now(),
    )  # fmt: skip


async def test_given_a_deputy_when_he_reads_then_the_trail_names_him_and_whose_place_he_took(
    handed_in: Village,
) -> None:
    await stand_in(handed_in, date(2026, 12, 1), date(2026, 12, 20))
    handed_in.go(date(2026, 12, 20), 9)
    lan = handed_in.talks["李秀兰"]
    assert await lan.says("阅汇报") == "等您看的 1 份：\n1 王建国，1 页，等了 2 天，代周德厚看"
    assert (await lan.says("1")).endswith(
        "王建国 四季度。供参考：文字 192 字；没看到结尾的话、落款名字、日期，别的都在。\n"
        f"这份您代周德厚看，经过里写您的名字。\n{OPTIONS}"
    )
    assert (await ReadLog.get()).reader_role == "deputy"
    assert await lan.says("1") == "记下了：王建国四季度汇报，您看过，没有要补的。转刘长河看。"
    assert await owed(REVIEWED) == ["李秀兰看过了，没有要补的，接着刘长河看。"]
    review = await ReportReview.get()
    assert review.reviewer_id == handed_in.people["李秀兰"].id
    assert review.for_mentor_id == handed_in.people["周德厚"].id
    row = await AuditLog.get(action="thought_report.review")
    assert row.detail["for_mentor"] == handed_in.people["周德厚"].id
    assert await handed_in.talks["王建国"].says("我的汇报 四季度") == (
        "四季度汇报的经过：\n12月18日 第 1 版，1 页\n12月20日 李秀兰（代周德厚）看过，没有要补的\n"
        "手写原件还没收到"
    )


@pytest.mark.parametrize(
    ("since", "until", "state"),
    [
        (date(2026, 12, 1), date(2026, 12, 19), StandInState.AGREED),
        (date(2026, 12, 21), date(2026, 12, 30), StandInState.AGREED),
        (date(2026, 12, 1), date(2026, 12, 30), StandInState.ASKED),
        (date(2026, 12, 1), date(2026, 12, 30), StandInState.DECLINED),
        (date(2026, 12, 1), date(2026, 12, 30), StandInState.ENDED),
    ],
)
async def test_given_no_deputy_that_day_when_he_asks_then_nothing_waits_for_him(
    handed_in: Village, since: date, until: date, state: StandInState
) -> None:
    await stand_in(handed_in, since, until, state)
    handed_in.go(date(2026, 12, 20), 9)
    assert await handed_in.talks["李秀兰"].says("阅汇报") == "现在没有等您看的汇报。"


async def test_given_an_author_who_stands_in_for_his_mentor_when_he_asks_then_not_his_own(
    handed_in: Village,
) -> None:
    await StandIn.create(
        uid="s1", mentor=handed_in.people["周德厚"], deputy=handed_in.people["王建国"],
        from_on=HANDED_IN, until_on=HANDED_IN, state=StandInState.AGREED, source_key="s1",
        asked_at=handed_in.clock.now(),
    )  # fmt: skip
    assert await handed_in.talks["王建国"].says("阅汇报") == "现在没有等您看的汇报。"


async def test_given_two_mentors_when_the_second_answers_then_he_hears_who_was_first(
    handed_in: Village,
) -> None:
    await handed_in.mentor("王建国", "李秀兰")
    zhou, lan = handed_in.talks["周德厚"], handed_in.talks["李秀兰"]
    for talk in (zhou, lan):
        await talk.says("阅汇报")
        await talk.says("1")
    await zhou.says("1")
    assert await lan.says("1") == "周德厚刚看过王建国的四季度汇报，没有要补的。您不用再看。"
    assert await ReportReview.all().count() == 1


async def test_given_more_asked_for_when_the_second_answers_then_he_hears_that(
    handed_in: Village,
) -> None:
    await handed_in.mentor("王建国", "李秀兰")
    zhou, lan = handed_in.talks["周德厚"], handed_in.talks["李秀兰"]
    for talk in (zhou, lan):
        await talk.says("下一份")
    await zhou.says("请补充 写两句打算")
    assert await lan.says("3") == "写一句要补什么就行，我原话转给他。"
    assert await lan.says("重写") == (
        "周德厚刚看过王建国的四季度汇报，请他补一点。补好了再轮到看。"
    )
    assert len(await owed(REVIEWED)) == 1


async def test_given_an_answer_that_got_lost_when_it_is_said_again_then_it_is_the_same(
    handed_in: Village,
) -> None:
    zhou = handed_in.talks["周德厚"]
    await zhou.says("下一份")
    first = await zhou.says("1")
    report = await ThoughtReport.get()
    again = await zhou.says("阅汇报 王建国 四季度")
    assert again.endswith("12月18日 周德厚看过，没有要补的\n手写原件还没收到")
    actor = (await who_is(zhou.chat, zhou.account_id, handed_in.clock.now())).actor
    repeated = await review.decide(
        actor=actor, uid=report.uid, decision=(await ReportReview.get()).decision, reason="",
        now=handed_in.clock.now() + timedelta(minutes=5),
    )  # fmt: skip
    said = reading_views.decided(repeated, HANDED_IN)
    assert zhou._words(said) == first
    assert await ReportReview.all().count() == 1
    assert len(await owed(REVIEWED)) == 1


async def test_given_two_weeks_over_when_the_clock_plans_then_the_mentor_hears_exactly_once(
    handed_in: Village,
) -> None:
    handed_in.go(date(2026, 12, 31), 0, 20)
    assert await due.plan_review_reminders(now=handed_in.clock.now()) == 0
    handed_in.go(date(2027, 1, 1), 0, 20)
    assert await due.plan_review_reminders(now=handed_in.clock.now()) == 1
    (told,) = await owed(due.REVIEW_DUE)
    assert told == (
        "王建国的四季度汇报12月18日交的，等您看 14 天了。\n"
        "想看回「阅汇报」。过了今天支部也能看，这件不再提醒。"
    )
    for day in (date(2027, 1, 1), date(2027, 1, 2), date(2027, 2, 1)):
        handed_in.go(day, 0, 30)
        assert await due.plan_review_reminders(now=handed_in.clock.now()) == 0
    row = await Delivery.get(purpose=due.REVIEW_DUE)
    assert row.target == f"person:{handed_in.people['周德厚'].id}"
    assert row.not_before.astimezone(handed_in.clock.now().tzinfo).hour == 1  # 9:00 here
    assert row.check is not None


async def test_given_several_waiting_when_the_clock_plans_then_the_longest_wait_is_said_first(
    handed_in: Village,
) -> None:
    await handed_in.person("陈玉梅")
    await handed_in.mentor("陈玉梅", "周德厚")
    handed_in.go(date(2026, 12, 20), 9)
    await hand_in(handed_in, "陈玉梅")
    # The random uids of the two fall either way; here the later report has the smaller.
    for uid, report in zip(("9", "1"), await ThoughtReport.all().order_by("id"), strict=True):
        await ThoughtReport.filter(id=report.id).update(uid=uid)
    handed_in.go(date(2027, 1, 5), 0, 20)
    assert await due.plan_review_reminders(now=handed_in.clock.now()) == 2
    assert [words[:3] for words in await owed(due.REVIEW_DUE)] == ["王建国", "陈玉梅"]


async def test_given_a_deputy_that_day_when_the_clock_plans_then_he_is_reminded_instead(
    handed_in: Village,
) -> None:
    await stand_in(handed_in, date(2026, 12, 28), date(2027, 1, 5))
    handed_in.go(date(2027, 1, 1), 0, 20)
    await due.plan_review_reminders(now=handed_in.clock.now())
    row = await Delivery.get(purpose=due.REVIEW_DUE)
    assert row.target == f"person:{handed_in.people['李秀兰'].id}"
    assert row.reference is not None
    assert await due.still_to_read(row.reference)


async def test_given_the_reminder_owed_when_the_report_was_read_then_it_is_owed_no_longer(
    handed_in: Village,
) -> None:
    report = await ThoughtReport.get()
    mentor = handed_in.people["周德厚"].id
    reference = {"report": report.uid, "reader": mentor}
    assert await due.still_to_read(reference)
    assert not await due.still_to_read({**reference, "reader": handed_in.people["刘长河"].id})
    zhou = handed_in.talks["周德厚"]
    await zhou.says("下一份")
    await zhou.says("通过")
    assert not await due.still_to_read(reference)
    assert len(await owed(REVIEWED, state=DeliveryState.DUE)) == 1


async def test_given_two_weeks_over_when_the_secretary_asks_then_it_stands_on_his_list(
    handed_in: Village,
) -> None:
    liu = handed_in.talks["刘长河"]
    handed_in.go(date(2027, 1, 1), 20)
    assert await liu.says("阅汇报") == "现在没有等您看的汇报。"
    handed_in.go(date(2027, 1, 2), 8)
    assert await liu.says("阅汇报") == ("等您看的 1 份：\n1 王建国，1 页，等了 15 天，周德厚还没看")
    await liu.says("1")
    assert await liu.says("1") == "记下了：王建国四季度汇报，您看过，没有要补的。"
    assert (await ThoughtReport.get()).state is ReportState.DONE
    assert (await ReportReview.get()).as_mentor is False
    assert await handed_in.talks["周德厚"].says("阅汇报") == "现在没有等您看的汇报。"


async def test_given_two_weeks_not_over_when_the_branch_opens_it_then_it_is_the_mentors_turn(
    handed_in: Village,
) -> None:
    liu = handed_in.talks["刘长河"]
    uid = (await ThoughtReport.get()).uid
    handed_in.go(date(2027, 1, 1), 20)
    actor = (await who_is(liu.chat, liu.account_id, handed_in.clock.now())).actor
    with pytest.raises(Refusal) as refusal:
        await review.open_report(actor=actor, uid=uid, now=handed_in.clock.now())
    assert refusal.value.key == "thought_report.not_waiting"


async def test_given_a_report_that_was_read_when_it_is_named_then_it_is_shown_with_its_trail(
    handed_in: Village,
) -> None:
    zhou, liu = handed_in.talks["周德厚"], handed_in.talks["刘长河"]
    await zhou.says("下一份")
    await zhou.says("退回 打算写得太少")
    assert await liu.says("阅汇报 王建国 四季度") == (
        f"第 1 页：\n{LONG}\n王建国 四季度。\n四季度汇报的经过：\n12月18日 第 1 版，1 页\n"
        "12月18日 周德厚想请再写写：「打算写得太少」\n手写原件还没收到"
    )
    looks = await ReadLog.all().order_by("id").values_list("reader_id", "reader_role", "what")
    assert looks[-1] == (handed_in.people["刘长河"].id, "secretary", "thought_report:2026Q4")
    assert await liu.says("阅汇报 王建国 三季度") == "王建国这一份还没交过。"


@pytest.mark.parametrize("name", ["王建国", "查无此人"])
async def test_given_a_name_out_of_reach_when_it_is_named_then_the_words_are_the_same(
    handed_in: Village, name: str
) -> None:
    await handed_in.person("赵小红")
    await handed_in.mentor("赵小红", "李秀兰")
    said = await handed_in.talks["李秀兰"].says(f"阅汇报 {name}")
    assert said == "这个我不能给您看。看自己的，回「我的数据」。"
    assert await ReadLog.all().count() == 0


async def test_given_a_long_report_that_was_read_when_it_is_named_then_it_goes_on_by_page(
    village: Village, wire: Wire
) -> None:
    village.go(HANDED_IN, 9)
    wang, zhou = village.talks["王建国"], village.talks["周德厚"]
    await wang.says("交汇报")
    for _ in range(2):
        await wang.says("写" * 1000)
    await wang.says("完成")
    await zhou.says("下一份")
    await zhou.says("1")
    await zhou.says("通过")
    assert (await zhou.says("阅汇报 王建国")).endswith("后面还有 1 页。\n1 下一页  2 放着")
    assert (await zhou.says("1")).endswith("手写原件还没收到")
    assert await ReadLog.all().count() == 2
